//! Chunks, plans, and the set of confirmed ranges: pure arithmetic over bytes.
//!
//! The set of confirmed ranges never overlaps itself, and serves both families of protocols: chunks confirmed in any
//! order leave holes, an offset is a set with one range from zero.

pub(crate) mod course;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// The smallest chunk that the engine chooses by itself.
pub const SMALLEST: u64 = 256 * 1024;
/// The largest chunk that the engine chooses by itself, unless a count limit forces a larger one.
pub const LARGEST: u64 = 64 * 1024 * 1024;
/// What is chosen for a destination of which nothing is known.
pub const UNKNOWN_LINK: u64 = 8 * 1024 * 1024;
/// The most lanes of one upload.
pub const MOST_LANES: u32 = 64;

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
    /// Bytes in each chunk but the last; at least 1.
    #[serde(deserialize_with = "at_least_one")]
    pub chunk_size: u64,
    /// Which request makes the object exist.
    pub completes: Completes,
    /// The completing request may be sent again when its answer was lost.
    pub repeatable: bool,
    /// An empty source takes one request with an empty chunk.
    pub sends_empty: bool,
    /// In how many lanes of adjoining bytes it goes, each of which only grows (tus, IETF); 0 for chunks in any order.
    #[serde(default, deserialize_with = "few_lanes")]
    pub lanes: u32,
    /// Requests of a lane may become smaller and larger on the way.
    #[serde(default)]
    pub adapts: bool,
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

    /// Where a lane begins and ends; lanes are as long as each other, but for the last.
    pub fn lane(&self, lane: u32) -> (u64, u64) {
        let length = self.size.div_ceil(u64::from(self.lanes.max(1)));
        let start = length.saturating_mul(u64::from(lane)).min(self.size);
        (start, start.saturating_add(length).min(self.size))
    }

    /// Whether bytes from `offset` on can have left in one request: within one chunk, or within one lane.
    pub fn fits(&self, offset: u64, length: u64) -> bool {
        let end = match self.lanes {
            0 => self.chunk(offset / self.chunk_size.max(1)).end(),
            _ => (0..self.lanes)
                .map(|lane| self.lane(lane))
                .find(|lane| offset < lane.1)
                .map_or(self.size, |lane| lane.1),
        };
        offset <= self.size && offset.checked_add(length).is_some_and(|reached| reached <= end)
    }

    fn next_missing(&self, cursor: &mut u64, held: &Ranges) -> Option<Chunk> {
        while *cursor < self.count() {
            let found = self.lacking(*cursor, held);
            *cursor += 1;
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// All chunks that `held` does not cover, in order.
    pub fn missing<'a>(&'a self, held: &'a Ranges) -> impl Iterator<Item = Chunk> + 'a {
        (0..self.count()).filter_map(|index| self.lacking(index, held))
    }
}

/// A plan in a damaged record may say anything; chunks of no bytes would have no end.
fn at_least_one<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    let size = u64::deserialize(from)?;
    (size > 0).then_some(size).ok_or_else(|| serde::de::Error::custom("a chunk has at least one byte"))
}

/// Nor has any plan very many lanes.
fn few_lanes<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    let lanes = u32::deserialize(from)?;
    (lanes <= MOST_LANES).then_some(lanes).ok_or_else(|| serde::de::Error::custom("no plan has so many lanes"))
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

    /// Bytes of `start..end` that are in the set.
    pub fn within(&self, start: u64, end: u64) -> u64 {
        let from = self.ends.range(..=start).next_back().map_or(start, |(&s, _)| s);
        let parts = self.ends.range(from..end).map(|(&s, &e)| e.min(end).saturating_sub(s.max(start)));
        parts.sum()
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
mod tests;
