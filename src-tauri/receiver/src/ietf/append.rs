//! `PATCH /resumable/<id>`: the next bytes, and completion.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::refusal::Refusal;
use super::{SPOKEN, fields, standing, standing_reply};
use crate::access_log::{Note, Outcome};
use crate::journal::UploadId;
use crate::offsets::digests::Claimed;
use crate::offsets::{self, Append, Appended, Finish, Refused, Reply, body_length, text};
use crate::server::App;
use crate::store::{Standing, StoreError};

/// What the head of a request says of the bytes it brings.
pub(super) struct Bytes {
    offset: u64,
    /// Bytes in the whole upload, as far as this request tells.
    pub size: Option<u64>,
    length: Option<u64>,
    completes: bool,
    content: Vec<Claimed>,
    /// Digests of the whole upload.
    pub whole: Vec<Claimed>,
}

impl Bytes {
    pub fn read(parts: &Parts, offset: u64, completes: bool) -> Result<Bytes, Refusal> {
        Ok(Bytes {
            offset,
            size: fields::length(parts, offset, completes)?,
            length: body_length(parts),
            completes,
            content: fields::digests(&parts.headers, "content-digest")?,
            whole: fields::digests(&parts.headers, "repr-digest")?,
        })
    }
}

pub(super) async fn patch(app: &App, note: &Note, id: &UploadId, parts: &Parts, body: Body) -> Result<Reply, Refusal> {
    let kind = text(&parts.headers, "content-type").unwrap_or_default().split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/partial-upload") {
        return Err(Refusal::Type);
    }
    let offset = fields::integer(&parts.headers, "upload-offset").ok_or(Refusal::Bad("Upload-Offset is missing"))?;
    let completes = fields::complete(&parts.headers).ok_or(Refusal::Bad("Upload-Complete is missing"))?;
    let before = standing(app, id).await?;
    if before.delivered.is_some() {
        return Err(nothing_more(parts, before));
    }
    if offset != before.offset {
        return Err(Refusal::Offset { provided: offset, expected: before.offset });
    }
    let appended = take(app, note, &before, Bytes::read(parts, offset, completes)?, body).await?;
    let reply = standing_reply(app, StatusCode::NO_CONTENT, &appended.standing);
    let mut reply = reply.with_received(appended.received);
    reply.outcome = Outcome::Stored;
    Ok(reply)
}

/// A complete upload takes nothing; bytes that come all the same cannot be within its length.
fn nothing_more(parts: &Parts, complete: Standing) -> Refusal {
    match body_length(parts) {
        Some(0) => Refusal::Complete(Box::new(complete)),
        _ => Refusal::Length,
    }
}

/// Takes the bytes in.
pub(super) async fn take(
    app: &App,
    note: &Note,
    before: &Standing,
    bytes: Bytes,
    body: Body,
) -> Result<Appended, Refusal> {
    let Bytes { offset, size, length, completes, content, mut whole } = bytes;
    {
        let mut line = note.line();
        (line.offset, line.length) = (Some(offset), length);
    }
    let promised = before.profile.note.strip_prefix(SPOKEN).unwrap_or_default();
    whole.extend(fields::digests_in(promised)?);
    let finish = if completes { Finish::Now } else { Finish::Later };
    let (uuid, has_length) = (before.uuid.clone(), before.size.or(size).is_some());
    let append = Append { uuid, offset, size, length, content, whole, finish };
    let taken = offsets::append(app, note, append, app.reader(body)).await;
    taken.map_err(|refused| match refused {
        // Beyond the length that was said, not only beyond what is taken from anybody.
        Refused::Store(StoreError::TooLong(_)) | Refused::Cut(StoreError::TooLong(_), _) if has_length => {
            Refusal::Length
        }
        refused => Refusal::from_refused(refused, offset),
    })
}
