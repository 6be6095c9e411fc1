//! The table of sources: where a file lies and what it was when it was added.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, params};

use crate::{
    chunk::Digest,
    error::Result,
    source::{Identity, encode_path, path_encoding},
    upload::{SourceId, UnixMillis, UploadId},
};

/// Adds a source.
pub(crate) fn insert(
    connection: &Connection,
    id: SourceId,
    path: &Path,
    identity: &Identity,
    taken_at: UnixMillis,
) -> Result<()> {
    let sql = "INSERT INTO sources (id, path, encoding, size, identity, taken_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.prepare_cached(sql)?.execute(params![
        id.to_string(),
        encode_path(path),
        path_encoding(),
        super::to_sql(identity.size)?,
        identity_text(identity),
        taken_at,
    ])?;
    Ok(())
}

/// The source of `upload` is taken anew, as it is now: for a start-over.
pub(crate) fn retake(
    connection: &Connection,
    upload: UploadId,
    identity: &Identity,
    taken_at: UnixMillis,
) -> Result<()> {
    let sql = "UPDATE sources SET size = ?2, identity = ?3, fingerprint = NULL, taken_at = ?4
               WHERE id = (SELECT source FROM uploads WHERE id = ?1)";
    let size = super::to_sql(identity.size)?;
    connection.prepare_cached(sql)?.execute(params![upload.to_string(), size, identity_text(identity), taken_at])?;
    Ok(())
}

/// Stores the fingerprint of the source of `upload`.
pub(crate) fn set_fingerprint(connection: &Connection, upload: UploadId, fingerprint: &Digest) -> Result<()> {
    let sql = "UPDATE sources SET fingerprint = ?2 WHERE id = (SELECT source FROM uploads WHERE id = ?1)";
    connection.prepare_cached(sql)?.execute(params![upload.to_string(), fingerprint])?;
    Ok(())
}

/// The fingerprint of the source of `upload`, where one was taken.
pub(crate) fn fingerprint(connection: &Connection, upload: UploadId) -> Result<Option<Digest>> {
    let sql = "SELECT s.fingerprint FROM sources s JOIN uploads u ON u.source = s.id WHERE u.id = ?1";
    let read: Option<Option<Vec<u8>>> =
        connection.prepare_cached(sql)?.query_row([upload.to_string()], |row| row.get(0)).optional()?;
    Ok(read.flatten().and_then(|bytes| bytes.try_into().ok()))
}

/// The source of `upload` lies elsewhere now. Nothing is known of its past there, so what was confirmed is proved anew.
pub(crate) fn adopt(connection: &Connection, upload: UploadId, path: &Path, identity: &Identity) -> Result<()> {
    let sql = "UPDATE sources SET path = ?2, encoding = ?3, identity = ?4, taken_at = 0
               WHERE id = (SELECT source FROM uploads WHERE id = ?1)";
    let values = params![upload.to_string(), encode_path(path), path_encoding(), identity_text(identity)];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// Removes a source that no upload needs any more.
pub(crate) fn remove_if_unused(connection: &Connection, id: &str) -> Result<()> {
    let sql = "DELETE FROM sources WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM uploads WHERE source = ?1)";
    connection.prepare_cached(sql)?.execute([id])?;
    Ok(())
}

fn identity_text(identity: &Identity) -> String {
    serde_json::to_string(identity).expect("an identity is plain numbers and text")
}
