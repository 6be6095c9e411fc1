//! Which chunk leaves next, and how many are left: pure arithmetic over what is held, what is on its way and what failed.
//!
//! Addressed chunks go in the order of the plan, those that failed first. In lanes the bytes of each lane only grow, so a
//! lane has one chunk on its way at most, and the next one begins where the last confirmed one ended, however large either
//! is. A chunk that was named ahead ([`Course::after`]) leaves as it was named.

use std::collections::BTreeSet;

use super::{Chunk, Plan, Ranges};

/// The chunks of one round: what is on its way, and what is still to leave.
#[derive(Debug)]
pub(crate) struct Course {
    plan: Plan,
    held: Ranges,
    out: BTreeSet<Chunk>,
    order: Order,
}

#[derive(Debug)]
enum Order {
    /// Any: those that failed, and the index from which on none was looked at.
    Any { again: BTreeSet<Chunk>, cursor: u64, left: u64 },
    /// One after another in each lane.
    Lanes(Vec<Lane>),
}

#[derive(Debug)]
struct Lane {
    /// Everything before this byte is confirmed.
    reached: u64,
    end: u64,
    /// A chunk of it is on its way.
    busy: bool,
    /// What was named to leave next.
    named: Option<Chunk>,
}

impl Course {
    /// The course of what `held` lacks.
    pub fn new(plan: Plan, held: Ranges) -> Self {
        let order = match plan.lanes {
            0 => Order::Any { again: BTreeSet::new(), cursor: 0, left: plan.missing(&held).count() as u64 },
            lanes => Order::Lanes((0..lanes).map(|lane| Lane::of(&plan, lane, &held)).collect()),
        };
        Self { plan, held, out: BTreeSet::new(), order }
    }

    /// Chunks that did not leave yet.
    pub fn waiting(&self) -> u64 {
        match &self.order {
            Order::Any { left, .. } => left - self.out.len() as u64,
            Order::Lanes(_) if self.plan.size == 0 => {
                u64::from(self.plan.sends_empty && self.out.is_empty() && !self.held.contains(0, 0))
            }
            Order::Lanes(lanes) => lanes.iter().map(|lane| lane.waiting(self.plan.chunk_size, &self.out)).sum(),
        }
    }

    /// Chunks that were not answered yet.
    pub fn left(&self) -> u64 {
        self.waiting() + self.out.len() as u64
    }

    /// The next chunk; it counts as on its way from here on. None where nothing can leave now.
    pub fn next(&mut self) -> Option<Chunk> {
        let (plan, empty) = (self.plan, self.plan.size == 0 && self.waiting() == 1);
        let next = match &mut self.order {
            Order::Any { again, cursor, .. } => again.pop_first().or_else(|| plan.next_missing(cursor, &self.held)),
            Order::Lanes(_) if empty => Some(plan.chunk(0)),
            Order::Lanes(lanes) => {
                let idle = lanes.iter_mut().filter(|lane| !lane.busy && lane.reached < lane.end);
                // The one that is furthest behind: lanes end together.
                idle.max_by_key(|lane| lane.end - lane.reached).map(|lane| lane.leave(plan.chunk_size))
            }
        };
        self.out.extend(next);
        next
    }

    /// The chunk that leaves after this one in its lane, if nothing happens; from here on it is meant to.
    pub fn after(&mut self, chunk: Chunk) -> Option<Chunk> {
        let size = self.plan.chunk_size;
        let Order::Lanes(lanes) = &mut self.order else { return None };
        let lane = lanes.iter_mut().find(|lane| lane.reached == chunk.offset && lane.busy)?;
        lane.named = (chunk.end() < lane.end).then(|| lane.from(chunk.end(), size));
        lane.named
    }

    /// A chunk was confirmed.
    pub fn answered(&mut self, chunk: Chunk) {
        self.out.remove(&chunk);
        self.held.insert(chunk.offset, chunk.end());
        match &mut self.order {
            Order::Any { left, .. } => *left -= 1,
            Order::Lanes(lanes) => lanes.iter_mut().filter(|lane| lane.sends(chunk)).for_each(|lane| {
                (lane.reached, lane.busy) = (chunk.end(), false);
            }),
        }
    }

    /// A chunk came home unconfirmed: it leaves again.
    pub fn failed(&mut self, chunk: Chunk) {
        self.out.remove(&chunk);
        match &mut self.order {
            Order::Any { again, .. } => drop(again.insert(chunk)),
            Order::Lanes(lanes) => lanes.iter_mut().filter(|lane| lane.sends(chunk)).for_each(|lane| {
                (lane.busy, lane.named) = (false, None);
            }),
        }
    }

    /// Lanes go on in requests of so many bytes.
    pub fn resize(&mut self, chunk_size: u64) {
        if matches!(self.order, Order::Lanes(_)) {
            self.plan.chunk_size = chunk_size.max(1);
        }
    }
}

impl Lane {
    fn of(plan: &Plan, lane: u32, held: &Ranges) -> Self {
        let (start, end) = plan.lane(lane);
        let reached = held.end_of(start).unwrap_or(start).min(end);
        Self { reached, end, busy: false, named: None }
    }

    fn from(&self, offset: u64, chunk_size: u64) -> Chunk {
        Chunk { index: offset / chunk_size, offset, length: chunk_size.min(self.end - offset) }
    }

    fn leave(&mut self, chunk_size: u64) -> Chunk {
        self.busy = true;
        let named = self.named.take().filter(|chunk| chunk.offset == self.reached);
        named.unwrap_or_else(|| self.from(self.reached, chunk_size))
    }

    fn sends(&self, chunk: Chunk) -> bool {
        self.busy && self.reached == chunk.offset
    }

    fn waiting(&self, chunk_size: u64, out: &BTreeSet<Chunk>) -> u64 {
        let reaching = if self.busy { out.iter().find(|chunk| chunk.offset == self.reached) } else { None };
        let at = reaching.map_or(self.reached, Chunk::end);
        match self.named.filter(|chunk| chunk.offset == at) {
            Some(named) => 1 + (self.end - named.end()).div_ceil(chunk_size),
            None => (self.end - at).div_ceil(chunk_size),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::chunk::Completes;

    fn plan(size: u64, chunk_size: u64, lanes: u32) -> Plan {
        let completes = Completes::LastChunk;
        Plan { size, chunk_size, completes, repeatable: true, sends_empty: true, lanes, adapts: true }
    }

    #[test]
    fn a_lane_has_one_chunk_on_its_way_and_goes_on_where_that_ended() {
        let mut course = Course::new(plan(1000, 400, 1), Ranges::default());
        let first = course.next().expect("a chunk");
        assert_eq!((first.offset, first.length, course.next()), (0, 400, None));
        course.answered(first);
        let second = course.next().expect("a chunk");
        assert_eq!((second.offset, second.length, course.left()), (400, 400, 2));
    }

    #[test]
    fn a_chunk_that_was_named_ahead_leaves_as_it_was_named_and_one_that_failed_as_requests_are_now() {
        let mut course = Course::new(plan(1000, 400, 1), Ranges::default());
        let first = course.next().expect("a chunk");
        let named = course.after(first).expect("there is more");
        course.resize(100);
        course.answered(first);
        assert_eq!(course.next(), Some(named), "its digest is in the record already");
        course.failed(named);
        let smaller = course.next().expect("a chunk");
        assert_eq!((smaller.offset, smaller.length), (400, 100));
    }

    #[test]
    fn a_resumed_lane_goes_on_at_the_byte() {
        let held = [(0, 137)].into_iter().collect();
        let next = Course::new(plan(1000, 400, 1), held).next().expect("a chunk");
        assert_eq!((next.offset, next.length), (137, 400));
    }

    proptest! {
        #[test]
        fn every_byte_leaves_until_it_is_confirmed_and_none_after(
            size in 0u64..3000, chunk_size in 1u64..1200, lanes in 0u32..5, fates in prop::collection::vec(0u8..8, 1..200)
        ) {
            let plan = plan(size, chunk_size, if u64::from(lanes) > size { 1 } else { lanes });
            let mut course = Course::new(plan, Ranges::default());
            let (mut out, mut held, mut fates) = (Vec::new(), Ranges::default(), fates.into_iter());
            for _ in 0..200_000 {
                while let Some(chunk) = course.next() {
                    prop_assert!(!held.contains(chunk.offset, chunk.end()), "{:?} was confirmed", chunk);
                    course.after(chunk);
                    out.push(chunk);
                }
                prop_assert_eq!(course.left() == 0, out.is_empty());
                if out.is_empty() {
                    break;
                }
                let fate = fates.next().unwrap_or(0);
                let chunk = out.swap_remove(usize::from(fate) % out.len());
                match fate {
                    0..5 => { held.insert(chunk.offset, chunk.end()); course.answered(chunk) }
                    5 => { course.failed(chunk); course.resize(chunk_size / 2) }
                    _ => course.failed(chunk),
                }
            }
            prop_assert_eq!((held.total(), held.contains(0, size)), (size, true));
        }
    }
}
