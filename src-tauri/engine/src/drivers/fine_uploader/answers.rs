//! What comes back, turned into what happens next. One function judges chunks, one judges finishes.

use serde_json::Value;

use super::{
    super::http::{Answer, quote},
    settings::{DeleteMethod, FineUploaderSettings},
};
use crate::{
    chunk::Digest,
    destination::{Finished, Held},
    error::{Error, ErrorKind, Result},
};

/// Judges the answer to a chunk or a plain upload: success needs a status of 200 to 204, a JSON object with a truthy
/// `success`, and no truthy `reset` (docs: *Server-side*, “Response”). Where no JSON is required, a yes need not be said;
/// a no that is said still counts, and a web page is nobody's yes.
///
/// # Errors
/// The kind says what happens next; a JSON body is honoured whatever its status.
pub(super) fn judge_chunk(answer: &Answer, settings: &FineUploaderSettings) -> Result<Value> {
    let json = answer.json();
    if let Some(json) = &json {
        if truthy(&json["reset"]) {
            return Err(asked_again(json));
        }
        if says_yes(json, settings) && is_success(answer) {
            return Ok(json.clone());
        }
        if forbids_retry(json, settings) {
            return Err(Error::new(ErrorKind::Rejected, said(json, "The destination refused the upload for good")));
        }
        if is_success(answer) {
            return Err(Error::new(ErrorKind::Transient, said(json, "The destination did not confirm the chunk")));
        }
    } else if !settings.require_success_json && is_success(answer) && !answer.is_html() {
        return Ok(Value::Null);
    }
    Err(by_status(answer, json.as_ref()))
}

fn says_yes(json: &Value, settings: &FineUploaderSettings) -> bool {
    match json.get("success") {
        Some(success) => truthy(success),
        None => !settings.require_success_json,
    }
}

/// Judges the answer to a done request. The original looks at the status alone; here a body that says no is believed,
/// and a web page is nobody's yes.
///
/// # Errors
/// `Unknown` where the request may have been carried out: it is never repeated blindly.
pub(super) fn judge_finish(answer: &Answer, settings: &FineUploaderSettings) -> Result<Finished> {
    let json = answer.json();
    if settings.done.reset_on_status.contains(&answer.status.as_u16()) {
        return Err(asked_again(&json.unwrap_or_default()));
    }
    match &json {
        Some(json) if truthy(&json["reset"]) => Err(asked_again(json)),
        Some(json) if is_success(answer) && json.get("success").is_none_or(truthy) => Ok(finished_of(json)),
        Some(json) if is_success(answer) || forbids_retry(json, settings) => {
            Err(Error::new(ErrorKind::Rejected, said(json, "The destination would not put the file together")))
        }
        None if is_success(answer) && !answer.is_html() => Ok(Finished::default()),
        // A yes of no known kind may still have put the file together.
        json if answer.status.is_success() || says_nothing(answer, json.as_ref()) => {
            let text = format!("The destination answered {} to the finish, which says nothing", answer.status);
            Err(Error::new(ErrorKind::Unknown, text))
        }
        json => Err(by_status(answer, json.as_ref())),
    }
}

/// What web frameworks and gateways put beside an `error` of their own; Fine Uploader's servers do not.
const FRAMEWORKS: [&str; 8] = ["status", "statusCode", "timestamp", "path", "title", "type", "traceId", "requestId"];

/// Whether an answer to a done request leaves open what became of it. A server's own word that it failed is `success: false`
/// or an `error` in the protocol's form; frameworks and proxies put errors of their own into JSON too.
fn says_nothing(answer: &Answer, json: Option<&Value>) -> bool {
    let foreign = |json: &Value| FRAMEWORKS.iter().any(|key| json.get(key).is_some());
    let own_word = json.is_some_and(|json| json["success"] == false || (json["error"].is_string() && !foreign(json)));
    let status = answer.status.as_u16();
    let vague = (500..=599).contains(&status) && !matches!(status, 503 | 507);
    let elsewhere = (300..=399).contains(&status) && !matches!(status, 301 | 308);
    // A gateway's page with one of these says that the request was not let through.
    let refused = matches!(status, 401 | 403 | 413 | 429);
    !own_word && (vague || elsewhere || (answer.is_html() && !refused))
}

/// Judges the answer to a request to delete: 200, 202 and 204 confirm it, to a form also what lies between.
///
/// # Errors
/// `Rejected` where the destination has no such request: then its own expiry does it.
pub(super) fn judge_delete(answer: &Answer, method: DeleteMethod) -> Result<()> {
    match (answer.status.as_u16(), method) {
        (200 | 202 | 204, _) | (201 | 203, DeleteMethod::Post) if !answer.is_html() => Ok(()),
        (404 | 405 | 410 | 501, _) => {
            let text = format!("The destination answered {} to the request to forget the upload", answer.status);
            Err(Error::new(ErrorKind::Rejected, text))
        }
        _ => Err(by_status(answer, answer.json().as_ref())),
    }
}

/// Judges the answer to the question for finished files: 200 and a list, nothing else.
///
/// # Errors
/// By the status; `Transient` where no list came.
pub(super) fn judge_session(answer: &Answer) -> Result<Vec<Value>> {
    match answer.list() {
        Some(list) if answer.status.as_u16() == 200 => Ok(list),
        _ => Err(by_status(answer, answer.json().as_ref())),
    }
}

/// The id that the server wants the upload to bear from here on.
///
/// # Errors
/// `Rejected` for an id that could not be stored or asked about.
pub(super) fn new_uuid(json: &Value) -> Result<Option<String>> {
    const LONGEST: usize = 256;
    let Some(uuid) = json["newUuid"].as_str().filter(|uuid| !uuid.is_empty()) else { return Ok(None) };
    if uuid.len() > LONGEST || uuid.contains(char::is_control) || matches!(uuid, "." | "..") {
        return Err(Error::new(ErrorKind::Rejected, "The destination gave the upload an id that cannot be used"));
    }
    Ok(Some(uuid.to_owned()))
}

fn forbids_retry(json: &Value, settings: &FineUploaderSettings) -> bool {
    json.get(&settings.prevent_retry_property).is_some_and(truthy)
}

fn asked_again(json: &Value) -> Error {
    Error::new(ErrorKind::Reset, said(json, "The destination asks for all chunks again"))
}

fn by_status(answer: &Answer, json: Option<&Value>) -> Error {
    let status = answer.status;
    let text = |plain: &str| match json.and_then(|json| json["error"].as_str()) {
        Some(words) => format!("{plain}: {}", quote(words)),
        None => format!("{plain} ({status})"),
    };
    match status.as_u16() {
        401 | 403 => Error::new(ErrorKind::Unauthorized, text("The destination does not accept who is asking")),
        // Another request for the same chunk may have been first: what counts is what the destination holds now.
        409 => Error::new(ErrorKind::Unknown, text("The destination is at odds with this request")),
        408 | 423 | 425 => Error::new(ErrorKind::Transient, text("The destination asks to try again")),
        429 | 503 => Error::new(ErrorKind::Busy(answer.retry_after()), text("The destination is busy")),
        413 => Error::new(ErrorKind::TooLarge, text("The chunk is too large for the destination")),
        507 => Error::new(ErrorKind::QuotaFull, text("The destination has no room")),
        511 => Error::new(ErrorKind::CaptivePortal, text("The network wants a sign-in first")),
        404 | 405 | 410 | 501 => Error::new(ErrorKind::Rejected, text("Nothing accepts uploads at this address"))
            .next_step("Check the destination's address, then resume."),
        502 | 504 => Error::new(ErrorKind::Unknown, text("Something before the destination lost the answer")),
        500..=599 => Error::new(ErrorKind::Transient, text("The destination has an error of its own")),
        301 | 308 => moved(answer),
        300..=399 => Error::new(ErrorKind::CaptivePortal, text("The network leads elsewhere, perhaps to a sign-in")),
        400..=499 => Error::new(ErrorKind::Rejected, text("The destination refused the upload")),
        _ if answer.is_html() => {
            Error::new(ErrorKind::CaptivePortal, "A web page answered in the destination's place, perhaps a sign-in")
        }
        _ => {
            Error::new(ErrorKind::Transient, "The destination answered something that is not Fine Uploader's protocol")
                .next_step("Check the destination's address, then resume.")
        }
    }
}

fn moved(answer: &Answer) -> Error {
    let to = answer.location().unwrap_or_else(|| "another address".into());
    Error::new(ErrorKind::Rejected, format!("The destination has moved to {to}"))
        .next_step("Set the destination to that address, then resume.")
}

/// The file's place, where the server names it.
pub(super) fn finished_of(json: &Value) -> Finished {
    Finished { location: json["location"].as_str().map(quote), digest: digest_of(json), handle: None }
}

/// The BLAKE3 of what arrived, where the server names it.
pub(super) fn digest_of(json: &Value) -> Option<Digest> {
    parse_digest(&json["blake3"])
}

/// The chunks in a status answer; what cannot be read is not held.
pub(super) fn held_of(status: &Value) -> Vec<Held> {
    let chunks = status["chunks"].as_array().map(Vec::as_slice).unwrap_or_default();
    let read = |chunk: &Value| {
        let (offset, length) = (chunk["offset"].as_u64()?, chunk["length"].as_u64()?);
        Some(Held { offset, length, digest: parse_digest(&chunk["blake3"]) })
    };
    chunks.iter().filter_map(read).collect()
}

fn parse_digest(value: &Value) -> Option<Digest> {
    blake3::Hash::from_hex(value.as_str()?).ok().map(|hash| *hash.as_bytes())
}

fn is_success(answer: &Answer) -> bool {
    (200..=204).contains(&answer.status.as_u16())
}

/// Truthy as JavaScript has it: the original judges so.
fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

fn said(json: &Value, plain: &str) -> String {
    match json["error"].as_str() {
        Some(words) => format!("{plain}: {}", quote(words)),
        None => plain.to_owned(),
    }
}
