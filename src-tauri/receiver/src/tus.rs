//! tus 1.0.0 at `/files/`, with its extensions and one of our own.
//!
//! | request | is |
//! | --- | --- |
//! | `OPTIONS /files/` | what is spoken here |
//! | `POST /files/` | begins an upload: creation, creation-with-upload, creation-defer-length, concatenation |
//! | `HEAD /files/<id>` | how much is held; also after completion, for as long as finished ids are kept |
//! | `PATCH /files/<id>` | brings the next bytes; `POST` with `X-HTTP-Method-Override` too |
//! | `DELETE /files/<id>` | forget it, and delete the file if it is finished: termination |
//!
//! What is cut off counts up to its last byte, unless it came with an `Upload-Checksum`. Whoever comes later ends a request
//! that still brings bytes; so nobody waits for a connection that is long dead. An upload of known length takes its name
//! with its last byte. Then every answer tells the BLAKE3 of the whole file as `Repr-Digest` (RFC 9530), and as
//! `Content-Location` where it is: its path below the folder that is received into, percent-encoded.
//!
//! `Location` is an absolute path, so it is right under whatever name and scheme a proxy is called by.
//!
//! **`x-attempt`**, our own extension: the metadata may hold `attempt`, a UUID of the client's making. A `POST` that repeats one gets
//! the first one's answer (201, the same `Location`, the true `Upload-Offset`), so that a lost answer never makes a second file. It
//! must be the same length and kind of upload, else 409. A body that comes along is taken only at offset 0; anywhere else it is read
//! and dropped. The upload's own id is random all the same: a tus URL alone lets anybody add to an upload or delete it who may talk to
//! us at all, and an attempt's id stands in records, exports and logs of its client that are less guarded. Whoever knows it can
//! at most ask for the URL by `POST`, with the token where there is one. Where there is an `attempt`, `relativePath` is of folders
//! alone; else its last part may be the file's name, as others write it.
//!
//! **`x-digest`**, our own too: what is taken from a body is answered with its BLAKE3, `Upload-Received-Digest: blake3=:<base64>:`.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::any;

use crate::access_log::{Note, Outcome};
use crate::journal::{Role, UploadId};
use crate::offsets::{self, Reply, text};
use crate::server::App;
use crate::store::{Standing, StoreError};

mod append;
mod create;
pub(crate) mod fields;
pub(crate) mod refusal;

use refusal::Refusal;

/// Where uploads are begun.
const COLLECTION: &str = "/files/";
const VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,creation-defer-length,expiration,checksum,termination,\
                          concatenation,x-attempt,x-digest";
/// Names what the uploads of this protocol note down.
const SPOKEN: &str = "tus ";

/// The protocol's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/files", any(collection))
        .route(COLLECTION, any(collection))
        .route("/files/{id}", any(resource))
        .route("/files/{id}/", any(resource))
}

/// The id in an address; an error when it is no text at all.
type Id = Result<Path<String>, PathRejection>;

async fn collection(State(app): State<App>, Extension(note): Extension<Note>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match meant(&parts) {
        Method::OPTIONS => Ok(discovery(&app)),
        Method::POST => match spoken(&parts) {
            Ok(()) => create::create(&app, &note, &parts, body).await,
            Err(refusal) => Err(refusal),
        },
        _ => Err(Refusal::Method),
    };
    answer(&note, &parts, answered)
}

async fn resource(State(app): State<App>, Extension(note): Extension<Note>, id: Id, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let id = id.ok().and_then(|Path(id)| UploadId::parse(&id));
    note.line().uuid = id.as_ref().map(|id| id.as_str().to_owned());
    let answered = match meant(&parts) {
        Method::OPTIONS => Ok(discovery(&app)),
        method => match (spoken(&parts), id) {
            (Err(refusal), _) => Err(refusal),
            (Ok(()), Some(id)) => on_upload(&app, &note, &method, &id, &parts, body).await,
            (Ok(()), None) => Err(StoreError::Unknown.into()),
        },
    };
    answer(&note, &parts, answered)
}

async fn on_upload(
    app: &App,
    note: &Note,
    method: &Method,
    id: &UploadId,
    parts: &Parts,
    body: Body,
) -> Result<Reply, Refusal> {
    match *method {
        Method::HEAD => {
            let standing = standing(app, id).await?;
            offsets::note_survey(note, &standing);
            Ok(survey_reply(&standing))
        }
        Method::PATCH => append::patch(app, note, id, parts, body).await,
        Method::DELETE => remove(app, id).await,
        _ => Err(Refusal::Method),
    }
}

/// What the client wants: some can only say `POST`.
fn meant(parts: &Parts) -> Method {
    let named = text(&parts.headers, "x-http-method-override").filter(|_| parts.method == Method::POST);
    named.and_then(|name| name.to_ascii_uppercase().parse().ok()).unwrap_or(parts.method.clone())
}

/// Every request but `OPTIONS` says the version that it speaks.
fn spoken(parts: &Parts) -> Result<(), Refusal> {
    match text(&parts.headers, "tus-resumable") {
        Some(VERSION) => Ok(()),
        _ => Err(Refusal::Version),
    }
}

fn discovery(app: &App) -> Reply {
    Reply::new(StatusCode::NO_CONTENT, Outcome::Info)
        .with("tus-version", VERSION)
        .with("tus-extension", EXTENSIONS)
        .with("tus-max-size", app.limits().file_size)
        .with("tus-checksum-algorithm", fields::ALGORITHMS)
}

/// How an upload of this protocol stands. One that is all here, and whose end a crash or an error left undone, is finished first.
async fn standing(app: &App, id: &UploadId) -> Result<Standing, StoreError> {
    let standing = app.store().standing(id).await?;
    if !standing.profile.note.starts_with(SPOKEN) {
        return Err(StoreError::Unknown);
    }
    let all_here = standing.size == Some(standing.offset) && standing.delivered.is_none();
    match all_here && standing.profile.role == Role::File {
        true => app.store().seal(id, standing.offset).await,
        false => Ok(standing),
    }
}

fn survey_reply(standing: &Standing) -> Reply {
    let reply = Reply::new(StatusCode::OK, Outcome::Survey).with("upload-offset", standing.offset);
    let reply = match standing.size {
        Some(size) => reply.with("upload-length", size),
        None => reply.with("upload-defer-length", 1),
    };
    let reply = match &standing.profile.role {
        Role::File => reply,
        Role::Part => reply.with("upload-concat", "partial"),
        Role::Joined(parts) => reply.with("upload-concat", fields::joined(parts)),
    };
    let metadata = standing.profile.note.strip_prefix(SPOKEN).unwrap_or_default();
    let reply = if metadata.is_empty() { reply } else { reply.with("upload-metadata", metadata) };
    reply.with_standing(standing)
}

async fn remove(app: &App, id: &UploadId) -> Result<Reply, Refusal> {
    standing(app, id).await?;
    app.store().remove(id).await?;
    Ok(Reply::new(StatusCode::NO_CONTENT, Outcome::Removed))
}

/// An attempt is of one protocol.
fn of_this_protocol(begun: &Standing) -> Result<(), StoreError> {
    match begun.profile.note.starts_with(SPOKEN) {
        true => Ok(()),
        false => Err(StoreError::Conflict("this attempt was begun over another protocol".into())),
    }
}

fn location(id: &UploadId) -> String {
    format!("{COLLECTION}{}", id.as_str())
}

fn answer(note: &Note, parts: &Parts, answered: Result<Reply, Refusal>) -> Response {
    let _step = carryon_instruments::step("answer");
    let reply = answered.unwrap_or_else(Reply::from).with("tus-resumable", VERSION);
    note.ends(reply.outcome);
    reply.into_response(parts.method == Method::HEAD)
}
