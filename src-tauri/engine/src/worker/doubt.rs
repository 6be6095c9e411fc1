//! Whether the chunks that are confirmed still are the file's own bytes (DESIGN P4).
//!
//! An identity that did not change is trusted, except where it was taken too soon after a change, where nothing is known of
//! the file's past (it was moved or copied), or where the file system does not keep all that it is made of. Then confirmed
//! chunks are compared with the file by their digests, beside the sending, and nothing is completed before the verdict.
//! Chunks that differ are sent again as the file is now.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use carryon_instruments::{Fault, planted};
use tokio_util::task::AbortOnDropHandle;

use super::{Worker, blocking};
use crate::{
    chunk::Chunk,
    error::{Error, ErrorKind, Result},
    event::Event,
    records::chunks::{self, ChunkRow},
    source::SourceFile,
    upload::{UnixMillis, Upload, now},
};

/// A change within this time after another may leave no trace in a file's times.
const TICK: Duration = Duration::from_secs(2);

/// What is doubtful about an upload, and what was settled of it.
#[derive(Debug)]
pub(crate) struct Doubt {
    /// From here on (unix milliseconds) a change leaves a trace, so what is read is proved by an unchanged identity; none
    /// where nothing ever is.
    settled_at: Option<UnixMillis>,
    /// Offsets of chunks whose bytes were read since, and were what was confirmed.
    proved: Arc<Proved>,
    /// Compares what earlier runs sent, beside the sending.
    beside: Option<AbortOnDropHandle<()>>,
}

#[derive(Debug, Default)]
struct Proved {
    // Held for a look or an insertion, never across an await.
    offsets: Mutex<HashSet<u64>>,
}

impl Proved {
    fn lock(&self) -> MutexGuard<'_, HashSet<u64>> {
        self.offsets.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl Doubt {
    /// None where the identity can be trusted.
    pub fn about(upload: &Upload, source: &SourceFile) -> Option<Self> {
        let trusted = source.keeps_identity();
        if trusted && !upload.identity.is_young(upload.taken_at) {
            return None;
        }
        let settled_at = trusted.then(|| upload.identity.last_change_ms().saturating_add(TICK.as_millis() as i64));
        Some(Self { settled_at, proved: Arc::default(), beside: None })
    }

    /// Whether what is read at `moment` is proved by an identity that is the same at the end.
    fn settles(&self, moment: UnixMillis) -> bool {
        self.settled_at.is_some_and(|settled| moment > settled)
    }

    /// A chunk whose first byte was read at `moment` was confirmed.
    pub fn sent(&self, chunk: Chunk, moment: UnixMillis) {
        if self.settles(moment) {
            self.proved.lock().insert(chunk.offset);
        }
    }

    fn is_proved(&self, row: &ChunkRow) -> bool {
        self.proved.lock().contains(&row.offset)
    }
}

impl Worker {
    /// Begins to compare what earlier runs sent, where that is in doubt.
    pub(super) async fn look_into_doubt(&mut self, source: &Arc<SourceFile>) -> Result<()> {
        let rows = match &self.doubt {
            Some(doubt) if doubt.beside.is_none() && doubt.settles(now()) => self.confirmed_rows().await?,
            _ => return Ok(()),
        };
        let (Some(doubt), source) = (&mut self.doubt, Arc::clone(source)) else { return Ok(()) };
        let (proved, live) = (Arc::clone(&doubt.proved), Arc::clone(&self.live));
        doubt.beside = Some(AbortOnDropHandle::new(tokio::spawn(async move {
            for row in rows {
                // One that differs, or cannot be read, is left to the verdict at the end.
                if is_what_was_sent(&source, &row).await.unwrap_or(false) {
                    proved.lock().insert(row.offset);
                    live.add_verified(row.length);
                }
            }
        })));
        Ok(())
    }

    /// Before anything is completed: every confirmed chunk is the file's own, or is sent again.
    ///
    /// # Errors
    /// `Integrity` where chunks are to be sent again; `SourceChanged` where they cannot be, in the middle of an object.
    pub(super) async fn settle_doubt(&mut self, source: &Arc<SourceFile>) -> Result<()> {
        if planted(Fault::NoRehash) {
            return Ok(());
        }
        if let Some(beside) = self.doubt.as_mut().and_then(|doubt| doubt.beside.take()) {
            let _ = beside.await;
        }
        let Some(doubt) = &self.doubt else { return Ok(()) };
        let mut differing = Vec::new();
        for row in self.confirmed_rows().await?.into_iter().filter(|row| !doubt.is_proved(row)) {
            match is_what_was_sent(source, &row).await? {
                true => self.live.add_verified(row.length),
                false => differing.push(row.offset),
            }
            self.inner.listeners.tell(Event::Progress(self.live.progress()));
        }
        match differing.is_empty() {
            true => Ok(()),
            false => self.send_again(differing).await,
        }
    }

    async fn send_again(&mut self, offsets: Vec<u64>) -> Result<()> {
        let (count, path) = (offsets.len(), self.upload.path.display().to_string());
        if self.upload.attempt.plan.lanes > 0 {
            return Err(changed_under_way(&self.upload.path));
        }
        let (id, attempt, touch) = (self.upload.id, self.upload.attempt.seq, self.touch(None));
        let forget = move |connection: &rusqlite::Connection| chunks::forget(connection, id, attempt, &offsets, touch);
        self.inner.records.run(forget).await?;
        let text = format!("“{path}” changed without a trace; {count} of its chunks are sent again as they are now");
        Err(Error::new(ErrorKind::Integrity, text))
    }

    /// What the record has as confirmed.
    pub(super) async fn confirmed_rows(&self) -> Result<Vec<ChunkRow>> {
        let attempt = self.upload.attempt.seq;
        let rows = self.inner.records.run(move |connection| chunks::of_attempt(connection, attempt)).await?;
        Ok(rows.into_iter().filter(|row| row.confirmed).collect())
    }
}

/// Bytes that were sent are not the file's any more, and lie where nothing can be sent again.
pub(super) fn changed_under_way(path: &Path) -> Error {
    let text = format!("“{}” changed while its upload was under way", path.display());
    Error::new(ErrorKind::SourceChanged, text)
}

async fn is_what_was_sent(source: &Arc<SourceFile>, row: &ChunkRow) -> Result<bool> {
    let chunk = Chunk { index: 0, offset: row.offset, length: row.length };
    let (reader, digest) = (Arc::clone(source), row.digest);
    blocking(move || Ok(digest == Some(reader.digest(chunk)?))).await
}
