//! Bodies and parameters: a form reads the same however it is cut, and numbers fit together or are refused.

use std::time::Duration;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use tokio_util::sync::CancellationToken;

use super::{head_and_rest, names::require_harmless, target};
use crate::body::{Pace, Reader};
use crate::fine_uploader::Params;
use crate::payload::{self, Payload, PayloadError};

const FORM: &[&str] = &[
    "--XX",
    "--XX--",
    "\r\n",
    "\r\n--XX",
    "Content-Disposition: form-data; name=\"qqfile\"; filename=\"f\"\r\n\r\n",
    "name=\"",
    "filename=",
    "\\\"",
    "%22",
    ";",
    "Content-Type: text/plain",
    "boundary=",
    "\r\n\r\n",
    "multipart/form-data",
    "--",
];
const QUERY: &[&str] = &[
    "qquuid=",
    "&qqfilename=",
    "&qqtotalfilesize=",
    "&qqpartindex=",
    "&qqpartbyteoffset=",
    "&qqchunksize=",
    "&qqtotalparts=",
    "&qqpath=",
    "..%2f",
    "&qqblake3=",
    "&qqresume=true",
    "%00",
    "\"qquuid\":",
    "{",
    "}",
    "null",
    "true",
    "&",
];

/// A body that arrives in pieces of `step` bytes.
fn reader(body: &[u8], step: usize) -> Reader {
    let pieces: Vec<Result<Bytes, std::io::Error>> =
        body.chunks(step).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let pace = Pace { stall: Duration::from_secs(5), min_rate: 0, window: Duration::from_secs(60) };
    Reader::new(Body::from_stream(stream::iter(pieces)), pace, CancellationToken::new())
}

type Read = Result<(Vec<(String, String)>, Option<String>, Vec<u8>), PayloadError>;

async fn read(boundary: &str, body: &[u8], step: usize) -> Read {
    let (fields, mut payload) = Payload::multipart(reader(body, step), boundary).await?;
    let mut file = Vec::new();
    while let Some(block) = payload.next_block().await? {
        file.extend_from_slice(&block);
    }
    assert_eq!(payload.received(), file.len() as u64, "every byte of the file counts once");
    Ok((fields.values, fields.file_name, file))
}

/// The first line is a content type, the rest the body. How the body is cut on its way changes nothing.
async fn form(input: &[u8]) {
    let (head, body) = head_and_rest(input);
    let Some(boundary) = payload::parameter(&String::from_utf8_lossy(head), "boundary") else { return };
    let whole = read(&boundary, body, usize::MAX).await;
    for step in [1, 7, 1000] {
        if step > 1 || body.len() < 4096 {
            let cut = read(&boundary, body, step).await;
            assert_eq!(cut.is_ok(), whole.is_ok(), "in steps of {step}");
            assert!(cut.is_err() || cut == whole, "in steps of {step}");
        }
    }
    if let Ok((_, _, file)) = &whole {
        assert!(file.len() <= body.len(), "a file is never longer than its form");
    }
}

/// A query, or a form in JSON: what is taken for a chunk lies inside its file, and every name is harmless.
fn parameters(input: &[u8]) {
    let from_query = Params::from_query(&String::from_utf8_lossy(input));
    for params in [Some(from_query), Params::from_json(input).ok()].into_iter().flatten() {
        let Ok(request) = params.upload_request(None) else { continue };
        let uuid = request.uuid.as_str();
        assert!(uuid.len() <= 64 && uuid.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{uuid}");
        request.meta.name.as_deref().into_iter().for_each(require_harmless);
        let folder = request.meta.folder.unwrap_or_default();
        folder.split('/').filter(|part| !part.is_empty()).for_each(require_harmless);
        if let Some(chunk) = request.chunk {
            let end = chunk.offset.checked_add(chunk.length).expect("a chunk has an end");
            assert!(chunk.length > 0 && request.meta.size.is_some_and(|size| end <= size), "{chunk:?}");
        }
    }
}

#[test]
fn a_form_reads_the_same_however_it_is_cut() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    target("forms", FORM).run(|input| runtime.block_on(form(input)));
}

#[test]
fn parameters_fit_together_or_are_refused() {
    target("parameters", QUERY).run(parameters);
}
