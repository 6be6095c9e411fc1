//! Fine Uploader's traditional protocol, and our one addition to it: a question what is held.
//!
//! | request | is |
//! | --- | --- |
//! | `POST /upload` | a file sent whole, or one chunk of it; multipart or raw |
//! | `POST /upload/done` | all chunks were sent. A chunked upload is finished by this and by nothing else, so the client has to be configured with it |
//! | `GET /upload/session` | the finished files that are still there: Fine Uploader's session list |
//! | `DELETE /upload/<uuid>` | forget it; also `POST` with `_method=DELETE` |
//! | `GET /upload/<uuid>` | ours: what is held (`open` with its durable chunks, `done`, or `unknown`) |
//!
//! Everything may be repeated: who repeats gets the first answer, and nothing is stored twice.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Extension, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::json;

use crate::access_log::{Note, Outcome};
use crate::body::Reader;
use crate::connection::Peer;
use crate::journal::UploadId;
use crate::payload::{self, Payload, PayloadError};
use crate::server::App;
use crate::store::{Held, Listed, Removal, StoreError};

mod answer;
mod params;
mod receive;

use answer::{Answer, Failure};
pub(crate) use params::Params;
use params::UploadRequest;

/// A session list tells no more files than this.
const MAX_LISTED: usize = 10_000;
/// Forms that carry no file are no longer than this, in bytes.
const MAX_FORM: usize = 64 * 1024;

/// The id in an address; an error when it is no text at all.
type Uuid = Result<Path<String>, PathRejection>;

/// The protocol's addresses.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/upload", post(upload).put(upload))
        .route("/upload/", post(upload).put(upload))
        // An upload may well be called "done" by its client.
        .route("/upload/done", post(done).put(done).get(survey_done).delete(remove_done))
        .route("/upload/session", get(session).delete(remove_session).post(remove_session_by_post))
        .route("/upload/{uuid}", get(survey).delete(remove).post(remove_by_post))
}

async fn upload(State(app): State<App>, Extension(note): Extension<Note>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = match is_form(&parts) {
        true => removal_form(&app, &note, body, None).await,
        false => take_in(&app, &note, &parts, body).await,
    };
    answer(&note, answered)
}

async fn take_in(app: &App, note: &Note, parts: &Parts, body: Body) -> Result<Answer, Failure> {
    let mut params = Params::from_query(parts.uri.query().unwrap_or_default());
    let (mut payload, file_name) = open_payload(app, parts, body, &mut params).await?;
    let mut request = params.upload_request(file_name.as_deref())?;
    request.meta.client = parts.extensions.get::<Peer>().map(Peer::client);
    write_down(note, &request);
    let answered = receive::receive(app.store(), request, &mut payload).await;
    note.line().received = payload.received();
    answered
}

/// Reads up to where the file's bytes begin.
async fn open_payload(
    app: &App,
    parts: &Parts,
    body: Body,
    params: &mut Params,
) -> Result<(Payload, Option<String>), Failure> {
    let reader = app.reader(body);
    let content_type = header_text(parts, header::CONTENT_TYPE);
    if !content_type.to_ascii_lowercase().starts_with("multipart/") {
        return Ok((Payload::raw(reader), None));
    }
    let boundary = payload::parameter(content_type, "boundary").filter(|boundary| !boundary.is_empty());
    let boundary = boundary.ok_or(PayloadError::Malformed("its boundary is missing"))?;
    let (fields, payload) = Payload::multipart(reader, &boundary).await?;
    params.extend(fields.values);
    match fields.has_file {
        true => Ok((payload, fields.file_name)),
        false => Err(PayloadError::Malformed("it holds no file").into()),
    }
}

fn write_down(note: &Note, request: &UploadRequest) {
    let mut line = note.line();
    line.uuid = Some(request.uuid.as_str().to_owned());
    line.resume = request.resume;
    line.index = request.chunk.map(|chunk| chunk.index);
    line.offset = request.chunk.map(|chunk| chunk.offset);
    line.length = request.chunk.map(|chunk| chunk.length);
}

async fn done(State(app): State<App>, Extension(note): Extension<Note>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let answered = finish(&app, &note, &parts, body).await;
    answer(&note, answered)
}

async fn finish(app: &App, note: &Note, parts: &Parts, body: Body) -> Result<Answer, Failure> {
    let mut params = Params::from_query(parts.uri.query().unwrap_or_default());
    params.merge(form(app.reader(body), header_text(parts, header::CONTENT_TYPE)).await?);
    let uuid = params.uuid()?;
    note.line().uuid = Some(uuid.as_str().to_owned());
    let delivered = app.store().finish(&uuid, params.meta(None)?).await?;
    let digest = delivered.digest.map(|digest| digest.to_hex());
    let body = json!({ "success": true, "location": delivered.location, "blake3": digest });
    Ok(Answer::ok(Outcome::Finished, body))
}

/// Whoever asks for an upload called "session" gets this list too: the original's client asks nothing else here.
async fn session(State(app): State<App>, Extension(note): Extension<Note>) -> Response {
    let listed = app.store().list(MAX_LISTED).await.map_err(Failure::from);
    answer(&note, listed.map(|listed| Answer::ok(Outcome::Info, listed.iter().map(session_item).collect())))
}

fn session_item(file: &Listed) -> serde_json::Value {
    json!({ "name": file.name, "uuid": file.uuid.as_str(), "size": file.size, "location": file.location })
}

async fn survey(State(app): State<App>, Extension(note): Extension<Note>, uuid: Uuid) -> Response {
    let uuid = uuid.map(|Path(uuid)| uuid).unwrap_or_default();
    note.line().uuid = UploadId::parse(&uuid).map(|_| uuid.clone());
    let answered = match UploadId::parse(&uuid) {
        Some(id) => app.store().survey(&id).await.map_err(Failure::from),
        None => Ok(Held::Unknown),
    };
    answer(&note, answered.map(|held| held_answer(&note, &uuid, held)))
}

async fn survey_done(app: State<App>, note: Extension<Note>) -> Response {
    survey(app, note, Ok(Path("done".to_owned()))).await
}

fn held_answer(note: &Note, uuid: &str, held: Held) -> Answer {
    let (status, body) = match held {
        Held::Unknown => (StatusCode::NOT_FOUND, json!({ "carryon": 1, "uuid": uuid, "state": "unknown" })),
        Held::Done { size, location, digest } => {
            let mut body = json!({ "carryon": 1, "uuid": uuid, "state": "done", "size": size, "location": location });
            if let Some(digest) = digest {
                body["blake3"] = digest.to_hex().into();
            }
            (StatusCode::OK, body)
        }
        Held::Open { size, chunks } => {
            note.line().held = Some(chunks.iter().map(|chunk| (chunk.offset, chunk.length)).collect());
            let chunk = |c: &crate::store::HeldChunk| json!({ "offset": c.offset, "length": c.length, "blake3": c.digest.to_hex() });
            let chunks: Vec<_> = chunks.iter().map(chunk).collect();
            (StatusCode::OK, json!({ "carryon": 1, "uuid": uuid, "state": "open", "size": size, "chunks": chunks }))
        }
    };
    Answer { status, body, outcome: Outcome::Survey }
}

async fn remove(State(app): State<App>, Extension(note): Extension<Note>, uuid: Uuid) -> Response {
    let answered = remove_upload(&app, &note, id_in(uuid)).await;
    answer(&note, answered)
}

async fn remove_done(app: State<App>, note: Extension<Note>) -> Response {
    remove(app, note, Ok(Path("done".to_owned()))).await
}

async fn remove_session(app: State<App>, note: Extension<Note>) -> Response {
    remove(app, note, Ok(Path("session".to_owned()))).await
}

async fn remove_session_by_post(app: State<App>, note: Extension<Note>, request: Request) -> Response {
    remove_by_post(app, note, Ok(Path("session".to_owned())), request).await
}

async fn remove_by_post(
    State(app): State<App>,
    Extension(note): Extension<Note>,
    uuid: Uuid,
    request: Request,
) -> Response {
    let answered = removal_form(&app, &note, request.into_body(), id_in(uuid)).await;
    answer(&note, answered)
}

fn id_in(uuid: Uuid) -> Option<UploadId> {
    UploadId::parse(&uuid.ok()?.0)
}

/// A form sent to the upload's address: only a removal is one.
async fn removal_form(app: &App, note: &Note, body: Body, uuid: Option<UploadId>) -> Result<Answer, Failure> {
    let params = form(app.reader(body), "").await?;
    if !params.get("_method").is_some_and(|method| method.eq_ignore_ascii_case("delete")) {
        return Err(Failure::Bad("this form holds no file".into()));
    }
    let uuid = uuid.map_or_else(|| params.uuid(), Ok)?;
    remove_upload(app, note, Some(uuid)).await
}

async fn remove_upload(app: &App, note: &Note, uuid: Option<UploadId>) -> Result<Answer, Failure> {
    note.line().uuid = uuid.as_ref().map(|uuid| uuid.as_str().to_owned());
    let removed = match uuid {
        Some(uuid) => app.store().remove(&uuid).await,
        None => Err(StoreError::Unknown),
    };
    let file = match removed {
        Ok(Removal::Dropped) => "unfinished",
        Ok(Removal::Deleted) => "deleted",
        Ok(Removal::Forgotten) => "kept",
        Err(StoreError::Unknown) => return Ok(Answer::not_found(&StoreError::Unknown)),
        Err(error) => return Err(error.into()),
    };
    Ok(Answer::ok(Outcome::Removed, json!({ "success": true, "file": file })))
}

/// Reads a short form, url-encoded or JSON.
async fn form(mut reader: Reader, content_type: &str) -> Result<Params, Failure> {
    if !reader.fill(MAX_FORM + 1).await? {
        return Err(Failure::Bad("the form is too long".into()));
    }
    let is_json = content_type.to_ascii_lowercase().starts_with("application/json");
    match is_json {
        true => Ok(Params::from_json(&reader.buffer)?),
        false => Ok(Params::from_query(&String::from_utf8_lossy(&reader.buffer))),
    }
}

/// A url-encoded form, unless the query names an upload: then the body is its bytes, whatever its type says.
fn is_form(parts: &Parts) -> bool {
    let named = parts.uri.query().is_some_and(|query| Params::from_query(query).get("qquuid").is_some());
    !named && header_text(parts, header::CONTENT_TYPE).starts_with("application/x-www-form-urlencoded")
}

fn header_text(parts: &Parts, name: header::HeaderName) -> &str {
    parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn answer(note: &Note, answered: Result<Answer, Failure>) -> Response {
    let _step = carryon_instruments::step("answer");
    let answer = answered.unwrap_or_else(Answer::from);
    note.ends(answer.outcome);
    answer.into_response()
}
