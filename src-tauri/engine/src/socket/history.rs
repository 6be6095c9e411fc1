//! The history as lines of JSON, and as rows of a table.

use serde_json::{Value, json};

use super::table;
use crate::records::history::Past;

/// The columns of the table, as they are called in JSON.
const COLUMNS: [&str; 17] = [
    "id",
    "name",
    "path",
    "size",
    "destination",
    "scope",
    "outcome",
    "location",
    "began_at",
    "ended_at",
    "took_ms",
    "resumes",
    "sent",
    "sent_twice",
    "proof",
    "blake3",
    "relative_path",
];

/// What became of one upload.
pub(super) fn of_past(past: &Past) -> Value {
    json!({
        "id": past.upload, "name": past.name, "relative_path": past.relative_path,
        "path": past.path.to_string_lossy(), "size": past.size,
        "destination": past.destination, "scope": past.scope, "outcome": past.outcome, "location": past.location,
        "began_at": past.began_at, "ended_at": past.ended_at, "resumes": past.resumes, "sent": past.sent,
        "sent_twice": past.sent_twice(), "took_ms": past.ended_at - past.began_at, "proof": past.proof, "blake3": past.blake3,
    })
}

/// The first row of a table of the history, which names its columns.
pub fn history_table_head() -> String {
    table::row(COLUMNS.map(str::to_owned))
}

/// The row of one line of the history.
pub fn history_table_row(line: &Value) -> String {
    table::row(COLUMNS.map(|column| table::cell(&line[column])))
}

/// The row of one entry.
pub fn history_table_line(past: &Past) -> String {
    history_table_row(&of_past(past))
}
