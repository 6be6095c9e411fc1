//! Resumable Uploads for HTTP, the IETF's draft (draft-ietf-httpbis-resumable-upload-12), at `/resumable/`.
//!
//! | request | is |
//! | --- | --- |
//! | `OPTIONS /resumable/` | limits, and that it is spoken here |
//! | `POST /resumable/` | begins an upload: whole (`Upload-Complete: ?1`), or carefully (`?0`) with some bytes or none |
//! | `HEAD`, `GET /resumable/<id>` | how much is held, and whether it is complete; also after completion |
//! | `PATCH /resumable/<id>` | brings the next bytes, and completes the upload with `?1` |
//! | `DELETE /resumable/<id>` | forget it. A file that is complete stays; only the id goes |
//!
//! `Upload-Draft-Interop-Version` may be 9, 8 or 6, which are the same on the wire as far as they are used here, or be missing, as it
//! will be once this is a standard. Others are refused with 412, so that nobody goes on under a wrong idea.
//!
//! **No 104.** The server below cannot send interim answers of that kind, which the draft allows. So a client that
//! wants to resume begins carefully, or names its attempt.
//!
//! Completion is explicit: as long as no request with `?1` was taken to its end, the upload is not complete, however many bytes are
//! here. `Content-Digest` is of one request; one that does not fit makes nothing of it count. `Repr-Digest` is of the whole; one that
//! does not fit leaves the upload incomplete. sha-256, sha-512 and our own `blake3` are known. What is complete
//! tells its BLAKE3 in every answer, whether it is wanted (`Want-Repr-Digest`) or not, and as `Content-Location` where it is.
//!
//! **`Upload-Attempt`**, our own: a UUID of the client's making, in the `POST`. A repeat gets the same `Location` and the true
//! `Upload-Offset`; see `tus` for the reasons. `OPTIONS` says that it is known: `Upload-Attempt: ?1`. Our own as well:
//! `Upload-Relative-Path` in the `POST`, the folders a file lies in, percent-encoded; and `Upload-Received-Digest` in answers, as
//! in tus.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::Response;
use axum::routing::any;

use crate::access_log::{Note, Outcome};
use crate::journal::UploadId;
use crate::offsets::{self, Reply, text};
use crate::server::App;
use crate::store::{Removal, Standing, StoreError, now};

mod append;
mod create;
pub(crate) mod fields;
pub(crate) mod refusal;

use refusal::Refusal;

/// Where uploads are begun.
const COLLECTION: &str = "/resumable/";
/// The draft's versions that are spoken, the newest first.
const VERSIONS: [&str; 3] = ["9", "8", "6"];
const VERSION_HEADER: &str = "upload-draft-interop-version";
/// Names what the uploads of this protocol note down.
const SPOKEN: &str = "ietf ";
/// A structured field's integer is no larger.
const MAX_INTEGER: u64 = 999_999_999_999_999;

/// The protocol's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/resumable", any(collection))
        .route(COLLECTION, any(collection))
        .route("/resumable/{id}", any(resource))
}

/// The id in an address; an error when it is no text at all.
type Id = Result<Path<String>, PathRejection>;

async fn collection(State(app): State<App>, Extension(note): Extension<Note>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match parts.method {
        Method::OPTIONS => Ok(discovery(&app)),
        Method::POST | Method::PUT => match spoken(&parts) {
            Ok(()) => create::create(&app, &note, &parts, body).await,
            Err(refusal) => Err(refusal),
        },
        _ => Err(Refusal::Method),
    };
    answer(&app, &note, &parts, answered)
}

async fn resource(State(app): State<App>, Extension(note): Extension<Note>, id: Id, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let id = id.ok().and_then(|Path(id)| UploadId::parse(&id));
    note.line().uuid = id.as_ref().map(|id| id.as_str().to_owned());
    let answered = match (&parts.method, spoken(&parts), id) {
        (&Method::OPTIONS, ..) => Ok(discovery(&app)),
        (_, Err(refusal), _) => Err(refusal),
        (_, Ok(()), None) => Err(StoreError::Unknown.into()),
        (method, Ok(()), Some(id)) => on_upload(&app, &note, method, &id, &parts, body).await,
    };
    answer(&app, &note, &parts, answered)
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
        Method::HEAD | Method::GET => {
            let standing = standing(app, id).await?;
            offsets::note_survey(note, &standing);
            Ok(standing_reply(app, StatusCode::NO_CONTENT, &standing))
        }
        Method::PATCH => append::patch(app, note, id, parts, body).await,
        Method::DELETE => remove(app, id).await,
        _ => Err(Refusal::Method),
    }
}

/// A version that is not spoken is refused; none at all is right.
fn spoken(parts: &Parts) -> Result<(), Refusal> {
    match parts.headers.get(VERSION_HEADER) {
        None => Ok(()),
        Some(version) if VERSIONS.iter().any(|spoken| version == spoken) => Ok(()),
        Some(_) => Err(Refusal::Version),
    }
}

fn discovery(app: &App) -> Reply {
    let age = app.store().rules().keep.as_secs();
    Reply::new(StatusCode::NO_CONTENT, Outcome::Info)
        .with("upload-limit", limit(app, age))
        .with("accept-patch", "application/partial-upload")
        .with("upload-attempt", "?1")
}

/// `Upload-Limit`, for an upload that lives for so many more seconds.
fn limit(app: &App, age: u64) -> String {
    let size = app.limits().file_size;
    format!("max-size={}, min-size=0, max-age={}", size.min(MAX_INTEGER), age.min(MAX_INTEGER))
}

/// How an upload of this protocol stands.
async fn standing(app: &App, id: &UploadId) -> Result<Standing, StoreError> {
    let standing = app.store().standing(id).await?;
    match standing.profile.note.starts_with(SPOKEN) {
        true => Ok(standing),
        false => Err(StoreError::Unknown),
    }
}

/// How an upload stands, in headers.
fn standing_reply(app: &App, status: StatusCode, standing: &Standing) -> Reply {
    let complete = if standing.delivered.is_some() { "?1" } else { "?0" };
    let reply = Reply::new(status, Outcome::Survey)
        .with("upload-offset", standing.offset)
        .with("upload-complete", complete)
        .with_standing(standing);
    let reply = match standing.size {
        Some(size) => reply.with("upload-length", size),
        None => reply,
    };
    match standing.expires {
        Some(expires) => reply.with("upload-limit", limit(app, expires.saturating_sub(now()) / 1000)),
        None => reply,
    }
}

async fn remove(app: &App, id: &UploadId) -> Result<Reply, Refusal> {
    let removed = match standing(app, id).await?.delivered {
        Some(_) => app.store().forget_finished(id).await.map(|()| Removal::Forgotten),
        None => app.store().remove(id).await,
    };
    removed?;
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

fn answer(app: &App, note: &Note, parts: &Parts, answered: Result<Reply, Refusal>) -> Response {
    let _step = carryon_instruments::step("answer");
    let mut reply = answered.unwrap_or_else(Reply::from);
    if reply.status == StatusCode::PAYLOAD_TOO_LARGE {
        reply = reply.with("upload-limit", limit(app, app.store().rules().keep.as_secs()));
    }
    let asked = text(&parts.headers, VERSION_HEADER).filter(|version| VERSIONS.contains(version));
    if parts.headers.contains_key(VERSION_HEADER) {
        reply = reply.with(VERSION_HEADER, asked.unwrap_or(VERSIONS[0]));
    }
    note.ends(reply.outcome);
    reply.into_response(parts.method == Method::HEAD)
}
