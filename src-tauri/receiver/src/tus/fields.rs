//! The protocol's headers, read and checked. Pure.

use axum::http::HeaderMap;

use super::refusal::Refusal;
use crate::journal::{Role, UploadId};
use crate::names;
use crate::offsets::digests::{Algorithm, Claimed, from_base64};
use crate::offsets::{attempt, number, text};

/// What `Upload-Checksum` may name.
pub(crate) const ALGORITHMS: &str = "sha1,sha256,crc32c,blake3";
/// Metadata longer than this are refused, since all of it is kept; bytes.
const MAX_METADATA: usize = 16 * 1024;
/// A file is made of no more parts than this.
const MAX_PARTS: usize = 10_000;

/// What the metadata say, made harmless.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Metadata {
    /// As they came, to be told again.
    pub raw: String,
    pub name: Option<String>,
    pub folder: String,
    pub attempt: Option<UploadId>,
}

/// `Upload-Metadata`: pairs of a key and its value in base64.
pub(crate) fn metadata(headers: &HeaderMap) -> Result<Metadata, Refusal> {
    let raw = match headers.get("upload-metadata").map(|value| value.to_str()) {
        None => return Ok(Metadata::default()),
        Some(raw) => raw.map_err(|_| Refusal::Bad("Upload-Metadata is no plain text"))?.trim(),
    };
    if raw.len() > MAX_METADATA {
        return Err(Refusal::Bad("Upload-Metadata is too long"));
    }
    let pairs = raw.split(',').map(str::trim).filter(|pair| !pair.is_empty()).map(pair);
    let pairs = pairs.collect::<Option<Vec<_>>>().ok_or(Refusal::Bad("Upload-Metadata cannot be read"))?;
    let value = |key: &str| pairs.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str()).filter(|v| !v.is_empty());
    let (name, attempt) = (value("filename").or(value("name")), value("attempt").and_then(attempt));
    let (name, folder) = match (name, value("relativePath").unwrap_or_default()) {
        (Some(name), path) if attempt.is_some() => (Some(name), path),
        // Uppy's word for none.
        (name, "null") => (name, ""),
        (name, path) => place(name, path),
    };
    let folder = names::folder(folder).ok_or(Refusal::Bad("relativePath has too many folders"))?;
    Ok(Metadata { raw: raw.to_owned(), name: name.map(names::file_name), folder, attempt })
}

fn pair(text: &str) -> Option<(&str, String)> {
    let (key, value) = text.split_once(' ').unwrap_or((text, ""));
    Some((key, String::from_utf8_lossy(&from_base64(value.trim())?).into_owned()))
}

/// A relative path is of folders alone, or ends with the file's name, as Uppy writes it.
fn place<'a>(name: Option<&'a str>, path: &'a str) -> (Option<&'a str>, &'a str) {
    let (above, last) = path.rsplit_once(['/', '\\']).unwrap_or(("", path));
    match name {
        Some(name) if name == last => (Some(name), above),
        Some(name) => (Some(name), path),
        None => (Some(last).filter(|last| !last.is_empty()), above),
    }
}

/// `Upload-Length`, or `None` where `Upload-Defer-Length` says that it comes later.
pub(crate) fn length(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    match (number(headers, "upload-length"), text(headers, "upload-defer-length")) {
        (Some(Some(length)), None) => Ok(Some(length)),
        (None, Some("1")) => Ok(None),
        (Some(_), Some(_)) => Err(Refusal::Bad("Upload-Length and Upload-Defer-Length cannot both be there")),
        (Some(None), None) => Err(Refusal::Bad("Upload-Length is no whole number")),
        (None, Some(_)) => Err(Refusal::Bad("Upload-Defer-Length can only be 1")),
        (None, None) => Err(Refusal::Bad("Upload-Length or Upload-Defer-Length is missing")),
    }
}

/// `Upload-Length` in a request that brings bytes.
pub(crate) fn length_now(headers: &HeaderMap) -> Result<Option<u64>, Refusal> {
    number(headers, "upload-length")
        .map(|length| length.ok_or(Refusal::Bad("Upload-Length is no whole number")))
        .transpose()
}

/// `Upload-Offset`.
pub(crate) fn offset(headers: &HeaderMap) -> Result<u64, Refusal> {
    number(headers, "upload-offset").flatten().ok_or(Refusal::Bad("Upload-Offset is missing or no whole number"))
}

/// `Upload-Concat`.
pub(crate) fn role(headers: &HeaderMap) -> Result<Role, Refusal> {
    const UNCLEAR: Refusal = Refusal::Bad("Upload-Concat cannot be understood");
    let Some(value) = headers.get("upload-concat") else { return Ok(Role::File) };
    let value = value.to_str().map_err(|_| UNCLEAR)?.trim();
    if value == "partial" {
        return Ok(Role::Part);
    }
    let parts = value.strip_prefix("final;").ok_or(UNCLEAR)?.split_ascii_whitespace();
    let parts = parts.map(part).collect::<Option<Vec<_>>>().ok_or(UNCLEAR)?;
    match parts.len() {
        0 => Err(UNCLEAR),
        1..=MAX_PARTS => Ok(Role::Joined(parts)),
        _ => Err(Refusal::Bad("Upload-Concat names too many parts")),
    }
}

/// The upload that a URL names, absolute or not.
fn part(url: &str) -> Option<UploadId> {
    let (folder, id) = url.trim_end_matches('/').rsplit_once('/')?;
    UploadId::parse(id).filter(|_| folder.ends_with("/files"))
}

/// What [`role`] reads.
pub(crate) fn joined(parts: &[UploadId]) -> String {
    let urls: Vec<_> = parts.iter().map(super::location).collect();
    format!("final;{}", urls.join(" "))
}

/// `Upload-Checksum`: an algorithm and a digest in base64.
pub(crate) fn checksum(headers: &HeaderMap) -> Result<Option<Claimed>, Refusal> {
    const UNCLEAR: Refusal = Refusal::Bad("Upload-Checksum cannot be read");
    let Some(value) = headers.get("upload-checksum") else { return Ok(None) };
    let (name, value) = value.to_str().ok().and_then(|text| text.trim().split_once(' ')).ok_or(UNCLEAR)?;
    let algorithm = match name {
        "sha1" => Algorithm::Sha1,
        "sha256" => Algorithm::Sha256,
        "crc32c" => Algorithm::Crc32c,
        "blake3" => Algorithm::Blake3,
        _ => return Err(Refusal::Bad("the algorithm of Upload-Checksum is not known here")),
    };
    Ok(Some(Claimed { algorithm, value: from_base64(value.trim()).ok_or(UNCLEAR)? }))
}

/// `Content-Type` of bytes that are to be added.
pub(crate) fn is_of_right_type(headers: &HeaderMap) -> bool {
    let kind = text(headers, "content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    kind.eq_ignore_ascii_case("application/offset+octet-stream")
}
