//! What can go wrong, told by what happens next.
//!
//! A kind answers one question: wait, ask the destination, begin anew, ask a person, or stop (DESIGN 5). The message is
//! for people: what happened, to which file; `next_step` says what to do now. No secret ever stands in either.

use std::{fmt, sync::Arc, time::Duration};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What happens next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// Wait and retry: a timeout, a reset, a 5xx.
    Transient,
    /// The destination asked for patience, and maybe said for how long.
    Busy(Option<Duration>),
    /// The destination cannot be reached at all: wait as long as it takes.
    Offline,
    /// Something that is not the destination answers in its place: wait.
    CaptivePortal,
    /// The destination stands at another offset: ask it.
    OffsetMismatch,
    /// Nobody knows whether the request was carried out: ask the destination.
    Unknown,
    /// The request was too large for the destination or something before it.
    TooLarge,
    /// The destination says that it forgot the upload: begin anew.
    Gone,
    /// The destination asks for all chunks again under the same id (Fine Uploader `reset`).
    Reset,
    /// A person has to sign in.
    Unauthorized,
    /// The destination has no room.
    QuotaFull,
    /// Something else stands under that name.
    Exists,
    /// What arrived is not what was sent.
    Integrity,
    /// The file is no longer the one the upload began with.
    SourceChanged,
    /// The file is not there, or cannot be opened.
    SourceMissing,
    /// Final: the destination will not take this.
    Rejected,
    /// The records could not be read or written.
    Storage,
    /// Another process owns the records.
    Owned,
    /// What the user gave makes no sense.
    Invalid,
}

impl ErrorKind {
    /// Waiting for this one ends by itself or not at all: it never uses up attempts.
    pub fn waits_as_long_as_it_takes(self) -> bool {
        matches!(self, Self::Offline | Self::CaptivePortal | Self::Busy(Some(_)))
    }

    /// A stable word for scripts and for the page.
    pub fn code(self) -> &'static str {
        match self {
            Self::Transient => "transient",
            Self::Busy(_) => "busy",
            Self::Offline => "offline",
            Self::CaptivePortal => "captive_portal",
            Self::OffsetMismatch => "offset_mismatch",
            Self::Unknown => "unknown",
            Self::TooLarge => "too_large",
            Self::Gone => "gone",
            Self::Reset => "reset",
            Self::Unauthorized => "unauthorized",
            Self::QuotaFull => "quota_full",
            Self::Exists => "exists",
            Self::Integrity => "integrity",
            Self::SourceChanged => "source_changed",
            Self::SourceMissing => "source_missing",
            Self::Rejected => "rejected",
            Self::Storage => "storage",
            Self::Owned => "owned",
            Self::Invalid => "invalid",
        }
    }
}

/// An error: its kind, what happened in plain words, and what to do now.
#[derive(Clone, Debug)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    next_step: Option<String>,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error that says what happened.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), next_step: None, source: None }
    }

    /// Adds what a person can do now.
    pub fn next_step(mut self, step: impl Into<String>) -> Self {
        self.next_step = Some(step.into());
        self
    }

    /// Adds the error underneath.
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }

    /// The same error as another kind.
    pub fn as_kind(mut self, kind: ErrorKind) -> Self {
        self.kind = kind;
        self
    }

    /// What happens next.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What happened, in plain words.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do now; every kind has a general answer where none was given.
    pub fn advice(&self) -> String {
        self.next_step.clone().unwrap_or_else(|| general_advice(self.kind).to_owned())
    }
}

fn general_advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Unauthorized => "Check the token or password of this destination, then resume.",
        ErrorKind::QuotaFull => "Make room at the destination, then resume.",
        ErrorKind::TooLarge => "Start over with smaller chunks, or raise the server's limit.",
        ErrorKind::Gone | ErrorKind::Reset => "Start over; the destination no longer holds this upload.",
        ErrorKind::SourceChanged => "Start over to send the file as it is now, or discard the upload.",
        ErrorKind::SourceMissing => "Put the file back where it was, then resume.",
        ErrorKind::Storage => "Check that the data folder can be written and has room.",
        ErrorKind::Owned => "Close the other Carryon, or give this one another data folder.",
        ErrorKind::Invalid => "Check what was typed, then try again.",
        ErrorKind::Rejected | ErrorKind::Exists => "Check the destination, then resume or start over.",
        _ => "Resume when the destination can be reached again; nothing confirmed is lost.",
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.source {
            Some(source) => write!(f, " ({source})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(ErrorKind::Storage, "The records could not be read or written").because(error)
    }
}
