//! The trait that every protocol fits, and what passes through it.
//!
//! A driver is a stateless translator: the engine owns retry, concurrency, scheduling, records and digests, the driver
//! owns the wire. All of a driver's state is one versioned, serialised [`Ticket`] that the engine stores. What differs
//! between protocols only in number is data, in [`Capabilities`]; the engine never asks for a protocol's name.
//!
//! Two families fit: *addressed chunks*, confirmed in any order (Fine Uploader, S3, Azure), and *an offset* that only
//! grows (tus, IETF, GCS), or several of them in lanes. A survey answers with a set or with offsets, and the engine goes on
//! from either.

use std::{fmt, path::PathBuf, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    chunk::{Chunk, Digest, Plan},
    error::{Error, ErrorKind, Result},
    source::ChunkBody,
    upload::{AttemptId, BatchId, UnixMillis},
};

/// How a destination tells what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurveyKind {
    /// A set of chunks.
    Set,
    /// One offset.
    Offset,
    /// Not at all: the record speaks until the destination contradicts.
    Cannot,
}

/// What a destination can do, as data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Most chunks of one upload in flight at once; 1 means strictly ascending.
    pub parallel: usize,
    /// Smallest chunk in bytes (the last one may be smaller).
    pub min_chunk: u64,
    /// Largest chunk in bytes.
    pub max_chunk: u64,
    /// Every chunk but the last is a multiple of so many bytes; 1 for any.
    pub multiple: u64,
    /// Most chunks of one upload.
    pub max_chunks: u64,
    /// How it tells what it holds.
    pub survey: SurveyKind,
    /// How long it is known to keep an unfinished upload; none where it does not say.
    pub lifetime: Option<Duration>,
}

impl Capabilities {
    /// The size of a chunk next to `wish` that the destination takes.
    pub fn fit(&self, wish: u64) -> u64 {
        let allowed = wish.clamp(self.min_chunk.max(1), self.max_chunk.max(self.min_chunk).max(1));
        let multiple = self.multiple.max(1);
        (allowed / multiple * multiple).max(self.min_chunk.max(1)).max(multiple)
    }
}

/// All that a driver needs to go on, as the engine stores it. It may hold a secret upload URL: it is never logged.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The driver's own version of what follows.
    pub version: u32,
    /// The driver's state.
    pub data: serde_json::Value,
}

impl Ticket {
    /// Stands where a ticket was lost: an upload with it cannot go on, and must not be taken for one that never began.
    pub(crate) fn lost() -> Self {
        Self { version: 0, data: serde_json::Value::Null }
    }

    /// Refuses a ticket that was lost.
    ///
    /// # Errors
    /// `Rejected`.
    pub(crate) fn require_known(&self) -> Result<()> {
        match *self == Self::lost() {
            true => Err(Error::new(ErrorKind::Rejected, "How far this upload was is lost with damaged records")
                .next_step("Start over to send the file again.")),
            false => Ok(()),
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ticket(v{}, …)", self.version)
    }
}

/// What is to be uploaded, as a destination needs to know it.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The attempt's own id: goes into the create request wherever the protocol has a place for it (P8).
    pub attempt: AttemptId,
    /// The file's name.
    pub name: String,
    /// Its folders, `/` between them; may be empty.
    pub relative_path: String,
    /// How it is cut.
    pub plan: Plan,
    /// Where it lies on this machine.
    pub path: PathBuf,
    /// When it was last written.
    pub modified_at: UnixMillis,
    /// The drop it came with.
    pub batch: BatchId,
}

/// What the destination says that it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Survey {
    /// These chunks, each with the digest it has for it, if any.
    Set(Vec<Held>),
    /// Of each of the plan's lanes everything before this offset in the source.
    Lanes(Vec<u64>),
    /// The whole, finished.
    Done(Finished),
    /// It does not know the upload (any more).
    Gone,
    /// It cannot be asked; the record speaks.
    CannotTell,
}

/// A byte range that the destination holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// First byte, zero-based.
    pub offset: u64,
    /// Bytes.
    pub length: u64,
    /// BLAKE3 of what it holds, where it says so.
    pub digest: Option<Digest>,
}

/// One chunk on its way.
#[derive(Debug)]
pub struct Outgoing {
    /// The bytes; a factory, since a driver may need them twice.
    pub body: ChunkBody,
    /// BLAKE3 of the bytes as they were when they were recorded, in lanes.
    pub digest: Option<Digest>,
    /// Nothing was confirmed in this run yet, and something was sent in an earlier one (Fine Uploader `qqresume`).
    pub resuming: bool,
}

/// The destination's word that it holds a chunk.
#[derive(Clone, Debug, Default)]
pub struct Confirmation {
    /// The server's tag for it (S3 `ETag`).
    pub tag: Option<String>,
    /// The offset it stands at now, where it says so.
    pub offset: Option<u64>,
    /// BLAKE3 of what it received, where it says so.
    pub digest: Option<Digest>,
    /// A new ticket, where the destination changed its handle.
    pub ticket: Option<Ticket>,
    /// The object, if this was the last chunk and completed it.
    pub finished: Option<Finished>,
    /// When the destination will forget the upload (unix milliseconds), where it says so.
    pub expires_at: Option<i64>,
}

/// A chunk as the record has it, for a finish that must name them all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The byte range.
    pub chunk: Chunk,
    /// The server's tag.
    pub tag: Option<String>,
}

/// The destination's word that the object exists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finished {
    /// Where it lies, as the destination puts it.
    pub location: Option<String>,
    /// BLAKE3 of the whole, where the destination says so.
    #[serde(default)]
    pub digest: Option<Digest>,
    /// By which the object is taken back, where the upload's own ticket is not.
    #[serde(skip)]
    pub handle: Option<Ticket>,
}

/// What became of a finish that went unanswered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It was carried out.
    Finished(Finished),
    /// It was not; finishing again is safe.
    NotFinished,
    /// Nobody can say.
    Unknowable,
}

/// One protocol, spoken to one address with one set of credentials.
///
/// The engine validates and retries; it calls `send` concurrently up to `Capabilities::parallel` and never sends one
/// chunk twice at once. Every error's kind says what happens next. A dropped future leaves at most a request that the
/// destination may or may not have carried out; every method may be called again after that, `finish` only where
/// `confirm` (or `Plan::repeatable`) allows it.
#[async_trait]
pub trait Destination: Send + Sync + fmt::Debug {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// How a source of `size` bytes is cut, if chunks of `wish` bytes were best. Pure.
    ///
    /// # Errors
    /// `TooLarge` where the destination cannot take that many bytes.
    fn plan(&self, size: u64, wish: u64) -> Result<Plan>;

    /// What the destination allows of a plan, asked before anything is opened there.
    ///
    /// # Errors
    /// Any kind; nothing was opened.
    async fn settle(&self, plan: Plan) -> Result<Plan> {
        Ok(plan)
    }

    /// Opens an upload. Where the protocol lets the client choose the id nothing is sent.
    ///
    /// # Errors
    /// Any kind; the intent is recorded before, so a lost answer leaves at most an empty orphan (P8).
    async fn begin(&self, intent: &Intent) -> Result<Ticket>;

    /// Asks what the destination holds.
    ///
    /// # Errors
    /// Any kind but `Gone`, which is an answer: [`Survey::Gone`].
    async fn survey(&self, ticket: &Ticket, intent: &Intent) -> Result<Survey>;

    /// Sends one chunk and waits for the confirmation.
    ///
    /// # Errors
    /// `Unknown` where the answer was lost and the protocol can be asked, else `Transient`.
    async fn send(&self, ticket: &Ticket, intent: &Intent, outgoing: Outgoing) -> Result<Confirmation>;

    /// Closes an upload whose chunks are all confirmed; called only where `Plan::completes` is a finish request.
    ///
    /// # Errors
    /// `Unknown` where it may have been carried out unheard.
    async fn finish(&self, ticket: &Ticket, intent: &Intent, stored: &[Stored]) -> Result<Finished>;

    /// Finds out whether a completing request that went unanswered was carried out.
    ///
    /// # Errors
    /// Any kind: then the question is asked again later.
    async fn confirm(&self, ticket: &Ticket, intent: &Intent) -> Result<Verdict>;

    /// Tells the destination to forget the upload. May be repeated.
    ///
    /// # Errors
    /// `Rejected` where the destination has no such request: then its own expiry does it.
    async fn abort(&self, ticket: &Ticket) -> Result<()>;

    /// What time it is there (unix milliseconds); none where the destination does not say.
    ///
    /// # Errors
    /// Any kind: then nothing is known.
    async fn clock(&self) -> Result<Option<UnixMillis>> {
        Ok(None)
    }

    /// What only some can do: tell of finished files.
    fn catalogue(&self) -> Option<&dyn Catalogue> {
        None
    }
}

/// A finished file that a destination tells of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinishedFile {
    /// Its name.
    pub name: String,
    /// The destination's name for it.
    pub id: String,
    /// Where it lies, its folders before its name, where that is told.
    pub location: Option<String>,
    /// Its size in bytes, where it is told.
    pub size: Option<u64>,
    /// A picture of it, where there is one; as the destination puts it.
    pub thumbnail: Option<String>,
    /// What the driver needs to delete it, in the driver's own words.
    pub handle: serde_json::Value,
}

/// The finished files that a destination told of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Those that could be read, in the destination's order.
    pub files: Vec<FinishedFile>,
    /// False where an entry could not be read; nothing after it was taken.
    pub whole: bool,
}

/// A destination that tells of the finished files it holds. Nothing in it can be resumed.
#[async_trait]
pub trait Catalogue: Send + Sync {
    /// All finished files.
    ///
    /// # Errors
    /// Any kind; nothing was changed.
    async fn finished_files(&self) -> Result<Listing>;

    /// Deletes a finished file for good. May be repeated.
    ///
    /// # Errors
    /// `Rejected` where the destination has no such request, or no such file (any more).
    async fn delete_finished(&self, file: &FinishedFile) -> Result<()>;
}
