//! Small files: their bytes go into the journal, so that many of them cost one sync.
//!
//! The file is placed at once but not synced. Until it is (see [`super::sweep`]), the journal keeps the
//! bytes, and a start after a power cut puts back what is missing.

use bytes::Bytes;

use crate::files::{Access, Kind, read_range};
use crate::journal::{Digest, Item, Span, UploadId};
use crate::store::index::{Finished, Finishing};
use crate::store::{Claim, Delivered, Inner, Meta, Store, StoreError, Upload, blocking, now};

/// The largest file whose bytes go into the journal.
pub(crate) const MAX_SMALL: usize = 64 * 1024;

impl Store {
    /// Takes in a whole file of up to [`MAX_SMALL`] bytes.
    pub async fn put_small(
        &self,
        uuid: &UploadId,
        meta: Meta,
        bytes: Bytes,
        given: Option<Digest>,
    ) -> Result<Delivered, StoreError> {
        self.0.check_size(&meta)?;
        self.finish_what_was_begun(uuid).await?;
        let lease = self.lease(uuid, Claim::Whole).await?;
        let store = self.clone();
        blocking(move || {
            let delivered = store.0.put_small(lease.uuid(), &meta, bytes, given);
            store.0.journal.hold(lease);
            delivered
        })
        .await
    }
}

impl Inner {
    fn put_small(
        &self,
        uuid: &UploadId,
        meta: &Meta,
        bytes: Bytes,
        given: Option<Digest>,
    ) -> Result<Delivered, StoreError> {
        let (digest, received) = (Digest::of(&bytes), bytes.len() as u64);
        if meta.size.is_some_and(|size| size != received) {
            return Err(StoreError::WrongLength { expected: meta.size.unwrap_or_default(), received });
        }
        if given.is_some_and(|given| given != digest) {
            return Err(StoreError::WrongDigest);
        }
        match self.upload(uuid) {
            None => {
                // Once in the journal, once in its file.
                self.check_space(2 * received)?;
                Ok(self.deliver_small(uuid, meta, bytes)?.delivered(false))
            }
            Some(Upload::Finished(done)) if done.size == received && done.digest == Some(digest) => {
                Ok(done.delivered(true))
            }
            Some(Upload::Finished(_)) => Err(StoreError::Finished),
            Some(Upload::Finishing(_)) => Err(StoreError::Busy("this upload is being finished")),
            Some(Upload::Open(_) | Upload::Growing(_)) => {
                Err(StoreError::Conflict("this upload was begun in another way".into()))
            }
        }
    }

    /// Reserves a name together with the bytes, and places the file.
    pub(super) fn deliver_small(&self, uuid: &UploadId, meta: &Meta, bytes: Bytes) -> Result<Finished, StoreError> {
        let choice = self.choose(uuid, meta.folder(), meta.name())?;
        let (location, size, digest) = (choice.location().to_owned(), bytes.len() as u64, Some(Digest::of(&bytes)));
        let data = Some(Span { at: 0, length: size });
        let finishing = Finishing { location, size, digest, placeholder: false, data, at: now() };
        self.journal.append(vec![Item { entry: finishing.entry(uuid), data: bytes.clone() }])?;
        drop(choice);
        self.carry_out(uuid, Some(&bytes))
    }

    /// Writes the part file of a small file (again), unless the file stands at its name already.
    pub(super) fn bring_part_back(
        &self,
        uuid: &UploadId,
        finishing: &Finishing,
        bytes: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        let part = self.part(uuid);
        let held;
        let bytes = match (bytes, finishing.data) {
            (Some(bytes), _) => bytes,
            (None, None) => return Ok(()),
            (None, Some(span)) => {
                held = self.journal_data(span, finishing.digest)?;
                if self.is_placed(&finishing.location, &held)? {
                    self.discard(&part);
                    return Ok(());
                }
                &held
            }
        };
        Ok(self.files.open(&part, Access::Empty)?.write_at(bytes, 0)?)
    }

    /// Whether the reserved name, which was free, has exactly these bytes by now: then we put them there.
    pub(super) fn is_placed(&self, location: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let target = self.target(location);
        let length = bytes.len() as u64;
        let stat = self.files.stat(&target)?.filter(|stat| stat.kind == Kind::File && stat.length == length);
        match stat {
            None => Ok(false),
            Some(_) => {
                Ok(read_range(&*self.files.open(&target, Access::Read)?, 0, bytes.len())?.as_deref() == Some(bytes))
            }
        }
    }

    /// Reads a small file's bytes back from the journal.
    ///
    /// # Errors
    /// I/O errors; one of them when the journal was written anew meanwhile: asked again, it works.
    pub(super) fn journal_data(&self, span: Span, digest: Option<Digest>) -> Result<Vec<u8>, StoreError> {
        let file = self.files.open(&self.journal_file, Access::Read)?;
        let bytes = read_range(&*file, span.at, span.length as usize)?.unwrap_or_default();
        match digest == Some(Digest::of(&bytes)) {
            true => Ok(bytes),
            false => Err(StoreError::Io(std::io::Error::other("the bytes in the journal have moved"))),
        }
    }

    /// What a power cut may have left of an unsynced file is put right: a file that is cut short or has
    /// holes of zeros where its bytes should be. A file with other bytes is somebody's work and stays.
    /// Gives whether the file now holds exactly `bytes`.
    pub(super) fn mend(&self, location: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        let target = self.target(location);
        let Some(stat) = self.files.stat(&target)?.filter(|stat| stat.kind == Kind::File) else { return Ok(false) };
        if stat.length > bytes.len() as u64 {
            return Ok(false);
        }
        let file = self.files.open(&target, Access::Change)?;
        let found = read_range(&*file, 0, stat.length as usize)?.unwrap_or_default();
        if found == bytes {
            return Ok(true);
        }
        if found.iter().zip(bytes).any(|(found, byte)| *found != 0 && found != byte) {
            return Ok(false);
        }
        file.write_at(bytes, 0)?;
        file.sync_data()?;
        Ok(true)
    }
}
