//! Which chunks of one upload are whole: pure arithmetic on byte ranges.

use std::collections::BTreeMap;

use crate::journal::Digest;

/// A whole chunk: its bytes lie synced in the part file and have this digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    /// Bytes.
    pub length: u64,
    pub digest: Digest,
}

/// How a chunk lies among the whole ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// Nothing of it is held.
    Free,
    /// Exactly this chunk is held.
    Same,
    /// It overlaps a chunk with other boundaries.
    Clash,
}

/// The whole chunks of an upload, by offset; no two overlap.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Chunks(BTreeMap<u64, Chunk>);

impl Chunks {
    /// How `length` bytes at `offset` lie among the whole chunks.
    pub fn fit(&self, offset: u64, length: u64) -> Fit {
        if self.0.get(&offset).is_some_and(|chunk| chunk.length == length) {
            return Fit::Same;
        }
        let before = self.0.range(..offset.saturating_add(length)).next_back();
        match before {
            Some((&at, chunk)) if at + chunk.length > offset => Fit::Clash,
            _ => Fit::Free,
        }
    }

    /// Adds a chunk; one that overlaps others takes their place.
    pub fn insert(&mut self, offset: u64, chunk: Chunk) {
        let end = offset + chunk.length;
        while let Some((&at, last)) = self.0.range(..end).next_back() {
            if at + last.length <= offset {
                break;
            }
            self.0.remove(&at);
        }
        self.0.insert(offset, chunk);
    }

    pub fn remove(&mut self, offset: u64) {
        self.0.remove(&offset);
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, Chunk)> + '_ {
        self.0.iter().map(|(&offset, &chunk)| (offset, chunk))
    }

    /// Bytes up to the end of the last chunk.
    pub fn end(&self) -> u64 {
        self.0.last_key_value().map_or(0, |(offset, chunk)| offset + chunk.length)
    }

    /// The ranges of `0..size` that no whole chunk covers: offset and length, sorted.
    pub fn missing(&self, size: u64) -> Vec<(u64, u64)> {
        let mut at = 0;
        let mut missing = Vec::new();
        for (offset, chunk) in self.iter().chain([(size, Chunk { length: 0, digest: Digest::of(b"") })]) {
            if offset > at {
                missing.push((at, offset - at));
            }
            at = at.max(offset + chunk.length);
        }
        missing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(ranges: &[(u64, u64)]) -> Chunks {
        let mut chunks = Chunks::default();
        for &(offset, length) in ranges {
            chunks.insert(offset, Chunk { length, digest: Digest::of(b"x") });
        }
        chunks
    }

    #[test]
    fn only_the_same_boundaries_are_the_same_chunk() {
        let held = chunks(&[(0, 400), (800, 200)]);
        assert_eq!(held.fit(0, 400), Fit::Same);
        assert_eq!(held.fit(400, 400), Fit::Free);
        assert_eq!(held.fit(1000, 400), Fit::Free);
        for (offset, length) in [(0, 399), (0, 401), (399, 1), (400, 401), (900, 400), (300, 700), (850, 10)] {
            assert_eq!(held.fit(offset, length), Fit::Clash, "{offset}+{length}");
        }
    }

    #[test]
    fn missing_names_every_gap_and_nothing_else() {
        assert_eq!(chunks(&[]).missing(10), [(0, 10)]);
        assert_eq!(chunks(&[]).missing(0), []);
        assert_eq!(chunks(&[(0, 4), (4, 6)]).missing(10), []);
        assert_eq!(chunks(&[(2, 2), (6, 1)]).missing(10), [(0, 2), (4, 2), (7, 3)]);
    }

    #[test]
    fn the_later_of_two_overlapping_marks_holds() {
        assert_eq!(chunks(&[(0, 4), (4, 4), (2, 4)]), chunks(&[(2, 4)]));
    }
}
