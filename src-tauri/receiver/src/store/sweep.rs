//! Housekeeping: what is too old goes, small files are synced, the journal is kept short.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::files::{Access, FileId};
use crate::journal::{Entry, Item, UploadId};
use crate::names;
use crate::store::finish::is_ours;
use crate::store::index::Finished;
use crate::store::{Inner, Store, StoreError, Upload, blocking, part_owner};

/// A journal shorter than this is never written anew while the store runs; bytes.
const SHORT_JOURNAL: u64 = 32 * 1024 * 1024;
/// So many small files are synced before the journal hears of it.
const BATCH: usize = 256;
/// A part file of an upload of which nothing counts goes after this time.
const STRAY: Duration = Duration::from_secs(60 * 60);

impl Store {
    /// Removes what is older than `keep` at the time `now` (milliseconds since 1970): unfinished uploads
    /// that nobody is sending, and the ids of finished ones. Gives how many went.
    pub async fn sweep(&self, now: u64) -> Result<usize, StoreError> {
        let store = self.clone();
        blocking(move || store.0.sweep(now)).await
    }

    /// Syncs the small files placed before `before` (milliseconds since 1970), so that their bytes may leave the journal.
    pub async fn settle(&self, before: u64) -> Result<(), StoreError> {
        while self.settle_some(before).await? {}
        Ok(())
    }

    /// Syncs as many small files as can be done in about this time. The rest stays safe in the journal.
    pub async fn settle_for(&self, time: Duration) -> Result<(), StoreError> {
        let begun = Instant::now();
        // The last files may be known to the journal's writer only: nobody waits for that they are done.
        let store = self.clone();
        blocking(move || Ok(store.0.journal.catch_up()?)).await?;
        while begun.elapsed() < time && self.settle_some(u64::MAX).await? {}
        Ok(())
    }

    async fn settle_some(&self, before: u64) -> Result<bool, StoreError> {
        let store = self.clone();
        blocking(move || store.0.settle_some(before)).await
    }

    /// Writes the journal anew when it has grown far beyond what it has to tell.
    pub async fn keep_journal_short(&self) -> Result<(), StoreError> {
        if !self.0.journal.is_overgrown(SHORT_JOURNAL) {
            return Ok(());
        }
        self.settle(u64::MAX).await?;
        let store = self.clone();
        blocking(move || Ok(store.0.journal.compact()?)).await
    }
}

impl Inner {
    pub(super) fn sweep(&self, now: u64) -> Result<usize, StoreError> {
        let old = self.old(now);
        let count = old.len();
        for uuid in old {
            // Whoever is being sent right now is not old.
            let Some(lease) = self.claims.lease_if_idle(&uuid) else { continue };
            self.forget(lease.uuid())?;
            self.discard(&self.part(lease.uuid()));
        }
        self.remove_strays(now)?;
        Ok(count)
    }

    fn old(&self, now: u64) -> Vec<UploadId> {
        let keep = u64::try_from(self.rules.keep.as_millis()).unwrap_or(u64::MAX);
        let is_old = |at: u64| at.saturating_add(keep) < now;
        let index = self.index.read();
        let old = index.iter().filter(|(_, upload)| match upload {
            Upload::Open(open) => is_old(open.touched),
            Upload::Growing(growing) => is_old(growing.touched),
            Upload::Finished(finished) => finished.unsettled.is_none() && is_old(finished.at),
            Upload::Finishing(_) => false,
        });
        old.map(|(uuid, _)| uuid.clone()).collect()
    }

    /// Part files of uploads that the journal does not know: requests that broke before anything counted.
    fn remove_strays(&self, now: u64) -> Result<(), StoreError> {
        for name in self.files.list(&self.parts)? {
            let path = self.parts.join(&name);
            let Some(stat) = self.files.stat(&path)? else { continue };
            let idle = Duration::from_millis(now).saturating_sub(Duration::from_nanos(stat.id.modified));
            let Some(uuid) = part_owner(&name).filter(|_| idle > STRAY) else { continue };
            let lease = self.claims.lease_if_idle(&uuid);
            if lease.is_some() && self.upload(&uuid).is_none() {
                self.discard(&path);
            }
        }
        Ok(())
    }

    /// One batch; false when nothing was left to do.
    fn settle_some(&self, before: u64) -> Result<bool, StoreError> {
        let unsettled = self.unsettled(before);
        let mut folders = BTreeSet::new();
        let mut items: Vec<Item> = Vec::with_capacity(unsettled.len());
        for (uuid, finished) in unsettled {
            let id = self.sync_file(&uuid, &finished)?;
            folders.insert(self.target_dir(names::parted(&finished.location).0));
            items.push(Entry::Settled { uuid, id }.into());
        }
        for folder in folders {
            // A folder that somebody took away needs no sync.
            if self.files.stat(&folder)?.is_some() {
                self.files.sync_dir(&folder)?;
            }
        }
        if items.is_empty() {
            return Ok(false);
        }
        self.journal.append(items)?;
        Ok(true)
    }

    fn unsettled(&self, before: u64) -> Vec<(UploadId, Finished)> {
        let index = self.index.read();
        let unsettled = index.iter().filter_map(|(uuid, upload)| match upload {
            Upload::Finished(finished) if finished.unsettled.is_some() && finished.at < before => {
                Some((uuid.clone(), finished.clone()))
            }
            _ => None,
        });
        unsettled.take(BATCH).collect()
    }

    /// Whether what stands at the name holds the bytes that the journal has for it. A failed sync has them written again, and
    /// the journal may hear late, or never, that the file looks another since.
    fn has_bytes_of(&self, finished: &Finished) -> Result<bool, StoreError> {
        let Some(span) = finished.unsettled else { return Ok(false) };
        self.is_placed(&finished.location, &self.journal_data(span, finished.digest)?)
    }

    /// Syncs a placed file, unless it was moved or replaced since: then it is not ours to keep.
    fn sync_file(&self, uuid: &UploadId, finished: &Finished) -> Result<Option<FileId>, StoreError> {
        let target = self.target(&finished.location);
        if !self.files.stat(&target)?.is_some_and(|stat| is_ours(&stat, finished)) && !self.has_bytes_of(finished)? {
            return Ok(finished.id);
        }
        let file = self.files.open(&target, Access::Change)?;
        if let Err(error) = file.sync_data() {
            // The system may take what it could not write for written: only writing it again makes a
            // second sync mean something.
            if let Some(span) = finished.unsettled {
                file.write_at(&self.journal_data(span, finished.digest)?, 0)?;
                let id = self.files.stat(&target)?.map(|stat| stat.id);
                self.journal.append_lazily(finished.with_id(uuid, id));
            }
            return Err(error.into());
        }
        Ok(self.files.stat(&target)?.map(|stat| stat.id))
    }
}
