//! The history: what became of each upload whose record is gone.

use std::path::PathBuf;

use rusqlite::{Connection, Row, params};

use super::{destinations, from_sql};
use crate::{
    error::Result,
    source::decode_path,
    upload::{UnixMillis, UploadId, now},
};

/// What became of one upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The id it had.
    pub upload: String,
    /// The file's name.
    pub name: String,
    /// Where the file lay.
    pub path: PathBuf,
    /// Bytes in the whole source.
    pub size: u64,
    /// The destination's name.
    pub destination: String,
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

/// The last `limit` entries, oldest first; one that cannot be read is passed over.
pub(crate) fn list(connection: &Connection, limit: u32) -> Result<Vec<Past>> {
    let sql = "SELECT upload, name, path, encoding, size, destination, scope, outcome, location, began_at, ended_at,
               resumes, sent_bytes, iif(json_valid(receipt), json_extract(receipt, '$.proof.level'), NULL),
               iif(json_valid(receipt), json_extract(receipt, '$.blake3'), NULL) FROM history ORDER BY seq DESC LIMIT ?1";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([limit], from_row)?;
    let mut past: Vec<Past> = rows.filter_map(|row| row.ok()).collect();
    past.reverse();
    Ok(past)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Past> {
    let (path, encoding): (Vec<u8>, String) = (row.get(2)?, row.get(3)?);
    Ok(Past {
        upload: row.get(0)?,
        name: row.get(1)?,
        path: decode_path(&encoding, &path),
        size: from_sql(row.get(4)?),
        destination: destinations::shown(&row.get::<_, String>(5)?).to_owned(),
        scope: row.get(6)?,
        outcome: row.get(7)?,
        location: row.get(8)?,
        began_at: row.get(9)?,
        ended_at: row.get(10)?,
        resumes: row.get(11)?,
        sent: from_sql(row.get(12)?),
        proof: row.get(13).unwrap_or(None),
        blake3: row.get(14).unwrap_or(None),
    })
}

/// Copies an upload's record into the history, before the record goes.
pub(crate) fn keep(connection: &Connection, id: UploadId, outcome: &str, location: Option<&str>) -> Result<()> {
    let sql = "INSERT INTO history (upload, name, path, encoding, size, destination, scope, outcome, location,
                                    began_at, ended_at, resumes, sent_bytes)
               SELECT u.id, u.name, s.path, s.encoding, u.size, d.name, u.scope, ?2, ?3,
                      u.created_at, ?4, u.resumes, u.sent_bytes
               FROM uploads u JOIN sources s ON s.id = u.source JOIN destinations d ON d.id = u.destination
               WHERE u.id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.to_string(), outcome, location, now()])?;
    Ok(())
}

/// What became of what the destination held, beside how the upload ended.
pub(crate) fn add_outcome(connection: &Connection, upload: &str, what: &str) -> Result<()> {
    let sql =
        "UPDATE history SET outcome = outcome || ', ' || ?2 WHERE upload = ?1 AND outcome IN ('discarded', 'expired')";
    connection.prepare_cached(sql)?.execute(params![upload, what])?;
    Ok(())
}
