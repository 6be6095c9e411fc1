//! Reads a write-ahead log beside a SQLite file (<https://www.sqlite.org/fileformat2.html>, section 4).
//!
//! What counts is what SQLite would count: whole commits, from the beginning to the first frame that does not fit. A torn
//! end is no damage: nobody was told that it is durable. But one commit at a time is on its way to the disk, so where two
//! or more follow a frame that does not fit, the log was damaged later; then they count too, and the page is lost.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;

/// A log in memory.
pub(in crate::records) struct Wal {
    bytes: Vec<u8>,
    pages: HashMap<u32, usize>,
    lost: HashSet<u32>,
    /// Bytes in a page.
    pub page_size: usize,
    /// Commits follow a frame that does not fit.
    pub damaged: bool,
}

/// A frame: a page as one commit left it.
struct Frame {
    page: u32,
    data: usize,
    ends_commit: bool,
    fits: bool,
}

impl Wal {
    /// The log at `path`; none where there is none, or none that SQLite would read.
    pub fn read(path: &Path) -> Option<Self> {
        let bytes = std::fs::read(path).ok()?;
        let page_size = page_size(&bytes)?;
        let frames = frames(&bytes, page_size)?;
        let mut wal = Self { bytes, pages: HashMap::new(), lost: HashSet::new(), page_size, damaged: false };
        wal.take(&frames);
        Some(wal)
    }

    fn take(&mut self, frames: &[Frame]) {
        let broken = frames.iter().position(|frame| !frame.fits).unwrap_or(frames.len());
        let commits_after = frames[broken..].iter().filter(|frame| frame.ends_commit).count();
        self.damaged = commits_after >= 2;
        let readable = if self.damaged { frames } else { &frames[..broken] };
        let whole = readable.iter().rposition(|frame| frame.ends_commit).map_or(0, |last| last + 1);
        for frame in &readable[..whole] {
            if frame.fits {
                self.lost.remove(&frame.page);
                self.pages.insert(frame.page, frame.data);
            } else {
                self.lost.insert(frame.page);
            }
        }
    }

    /// The page of that number as the last commit left it; none where the log does not have it.
    pub fn page(&self, number: u32) -> Option<&[u8]> {
        let at = *self.pages.get(&number)?;
        self.bytes.get(at..at + self.page_size)
    }

    /// The log had this page, and it cannot be read; what the file has is older.
    pub fn lost(&self, number: u32) -> bool {
        self.lost.contains(&number)
    }

    /// The highest page number in it.
    pub fn last_page(&self) -> u32 {
        self.pages.keys().max().copied().unwrap_or(0)
    }
}

/// What stays the same in a log's head from its making to its end, though each restart changes both numbers: the first
/// salt grows by one with each checkpoint that is counted beside it.
pub(in crate::records) fn id(path: &Path) -> Option<u32> {
    use std::io::Read;
    let mut head = [0; HEAD];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    page_size(&head)?;
    Some(word(&head, 16).wrapping_sub(word(&head, 12)))
}

fn page_size(bytes: &[u8]) -> Option<usize> {
    let magic = word(bytes.get(..HEAD)?, 0);
    let size = word(bytes, 8) as usize;
    let sum = checksum((0, 0), &bytes[..24], magic & 1 == 1);
    let fits = magic & !1 == 0x377f_0682 && sum == (word(bytes, 24), word(bytes, 28));
    (fits && size.is_power_of_two() && (512..=65536).contains(&size)).then_some(size)
}

fn frames(bytes: &[u8], page_size: usize) -> Option<Vec<Frame>> {
    let big_endian = word(bytes, 0) & 1 == 1;
    let salts = bytes.get(16..24)?;
    let mut before = (word(bytes, 24), word(bytes, 28));
    let mut frames = Vec::new();
    for (index, frame) in bytes[HEAD..].chunks_exact(FRAME_HEAD + page_size).enumerate() {
        if &frame[8..16] != salts {
            break; // Left over from before the log began anew.
        }
        let sum = checksum(before, &frame[..8], big_endian);
        let sum = checksum(sum, &frame[FRAME_HEAD..], big_endian);
        before = (word(frame, 16), word(frame, 20));
        frames.push(Frame {
            page: word(frame, 0),
            data: HEAD + index * (FRAME_HEAD + page_size) + FRAME_HEAD,
            ends_commit: word(frame, 4) != 0,
            fits: sum == before,
        });
    }
    Some(frames)
}

fn checksum((mut a, mut b): (u32, u32), bytes: &[u8], big_endian: bool) -> (u32, u32) {
    let read = |word: &[u8]| {
        let word = [word[0], word[1], word[2], word[3]];
        if big_endian { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) }
    };
    for pair in bytes.chunks_exact(8) {
        a = a.wrapping_add(read(&pair[..4])).wrapping_add(b);
        b = b.wrapping_add(read(&pair[4..])).wrapping_add(a);
    }
    (a, b)
}

/// A big-endian number; 0 beyond the end.
pub(super) fn word(bytes: &[u8], at: usize) -> u32 {
    bytes.get(at..at + 4).map_or(0, |word| u32::from_be_bytes([word[0], word[1], word[2], word[3]]))
}
