//! The history: what became of each upload whose record is gone.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{
    destinations::{self, THIS_COMPUTER},
    found, from_sql,
};
use crate::{
    error::{Error, ErrorKind, Result},
    source::decode_path,
    upload::{UnixMillis, UploadId, now},
};

/// What became of one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The entry's own number: one upload may have several, as when it left for another machine and came back.
    pub seq: i64,
    /// The id it had.
    pub upload: String,
    /// The file's name.
    pub name: String,
    /// Its folders, as they were sent.
    pub relative_path: String,
    /// Where the file lay.
    pub path: PathBuf,
    /// Bytes in the whole source.
    pub size: u64,
    /// The destination's name.
    pub destination: String,
    /// How that was spoken to, as its address begins; `this-computer` for the built-in one, empty where nobody knows.
    pub protocol: String,
    /// Its scope.
    pub scope: String,
    /// How it ended.
    pub outcome: String,
    /// Where the destination put it.
    pub location: Option<String>,
    /// When it was added.
    pub began_at: UnixMillis,
    /// When it ended.
    pub ended_at: UnixMillis,
    /// How often it was resumed.
    pub resumes: u32,
    /// Payload bytes sent over all runs.
    pub sent: u64,
    /// How far its receipt says that it is proved, if it has one.
    pub proof: Option<String>,
    /// The whole file's BLAKE3 in hex, where its receipt knows it.
    pub blake3: Option<String>,
}

impl Past {
    /// Payload bytes that were sent more than once; none where it was not delivered.
    pub fn sent_twice(&self) -> Option<u64> {
        self.proof.is_some().then(|| self.sent.saturating_sub(self.size))
    }
}

/// The columns of [`from_row`], in its order.
pub(super) const COLUMNS: &str = "seq, upload, name, relative_path, path, encoding, size, destination, protocol, scope,
    outcome, location, began_at, ended_at, resumes, sent_bytes,
    iif(json_valid(receipt), json_extract(receipt, '$.proof.level'), NULL),
    iif(json_valid(receipt), json_extract(receipt, '$.blake3'), NULL)";

/// The last `limit` entries, oldest first; one that cannot be read is passed over.
pub(crate) fn list(connection: &Connection, limit: u32) -> Result<Vec<Past>> {
    let sql = format!("SELECT {COLUMNS} FROM history ORDER BY seq DESC LIMIT ?1");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([limit], from_row)?;
    let mut past: Vec<Past> = rows.filter_map(|row| row.ok()).collect();
    past.reverse();
    Ok(past)
}

/// The entry of that number.
///
/// # Errors
/// `Invalid` where there is none.
pub(crate) fn get(connection: &Connection, seq: i64) -> Result<Past> {
    let sql = format!("SELECT {COLUMNS} FROM history WHERE seq = ?1");
    let past = connection.prepare_cached(&sql)?.query_row([seq], from_row).optional()?;
    past.ok_or_else(|| Error::new(ErrorKind::Invalid, "The history has no such entry any more"))
}

pub(super) fn from_row(row: &Row<'_>) -> rusqlite::Result<Past> {
    let (path, encoding): (Vec<u8>, String) = (row.get(4)?, row.get(5)?);
    Ok(Past {
        seq: row.get(0)?,
        upload: row.get(1)?,
        name: row.get(2)?,
        relative_path: row.get(3)?,
        path: decode_path(&encoding, &path),
        size: from_sql(row.get(6)?),
        destination: destinations::shown(&row.get::<_, String>(7)?).to_owned(),
        protocol: row.get(8)?,
        scope: row.get(9)?,
        outcome: row.get(10)?,
        location: row.get(11)?,
        began_at: row.get(12)?,
        ended_at: row.get(13)?,
        resumes: row.get(14)?,
        sent: from_sql(row.get(15)?),
        proof: row.get(16).unwrap_or(None),
        blake3: row.get(17).unwrap_or(None),
    })
}

/// Copies an upload's record into the history, before the record goes.
pub(crate) fn keep(connection: &Connection, id: UploadId, outcome: &str, location: Option<&str>) -> Result<()> {
    let sql = "INSERT INTO history (upload, name, relative_path, path, encoding, size, destination, protocol, scope,
                                    outcome, location, began_at, ended_at, resumes, sent_bytes)
               SELECT u.id, u.name, u.relative_path, s.path, s.encoding, u.size, d.name,
                      CASE d.address WHEN ?5 THEN ?5 ELSE substr(d.address, 1, max(instr(d.address, '+') - 1, 0)) END,
                      u.scope, ?2, ?3, u.created_at, ?4, u.resumes, u.sent_bytes
               FROM uploads u JOIN sources s ON s.id = u.source JOIN destinations d ON d.id = u.destination
               WHERE u.id = ?1";
    let values = params![id.to_string(), outcome, location, now(), THIS_COMPUTER];
    if connection.prepare_cached(sql)?.execute(values)? > 0 {
        let seq = connection.last_insert_rowid();
        found::describe(connection, seq)?;
    }
    Ok(())
}

/// What became of what the destination held, beside how the upload ended.
pub(crate) fn add_outcome(connection: &Connection, upload: &str, what: &str) -> Result<()> {
    let sql =
        "UPDATE history SET outcome = outcome || ', ' || ?2 WHERE upload = ?1 AND outcome IN ('discarded', 'expired')";
    connection.prepare_cached(sql)?.execute(params![upload, what])?;
    Ok(())
}
