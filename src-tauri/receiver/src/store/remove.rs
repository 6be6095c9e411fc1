//! Forgetting an upload because its client asks for it.

use crate::journal::{Entry, UploadId};
use crate::names;
use crate::store::finish::is_ours;
use crate::store::index::Finished;
use crate::store::{Claim, Inner, Store, StoreError, Upload, blocking};

/// What became of an upload that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// It was unfinished; what had come in is gone.
    Dropped,
    /// The finished file is gone.
    Deleted,
    /// The file had been moved, changed or replaced since, so it stays; only the id is forgotten.
    Forgotten,
}

impl Store {
    /// Removes what is held of an upload. Ends requests that are sending it.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when nothing is held.
    pub async fn remove(&self, uuid: &UploadId) -> Result<Removal, StoreError> {
        let was_busy = self.0.claims.is_busy(uuid);
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || store.0.remove(lease.uuid(), was_busy)).await
    }

    /// Forgets the id of a finished upload; its file stays, and is synced first.
    ///
    /// # Errors
    /// [`StoreError::Unknown`] when it is not finished.
    pub async fn forget_finished(&self, uuid: &UploadId) -> Result<(), StoreError> {
        self.settle(u64::MAX).await?;
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || match store.0.upload(lease.uuid()) {
            Some(Upload::Finished(finished)) if finished.unsettled.is_none() => store.0.forget(lease.uuid()),
            Some(Upload::Finished(_)) => Err(StoreError::Busy("this file is being synced")),
            _ => Err(StoreError::Unknown),
        })
        .await
    }
}

impl Inner {
    fn remove(&self, uuid: &UploadId, was_busy: bool) -> Result<Removal, StoreError> {
        match self.upload(uuid) {
            None => {
                self.discard(&self.part(uuid));
                if was_busy { Ok(Removal::Dropped) } else { Err(StoreError::Unknown) }
            }
            Some(Upload::Open(_) | Upload::Growing(_)) => {
                self.forget(uuid)?;
                self.discard(&self.part(uuid));
                Ok(Removal::Dropped)
            }
            Some(Upload::Finishing(_)) => {
                let finished = self.carry_out(uuid, None)?;
                self.delete(uuid, &finished)
            }
            Some(Upload::Finished(finished)) => self.delete(uuid, &finished),
        }
    }

    fn delete(&self, uuid: &UploadId, finished: &Finished) -> Result<Removal, StoreError> {
        let target = self.target(&finished.location);
        let stat = self.files.stat(&target)?;
        let ours = stat.is_some_and(|stat| is_ours(&stat, finished)) && self.leads_nowhere_else(&finished.location)?;
        if ours {
            self.files.remove(&target)?;
            self.files.sync_dir(&self.target_dir(names::parted(&finished.location).0))?;
        }
        self.forget(uuid)?;
        Ok(if ours { Removal::Deleted } else { Removal::Forgotten })
    }

    /// Whether every folder on the way is a plain one: a symbolic link could lead out of the root.
    fn leads_nowhere_else(&self, location: &str) -> Result<bool, StoreError> {
        let mut folder = names::parted(location).0;
        while !folder.is_empty() {
            let stat = self.files.stat(&self.target(folder))?;
            if stat.is_none_or(|stat| stat.kind != crate::files::Kind::Dir) {
                return Ok(false);
            }
            folder = names::parted(folder).0;
        }
        Ok(true)
    }

    pub(super) fn forget(&self, uuid: &UploadId) -> Result<(), StoreError> {
        Ok(self.journal.append(vec![Entry::Removed { uuid: uuid.clone() }.into()])?)
    }
}
