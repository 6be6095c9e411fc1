//! The protocol's headers: structured fields (RFC 9651) as far as they are used, digests (RFC 9530), and a file's name. Pure.

use axum::http::HeaderMap;
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use super::MAX_INTEGER;
use super::refusal::Refusal;
use crate::names;
use crate::offsets::digests::{Algorithm, Claimed, from_base64};
use crate::offsets::{body_length, text};
use crate::payload::parameter;

/// The item of a field, without its parameters.
fn item<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let text = text(headers, name)?;
    Some(text.split(';').next().unwrap_or_default().trim())
}

/// A non-negative integer; other values are as if they were not there.
pub(crate) fn integer(headers: &HeaderMap, name: &str) -> Option<u64> {
    let digits = item(headers, name)?;
    let is_plain = !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|number| is_plain && *number <= MAX_INTEGER)
}

/// `Upload-Complete`; other values than booleans are as if they were not there.
pub(crate) fn complete(headers: &HeaderMap) -> Option<bool> {
    match item(headers, "upload-complete")? {
        "?1" => Some(true),
        "?0" => Some(false),
        _ => None,
    }
}

/// The length of the whole that a request tells which brings bytes at `offset`: said, or shown by its body's.
pub(crate) fn length(parts: &Parts, offset: u64, completes: bool) -> Result<Option<u64>, Refusal> {
    let said = integer(&parts.headers, "upload-length");
    let shown = body_length(parts).filter(|_| completes).and_then(|length| offset.checked_add(length));
    match (said, shown) {
        (Some(said), Some(shown)) if said != shown => Err(Refusal::Length),
        _ => Ok(said.or(shown)),
    }
}

/// `Content-Digest` or `Repr-Digest`: those of its digests that are known here.
pub(crate) fn digests(headers: &HeaderMap, name: &str) -> Result<Vec<Claimed>, Refusal> {
    let mut claimed = Vec::new();
    for value in headers.get_all(name) {
        let value = value.to_str().map_err(|_| UNCLEAR)?;
        claimed.extend(digests_in(value)?);
    }
    Ok(claimed)
}

const UNCLEAR: Refusal = Refusal::Bad("a digest cannot be read");

/// The same from the header's text.
pub(crate) fn digests_in(value: &str) -> Result<Vec<Claimed>, Refusal> {
    let members = value.split(',').map(str::trim).filter(|member| !member.is_empty());
    let claimed = members.map(|member| {
        let (key, value) = member.split_once('=').ok_or(UNCLEAR)?;
        let bytes = value.split(';').next().unwrap_or_default().trim();
        let bytes = bytes.strip_prefix(':').and_then(|bytes| bytes.strip_suffix(':')).ok_or(UNCLEAR)?;
        let value = from_base64(bytes).ok_or(UNCLEAR)?;
        Ok(algorithm(key.trim()).map(|algorithm| Claimed { algorithm, value }))
    });
    claimed.filter_map(Result::transpose).collect()
}

fn algorithm(key: &str) -> Option<Algorithm> {
    match key {
        "sha-256" => Some(Algorithm::Sha256),
        "sha-512" => Some(Algorithm::Sha512),
        "blake3" => Some(Algorithm::Blake3),
        _ => None,
    }
}

/// The file's name from `Content-Disposition` (RFC 6266); `filename*` goes before `filename`.
pub(crate) fn file_name(headers: &HeaderMap) -> Option<String> {
    let raw = headers.get("content-disposition")?;
    let disposition = String::from_utf8_lossy(raw.as_bytes());
    let extended = parameter(&disposition, "filename*").and_then(|value| extended(&value));
    let name = extended.or_else(|| parameter(&disposition, "filename")).filter(|name| !name.is_empty());
    name.map(|name| names::file_name(&name))
}

/// The folders of `Upload-Relative-Path`, our own: their names percent-encoded, with `/` between them.
pub(crate) fn folder(headers: &HeaderMap) -> Result<String, Refusal> {
    let encoded = text(headers, "upload-relative-path").unwrap_or_default();
    let path = percent_decode_str(encoded).decode_utf8_lossy();
    names::folder(&path).ok_or(Refusal::Bad("Upload-Relative-Path has too many folders"))
}

/// `UTF-8''a%20name` (RFC 8187).
fn extended(value: &str) -> Option<String> {
    let (charset, rest) = value.split_once('\'')?;
    let (_, name) = rest.split_once('\'')?;
    let bytes = percent_decode_str(name);
    match charset.to_ascii_lowercase().as_str() {
        "utf-8" => Some(bytes.decode_utf8_lossy().into_owned()),
        "iso-8859-1" => Some(bytes.map(char::from).collect()),
        _ => None,
    }
}
