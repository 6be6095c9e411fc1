//! The real disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use carryon_instruments::{Fault, Names, disk, planted, step};

use super::{Access, FileId, Files, Kind, LockGuard, OpenFile, Stat};

/// The file system of this computer.
pub(crate) struct Disk;

impl Files for Disk {
    fn open(&self, path: &Path, access: Access) -> io::Result<Box<dyn OpenFile>> {
        let _step = (access != Access::Read).then(|| step("open"));
        let mut options = OpenOptions::new();
        options.read(true).write(access != Access::Read);
        match access {
            Access::Read | Access::Change => {}
            Access::Keep => drop(options.create(true).truncate(false)),
            Access::Empty => drop(options.create(true).truncate(true)),
            Access::New => drop(options.create_new(true)),
        }
        if access == Access::Read {
            return Ok(Box::new(DiskFile { file: options.open(path)?, traced: disk::Traced::default() }));
        }
        let (file, traced) = disk::open(path, access == Access::Empty, || options.open(path))?;
        Ok(Box::new(DiskFile { file, traced }))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        match std::fs::symlink_metadata(path) {
            Ok(metadata) => Ok(Some(stat_of(&metadata))),
            Err(e) if is_absent(&e) => Ok(None),
            Err(e) => Err(e),
        }
    }

    fn link(&self, from: &Path, to: &Path) -> io::Result<()> {
        let _step = step("link");
        disk::names(Names::Link(from, to), || std::fs::hard_link(from, to))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let _step = step("rename");
        disk::names(Names::Rename(from, to), || std::fs::rename(from, to))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let _step = step("remove");
        disk::names(Names::Remove(path), || std::fs::remove_file(path))
    }

    fn create_dir(&self, path: &Path, private: bool) -> io::Result<()> {
        let _step = step("make a folder");
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        if private {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        let _ = private;
        disk::names(Names::MakeDir(path), || builder.recursive(false).create(path))
    }

    fn list(&self, dir: &Path) -> io::Result<Vec<String>> {
        let names = std::fs::read_dir(dir)?.map(|entry| Ok(entry?.file_name().into_string().ok()));
        names.filter_map(Result::transpose).collect()
    }

    fn sync_dir(&self, dir: &Path) -> io::Result<()> {
        if planted(Fault::NoDirectorySync) || planted(Fault::NoSync) {
            return Ok(());
        }
        let _step = step("sync a folder");
        disk::sync_dir(dir, || {
            // Windows has no call for this; NTFS journals its names itself.
            #[cfg(unix)]
            File::open(dir)?.sync_all()?;
            Ok(())
        })
    }

    fn free_space(&self, dir: &Path) -> io::Result<Option<u64>> {
        let stats = fs4::statvfs(dir)?;
        // Some network file systems answer with zeros only.
        Ok((stats.total_space() > 0).then(|| stats.available_space()))
    }

    fn lock(&self, path: &Path) -> io::Result<LockGuard> {
        let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)?;
        match file.try_lock() {
            Ok(()) => Ok(Box::new(file)),
            Err(TryLockError::WouldBlock) => Err(io::ErrorKind::WouldBlock.into()),
            Err(TryLockError::Error(e)) => Err(e),
        }
    }
}

/// An open file, and what tests call it.
struct DiskFile {
    file: File,
    traced: disk::Traced,
}

impl OpenFile for DiskFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        read_at(&self.file, buffer, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let _step = step("write");
        self.traced.write(bytes, offset, || write_at(&self.file, bytes, offset))
    }

    fn sync_data(&self) -> io::Result<()> {
        if planted(Fault::NoSync) {
            return Ok(());
        }
        let _step = step("sync");
        // On macOS std asks for F_FULLFSYNC here: nothing less survives a power cut.
        self.traced.sync(|| self.file.sync_data())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let _step = step("set a length");
        self.traced.set_len(length, || self.file.set_len(length))
    }
}

#[cfg(unix)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, offset)
}

#[cfg(windows)]
fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, offset)
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, offset)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, offset)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            n => (bytes, offset) = (&bytes[n..], offset + n as u64),
        }
    }
    Ok(())
}

/// A component that is a file where a folder is asked for means: nothing there.
fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn stat_of(metadata: &std::fs::Metadata) -> Stat {
    let kind = match metadata.file_type() {
        t if t.is_file() => Kind::File,
        t if t.is_dir() => Kind::Dir,
        _ => Kind::Other,
    };
    let modified = metadata.modified().ok().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
    let modified = modified.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
    Stat { kind, length: metadata.len(), id: FileId { number: number_of(metadata), modified } }
}

#[cfg(unix)]
fn number_of(metadata: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(windows)]
fn number_of(metadata: &std::fs::Metadata) -> u64 {
    std::os::windows::fs::MetadataExt::creation_time(metadata)
}
