//! An upload, its ids, and the states it can be in.
//!
//! The state machine is one pure table, [`State::next`]: no clock, no network. It refuses the impossible by name.

use std::{fmt, path::PathBuf, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    chunk::Plan,
    destination::Ticket,
    error::{Error, ErrorKind},
    source::Identity,
};

/// Milliseconds since 1970-01-01 UTC.
pub type UnixMillis = i64;

/// The wall clock.
pub fn now() -> UnixMillis {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// A new random id (UUID v4).
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self, Error> {
                let id = Uuid::parse_str(text.trim());
                id.map(Self).map_err(|_| Error::new(ErrorKind::Invalid, format!("“{text}” is not an id")))
            }
        }
    };
}

id!(
    /// A record's id: never changes in the life of an upload.
    UploadId
);
id!(
    /// One try at an upload, from its first byte: goes out as `qquuid`. New on every start-over but a server's `reset`.
    AttemptId
);
id!(
    /// A local file; one source may go to several destinations.
    SourceId
);
id!(
    /// One drop, or one `send`.
    BatchId
);
id!(
    /// A watched folder.
    WatchId
);

/// The row of a destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DestinationId(pub i64);

/// Why an upload waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WaitReason {
    /// A passing fault; the pause before the next attempt.
    Backoff,
    /// The destination cannot be reached.
    Offline,
    /// The destination asked for patience.
    Busy,
    /// Something else answers in the destination's place.
    CaptivePortal,
    /// The connection is metered, and the user wants uploads to wait for another one.
    Metered,
    /// The computer runs on its battery, and the user wants uploads to wait for power.
    Power,
}

impl WaitReason {
    /// It holds whatever is sent, by the user's own preferences.
    pub fn is_a_hold(self) -> bool {
        matches!(self, Self::Metered | Self::Power)
    }
}

/// Why an upload was found unfinished at launch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interruption {
    /// The process ended without a chance to say so: a kill, a crash, a power cut.
    Crash,
    /// Carryon was closed in an orderly way.
    Closed,
}

/// Why an upload failed, kept for the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The error kind's code.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do now.
    pub next_step: String,
}

impl From<&Error> for Failure {
    fn from(error: &Error) -> Self {
        Self { code: error.kind().code().to_owned(), message: error.to_string(), next_step: error.advice() }
    }
}

/// What a user can see an upload be (DESIGN 4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum State {
    /// Waits for a turn.
    Queued,
    /// Looks at the file and asks the destination what it holds.
    Preparing,
    /// Bytes move.
    Uploading,
    /// Waits, for a reason, until a moment where that is known.
    Waiting {
        /// Why.
        reason: WaitReason,
        /// Until when; none where nobody can know.
        until: Option<UnixMillis>,
    },
    /// Stopped by the user; the record is kept.
    Paused,
    /// All chunks are confirmed; the destination is asked to close the upload.
    Finishing,
    /// Delivered.
    Done,
    /// Stopped by an error; the record is kept.
    Failed(Failure),
    /// Found unfinished at launch.
    Interrupted {
        /// How the last run ended.
        reason: Interruption,
    },
    /// The file is not where it was.
    SourceMissing,
    /// The file is no longer the one the upload began with.
    SourceChanged,
    /// A completing request went unanswered, and nobody can be asked.
    OutcomeUnknown,
    /// A person has to sign in.
    NeedsSignIn,
    /// Past its lifetime.
    Expired,
}

/// What happens to an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Gets its turn.
    Start,
    /// Sends chunks.
    Send,
    /// Has to wait.
    Wait {
        /// Why.
        reason: WaitReason,
        /// Until when.
        until: Option<UnixMillis>,
    },
    /// The user pauses it.
    Pause,
    /// Goes (back) into the queue.
    Requeue,
    /// Begins anew, as a new attempt.
    StartOver,
    /// A completing request is about to leave.
    Finish,
    /// The destination confirmed the whole.
    Complete,
    /// An error ends this run.
    Fail(Failure),
    /// The run ended.
    Interrupt(Interruption),
    /// The file is gone.
    LoseSource,
    /// The file changed.
    ChangeSource,
    /// Nobody can say whether it was finished.
    LoseOutcome,
    /// The destination wants to know who asks.
    AskSignIn,
    /// Its lifetime is over.
    Expire,
}

impl State {
    /// The state after `step`.
    ///
    /// # Errors
    /// A step that is impossible from here is refused, with both names.
    pub fn next(&self, step: Step) -> Result<State, Error> {
        use State as S;
        let active = matches!(self, S::Preparing | S::Uploading | S::Waiting { .. } | S::Finishing);
        let resting = self.is_resting();
        Ok(match step {
            Step::Start if *self == S::Queued => S::Preparing,
            // From finishing too: the destination may say that it lacks something.
            Step::Send if active => S::Uploading,
            Step::Wait { reason, until } if active => S::Waiting { reason, until },
            Step::Pause if active || *self == S::Queued || matches!(self, S::Interrupted { .. }) => S::Paused,
            Step::Requeue if resting || active => S::Queued,
            Step::StartOver if resting || active || *self == S::Queued => S::Queued,
            Step::Finish if active => S::Finishing,
            Step::Complete if active || *self == S::OutcomeUnknown => S::Done,
            Step::Fail(failure) if active || *self == S::Queued => S::Failed(failure),
            Step::Interrupt(reason) if active || *self == S::Queued => S::Interrupted { reason },
            Step::LoseSource if self.is_unfinished() => S::SourceMissing,
            Step::ChangeSource if self.is_unfinished() => S::SourceChanged,
            Step::LoseOutcome if active => S::OutcomeUnknown,
            Step::AskSignIn if active => S::NeedsSignIn,
            Step::Expire if resting => S::Expired,
            _ => return Err(unexpected(self, &step)),
        })
    }

    /// Not delivered yet.
    pub fn is_unfinished(&self) -> bool {
        *self != State::Done
    }

    /// Unfinished, and nothing moves until somebody says so.
    pub fn is_resting(&self) -> bool {
        !matches!(
            self,
            State::Queued
                | State::Preparing
                | State::Uploading
                | State::Waiting { .. }
                | State::Finishing
                | State::Done
        )
    }

    /// The name that stands in records, lists and events.
    pub fn name(&self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Preparing => "preparing",
            State::Uploading => "uploading",
            State::Waiting { .. } => "waiting",
            State::Paused => "paused",
            State::Finishing => "finishing",
            State::Done => "done",
            State::Failed(_) => "failed",
            State::Interrupted { .. } => "interrupted",
            State::SourceMissing => "source_missing",
            State::SourceChanged => "source_changed",
            State::OutcomeUnknown => "outcome_unknown",
            State::NeedsSignIn => "needs_sign_in",
            State::Expired => "expired",
        }
    }

    /// Why it stands there, in plain words; none where the name says it all.
    pub fn reason(&self) -> Option<String> {
        let text = match self {
            State::Waiting { reason: WaitReason::Backoff, .. } => "A passing fault; another attempt follows by itself",
            State::Waiting { reason: WaitReason::Offline, .. } => "The destination cannot be reached",
            State::Waiting { reason: WaitReason::Busy, .. } => "The destination asked for patience",
            State::Waiting { reason: WaitReason::CaptivePortal, .. } => {
                "A sign-in page answers in the destination's place"
            }
            State::Waiting { reason: WaitReason::Metered, .. } => "This connection is metered",
            State::Waiting { reason: WaitReason::Power, .. } => "This computer runs on its battery",
            State::Failed(failure) => &failure.message,
            State::Interrupted { reason: Interruption::Crash } => "Carryon ended unexpectedly",
            State::Interrupted { reason: Interruption::Closed } => "Carryon was closed",
            State::SourceMissing => "The file is not where it was",
            State::SourceChanged => "The file changed since its upload began",
            State::OutcomeUnknown => "The last request went unanswered; the destination cannot be asked",
            State::NeedsSignIn => "The destination wants a valid token or password",
            State::Expired => "The time that the destination keeps unfinished uploads is over",
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn unexpected(from: &State, step: &Step) -> Error {
    Error::new(ErrorKind::Invalid, format!("Unexpected transition from {} by {step:?}", from.name()))
}

/// One try at an upload: its plan, the driver's ticket, and whether a completing request may have left.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its row.
    pub seq: i64,
    /// Its id on the wire.
    pub id: AttemptId,
    /// How the source is cut into chunks.
    pub plan: Plan,
    /// All that the driver needs to go on; none before `begin`.
    pub ticket: Option<Ticket>,
    /// A request that could complete the upload may have left.
    pub finishing: bool,
    /// How often the destination asked for everything again.
    pub resets: u32,
}

/// One source on its way to one destination: the record.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id.
    pub id: UploadId,
    /// The drop it came with.
    pub batch: BatchId,
    /// Where the file lies.
    pub path: PathBuf,
    /// What the file was when the upload began.
    pub identity: Identity,
    /// When that was seen.
    pub taken_at: UnixMillis,
    /// Where it goes.
    pub destination: DestinationId,
    /// The destination's name, for people.
    pub destination_name: String,
    /// Who it belongs to beside the destination; empty for nobody.
    pub scope: String,
    /// The file's name at the destination.
    pub name: String,
    /// The folders it came with, `/` between them, empty or without a slash at either end.
    pub relative_path: String,
    /// Bytes in the whole source.
    pub size: u64,
    /// What it is doing.
    pub state: State,
    /// The current try.
    pub attempt: Attempt,
    /// Bytes the destination confirmed.
    pub confirmed: u64,
    /// Chunks not yet confirmed.
    pub chunks_left: u64,
    /// How often it was resumed.
    pub resumes: u32,
    /// Payload bytes sent over all runs.
    pub sent: u64,
    /// Whether the record outlives this run.
    pub keep: bool,
    /// Custom data of whoever added it (JSON).
    pub custom: serde_json::Value,
    /// When it was added.
    pub created_at: UnixMillis,
    /// When its record last changed.
    pub updated_at: UnixMillis,
    /// When it expires; none for never.
    pub expires_at: Option<UnixMillis>,
    /// Its priority in the queue; the higher goes first, 0 is usual.
    pub priority: i32,
    /// Its position among those of its priority; the lower goes first, and of equals the one added first.
    pub position: f64,
    /// It is not to start before this moment.
    pub start_at: Option<UnixMillis>,
}

#[cfg(test)]
mod tests;
