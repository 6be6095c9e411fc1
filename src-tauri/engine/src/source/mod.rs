//! The file being sent: opening it, telling whether it is still the same one, and reading byte ranges.
//!
//! A source never trusts its path alone: what was opened is compared, by path and by handle, with the identity that
//! stands in the record, before the first byte of a run and after the last.

mod body;
mod identity;
mod path;
mod trust;
mod walk;

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

pub use body::{ChunkBody, Meter};
pub use identity::Identity;
pub(crate) use identity::mtime_ns;
pub(crate) use path::{decode_path, encode_path, path_encoding};
pub(crate) use walk::found_below;
pub use walk::{Found, Problem, expand};

use crate::{
    chunk::{Chunk, Digest},
    error::{Error, ErrorKind, Result},
    upload::{UnixMillis, now},
};

/// Bytes read at once: bodies are streamed in blocks of this size, never held whole.
pub const BLOCK: usize = 256 * 1024;

/// An open local file and what it was when it was opened.
#[derive(Debug)]
pub struct SourceFile {
    file: File,
    path: PathBuf,
    identity: Identity,
    taken_at: UnixMillis,
}

impl SourceFile {
    /// Opens a regular file for reading.
    ///
    /// # Errors
    /// `SourceMissing` where there is none or it cannot be read; `Invalid` for a folder, a device, a pipe or a socket.
    pub fn open(path: &Path) -> Result<Self> {
        refuse_special(path)?;
        let file = File::open(path).map_err(|error| unreadable(path, error))?;
        // The moment before: a change between the two makes the file look younger, never older.
        let taken_at = now();
        let meta = file.metadata().map_err(|error| unreadable(path, error))?;
        let identity = Identity::of(path, &meta).map_err(|error| unreadable(path, error))?;
        Ok(Self { file, path: path.to_owned(), identity, taken_at })
    }

    /// When that was seen.
    pub fn taken_at(&self) -> UnixMillis {
        self.taken_at
    }

    /// What the file was when it was opened.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether an unchanged identity of this file proves unchanged content (DESIGN P4).
    pub fn keeps_identity(&self) -> bool {
        trust::keeps_identity(&self.file)
    }

    /// Proves that the open file and whatever lies under its path are still `expected`.
    ///
    /// # Errors
    /// `SourceChanged` where anything differs, also when the path leads nowhere by now.
    pub fn check(&self, expected: &Identity) -> Result<()> {
        let by_handle = self.file.metadata().and_then(|meta| Identity::of(&self.path, &meta));
        let by_path = std::fs::metadata(&self.path).and_then(|meta| Identity::of(&self.path, &meta));
        match (by_handle, by_path) {
            (Ok(handle), Ok(path)) if handle == *expected && path == *expected => Ok(()),
            _ => Err(changed(&self.path)),
        }
    }

    /// Reads exactly `buffer.len()` bytes at `offset`.
    ///
    /// # Errors
    /// `SourceChanged` when the file is shorter than it was, `SourceMissing` when it cannot be read.
    pub fn read_exact_at(&self, buffer: &mut [u8], offset: u64) -> Result<()> {
        let mut done = 0;
        while done < buffer.len() {
            match read_at(&self.file, &mut buffer[done..], offset + done as u64) {
                Ok(0) => return Err(changed(&self.path)),
                Ok(n) => done += n,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(unreadable(&self.path, error)),
            }
        }
        Ok(())
    }

    /// The bytes in order, once, from the first one.
    pub fn reader(&self) -> impl io::Read + '_ {
        &self.file
    }

    /// The BLAKE3 digest of a chunk's bytes as they are now. Blocks on the disk.
    ///
    /// # Errors
    /// As [`SourceFile::read_exact_at`].
    pub fn digest(&self, chunk: Chunk) -> Result<Digest> {
        let mut hasher = blake3::Hasher::new();
        self.read_through(chunk, |block| {
            hasher.update(block);
        })?;
        Ok(*hasher.finalize().as_bytes())
    }

    /// Shows a chunk's bytes block by block. Blocks on the disk.
    ///
    /// # Errors
    /// As [`SourceFile::read_exact_at`].
    pub(crate) fn read_through(&self, chunk: Chunk, mut look: impl FnMut(&[u8])) -> Result<()> {
        let mut buffer = vec![0; BLOCK.min(usize::try_from(chunk.length).unwrap_or(BLOCK))];
        let mut at = chunk.offset;
        while at < chunk.end() {
            let take = usize::try_from(chunk.end() - at).unwrap_or(BLOCK).min(BLOCK);
            self.read_exact_at(&mut buffer[..take], at)?;
            look(&buffer[..take]);
            at += take as u64;
        }
        Ok(())
    }

    /// What tells whether a file of the same size is likely the same: BLAKE3 over the size, the head, the tail and
    /// spaced samples; over the whole content of small files. Blocks on the disk.
    ///
    /// # Errors
    /// As [`SourceFile::read_exact_at`].
    pub fn fingerprint(&self) -> Result<Digest> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.identity.size.to_le_bytes());
        let mut buffer = Vec::new();
        for (offset, length) in sample_ranges(self.identity.size) {
            buffer.resize(length, 0);
            self.read_exact_at(&mut buffer, offset)?;
            hasher.update(&buffer);
        }
        Ok(*hasher.finalize().as_bytes())
    }
}

const EDGE: u64 = 64 * 1024;
const SAMPLE: u64 = 16 * 1024;
const SAMPLES: u64 = 8;

/// The ranges that a fingerprint reads: everything of small files (below 288 KiB), else head, tail and eight spaced samples.
fn sample_ranges(size: u64) -> Vec<(u64, usize)> {
    if size < 2 * EDGE + (SAMPLES + 2) * SAMPLE {
        return vec![(0, usize::try_from(size).unwrap_or(0))];
    }
    let between = (size - 2 * EDGE - SAMPLE) / (SAMPLES + 1);
    let samples = (1..=SAMPLES).map(|n| (EDGE + n * between, SAMPLE as usize));
    let edges = [(0, EDGE as usize), (size - EDGE, EDGE as usize)];
    edges.into_iter().chain(samples).collect()
}

fn refuse_special(path: &Path) -> Result<()> {
    let meta = std::fs::metadata(path).map_err(|error| unreadable(path, error))?;
    if meta.is_file() {
        return Ok(());
    }
    let what = special_kind(&meta);
    let text = format!("“{}” is {what}, not a file", path.display());
    Err(Error::new(ErrorKind::Invalid, text).next_step("Choose a regular file or a folder."))
}

#[cfg(unix)]
fn special_kind(meta: &std::fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = meta.file_type();
    match () {
        () if kind.is_dir() => "a folder",
        () if kind.is_fifo() => "a named pipe",
        () if kind.is_socket() => "a socket",
        () if kind.is_block_device() || kind.is_char_device() => "a device",
        () => "something special",
    }
}

#[cfg(not(unix))]
fn special_kind(meta: &std::fs::Metadata) -> &'static str {
    if meta.is_dir() { "a folder" } else { "something special" }
}

pub(crate) fn unreadable(path: &Path, error: io::Error) -> Error {
    let shown = path.display();
    let text = match error.kind() {
        io::ErrorKind::NotFound => format!("“{shown}” is not there"),
        io::ErrorKind::PermissionDenied => format!("“{shown}” may not be read: permission denied"),
        _ => format!("“{shown}” could not be read: {error}"),
    };
    Error::new(ErrorKind::SourceMissing, text)
}

fn changed(path: &Path) -> Error {
    let text = format!("“{}” changed since its upload began", path.display());
    Error::new(ErrorKind::SourceChanged, text)
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_lie_inside_the_file_and_do_not_repeat() {
        for size in [0, 1, EDGE, 262_144, 294_911, 294_912, 10_000_000, 1 << 40] {
            let mut ranges = sample_ranges(size);
            ranges.sort_unstable();
            for pair in ranges.windows(2) {
                assert!(pair[0].0 + pair[0].1 as u64 <= pair[1].0, "{size}: {pair:?} overlap");
            }
            assert!(ranges.iter().all(|&(at, n)| at + n as u64 <= size), "{size}: a sample lies outside");
        }
    }

    #[test]
    fn an_edit_is_a_change_even_when_the_size_stays() {
        let dir = tempfile::tempdir().expect("temp folder");
        let path = dir.path().join("take.mov");
        std::fs::write(&path, b"first").expect("writes");
        let source = SourceFile::open(&path).expect("opens");
        source.check(source.identity()).expect("untouched is unchanged");
        std::fs::remove_file(&path).expect("removes");
        std::fs::write(&path, b"other").expect("writes");
        let error = source.check(source.identity()).expect_err("another file under the same name is a change");
        assert_eq!(error.kind(), ErrorKind::SourceChanged);
    }

    #[test]
    fn what_is_not_a_file_is_refused_by_what_it_is() {
        let dir = tempfile::tempdir().expect("temp folder");
        let error = SourceFile::open(dir.path()).expect_err("a folder is no file");
        assert!(error.message().contains("a folder"), "{error}");
        let error = SourceFile::open(&dir.path().join("nothing")).expect_err("nothing is no file");
        assert!(error.message().contains("is not there"), "{error}");
    }
}
