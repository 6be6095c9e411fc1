//! One line of JSON for every request: what was asked, what really came in, how it ended. Never a token.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use serde::Serialize;

use crate::store::now;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    Stored,
    Repeat,
    /// The body did not come to its end.
    Broken,
    Refused,
    Finished,
    Removed,
    Survey,
    Reset,
    Error,
    /// A question about the receiver itself.
    Info,
}

/// A line of the log.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// Milliseconds since 1970.
    pub at: u64,
    pub method: String,
    /// Without the query, which may hold anything.
    pub path: String,
    pub uuid: Option<String>,
    pub index: Option<u64>,
    pub offset: Option<u64>,
    /// Declared length of the chunk, bytes.
    pub length: Option<u64>,
    /// Bytes of the file that really came in.
    pub received: u64,
    /// `None` when nobody was there to be answered.
    pub status: Option<u16>,
    pub result: Option<Outcome>,
    pub resume: bool,
    /// What a survey listed: offset and length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<(u64, u64)>>,
}

/// The line of a request that is being served; clones share it.
#[derive(Clone)]
pub(crate) struct Note(Arc<Mutex<Line>>);

impl Note {
    pub fn new(method: &str, path: &str) -> Note {
        let (method, path) = (method.to_owned(), path.to_owned());
        let line = Line {
            at: now(),
            method,
            path,
            uuid: None,
            index: None,
            offset: None,
            length: None,
            received: 0,
            status: None,
            result: None,
            resume: false,
            held: None,
        };
        Note(Arc::new(Mutex::new(line)))
    }

    pub fn line(&self) -> MutexGuard<'_, Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn ends(&self, result: Outcome) {
        self.line().result = Some(result);
    }
}

impl Line {
    /// Fills in how it ended.
    fn close(&mut self, status: StatusCode) {
        let result = self.result.unwrap_or(match status.as_u16() {
            500.. => Outcome::Error,
            400.. => Outcome::Refused,
            _ => Outcome::Info,
        });
        self.result = Some(result);
        // A body that stalled is answered with 408; a connection that broke is answered by nobody.
        let gone = result == Outcome::Broken && status != StatusCode::REQUEST_TIMEOUT;
        self.status = (!gone).then_some(status.as_u16());
    }
}

/// The log file, if one is wanted.
pub(crate) struct AccessLog(Option<Mutex<File>>);

impl AccessLog {
    /// Opens the file for appending.
    pub fn open(path: Option<&Path>) -> io::Result<AccessLog> {
        let file = path.map(|path| OpenOptions::new().create(true).append(true).open(path)).transpose()?;
        Ok(AccessLog(file.map(Mutex::new)))
    }

    /// Writes the line of a request that ended with `status`.
    pub fn write(&self, note: &Note, status: StatusCode) {
        let Some(file) = &self.0 else { return };
        let mut line = note.line();
        line.close(status);
        let mut text = serde_json::to_vec(&*line).expect("a line has only text keys and plain values");
        text.push(b'\n');
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = file.write_all(&text) {
            tracing::warn!(%error, "the access log cannot be written");
        }
    }
}
