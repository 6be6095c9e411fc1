//! Chunks, plans, and the set of confirmed ranges: pure arithmetic over bytes.
//!
//! The set of confirmed ranges never overlaps itself, and serves both families of protocols: chunks confirmed in any
//! order leave holes, an offset is a set with one range from zero.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// The smallest chunk that the engine chooses by itself.
pub const SMALLEST: u64 = 256 * 1024;
/// The largest chunk that the engine chooses by itself, unless a count limit forces a larger one.
pub const LARGEST: u64 = 64 * 1024 * 1024;
/// What is chosen for a destination of which nothing is known.
pub const UNKNOWN_LINK: u64 = 8 * 1024 * 1024;

/// A byte range sent in one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chunk {
    /// Its number in the plan, from 0.
    pub index: u64,
    /// Its first byte in the source, zero-based.
    pub offset: u64,
    /// Its length in bytes; 0 only for the one chunk of an empty source.
    pub length: u64,
}

impl Chunk {
    /// The byte after its last one.
    pub fn end(&self) -> u64 {
        self.offset + self.length
    }
}

/// A BLAKE3 digest of a chunk's bytes.
pub type Digest = [u8; 32];

/// Which request makes the object exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completes {
    /// A request of its own after all chunks.
    FinishRequest,
    /// Whichever chunk is confirmed last.
    LastChunk,
}

/// How a source is cut, for the life of one attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Bytes in the whole source.
    pub size: u64,
    /// Bytes in each chunk but the last.
    pub chunk_size: u64,
    /// Which request makes the object exist.
    pub completes: Completes,
    /// The completing request may be sent again when its answer was lost.
    pub repeatable: bool,
    /// An empty source takes one request with an empty chunk.
    pub sends_empty: bool,
}

impl Plan {
    /// How many chunks there are.
    pub fn count(&self) -> u64 {
        match self.size {
            0 => u64::from(self.sends_empty),
            size => size.div_ceil(self.chunk_size.max(1)),
        }
    }

    /// The chunk of that index.
    pub fn chunk(&self, index: u64) -> Chunk {
        let offset = index * self.chunk_size;
        Chunk { index, offset, length: self.chunk_size.min(self.size.saturating_sub(offset)) }
    }

    /// What `held` lacks of the chunk of that index, if anything: its end, where its beginning is held already.
    pub fn lacking(&self, index: u64, held: &Ranges) -> Option<Chunk> {
        let whole = self.chunk(index);
        let start = held.end_of(whole.offset).unwrap_or(whole.offset);
        let lacks = if whole.length == 0 { !held.contains(whole.offset, whole.offset) } else { start < whole.end() };
        lacks.then(|| Chunk { offset: start, length: whole.end() - start, ..whole })
    }

    /// All chunks that `held` does not cover, in order.
    pub fn missing<'a>(&'a self, held: &'a Ranges) -> impl Iterator<Item = Chunk> + 'a {
        (0..self.count()).filter_map(|index| self.lacking(index, held))
    }
}

/// Chooses a chunk size: the user's, else what suits the link, within what the destination allows.
///
/// `max_count` is the most chunks the destination takes; it may force chunks larger than [`LARGEST`].
///
/// # Errors
/// A source too large for any allowed chunk size.
pub fn choose_size(size: u64, wish: u64, min: u64, max: u64, max_count: u64) -> Result<u64> {
    const MIB: u64 = 1024 * 1024;
    let forced = size.div_ceil(max_count.max(1));
    let forced = if forced > wish { forced.next_multiple_of(MIB) } else { forced };
    let chosen = wish.max(forced).clamp(min.max(1), max.max(1));
    if size.div_ceil(chosen) > max_count {
        let text =
            format!("The file is too large for this destination: {size} bytes do not fit into {max_count} chunks");
        return Err(Error::new(ErrorKind::TooLarge, text));
    }
    Ok(chosen)
}

/// The chunk size that suits a link (DESIGN 6): what one connection does in about 4 s, 1 s on a link that was cut lately;
/// below what was refused as too large.
pub fn wish(bytes_per_second: u64, was_cut: bool, too_large: Option<u64>) -> u64 {
    const MIB: u64 = 1024 * 1024;
    let best = match (bytes_per_second, was_cut) {
        (0, _) => UNKNOWN_LINK,
        (speed, true) => speed,
        (speed, false) => speed.saturating_mul(4),
    };
    let rounded = if best > MIB { best / MIB * MIB } else { best };
    let allowed = too_large.map_or(LARGEST, |refused| (refused / 2).max(SMALLEST));
    rounded.clamp(SMALLEST, LARGEST).min(allowed)
}

/// A set of byte ranges, kept merged. An empty range is kept too: it is the one chunk of an empty source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranges {
    ends: BTreeMap<u64, u64>,
}

impl Ranges {
    /// Adds `start..end`, merging what it touches.
    pub fn insert(&mut self, mut start: u64, mut end: u64) {
        if let Some((&s, &e)) = self.ends.range(..=start).next_back()
            && e >= start
        {
            start = s;
            end = end.max(e);
        }
        let swallowed: Vec<u64> = self.ends.range(start..=end).map(|(&s, _)| s).collect();
        for s in swallowed {
            end = end.max(self.ends.remove(&s).unwrap_or(end));
        }
        self.ends.insert(start, end);
    }

    /// Whether all of `start..end` is in the set.
    pub fn contains(&self, start: u64, end: u64) -> bool {
        self.ends.range(..=start).next_back().is_some_and(|(_, &e)| e >= end && (end > start || e >= start))
    }

    /// Where the range that holds the byte at `at` ends.
    pub fn end_of(&self, at: u64) -> Option<u64> {
        self.ends.range(..=at).next_back().map(|(_, &end)| end).filter(|&end| end > at)
    }

    /// Bytes in the set.
    pub fn total(&self) -> u64 {
        self.ends.iter().map(|(s, e)| e - s).sum()
    }

    /// How far the set reaches from zero without a hole.
    pub fn frontier(&self) -> u64 {
        self.ends.get(&0).copied().unwrap_or(0)
    }
}

impl FromIterator<(u64, u64)> for Ranges {
    fn from_iter<I: IntoIterator<Item = (u64, u64)>>(ranges: I) -> Self {
        let mut set = Self::default();
        ranges.into_iter().for_each(|(start, end)| set.insert(start, end));
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn plan(size: u64, chunk_size: u64) -> Plan {
        Plan { size, chunk_size, completes: Completes::FinishRequest, repeatable: true, sends_empty: true }
    }

    #[test]
    fn chunks_cover_every_byte_once_for_sizes_around_the_boundaries() {
        for size in [0, 1, 399, 400, 401, 800, 1000, 3600] {
            let plan = plan(size, 400);
            let mut at = 0;
            for index in 0..plan.count() {
                let chunk = plan.chunk(index);
                assert_eq!(chunk.offset, at, "chunk {index} of {size} bytes must begin where the last one ended");
                assert!(chunk.length > 0 || size == 0, "only an empty source has an empty chunk");
                at = chunk.end();
            }
            assert_eq!(at, size, "all of {size} bytes must be covered");
        }
    }

    #[test]
    fn an_empty_source_is_one_empty_chunk_until_it_is_confirmed() {
        let plan = plan(0, 400);
        let mut held = Ranges::default();
        assert_eq!(plan.missing(&held).count(), 1);
        held.insert(0, 0);
        assert_eq!(plan.missing(&held).count(), 0, "an empty chunk can be confirmed");
    }

    #[test]
    fn the_wish_follows_the_link_and_stays_below_what_was_refused() {
        assert_eq!(wish(0, false, None), UNKNOWN_LINK);
        assert_eq!(wish(5 << 20, false, None), 20 << 20, "four seconds of a steady link");
        assert_eq!(wish(5 << 20, true, None), 5 << 20, "one second of a link that was cut");
        assert_eq!((wish(1, false, None), wish(u64::MAX, false, None)), (SMALLEST, LARGEST));
        assert_eq!(wish(0, false, Some(1 << 20)), 512 << 10, "half of what was too large");
    }

    #[test]
    fn a_count_limit_forces_larger_chunks_and_an_impossible_size_is_refused() {
        let gib = 1 << 30;
        assert_eq!(choose_size(gib, UNKNOWN_LINK, SMALLEST, u64::MAX, 10_000).expect("fits"), UNKNOWN_LINK);
        let tib = choose_size(1 << 40, UNKNOWN_LINK, SMALLEST, u64::MAX, 10_000).expect("fits");
        assert!(tib.is_multiple_of(1 << 20) && (1u64 << 40).div_ceil(tib) <= 10_000, "{tib}");
        assert!(choose_size(1 << 40, UNKNOWN_LINK, SMALLEST, 1 << 20, 10).is_err(), "must not be cut silently");
    }

    proptest! {
        #[test]
        fn a_set_of_ranges_holds_exactly_what_was_put_in(ranges in prop::collection::vec((0u64..200, 0u64..40), 0..30)) {
            let set: Ranges = ranges.iter().map(|&(start, length)| (start, start + length)).collect();
            let held = |byte| ranges.iter().any(|&(start, length)| (start..start + length).contains(&byte));
            for byte in 0..240u64 {
                prop_assert_eq!(set.contains(byte, byte + 1), held(byte), "byte {}", byte);
            }
            prop_assert_eq!(set.total(), (0..240).filter(|&byte| held(byte)).count() as u64);
            prop_assert_eq!(set.frontier(), (0..240).take_while(|&byte| held(byte)).count() as u64);
        }
    }
}
