//! Opens the database of a data folder: looks first whether it is whole, and saves what can be saved where it is not.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use carryon_instruments::{Fault, planted};
use rusqlite::Connection;

use super::{
    FILE_NAME,
    aside::{self, SetAside, Trouble},
    migrations,
    note::{Note, NoteFile},
    salvage::{self, Image, Salvaged, Wal},
    settings, storage,
};
use crate::error::{Error, ErrorKind, Result};

/// Below this size indexes are compared with their tables too.
const SMALL: u64 = 4 << 20;
/// The setting under which a fresh database says what it stands in for, until that was told.
const SET_ASIDE: &str = "set_aside";

/// Opens (or makes) the database in `folder`, which nobody else has open.
///
/// # Errors
/// `Storage` where folder or file cannot be used, or the file is from a newer Carryon.
pub(super) fn open(folder: &Path) -> Result<(Connection, Option<SetAside>)> {
    aside::take_places(folder)?;
    let (path, note) = (folder.join(FILE_NAME), NoteFile::of(folder));
    let said = note.read();
    let mut trouble = look(&path, said);
    if trouble.is_none() {
        if !matches!(said, Some(Note::Open | Note::Log(_))) {
            // From here on a log may come and go.
            note.write(Note::Open).map_err(|error| unwritable(folder).because(error))?;
        }
        match open_database(&path) {
            Err(error) if is_damage(&error) => trouble = Some(Trouble::Damaged),
            opened => return opened.map_err(in_words).and_then(told),
        }
    }
    let trouble = trouble.unwrap_or(Trouble::Damaged);
    replace(folder, &path, trouble).map_err(in_words)?;
    note.write(Note::Open).map_err(|error| unwritable(folder).because(error))?;
    open_database(&path).map_err(in_words).and_then(told)
}

/// What a look from outside can tell, before SQLite touches anything.
fn look(path: &Path, said: Option<Note>) -> Option<Trouble> {
    let there = path.symlink_metadata().ok();
    let length = there.as_ref().filter(|meta| !meta.is_dir()).map_or(0, std::fs::Metadata::len);
    let log = beside(path, "-wal");
    let id = salvage::log_id(&log);
    match (said, id) {
        _ if there.is_some_and(|meta| meta.is_dir()) => Some(Trouble::Damaged),
        // SQLite would delete the log of an empty file; a single byte is empty to it too.
        _ if length <= 1 => (said.is_some() || id.is_some()).then_some(Trouble::Missing),
        (Some(Note::Log(wanted)), Some(found)) if wanted != found => Some(Trouble::LogForeign),
        (Some(Note::Closed), Some(_)) => Some(Trouble::LogForeign),
        (Some(Note::Log(_)), None) => Some(Trouble::LogMissing),
        _ => Wal::read(&log).filter(|wal| wal.damaged).map(|_| Trouble::Damaged),
    }
}

/// Sees whether the database is whole, before anything is written to it.
fn check(connection: &Connection, path: &Path) -> Result<()> {
    let small = path.metadata().is_ok_and(|meta| meta.len() < SMALL);
    let check = if small { "PRAGMA integrity_check(1)" } else { "PRAGMA quick_check(1)" };
    let found: String = connection.query_row(check, [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(damaged(&found)) }
}

/// A fresh database with what could be saved stands in for the one in `folder`, which is set aside.
fn replace(folder: &Path, path: &Path, trouble: Trouble) -> Result<()> {
    let stamp = crate::upload::now();
    let log = beside(path, "-wal");
    let image = Image::open(path, (trouble != Trouble::LogForeign).then_some(log.as_path()))?;
    migrations::require_known(image.user_version().unwrap_or(0).into())?;
    let fresh = folder.join(format!("{FILE_NAME}.salvaging"));
    for tail in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(beside(&fresh, tail));
    }
    let mut connection = open_database(&fresh)?;
    let salvaged: Salvaged = salvage::salvage(&image, &mut connection)?;
    drop(image);
    let told = SetAside::new(trouble, aside::place(folder, stamp), salvaged);
    settings::set(&connection, SET_ASIDE, &serde_json::to_value(&told).expect("plain data"))?;
    connection.close().map_err(|(_, error)| error)?;
    aside::ready(folder, &fresh, stamp)?;
    aside::take_places(folder)
}

/// What this database stands in for, if that was not told yet.
fn told(connection: Connection) -> Result<(Connection, Option<SetAside>)> {
    let value = settings::get(&connection, SET_ASIDE)?;
    Ok((connection, value.and_then(|value| serde_json::from_value(value).ok())))
}

/// It was told: not again.
pub(crate) fn forget_set_aside(connection: &Connection) -> Result<()> {
    connection.execute("DELETE FROM settings WHERE key = ?1", [SET_ASIDE])?;
    Ok(())
}

fn open_database(path: &Path) -> Result<Connection> {
    let mut connection = connect(path)?;
    super::restrict_file(path)?;
    // WAL: readers and the one writer never wait for each other, and a commit is one sync of the log.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: in WAL, NORMAL would lose the last commits in a power cut (P1).
    let synchronous = if planted(Fault::NoSync) { "OFF" } else { "FULL" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // macOS: plain fsync does not reach the platter.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    // What is deleted is gone from the file: a salvage must not find it again, nor anybody else a secret URL.
    connection.pragma_update_and_check(None, "secure_delete", true, |_| Ok(()))?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    check(&connection, path)?;
    migrations::run(&mut connection)?;
    Ok(connection)
}

/// The system's own file layer under SQLite, unless a test put another one there.
fn connect(path: &Path) -> Result<Connection> {
    let mounted = path.parent().and_then(carryon_instruments::mounted);
    Ok(match mounted {
        None => Connection::open(path)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, rusqlite::OpenFlags::default(), vfs.as_str())?,
    })
}

/// The file beside a database whose name ends so.
pub(super) fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

fn damaged(found: &str) -> Error {
    let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT);
    rusqlite::Error::SqliteFailure(code, Some(found.to_owned())).into()
}

fn is_damage(error: &Error) -> bool {
    use rusqlite::ffi::ErrorCode;
    matches!(sqlite_code(error), Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

fn sqlite_code(error: &Error) -> Option<rusqlite::ffi::ErrorCode> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<rusqlite::Error>()?.sqlite_error_code()
}

/// Why records cannot be opened, in the user's words.
fn in_words(error: Error) -> Error {
    use rusqlite::ffi::ErrorCode;
    let text = match sqlite_code(&error) {
        Some(ErrorCode::DiskFull) => "There is no room for the records on the disk of the data folder",
        Some(ErrorCode::ReadOnly) => "The records cannot be written: the file or its folder is read-only",
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "The records cannot be opened: Carryon may not read and write them"
        }
        Some(ErrorCode::SystemIoFailure) => "The disk of the data folder does not work as it should",
        _ => return error,
    };
    Error::new(ErrorKind::Storage, text).because(error)
}

fn unwritable(folder: &Path) -> Error {
    storage(format!("The data folder “{}” cannot be written", folder.display()))
}
