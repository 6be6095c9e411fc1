//! Uploads whose bytes come in their order: an offset that only grows.
//!
//! The offset is what is synced and in the journal, and bytes are only ever written from there on. While a long request
//! comes in, that is done again and again in the background, so that a crash costs little. One writes at a
//! time: whoever comes later, if only to ask for the offset, ends it and waits until it has recorded what it had.

use std::sync::Arc;
use std::time::Duration;

use crate::files::Access;
use crate::journal::{Entry, Item, Profile, UploadId};
use crate::store::index::{Alias, Growing};
use crate::store::{Claim, Delivered, Growth, Inner, Lease, Meta, Store, StoreError, Upload, blocking, now};

/// What came is recorded after so long, however little it is.
pub(crate) const RECORD_WITHIN: Duration = Duration::from_secs(1);

/// How an upload stands whose bytes come, or came, in their order.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Standing {
    pub uuid: UploadId,
    pub profile: Arc<Profile>,
    /// Bytes, where the client has said.
    pub size: Option<u64>,
    /// Bytes that are held.
    pub offset: u64,
    /// When an unfinished one goes, milliseconds since 1970.
    pub expires: Option<u64>,
    /// Where it is, when it is finished.
    pub delivered: Option<Delivered>,
}

impl Store {
    /// Begins an upload; whoever repeats an attempt gets the first one, and true.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the attempt was begun in another way.
    pub async fn begin_growing(&self, profile: Profile) -> Result<(Standing, bool), StoreError> {
        let _turn = self.turn(&profile).await?;
        if let Some(standing) = self.begun_before(&profile).await? {
            return Ok((standing, true));
        }
        self.0.check_size(&meta_of(&profile, profile.size))?;
        let store = self.clone();
        blocking(move || Ok((store.0.begin_growing(profile)?, false))).await
    }

    /// Who tries the same attempt at the same time waits for its turn.
    pub(super) async fn turn(&self, profile: &Profile) -> Result<Option<Lease>, StoreError> {
        match &profile.attempt {
            Some(attempt) => Ok(Some(self.0.attempts.lease(attempt, Claim::Exclusive).await?)),
            None => Ok(None),
        }
    }

    /// What was begun by the same attempt.
    pub(super) async fn begun_before(&self, profile: &Profile) -> Result<Option<Standing>, StoreError> {
        let Some(attempt) = &profile.attempt else { return Ok(None) };
        let found = self.0.index.read().find(&Alias::Attempt(attempt.clone())).cloned();
        let Some(uuid) = found else { return Ok(None) };
        match self.standing(&uuid).await {
            Ok(standing) if standing.profile.is_same_beginning(profile) => Ok(Some(standing)),
            Ok(_) => Err(StoreError::Conflict("this attempt was begun with another length or kind".into())),
            // It has expired, or went meanwhile: the attempt begins anew.
            Err(StoreError::Unknown) => match self.remove(&uuid).await {
                Ok(_) | Err(StoreError::Unknown) => Ok(None),
                Err(error) => Err(error),
            },
            Err(error) => Err(error),
        }
    }

    /// How an upload stands. Ends a request that is sending it, so that this is true until the next one comes.
    ///
    /// # Errors
    /// [`StoreError::Unknown`], also for one that has expired.
    pub async fn standing(&self, uuid: &UploadId) -> Result<Standing, StoreError> {
        self.finish_what_was_begun(uuid).await?;
        if let Some(Upload::Finished(_)) = self.0.upload(uuid) {
            return self.0.standing(uuid);
        }
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        self.0.standing(lease.uuid())
    }

    /// Begins to take bytes at `offset`. `size` is what the client says now. Ends an older request that does the same.
    ///
    /// # Errors
    /// [`StoreError::Offset`] tells the right one; [`StoreError::Complete`] when the upload has its name.
    pub async fn grow(&self, uuid: &UploadId, offset: u64, size: Option<u64>) -> Result<Growth, StoreError> {
        self.finish_what_was_begun(uuid).await?;
        let lease = self.lease(uuid, Claim::Tail).await?;
        let store = self.clone();
        let begun = blocking(move || store.growth(lease, offset, size)).await;
        match begun {
            Err(StoreError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(self.forget_if_lost(uuid).await?.unwrap_or(error.into()))
            }
            begun => begun,
        }
    }

    /// Gives an upload its name whose bytes are all here.
    pub async fn seal(&self, uuid: &UploadId, offset: u64) -> Result<Standing, StoreError> {
        let growth = self.grow(uuid, offset, None).await?;
        blocking(move || growth.finish()).await
    }

    fn growth(&self, lease: Lease, offset: u64, size: Option<u64>) -> Result<Growth, StoreError> {
        let growing = self.0.growing(lease.uuid())?;
        if growing.size.or(size) != size.or(growing.size) {
            return Err(StoreError::Length);
        }
        self.0.check_size(&meta_of(&growing.profile, size))?;
        if offset != growing.offset {
            return Err(StoreError::Offset(growing.offset));
        }
        if size.is_some_and(|size| size < offset) {
            return Err(StoreError::Length);
        }
        Growth::open(self.clone(), lease, growing, size)
    }
}

impl Inner {
    fn begin_growing(&self, profile: Profile) -> Result<Standing, StoreError> {
        let uuid = UploadId::random();
        let _begun = self.begin(&uuid, profile.client.as_deref())?;
        self.check_space(profile.size.unwrap_or_default())?;
        self.journal.append(vec![begun(&uuid, profile)])?;
        self.standing(&uuid)
    }

    pub(super) fn standing(&self, uuid: &UploadId) -> Result<Standing, StoreError> {
        let index = self.index.read();
        let (Some(profile), Some(upload)) = (index.profile(uuid).cloned(), index.get(uuid)) else {
            return Err(StoreError::Unknown);
        };
        let (size, offset, expires, delivered) = match upload {
            Upload::Growing(growing) if self.has_expired(growing.touched) => return Err(StoreError::Unknown),
            Upload::Growing(growing) => (growing.size, growing.offset, Some(self.expiry(growing.touched)), None),
            Upload::Finished(done) => (Some(done.size), done.size, None, Some(done.delivered(true))),
            Upload::Finishing(_) | Upload::Open(_) => return Err(StoreError::Busy("this upload is being finished")),
        };
        Ok(Standing { uuid: uuid.clone(), profile, size, offset, expires, delivered })
    }

    /// An upload that can grow, as the journal tells it.
    fn growing(&self, uuid: &UploadId) -> Result<Growing, StoreError> {
        match self.upload(uuid) {
            Some(Upload::Growing(growing)) if !self.has_expired(growing.touched) => Ok(growing),
            Some(Upload::Growing(_) | Upload::Open(_)) | None => Err(StoreError::Unknown),
            Some(Upload::Finished(_)) => {
                let standing = self.standing(uuid)?;
                Err(StoreError::Complete(Box::new(standing)))
            }
            Some(Upload::Finishing(_)) => Err(StoreError::Busy("this upload is being finished")),
        }
    }

    fn has_expired(&self, touched: u64) -> bool {
        self.expiry(touched) < now()
    }

    pub(super) fn expiry(&self, touched: u64) -> u64 {
        touched.saturating_add(u64::try_from(self.rules.keep.as_millis()).unwrap_or(u64::MAX))
    }

    /// After a crash more may lie in the part file than counts: that goes. One that holds less has lost what was
    /// promised, and nobody could tell from its offset: the upload goes.
    pub(super) fn recover_growing(&self, uuid: &UploadId) -> Result<(), StoreError> {
        let Some(Upload::Growing(growing)) = self.upload(uuid) else { return Ok(()) };
        let length = self.files.stat(&self.part(uuid))?.map(|stat| stat.length);
        match length {
            None if growing.offset == 0 => Ok(()),
            Some(length) if length > growing.offset => self.cut_growing(uuid, growing.offset),
            Some(length) if length == growing.offset => Ok(()),
            _ => {
                self.forget(uuid)?;
                self.discard(&self.part(uuid));
                Ok(())
            }
        }
    }

    fn cut_growing(&self, uuid: &UploadId, offset: u64) -> Result<(), StoreError> {
        let file = self.files.open(&self.part(uuid), Access::Change)?;
        file.set_len(offset)?;
        Ok(file.sync_data()?)
    }
}

/// The entry that begins an upload.
pub(super) fn begun(uuid: &UploadId, profile: Profile) -> Item {
    Entry::Begun { uuid: uuid.clone(), profile: Arc::new(profile), at: now() }.into()
}

/// What a file of this profile is to be.
pub(super) fn meta_of(profile: &Profile, size: Option<u64>) -> Meta {
    let Profile { name, folder, client, .. } = profile.clone();
    Meta { name: Some(name), folder: Some(folder), size, client }
}
