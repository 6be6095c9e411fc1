//! Linux, macOS and their kin: names alone say what is hidden, and nobody can keep others from reading.

use std::{fs::Metadata, io, path::Path};

/// A dot before the name says it all.
pub fn is_hidden(_: &Metadata) -> bool {
    false
}

/// Nobody is asked to say so here; size and time have to stand still.
pub fn is_being_written(_: &Path) -> bool {
    false
}

/// Moves a file within its disk, unless something lies at `to`.
///
/// # Errors
/// `AlreadyExists` where something does.
pub fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
    {
        use rustix::{fs, io::Errno};
        match fs::renameat_with(fs::CWD, from, fs::CWD, to, fs::RenameFlags::NOREPLACE) {
            // Some file systems cannot promise it.
            Err(Errno::NOSYS | Errno::INVAL | Errno::NOTSUP) => {}
            other => return other.map_err(io::Error::from),
        }
    }
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}
