//! An answer of a protocol whose uploads grow from an offset: status, headers, and words for whoever reads them.

use std::time::{Duration, UNIX_EPOCH};

use axum::body::Body;
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::digests::to_base64;
use crate::access_log::Outcome;
use crate::body::BodyError;
use crate::journal::Digest;
use crate::store::{Delivered, Standing, StoreError, is_full};

/// What needs no escape in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// An answer on its way to be one.
#[derive(Debug)]
pub(crate) struct Reply {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Type and content.
    pub body: Option<(&'static str, Value)>,
    pub outcome: Outcome,
}

impl Reply {
    pub fn new(status: StatusCode, outcome: Outcome) -> Reply {
        Reply { status, headers: HeaderMap::new(), body: None, outcome }
    }

    /// With a header; one whose value cannot be written is left out.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Reply {
        if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
            self.headers.insert(HeaderName::from_static(name), value);
        }
        self
    }

    /// With what there is to say of an upload whatever the protocol: when it goes, or where it is.
    pub fn with_standing(self, standing: &Standing) -> Reply {
        let reply = match standing.expires {
            Some(expires) => self.with("upload-expires", http_date(expires)),
            None => self,
        };
        match &standing.delivered {
            Some(delivered) => reply.with_delivered(delivered),
            None => reply,
        }
    }

    /// With the digest of what came in the request: our own, for clients that want to know at once.
    pub fn with_received(self, received: Option<Digest>) -> Reply {
        match received {
            Some(digest) => self.with("upload-received-digest", field_of(digest)),
            None => self,
        }
    }

    /// The proof (RFC 9530), and the place: a relative reference to the finished file, from the folder the receiver receives into.
    fn with_delivered(self, delivered: &Delivered) -> Reply {
        let place = utf8_percent_encode(&delivered.location, PATH);
        let reply = self.with("content-location", place);
        match delivered.digest {
            Some(digest) => reply.with("repr-digest", field_of(digest)),
            None => reply,
        }
    }

    /// The answer; one to `HEAD` has no body.
    pub fn into_response(self, to_head: bool) -> Response<Body> {
        let body = self.body.filter(|_| !to_head);
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        if let Some((kind, value)) = body {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            *response.body_mut() = Body::from(value.to_string());
        }
        response
    }
}

/// A digest as a field has it (RFC 9530).
fn field_of(digest: Digest) -> String {
    format!("blake3=:{}:", to_base64(digest.0.as_bytes()))
}

fn http_date(milliseconds: u64) -> String {
    // The format has no room for years beyond 9999.
    const LAST: u64 = 253_402_300_799;
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs((milliseconds / 1000).min(LAST)))
}

/// What a failed body is answered with, where anybody still listens.
pub(crate) fn status_of_body(error: &BodyError) -> (StatusCode, Outcome) {
    match error {
        BodyError::Broken => (StatusCode::BAD_REQUEST, Outcome::Broken),
        BodyError::Stalled | BodyError::TooSlow => (StatusCode::REQUEST_TIMEOUT, Outcome::Broken),
        BodyError::Stopping => (StatusCode::SERVICE_UNAVAILABLE, Outcome::Error),
    }
}

/// What the store's refusals are answered with.
pub(crate) fn status_of(error: &StoreError) -> (StatusCode, Outcome) {
    use StatusCode as S;
    let status = match error {
        StoreError::Unknown => S::NOT_FOUND,
        StoreError::Offset(_) | StoreError::Conflict(_) | StoreError::Unfinished | StoreError::Missing(_) => {
            S::CONFLICT
        }
        StoreError::Finished | StoreError::Complete(_) | StoreError::Superseded => S::CONFLICT,
        StoreError::Busy(_) => S::LOCKED,
        StoreError::Length | StoreError::WrongLength { .. } | StoreError::WrongDigest => S::BAD_REQUEST,
        StoreError::TooLong(_) | StoreError::Limit(_) => S::PAYLOAD_TOO_LARGE,
        StoreError::TooMany => S::SERVICE_UNAVAILABLE,
        StoreError::TooManyOfOne => S::TOO_MANY_REQUESTS,
        StoreError::NoRoom => S::INSUFFICIENT_STORAGE,
        StoreError::Io(error) if is_full(error) => return (S::INSUFFICIENT_STORAGE, Outcome::Error),
        StoreError::Io(_) => return (S::INTERNAL_SERVER_ERROR, Outcome::Error),
    };
    (status, Outcome::Refused)
}
