//! The file layer: everything the store does to a disk goes through [`Files`].
//!
//! It is small on purpose. A test puts a simulated disk in its place that loses what was not synced;
//! so nothing else in the store may touch the file system. What each call promises after a power cut
//! is said at the call: only `sync_data`, `sync_all` and [`Files::sync_dir`] promise anything.

use std::any::Any;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

mod disk;
#[cfg(test)]
pub(crate) mod simulated;

pub(crate) use disk::Disk;

/// A guard that holds a lock until it is dropped.
pub(crate) type LockGuard = Box<dyn Any + Send + Sync>;

/// A file system, as far as the store needs one. All calls block.
pub(crate) trait Files: Send + Sync {
    /// Opens a file; see [`Access`] for what may exist before.
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>>;
    /// What stands at `path`, links not followed; `None` when nothing does.
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>>;
    /// Gives a file a second name. Fails with `AlreadyExists` when `to` exists.
    fn link(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Moves a file over whatever has the name `to`.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file's name.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes one directory; `private` ones are for this user only.
    fn create_dir(&self, path: &Path, private: bool) -> io::Result<()>;
    /// The names in a directory that are valid UTF-8.
    fn list(&self, dir: &Path) -> io::Result<Vec<String>>;
    /// Makes the names in a directory durable: what was created, linked, renamed or removed in it.
    fn sync_dir(&self, dir: &Path) -> io::Result<()>;
    /// Bytes that may still be written below `dir`; `None` where that is not told.
    fn free_space(&self, dir: &Path) -> io::Result<Option<u64>>;
    /// Takes a lock that one process at a time can hold. Fails with `WouldBlock` when it is taken.
    fn lock(&self, path: &Path) -> io::Result<LockGuard>;
}

/// An open file, read and written at given offsets; it may be shared among threads.
pub(crate) trait OpenFile: Send + Sync {
    /// Reads up to `buffer.len()` bytes; 0 at the end of the file.
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize>;
    /// Writes all of `bytes`. Not durable before `sync_data`.
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()>;
    /// Makes content and length durable.
    fn sync_data(&self) -> io::Result<()>;
    /// Cuts or extends the file.
    fn set_len(&self, length: u64) -> io::Result<()>;
}

/// How a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// For reading; it must exist.
    Read,
    /// For reading and writing; it must exist.
    Change,
    /// For reading and writing; made when missing, content kept.
    Keep,
    /// For reading and writing; made when missing, emptied otherwise.
    Empty,
    /// For reading and writing; fails with `AlreadyExists` when something has the name.
    New,
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Dir,
    /// Anything else: a symbolic link, a device, a socket.
    Other,
}

/// What is known of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    pub kind: Kind,
    /// Bytes.
    pub length: u64,
    pub id: FileId,
}

impl Stat {
    /// Whether two names stand for one file.
    pub fn is_same_file(&self, other: &Stat) -> bool {
        self.kind == Kind::File && other.kind == Kind::File && self.id == other.id && self.length == other.length
    }
}

/// What tells a file from another one that later takes its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileId {
    /// The inode number; on Windows the time of creation.
    pub number: u64,
    /// Last modification, nanoseconds since 1970.
    pub modified: u64,
}

/// Reads the whole range; `None` when the file is too short for it.
pub(crate) fn read_range(file: &dyn OpenFile, offset: u64, length: usize) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = vec![0; length];
    let mut filled = 0;
    while filled < length {
        match file.read_at(&mut bytes[filled..], offset + filled as u64) {
            Ok(0) => return Ok(None),
            Ok(n) => filled += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(Some(bytes))
}
