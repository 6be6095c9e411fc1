//! What the client is told: from an outcome to a status and a JSON body. Pure.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::params::Fault;
use crate::access_log::Outcome;
use crate::body::BodyError;
use crate::payload::PayloadError;
use crate::store::{StoreError, is_full};

/// An answer: status, body, and its word in the access log.
#[derive(Debug, PartialEq)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Value,
    pub outcome: Outcome,
}

/// Why a request was not done.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// It will never be done as it is asked.
    #[error("{0}")]
    Bad(Fault),
    /// A resumed upload is not known, so it has to begin anew.
    #[error("this upload is not known here: it has to begin anew")]
    Reset,
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Failure {
        Failure::Bad(fault)
    }
}

impl From<BodyError> for Failure {
    fn from(error: BodyError) -> Failure {
        Failure::Payload(error.into())
    }
}

impl Answer {
    pub fn ok(outcome: Outcome, body: Value) -> Answer {
        Answer { status: StatusCode::OK, body, outcome }
    }

    /// There is nothing that could be removed. No failure: nobody has to begin anew because of it.
    pub fn not_found(error: &StoreError) -> Answer {
        let body = json!({ "success": false, "error": error.to_string() });
        Answer { status: StatusCode::NOT_FOUND, body, outcome: Outcome::Refused }
    }
}

impl From<Failure> for Answer {
    fn from(failure: Failure) -> Answer {
        let error = failure.to_string();
        let (status, outcome) = rank(&failure);
        let mut body = json!({ "success": false, "error": error });
        if is_final(&failure) {
            body["preventRetry"] = true.into();
        }
        if matches!(failure, Failure::Reset | Failure::Store(StoreError::Unknown | StoreError::Missing(_))) {
            body["reset"] = true.into();
        }
        if let Failure::Store(StoreError::Missing(ranges)) = &failure {
            body["missing"] = ranges.iter().map(|(offset, length)| json!([offset, length])).collect();
        }
        Answer { status, body, outcome }
    }
}

fn rank(failure: &Failure) -> (StatusCode, Outcome) {
    use StatusCode as S;
    match failure {
        Failure::Reset => (S::GONE, Outcome::Reset),
        Failure::Bad(_) => (S::BAD_REQUEST, Outcome::Refused),
        Failure::Payload(PayloadError::Malformed(_)) => (S::BAD_REQUEST, Outcome::Refused),
        Failure::Payload(PayloadError::Body(error)) => match error {
            BodyError::Broken => (S::BAD_REQUEST, Outcome::Broken),
            BodyError::Stalled | BodyError::TooSlow => (S::REQUEST_TIMEOUT, Outcome::Broken),
            BodyError::Stopping => (S::SERVICE_UNAVAILABLE, Outcome::Error),
        },
        Failure::Store(error) => rank_of_store(error),
    }
}

fn rank_of_store(error: &StoreError) -> (StatusCode, Outcome) {
    use StatusCode as S;
    match error {
        StoreError::Unknown => (S::NOT_FOUND, Outcome::Reset),
        StoreError::Missing(_) => (S::CONFLICT, Outcome::Reset),
        StoreError::Finished | StoreError::Superseded | StoreError::Busy(_) => (S::CONFLICT, Outcome::Refused),
        // Only where bytes come in their order, which is not here.
        StoreError::Offset(_) | StoreError::Complete(_) | StoreError::Unfinished => (S::CONFLICT, Outcome::Refused),
        StoreError::Conflict(_) | StoreError::Length | StoreError::TooLong(_) | StoreError::WrongLength { .. } => {
            (S::BAD_REQUEST, Outcome::Refused)
        }
        StoreError::WrongDigest => (S::UNPROCESSABLE_ENTITY, Outcome::Refused),
        StoreError::Limit(_) => (S::PAYLOAD_TOO_LARGE, Outcome::Refused),
        StoreError::TooMany => (S::SERVICE_UNAVAILABLE, Outcome::Refused),
        StoreError::TooManyOfOne => (S::TOO_MANY_REQUESTS, Outcome::Refused),
        StoreError::NoRoom => (S::INSUFFICIENT_STORAGE, Outcome::Refused),
        StoreError::Io(error) if is_full(error) => (S::INSUFFICIENT_STORAGE, Outcome::Error),
        StoreError::Io(_) => (S::INTERNAL_SERVER_ERROR, Outcome::Error),
    }
}

/// Whether the same request can never succeed. Bytes lost or changed on their way may come right next time.
fn is_final(failure: &Failure) -> bool {
    let store = matches!(
        failure,
        Failure::Store(StoreError::Conflict(_) | StoreError::Finished | StoreError::Limit(_) | StoreError::TooLong(_))
    );
    store || matches!(failure, Failure::Bad(_))
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (self.status, axum::Json(self.body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn answer(failure: impl Into<Failure>) -> (u16, Value) {
        let answer = Answer::from(failure.into());
        (answer.status.as_u16(), answer.body)
    }

    #[test]
    fn reset_is_said_only_where_the_client_has_to_send_again() {
        let (status, body) = answer(StoreError::Missing(vec![(4, 2)]));
        assert_eq!((status, &body["reset"], &body["missing"]), (409, &json!(true), &json!([[4, 2]])));
        assert_eq!(answer(StoreError::Unknown).1["reset"], true);
        assert_eq!(answer(Failure::Reset).0, 410);
        for other in [StoreError::Finished, StoreError::WrongDigest, StoreError::Io(io::ErrorKind::Other.into())] {
            assert_eq!(answer(other).1["reset"], Value::Null);
        }
    }

    #[test]
    fn retries_are_prevented_only_where_they_cannot_help() {
        for hopeless in [StoreError::Conflict("x".into()), StoreError::TooLong(1), StoreError::Limit("x")] {
            assert_eq!(answer(hopeless).1["preventRetry"], true);
        }
        for hopeful in [StoreError::WrongLength { expected: 2, received: 1 }, StoreError::WrongDigest] {
            assert_eq!(answer(hopeful).1["preventRetry"], Value::Null);
        }
        let full = StoreError::Io(io::ErrorKind::StorageFull.into());
        assert_eq!(answer(full).0, 507);
    }
}
