//! Headers of tus and of the IETF draft: whatever stands in them, names are harmless, and what was understood reads back.

use axum::http::HeaderMap;
use axum::http::Request;
use axum::http::header::{HeaderName, HeaderValue};

use super::names::require_harmless;
use super::target;
use crate::journal::Role;
use crate::{ietf, tus};

const TOKENS: &[&str] = &[
    "Upload-Length: ",
    "\nUpload-Defer-Length: 1",
    "\nUpload-Offset: ",
    "\nUpload-Metadata: ",
    "filename ",
    "relativePath ",
    "attempt ",
    "Li4vLi4veA==",
    "bnVsbA==",
    "NmYwMDdhMDEtNTJjNS00YjZiLTlkNGUtMGQ1YjlhM2YxYzc3",
    ",",
    "\nUpload-Concat: partial",
    "\nUpload-Concat: final;/files/a-1 /files/b-2",
    "http://h/files/",
    "\nUpload-Checksum: sha1 ",
    "blake3 ",
    "\nUpload-Complete: ?1",
    "\nContent-Length: ",
    "\nContent-Digest: sha-256=:",
    "\nRepr-Digest: blake3=:",
    ":",
    ";a=b",
    "\nContent-Disposition: inline; filename=\"",
    "; filename*=UTF-8''",
    "%2f",
    "%",
    "iso-8859-1''",
    "\nUpload-Relative-Path: ",
    "..",
    "999999999999999",
    "18446744073709551615",
];

/// A header a line.
fn read(input: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in input.split(|&byte| byte == b'\n') {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let name = HeaderName::from_bytes(&line[..colon]);
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(line[colon + 1..].trim_ascii())) {
            headers.append(name, value);
        }
    }
    headers
}

fn require_harmless_place(name: Option<&str>, folder: &str) {
    name.into_iter().for_each(require_harmless);
    folder.split('/').filter(|_| !folder.is_empty()).for_each(require_harmless);
}

fn law(input: &[u8]) {
    let headers = read(input);
    if let Ok(metadata) = tus::fields::metadata(&headers) {
        require_harmless_place(metadata.name.as_deref(), &metadata.folder);
        assert!(HeaderValue::from_str(&metadata.raw).is_ok(), "what came can be told again");
    }
    if let Ok(Role::Joined(parts)) = tus::fields::role(&headers) {
        let told = HeaderValue::from_str(&tus::fields::joined(&parts)).expect("it can be told");
        let again = HeaderMap::from_iter([(HeaderName::from_static("upload-concat"), told)]);
        assert_eq!(tus::fields::role(&again).ok(), Some(Role::Joined(parts)), "what is told reads back");
    }
    let _ = (tus::fields::length(&headers), tus::fields::length_now(&headers), tus::fields::offset(&headers));
    let _ = tus::fields::checksum(&headers);
    require_harmless_place(
        ietf::fields::file_name(&headers).as_deref(),
        &ietf::fields::folder(&headers).unwrap_or_default(),
    );
    let said = ietf::fields::integer(&headers, "upload-length");
    assert!(said.is_none_or(|number| number < 1_000_000_000_000_000), "no structured field has a larger integer");
    for (name, completes) in [("content-digest", true), ("repr-digest", false)] {
        let _ = ietf::fields::digests(&headers, name);
        let mut request = Request::new(());
        *request.headers_mut() = headers.clone();
        let _ = ietf::fields::length(&request.into_parts().0, u64::MAX, completes);
    }
}

#[test]
fn headers_of_uploads_that_grow_are_understood_or_refused() {
    target("fields", TOKENS).run(law);
}
