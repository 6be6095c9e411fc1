//! What is done to the records, and how: chosen by numbers, carried out on the store itself.

use rusqlite::Connection;
use serde_json::json;

use super::{Known, Model};
use crate::{
    chunk::{Chunk, Completes, Plan},
    destination::{Finished, Ticket},
    error::{Error, ErrorKind, Result},
    records::{
        chunks::{self, Touch},
        outbox,
        uploads::{self, NewUpload, Order},
    },
    source::Identity,
    upload::{
        AttemptId, BatchId, DestinationId, Failure, Interruption, State, Step, Upload, UploadId, WaitReason, now,
    },
};

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Deed {
    Insert(Known),
    To(UploadId, Change),
    /// A destination confirmed an abort: the n-th of the outbox.
    Deliver(usize),
    Postpone(usize),
    Recover(Interruption),
}

/// What happens to one upload.
#[derive(Clone, Debug)]
pub(super) enum Change {
    Step(Step),
    Begin,
    Finishing(bool),
    Intend(Chunk),
    Confirm(Chunk, u64),
    Forget(Vec<u64>, u64),
    ForgetAll(u64),
    StartOver(Plan),
    Complete(u64),
    Discard,
    DropUnkept,
    Order(Order),
    StartNow,
    CountResume,
}

fn plan(n: u64) -> Plan {
    let (size, chunk_size) = ([0, 1, 7, 999, 1000, 1001, 4000][n as usize % 7], [1000, 333, 4000][n as usize / 7 % 3]);
    let repeatable = size <= chunk_size;
    Plan {
        size,
        chunk_size,
        completes: Completes::FinishRequest,
        repeatable,
        sends_empty: true,
        lanes: 0,
        adapts: false,
    }
}

fn identity(size: u64) -> Identity {
    Identity { size, mtime_ns: 1, ctime_ns: None, file_id: None, volume: None }
}

fn any_step(n: u64) -> Step {
    let failure = Failure { code: "rejected".into(), message: "no".into(), next_step: String::new() };
    let steps = [
        Step::Start,
        Step::Send,
        Step::Wait { reason: WaitReason::Backoff, until: Some(1) },
        Step::Pause,
        Step::Requeue,
        Step::Finish,
        Step::Fail(failure),
        Step::Interrupt(Interruption::Closed),
        Step::LoseSource,
        Step::LoseOutcome,
        Step::AskSignIn,
        Step::Expire,
    ];
    steps[n as usize % steps.len()].clone()
}

fn new(n: u64) -> Known {
    Known {
        id: UploadId::random(),
        plan: plan(n),
        by_offset: n.is_multiple_of(2),
        state: State::Queued,
        chunks: Default::default(),
        priority: [0, 0, 0, -3, 5][n as usize % 5],
        position: 0,
        start_at: [None, None, Some(1), Some(i64::MAX / 2)][n as usize % 4],
        keep: !n.is_multiple_of(3),
        ticket: false,
        finishing: false,
        resets: 0,
        resumes: 0,
        sent: 0,
    }
}

impl Deed {
    /// The deed that the numbers stand for: `which` chooses the upload, `n` all else.
    pub fn choose(model: &Model, what: u8, which: usize, n: u64) -> Deed {
        let ids: Vec<UploadId> = model.uploads.iter().map(|known| known.id).chain(model.gone.iter().copied()).collect();
        match what {
            0 => return Deed::Deliver(n as usize % 5),
            1 => return Deed::Postpone(n as usize % 5),
            2 => return Deed::Recover(if n.is_multiple_of(2) { Interruption::Crash } else { Interruption::Closed }),
            3..=6 => return Deed::Insert(new(n)),
            _ if ids.is_empty() => return Deed::Insert(new(n)),
            _ => {}
        }
        let id = ids[which % ids.len()];
        let known = model.uploads.iter().find(|known| known.id == id);
        Deed::To(id, Change::choose(known, what, n))
    }
}

impl Change {
    fn choose(known: Option<&Known>, what: u8, n: u64) -> Change {
        match (what, known) {
            (7, _) => Change::StartOver(plan(n)),
            (8, _) => Change::Complete(n % 10_000),
            (9, _) => Change::Discard,
            (10, _) => Change::DropUnkept,
            (11, _) => Change::Order([Order::First, Order::Last, Order::Priority(n as i32 % 7)][n as usize % 3]),
            (12, _) => Change::CountResume,
            (13, _) => Change::StartNow,
            (14..=15, _) => Change::Begin,
            (16, _) => Change::Finishing(n.is_multiple_of(2)),
            (17, Some(_)) => Change::ForgetAll(n % 10_000),
            (18..=19, Some(known)) => Change::Forget(known.some_offsets(n), n % 10_000),
            (20..=30, Some(known)) => known.next_chunk(n).map_or(Change::Begin, |chunk| match n % 3 {
                0 => Change::Intend(chunk),
                _ => Change::Confirm(chunk, n % 10_000),
            }),
            _ => Change::Step(any_step(n)),
        }
    }
}

impl Known {
    /// A chunk that may be meant or confirmed now: any of the plan, or the next from where all is held.
    fn next_chunk(&self, n: u64) -> Option<Chunk> {
        if !self.by_offset {
            return (self.plan.count() > 0).then(|| self.plan.chunk(n % self.plan.count()));
        }
        let next = self.plan.missing(&self.held()).next()?;
        let shorter = Chunk { length: (n % next.length.max(1)).max(1).min(next.length), ..next };
        Some(if n.is_multiple_of(4) { shorter } else { next })
    }

    /// Chunks that a destination may lack: any, or all from some offset on.
    fn some_offsets(&self, n: u64) -> Vec<u64> {
        let offsets = self.chunks.keys().copied();
        match self.by_offset {
            true => offsets.filter(|offset| *offset >= n % self.plan.size.max(1)).collect(),
            false => offsets.filter(|offset| (offset ^ n).is_multiple_of(3)).collect(),
        }
    }
}

/// Carries out a deed on the store.
pub(super) fn on_store(connection: &Connection, to: DestinationId, deed: &Deed) -> Result<()> {
    let errand = |nth: &usize| Ok::<_, Error>(outbox::due(connection, i64::MAX)?.get(*nth).map(|errand| errand.id));
    match deed {
        Deed::Insert(known) => uploads::insert(connection, &record_of(known, to)),
        Deed::Deliver(nth) => errand(nth)?.map_or(Ok(()), |id| outbox::remove(connection, id)),
        Deed::Postpone(nth) => errand(nth)?.map_or(Ok(()), |id| outbox::postpone(connection, id, now(), "offline")),
        Deed::Recover(reason) => uploads::recover(connection, *reason).map(drop),
        Deed::To(id, change) => {
            let upload = uploads::get(connection, *id)?.ok_or_else(|| Error::new(ErrorKind::Invalid, "gone"))?;
            change_on_store(connection, &upload, change)
        }
    }
}

fn change_on_store(connection: &Connection, upload: &Upload, change: &Change) -> Result<()> {
    let (id, attempt) = (upload.id, upload.attempt.seq);
    let touch =
        |sent_bytes| Touch { chunk_size: upload.attempt.plan.chunk_size, sent_bytes, at: now(), expires_at: None };
    let ticket = || Ticket { version: 1, data: json!({ "uuid": upload.attempt.id.to_string() }) };
    match change {
        Change::Step(step) => uploads::step(connection, id, step.clone()).map(drop),
        Change::Begin => uploads::begun(connection, id, attempt, (&upload.attempt.plan, &ticket()), &[7; 32]),
        Change::Finishing(finishing) => uploads::set_finishing(connection, attempt, *finishing),
        Change::Intend(chunk) => chunks::intend(connection, attempt, *chunk, &[1; 32]),
        Change::Confirm(chunk, sent) => chunks::confirm(
            connection,
            id,
            attempt,
            *chunk,
            Some(&chunks::Known::Ours([2; 32])),
            Some("tag"),
            touch(*sent),
        ),
        Change::Forget(offsets, sent) => chunks::forget(connection, id, attempt, offsets, touch(*sent)),
        Change::ForgetAll(sent) => chunks::forget_all(connection, id, attempt, touch(*sent)),
        Change::StartOver(plan) => uploads::start_over(connection, upload, &identity(plan.size), now(), plan),
        Change::Complete(sent) => uploads::complete(connection, id, "done", &Finished::default(), *sent),
        Change::Discard => uploads::discard(connection, id),
        Change::DropUnkept => uploads::drop_unkept(connection, id),
        Change::Order(order) => uploads::set_order(connection, id, *order),
        Change::StartNow => uploads::start_now(connection, id),
        Change::CountResume => uploads::count_resume(connection, id),
    }
}

fn record_of(known: &Known, destination: DestinationId) -> NewUpload {
    NewUpload {
        id: known.id,
        attempt: AttemptId::random(),
        batch: BatchId::random(),
        path: "/media/a.mov".into(),
        identity: identity(known.plan.size),
        taken_at: now(),
        destination,
        scope: String::new(),
        name: "a.mov".into(),
        relative_path: String::new(),
        plan: known.plan,
        keep: known.keep,
        custom: json!(null),
        expires_at: None,
        priority: known.priority,
        start_at: known.start_at,
    }
}
