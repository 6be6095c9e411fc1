//! `POST /resumable/`: beginning an upload, whole or carefully.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::append::{self, Bytes};
use super::refusal::Refusal;
use super::{SPOKEN, fields, location, of_this_protocol, standing_reply};
use crate::access_log::{Note, Outcome};
use crate::connection::Peer;
use crate::journal::{Profile, Role};
use crate::offsets::{Reply, attempt, body_length, text};
use crate::server::App;
use crate::store::{Standing, StoreError};

pub(super) async fn create(app: &App, note: &Note, parts: &Parts, body: Body) -> Result<Reply, Refusal> {
    let completes = fields::complete(&parts.headers).ok_or(Refusal::Bad("Upload-Complete is missing"))?;
    let bytes = Bytes::read(parts, 0, completes)?;
    let too_long = |size| body_length(parts).is_some_and(|length| length > size);
    if bytes.size.is_some_and(too_long) {
        return Err(Refusal::Length);
    }
    let (begun, repeat) = app.store().begin_growing(profile(parts, &bytes)?).await?;
    of_this_protocol(&begun)?;
    note.line().uuid = Some(begun.uuid.as_str().to_owned());
    let (made, received) = match begun.offset == 0 && begun.delivered.is_none() {
        true => {
            let id = begun.uuid.clone();
            let taken = append::take(app, note, &begun, bytes, body).await;
            let taken = taken.map_err(|refusal| Refusal::Begun(Box::new(refusal), id))?;
            (taken.standing, taken.received)
        }
        // What came with an earlier try stands: the client goes on from there.
        false => (begun, None),
    };
    Ok(reply(app, &made, repeat).with_received(received))
}

fn reply(app: &App, made: &Standing, repeat: bool) -> Reply {
    let mut reply = standing_reply(app, StatusCode::CREATED, made).with("location", location(&made.uuid));
    reply.outcome = match (repeat, &made.delivered) {
        (true, _) => Outcome::Repeat,
        (false, Some(_)) => Outcome::Stored,
        (false, None) => Outcome::Info,
    };
    reply
}

fn profile(parts: &Parts, bytes: &Bytes) -> Result<Profile, Refusal> {
    let headers = &parts.headers;
    let attempt = match text(headers, "upload-attempt") {
        Some(text) => Some(attempt(text).ok_or(Refusal::Bad("Upload-Attempt is no UUID"))?),
        None => None,
    };
    // Read before it is kept: what is kept can be read again.
    let digests = if bytes.whole.is_empty() { "" } else { text(headers, "repr-digest").unwrap_or_default() };
    if digests.len() > MAX_DIGESTS {
        return Err(StoreError::Limit("Repr-Digest is too long").into());
    }
    Ok(Profile {
        name: fields::file_name(headers).unwrap_or_else(|| "unnamed".to_owned()),
        folder: fields::folder(headers)?,
        size: bytes.size,
        client: parts.extensions.get::<Peer>().map(Peer::client),
        attempt,
        role: Role::File,
        note: format!("{SPOKEN}{digests}"),
    })
}

/// Digests that are kept are no longer than this, in bytes.
const MAX_DIGESTS: usize = 1024;
