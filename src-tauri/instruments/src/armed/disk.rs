//! What both ends do to the disk, in one order: the log that images of power cuts are built from.
//!
//! A change is logged under the same lock that it is made under, so the log's order is the disk's. A sync covers only
//! what stood in the log when it began: what comes while it runs may be lost all the same. A file is known by the number
//! that it got when it was made, whatever names it bears later. Only what lies below the recorded folder counts.

use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Mutex,
};

use super::lock;
use crate::Names;

/// One thing that was done to the disk; paths are relative to the recorded folder.
#[derive(Clone, Debug)]
pub enum Op {
    /// An empty file got its first name.
    Create(PathBuf, u64),
    /// A folder was made.
    MakeDir(PathBuf),
    /// A file got a further name.
    Link(u64, PathBuf),
    /// A file changed its name, over whatever had the new one.
    Rename(PathBuf, u64, PathBuf),
    /// A name went.
    Remove(PathBuf),
    /// Bytes were written at an offset.
    Write(u64, u64, Vec<u8>),
    /// A file was cut or extended.
    SetLen(u64, u64),
    /// Content and length of a file became durable, as far as they stood before that position of the log.
    Sync(u64, usize),
    /// The names in a folder became durable, as far as they stood before that position of the log.
    SyncDir(PathBuf, usize),
}

struct Log {
    root: PathBuf,
    ops: Vec<Op>,
    names: HashMap<PathBuf, u64>,
    last: u64,
}

static LOG: Mutex<Option<Log>> = Mutex::new(None);

/// A recording under way; it ends when this goes.
#[derive(Debug)]
pub struct Recording(());

/// Records what happens below `root`; what stands there already is durable. One recording at a time.
///
/// # Errors
/// What the system says of what stands there.
///
/// # Panics
/// Where another recording is under way.
pub fn record(root: &Path) -> io::Result<Recording> {
    let mut log = Log { root: root.to_owned(), ops: Vec::new(), names: HashMap::new(), last: 0 };
    log.take_in(Path::new(""), &mut HashMap::new())?;
    assert!(lock(&LOG).replace(log).is_none(), "one recording at a time");
    Ok(Recording(()))
}

impl Recording {
    /// How much is in the log by now: what is logged later has this position, or a later one.
    pub fn position(&self) -> usize {
        position()
    }

    /// Everything that was done.
    pub fn end(self) -> Vec<Op> {
        lock(&LOG).take().map(|log| log.ops).unwrap_or_default()
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        lock(&LOG).take();
    }
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> Option<u64> {
    Some(std::os::unix::fs::MetadataExt::ino(metadata))
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> Option<u64> {
    None
}

fn position() -> usize {
    lock(&LOG).as_ref().map_or(0, |log| log.ops.len())
}

impl Log {
    fn relative(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(&self.root).ok().map(Path::to_owned)
    }

    /// Logs what stands in a folder as if it had just been made and synced.
    fn take_in(&mut self, folder: &Path, known: &mut HashMap<u64, u64>) -> io::Result<()> {
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                self.ops.push(Op::MakeDir(path.clone()));
                self.take_in(&path, known)?;
            } else if let Some(&file) = inode(&entry.metadata()?).and_then(|inode| known.get(&inode)) {
                self.names.insert(path.clone(), file);
                self.ops.push(Op::Link(file, path));
            } else {
                let file = self.create(path);
                self.ops.push(Op::Write(file, 0, fs::read(entry.path())?));
                self.ops.push(Op::Sync(file, self.ops.len()));
                known.extend(inode(&entry.metadata()?).map(|inode| (inode, file)));
            }
        }
        self.ops.push(Op::SyncDir(folder.to_owned(), self.ops.len()));
        Ok(())
    }

    fn create(&mut self, path: PathBuf) -> u64 {
        self.last += 1;
        self.names.insert(path.clone(), self.last);
        self.ops.push(Op::Create(path, self.last));
        self.last
    }

    fn change_names(&mut self, change: Names<'_>) -> Option<()> {
        match change {
            Names::MakeDir(path) => self.ops.push(Op::MakeDir(self.relative(path)?)),
            Names::Remove(path) => {
                let path = self.relative(path)?;
                self.names.remove(&path);
                self.ops.push(Op::Remove(path));
            }
            Names::Link(from, to) => {
                let (from, to) = (self.relative(from)?, self.relative(to)?);
                let file = *self.names.get(&from)?;
                self.names.insert(to.clone(), file);
                self.ops.push(Op::Link(file, to));
            }
            Names::Rename(from, to) => {
                let (from, to) = (self.relative(from)?, self.relative(to)?);
                let file = self.names.remove(&from)?;
                self.names.insert(to.clone(), file);
                self.ops.push(Op::Rename(from, file, to));
            }
        }
        Some(())
    }
}

/// Makes a change and, where it succeeds, logs it.
fn logged<T, E>(act: impl FnOnce() -> Result<T, E>, note: impl FnOnce(&mut Log)) -> Result<T, E> {
    let mut log = lock(&LOG);
    let done = act()?;
    if let Some(log) = log.as_mut() {
        note(log);
    }
    Ok(done)
}

/// Changes names.
///
/// # Errors
/// What `act` says.
pub fn names<T, E>(change: Names<'_>, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    logged(act, |log| _ = log.change_names(change))
}

/// Makes the names in a folder durable.
///
/// # Errors
/// What `act` says.
pub fn sync_dir<T, E>(folder: &Path, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let before = position();
    let done = act()?;
    if let Some(log) = lock(&LOG).as_mut()
        && let Some(folder) = log.relative(folder)
    {
        log.ops.push(Op::SyncDir(folder, before));
    }
    Ok(done)
}

/// A file that is open for writing, as the log knows it.
#[derive(Debug, Default)]
pub struct Traced(Option<u64>);

/// Opens a file for writing; `emptied` says whether what it held goes.
///
/// # Errors
/// What `act` says.
pub fn open<T, E>(path: &Path, emptied: bool, act: impl FnOnce() -> Result<T, E>) -> Result<(T, Traced), E> {
    let mut file = None;
    let opened = logged(act, |log| {
        let Some(path) = log.relative(path) else { return };
        file = log.names.get(&path).copied();
        match file {
            Some(file) if emptied => log.ops.push(Op::SetLen(file, 0)),
            Some(_) => {}
            None => file = Some(log.create(path)),
        }
    })?;
    Ok((opened, Traced(file)))
}

impl Traced {
    /// Writes.
    ///
    /// # Errors
    /// What `act` says.
    pub fn write<T, E>(&self, bytes: &[u8], offset: u64, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.change(|file| Op::Write(file, offset, bytes.to_vec()), act)
    }

    /// Cuts or extends.
    ///
    /// # Errors
    /// What `act` says.
    pub fn set_len<T, E>(&self, length: u64, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        self.change(|file| Op::SetLen(file, length), act)
    }

    fn change<T, E>(&self, op: impl FnOnce(u64) -> Op, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        match self.0 {
            Some(file) => logged(act, |log| log.ops.push(op(file))),
            None => act(),
        }
    }

    /// Makes durable what is written.
    ///
    /// # Errors
    /// What `act` says.
    pub fn sync<T, E>(&self, act: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
        let before = position();
        let done = act()?;
        if let (Some(file), Some(log)) = (self.0, lock(&LOG).as_mut()) {
            log.ops.push(Op::Sync(file, before));
        }
        Ok(done)
    }
}
