//! `POST /files/`: beginning an upload, or putting one together.

use axum::body::Body;
use axum::http::StatusCode;
use axum::http::request::Parts;

use super::append::{self, Bytes};
use super::refusal::Refusal;
use super::{SPOKEN, fields, location, of_this_protocol, standing};
use crate::access_log::{Note, Outcome};
use crate::connection::Peer;
use crate::journal::{Digest, Profile, Role};
use crate::offsets::{Reply, body_length};
use crate::server::App;
use crate::store::{Standing, StoreError};

pub(super) async fn create(app: &App, note: &Note, parts: &Parts, body: Body) -> Result<Reply, Refusal> {
    let profile = profile(parts)?;
    let (made, received, repeat) = match &profile.role {
        Role::Joined(_) => {
            let (joined, repeat) = app.store().join(profile).await?;
            of_this_protocol(&joined)?;
            (joined, None, repeat)
        }
        Role::File | Role::Part => begin(app, note, parts, body, profile).await?,
    };
    note.line().uuid = Some(made.uuid.as_str().to_owned());
    let outcome = match (repeat, &made.delivered) {
        (true, _) => Outcome::Repeat,
        (false, Some(_)) => Outcome::Stored,
        (false, None) => Outcome::Info,
    };
    let reply = Reply::new(StatusCode::CREATED, outcome).with("location", location(&made.uuid));
    Ok(reply.with("upload-offset", made.offset).with_standing(&made).with_received(received))
}

fn profile(parts: &Parts) -> Result<Profile, Refusal> {
    let headers = &parts.headers;
    let role = fields::role(headers)?;
    let size = if matches!(role, Role::Joined(_)) { None } else { fields::length(headers)? };
    let metadata = fields::metadata(headers)?;
    Ok(Profile {
        name: metadata.name.unwrap_or_else(|| "unnamed".to_owned()),
        folder: metadata.folder,
        size,
        client: parts.extensions.get::<Peer>().map(Peer::client),
        attempt: metadata.attempt,
        role,
        note: format!("{SPOKEN}{}", metadata.raw),
    })
}

/// Begins an upload, and takes the bytes that come along.
async fn begin(
    app: &App,
    note: &Note,
    parts: &Parts,
    body: Body,
    profile: Profile,
) -> Result<(Standing, Option<Digest>, bool), Refusal> {
    let has_body = body_length(parts) != Some(0);
    let bytes = if has_body { Some(Bytes::read(parts, 0, None)?) } else { None };
    if profile.size.is_some_and(|size| body_length(parts).is_some_and(|length| length > size)) {
        return Err(StoreError::TooLong(profile.size.unwrap_or_default()).into());
    }
    let (begun, repeat) = app.store().begin_growing(profile).await?;
    of_this_protocol(&begun)?;
    note.line().uuid = Some(begun.uuid.as_str().to_owned());
    let (made, received) = match bytes {
        Some(bytes) if begun.offset == 0 && begun.delivered.is_none() => {
            let taken = append::take(app, note, &begun.uuid, begun.profile.role.clone(), bytes, body).await;
            let taken = taken.map_err(|refusal| Refusal::Begun(Box::new(refusal), begun.uuid))?;
            (taken.standing, taken.received)
        }
        // One of no bytes at all is complete at once.
        _ if begun.size == Some(begun.offset) => (standing(app, &begun.uuid).await?, None),
        _ => (begun, None),
    };
    Ok((made, received, repeat))
}
