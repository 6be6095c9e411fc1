//! Closing an upload: from all bytes being here to the file having its name.

use std::io;

use crate::files::{Access, Kind, Stat};
use crate::journal::{Digest, Item, UploadId};
use crate::names;
use crate::store::index::{Finished, Finishing, Open};
use crate::store::{Claim, Delivered, Inner, Meta, Store, StoreError, Upload, blocking, now};

/// A name taken by others again and again is given up after so many tries.
const MAX_TRIES: usize = 1000;

/// The next thing to do for a file on its way to its name.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// The name is free: give it to the part file.
    Link,
    /// The part file has the name already: take its old name away.
    Unlink,
    /// Our own placeholder has the name: move the part file over it.
    Replace,
    /// Somebody else's file has the name: choose another.
    OtherName,
    /// The part file is gone, so it was placed; the journal only has to hear of it.
    Nothing,
}

/// What is to be done, from what stands at both names. Holds for every state a power cut can leave.
fn next_step(part: Option<Stat>, target: Option<Stat>, placeholder: bool) -> Step {
    match (part, target) {
        (None, _) => Step::Nothing,
        (Some(_), None) => Step::Link,
        (Some(part), Some(target)) if part.is_same_file(&target) => Step::Unlink,
        (Some(_), Some(target)) if placeholder && target.is_empty_file() => Step::Replace,
        (Some(_), Some(_)) => Step::OtherName,
    }
}

impl Store {
    /// Closes an upload whose chunks are all here. A repeat gets the first answer and changes nothing.
    /// An unknown upload of no bytes at all makes an empty file.
    ///
    /// # Errors
    /// [`StoreError::Missing`] names what has not come yet; [`StoreError::Unknown`] when nothing is held.
    pub async fn finish(&self, uuid: &UploadId, meta: Meta) -> Result<Delivered, StoreError> {
        match self.0.upload(uuid) {
            Some(Upload::Finished(finished)) => return self.0.finished(&finished, &meta),
            // Asked before anybody is stopped for it.
            Some(Upload::Open(open)) => drop(whole_size(&open, &meta)?),
            Some(Upload::Growing(_)) => return Err(begun_otherwise()),
            Some(Upload::Finishing(_)) | None => {}
        }
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || {
            let delivered = store.0.finish(lease.uuid(), &meta);
            store.0.journal.hold(lease);
            delivered
        })
        .await
    }

    /// Carries out a finish that an error had left half done.
    pub(super) async fn finish_what_was_begun(&self, uuid: &UploadId) -> Result<(), StoreError> {
        if !matches!(self.0.index.read().get(uuid), Some(Upload::Finishing(_))) {
            return Ok(());
        }
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || match store.0.upload(lease.uuid()) {
            Some(Upload::Finishing(_)) => {
                store.0.carry_out(lease.uuid(), None)?;
                Ok(store.0.journal.catch_up()?)
            }
            _ => Ok(()),
        })
        .await
    }
}

impl Inner {
    fn finish(&self, uuid: &UploadId, meta: &Meta) -> Result<Delivered, StoreError> {
        let finished = match self.upload(uuid) {
            Some(Upload::Finished(finished)) => return self.finished(&finished, meta),
            Some(Upload::Finishing(_)) => self.carry_out(uuid, None)?,
            Some(Upload::Open(open)) => {
                let size = whole_size(&open, meta)?;
                if !self.cut_part(uuid, size)? {
                    return Err(self.lost(uuid, size));
                }
                self.deliver(uuid, &meta.or(&open), size, open.whole_digest(size), Vec::new())?
            }
            Some(Upload::Growing(_)) => return Err(begun_otherwise()),
            None if meta.size == Some(0) => self.deliver_small(uuid, meta, Default::default())?,
            None => return Err(StoreError::Unknown),
        };
        Ok(finished.delivered(false))
    }

    fn finished(&self, finished: &Finished, meta: &Meta) -> Result<Delivered, StoreError> {
        finished.check_size(meta)?;
        Ok(finished.delivered(true))
    }

    /// Somebody took away from the part file: what it lost counts no longer and has to come again.
    fn lost(&self, uuid: &UploadId, size: u64) -> StoreError {
        match self.recover_open(uuid).map(|()| self.upload(uuid)) {
            Ok(Some(Upload::Open(open))) => StoreError::Missing(open.chunks.missing(size)),
            Ok(_) => StoreError::Unknown,
            Err(error) => error,
        }
    }

    /// A request that broke before anything counted may have written beyond the end. False when the file is too short.
    pub(super) fn cut_part(&self, uuid: &UploadId, size: u64) -> Result<bool, StoreError> {
        let part = self.part(uuid);
        let length = self.files.stat(&part)?.map_or(0, |stat| stat.length);
        if length < size {
            return Ok(false);
        }
        if length > size {
            let file = self.files.open(&part, Access::Change)?;
            file.set_len(size)?;
            file.sync_data()?;
        }
        Ok(true)
    }

    /// Gives the synced part file its name: reserve, place, mark done. What is to be in the journal `before` goes with it.
    pub(super) fn deliver(
        &self,
        uuid: &UploadId,
        meta: &Meta,
        size: u64,
        digest: Option<Digest>,
        mut before: Vec<Item>,
    ) -> Result<Finished, StoreError> {
        let choice = self.choose(uuid, meta.folder(), meta.name())?;
        let location = choice.location().to_owned();
        let finishing = Finishing { location, size, digest, placeholder: false, data: None, at: now() };
        before.push(finishing.entry(uuid).into());
        self.journal.append(before)?;
        drop(choice);
        self.carry_out(uuid, None)
    }

    /// Brings a reserved file to its name. Whatever a power cut or an error left, calling this again goes on from there.
    /// `bytes` are those of a small file, where the caller has them at hand.
    pub(super) fn carry_out(&self, uuid: &UploadId, bytes: Option<&[u8]>) -> Result<Finished, StoreError> {
        if let Some(Upload::Finishing(finishing)) = self.upload(uuid)
            && (bytes.is_some() || finishing.data.is_some())
        {
            self.bring_part_back(uuid, &finishing, bytes)?;
        }
        for _ in 0..MAX_TRIES {
            let Some(Upload::Finishing(finishing)) = self.upload(uuid) else { return Err(StoreError::Unknown) };
            if self.take_step(uuid, &finishing)? {
                return self.mark_done(uuid, &finishing);
            }
        }
        Err(StoreError::Conflict("no free name could be found".into()))
    }

    /// Does one step; true when the file has its name.
    fn take_step(&self, uuid: &UploadId, finishing: &Finishing) -> Result<bool, StoreError> {
        let (part, target) = (self.part(uuid), self.target(&finishing.location));
        match next_step(self.files.stat(&part)?, self.files.stat(&target)?, finishing.placeholder) {
            Step::Link => return self.link(uuid, finishing).map(|()| false),
            Step::OtherName => return self.take_other_name(uuid, finishing).map(|()| false),
            Step::Unlink => {
                self.sync_folder_of(finishing)?;
                self.discard(&part);
            }
            Step::Replace => {
                self.files.rename(&part, &target)?;
                self.sync_folder_of(finishing)?;
            }
            // An earlier try may have failed after the file was placed, but before its name was synced.
            Step::Nothing => self.sync_folder_of(finishing)?,
        }
        Ok(true)
    }

    /// Gives the part file its name, or sees that the name has gone and leaves the rest to the next step.
    fn link(&self, uuid: &UploadId, finishing: &Finishing) -> Result<(), StoreError> {
        let (folder, _) = names::parted(&finishing.location);
        if self.make_folder(folder)? != folder {
            return self.take_other_name(uuid, finishing);
        }
        let target = self.target(&finishing.location);
        match self.files.link(&self.part(uuid), &target) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) if no_name_would_help(&error) => Err(error.into()),
            Err(_) => self.put_placeholder(uuid, finishing),
        }
    }

    /// For file systems without hard links: an empty file takes the name first, so that nothing is replaced.
    fn put_placeholder(&self, uuid: &UploadId, finishing: &Finishing) -> Result<(), StoreError> {
        let with_placeholder = Finishing { placeholder: true, data: None, ..finishing.clone() };
        self.journal.append(vec![with_placeholder.entry(uuid).into()])?;
        match self.files.open(&self.target(&finishing.location), Access::New) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error.into()),
            // Whoever came first while we looked away: keep off, it is not ours.
            Err(_) => self.take_other_name(uuid, finishing),
            Ok(_) => Ok(()),
        }
    }

    fn take_other_name(&self, uuid: &UploadId, finishing: &Finishing) -> Result<(), StoreError> {
        let (folder, name) = names::parted(&finishing.location);
        let choice = self.choose(uuid, folder, name)?;
        let location = choice.location().to_owned();
        let elsewhere = Finishing { location, placeholder: false, data: None, ..finishing.clone() };
        Ok(self.journal.append(vec![elsewhere.entry(uuid).into()])?)
    }

    fn sync_folder_of(&self, finishing: &Finishing) -> Result<(), StoreError> {
        let folder = self.target_dir(names::parted(&finishing.location).0);
        // A small file's bytes are safe in the journal until the sweep has synced it.
        if finishing.data.is_none() && self.files.stat(&folder)?.is_some() {
            self.files.sync_dir(&folder)?;
        }
        Ok(())
    }

    /// The reservation is durable and says how this ends, so nobody needs to wait for this entry.
    fn mark_done(&self, uuid: &UploadId, finishing: &Finishing) -> Result<Finished, StoreError> {
        let id = self.files.stat(&self.target(&finishing.location))?.map(|stat| stat.id);
        let settled = finishing.data.is_none();
        self.journal.append_lazily(finishing.done(uuid, id, settled));
        let Finishing { location, size, digest, data, at, .. } = finishing.clone();
        Ok(Finished { location, size, digest, id, unsettled: data, at })
    }
}

fn begun_otherwise() -> StoreError {
    StoreError::Conflict("this upload was begun in another way".into())
}

/// The size of an upload that is all here.
fn whole_size(open: &Open, meta: &Meta) -> Result<u64, StoreError> {
    open.check_size(meta)?;
    let size = open.size.or(meta.size).unwrap_or(open.chunks.end());
    let missing = open.chunks.missing(size);
    match (missing.is_empty(), open.chunks.end() == size) {
        (true, true) => Ok(size),
        (true, false) => Err(StoreError::Conflict(format!("more is held than the {size} bytes of the file"))),
        (false, _) => Err(StoreError::Missing(missing)),
    }
}

impl Open {
    /// The digest of the file, when it came as a single chunk.
    fn whole_digest(&self, size: u64) -> Option<Digest> {
        let first = self.chunks.iter().next();
        first.filter(|(_, chunk)| chunk.length == size).map(|(_, chunk)| chunk.digest)
    }
}

impl Stat {
    fn is_empty_file(&self) -> bool {
        self.kind == Kind::File && self.length == 0
    }
}

/// Whether the file system has hard links and merely cannot make this one now.
fn no_name_would_help(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::NotFound)
}

/// Whether this is the file that was placed, as far as can be told.
pub(super) fn is_ours(stat: &Stat, finished: &Finished) -> bool {
    stat.kind == Kind::File && stat.length == finished.size && finished.id == Some(stat.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::FileId;

    fn file(number: u64, length: u64) -> Option<Stat> {
        Some(Stat { kind: Kind::File, length, id: FileId { number, modified: 1 } })
    }

    #[test]
    fn every_state_a_power_cut_leaves_has_its_next_step() {
        assert_eq!(next_step(file(1, 9), None, false), Step::Link, "reserved only");
        assert_eq!(next_step(file(1, 9), file(1, 9), false), Step::Unlink, "linked, part still there");
        assert_eq!(next_step(None, file(1, 9), false), Step::Nothing, "placed, not marked");
        assert_eq!(next_step(None, None, false), Step::Nothing, "placed, and taken away by somebody since");
        assert_eq!(next_step(file(1, 9), file(2, 0), true), Step::Replace, "our placeholder");
        assert_eq!(next_step(file(1, 9), file(2, 0), false), Step::OtherName, "an empty file of others");
        assert_eq!(next_step(file(1, 9), file(2, 9), true), Step::OtherName, "a file of others");
    }
}
