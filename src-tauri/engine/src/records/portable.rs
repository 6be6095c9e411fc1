//! Records on their way to and from another machine: read whole, let go of, put together in one commit.

use std::path::PathBuf;

use rusqlite::{Connection, OptionalExtension, params};

use super::{
    chunks::{self, ChunkRow},
    destinations::{self, DestinationRow},
    history, sources, to_sql,
    uploads::{self, NewUpload},
};
use crate::{
    chunk::Digest,
    error::{Error, ErrorKind, Result},
    portable::{Document, Hex, Row},
    source::Identity,
    upload::{AttemptId, BatchId, DestinationId, Interruption, State, Step, UnixMillis, Upload, UploadId},
};

/// Everything that the records know of an upload.
pub(crate) struct Departure {
    pub upload: Upload,
    pub destination: DestinationRow,
    pub fingerprint: Option<Digest>,
    pub chunks: Vec<ChunkRow>,
}

/// A proved upload from elsewhere.
pub(crate) struct Arrival {
    pub document: Document,
    pub target: Target,
    pub path: PathBuf,
    pub identity: Identity,
    pub taken_at: UnixMillis,
}

/// Where an upload from elsewhere goes.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Known(DestinationRow),
    New { name: String, address: String, settings: String },
}

impl Target {
    /// Its address and its settings.
    pub fn place(&self) -> (&str, &str) {
        match self {
            Target::Known(row) => (&row.address, &row.settings),
            Target::New { address, settings, .. } => (address, settings),
        }
    }

    fn id(&self, connection: &Connection) -> Result<DestinationId> {
        match self {
            Target::Known(row) => Ok(row.id),
            Target::New { name, address, settings } => {
                let taken = destinations::find_named(connection, name)?.is_some();
                let row = destinations::get_or_make(connection, if taken { address } else { name }, address)?;
                destinations::set_settings(connection, row.id, settings)?;
                Ok(row.id)
            }
        }
    }
}

/// Pauses what was under way and reads all that is known of it. What rests here does not expire from now on: the destination
/// would be told to forget what another machine is sending.
pub(crate) fn depart(connection: &Connection, id: UploadId) -> Result<Departure> {
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    if !upload.state.is_resting() || matches!(upload.state, State::Interrupted { .. }) {
        uploads::step(connection, id, Step::Pause)?;
    }
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    let sql = "UPDATE uploads SET expires_at = NULL WHERE id = ?1";
    connection.execute(sql, [id.to_string()])?;
    let destination = destinations::get(connection, upload.destination)?;
    let gone = || Error::new(ErrorKind::Invalid, "The destination of this upload is gone");
    Ok(Departure {
        destination: destination.ok_or_else(gone)?,
        fingerprint: sources::fingerprint(connection, id)?,
        chunks: chunks::of_attempt(connection, upload.attempt.seq)?,
        upload,
    })
}

/// Ends a record that another machine carries on. Nothing goes to the outbox: what the destination holds is in use.
pub(crate) fn let_go(connection: &Connection, id: UploadId, as_of: UnixMillis) -> Result<()> {
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    if !upload.state.is_resting() || upload.updated_at != as_of {
        let text = format!("“{}” went on here since it was written down; it stays", upload.name);
        return Err(
            Error::new(ErrorKind::Invalid, text).next_step("Export it again, and throw the first document away.")
        );
    }
    history::keep(connection, id, "moved to another machine", None)?;
    uploads::remove(connection, id)
}

/// Refuses an attempt that stands here already.
///
/// # Errors
/// `Invalid`.
pub(crate) fn require_absent(connection: &Connection, attempt: AttemptId) -> Result<()> {
    let sql = "SELECT upload FROM attempts WHERE id = ?1";
    let here = connection.query_row(sql, [attempt.to_string()], |row| row.get::<_, String>(0)).optional()?;
    match here {
        Some(id) => Err(Error::new(ErrorKind::Invalid, "This upload is here already; nothing was added")
            .next_step(format!("Carry on with it: carryon resume {id}"))),
        None => Ok(()),
    }
}

/// Puts the record together, at rest.
///
/// # Errors
/// `Invalid` where it is here already, or the file has another unfinished upload to the same destination.
pub(crate) fn arrive(connection: &Connection, arrival: &Arrival) -> Result<Upload> {
    let document = &arrival.document;
    require_absent(connection, document.attempt.id)?;
    let destination = arrival.target.id(connection)?;
    if let Some(other) = uploads::find(connection, &arrival.path, destination, &document.scope)? {
        let text = "This file has another unfinished upload to the same destination here; nothing was added";
        let step = format!("Finish or discard that one first: {}", other.id);
        return Err(Error::new(ErrorKind::Invalid, text).next_step(step));
    }
    let id = insert(connection, arrival, destination)?;
    let upload = uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))?;
    set_attempt(connection, &upload, document)?;
    uploads::get(connection, id)?.ok_or_else(|| uploads::unknown(id))
}

fn insert(connection: &Connection, arrival: &Arrival, destination: DestinationId) -> Result<UploadId> {
    let document = &arrival.document;
    let new = NewUpload {
        id: UploadId::random(),
        attempt: document.attempt.id,
        batch: BatchId::random(),
        path: arrival.path.clone(),
        identity: arrival.identity.clone(),
        taken_at: arrival.taken_at,
        destination,
        scope: document.scope.clone(),
        name: document.name.clone(),
        relative_path: document.relative_path.clone(),
        plan: document.attempt.plan,
        keep: true,
        custom: document.custom.clone(),
        expires_at: document.expires_at,
        priority: 0,
        start_at: None,
    };
    uploads::insert(connection, &new)?;
    Ok(new.id)
}

/// The attempt as it was, its chunks and counters, and where it rests.
fn set_attempt(connection: &Connection, upload: &Upload, document: &Document) -> Result<()> {
    let (id, attempt) = (upload.id, &document.attempt);
    if let Some(ticket) = &attempt.ticket {
        uploads::set_ticket(connection, upload.attempt.seq, ticket)?;
    }
    if let Some(Hex(fingerprint)) = &document.fingerprint {
        sources::set_fingerprint(connection, id, fingerprint)?;
    }
    let sql = "UPDATE attempts SET finishing = ?2, resets = ?3 WHERE seq = ?1";
    connection.execute(sql, params![upload.attempt.seq, attempt.finishing, attempt.resets])?;
    let rows = document.chunks.iter().map(Row::to_record);
    rows.into_iter().try_for_each(|row| chunks::put_back(connection, upload.attempt.seq, &row))?;
    let sql = "UPDATE uploads SET confirmed_bytes = ?2, chunks_left = ?3, sent_bytes = ?4, resumes = ?5 WHERE id = ?1";
    let (confirmed, left) = (to_sql(document.confirmed)?, to_sql(document.chunks_left)?);
    connection.execute(sql, params![id.to_string(), confirmed, left, to_sql(document.sent)?, document.resumes])?;
    let state = match document.outcome_unknown {
        true => State::OutcomeUnknown,
        false => State::Interrupted { reason: Interruption::Closed },
    };
    uploads::set_state_of(connection, &id.to_string(), &state)
}
