//! The outbox: what destinations are still to be told to forget. It outlives the records it came from (DESIGN P5).

use rusqlite::{Connection, Row, params};

use crate::{
    destination::Ticket,
    error::Result,
    upload::{DestinationId, UnixMillis, UploadId, now},
};

/// An abort that is not confirmed yet.
#[derive(Clone, Debug)]
pub(crate) struct Errand {
    pub id: i64,
    pub destination: DestinationId,
    pub upload: String,
    pub name: String,
    pub ticket: Ticket,
    pub tries: u32,
    pub give_up_at: Option<UnixMillis>,
}

/// Adds an errand, due at once.
pub(crate) fn insert(
    connection: &Connection,
    destination: DestinationId,
    upload: UploadId,
    name: &str,
    ticket: &Ticket,
    reason: &str,
    give_up_at: Option<UnixMillis>,
) -> Result<()> {
    let sql = "INSERT INTO outbox (destination, upload, name, ticket, reason, created_at, next_at, give_up_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7)";
    let ticket = serde_json::to_string(ticket).expect("a ticket is JSON");
    let values = params![destination.0, upload.to_string(), name, ticket, reason, now(), give_up_at];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Keeps back what an upload left at a destination that says it is gone: its handle is kept until the upload has an end by
/// another (DESIGN P6).
pub(crate) fn hold(connection: &Connection, upload: UploadId) -> Result<()> {
    let sql =
        "UPDATE outbox SET next_at = coalesce(give_up_at, next_at), reason = 'gone' WHERE upload = ?1 AND tries = 0";
    connection.prepare_cached(sql)?.execute([upload.to_string()])?;
    Ok(())
}

/// The upload has its end: what was kept back is due.
pub(crate) fn release(connection: &Connection, upload: UploadId) -> Result<()> {
    let sql = "UPDATE outbox SET next_at = min(next_at, ?2) WHERE upload = ?1 AND reason = 'gone'";
    connection.prepare_cached(sql)?.execute(params![upload.to_string(), now()])?;
    Ok(())
}

/// Errands that are due, oldest first; a row that cannot be read is passed over and kept.
pub(crate) fn due(connection: &Connection, at: UnixMillis) -> Result<Vec<Errand>> {
    let sql = "SELECT id, destination, upload, name, ticket, tries, give_up_at FROM outbox WHERE next_at <= ?1 ORDER BY id LIMIT 32";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([at], from_row)?;
    Ok(rows.filter_map(|row| row.ok().flatten()).collect())
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Errand>> {
    let ticket: String = row.get(4)?;
    let Ok(ticket) = serde_json::from_str(&ticket) else { return Ok(None) };
    Ok(Some(Errand {
        id: row.get(0)?,
        destination: DestinationId(row.get(1)?),
        upload: row.get(2)?,
        name: row.get(3)?,
        ticket,
        tries: row.get(5)?,
        give_up_at: row.get(6)?,
    }))
}

/// The errand is over.
pub(crate) fn remove(connection: &Connection, id: i64) -> Result<()> {
    connection.prepare_cached("DELETE FROM outbox WHERE id = ?1")?.execute([id])?;
    Ok(())
}

/// The errand failed and is due again at `next_at`.
pub(crate) fn postpone(connection: &Connection, id: i64, next_at: UnixMillis, error: &str) -> Result<()> {
    let sql = "UPDATE outbox SET tries = tries + 1, next_at = ?2, last_error = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, next_at, error])?;
    Ok(())
}

/// How many errands there are.
pub(crate) fn count(connection: &Connection) -> Result<u64> {
    let count = connection.query_row("SELECT count(*) FROM outbox", [], |row| row.get::<_, i64>(0))?;
    Ok(super::from_sql(count))
}

/// When the next errand is due; none where there is none.
pub(crate) fn next_due(connection: &Connection) -> Result<Option<UnixMillis>> {
    Ok(connection.query_row("SELECT min(next_at) FROM outbox", [], |row| row.get(0))?)
}
