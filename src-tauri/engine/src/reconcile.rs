//! After an interruption: what the record says, what the destination says, and what follows. Pure.
//!
//! Who is right when they differ: the destination, then the record. What the destination holds beyond the record is
//! taken over only where its digest can be compared with the file's own bytes; what it does not hold is sent again.

use std::collections::{HashMap, HashSet};

use crate::{
    chunk::{Chunk, Digest, Plan, Ranges},
    destination::Held,
    error::{Error, ErrorKind, Result},
    records::chunks::ChunkRow,
};

/// What is to be done before sending goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stock {
    /// Confirmed on both sides.
    pub held: Ranges,
    /// Held by the destination, if the file's bytes prove it.
    pub proofs: Vec<Proof>,
    /// Rows that claim what the destination does not hold: their offsets.
    pub forget: Vec<u64>,
}

/// The bytes of `whole` must have this digest; then `keep` is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    pub whole: Chunk,
    pub digest: Digest,
    pub keep: Chunk,
    /// The destination named the digest; else it is the record's own.
    pub named: bool,
}

/// The destination cannot be asked: the record speaks.
pub(crate) fn by_record(rows: &[ChunkRow]) -> Stock {
    let confirmed = rows.iter().filter(|row| row.confirmed);
    Stock { held: confirmed.map(|row| (row.offset, row.offset + row.length)).collect(), ..Stock::default() }
}

/// The destination named the chunks that it holds.
pub(crate) fn by_set(plan: &Plan, rows: &[ChunkRow], held: &[Held]) -> Stock {
    let mut stock = Stock::default();
    let by_offset: HashMap<u64, &Held> = held.iter().map(|held| (held.offset, held)).collect();
    let find = |offset: u64, length: u64| by_offset.get(&offset).filter(|held| held.length == length);
    let recorded: HashSet<u64> = rows.iter().filter(|row| row.confirmed).map(|row| row.offset).collect();
    for row in rows.iter().filter(|row| row.confirmed) {
        match find(row.offset, row.length) {
            Some(held) if agree(row.digest, held.digest) => stock.held.insert(row.offset, row.offset + row.length),
            _ => stock.forget.push(row.offset),
        }
    }
    for held in held {
        // Whole chunks of the plan alone: of what overlaps, bytes would count twice.
        let chunk = plan.chunk(held.offset / plan.chunk_size.max(1));
        let fits = chunk.index < plan.count() && chunk.offset == held.offset && chunk.length == held.length;
        if let (true, false, Some(digest)) = (fits, recorded.contains(&held.offset), held.digest) {
            stock.proofs.push(Proof { whole: chunk, digest, keep: chunk, named: true });
        }
    }
    stock
}

fn agree(ours: Option<Digest>, theirs: Option<Digest>) -> bool {
    match (ours, theirs) {
        (Some(ours), Some(theirs)) => ours == theirs,
        _ => true,
    }
}

/// The destination named for each lane the offset before which it holds everything of it.
///
/// # Errors
/// `Integrity` where it holds bytes of which the record cannot say what they were; `Rejected` where it names offsets
/// beyond the lanes.
pub(crate) fn by_lanes(plan: &Plan, rows: &[ChunkRow], offsets: &[u64]) -> Result<Stock> {
    let mut stock = Stock::default();
    let lanes = plan.lanes.max(1);
    for lane in 0..lanes {
        let (start, end) = plan.lane(lane);
        let offset = offsets.get(lane as usize).copied().filter(|offset| (start..=end).contains(offset));
        let offset = offset.ok_or_else(|| {
            Error::new(ErrorKind::Rejected, "The destination holds another upload than this one under its name")
                .next_step("Start over to send the file again.")
        })?;
        // An empty last lane shares its first byte with nothing; an empty source is one lane.
        let of_lane = rows.iter().filter(|row| (start..end).contains(&row.offset) || (lane == 0 && plan.size == 0));
        one_lane(plan, of_lane, start, offset, &mut stock)?;
    }
    Ok(stock)
}

fn one_lane<'r>(
    plan: &Plan,
    rows: impl Iterator<Item = &'r ChunkRow>,
    start: u64,
    offset: u64,
    stock: &mut Stock,
) -> Result<()> {
    let mut vouched = Ranges::default();
    for row in rows {
        let end = row.offset + row.length;
        let whole = Chunk { index: row.offset / plan.chunk_size.max(1), offset: row.offset, length: row.length };
        if row.offset >= offset && end > 0 {
            stock.forget.push(row.offset);
        } else if row.confirmed && end <= offset {
            stock.held.insert(row.offset, end);
            vouched.insert(row.offset, end);
        } else if let Some(digest) = row.digest {
            let keep = Chunk { length: end.min(offset) - row.offset, ..whole };
            stock.proofs.push(Proof { whole, digest, keep, named: false });
            vouched.insert(keep.offset, keep.end());
        }
    }
    let covered = vouched.end_of(start).unwrap_or(start);
    if covered < offset {
        let text = format!("The destination holds {offset} bytes, but this record can only vouch for {covered}");
        return Err(Error::new(ErrorKind::Integrity, text).next_step("Start over; nothing was mixed."));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
