//! What a script can say: which requests, what happens to them, and what is written down of each.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use super::wire::{Asked, Reply};

/// Which requests a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// Every request.
    Any,
    /// Every chunk and every plain upload.
    Chunks,
    /// The chunk of that index; a plain upload counts as chunk 0.
    Chunk(u64),
    /// The done request.
    Done,
    /// The status question.
    Status,
    /// The request to forget an upload.
    Delete,
}

/// What happens to a request.
#[derive(Clone, Debug)]
pub enum Step {
    /// It is read, not carried out, and answered so.
    Answer(Reply),
    /// It is carried out, but answered so.
    CarryOutAnswer(Reply),
    /// It is carried out, and the connection closed without an answer.
    LoseAnswer,
    /// It is answered before its payload was read; then the connection is closed, or lingers until all was read.
    Early(Reply, Linger),
    /// The connection is closed after so many payload bytes.
    CloseAfter(usize),
    /// The connection is reset (RST) before the payload was read.
    Reset,
    /// Nothing more is read for so long, then the connection is closed.
    Stall(Duration),
    /// It is carried out; the answer comes in drops over that time.
    SlowAnswer(Duration),
    /// It is carried out; the answer comes byte by byte, with so long between two.
    Trickle(Reply, Duration),
    /// It is carried out; these bytes are the answer as they are, right or wrong.
    Raw(Vec<u8>, Then),
    /// It is carried out; so many spaces are the answer.
    Endless(u64),
    /// It is not answered: the server ends its own half of the connection, and reads on what comes in the other.
    HalfClose,
    /// It is carried out as soon as the gate is open.
    Hold(Arc<Semaphore>),
    /// The payload arrives damaged: the answer names the digest of something else.
    Damage,
}

/// What an early answer is followed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linger {
    /// The connection is closed with bytes unread, which resets it.
    No,
    /// The rest is read and dropped.
    Yes,
}

/// What follows a raw answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection is closed.
    Close,
    /// The connection stays open, and nothing more comes for so long.
    Silence(Duration),
}

/// One request, as it came in.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its place in the log.
    pub at: usize,
    /// When its fields had come in.
    pub when: Instant,
    /// What it is.
    pub what: What,
    /// The upload it is about.
    pub uuid: String,
    /// The client says that it resumes.
    pub resumes: bool,
    /// Payload bytes that came in.
    pub payload: u64,
    /// The BLAKE3 digest of the payload, where all of it came in.
    pub digest: Option<String>,
    /// The status it was answered with, where it was.
    pub status: Option<u16>,
    /// The answer was the server's honest yes.
    pub said_yes: bool,
    /// Its fields by name.
    pub fields: HashMap<String, String>,
    /// Its headers by name, in lower case.
    pub headers: HashMap<String, String>,
    /// The file's name in its part of the form.
    pub filename: Option<String>,
}

/// What a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The chunk of that index; a plain upload is chunk 0.
    Chunk(u64),
    /// The done request.
    Done,
    /// The status question.
    Status,
    /// The request to forget.
    Delete,
}

impl On {
    pub(super) fn fits(self, what: What) -> bool {
        match (self, what) {
            (On::Any, _) | (On::Chunks, What::Chunk(_)) => true,
            (On::Chunk(wanted), What::Chunk(index)) => wanted == index,
            (On::Done, What::Done) | (On::Status, What::Status) | (On::Delete, What::Delete) => true,
            _ => false,
        }
    }
}

impl Seen {
    pub(super) fn new(at: usize, asked: &Asked) -> Self {
        Self {
            at,
            when: Instant::now(),
            what: what(asked),
            uuid: uuid(asked),
            resumes: asked.fields.get("qqresume").is_some_and(|value| value == "true"),
            payload: 0,
            digest: None,
            status: None,
            said_yes: false,
            fields: asked.fields.clone(),
            headers: asked.headers.clone(),
            filename: asked.filename.clone(),
        }
    }
}

pub(super) fn what(asked: &Asked) -> What {
    match asked.method.as_str() {
        "GET" => What::Status,
        "DELETE" => What::Delete,
        _ if asked.path.starts_with("/upload/done") => What::Done,
        _ => What::Chunk(asked.fields.get("qqpartindex").and_then(|index| index.parse().ok()).unwrap_or(0)),
    }
}

pub(super) fn uuid(asked: &Asked) -> String {
    let in_path = || asked.path.rsplit('/').next().and_then(|last| last.split('?').next()).unwrap_or_default();
    asked.fields.get("qquuid").cloned().unwrap_or_else(|| in_path().to_owned())
}
