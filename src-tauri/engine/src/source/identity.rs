//! What a file is besides its content: size, times, file id and volume (DESIGN P4).
//!
//! Any difference means *source changed*. What a system cannot tell is none on both sides and does not count.

use std::{fs::Metadata, io, path::Path, time::UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// A file's identity at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Size in bytes.
    pub size: u64,
    /// Last write, nanoseconds since 1970 (negative before).
    pub mtime_ns: i64,
    /// Last change of anything (ctime; Windows ChangeTime), nanoseconds since 1970.
    pub ctime_ns: Option<i64>,
    /// The file's id on its volume (inode, or a Windows file id, which may have 128 bits).
    pub file_id: Option<String>,
    /// The volume (device number, or a Windows volume serial number).
    pub volume: Option<String>,
}

impl Identity {
    /// The identity that `meta` tells for the file at `path`.
    ///
    /// # Errors
    /// Where the system cannot tell the file's times.
    pub fn of(path: &Path, meta: &Metadata) -> io::Result<Self> {
        let (ctime_ns, file_id, volume) = system::ids(path, meta);
        Ok(Self { size: meta.len(), mtime_ns: mtime_ns(meta)?, ctime_ns, file_id, volume })
    }

    /// The same file on the same disk with the same last write, as a move or a rename leaves it (both change its ctime).
    pub fn is_same_file(&self, other: &Self) -> bool {
        let known = self.file_id.is_some() && self.volume.is_some();
        let same_id = known && self.file_id == other.file_id && self.volume == other.volume;
        same_id && self.size == other.size && self.mtime_ns == other.mtime_ns
    }

    /// Whether the file was changed less than 2 s before `taken_at` (unix milliseconds), when its identity was taken: a
    /// further change may then leave no trace in its times.
    pub fn is_young(&self, taken_at: i64) -> bool {
        const ENOUGH_NS: i64 = 2_000_000_000;
        self.last_change_ns() > taken_at.saturating_mul(1_000_000).saturating_sub(ENOUGH_NS)
    }

    /// When anything about the file changed last, in unix milliseconds; never where the system cannot tell.
    pub fn last_change_ms(&self) -> i64 {
        self.last_change_ns().div_euclid(1_000_000)
    }

    fn last_change_ns(&self) -> i64 {
        self.ctime_ns.unwrap_or(i64::MAX).max(self.mtime_ns)
    }
}

/// The last write, in nanoseconds since 1970.
pub(crate) fn mtime_ns(meta: &Metadata) -> io::Result<i64> {
    let modified = meta.modified()?;
    let nanos = match modified.duration_since(UNIX_EPOCH) {
        Ok(after) => i128::try_from(after.as_nanos()).unwrap_or(i128::MAX),
        Err(before) => -i128::try_from(before.duration().as_nanos()).unwrap_or(i128::MAX),
    };
    Ok(i64::try_from(nanos).unwrap_or(if nanos < 0 { i64::MIN } else { i64::MAX }))
}

#[cfg(unix)]
mod system {
    use std::{fs::Metadata, os::unix::fs::MetadataExt, path::Path};

    pub fn ids(_: &Path, meta: &Metadata) -> (Option<i64>, Option<String>, Option<String>) {
        let ctime = meta.ctime().saturating_mul(1_000_000_000).saturating_add(meta.ctime_nsec());
        (Some(ctime), Some(meta.ino().to_string()), Some(meta.dev().to_string()))
    }
}

#[cfg(windows)]
mod system {
    use std::{fs::Metadata, path::Path};

    use file_id::FileId;

    pub fn ids(path: &Path, _: &Metadata) -> (Option<i64>, Option<String>, Option<String>) {
        match file_id::get_file_id(path) {
            Ok(FileId::HighRes { volume_serial_number: v, file_id: id }) => {
                (None, Some(id.to_string()), Some(v.to_string()))
            }
            Ok(FileId::LowRes { volume_serial_number: v, file_index: id }) => {
                (None, Some(id.to_string()), Some(v.to_string()))
            }
            _ => (None, None, None),
        }
    }
}
