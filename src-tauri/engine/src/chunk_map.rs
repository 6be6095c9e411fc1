//! Which parts of a file the destination holds, which are on their way, and which went more than once: for drawing.
//!
//! However many chunks there are, the picture has a bounded number of cells, each of as many bytes as the others.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{
    chunk::{Chunk, Ranges},
    engine::Engine,
    error::Result,
    inner::lock,
    records::{chunks, uploads},
    upload::UploadId,
};

/// The most cells of a picture.
pub const MOST_CELLS: u32 = 2_000;

/// A picture of an upload's bytes, cut into cells from the first byte to the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ChunkMap {
    /// Bytes in the whole source.
    pub size: u64,
    /// How much of each cell the destination holds, in percent; 100 only for the whole of it.
    pub held: Vec<u8>,
    /// Cells with bytes that are on their way.
    pub in_flight: Vec<u32>,
    /// Cells with bytes that left more than once in this run.
    pub again: Vec<u32>,
    /// Chunks that are not confirmed.
    pub chunks_left: u64,
}

/// What moves while an upload runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Moving {
    in_flight: BTreeSet<Chunk>,
    again: Ranges,
}

impl Moving {
    /// A chunk leaves.
    pub fn leaves(&mut self, chunk: Chunk) {
        self.in_flight.insert(chunk);
    }

    /// A chunk came home; unconfirmed, its bytes are to leave again.
    pub fn came_home(&mut self, chunk: Chunk, confirmed: bool) {
        self.in_flight.remove(&chunk);
        if !confirmed {
            self.again.insert(chunk.offset, chunk.end());
        }
    }

    /// Whatever was on its way was broken off.
    pub fn broken_off(&mut self) {
        for chunk in std::mem::take(&mut self.in_flight) {
            self.again.insert(chunk.offset, chunk.end());
        }
    }
}

impl ChunkMap {
    /// The picture in at most `cells` cells; never more cells than bytes, and none of an empty file.
    pub(crate) fn draw(size: u64, held: &Ranges, moving: &Moving, cells: u32) -> Self {
        let cells = u64::from(cells.clamp(1, MOST_CELLS)).min(size);
        let within = |cell: u64| {
            let at = |nth: u64| u64::try_from(u128::from(nth) * u128::from(size) / u128::from(cells)).unwrap_or(size);
            (at(cell), at(cell + 1))
        };
        let percent = |cell: u64| {
            let (start, end) = within(cell);
            u8::try_from(u128::from(held.within(start, end)) * 100 / u128::from(end - start)).unwrap_or(100)
        };
        let on_their_way: Ranges = moving.in_flight.iter().map(|chunk| (chunk.offset, chunk.end())).collect();
        let touched = |ranges: &Ranges| {
            let hit = |cell: &u64| {
                let (start, end) = within(*cell);
                ranges.within(start, end) > 0
            };
            (0..cells).filter(hit).filter_map(|cell| u32::try_from(cell).ok()).collect()
        };
        Self {
            size,
            held: (0..cells).map(percent).collect(),
            in_flight: touched(&on_their_way),
            again: touched(&moving.again),
            chunks_left: 0,
        }
    }
}

impl Engine {
    /// A picture of an upload's bytes in at most `cells` cells; none where its record is gone.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn chunk_map(&self, id: UploadId, cells: u32) -> Result<Option<ChunkMap>> {
        let moving = lock(&self.inner.running).get(&id).map(|turn| turn.live.moving()).unwrap_or_default();
        let look = move |connection: &_| {
            let Some(upload) = uploads::get(connection, id)? else { return Ok(None) };
            let rows = chunks::of_attempt(connection, upload.attempt.seq)?;
            Ok(Some((upload, rows)))
        };
        let found = self.inner.records.run(look).await?;
        Ok(found.map(|(upload, rows)| {
            let confirmed = rows.iter().filter(|row| row.confirmed);
            let held: Ranges = confirmed.map(|row| (row.offset, row.offset.saturating_add(row.length))).collect();
            ChunkMap { chunks_left: upload.chunks_left, ..ChunkMap::draw(upload.size, &held, &moving, cells) }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(of: &[(u64, u64)]) -> Ranges {
        of.iter().copied().collect()
    }

    fn chunk(offset: u64, length: u64) -> Chunk {
        Chunk { index: 0, offset, length }
    }

    #[test]
    fn a_cell_is_whole_only_where_every_byte_of_it_is_held() {
        let map = ChunkMap::draw(1000, &ranges(&[(0, 250), (300, 399)]), &Moving::default(), 10);
        assert_eq!(map.held, [100, 100, 50, 99, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn what_is_on_its_way_and_what_went_twice_mark_every_cell_they_touch() {
        let mut moving = Moving::default();
        moving.leaves(chunk(150, 100));
        moving.leaves(chunk(900, 100));
        moving.came_home(chunk(900, 100), false);
        let map = ChunkMap::draw(1000, &Ranges::default(), &moving, 10);
        assert_eq!((map.in_flight, map.again), (vec![1, 2], vec![9]));
        moving.broken_off();
        let map = ChunkMap::draw(1000, &Ranges::default(), &moving, 10);
        assert_eq!((map.in_flight, map.again), (vec![], vec![1, 2, 9]));
    }

    #[test]
    fn a_confirmed_chunk_leaves_no_mark() {
        let mut moving = Moving::default();
        moving.leaves(chunk(0, 10));
        moving.came_home(chunk(0, 10), true);
        assert_eq!(ChunkMap::draw(10, &ranges(&[(0, 10)]), &moving, 5).again, [0u32; 0]);
    }

    #[test]
    fn any_size_makes_a_bounded_picture() {
        assert_eq!(ChunkMap::draw(0, &Ranges::default(), &Moving::default(), 100).held, [0u8; 0]);
        assert_eq!(ChunkMap::draw(3, &ranges(&[(0, 3)]), &Moving::default(), 100).held, [100, 100, 100]);
        let huge = ChunkMap::draw(u64::MAX, &ranges(&[(0, u64::MAX)]), &Moving::default(), 700);
        assert_eq!((huge.held.len(), huge.held.iter().all(|percent| *percent == 100)), (700, true));
        assert_eq!(ChunkMap::draw(u64::MAX, &Ranges::default(), &Moving::default(), u32::MAX).held.len(), 2_000);
    }
}
