//! The table of watched folders. One that cannot be read is passed over and kept.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::destinations;
use crate::{
    error::{Error, ErrorKind, Result},
    source::{decode_path, encode_path, path_encoding},
    upload::{DestinationId, UnixMillis, WatchId, now},
    watch::Rule,
};

/// A watched folder, as it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchRow {
    /// Its id.
    pub id: WatchId,
    /// The folder, absolute.
    pub path: PathBuf,
    /// Where its files go.
    pub destination: DestinationId,
    /// The destination's name, for people.
    pub destination_name: String,
    /// Who its files belong to beside the destination; empty for nobody.
    pub scope: String,
    /// Which files, and when.
    pub rule: Rule,
    /// It rests until somebody resumes it.
    pub paused: bool,
    /// When it was added.
    pub created_at: UnixMillis,
}

const COLUMNS: &str = "SELECT w.id, w.path, w.encoding, w.destination, d.name, w.scope, w.rule, w.paused, w.created_at
    FROM watches w JOIN destinations d ON d.id = w.destination";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<WatchRow>> {
    let read = || {
        let (encoding, path): (String, Vec<u8>) = (row.get(2).ok()?, row.get(1).ok()?);
        Some(WatchRow {
            id: row.get::<_, String>(0).ok()?.parse().ok()?,
            path: decode_path(&encoding, &path),
            destination: DestinationId(row.get(3).ok()?),
            destination_name: destinations::shown(&row.get::<_, String>(4).ok()?).to_owned(),
            scope: row.get(5).ok()?,
            rule: serde_json::from_str(&row.get::<_, String>(6).ok()?).ok()?,
            paused: row.get(7).ok()?,
            created_at: row.get(8).ok()?,
        })
    };
    Ok(read())
}

/// All that can be read, oldest first.
pub(crate) fn list(connection: &Connection) -> Result<Vec<WatchRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY w.created_at, w.id"))?;
    Ok(statement.query_map([], from_row)?.filter_map(|row| row.ok().flatten()).collect())
}

/// One of them; none where it is gone.
pub(crate) fn get(connection: &Connection, id: WatchId) -> Result<Option<WatchRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE w.id = ?1"))?;
    Ok(statement.query_row([id.to_string()], from_row).optional()?.flatten())
}

/// Adds one.
pub(crate) fn insert(
    connection: &Connection,
    id: WatchId,
    path: &Path,
    (destination, scope, rule): (DestinationId, &str, &Rule),
) -> Result<()> {
    let sql = "INSERT INTO watches (id, path, encoding, destination, scope, rule, paused, created_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7)";
    let (path, rule) = (encode_path(path), rule_text(rule));
    let values = params![id.to_string(), path, path_encoding(), destination.0, scope, rule, now()];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Sets where its files go and by which rule.
pub(crate) fn change(
    connection: &Connection,
    id: WatchId,
    (destination, scope, rule): (DestinationId, &str, &Rule),
) -> Result<()> {
    let sql = "UPDATE watches SET destination = ?2, scope = ?3, rule = ?4 WHERE id = ?1";
    let values = params![id.to_string(), destination.0, scope, rule_text(rule)];
    require(id, connection.prepare_cached(sql)?.execute(values)?)
}

/// Lets one rest, or go on.
pub(crate) fn set_paused(connection: &Connection, id: WatchId, paused: bool) -> Result<()> {
    let sql = "UPDATE watches SET paused = ?2 WHERE id = ?1";
    require(id, connection.prepare_cached(sql)?.execute(params![id.to_string(), paused])?)
}

/// Removes one, and what is known of its files.
pub(crate) fn remove(connection: &Connection, id: WatchId) -> Result<()> {
    require(id, connection.prepare_cached("DELETE FROM watches WHERE id = ?1")?.execute([id.to_string()])?)
}

/// There is no such one.
pub(crate) fn unknown(id: WatchId) -> Error {
    Error::new(ErrorKind::Invalid, format!("There is no watched folder {id}"))
        .next_step("“carryon watch list” shows them.")
}

fn require(id: WatchId, changed: usize) -> Result<()> {
    if changed == 0 { Err(unknown(id)) } else { Ok(()) }
}

fn rule_text(rule: &Rule) -> String {
    serde_json::to_string(rule).expect("a rule is plain data")
}
