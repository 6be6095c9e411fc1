//! Which uploads at rest expire, and what is to be known of them for that.

use rusqlite::Connection;

use super::{COLUMNS, from_row, may_be_whole};
use crate::{
    error::Result,
    upload::{DestinationId, State, UnixMillis, Upload, UploadId},
};

/// An upload at rest whose lifetime ends soon, or has ended.
#[derive(Clone, Debug)]
pub(crate) struct Expiring {
    pub id: UploadId,
    pub destination: DestinationId,
    pub name: String,
    pub state: State,
    pub expires_at: UnixMillis,
    /// The destination may hold the whole of it.
    pub may_be_whole: bool,
}

/// Uploads at rest that expire before `moment`, oldest first.
pub(crate) fn expiring(connection: &Connection, moment: UnixMillis) -> Result<Vec<Expiring>> {
    let sql = format!(
        "{COLUMNS} WHERE u.expires_at < ?1 AND u.state NOT IN ('queued', 'preparing', 'uploading', 'waiting', 'finishing') ORDER BY u.seq"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([moment], from_row)?;
    let expiring = rows.filter_map(|row| row.ok().flatten()).filter_map(|upload| {
        let expires_at = upload.expires_at?;
        let may_be_whole = upload.attempt.ticket.is_some() && may_be_whole(&upload);
        let Upload { id, destination, name, state, .. } = upload;
        Some(Expiring { id, destination, name, state, expires_at, may_be_whole })
    });
    Ok(expiring.collect())
}
