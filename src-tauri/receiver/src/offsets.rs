//! What tus and the IETF draft have in common: uploads that grow from an offset.
//!
//! A body is taken in while it comes (`intake`), checked by the digests its client gave (`digests`), and what became of it is
//! told in the protocol's own words, on the same scale of statuses (`reply`). What is cut off counts up to its last byte, unless a
//! digest of all that was to come was given: then it is all or nothing.

use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::access_log::Note;
use crate::body::{BodyError, Reader};
use crate::journal::{Digest, UploadId};
use crate::server::App;
use crate::store::{Growth, Standing, StoreError, blocking};

pub(crate) mod digests;
mod intake;
mod reply;

use digests::{Algorithm, Claimed, Digester};
use intake::{Stop, Taken};
pub(crate) use reply::{Reply, status_of, status_of_body};

/// Bytes to be added to an upload.
pub(crate) struct Append {
    pub uuid: UploadId,
    /// Where the client says that they begin.
    pub offset: u64,
    /// Bytes in the whole upload, where the client says so now.
    pub size: Option<u64>,
    /// Bytes in the body, where its head says so.
    pub length: Option<u64>,
    /// Digests of what comes now.
    pub content: Vec<Claimed>,
    /// Digests of the whole upload.
    pub whole: Vec<Claimed>,
    pub finish: Finish,
}

/// When an upload is complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// When as many bytes are here as it is to have.
    AtLength,
    /// When these have come.
    Now,
    /// Not now.
    Later,
}

/// Why not all was taken, or nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refused {
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The body did not come to its end; so much is held now.
    #[error("{0}")]
    Body(BodyError, Option<u64>),
    /// Something else came in between; so much is held now.
    #[error("{0}")]
    Cut(StoreError, Option<u64>),
    /// The bytes that came are not those that were meant. Nothing of them counts.
    #[error("the bytes that came do not have the digest that was given")]
    WrongContent,
    /// All bytes are here and are not those that were meant.
    #[error("the whole upload does not have the digest that was given")]
    WrongWhole,
}

/// What became of a body that was taken to its end.
pub(crate) struct Appended {
    pub standing: Standing,
    /// Of the bytes that came.
    pub received: Option<Digest>,
}

/// Takes in a body, and says how the upload stands then.
pub(crate) async fn append(app: &App, note: &Note, append: Append, reader: Reader) -> Result<Appended, Refused> {
    let Append { uuid, offset, size, length, content, whole, finish } = append;
    let mut growth = app.store().grow(&uuid, offset, size).await?;
    growth.check_length(length.unwrap_or_default())?;
    if !content.is_empty() {
        growth.all_or_nothing();
    }
    // From the first byte on the digest of all that came is known anyway.
    let received = if offset == 0 { None } else { Some(Digester::new(Algorithm::Blake3)) };
    let digesters = digests::digesters(&content).into_iter().chain(received).collect();
    let taken = intake::take_in(reader, growth, digesters).await?;
    note.line().received = taken.received;
    let Taken { growth, mut digesters, stop, .. } = taken;
    let received = if offset == 0 { growth.digest() } else { digesters.pop().and_then(Digester::into_blake3) };
    match stop {
        Some(stop) => Err(stopped(growth, stop, content.is_empty()).await),
        None if !digests::fit(digesters, &content) => {
            blocking(move || growth.discard()).await?;
            Err(Refused::WrongContent)
        }
        None => {
            let standing = close(growth, whole, finish).await?;
            Ok(Appended { standing, received })
        }
    }
}

/// What came before the end counts, where a part of it may.
async fn stopped(growth: Growth, stop: Stop, counts: bool) -> Refused {
    let overlong = matches!(stop, Stop::Store(StoreError::TooLong(_)));
    let held = blocking(move || match counts && !overlong {
        true => growth.keep().map(|standing| Some(standing.offset)),
        false => growth.discard().map(|()| None),
    });
    match (held.await, stop) {
        (Ok(held), Stop::Body(error)) => Refused::Body(error, held),
        (Ok(held), Stop::Store(error)) => Refused::Cut(error, held),
        (Err(_), Stop::Store(error)) | (Err(error), Stop::Body(_)) => error.into(),
    }
}

async fn close(growth: Growth, whole: Vec<Claimed>, finish: Finish) -> Result<Standing, Refused> {
    let is_whole = match finish {
        Finish::AtLength => growth.size() == Some(growth.offset()),
        Finish::Now => true,
        Finish::Later => false,
    };
    if !is_whole {
        return Ok(blocking(move || growth.keep()).await?);
    }
    if growth.size().is_some_and(|size| size != growth.offset()) {
        blocking(move || growth.keep()).await?;
        return Err(StoreError::Length.into());
    }
    let closed = blocking(move || match fits_whole(&growth, &whole)? {
        true => growth.finish().map(Some),
        false => growth.keep().map(|_| None),
    });
    closed.await?.ok_or(Refused::WrongWhole)
}

fn fits_whole(growth: &Growth, whole: &[Claimed]) -> Result<bool, StoreError> {
    if whole.is_empty() {
        return Ok(true);
    }
    let mut digesters = digests::digesters(whole);
    growth.read_all(|block| digesters.iter_mut().for_each(|digester| digester.update(block)))?;
    Ok(digests::fit(digesters, whole))
}

/// Writes down what a question is answered.
pub(crate) fn note_survey(note: &Note, standing: &Standing) {
    note.line().held = Some(if standing.offset == 0 { Vec::new() } else { vec![(0, standing.offset)] });
}

/// The text of a header that stands there once; `None` for one that is missing, and for what no text is.
pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim)
}

/// A whole number without a sign; `Some(None)` for anything else.
pub(crate) fn number(headers: &HeaderMap, name: &str) -> Option<Option<u64>> {
    let value = headers.get(name)?;
    let digits = value.to_str().ok().map(str::trim).filter(|text| text.bytes().all(|b| b.is_ascii_digit()));
    Some(digits.and_then(|text| text.parse().ok()))
}

/// Bytes that the body is said to have; `None` where it comes in pieces.
pub(crate) fn body_length(parts: &Parts) -> Option<u64> {
    match parts.headers.contains_key("transfer-encoding") {
        true => None,
        false => Some(number(&parts.headers, "content-length").flatten().unwrap_or_default()),
    }
}

/// An attempt's id: a UUID as it is usually written. Anything else under that name is somebody else's business.
pub(crate) fn attempt(text: &str) -> Option<UploadId> {
    let is_uuid = text.len() == 36 && uuid::Uuid::try_parse(text).is_ok();
    is_uuid.then(|| UploadId::parse(&text.to_ascii_lowercase())).flatten()
}
