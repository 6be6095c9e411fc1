//! What comes back, turned into what happens next. One function judges chunks, one judges finishes.

use serde_json::Value;

use super::super::http::{Answer, quote};
use crate::{
    chunk::Digest,
    destination::{Finished, Held},
    error::{Error, ErrorKind, Result},
};

/// Judges the answer to a chunk or a plain upload: success needs a status of 200 to 204, a JSON object with a truthy
/// `success`, and no truthy `reset` (docs: *Server-side*, “Response”).
///
/// # Errors
/// The kind says what happens next; a JSON body is honoured whatever its status.
pub(super) fn judge_chunk(answer: &Answer) -> Result<Value> {
    let json = answer.json();
    if let Some(json) = &json {
        if truthy(&json["reset"]) {
            return Err(Error::new(ErrorKind::Reset, said(json, "The destination asks for all chunks again")));
        }
        if truthy(&json["success"]) && is_success(answer) {
            return Ok(json.clone());
        }
        if truthy(&json["preventRetry"]) {
            return Err(Error::new(ErrorKind::Rejected, said(json, "The destination refused the upload for good")));
        }
        if is_success(answer) {
            return Err(Error::new(ErrorKind::Transient, said(json, "The destination did not confirm the chunk")));
        }
    }
    Err(by_status(answer, json.as_ref()))
}

/// Judges the answer to a done request. The original looks at the status alone; here a body that says no is believed,
/// and a web page is nobody's yes.
///
/// # Errors
/// `Unknown` where the request may have been carried out: it is never repeated blindly.
pub(super) fn judge_finish(answer: &Answer) -> Result<Finished> {
    let json = answer.json();
    match &json {
        Some(json) if truthy(&json["reset"]) => {
            Err(Error::new(ErrorKind::Reset, said(json, "The destination asks for all chunks again")))
        }
        Some(json) if is_success(answer) && json.get("success").is_none_or(truthy) => Ok(finished_of(json)),
        Some(json) if is_success(answer) || truthy(&json["preventRetry"]) => {
            Err(Error::new(ErrorKind::Rejected, said(json, "The destination would not put the file together")))
        }
        None if is_success(answer) && !answer.is_html() => Ok(Finished::default()),
        None if answer.is_html() || answer.status.is_server_error() => {
            let text = format!("The destination answered {} to the finish, which says nothing", answer.status);
            Err(Error::new(ErrorKind::Unknown, text))
        }
        json => Err(by_status(answer, json.as_ref())),
    }
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
    Finished { location: json["location"].as_str().map(quote) }
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
