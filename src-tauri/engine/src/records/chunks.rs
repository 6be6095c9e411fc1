//! The table of chunks: which byte ranges of an attempt were meant, and which the destination confirmed.
//!
//! Confirming a chunk moves the counters in the upload's row in the same commit, so a list reads no chunks.

use rusqlite::{Connection, OptionalExtension, params};

use super::{from_sql, to_sql};
use crate::{
    chunk::{Chunk, Digest},
    error::Result,
    upload::{UnixMillis, UploadId},
};

/// A chunk as it stands in the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChunkRow {
    pub offset: u64,
    pub length: u64,
    pub digest: Option<Digest>,
    pub confirmed: bool,
    pub tag: Option<String>,
    /// The destination itself named this digest for it.
    pub proved: bool,
}

/// A digest, and whose word it is.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Known {
    /// Ours; the destination named none.
    Ours(Digest),
    /// Ours, and the destination named the same.
    Proved(Digest),
}

impl Known {
    /// What is known of a chunk whose bytes have `ours`, where the destination may have named `theirs`.
    pub fn of(ours: Option<Digest>, theirs: Option<Digest>) -> Option<Self> {
        ours.map(|ours| if theirs == Some(ours) { Self::Proved(ours) } else { Self::Ours(ours) })
    }

    fn digest(&self) -> &Digest {
        let (Self::Ours(digest) | Self::Proved(digest)) = self;
        digest
    }
}

/// What changes in the upload's row together with its chunks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touch {
    /// Bytes in each chunk of the plan, for counting those left.
    pub chunk_size: u64,
    /// Payload bytes sent over all runs.
    pub sent_bytes: u64,
    pub at: UnixMillis,
    pub expires_at: Option<UnixMillis>,
}

/// All rows of an attempt, by offset.
pub(crate) fn of_attempt(connection: &Connection, attempt: i64) -> Result<Vec<ChunkRow>> {
    let sql = "SELECT offset, length, blake3, confirmed, tag, proved FROM chunks WHERE attempt = ?1 ORDER BY offset";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([attempt], |row| {
        Ok(ChunkRow {
            offset: from_sql(row.get(0)?),
            length: from_sql(row.get(1)?),
            digest: row.get::<_, Option<Vec<u8>>>(2)?.and_then(|bytes| bytes.try_into().ok()),
            confirmed: row.get(3)?,
            tag: row.get(4)?,
            proved: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// A chunk is about to leave. One that was confirmed no longer counts: the destination was found to hold something else.
pub(crate) fn intend(connection: &Connection, attempt: i64, chunk: Chunk, digest: &Digest) -> Result<()> {
    let before = confirmed_length(connection, attempt, chunk.offset)?;
    put(connection, attempt, chunk, Some(&Known::Ours(*digest)), false, None)?;
    if before > 0 {
        let sql = "UPDATE uploads SET confirmed_bytes = confirmed_bytes - ?2, chunks_left = chunks_left + 1
                   WHERE id = (SELECT upload FROM attempts WHERE seq = ?1)";
        connection.prepare_cached(sql)?.execute([attempt, before])?;
    }
    Ok(())
}

/// The destination confirmed a chunk; a repeat counts once.
pub(crate) fn confirm(
    connection: &Connection,
    upload: UploadId,
    attempt: i64,
    chunk: Chunk,
    digest: Option<&Known>,
    tag: Option<&str>,
    touch: Touch,
) -> Result<()> {
    let before = confirmed_length(connection, attempt, chunk.offset)?;
    put(connection, attempt, chunk, digest, true, tag)?;
    count(connection, upload, to_sql(chunk.length)? - before, touch)
}

/// The destination does not hold these chunks (any more).
pub(crate) fn forget(
    connection: &Connection,
    upload: UploadId,
    attempt: i64,
    offsets: &[u64],
    touch: Touch,
) -> Result<()> {
    let mut change = 0;
    for &offset in offsets {
        change -= confirmed_length(connection, attempt, offset)?;
        let mut statement = connection.prepare_cached("DELETE FROM chunks WHERE attempt = ?1 AND offset = ?2")?;
        statement.execute(params![attempt, to_sql(offset)?])?;
    }
    count(connection, upload, change, touch)
}

/// The destination asked for everything again.
pub(crate) fn forget_all(connection: &Connection, upload: UploadId, attempt: i64, touch: Touch) -> Result<()> {
    let sql = "SELECT coalesce(sum(length), 0) FROM chunks WHERE attempt = ?1 AND confirmed = 1";
    let confirmed: i64 = connection.prepare_cached(sql)?.query_row([attempt], |row| row.get(0))?;
    connection.prepare_cached("DELETE FROM chunks WHERE attempt = ?1")?.execute([attempt])?;
    connection
        .prepare_cached("UPDATE attempts SET resets = resets + 1, finishing = 0 WHERE seq = ?1")?
        .execute([attempt])?;
    count(connection, upload, -confirmed, touch)
}

fn confirmed_length(connection: &Connection, attempt: i64, offset: u64) -> Result<i64> {
    let sql = "SELECT length FROM chunks WHERE attempt = ?1 AND offset = ?2 AND confirmed = 1";
    let mut statement = connection.prepare_cached(sql)?;
    let length = statement.query_row(params![attempt, to_sql(offset)?], |row| row.get(0)).optional()?;
    Ok(length.unwrap_or(0))
}

fn put(
    connection: &Connection,
    attempt: i64,
    chunk: Chunk,
    digest: Option<&Known>,
    confirmed: bool,
    tag: Option<&str>,
) -> Result<()> {
    let sql = "INSERT INTO chunks (attempt, offset, length, blake3, confirmed, tag, proved)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
               ON CONFLICT (attempt, offset) DO UPDATE SET length = excluded.length, blake3 = excluded.blake3,
               confirmed = excluded.confirmed, tag = excluded.tag, proved = excluded.proved";
    let (offset, length) = (to_sql(chunk.offset)?, to_sql(chunk.length)?);
    let proved = confirmed && matches!(digest, Some(Known::Proved(_)));
    let digest = digest.map(|known| known.digest().as_slice());
    connection.prepare_cached(sql)?.execute(params![attempt, offset, length, digest, confirmed, tag, proved])?;
    Ok(())
}

/// Puts a row in as it stood on another machine; whoever does sets the counters.
pub(super) fn put_back(connection: &Connection, attempt: i64, row: &ChunkRow) -> Result<()> {
    let chunk = Chunk { index: 0, offset: row.offset, length: row.length };
    // What a document says that a destination proved is nobody's word here.
    let known = row.digest.map(Known::Ours);
    put(connection, attempt, chunk, known.as_ref(), row.confirmed, row.tag.as_deref())
}

/// Chunks are equal but for the last, so what is left follows from the bytes; only an empty source's chunk has none.
fn count(connection: &Connection, upload: UploadId, change: i64, touch: Touch) -> Result<()> {
    let sql = "UPDATE uploads SET confirmed_bytes = confirmed_bytes + ?2,
               chunks_left = (size - confirmed_bytes - ?2 + ?3 - 1) / ?3,
               sent_bytes = ?4, updated_at = ?5, confirmed_at = ?5, expires_at = ?6 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![
        upload.to_string(),
        change,
        to_sql(touch.chunk_size.max(1))?,
        to_sql(touch.sent_bytes)?,
        touch.at,
        touch.expires_at,
    ])?;
    Ok(())
}
