//! Carries one upload from its record to the destination's confirmation.
//!
//! A worker goes in rounds: take stock (ask the destination what it holds, prove it against the file), send what is
//! missing, finish. Whatever breaks a round, the next one begins with asking. A round never sends a completing request
//! before it is durable in the record that one may have left, so a kill there is followed by `confirm`, not by a repeat.

mod doubt;
mod finish;
mod held;
mod recover;
mod stock;

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub(crate) use doubt::Doubt;

use crate::{
    chunk::{Chunk, Completes, Ranges},
    destination::{Destination, Finished, Intent, Ticket},
    error::{Error, ErrorKind, Result},
    event::Event,
    gate::{GateAnswer, Offer},
    inner::{Inner, lock},
    live::Live,
    network::Changes,
    records::{
        chunks::Touch,
        destinations::{self, Memory, THIS_COMPUTER},
        uploads,
    },
    sending::Sending,
    settings::{DestinationSettings, ResumePolicy},
    source::SourceFile,
    upload::{Failure, State, Step, UnixMillis, Upload, UploadId, WaitReason, now},
};

/// Why a worker stops short of the end.
pub(crate) enum Halt {
    /// No further attempt helps.
    Error(Error),
    /// A completing request went unanswered, and nobody can be asked.
    OutcomeUnknown(Error),
    /// The gate wants it anew, or the destination wants smaller chunks.
    StartOver,
    /// The destination says that it does not know the upload any more: anew, once.
    Gone,
    /// The gate said: not now.
    NotNow,
    /// Others are to have its place.
    GiveWay,
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Halt::Error(error)
    }
}

/// One upload under way.
pub(crate) struct Worker {
    pub inner: Arc<Inner>,
    pub upload: Upload,
    pub driver: Arc<dyn Destination>,
    pub live: Arc<Live>,
    pub last_trouble: Option<Error>,
    /// The next chunk says that it resumes (until the first answer).
    pub says_resume: bool,
    /// Attempts of each chunk (by offset) since anything was confirmed, over all rounds.
    pub failures: HashMap<u64, u32>,
    /// What the destination holds of this attempt is not what was sent: only another attempt mends it.
    pub lies_damaged: bool,
    /// When the destination first said that it does not know the upload (any more).
    gone_since: Option<Instant>,
    /// Bytes in a chunk as the plan was made.
    planned_size: u64,
    /// Whether confirmed chunks may not be the file's own any more.
    pub doubt: Option<Doubt>,
    waits: u32,
    memory: Memory,
    settings: DestinationSettings,
    /// What is sent does not leave this computer.
    stays_here: bool,
    /// Something was sent in an earlier run.
    resumed: bool,
    gate_passed: bool,
    began: bool,
    network: watch::Receiver<Changes>,
}

/// Runs blocking work on the thread pool for it.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let joined = tokio::task::spawn_blocking(work).await;
    joined.unwrap_or_else(|error| Err(Error::new(ErrorKind::Storage, "A reading thread ended").because(error)))
}

/// Carries upload `id` until it rests, or until `cancel`: then whoever cancelled says where it rests.
pub(crate) async fn run(inner: Arc<Inner>, id: UploadId, live: Arc<Live>, cancel: CancellationToken) {
    let upload = match inner.records.run(move |connection| start(connection, id)).await {
        Ok(upload) => upload,
        Err(error) => {
            tracing::debug!(upload = %id, %error, "its turn could not begin");
            lock(&inner.skipped).insert(id, Instant::now());
            return tell_unwritten(&inner, id, &error).await;
        }
    };
    lock(&inner.unwritten).remove(&id);
    live.set_state(State::Preparing);
    inner.listeners.tell(Event::StateChanged { id, state: State::Preparing });
    let (name, keep, sent_before) = (upload.name.clone(), upload.keep, upload.sent);
    let delivery = Delivery { relative_path: upload.relative_path.clone(), to: upload.destination_name.clone() };
    let outcome = tokio::select! {
        biased;
        () = cancel.cancelled() => return note_sent(&inner, &live, sent_before),
        outcome = carry(&inner, upload, &live) => outcome,
    };
    note_sent(&inner, &live, sent_before);
    match outcome {
        Ok(finished) => complete(&inner, &live, name, delivery, sent_before, finished).await,
        Err(halt @ (Halt::StartOver | Halt::Gone)) => {
            if let Err(error) = inner.begin_anew(id, None, matches!(halt, Halt::Gone)).await {
                rest(&inner, &live, name, keep, Halt::Error(error)).await;
            }
        }
        Err(Halt::GiveWay) => {
            if let Err(error) = give_way(&inner, &live).await {
                rest(&inner, &live, name, keep, Halt::Error(error)).await;
            }
        }
        Err(halt) => rest(&inner, &live, name, keep, halt).await,
    }
}

/// Records that cannot be written keep an upload from its turn. It is tried again by and by; whoever waits for it hears why,
/// once.
async fn tell_unwritten(inner: &Inner, id: UploadId, error: &Error) {
    if error.kind() != ErrorKind::Storage || !lock(&inner.unwritten).insert(id) {
        return;
    }
    let upload = inner.records.run(move |connection| uploads::get(connection, id)).await;
    let name = upload.ok().flatten().map(|upload| upload.name).unwrap_or_default();
    let failure = Failure::from(error);
    inner.listeners.tell(Event::Stopped { id, name, state: State::Failed(failure.clone()), failure });
}

/// Comes to rest in the queue, to go on without a question.
async fn give_way(inner: &Arc<Inner>, live: &Live) -> Result<()> {
    let id = live.id;
    inner.note_for_this_run(id, |known| known.gave_way = true);
    let _order = inner.order.lock().await;
    let state = inner.records.run(move |connection| uploads::step(connection, id, Step::Requeue)).await?;
    live.set_state(state);
    inner.queued(id);
    Ok(())
}

fn start(connection: &rusqlite::Connection, id: UploadId) -> Result<Upload> {
    uploads::step(connection, id, Step::Start)?;
    uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))
}

/// What left after the last confirmation counts too; lost, the receipt says a little less than was sent.
fn note_sent(inner: &Inner, live: &Live, before: u64) {
    let (id, sent) = (live.id, before + live.meter.sent());
    drop(inner.records.run_later(move |connection| uploads::note_sent(connection, id, sent)));
}

async fn carry(inner: &Arc<Inner>, upload: Upload, live: &Arc<Live>) -> Result<Finished, Halt> {
    let (driver, row) = inner.driver(upload.destination).await?;
    let settings = row.settings()?;
    let gave_way = inner.this_run(upload.id).gave_way;
    let resumed = upload.confirmed > 0 || upload.attempt.ticket.is_some();
    let mut worker = Worker {
        inner: Arc::clone(inner),
        says_resume: upload.confirmed > 0,
        driver,
        live: Arc::clone(live),
        last_trouble: None,
        failures: HashMap::new(),
        lies_damaged: false,
        gone_since: None,
        planned_size: upload.attempt.plan.chunk_size,
        doubt: None,
        waits: 0,
        memory: row.memory,
        stays_here: row.address == THIS_COMPUTER,
        settings,
        upload,
        resumed,
        gate_passed: gave_way,
        began: false,
        network: inner.network.subscribe(),
    };
    let outcome = worker.drive().await;
    worker.remember().await;
    outcome
}

/// What its last word says beside its name.
struct Delivery {
    relative_path: String,
    to: String,
}

async fn complete(
    inner: &Arc<Inner>,
    live: &Live,
    name: String,
    delivery: Delivery,
    sent_before: u64,
    finished: Finished,
) {
    let (id, sent, said) = (live.id, live.meter.sent(), finished.clone());
    let over_all = sent_before + sent;
    let stored = inner.records.run(move |connection| uploads::complete(connection, id, "done", &said, over_all)).await;
    if let Err(error) = stored {
        tracing::warn!(upload = %id, %error, "delivered, but the record could not say so; it will be asked again");
    }
    inner.errands.notify_one();
    inner.forget_this_run(id);
    live.set_state(State::Done);
    let (size, location, Delivery { relative_path, to: destination }) = (live.size, finished.location, delivery);
    inner.listeners.tell(Event::Finished { id, name, relative_path, destination, size, sent, location });
}

async fn rest(inner: &Arc<Inner>, live: &Live, name: String, keep: bool, halt: Halt) {
    let (id, step, error) = (live.id, step_of(&halt), error_of(halt));
    let stored = inner.records.run(move |connection| uploads::step(connection, id, step)).await;
    let state = stored.unwrap_or_else(|storage| State::Failed(Failure::from(&storage)));
    live.set_state(state.clone());
    if !keep {
        let _ = inner.records.run(move |connection| uploads::drop_unkept(connection, id)).await;
        inner.errands.notify_one();
    }
    let failure = Failure::from(&error);
    inner.listeners.tell(Event::Stopped { id, name, state, failure });
}

fn step_of(halt: &Halt) -> Step {
    match halt {
        Halt::OutcomeUnknown(_) => Step::LoseOutcome,
        Halt::StartOver | Halt::Gone => Step::StartOver,
        Halt::NotNow => Step::Pause,
        Halt::GiveWay => Step::Requeue,
        Halt::Error(error) => match error.kind() {
            ErrorKind::SourceMissing => Step::LoseSource,
            ErrorKind::SourceChanged => Step::ChangeSource,
            ErrorKind::Unauthorized => Step::AskSignIn,
            _ => Step::Fail(Failure::from(error)),
        },
    }
}

fn error_of(halt: Halt) -> Error {
    match halt {
        Halt::Error(error) => error,
        Halt::OutcomeUnknown(error) => Error::new(
            ErrorKind::Unknown,
            "The last request went unanswered, and this destination cannot be asked whether it was carried out",
        )
        .because(error)
        .next_step("Look at the destination, then choose “finish again” or “mark done”."),
        Halt::StartOver | Halt::Gone | Halt::NotNow | Halt::GiveWay => {
            Error::new(ErrorKind::Invalid, "It was asked to wait")
        }
    }
}

impl Worker {
    async fn drive(&mut self) -> Result<Finished, Halt> {
        let source = self.open_source().await?;
        self.doubt = Doubt::about(&self.upload, &source);
        let (mut failures, mut waits) = (0, 0);
        loop {
            let before = self.live.confirmed();
            let error = match self.round(&source).await {
                Ok(finished) => return Ok(finished),
                Err(Halt::Error(_)) if self.live.gives_way() => return Err(Halt::GiveWay),
                Err(Halt::Error(error)) => error,
                Err(halt) => return Err(halt),
            };
            if self.live.confirmed() > before {
                (failures, waits) = (0, 0);
            }
            let patient = error.kind().waits_as_long_as_it_takes();
            let count = if patient { &mut waits } else { &mut failures };
            *count += 1;
            let of_a_chunk = self.failures.values().max().copied().unwrap_or(0);
            let count = if patient { *count } else { (*count).max(of_a_chunk) };
            self.recover(error, count).await?;
        }
    }

    async fn round(&mut self, source: &Arc<SourceFile>) -> Result<Finished, Halt> {
        self.wait_while_held().await?;
        let fresh = self.upload.attempt.ticket.is_none();
        self.begin(source).await?;
        self.recut();
        if self.upload.attempt.finishing
            && let Some(finished) = self.ask_outcome().await?
        {
            return self.require_undamaged(source, finished).await;
        }
        let held = match fresh {
            true => Ranges::default(),
            false => match self.take_stock(source).await? {
                Ok(held) => held,
                Err(finished) => return self.require_undamaged(source, finished).await,
            },
        };
        self.pass_gate(&held).await?;
        self.look_into_doubt(source).await?;
        self.tell_started(&held);
        let finished = Sending::new(self, Arc::clone(source), held).run().await?;
        let finished = match self.upload.attempt.plan.completes {
            Completes::LastChunk => self.require_completed(finished.unwrap_or_default()).await?,
            Completes::FinishRequest => self.finish(source).await?,
        };
        self.require_undamaged(source, finished).await
    }

    async fn open_source(&self) -> Result<Arc<SourceFile>> {
        let (path, expected) = (self.upload.path.clone(), self.upload.identity.clone());
        blocking(move || {
            let source = SourceFile::open(&path)?;
            source.check(&expected)?;
            Ok(Arc::new(source))
        })
        .await
    }

    /// Opens the upload at the destination, once in the life of an attempt; the ticket is durable before anything else leaves.
    async fn begin(&mut self, source: &Arc<SourceFile>) -> Result<()> {
        if self.upload.attempt.ticket.is_some() {
            return Ok(());
        }
        let source = Arc::clone(source);
        let fingerprint = blocking(move || source.fingerprint()).await?;
        let plan = self.driver.settle(self.upload.attempt.plan).await?;
        self.upload.attempt.plan = plan;
        let ticket = self.driver.begin(&self.intent()).await?;
        let (id, attempt, stored) = (self.upload.id, self.upload.attempt.seq, ticket.clone());
        let begun = move |connection: &rusqlite::Connection| {
            uploads::begun(connection, id, attempt, (&plan, &stored), &fingerprint)
        };
        self.inner.records.run(begun).await?;
        self.upload.attempt.ticket = Some(ticket);
        Ok(())
    }

    /// Before an upload resumes, whoever embeds the engine may say otherwise (DESIGN 4).
    async fn pass_gate(&mut self, held: &Ranges) -> Result<(), Halt> {
        let plan = self.upload.attempt.plan;
        let first: Option<Chunk> = plan.missing(held).next();
        if !self.resumed || self.gate_passed {
            return Ok(());
        }
        self.gate_passed = true;
        let offer = Offer {
            id: self.upload.id,
            name: self.upload.name.clone(),
            first_chunk: first,
            total_chunks: plan.count(),
            custom: self.upload.custom.clone(),
        };
        let answer = match self.inner.resume_policy(&self.settings) {
            ResumePolicy::Always => GateAnswer::Resume,
            ResumePolicy::Never => GateAnswer::StartOver,
            ResumePolicy::Ask | ResumePolicy::Off => self.inner.gate().on_resume(&offer).await,
        };
        match answer {
            GateAnswer::StartOver => Err(Halt::StartOver),
            GateAnswer::NotNow => Err(Halt::NotNow),
            GateAnswer::Resume => {
                let id = self.upload.id;
                Ok(self.inner.records.run(move |connection| uploads::count_resume(connection, id)).await?)
            }
        }
    }

    fn tell_started(&mut self, held: &Ranges) {
        self.enter(Step::Send);
        if std::mem::replace(&mut self.began, true) {
            return;
        }
        let (id, name, size) = (self.upload.id, self.upload.name.clone(), self.upload.size);
        self.inner.listeners.tell(Event::Started { id, name, size, resumed: self.resumed, confirmed: held.total() });
    }

    pub fn connections(&self) -> usize {
        let wished = self.inner.this_run(self.upload.id).connections.or(self.settings.connections);
        let set = || self.inner.preferences().connections.unwrap_or(self.inner.options.limits.chunks);
        let most = wished.unwrap_or_else(set);
        most.clamp(1, self.driver.capabilities().parallel.max(1))
    }

    pub fn intent(&self) -> Intent {
        Intent {
            attempt: self.upload.attempt.id,
            name: self.upload.name.clone(),
            relative_path: self.upload.relative_path.clone(),
            plan: self.upload.attempt.plan,
            path: self.upload.path.clone(),
            modified_at: self.upload.identity.mtime_ns.div_euclid(1_000_000),
            batch: self.upload.batch,
        }
    }

    pub fn ticket(&self) -> Result<Ticket> {
        let ticket = self.upload.attempt.ticket.clone();
        ticket.ok_or_else(|| Error::new(ErrorKind::Storage, "The record has no ticket yet"))
    }

    pub fn touch(&self, servers_word: Option<UnixMillis>) -> Touch {
        let at = now();
        let ours = self.inner.lifetime(&self.settings).map(|lifetime| at + lifetime.as_millis() as i64);
        let expires_at = match (ours, servers_word) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        let sent_bytes = self.upload.sent + self.live.meter.sent();
        Touch { chunk_size: self.planned_size, sent_bytes, at, expires_at }
    }

    pub fn enter(&self, step: Step) {
        let before = self.live.state();
        match before.next(step) {
            Ok(state) if state != before => {
                self.live.set_state(state.clone());
                self.inner.listeners.tell(Event::StateChanged { id: self.upload.id, state });
            }
            Ok(_) => {}
            Err(error) => tracing::error!(upload = %self.upload.id, %error, "the table of states was left"),
        }
    }

    pub fn enter_waiting(&self, reason: WaitReason, until: Option<UnixMillis>) {
        let about = |before: Option<UnixMillis>| match (before, until) {
            (Some(before), Some(until)) => (before - until).abs() < 50,
            (before, until) => before == until,
        };
        if matches!(self.live.state(), State::Waiting { reason: r, until: before } if r == reason && about(before)) {
            return;
        }
        self.enter(Step::Wait { reason, until });
        let trouble = self.last_trouble.as_ref().filter(|_| !reason.is_a_hold()).map(Error::to_string);
        let message = trouble.or_else(|| State::Waiting { reason, until }.reason()).unwrap_or_default();
        self.inner.listeners.tell(Event::Waiting { id: self.upload.id, reason, until, message });
        self.inner.wake.notify_one();
    }

    pub fn learn_speed(&mut self, bytes: u64, took: Duration) {
        let speed = (bytes as f64 / took.as_secs_f64().max(0.000_001)) as u64;
        let before = self.memory.bytes_per_second;
        self.memory.bytes_per_second = if before == 0 { speed } else { (before / 4 * 3).saturating_add(speed / 4) };
    }

    pub fn learn_failure(&mut self, error: &Error) {
        if matches!(error.kind(), ErrorKind::Transient | ErrorKind::Unknown | ErrorKind::Offline) {
            self.memory.cut_at = Some(now());
        }
    }

    async fn remember(&self) {
        let (id, memory) = (self.upload.destination, self.memory);
        // A hint for the next plan: if it is lost, the next upload learns it again.
        drop(self.inner.records.run_later(move |connection| destinations::remember(connection, id, &memory)));
    }
}
