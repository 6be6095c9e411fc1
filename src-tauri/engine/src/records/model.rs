//! What the records are to be, as plainly as it can be told: the store is compared with this after every deed.

mod deed;
mod tests;

use std::collections::BTreeMap;

use self::deed::Deed;
use crate::{
    chunk::{Chunk, Plan, Ranges},
    records::uploads::Order,
    upload::{Interruption, State, Step, UploadId},
};

/// An upload, as far as lists and the queue tell of it.
#[derive(Clone, Debug)]
struct Known {
    id: UploadId,
    plan: Plan,
    /// Its chunks come in order, each from where the last one ended.
    by_offset: bool,
    state: State,
    /// Length, and whether it is confirmed, by offset.
    chunks: BTreeMap<u64, (u64, bool)>,
    priority: i32,
    position: i64,
    start_at: Option<i64>,
    keep: bool,
    ticket: bool,
    finishing: bool,
    resets: u32,
    resumes: u32,
    sent: u64,
}

/// All records.
#[derive(Clone, Debug, Default)]
struct Model {
    /// In the order of adding.
    uploads: Vec<Known>,
    gone: Vec<UploadId>,
    /// Uploads that destinations are to be told to forget, and how often that was tried.
    outbox: Vec<(UploadId, u32)>,
    history: Vec<(UploadId, &'static str)>,
}

/// What the records tell about one upload.
#[derive(Clone, Debug, PartialEq)]
struct Told {
    id: UploadId,
    size: u64,
    state: State,
    confirmed: u64,
    chunks_left: Option<u64>,
    chunks: Vec<(u64, u64, bool)>,
    marks: (bool, bool, bool, u32, u32, u64),
}

/// The records count what is left by bytes: right for whole chunks; beside a part of one it only says whether any is
/// left, and of an empty source's one chunk nothing.
fn counted(plan: &Plan, chunks: &[(u64, u64, bool)], left: u64) -> Option<u64> {
    let mut confirmed = chunks.iter().filter(|(_, _, confirmed)| *confirmed);
    let whole = |&(at, length, _): &(u64, u64, bool)| {
        at % plan.chunk_size == 0 && length == plan.chunk(at / plan.chunk_size).length
    };
    (plan.size > 0).then(|| if confirmed.all(whole) { left } else { left.min(1) })
}

impl Known {
    fn held(&self) -> Ranges {
        self.chunks
            .iter()
            .filter(|(_, (_, confirmed))| *confirmed)
            .map(|(at, (length, _))| (*at, at + length))
            .collect()
    }

    fn told(&self) -> Told {
        let Known { id, plan, state, keep, ticket, finishing, resets, resumes, sent, .. } = self.clone();
        let chunks: Vec<_> = self.chunks.iter().map(|(&at, &(length, confirmed))| (at, length, confirmed)).collect();
        Told {
            id,
            size: plan.size,
            state,
            confirmed: self.held().total(),
            chunks_left: counted(&plan, &chunks, self.plan.missing(&self.held()).count() as u64),
            chunks,
            marks: (keep, ticket, finishing, resets, resumes, sent),
        }
    }

    /// Chunks are equal but for the last, and an empty source's one chunk tells nothing.
    fn may_be_whole(&self) -> bool {
        self.finishing || self.plan.repeatable || self.plan.missing(&self.held()).next().is_none()
    }

    fn restart(&mut self, plan: Plan) {
        self.plan = plan;
        self.chunks.clear();
        (self.ticket, self.finishing, self.resets) = (false, false, 0);
    }

    fn confirm(&mut self, chunk: Chunk, sent: u64) {
        self.chunks.insert(chunk.offset, (chunk.length, true));
        self.sent = sent;
    }
}

impl Model {
    /// The ids in the order in which uploads are to run.
    fn queue(&self, now: i64) -> Vec<UploadId> {
        let due = |known: &&Known| known.state == State::Queued && known.start_at.is_none_or(|at| at <= now);
        let mut queued: Vec<&Known> = self.uploads.iter().filter(due).collect();
        queued.sort_by_key(|known| (-i64::from(known.priority), known.position));
        queued.into_iter().map(|known| known.id).collect()
    }

    /// Carries out a deed; false where it is to be refused, and changes nothing.
    fn carry_out(&mut self, deed: &Deed) -> bool {
        match deed {
            Deed::Insert(known) => self.uploads.push(known.clone()),
            Deed::Deliver(nth) if *nth < self.outbox.len() => drop(self.outbox.remove(*nth)),
            Deed::Postpone(nth) if *nth < self.outbox.len() => self.outbox[*nth].1 += 1,
            Deed::Deliver(_) | Deed::Postpone(_) => {}
            Deed::Recover(reason) => self.recover(*reason),
            Deed::To(id, change) => return self.change(*id, change),
        }
        true
    }

    fn change(&mut self, id: UploadId, change: &deed::Change) -> bool {
        use deed::Change;
        let places: Vec<i64> = self.uploads.iter().map(|known| known.position).collect();
        let Some(at) = self.uploads.iter().position(|known| known.id == id) else { return false };
        let known = &mut self.uploads[at];
        match change {
            Change::Step(step) => return self.step(at, step),
            Change::Begin => known.ticket = true,
            Change::Finishing(finishing) => known.finishing = *finishing,
            Change::Intend(chunk) => {
                known.chunks.insert(chunk.offset, (chunk.length, false));
            }
            Change::Confirm(chunk, sent) => known.confirm(*chunk, *sent),
            Change::Forget(offsets, sent) => {
                known.chunks.retain(|offset, _| !offsets.contains(offset));
                known.sent = *sent;
            }
            Change::ForgetAll(sent) => {
                known.chunks.clear();
                (known.finishing, known.resets, known.sent) = (false, known.resets + 1, *sent);
            }
            Change::StartOver(plan) => return self.start_over(at, *plan),
            Change::Complete(sent) => return self.complete(at, *sent),
            Change::Discard => self.abandon(at, true, "discarded"),
            Change::DropUnkept => self.drop_unkept(at),
            Change::Order(Order::First) => known.position = places.iter().min().unwrap_or(&0) - 1,
            Change::Order(Order::Last) => known.position = places.iter().max().unwrap_or(&0) + 1,
            Change::Order(Order::Priority(priority)) => known.priority = *priority,
            // Its own tests say what it does to positions.
            Change::Order(Order::Before(_)) => return false,
            Change::StartNow => known.start_at = None,
            Change::CountResume => known.resumes += 1,
        }
        true
    }

    fn step(&mut self, at: usize, step: &Step) -> bool {
        let next = self.uploads[at].state.next(step.clone());
        next.map(|state| self.uploads[at].state = state).is_ok()
    }

    fn start_over(&mut self, at: usize, plan: Plan) -> bool {
        let may = self.step(at, &Step::StartOver);
        if may {
            self.tell_to_forget(at);
            self.uploads[at].restart(plan);
        }
        may
    }

    fn complete(&mut self, at: usize, _: u64) -> bool {
        let may = self.step(at, &Step::Complete);
        if may {
            self.abandon(at, false, "done");
        }
        may
    }

    fn drop_unkept(&mut self, at: usize) {
        match self.uploads[at].may_be_whole() {
            true => self.abandon(at, false, "discarded, left there"),
            false => self.abandon(at, true, "discarded"),
        }
    }

    fn abandon(&mut self, at: usize, forget_there: bool, outcome: &'static str) {
        if forget_there {
            self.tell_to_forget(at);
        }
        let known = self.uploads.remove(at);
        self.history.push((known.id, outcome));
        self.gone.push(known.id);
    }

    fn tell_to_forget(&mut self, at: usize) {
        if self.uploads[at].ticket {
            self.outbox.push((self.uploads[at].id, 0));
        }
    }

    fn recover(&mut self, reason: Interruption) {
        while let Some(at) = self.uploads.iter().position(|known| !known.keep) {
            self.drop_unkept(at);
        }
        for at in 0..self.uploads.len() {
            self.step(at, &Step::Interrupt(reason));
        }
    }
}
