//! The lines of the history.

use serde_json::{Value, json};

use crate::records::history::Past;

/// What became of one upload.
pub(super) fn of_past(past: &Past) -> Value {
    json!({
        "id": past.upload, "name": past.name, "path": past.path.to_string_lossy(), "size": past.size,
        "destination": past.destination, "scope": past.scope, "outcome": past.outcome, "location": past.location,
        "began_at": past.began_at, "ended_at": past.ended_at, "resumes": past.resumes, "sent": past.sent,
        "sent_twice": past.sent_twice(), "took_ms": past.ended_at - past.began_at, "proof": past.proof, "blake3": past.blake3,
    })
}
