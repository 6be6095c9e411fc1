//! `PATCH /files/<id>`: the next bytes.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::refusal::Refusal;
use super::{fields, standing};
use crate::access_log::{Note, Outcome};
use crate::journal::{Role, UploadId};
use crate::offsets::digests::Claimed;
use crate::offsets::{self, Append, Appended, Finish, Refused, Reply, body_length};
use crate::server::App;
use crate::store::{Standing, StoreError};

/// What the head of a request says of the bytes it brings.
pub(super) struct Bytes {
    offset: u64,
    size: Option<u64>,
    length: Option<u64>,
    checksum: Option<Claimed>,
}

impl Bytes {
    pub fn read(parts: &Parts, offset: u64, size: Option<u64>) -> Result<Bytes, Refusal> {
        if !fields::is_of_right_type(&parts.headers) {
            return Err(Refusal::Type);
        }
        let checksum = fields::checksum(&parts.headers)?;
        Ok(Bytes { offset, size, length: body_length(parts), checksum })
    }
}

pub(super) async fn patch(app: &App, note: &Note, id: &UploadId, parts: &Parts, body: Body) -> Result<Reply, Refusal> {
    let bytes = Bytes::read(parts, fields::offset(&parts.headers)?, fields::length_now(&parts.headers)?)?;
    let before = standing(app, id).await?;
    let appended = match &before.profile.role {
        Role::Joined(_) => return Err(Refusal::Joined),
        _ if before.delivered.is_some() => nothing_more(&bytes, before)?,
        role => take(app, note, id, role.clone(), bytes, body).await?,
    };
    let Appended { standing, received } = appended;
    let reply = Reply::new(StatusCode::NO_CONTENT, Outcome::Stored).with("upload-offset", standing.offset);
    Ok(reply.with_standing(&standing).with_received(received))
}

/// A finished upload takes no bytes, and is not hurt by none.
fn nothing_more(bytes: &Bytes, finished: Standing) -> Result<Appended, Refusal> {
    match (bytes.offset == finished.offset, bytes.length) {
        (true, Some(0)) => Ok(Appended { standing: finished, received: None }),
        (true, _) => Err(StoreError::TooLong(finished.offset).into()),
        (false, _) => Err(StoreError::Offset(finished.offset).into()),
    }
}

/// Takes the bytes in.
pub(super) async fn take(
    app: &App,
    note: &Note,
    id: &UploadId,
    role: Role,
    bytes: Bytes,
    body: Body,
) -> Result<Appended, Refusal> {
    let Bytes { offset, size, length, checksum } = bytes;
    {
        let mut line = note.line();
        (line.offset, line.length) = (Some(offset), length);
    }
    let finish = if role == Role::File { Finish::AtLength } else { Finish::Later };
    let content = checksum.into_iter().collect();
    let append = Append { uuid: id.clone(), offset, size, length, content, whole: Vec::new(), finish };
    let taken = offsets::append(app, note, append, app.reader(body)).await;
    taken.map_err(|refused| match refused {
        // Finished by another request since we looked.
        Refused::Store(StoreError::Complete(standing)) => StoreError::Offset(standing.offset).into(),
        refused => Refusal::Refused(refused),
    })
}
