//! The folder that the records lie in, as durable as they are: SQLite syncs the names in it, nobody else its own name.

use std::{fs, io, path::Path};

use carryon_instruments::{Fault, Names, disk, planted};

/// Makes `folder` and all that is missing above it. A new folder's name is durable when this returns: otherwise a power
/// cut could take every record with it, however well they were synced.
pub(super) fn make(folder: &Path) -> io::Result<()> {
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty());
    if folder.is_dir() {
        // An earlier start may have ended before its sync. What is above may be closed to us: then others made it.
        let _ = parent.map(sync_names);
        return Ok(());
    }
    parent.map_or(Ok(()), make)?;
    match disk::names(Names::MakeDir(folder), || fs::create_dir(folder)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && folder.is_dir() => {}
        made => made?,
    }
    sync_names(parent.unwrap_or(Path::new(".")))
}

fn sync_names(folder: &Path) -> io::Result<()> {
    if planted(Fault::NoDirectorySync) || planted(Fault::NoSync) {
        return Ok(());
    }
    disk::sync_dir(folder, || {
        // Windows has no call for this; NTFS journals its names itself.
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        Ok(())
    })
}
