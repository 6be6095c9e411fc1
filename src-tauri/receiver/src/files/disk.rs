//! The real disk.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;
use std::time::UNIX_EPOCH;

use carryon_instruments::{Fault, planted, step};

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
        Ok(Box::new(options.open(path)?))
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
        std::fs::hard_link(from, to)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let _step = step("rename");
        std::fs::rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let _step = step("remove");
        std::fs::remove_file(path)
    }

    fn create_dir(&self, path: &Path, private: bool) -> io::Result<()> {
        let _step = step("make a folder");
        let mut builder = std::fs::DirBuilder::new();
        #[cfg(unix)]
        if private {
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        }
        let _ = private;
        builder.recursive(false).create(path)
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
        // Windows has no call for this; NTFS journals its names itself.
        #[cfg(unix)]
        File::open(dir)?.sync_all()?;
        let _ = dir;
        Ok(())
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

impl OpenFile for File {
    #[cfg(unix)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::unix::fs::FileExt::read_at(self, buffer, offset)
    }

    #[cfg(windows)]
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        std::os::windows::fs::FileExt::seek_read(self, buffer, offset)
    }

    #[cfg(unix)]
    fn write_at(&self, bytes: &[u8], offset: u64) -> io::Result<()> {
        let _step = step("write");
        std::os::unix::fs::FileExt::write_all_at(self, bytes, offset)
    }

    #[cfg(windows)]
    fn write_at(&self, mut bytes: &[u8], mut offset: u64) -> io::Result<()> {
        while !bytes.is_empty() {
            match std::os::windows::fs::FileExt::seek_write(self, bytes, offset)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                n => (bytes, offset) = (&bytes[n..], offset + n as u64),
            }
        }
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        if planted(Fault::NoSync) {
            return Ok(());
        }
        let _step = step("sync");
        // On macOS std asks for F_FULLFSYNC here: nothing less survives a power cut.
        File::sync_data(self)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        let _step = step("set a length");
        File::set_len(self, length)
    }
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
