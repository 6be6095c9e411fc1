//! Makes a whole of rows of which some are lost: what refers to nothing goes or gets something to refer to, and counters
//! follow from the rows.

use rusqlite::{Connection, params};

use super::Salvaged;
use crate::{
    chunk::{Completes, Plan},
    destination::Ticket,
    error::{Error, ErrorKind, Result},
    records::{chunks, destinations, from_sql, to_sql, uploads},
    source::decode_path,
    upload::{AttemptId, Failure, State},
};

/// Mends all tables and says what came of it.
pub(super) fn mend(connection: &Connection) -> Result<Salvaged> {
    let destinations = stand_in_for_destinations(connection)?;
    let lost = drop_what_refers_to_nothing(connection)?;
    let to_start_over = stand_in_for_attempts(connection)?;
    recount(connection)?;
    let watches = let_watches_rest(connection)?;
    // What is left may be damaged where nobody can see it: it is compared with the files before anything is completed (P4).
    connection.execute("UPDATE sources SET taken_at = 0", [])?;
    let uploads = connection.query_row("SELECT count(*) FROM uploads", [], |row| row.get(0)).map(from_sql)?;
    Ok(Salvaged { uploads, to_start_over, lost: lost.count, names: lost.names, destinations, watches })
}

/// A destination that is lost but needed keeps its uploads together, until the user says anew where they go.
fn stand_in_for_destinations(connection: &Connection) -> Result<u64> {
    let sql =
        "SELECT destination FROM uploads UNION SELECT destination FROM outbox UNION SELECT destination FROM watches
               EXCEPT SELECT id FROM destinations";
    let lost: Vec<i64> = all(connection, sql)?;
    for &id in &lost {
        destinations::stand_in(connection, id)?;
    }
    Ok(lost.len() as u64)
}

struct Lost {
    count: u64,
    names: Vec<String>,
}

/// Each upload has a source and an attempt of its own, so those that are left alone tell of uploads that are lost.
fn drop_what_refers_to_nothing(connection: &Connection) -> Result<Lost> {
    let without_source = "FROM uploads WHERE source NOT IN (SELECT id FROM sources)";
    let mut names: Vec<String> = all(connection, &format!("SELECT name {without_source}"))?;
    let left_alone = "FROM sources WHERE id NOT IN (SELECT source FROM uploads)";
    let paths = paths(connection, &format!("SELECT encoding, path {left_alone}"))?;
    let attempts = "SELECT DISTINCT upload FROM attempts WHERE upload NOT IN (SELECT id FROM uploads)";
    let attempts: Vec<String> = all(connection, attempts)?;
    let count = names.len() + paths.len().max(attempts.len());
    names.extend(paths);
    connection.execute(&format!("DELETE {without_source}"), [])?;
    connection.execute(&format!("DELETE {left_alone}"), [])?;
    connection.execute("DELETE FROM attempts WHERE upload NOT IN (SELECT id FROM uploads)", [])?;
    connection.execute("DELETE FROM chunks WHERE attempt NOT IN (SELECT seq FROM attempts)", [])?;
    Ok(Lost { count: count as u64, names })
}

fn paths(connection: &Connection, sql: &str) -> Result<Vec<String>> {
    let mut statement = connection.prepare(sql)?;
    let paths = statement.query_map([], |row| {
        let (encoding, path): (String, Vec<u8>) = (row.get(0)?, row.get(1)?);
        Ok(decode_path(&encoding, &path).display().to_string())
    })?;
    Ok(paths.collect::<rusqlite::Result<_>>()?)
}

/// An upload whose attempt is lost is kept. Nobody knows by which name the destination has it, so it cannot go on; where
/// everything was confirmed a finish may have left, and the user has to look.
fn stand_in_for_attempts(connection: &Connection) -> Result<u64> {
    let sql = "SELECT id FROM uploads WHERE id NOT IN (SELECT upload FROM attempts WHERE retired_at IS NULL)";
    let lost: Vec<String> = all(connection, sql)?;
    for id in &lost {
        let sql =
            "SELECT size, chunks_left = 0 OR state IN ('finishing', 'outcome_unknown') FROM uploads WHERE id = ?1";
        let (size, may_be_whole) = connection.query_row(sql, [id], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let state = if may_be_whole { State::OutcomeUnknown } else { State::Failed(nobody_knows_how_far()) };
        let plan = plan_of_one_chunk(from_sql(size));
        let sql = "INSERT INTO attempts (id, upload, plan, ticket, created_at) VALUES (?1, ?2, ?3, ?4, 0)";
        let (plan, ticket) = (json(&plan), json(&Ticket::lost()));
        connection.execute(sql, params![AttemptId::random().to_string(), id, plan, ticket])?;
        uploads::set_state_of(connection, id, &state)?;
    }
    Ok(lost.len() as u64)
}

/// Nobody knows whether notes of files that were sent are lost, so a person looks before any is sent twice. A file whose upload
/// is lost is new again.
fn let_watches_rest(connection: &Connection) -> Result<u64> {
    connection.execute("DELETE FROM taken WHERE watch NOT IN (SELECT id FROM watches)", [])?;
    let sql = "DELETE FROM taken WHERE state = 'under_way' AND coalesce(upload, '') NOT IN (SELECT id FROM uploads)";
    connection.execute(sql, [])?;
    Ok(connection.execute("UPDATE watches SET paused = 1", [])? as u64)
}

fn nobody_knows_how_far() -> Failure {
    let text = "The records were damaged, and how far this upload was is lost";
    Failure::from(&Error::new(ErrorKind::Storage, text).next_step("Start over to send the file again."))
}

/// Stands where a plan is lost, until the upload begins anew.
fn plan_of_one_chunk(size: u64) -> Plan {
    Plan {
        size,
        chunk_size: size.max(1),
        completes: Completes::FinishRequest,
        repeatable: false,
        sends_empty: true,
        lanes: 0,
        adapts: false,
    }
}

/// Chunks that do not fit the plan go; what is confirmed follows from those that are left.
fn recount(connection: &Connection) -> Result<()> {
    let sql = "SELECT a.seq, a.upload, a.plan FROM attempts a WHERE a.retired_at IS NULL";
    let mut statement = connection.prepare(sql)?;
    let attempts = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let attempts: Vec<(i64, String, String)> = attempts.collect::<rusqlite::Result<_>>()?;
    for (attempt, upload, plan) in attempts {
        // Without its plan the record is unreadable: it is kept and counted as such.
        if let Ok(plan) = serde_json::from_str::<Plan>(&plan) {
            recount_one(connection, attempt, &upload, &plan)?;
        }
    }
    Ok(())
}

fn recount_one(connection: &Connection, attempt: i64, upload: &str, plan: &Plan) -> Result<()> {
    let rows = chunks::of_attempt(connection, attempt)?;
    let fits = |row: &chunks::ChunkRow| plan.fits(row.offset, row.length);
    for row in rows.iter().filter(|row| !fits(row)) {
        let sql = "DELETE FROM chunks WHERE attempt = ?1 AND offset = ?2";
        connection.prepare_cached(sql)?.execute(params![attempt, to_sql(row.offset)?])?;
    }
    let confirmed: Vec<_> = rows.iter().filter(|row| fits(row) && row.confirmed).collect();
    let bytes: u64 = confirmed.iter().map(|row| row.length).sum();
    let left = match plan.size {
        0 => plan.count().saturating_sub(confirmed.len() as u64),
        size => size.saturating_sub(bytes).div_ceil(plan.chunk_size.max(1)),
    };
    let sql = "UPDATE uploads SET confirmed_bytes = ?2, chunks_left = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![upload, to_sql(bytes)?, to_sql(left)?])?;
    Ok(())
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("plain data")
}

fn all<T: rusqlite::types::FromSql>(connection: &Connection, sql: &str) -> Result<Vec<T>> {
    let mut statement = connection.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
