//! Receipts beside the history: made from the records in the commit in which the record goes.

use rusqlite::{Connection, OptionalExtension, params};

use super::{chunks, chunks::ChunkRow, uploads};
use crate::{
    chunk::Digest,
    destination::Finished,
    error::{Error, ErrorKind, Result},
    receipt::{Hex, Level, MOST_CHUNKS, Part, Proof, Receipt, VERSION},
    source::decode_path,
    upload::{Upload, UploadId, now},
};

/// Gives the row `seq` of the history its receipt, while the record of the upload still stands. A record of which none
/// can be made keeps nobody from being done.
pub(crate) fn give(connection: &Connection, id: UploadId, seq: i64, outcome: &str, finished: &Finished) -> Result<()> {
    let Some(upload) = uploads::get(connection, id)? else { return Ok(()) };
    let Ok(rows) = chunks::of_attempt(connection, upload.attempt.seq) else { return Ok(()) };
    put(connection, seq, &make(&upload, &rows, outcome, finished))
}

/// Replaces the receipt of the row `seq`.
pub(crate) fn put(connection: &Connection, seq: i64, receipt: &Receipt) -> Result<()> {
    let text = serde_json::to_string(receipt).expect("a receipt is plain data");
    connection.prepare_cached("UPDATE history SET receipt = ?2 WHERE seq = ?1")?.execute(params![seq, text])?;
    Ok(())
}

fn make(upload: &Upload, rows: &[ChunkRow], outcome: &str, finished: &Finished) -> Receipt {
    let (plan, names) = (upload.attempt.plan, covers(rows, upload.size));
    let parts = if names { parts_of(rows) } else { None };
    let blake3 = match parts.as_deref() {
        Some([only]) => Some(only.blake3),
        _ => (upload.size == 0).then(|| Hex(*blake3::hash(b"").as_bytes())),
    };
    let proved = rows.iter().filter(|row| row.proved).count() as u64;
    // Where not every chunk is proved, the worker held the destination's digest of the whole against the file.
    let compared = finished.digest.filter(|_| outcome == "done" && proved < rows.len() as u64).map(Hex);
    let blake3 = blake3.or(compared);
    let (chunks, chunks_digest) = name(parts.unwrap_or_default(), plan.chunk_size);
    let mut receipt = Receipt {
        version: VERSION,
        upload: upload.id.to_string(),
        attempt: upload.attempt.id.to_string(),
        name: upload.name.clone(),
        relative_path: upload.relative_path.clone(),
        path: upload.path.to_string_lossy().into_owned(),
        size: upload.size,
        modified_at: upload.identity.mtime_ns.div_euclid(1_000_000),
        destination: upload.destination_name.clone(),
        scope: upload.scope.clone(),
        location: finished.location.clone(),
        outcome: outcome.to_owned(),
        began_at: upload.created_at,
        ended_at: now(),
        resumes: upload.resumes,
        sent: upload.sent,
        sent_twice: upload.sent.saturating_sub(upload.size),
        chunk_size: plan.chunk_size,
        chunks,
        chunks_digest,
        blake3,
        sha256: None,
        proof: Proof {
            level: Level::Nothing,
            chunks: if names { rows.len() as u64 } else { plan.count() },
            chunks_proved: if names { proved } else { 0 },
            whole: finished.digest.map(Hex),
        },
    };
    receipt.proof.level = receipt.judge();
    receipt
}

/// Whether the confirmed rows are the whole file, without a hole and without an overlap.
fn covers(rows: &[ChunkRow], size: u64) -> bool {
    let end = rows.iter().try_fold(0, |at, row| (row.confirmed && row.offset == at).then(|| at + row.length));
    end == Some(size) && rows.iter().all(|row| row.length > 0 || size == 0)
}

fn parts_of(rows: &[ChunkRow]) -> Option<Vec<Part>> {
    rows.iter().map(|row| Some(Part { length: row.length, blake3: Hex(row.digest?) })).collect()
}

/// The chunks one by one, or a digest over their digests where there are too many and all are cut alike.
fn name(parts: Vec<Part>, chunk_size: u64) -> (Vec<Part>, Option<Hex>) {
    if parts.len() <= MOST_CHUNKS {
        return (parts, None);
    }
    let last = parts.len() - 1;
    let alike = parts
        .iter()
        .enumerate()
        .all(|(nth, part)| part.length == chunk_size || (nth == last && part.length < chunk_size));
    (Vec::new(), alike.then(|| Hex(over(&parts))))
}

fn over(parts: &[Part]) -> Digest {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&part.blake3.0);
    }
    *hasher.finalize().as_bytes()
}

/// A receipt, and what is needed to look at its file again.
pub(crate) struct Kept {
    pub seq: i64,
    pub path: std::path::PathBuf,
    pub receipt: Receipt,
}

/// The receipt of the upload whose id begins so.
///
/// # Errors
/// `Invalid` where none or several do, or where there is no receipt.
pub(crate) fn get(connection: &Connection, name: &str) -> Result<Kept> {
    let (name, wrong) = (name.to_lowercase(), |text: String| {
        Error::new(ErrorKind::Invalid, text).next_step("“carryon history --json” shows the ids.")
    });
    let sql =
        "SELECT count(DISTINCT upload), max(seq) FROM history WHERE ?1 <> '' AND substr(upload, 1, length(?1)) = ?1";
    let (count, seq): (i64, Option<i64>) =
        connection.prepare_cached(sql)?.query_row([&name], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let seq = match (count, seq) {
        (1, Some(seq)) => seq,
        (0, _) | (_, None) => return Err(wrong(format!("The history has no upload “{name}”"))),
        _ => return Err(wrong(format!("“{name}” means {count} uploads; write more of the id"))),
    };
    of_entry(connection, seq)?.ok_or_else(|| {
        wrong(format!("The upload “{name}” has no receipt: it was not delivered, or by an older Carryon"))
    })
}

/// The receipt of one entry of the history; none where it was not delivered, or by an older Carryon.
///
/// # Errors
/// `Invalid` where there is no such entry, or the receipt cannot be read.
pub(crate) fn of_entry(connection: &Connection, seq: i64) -> Result<Option<Kept>> {
    let sql = "SELECT path, encoding, receipt FROM history WHERE seq = ?1";
    let row = connection.prepare_cached(sql)?.query_row([seq], |row| {
        Ok((decode_path(&row.get::<_, String>(1)?, &row.get::<_, Vec<u8>>(0)?), row.get::<_, String>(2)?))
    });
    let gone = || Error::new(ErrorKind::Invalid, "The history has no such entry any more");
    let (path, text) = row.optional()?.ok_or_else(gone)?;
    if text == "null" {
        return Ok(None);
    }
    Ok(Some(Kept { seq, path, receipt: crate::receipt::read(text.as_bytes())? }))
}

#[cfg(test)]
mod tests;
