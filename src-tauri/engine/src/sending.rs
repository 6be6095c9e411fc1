//! The chunks of one upload on their way: which leaves next, what an answer changes, when it is enough.
//!
//! Always true: a chunk counts as confirmed only once its row is committed (P2); sending does not wait for that commit,
//! the end does. A chunk that would complete the object leaves alone, last, after everything else is committed, with
//! its last block held back until the file is proved unchanged (P4).

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use carryon_instruments::{Fault, planted};
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{sync::watch, time::MissedTickBehavior};
use tokio_util::task::AbortOnDropHandle;

use crate::{
    chunk::{Chunk, Completes, Digest, Ranges, course::Course},
    destination::{Confirmation, Finished, Outgoing},
    error::{Error, ErrorKind, Result},
    event::{Event, Progress},
    network::Changes,
    rate::Rate,
    records::{
        chunks::{self, Known},
        uploads,
    },
    retry::Next,
    source::{ChunkBody, SourceFile},
    upload::{Step, UnixMillis, WaitReason, now},
    worker::Worker,
};

/// How often progress is told.
const TICK: Duration = Duration::from_millis(200);

/// A chunk that came home: when it left, by the clock that runs and by the one on the wall, and what was answered.
type Sent = (Chunk, (Instant, UnixMillis), ChunkBody, Result<Confirmation>);
type Task<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Chunks in flight, and all that decides about the next.
pub(crate) struct Sending<'w> {
    worker: &'w mut Worker,
    source: Arc<SourceFile>,
    /// Committed.
    held: Ranges,
    /// Which chunk leaves next, and how many are left.
    course: Course,
    /// In lanes: chunks whose digests are being recorded while the one before them is on its way.
    ahead: HashMap<Chunk, AbortOnDropHandle<Result<Digest>>>,
    /// No chunk leaves before this moment, for this reason.
    pause: Option<(Instant, WaitReason)>,
    /// No chunk leaves while this holds.
    held_back: Option<WaitReason>,
    /// Nothing leaves any more; said once all that is in flight has come home.
    ending: Option<Error>,
    finished: Option<Finished>,
    rate: Rate,
    network: watch::Receiver<Changes>,
    seen_broken: u64,
    told: Option<Progress>,
    in_flight: FuturesUnordered<Task<Sent>>,
    commits: FuturesUnordered<Task<(Chunk, Result<()>)>>,
}

impl<'w> Sending<'w> {
    pub fn new(worker: &'w mut Worker, source: Arc<SourceFile>, held: Ranges) -> Self {
        // Whatever an earlier round left on its way is not any more.
        worker.live.broken_off();
        let course = Course::new(worker.upload.attempt.plan, held.clone());
        let network = worker.inner.network.subscribe();
        let seen_broken = network.borrow().broken;
        Self {
            seen_broken,
            network,
            worker,
            source,
            held,
            course,
            ahead: HashMap::new(),
            pause: None,
            held_back: None,
            ending: None,
            finished: None,
            rate: Rate::new(Instant::now()),
            told: None,
            in_flight: FuturesUnordered::new(),
            commits: FuturesUnordered::new(),
        }
    }

    /// Sends until every chunk is confirmed and committed. Gives what the completing chunk brought, if one did.
    ///
    /// # Errors
    /// The first error that a further attempt of that chunk cannot mend, after all others in flight came home.
    ///
    /// # Cancellation
    /// Dropped, requests in flight are broken off; confirmations handed in are committed all the same.
    pub async fn run(mut self) -> Result<Option<Finished>> {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.fill().await?;
            if self.in_flight.is_empty() && self.commits.is_empty() {
                self.tell_progress();
                if let Some(error) = self.ending {
                    return Err(error);
                }
                if self.course.left() == 0 {
                    return Ok(self.finished);
                }
                if self.worker.live.gives_way() {
                    return Err(Error::new(ErrorKind::Busy(None), "Others have its place now"));
                }
            }
            let pause_ends = self.pause.map_or_else(Instant::now, |(until, _)| until);
            tokio::select! {
                Some(sent) = self.in_flight.next() => self.take(sent),
                Some((chunk, committed)) = self.commits.next() => self.settle(chunk, committed),
                () = tokio::time::sleep_until(pause_ends.into()), if self.pause.is_some() => self.pause = None,
                Ok(()) = self.network.changed() => self.network_changed(),
                _ = tick.tick() => self.tell_progress(),
            }
        }
    }

    /// Lets chunks leave while there is room for them.
    async fn fill(&mut self) -> Result<()> {
        let allowed = self.worker.connections();
        self.held_back = self.worker.hold();
        while self.may_leave() && self.in_flight.len() < allowed {
            let completing = self.course.waiting() == 1 && self.completes_by_chunk();
            let alone = self.in_flight.is_empty() && self.commits.is_empty();
            if completing && !alone {
                break;
            }
            let Some(chunk) = self.course.next() else { break };
            if completing {
                self.worker.announce_completing(&self.source).await?;
            }
            self.leave(chunk, completing);
        }
        self.tell_waiting();
        Ok(())
    }

    fn may_leave(&self) -> bool {
        self.ending.is_none() && self.pause.is_none() && self.held_back.is_none() && !self.worker.live.gives_way()
    }

    fn completes_by_chunk(&self) -> bool {
        self.worker.upload.attempt.plan.completes == Completes::LastChunk
    }

    fn leave(&mut self, chunk: Chunk, completing: bool) {
        let worker = &self.worker;
        worker.live.leaves(chunk);
        let proof = completing.then(|| worker.upload.identity.clone());
        let meter = Arc::clone(&worker.live.meter);
        let body = ChunkBody::new(Arc::clone(&self.source), chunk, proof, meter);
        let mut outgoing = Outgoing { body: body.clone(), digest: None, resuming: worker.says_resume };
        let (driver, ticket, intent) = (Arc::clone(&worker.driver), worker.ticket(), worker.intent());
        let in_lanes = worker.upload.attempt.plan.lanes > 0;
        let ahead = self.ahead.remove(&chunk);
        let intended = in_lanes.then(|| ahead.unwrap_or_else(|| worker.intend(&self.source, chunk)));
        let confirmed_early =
            planted(Fault::ConfirmBeforeAnswer).then(|| worker.confirm(chunk, None, &Confirmation::default()));
        self.in_flight.push(Box::pin(async move {
            let began = (Instant::now(), now());
            let outcome = async {
                if let Some(intended) = intended {
                    outgoing.digest = Some(intended.await.unwrap_or_else(|_| Err(ended()))?);
                }
                if let Some(confirmed) = confirmed_early {
                    confirmed.await?;
                }
                driver.send(&ticket?, &intent, outgoing).await
            };
            let outcome = outcome.await;
            (chunk, began, body, outcome)
        }));
        if let Some(next) = self.course.after(chunk) {
            self.ahead.insert(next, self.worker.intend(&self.source, next));
        }
    }

    fn take(&mut self, (chunk, began, body, outcome): Sent) {
        let confirmed = outcome.is_ok();
        let outcome =
            outcome.and_then(|confirmation| proved(&confirmation, &body).map(|digest| (confirmation, digest)));
        self.worker.live.came_home(chunk, outcome.is_ok());
        match outcome {
            Ok((confirmation, digest)) => self.answered(chunk, began, confirmation, digest),
            Err(error) => {
                // Where bytes only grow, what lies there damaged cannot be sent again.
                let in_lanes = self.worker.upload.attempt.plan.lanes > 0;
                self.worker.lies_damaged |= confirmed && in_lanes && error.kind() == ErrorKind::Integrity;
                self.failed(chunk, error, body.all_taken());
            }
        }
    }

    fn answered(
        &mut self,
        chunk: Chunk,
        (began, moment): (Instant, UnixMillis),
        confirmation: Confirmation,
        digest: Option<Digest>,
    ) {
        self.worker.learn_speed(chunk.length, began.elapsed());
        if let Some(doubt) = &self.worker.doubt {
            doubt.sent(chunk, moment);
        }
        self.worker.says_resume = false;
        self.worker.failures.clear();
        self.course.answered(chunk);
        if self.worker.recut() {
            self.course.resize(self.worker.upload.attempt.plan.chunk_size);
        }
        if confirmation.digest.is_some() {
            self.worker.live.add_verified(chunk.length);
        }
        if confirmation.finished.is_some() && self.course.left() == 0 {
            self.finished = confirmation.finished.clone();
        }
        if confirmation.ticket.is_some() {
            self.worker.upload.attempt.ticket.clone_from(&confirmation.ticket);
        }
        let committed = self.worker.confirm(chunk, digest, &confirmation);
        self.commits.push(Box::pin(async move { (chunk, committed.await) }));
    }

    fn settle(&mut self, chunk: Chunk, committed: Result<()>) {
        if let Err(error) = committed {
            self.ending.get_or_insert(error);
            return;
        }
        self.held.insert(chunk.offset, chunk.end());
        self.rate.add(Instant::now(), chunk.length);
        let left = self.course.left() + self.commits.len() as u64;
        self.worker.live.set_confirmed(self.held.total(), left);
    }

    fn failed(&mut self, chunk: Chunk, error: Error, all_left: bool) {
        let count = self.worker.count_failure(chunk, &error);
        tracing::debug!(upload = %self.worker.upload.id, chunk = chunk.index, failures = count, %error, "a chunk failed");
        self.worker.learn_failure(&error);
        self.course.failed(chunk);
        let lies_there = error.kind() == ErrorKind::Integrity && self.worker.goes_in_one_request();
        if lies_there || self.must_ask(&error) || self.may_have_completed(&error, all_left) {
            self.ending.get_or_insert(error);
            return;
        }
        self.worker.retract_completing();
        match self.worker.decide(&error, count) {
            Next::Wait { reason, pause } => self.hold(Instant::now() + pause, reason, error),
            Next::Stop => self.ending = Some(error),
        }
    }

    /// All bytes of a chunk that completes the object had left: whatever answered since may have come after it was done.
    fn may_have_completed(&self, error: &Error, all_left: bool) -> bool {
        let vague = matches!(error.kind(), ErrorKind::Transient | ErrorKind::CaptivePortal);
        vague && all_left && self.course.left() == 1 && self.worker.upload.attempt.finishing
    }

    /// Nobody here knows what the destination holds now: the round ends, and the next one begins with asking.
    fn must_ask(&self, error: &Error) -> bool {
        let in_lanes = self.worker.upload.attempt.plan.lanes > 0;
        match error.kind() {
            ErrorKind::Unknown | ErrorKind::OffsetMismatch => true,
            ErrorKind::Transient | ErrorKind::Busy(_) | ErrorKind::Integrity | ErrorKind::TooLarge => in_lanes,
            _ => false,
        }
    }

    /// Lets nothing leave before `until`.
    fn hold(&mut self, until: Instant, reason: WaitReason, error: Error) {
        if self.pause.is_none_or(|(before, _)| before < until) {
            self.pause = Some((until, reason));
            self.worker.last_trouble = Some(error);
        }
    }

    /// What waits need not wait longer; and where connections may be dead, nothing in flight is waited for: the round ends,
    /// and the next one asks what arrived.
    fn network_changed(&mut self) {
        let broken = self.network.borrow_and_update().broken;
        if self.pause.is_some_and(|(_, reason)| reason != WaitReason::Busy) {
            self.pause = None;
        }
        // A request that may complete the object is waited for: breaking it off would leave nobody knowing what became of it.
        let completing = self.worker.upload.attempt.finishing;
        if std::mem::replace(&mut self.seen_broken, broken) != broken && !self.in_flight.is_empty() && !completing {
            self.in_flight.clear();
            self.worker.live.broken_off();
            let text = "The network changed, or this machine slept";
            self.ending.get_or_insert(Error::new(ErrorKind::Offline, text));
        }
    }

    fn tell_waiting(&mut self) {
        let still = self.in_flight.is_empty() && self.ending.is_none() && self.course.left() > 0;
        match (self.held_back, self.pause) {
            (Some(reason), _) if still => self.worker.enter_waiting(reason, None),
            (_, Some((until, reason))) if still => {
                let until = now() + until.saturating_duration_since(Instant::now()).as_millis() as i64;
                self.worker.enter_waiting(reason, Some(until));
            }
            _ if !self.in_flight.is_empty() => self.worker.enter(Step::Send),
            _ => {}
        }
    }

    fn tell_progress(&mut self) {
        self.worker.live.set_speed(self.rate.bytes_per_second(Instant::now()));
        let progress = self.worker.live.progress();
        if self.told != Some(progress) {
            self.told = Some(progress);
            self.worker.inner.listeners.tell(Event::Progress(progress));
        }
    }
}

/// The digest of what left, if it is what arrived; a yes that came before the bytes had left is none.
fn proved(confirmation: &Confirmation, body: &ChunkBody) -> Result<Option<Digest>> {
    if !body.all_taken() {
        let text = format!("The destination said yes to chunk {} before all of it had left", body.chunk().index);
        return Err(Error::new(ErrorKind::Transient, text));
    }
    match (confirmation.digest, body.digest()) {
        (Some(theirs), Some(ours)) if theirs != ours => {
            let text = format!("Chunk {} arrived damaged", body.chunk().index);
            Err(Error::new(ErrorKind::Integrity, text))
        }
        (_, ours) => Ok(ours),
    }
}

impl Worker {
    /// Hands in a confirmation; it may lie until others join it.
    fn confirm(&self, chunk: Chunk, digest: Option<Digest>, confirmation: &Confirmation) -> Task<Result<()>> {
        let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(confirmation.expires_at));
        let (tag, ticket) = (confirmation.tag.clone(), confirmation.ticket.clone());
        let known = Known::of(digest, confirmation.digest);
        let committed = self.inner.records.run_later(move |connection| {
            if let Some(ticket) = &ticket {
                uploads::set_ticket(connection, attempt, ticket)?;
            }
            chunks::confirm(connection, id, attempt, chunk, known.as_ref(), tag.as_deref(), touch)
        });
        Box::pin(async move { committed.await.unwrap_or_else(|_| Err(ended())) })
    }

    /// In lanes: the chunk's digest is committed before its first byte leaves, so that an offset inside it can be proved.
    fn intend(&self, source: &Arc<SourceFile>, chunk: Chunk) -> AbortOnDropHandle<Result<Digest>> {
        let (inner, source, attempt) = (Arc::clone(&self.inner), Arc::clone(source), self.upload.attempt.seq);
        AbortOnDropHandle::new(tokio::spawn(async move {
            let digest = crate::worker::blocking(move || source.digest(chunk)).await?;
            inner.records.run(move |connection| chunks::intend(connection, attempt, chunk, &digest)).await?;
            Ok(digest)
        }))
    }
}

fn ended() -> Error {
    Error::new(ErrorKind::Storage, "The record store has stopped")
}
