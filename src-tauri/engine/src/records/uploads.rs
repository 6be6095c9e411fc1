//! The tables of uploads and of their attempts. A row that cannot be read is passed over, counted, and kept.

mod expiring;
mod order;

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

pub(crate) use expiring::{Expiring, expiring};
pub use order::Order;
pub(crate) use order::{places, set_order};

use super::{destinations, from_sql, history, outbox, receipts, sources, taken, to_sql};
use crate::{
    chunk::{Digest, Plan},
    destination::{Finished, Ticket},
    error::{Error, ErrorKind, Result},
    matching::{Candidate, Hint},
    source::{Identity, decode_path, encode_path},
    upload::{
        Attempt, AttemptId, BatchId, DestinationId, Failure, Interruption, SourceId, State, Step, UnixMillis, Upload,
        UploadId, now,
    },
};

/// A record to be made.
#[derive(Clone, Debug)]
pub(crate) struct NewUpload {
    pub id: UploadId,
    pub attempt: AttemptId,
    pub batch: BatchId,
    pub path: std::path::PathBuf,
    pub identity: Identity,
    pub taken_at: UnixMillis,
    pub destination: DestinationId,
    pub scope: String,
    pub name: String,
    pub relative_path: String,
    pub plan: Plan,
    pub keep: bool,
    pub custom: serde_json::Value,
    pub expires_at: Option<UnixMillis>,
    pub priority: i32,
    pub start_at: Option<UnixMillis>,
}

/// Adds a record, queued.
pub(crate) fn insert(connection: &Connection, new: &NewUpload) -> Result<()> {
    let source = SourceId::random();
    sources::insert(connection, source, &new.path, &new.identity, new.taken_at)?;
    let sql =
        "INSERT INTO uploads (id, source, destination, batch, scope, name, relative_path, size, keep, state, detail,
                                    chunks_left, custom, created_at, updated_at, expires_at, priority, start_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?14, ?15, ?16, ?17)";
    connection.prepare_cached(sql)?.execute(params![
        new.id.to_string(),
        source.to_string(),
        new.destination.0,
        new.batch.to_string(),
        new.scope,
        new.name,
        new.relative_path,
        to_sql(new.identity.size)?,
        new.keep,
        State::Queued.name(),
        state_text(&State::Queued),
        to_sql(new.plan.count())?,
        new.custom.to_string(),
        now(),
        new.expires_at,
        new.priority,
        new.start_at,
    ])?;
    insert_attempt(connection, new.id, new.attempt, &new.plan)
}

fn insert_attempt(connection: &Connection, upload: UploadId, id: AttemptId, plan: &Plan) -> Result<()> {
    let sql = "INSERT INTO attempts (id, upload, plan, created_at) VALUES (?1, ?2, ?3, ?4)";
    let plan = serde_json::to_string(plan).expect("a plan is plain numbers");
    connection.prepare_cached(sql)?.execute(params![id.to_string(), upload.to_string(), plan, now()])?;
    Ok(())
}

const COLUMNS: &str = "SELECT u.id, u.batch, s.path, s.encoding, s.identity, u.destination, d.name, u.scope, u.name,
    u.relative_path, u.size, u.detail, a.seq, a.id, a.plan, a.ticket, a.finishing, a.resets, u.confirmed_bytes,
    u.chunks_left, u.resumes, u.sent_bytes, u.keep, u.custom, u.created_at, u.updated_at, u.expires_at, s.taken_at,
    u.priority, u.position, u.start_at
    FROM uploads u JOIN sources s ON s.id = u.source JOIN destinations d ON d.id = u.destination
    JOIN attempts a ON a.upload = u.id AND a.retired_at IS NULL";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Upload>> {
    let (Ok(encoding), Ok(path), Ok(ticket)) =
        (row.get::<_, String>(3), row.get::<_, Vec<u8>>(2), row.get::<_, Option<String>>(15))
    else {
        return Ok(None);
    };
    let attempt = (|| {
        Some(Attempt {
            seq: row.get(12).ok()?,
            id: parse(row, 13)?,
            plan: json(row, 14)?,
            // A handle that cannot be read makes the row unreadable: it must not be taken for none, and overwritten.
            ticket: match &ticket {
                Some(text) => Some(serde_json::from_str::<Ticket>(text).ok()?),
                None => None,
            },
            finishing: row.get(16).ok()?,
            resets: row.get(17).ok()?,
        })
    })();
    let read = || {
        Some(Upload {
            id: parse(row, 0)?,
            batch: parse(row, 1)?,
            path: decode_path(&encoding, &path),
            identity: json(row, 4)?,
            taken_at: row.get(27).ok()?,
            destination: DestinationId(row.get(5).ok()?),
            destination_name: destinations::shown(&row.get::<_, String>(6).ok()?).to_owned(),
            scope: row.get(7).ok()?,
            name: row.get(8).ok()?,
            relative_path: row.get(9).ok()?,
            size: from_sql(row.get(10).ok()?),
            state: json(row, 11)?,
            attempt: attempt.clone()?,
            confirmed: from_sql(row.get(18).ok()?),
            chunks_left: from_sql(row.get(19).ok()?),
            resumes: row.get(20).ok()?,
            sent: from_sql(row.get(21).ok()?),
            keep: row.get(22).ok()?,
            custom: json(row, 23).unwrap_or_default(),
            created_at: row.get(24).ok()?,
            updated_at: row.get(25).ok()?,
            expires_at: row.get(26).ok()?,
            priority: row.get(28).ok()?,
            position: row.get(29).ok()?,
            start_at: row.get(30).ok()?,
        })
    };
    Ok(read())
}

fn parse<T: std::str::FromStr>(row: &Row<'_>, column: usize) -> Option<T> {
    row.get::<_, String>(column).ok()?.parse().ok()
}

fn json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Option<T> {
    serde_json::from_str(&row.get::<_, String>(column).ok()?).ok()
}

/// One record; none where it is gone.
///
/// # Errors
/// `Storage` where it stands there but cannot be read.
pub(crate) fn get(connection: &Connection, id: UploadId) -> Result<Option<Upload>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE u.id = ?1"))?;
    match statement.query_row([id.to_string()], from_row).optional()? {
        None => Ok(None),
        Some(Some(upload)) => Ok(Some(upload)),
        Some(None) => Err(super::storage(format!("The record {id} cannot be read; it is kept as it is"))),
    }
}

/// All records that can be read, oldest first, and how many cannot.
pub(crate) fn list(connection: &Connection) -> Result<(Vec<Upload>, u64)> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY u.seq"))?;
    let rows = statement.query_map([], from_row)?;
    let uploads: Vec<Upload> = rows.filter_map(|row| row.ok().flatten()).collect();
    let all: i64 = connection.query_row("SELECT count(*) FROM uploads", [], |row| row.get(0))?;
    let unreadable = from_sql(all).saturating_sub(uploads.len() as u64);
    Ok((uploads, unreadable))
}

/// The next queued uploads whose time has come, in the order they are to run.
pub(crate) fn queued(connection: &Connection, at: UnixMillis, limit: u32) -> Result<Vec<(UploadId, u64)>> {
    let sql = "SELECT id, size FROM uploads WHERE state = 'queued' AND coalesce(start_at, 0) <= ?1
               ORDER BY priority DESC, position, seq LIMIT ?2";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map(params![at, limit], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    Ok(rows.filter_map(|row| row.ok()).filter_map(|(id, size)| Some((id.parse().ok()?, from_sql(size)))).collect())
}

/// When the next of those begins that are to start later.
pub(crate) fn next_start(connection: &Connection, at: UnixMillis) -> Result<Option<UnixMillis>> {
    let sql = "SELECT min(start_at) FROM uploads WHERE state = 'queued' AND start_at > ?1";
    Ok(connection.prepare_cached(sql)?.query_row([at], |row| row.get(0))?)
}

/// The upload's time is now, whatever was said before.
pub(crate) fn start_now(connection: &Connection, id: UploadId) -> Result<()> {
    connection.prepare_cached("UPDATE uploads SET start_at = NULL WHERE id = ?1")?.execute([id.to_string()])?;
    Ok(())
}

/// The unfinished upload of that very path to that destination within that scope.
pub(crate) fn find(
    connection: &Connection,
    path: &Path,
    destination: DestinationId,
    scope: &str,
) -> Result<Option<Upload>> {
    let sql = format!(
        "{COLUMNS} WHERE s.path = ?1 AND u.destination = ?2 AND u.scope = ?3 AND u.keep = 1 ORDER BY u.seq LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let found = statement.query_row(params![encode_path(path), destination.0, scope], from_row).optional()?;
    Ok(found.flatten())
}

const CANDIDATES: &str = "SELECT u.id, s.path, s.encoding, s.identity, u.name, u.relative_path, s.fingerprint
    FROM sources s JOIN uploads u ON u.source = s.id
    WHERE u.destination = ?1 AND u.scope = ?2 AND u.keep = 1 AND s.path <> ?3
    AND u.state NOT IN ('preparing', 'uploading', 'waiting', 'finishing')";

fn candidate(row: &Row<'_>) -> rusqlite::Result<Option<Candidate>> {
    let (path, encoding): (Vec<u8>, String) = (row.get(1)?, row.get(2)?);
    let read = || {
        Some(Candidate {
            id: parse(row, 0)?,
            path: decode_path(&encoding, &path),
            identity: json(row, 3)?,
            name: row.get(4).ok()?,
            relative_path: row.get(5).ok()?,
            fingerprint: row.get::<_, Option<Vec<u8>>>(6).ok()?.and_then(|bytes| bytes.try_into().ok()),
        })
    };
    Ok(read())
}

/// What is known of a file at another path than `path`.
pub(crate) fn hint(
    connection: &Connection,
    destination: DestinationId,
    scope: &str,
    path: &Path,
    identity: &Identity,
) -> Result<Hint> {
    let sql = format!(
        "{CANDIDATES} AND iif(json_valid(s.identity), json_extract(s.identity, '$.file_id'), NULL) = ?4
        AND iif(json_valid(s.identity), json_extract(s.identity, '$.volume'), NULL) = ?5 LIMIT 8"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let values = params![destination.0, scope, encode_path(path), identity.file_id, identity.volume];
    let by_id = statement.query_map(values, candidate)?.filter_map(|row| row.ok().flatten()).collect();
    let sql = "SELECT EXISTS (SELECT 1 FROM sources WHERE size = ?1 AND fingerprint IS NOT NULL)";
    let same_size = connection.prepare_cached(sql)?.query_row([to_sql(identity.size)?], |row| row.get(0))?;
    Ok(Hint { by_id, same_size })
}

/// Those with that content at another path than `path`.
pub(crate) fn of_content(
    connection: &Connection,
    destination: DestinationId,
    scope: &str,
    path: &Path,
    size: u64,
    fingerprint: &Digest,
) -> Result<Vec<Candidate>> {
    let sql = format!("{CANDIDATES} AND s.size = ?4 AND s.fingerprint = ?5 ORDER BY u.seq LIMIT 64");
    let mut statement = connection.prepare_cached(&sql)?;
    let values = params![destination.0, scope, encode_path(path), to_sql(size)?, fingerprint.as_slice()];
    Ok(statement.query_map(values, candidate)?.filter_map(|row| row.ok().flatten()).collect())
}

/// Moves an upload by one step of the table of states.
///
/// # Errors
/// `Invalid` where the record is gone or the step impossible.
pub(crate) fn step(connection: &Connection, id: UploadId, step: Step) -> Result<State> {
    let upload = get(connection, id)?.ok_or_else(|| unknown(id))?;
    let state = upload.state.next(step)?;
    set_state(connection, id, &state)?;
    Ok(state)
}

pub(crate) fn unknown(id: UploadId) -> Error {
    Error::new(ErrorKind::Invalid, format!("There is no upload {id}"))
}

fn set_state(connection: &Connection, id: UploadId, state: &State) -> Result<()> {
    set_state_of(connection, &id.to_string(), state)
}

/// Sets a state whatever it was before: for records that are put together anew.
pub(super) fn set_state_of(connection: &Connection, id: &str, state: &State) -> Result<()> {
    let error = match state {
        State::Failed(failure) => Some(failure_text(failure)),
        _ => None,
    };
    let sql = "UPDATE uploads SET state = ?2, detail = ?3, last_error = coalesce(?4, last_error), updated_at = ?5 WHERE id = ?1";
    let values = params![id, state.name(), state_text(state), error, now()];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Stores what `begin` gave: from here the upload can be resumed by its ticket.
pub(crate) fn begun(
    connection: &Connection,
    id: UploadId,
    attempt: i64,
    (plan, ticket): (&Plan, &Ticket),
    fingerprint: &Digest,
) -> Result<()> {
    let plan = serde_json::to_string(plan).expect("a plan is plain numbers");
    connection.prepare_cached("UPDATE attempts SET plan = ?2 WHERE seq = ?1")?.execute(params![attempt, plan])?;
    set_ticket(connection, attempt, ticket)?;
    sources::set_fingerprint(connection, id, fingerprint)
}

/// Replaces the ticket of an attempt.
pub(crate) fn set_ticket(connection: &Connection, attempt: i64, ticket: &Ticket) -> Result<()> {
    let text = serde_json::to_string(ticket).expect("a ticket is JSON");
    let sql = "UPDATE attempts SET ticket = ?2 WHERE seq = ?1";
    require_attempt(connection.prepare_cached(sql)?.execute(params![attempt, text])?)
}

/// A completing request may leave from here on (or is known not to have been carried out).
pub(crate) fn set_finishing(connection: &Connection, attempt: i64, finishing: bool) -> Result<()> {
    let sql = "UPDATE attempts SET finishing = ?2 WHERE seq = ?1";
    require_attempt(connection.prepare_cached(sql)?.execute(params![attempt, finishing])?)
}

/// Nothing may leave for an attempt whose record is gone.
fn require_attempt(changed: usize) -> Result<()> {
    match changed {
        0 => Err(Error::new(ErrorKind::Invalid, "The record of this attempt is gone")),
        _ => Ok(()),
    }
}

/// Counts a resume.
pub(crate) fn count_resume(connection: &Connection, id: UploadId) -> Result<()> {
    let sql = "UPDATE uploads SET resumes = resumes + 1 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute([id.to_string()])?;
    Ok(())
}

/// Begins anew: the source is taken as it is now, the old attempt goes to the outbox, a new one stands in its place.
pub(crate) fn start_over(
    connection: &Connection,
    upload: &Upload,
    identity: &Identity,
    taken_at: UnixMillis,
    plan: &Plan,
) -> Result<()> {
    let id = upload.id;
    step(connection, id, Step::StartOver)?;
    abandon(connection, upload, "start-over")?;
    connection.prepare_cached("DELETE FROM attempts WHERE upload = ?1")?.execute([id.to_string()])?;
    sources::retake(connection, id, identity, taken_at)?;
    insert_attempt(connection, id, AttemptId::random(), plan)?;
    let sql = "UPDATE uploads SET size = ?2, confirmed_bytes = 0, chunks_left = ?3 WHERE id = ?1";
    let (size, count) = (to_sql(identity.size)?, to_sql(plan.count())?);
    connection.prepare_cached(sql)?.execute(params![id.to_string(), size, count])?;
    Ok(())
}

/// Ends a record with `outcome` and its receipt in the history: confirmed complete, or marked so.
pub(crate) fn complete(
    connection: &Connection,
    id: UploadId,
    outcome: &str,
    finished: &Finished,
    sent: u64,
) -> Result<()> {
    step(connection, id, Step::Complete)?;
    note_sent(connection, id, sent)?;
    history::keep(connection, id, outcome, finished.location.as_deref())?;
    receipts::give(connection, id, connection.last_insert_rowid(), outcome, finished)?;
    taken::settle(connection, id, taken::State::Delivered)?;
    remove(connection, id)
}

/// So much was sent over all runs, or more.
pub(crate) fn note_sent(connection: &Connection, id: UploadId, sent: u64) -> Result<()> {
    let sql = "UPDATE uploads SET sent_bytes = max(sent_bytes, ?2) WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.to_string(), to_sql(sent)?])?;
    Ok(())
}

/// Drops a record at the user's word; what the destination holds is told to the outbox.
pub(crate) fn discard(connection: &Connection, id: UploadId) -> Result<()> {
    let upload = get(connection, id)?.ok_or_else(|| unknown(id))?;
    abandon(connection, &upload, "discard")?;
    history::keep(connection, id, "discarded", None)?;
    remove(connection, id)
}

/// Lets go of an upload that expired long ago; the destination is told to forget it. Says whether it still was so.
pub(crate) fn remove_expired(connection: &Connection, id: UploadId) -> Result<bool> {
    let Some(upload) = get(connection, id)?.filter(|upload| upload.state == State::Expired) else { return Ok(false) };
    abandon(connection, &upload, "expiry")?;
    history::keep(connection, id, "expired", None)?;
    remove(connection, id)?;
    Ok(true)
}

/// Nobody knows that the destination does not hold the whole of it.
fn may_be_whole(upload: &Upload) -> bool {
    upload.attempt.finishing || upload.attempt.plan.repeatable || upload.chunks_left == 0
}

/// Drops the record of an upload that was meant for one run only. Nobody chose to delete anything, so the destination is
/// told to forget only what cannot be finished there already.
pub(crate) fn drop_unkept(connection: &Connection, id: UploadId) -> Result<()> {
    let upload = get(connection, id)?.ok_or_else(|| unknown(id))?;
    let may_be_whole = may_be_whole(&upload);
    if !may_be_whole {
        abandon(connection, &upload, "discard")?;
    }
    history::keep(connection, id, if may_be_whole { "discarded, left there" } else { "discarded" }, None)?;
    remove(connection, id)
}

fn abandon(connection: &Connection, upload: &Upload, reason: &str) -> Result<()> {
    const DAY: i64 = 24 * 60 * 60 * 1000;
    let Some(ticket) = &upload.attempt.ticket else { return Ok(()) };
    let give_up_at = upload.expires_at.unwrap_or(now() + 30 * DAY);
    outbox::insert(connection, upload.destination, upload.id, &upload.name, ticket, reason, Some(give_up_at))
}

/// Removes a record, and its source where nothing else needs it.
pub(super) fn remove(connection: &Connection, id: UploadId) -> Result<()> {
    let sql = "SELECT source FROM uploads WHERE id = ?1";
    let source: String = connection.prepare_cached(sql)?.query_row([id.to_string()], |row| row.get(0))?;
    connection.prepare_cached("DELETE FROM uploads WHERE id = ?1")?.execute([id.to_string()])?;
    outbox::release(connection, id)?;
    taken::settle(connection, id, taken::State::Dropped)?;
    sources::remove_if_unused(connection, &source)
}

/// What a run that ended left behind: records meant for that run only go (told to the outbox), all others that were
/// under way are interrupted. Returns how many were.
pub(crate) fn recover(connection: &Connection, reason: Interruption) -> Result<u64> {
    for id in ids(connection, "keep = 0")? {
        // One that cannot be read stays as it is; the list counts it.
        let _ = super::in_savepoint(connection, |connection| drop_unkept(connection, id));
    }
    let under_way = ids(connection, "state IN ('queued', 'preparing', 'uploading', 'waiting', 'finishing')")?;
    let mut count = 0;
    for id in under_way {
        // One that cannot be read stays as it is; the list counts it.
        count += u64::from(step(connection, id, Step::Interrupt(reason)).is_ok());
    }
    Ok(count)
}

fn ids(connection: &Connection, condition: &str) -> Result<Vec<UploadId>> {
    let mut statement = connection.prepare(&format!("SELECT id FROM uploads WHERE {condition}"))?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.filter_map(|row| row.ok()?.parse().ok()).collect())
}

fn state_text(state: &State) -> String {
    serde_json::to_string(state).expect("a state is plain data")
}

fn failure_text(failure: &Failure) -> String {
    serde_json::to_string(failure).expect("a failure is plain text")
}
