//! Windows: an attribute hides a file, and who writes one can be noticed.

use std::{
    fs::{Metadata, OpenOptions},
    io,
    os::windows::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

const HIDDEN: u32 = 0x2;
const SYSTEM: u32 = 0x4;
const SHARE_READ: u32 = 0x1;
const SHARE_DELETE: u32 = 0x4;
const SHARING_VIOLATION: i32 = 32;
const LOCK_VIOLATION: i32 = 33;

/// Whether the file's attributes hide it.
pub fn is_hidden(meta: &Metadata) -> bool {
    meta.file_attributes() & (HIDDEN | SYSTEM) != 0
}

/// Whether somebody has it open for writing, or for themselves alone.
pub fn is_being_written(path: &Path) -> bool {
    let opened = OpenOptions::new().read(true).share_mode(SHARE_READ | SHARE_DELETE).open(path);
    opened.is_err_and(|error| matches!(error.raw_os_error(), Some(SHARING_VIOLATION | LOCK_VIOLATION)))
}

/// Moves a file within its disk, unless something lies at `to`.
///
/// # Errors
/// `AlreadyExists` where something does.
pub fn move_without_replacing(from: &Path, to: &Path) -> io::Result<()> {
    match to.symlink_metadata() {
        Ok(_) => Err(io::ErrorKind::AlreadyExists.into()),
        Err(_) => std::fs::rename(from, to),
    }
}
