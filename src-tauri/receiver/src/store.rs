//! The store: takes in the bytes of uploads so that what it acknowledged survives a power cut.
//!
//! It knows no protocol. All it keeps for itself lies in `.carryon/` under the folder it receives into:
//! `lock`, `journal`, and `parts/` with a file for each upload that is coming in. What always holds:
//!
//! * A chunk counts only when its bytes are synced in the part file *and* the journal's entry is synced.
//! * Before bytes that count are written over, the journal says (synced) that they no longer do.
//! * A finished file takes its name in three steps: the journal reserves the name (synced), the file is
//!   placed without replacing anything, the journal marks it done. From the first step on, whoever
//!   replays the journal brings it to the same end.
//! * A small file's bytes lie in the journal until the placed file is known to be synced.
//! * Bytes that come in their order count up to an offset: what lies before it is synced, and it only grows. See [`grow`].
//! * Bytes of one upload are never written by two at a time; see [`claims`].

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::files::{Files, LockGuard};
use crate::journal::{Digest, Journal, SharedIndex, UploadId};

mod block_writer;
mod chunks;
mod claims;
mod error;
mod finish;
mod grow;
mod growth;
mod index;
mod join;
mod list;
mod open;
mod place;
mod remove;
mod report;
mod room;
mod small;
mod sweep;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

pub(crate) use block_writer::BlockWriter;
pub(crate) use claims::Claim;
use claims::{Claims, Lease};
pub(crate) use error::{StoreError, is_full};
pub(crate) use grow::Standing;
pub(crate) use growth::Growth;
pub(crate) use index::Index;
use index::{Open, Upload};
pub(crate) use list::Listed;
pub(crate) use remove::Removal;
pub use report::{Arrived, Coming, Report};
use room::Beginnings;
pub(crate) use small::MAX_SMALL;

/// What a client says of an upload, made harmless.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Meta {
    /// A file name, from [`crate::names::file_name`]; `None` where the client does not say.
    pub name: Option<String>,
    /// A relative folder, from [`crate::names::folder`]; `None` where the client does not say.
    pub folder: Option<String>,
    /// Bytes in the whole file; `None` where the client does not say.
    pub size: Option<u64>,
    /// Who sends it, as far as unfinished uploads are counted by client; `None` where they are not.
    pub client: Option<String>,
}

impl Meta {
    fn name(&self) -> &str {
        self.name.as_deref().unwrap_or("unnamed")
    }

    fn folder(&self) -> &str {
        self.folder.as_deref().unwrap_or_default()
    }

    /// This, and where it is silent, what was said before.
    fn or(&self, before: &Open) -> Meta {
        Meta {
            name: self.name.clone().or(Some(before.name.clone())),
            folder: self.folder.clone().or(Some(before.folder.clone())),
            size: self.size.or(before.size),
            client: self.client.clone().or(before.client.clone()),
        }
    }
}

/// What the store holds of an upload.
#[derive(Debug, PartialEq)]
pub(crate) enum Held {
    Unknown,
    Open { size: Option<u64>, chunks: Vec<HeldChunk> },
    Done { size: u64, location: String, digest: Option<Digest> },
}

/// A durable chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct HeldChunk {
    pub offset: u64,
    pub length: u64,
    pub digest: Digest,
}

/// A file that has its name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Delivered {
    /// Relative to the folder the store receives into, with `/`.
    pub location: String,
    /// Bytes.
    pub size: u64,
    /// Of the whole file, where it is known.
    pub digest: Option<Digest>,
    /// It was there before this request.
    pub repeat: bool,
}

/// What the store allows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules {
    /// Largest file, in bytes.
    pub max_size: u64,
    /// How many uploads may be unfinished at once.
    pub max_open: usize,
    /// And how many of one client.
    pub max_open_of_client: usize,
    /// Bytes of the disk that are to stay free; 0 asks for none.
    pub min_free: u64,
    /// How long unfinished uploads and finished ids are kept.
    pub keep: Duration,
    /// Of an upload that grows, what came is recorded after so many bytes at the latest.
    pub record_every: u64,
}

/// A handle on the store; clones share it. The folder's lock is given back with the last one.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

/// A way back to the store for as long as anything serves it.
pub(crate) struct WeakStore(Weak<Inner>);

impl WeakStore {
    /// The store, unless nothing serves it any more.
    pub fn upgrade(&self) -> Option<Store> {
        self.0.upgrade().map(Store)
    }
}

struct Inner {
    files: Arc<dyn Files>,
    root: PathBuf,
    parts: PathBuf,
    journal_file: PathBuf,
    rules: Rules,
    index: SharedIndex,
    claims: Arc<Claims>,
    /// Who begins an upload by an attempt's id.
    attempts: Arc<Claims>,
    beginnings: Arc<Beginnings>,
    /// Names chosen for files whose reservation is not in the journal yet, by collision key.
    choosing: Mutex<HashMap<String, UploadId>>,
    /// Folders whose names are known to be synced. One that merely exists may be left by a start that
    /// ended, or a sync that failed, before it was. Locked while folders are made.
    folders: Mutex<HashSet<String>>,
    journal: Journal,
    /// The last to go.
    _lock: LockGuard,
}

impl Store {
    /// What is held of an upload: durable facts only. A finish that was left half done is carried out first.
    pub async fn survey(&self, uuid: &UploadId) -> Result<Held, StoreError> {
        self.finish_what_was_begun(uuid).await?;
        let busy = self.0.claims.is_busy(uuid);
        Ok(match self.0.index.read().get(uuid) {
            Some(Upload::Open(open)) => Held::Open { size: open.size, chunks: open.held() },
            Some(Upload::Finished(done)) => {
                Held::Done { size: done.size, location: done.location.clone(), digest: done.digest }
            }
            None if busy => Held::Open { size: None, chunks: Vec::new() },
            None | Some(Upload::Finishing(_) | Upload::Growing(_)) => Held::Unknown,
        })
    }

    /// A way back to it that keeps nothing open.
    pub fn downgrade(&self) -> WeakStore {
        WeakStore(Arc::downgrade(&self.0))
    }

    /// Where finished files go.
    pub fn folder(&self) -> &Path {
        &self.0.root
    }

    /// What it allows.
    pub fn rules(&self) -> &Rules {
        &self.0.rules
    }

    /// Whether the store has heard of the upload, or is just receiving its first bytes.
    pub fn knows(&self, uuid: &UploadId) -> bool {
        self.0.index.read().get(uuid).is_some() || self.0.claims.is_busy(uuid)
    }

    async fn lease(&self, uuid: &UploadId, claim: Claim) -> Result<Lease, StoreError> {
        self.0.claims.lease(uuid, claim).await
    }
}

impl Inner {
    fn part(&self, uuid: &UploadId) -> PathBuf {
        self.parts.join(part_name(uuid))
    }

    fn target(&self, location: &str) -> PathBuf {
        location.split('/').fold(self.root.clone(), |path, part| path.join(part))
    }

    /// The upload as the journal tells it.
    fn upload(&self, uuid: &UploadId) -> Option<Upload> {
        self.index.read().get(uuid).cloned()
    }

    /// Removes a file that nothing points to any more. What stays is found by the next sweep.
    fn discard(&self, path: &Path) {
        match self.files.remove(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(path = %path.display(), %error, "could not remove a left-over file");
            }
            _ => {}
        }
    }
}

/// Runs what blocks on a thread that may; a panic there becomes an error.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(StoreError::Io(std::io::Error::other(error))))
}

/// The file name of an upload's part: the id itself, unless letter case or Windows could mistake it.
fn part_name(uuid: &UploadId) -> String {
    let text = uuid.as_str();
    if text.len() > 8 && !text.bytes().any(|b| b.is_ascii_uppercase()) {
        return text.to_owned();
    }
    let escaped =
        text.chars().map(|c| if c.is_ascii_uppercase() { format!("_{}", c.to_ascii_lowercase()) } else { c.into() });
    format!("_{}", escaped.collect::<String>())
}

/// The upload whose part has this file name.
fn part_owner(name: &str) -> Option<UploadId> {
    let Some(escaped) = name.strip_prefix('_') else { return UploadId::parse(name) };
    let mut pieces = escaped.split('_');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (first, rest) = piece.split_at_checked(1)?;
        text.push_str(&first.to_ascii_uppercase());
        text.push_str(rest);
    }
    UploadId::parse(&text)
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
