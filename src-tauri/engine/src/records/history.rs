//! The history: what became of each upload whose record is gone.

use rusqlite::{Connection, params};

use crate::{
    error::Result,
    upload::{UploadId, now},
};

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

/// What became of what the destination held.
pub(crate) fn set_outcome(connection: &Connection, upload: &str, from: &str, to: &str) -> Result<()> {
    let sql = "UPDATE history SET outcome = ?3 WHERE upload = ?1 AND outcome = ?2";
    connection.prepare_cached(sql)?.execute(params![upload, from, to])?;
    Ok(())
}
