//! The history as the engine hands it out: searched, held against files, and forgotten.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use serde_json::Value;

use crate::{
    engine::Engine,
    error::{Error, ErrorKind, Result},
    inner::Inner,
    receipt::{Comparison, Receipt, compare},
    records::{
        found::{self, Page, Place, Search},
        history::{self, Past},
        receipts, settings,
    },
    source::{self, SourceFile},
    upload::now,
    worker::blocking,
};

/// The setting that says for how many days the history is kept; none for ever.
const KEEP_DAYS: &str = "history.keep_days";
const DAY: i64 = 24 * 60 * 60 * 1000;
/// The longest that can be asked for, in days.
const LONGEST: u32 = 36_500;

/// Watches over a file that is read: how far it is, and whether it is to stop. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    read: Arc<AtomicU64>,
    stopped: Arc<AtomicBool>,
}

impl Watch {
    /// Bytes read so far.
    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    /// Ends the reading soon.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was told to end.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

struct Watched<R> {
    file: R,
    watch: Watch,
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.watch.is_stopped() {
            return Err(io::Error::other("stopped"));
        }
        let read = self.file.read(buffer)?;
        self.watch.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

impl Engine {
    /// What became of the last `limit` uploads whose records are gone, oldest first.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn history(&self, limit: u32) -> Result<Vec<Past>> {
        self.inner.records.run(move |connection| history::list(connection, limit)).await
    }

    /// What of the history is found, the newest first: at most `limit` entries (and never more than 1000) behind `after`.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn search_history(&self, search: Search, after: Option<Place>, limit: u32) -> Result<Page> {
        self.inner.records.run(move |connection| found::page(connection, &search, after, limit)).await
    }

    /// The names of the destinations that the history speaks of.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn history_destinations(&self) -> Result<Vec<String>> {
        self.inner.records.run(found::destinations).await
    }

    /// One entry of the history, and its receipt where it has one.
    ///
    /// # Errors
    /// `Invalid` where there is no such entry; `Storage`.
    pub async fn past(&self, seq: i64) -> Result<(Past, Option<Receipt>)> {
        let both = move |connection: &rusqlite::Connection| {
            let past = history::get(connection, seq)?;
            // One that cannot be read is as good as none.
            let kept = receipts::of_entry(connection, seq).ok().flatten();
            Ok((past, kept.map(|kept| kept.receipt)))
        };
        self.inner.records.run(both).await
    }

    /// Forgets what is found, receipts and all; says how many entries that were.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn forget_found(&self, search: Search) -> Result<u64> {
        self.inner.records.run(move |connection| found::remove(connection, &search)).await
    }

    /// Forgets the entries of these numbers, receipts and all; says how many of them there were.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn forget_past(&self, these: Vec<i64>) -> Result<u64> {
        self.inner.records.run(move |connection| found::remove_these(connection, &these)).await
    }

    /// For how many days the history is kept; none for ever.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn history_days(&self) -> Result<Option<u32>> {
        self.inner.history_days().await
    }

    /// Keeps the history for so many days from now on; what is older goes at once. None keeps it for ever.
    ///
    /// # Errors
    /// `Invalid` for no day at all, or more than 36500; `Storage`.
    pub async fn keep_history(&self, days: Option<u32>) -> Result<()> {
        if days.is_some_and(|days| !(1..=LONGEST).contains(&days)) {
            let text = format!("The history can be kept for 1 to {LONGEST} days, or for ever");
            return Err(Error::new(ErrorKind::Invalid, text).next_step("Write another number of days."));
        }
        let value = days.map_or(Value::Null, Value::from);
        self.inner.records.run(move |connection| settings::set(connection, KEEP_DAYS, &value)).await?;
        self.inner.forget_old_history().await
    }

    /// Holds the file that was sent, or the one at `other`, against the receipt of an entry, byte for byte.
    ///
    /// # Errors
    /// `Invalid` where there is no receipt, or none that names a digest; `SourceMissing` and `SourceChanged` where the
    /// file is not there, or is written to meanwhile; `Rejected` where `watch` ended it.
    ///
    /// # Cancellation
    /// Dropped, the file is read to its end all the same; `watch` ends that.
    pub async fn verify_past(&self, seq: i64, other: Option<PathBuf>, watch: Watch) -> Result<Comparison> {
        let kept = self.inner.records.run(move |connection| receipts::of_entry(connection, seq)).await?;
        let none =
            || Error::new(ErrorKind::Invalid, "There is no receipt: it was not delivered, or by an older Carryon");
        let kept = kept.ok_or_else(|| none().next_step("Compare the files by other means."))?;
        let path = other.unwrap_or(kept.path);
        blocking(move || held_against(&kept.receipt, &path, watch)).await
    }
}

fn held_against(receipt: &Receipt, path: &Path, watch: Watch) -> Result<Comparison> {
    let source = SourceFile::open(path)?;
    let size = source.identity().size;
    if size == receipt.size && !receipt.names_content() {
        let text = "The receipt names no digest; whether this is the file that was sent cannot be said";
        return Err(Error::new(ErrorKind::Invalid, text).next_step("Compare the sizes, or send the file once more."));
    }
    let mut file = Watched { file: source.reader(), watch: watch.clone() };
    let found = compare(receipt, size, &mut file, false);
    if watch.is_stopped() {
        return Err(Error::new(ErrorKind::Rejected, "The comparison was stopped").next_step("Verify again."));
    }
    let found = found.map_err(|error| source::unreadable(path, error))?;
    source.check(source.identity())?;
    Ok(found)
}

impl Inner {
    async fn history_days(&self) -> Result<Option<u32>> {
        let days = self.records.run(|connection| settings::get(connection, KEEP_DAYS)).await?;
        Ok(days.and_then(|days| days.as_u64()).and_then(|days| u32::try_from(days).ok()).filter(|days| *days > 0))
    }

    /// Removes what is older than the history is kept.
    pub(crate) async fn forget_old_history(&self) -> Result<()> {
        let Some(days) = self.history_days().await? else { return Ok(()) };
        let old = Search { until: Some(now() - i64::from(days) * DAY), ..Search::default() };
        let removed = self.records.run(move |connection| found::remove(connection, &old)).await?;
        if removed > 0 {
            tracing::info!(removed, days, "old entries of the history were removed");
        }
        Ok(())
    }
}
