//! Why a request is not done, as problem details (RFC 9457).

use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::access_log::Outcome;
use crate::journal::UploadId;
use crate::offsets::{Refused, Reply, status_of, status_of_body};
use crate::store::{Standing, StoreError};

/// Why a request is not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("this version of the draft is not spoken here")]
    Version,
    #[error("not with this method")]
    Method,
    #[error("the content type must be application/partial-upload")]
    Type,
    /// A header is missing or cannot be understood.
    #[error("{0}")]
    Bad(&'static str),
    /// The lengths that were said do not go together.
    #[error("inconsistent length values for upload")]
    Length,
    /// Bytes that would not go where the client thinks: what it said, and how the upload stands.
    #[error("offset from request does not match offset of resource")]
    Offset { provided: u64, expected: u64 },
    #[error("upload is already completed")]
    Complete(Box<Standing>),
    #[error(transparent)]
    Refused(Refused),
    /// The upload was begun, and its first bytes were refused.
    #[error("{0}")]
    Begun(Box<Refusal>, UploadId),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Refusal {
        Refusal::from_refused(error.into(), 0)
    }
}

impl Refusal {
    /// In this protocol's words; `provided` is the offset that the client sent.
    pub fn from_refused(refused: Refused, provided: u64) -> Refusal {
        match refused {
            Refused::Store(StoreError::Offset(expected)) => Refusal::Offset { provided, expected },
            Refused::Store(StoreError::Length) => Refusal::Length,
            Refused::Store(StoreError::Complete(standing)) => Refusal::Complete(standing),
            refused => Refusal::Refused(refused),
        }
    }

    fn rank(&self) -> (StatusCode, Outcome) {
        let status = match self {
            Refusal::Version => StatusCode::PRECONDITION_FAILED,
            Refusal::Method => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Type => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Refusal::Offset { .. } => StatusCode::CONFLICT,
            Refusal::Bad(_) | Refusal::Length | Refusal::Complete(_) => StatusCode::BAD_REQUEST,
            Refusal::Refused(Refused::WrongContent | Refused::WrongWhole) => StatusCode::BAD_REQUEST,
            Refusal::Refused(Refused::Body(error, _)) => return status_of_body(error),
            Refusal::Refused(Refused::Store(error) | Refused::Cut(error, _)) => return status_of(error),
            Refusal::Begun(refusal, _) => return refusal.rank(),
        };
        (status, Outcome::Refused)
    }

    fn problem(&self, status: StatusCode) -> Value {
        let named = |name: &str| format!("https://iana.org/assignments/http-problem-types#{name}");
        let title = self.to_string();
        match self {
            Refusal::Offset { provided, expected } => json!({
                "type": named("mismatching-upload-offset"),
                "title": title,
                "status": status.as_u16(),
                "expected-offset": expected,
                "provided-offset": provided,
            }),
            Refusal::Length => {
                json!({ "type": named("inconsistent-upload-length"), "title": title, "status": status.as_u16() })
            }
            Refusal::Complete(_) => {
                json!({ "type": named("completed-upload"), "title": title, "status": status.as_u16() })
            }
            Refusal::Begun(refusal, _) => refusal.problem(status),
            _ => json!({ "type": "about:blank", "title": title, "status": status.as_u16() }),
        }
    }

    /// What is known of the upload, in headers.
    fn tell(&self, reply: Reply) -> Reply {
        match self {
            Refusal::Offset { expected, .. } => reply.with("upload-offset", expected).with("upload-complete", "?0"),
            Refusal::Complete(standing) => {
                let reply = reply.with("upload-offset", standing.offset).with("upload-length", standing.offset);
                reply.with("upload-complete", "?1").with_standing(standing)
            }
            Refusal::Refused(Refused::Body(_, Some(held)) | Refused::Cut(_, Some(held))) => {
                reply.with("upload-offset", held).with("upload-complete", "?0")
            }
            Refusal::Refused(Refused::WrongContent | Refused::WrongWhole) => reply.with("upload-complete", "?0"),
            Refusal::Begun(refusal, id) => refusal.tell(reply).with("location", super::location(id)),
            Refusal::Method => reply.with("allow", "OPTIONS, POST, PUT, HEAD, GET, PATCH, DELETE"),
            Refusal::Type => reply.with("accept-patch", "application/partial-upload"),
            _ => reply,
        }
    }
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Reply {
        let (status, outcome) = refusal.rank();
        let mut reply = Reply::new(status, outcome);
        reply.body = Some(("application/problem+json", refusal.problem(status)));
        refusal.tell(reply)
    }
}
