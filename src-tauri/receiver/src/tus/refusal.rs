//! Why a request is not done, and how the client is told.

use axum::http::StatusCode;
use serde_json::json;

use super::VERSION;
use crate::access_log::Outcome;
use crate::journal::UploadId;
use crate::offsets::{Refused, Reply, status_of, status_of_body};
use crate::store::StoreError;

/// Why a request is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this version of tus is not spoken here")]
    Version,
    #[error("not with this method")]
    Method,
    #[error("the content type must be application/offset+octet-stream")]
    Type,
    /// A header is missing or cannot be understood.
    #[error("{0}")]
    Bad(&'static str),
    /// Nothing can be added to what was put together.
    #[error("nothing can be added to an upload that is made of others")]
    Joined,
    #[error(transparent)]
    Refused(Refused),
    /// The upload was begun, and its first bytes were refused.
    #[error("{0}")]
    Begun(Box<Refusal>, UploadId),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::Refused(error.into())
    }
}

impl Refusal {
    fn rank(&self) -> (StatusCode, Outcome) {
        let status = match self {
            Refusal::Version => StatusCode::PRECONDITION_FAILED,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Type => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Bad(_) => StatusCode::BAD_REQUEST,
            Refusal::Joined => StatusCode::FORBIDDEN,
            Refusal::Refused(Refused::WrongContent | Refused::WrongWhole) => mismatch(),
            Refusal::Refused(Refused::Body(error, _)) => return status_of_body(error),
            Refusal::Refused(Refused::Store(error) | Refused::Cut(error, _)) => return status_of(error),
            Refusal::Begun(refusal, _) => return refusal.rank(),
        };
        (status, Outcome::Refused)
    }

    /// How much is held, where that is known.
    fn offset(&self) -> Option<u64> {
        match self {
            Refusal::Refused(Refused::Store(StoreError::Offset(held))) => Some(*held),
            Refusal::Refused(Refused::Store(StoreError::Complete(standing))) => Some(standing.offset),
            Refusal::Refused(Refused::Body(_, held) | Refused::Cut(_, held)) => *held,
            Refusal::Begun(refusal, _) => refusal.offset(),
            _ => None,
        }
    }
}

/// The protocol's own status: 460 Checksum Mismatch.
fn mismatch() -> StatusCode {
    StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST)
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Reply {
        let (status, outcome) = refusal.rank();
        let mut reply = Reply::new(status, outcome);
        reply.body = Some(("application/json", json!({ "error": refusal.to_string() })));
        if let Some(offset) = refusal.offset() {
            reply = reply.with("upload-offset", offset);
        }
        match refusal {
            Refusal::Version => reply.with("tus-version", VERSION),
            Refusal::Method => reply.with("allow", "OPTIONS, POST, HEAD, PATCH, DELETE"),
            Refusal::Begun(_, id) => reply.with("location", super::location(&id)),
            _ => reply,
        }
    }
}
