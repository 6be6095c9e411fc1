//! Reading the journal at start.

use std::io;
use std::path::Path;

use super::frame::{self, Frame, MAGIC, Span};
use crate::error::Error;
use crate::files::{Access, Files, OpenFile, read_range};
use crate::journal::JournalPaths;
use crate::store::Index;

/// Bytes read at once.
const BLOCK: usize = 4 * 1024 * 1024;
/// Bytes whose checksums are taken behind a broken frame, all together.
const MOST_LOOKED_AT: usize = 64 * 1024 * 1024;

/// What a journal file held.
pub(crate) struct Replayed {
    pub index: Index,
    /// Up to where the file can be trusted, in bytes; 0 when there is no journal yet.
    pub length: u64,
    /// Whole frames stand behind a broken one: not a cut-off end, but damage.
    pub damaged: bool,
}

/// Reads all entries up to the first that is torn. Changes nothing.
///
/// # Errors
/// [`Error::Newer`] for a file this version cannot read, [`Error::Folder`] for an unreadable one.
pub(crate) fn replay(files: &dyn Files, paths: &JournalPaths) -> Result<Replayed, Error> {
    let fail = || Error::folder(&paths.file);
    let nothing = Replayed { index: Index::default(), length: 0, damaged: false };
    let Some(stat) = files.stat(&paths.file).map_err(fail())? else { return Ok(nothing) };
    let file = files.open(&paths.file, Access::Read).map_err(fail())?;
    let magic = read_range(&*file, 0, MAGIC.len()).map_err(fail())?;
    match magic {
        None => Ok(nothing),
        Some(magic) if magic != MAGIC => Err(Error::Newer(paths.file.clone())),
        Some(_) => frames(&*file, stat.length, &paths.file),
    }
}

fn frames(file: &dyn OpenFile, length: u64, path: &Path) -> Result<Replayed, Error> {
    let mut index = Index::default();
    let mut window = Window { file, length, start: MAGIC.len() as u64, bytes: Vec::new(), used: 0 };
    loop {
        let frame = window.next().map_err(Error::folder(path))?;
        match frame {
            Frame::Whole { entry, length, data_at } => {
                let data = Span { at: window.position() + data_at as u64, length: (length - data_at) as u64 };
                let data = entry.holds_data().then_some(data);
                index.apply(entry, data);
                window.used += length;
            }
            Frame::Foreign => return Err(Error::Newer(path.to_owned())),
            Frame::Short | Frame::Torn => {
                let (length, damaged) = (window.position(), window.holds_more());
                return Ok(Replayed { index, length, damaged });
            }
        }
    }
}

/// A part of the file in memory; `start` is the place of its first byte, `used` of them are read.
struct Window<'a> {
    file: &'a dyn OpenFile,
    length: u64,
    start: u64,
    bytes: Vec<u8>,
    used: usize,
}

impl Window<'_> {
    fn next(&mut self) -> io::Result<Frame> {
        loop {
            let frame = frame::decode(&self.bytes[self.used..]);
            if frame != Frame::Short || !self.grow()? {
                return Ok(frame);
            }
        }
    }

    /// The place in the file of the next frame.
    fn position(&self) -> u64 {
        self.start + self.used as u64
    }

    /// Reads on; false at the end of the file.
    fn grow(&mut self) -> io::Result<bool> {
        self.start = self.position();
        self.bytes.drain(..self.used);
        self.used = 0;
        let at = self.start + self.bytes.len() as u64;
        let more = self.length.saturating_sub(at).min(BLOCK as u64) as usize;
        let read = if more == 0 { None } else { read_range(self.file, at, more)? };
        self.bytes.extend_from_slice(read.as_deref().unwrap_or_default());
        Ok(read.is_some())
    }

    /// Whether a whole frame begins anywhere in the rest of the window. Bytes that only look like frames, one in the
    /// other, are not looked at without end: then the rest is taken for damaged, and kept.
    fn holds_more(&self) -> bool {
        let rest = &self.bytes[self.used..];
        let mut looked_at = 0;
        (1..rest.len()).any(|at| {
            let Some(length) = frame::likely_length(&rest[at..]) else { return false };
            looked_at += length;
            looked_at > MOST_LOOKED_AT || matches!(frame::decode(&rest[at..]), Frame::Whole { .. })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::{Duration, Instant};

    use super::*;
    use crate::files::simulated::SimulatedDisk;

    #[test]
    fn a_torn_end_that_looks_like_many_frames_is_read_in_no_time() {
        let tail: Vec<u8> = b"\0\0\x01\0".repeat(BLOCK / 4 - 4);
        let crafted: Vec<u8> = b"\0\0\x10\0checksum\x10\0\0\0{-------------------".repeat(BLOCK / 36 - 1);
        for end in [tail, crafted] {
            let disk = SimulatedDisk::new(Path::new("/r"), true);
            let file = Path::new("/r/journal").to_owned();
            disk.put(&file, &[MAGIC.as_slice(), b"torn", &end].concat());
            let begun = Instant::now();
            let paths = JournalPaths { dir: "/r".into(), file, next: "/r/next".into() };
            let replayed = replay(&disk, &paths).map_err(|error| error.to_string()).expect("it reads");
            assert_eq!(replayed.length, MAGIC.len() as u64, "nothing there counts");
            assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
        }
    }
}
