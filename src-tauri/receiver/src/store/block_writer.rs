//! Taking in a range of bytes, block by block.
//!
//! A range that is new is written. One that is held already is compared with what comes, and only
//! from the first difference on (and after the journal has said so) written over. One of a finished
//! upload is only hashed.

use std::sync::Arc;

use carryon_instruments::{Fault, planted};

use crate::files::{Access, Kind, OpenFile, read_range};
use crate::journal::{Digest, Entry, Item, UploadId};
use crate::store::chunks::Fit;
use crate::store::index::{Finished, Open};
use crate::store::room::Begun;
use crate::store::{Claim, Delivered, HeldChunk, Inner, Lease, Meta, Store, StoreError, Upload, blocking, now};

/// The finished file is read back in blocks of this size, in bytes.
const READ_BLOCK: usize = 1024 * 1024;

/// What was acknowledged of a chunk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Receipt {
    pub digest: Digest,
    /// It was held before this request.
    pub repeat: bool,
}

enum Mode {
    /// Nothing here counts: write.
    Write(Box<dyn OpenFile>),
    /// These bytes are held: compare.
    Compare(Box<dyn OpenFile>),
    /// The upload is finished: only hash.
    Verify(Finished),
}

/// Writes one range of an upload. All its methods block. Dropped without a commit, it leaves nothing that counts.
pub(crate) struct BlockWriter {
    store: Store,
    mode: Mode,
    meta: Meta,
    /// Offset of the first byte.
    offset: u64,
    /// No more bytes than this are taken.
    limit: u64,
    written: u64,
    hasher: blake3::Hasher,
    committed: bool,
    /// While the journal does not know the upload.
    _begun: Option<Begun>,
    lease: Arc<Lease>,
}

impl Store {
    /// Begins `length` bytes at `offset`. Ends an older request for the same bytes.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the size, or the boundaries of a chunk, are not those of before.
    pub async fn begin_chunk(
        &self,
        uuid: &UploadId,
        meta: Meta,
        offset: u64,
        length: u64,
    ) -> Result<BlockWriter, StoreError> {
        self.0.check_size(&meta)?;
        self.finish_what_was_begun(uuid).await?;
        let lease = self.lease(uuid, Claim::Chunk { offset, length }).await?;
        let store = self.clone();
        match blocking(move || store.writer(lease, meta, offset, length)).await {
            Err(StoreError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                Err(self.forget_if_lost(uuid).await?.unwrap_or(error.into()))
            }
            begun => begun,
        }
    }

    /// Forgets an upload whose part file somebody took away, so that it can begin anew; gives what to answer then.
    pub(super) async fn forget_if_lost(&self, uuid: &UploadId) -> Result<Option<StoreError>, StoreError> {
        let lease = self.lease(uuid, Claim::Exclusive).await?;
        let store = self.clone();
        blocking(move || {
            let uuid = lease.uuid();
            let length = store.0.files.stat(&store.0.part(uuid))?.map(|stat| stat.length);
            let is_lost = match store.0.upload(uuid) {
                Some(Upload::Open(_)) => length.is_none(),
                Some(Upload::Growing(growing)) => length.unwrap_or_default() < growing.offset,
                _ => false,
            };
            if !is_lost {
                return Ok(None);
            }
            store.0.forget(uuid)?;
            store.0.discard(&store.0.part(uuid));
            Ok(Some(StoreError::Unknown))
        })
        .await
    }

    /// Begins all bytes of a file. Ends an older request that does the same.
    pub async fn begin_whole(&self, uuid: &UploadId, meta: Meta) -> Result<BlockWriter, StoreError> {
        self.0.check_size(&meta)?;
        self.finish_what_was_begun(uuid).await?;
        let lease = self.lease(uuid, Claim::Whole).await?;
        let limit = meta.size.unwrap_or(self.0.rules.max_size);
        let store = self.clone();
        blocking(move || store.writer(lease, meta, 0, limit)).await
    }

    fn writer(&self, lease: Lease, meta: Meta, offset: u64, limit: u64) -> Result<BlockWriter, StoreError> {
        let (mode, begun) = self.0.mode(&lease, &meta)?;
        let (store, hasher, lease) = (self.clone(), blake3::Hasher::new(), Arc::new(lease));
        Ok(BlockWriter { store, mode, meta, offset, limit, written: 0, hasher, committed: false, _begun: begun, lease })
    }
}

impl Inner {
    pub(super) fn check_size(&self, meta: &Meta) -> Result<(), StoreError> {
        match meta.size {
            Some(size) if size > self.rules.max_size => Err(StoreError::Limit("the file is larger than allowed here")),
            _ => Ok(()),
        }
    }

    /// What is to be done with the bytes; and the upload's place among the unfinished, when it is new.
    fn mode(&self, lease: &Lease, meta: &Meta) -> Result<(Mode, Option<Begun>), StoreError> {
        let uuid = lease.uuid();
        if self.upload(uuid).is_some() {
            return Ok((self.mode_of_known(lease, meta)?, None));
        }
        let begun = self.begin(uuid, meta.client.as_deref())?;
        self.check_space(meta.size.unwrap_or_default())?;
        let access = if lease.claim() == Claim::Whole { Access::Empty } else { Access::Keep };
        Ok((Mode::Write(self.files.open(&self.part(uuid), access)?), Some(begun)))
    }

    fn mode_of_known(&self, lease: &Lease, meta: &Meta) -> Result<Mode, StoreError> {
        let part = self.part(lease.uuid());
        match (self.upload(lease.uuid()), lease.claim()) {
            (None, _) => Err(StoreError::Unknown),
            (Some(Upload::Open(open)), Claim::Chunk { offset, length }) => {
                open.check_size(meta)?;
                let fit = open.chunks.fit(offset, length);
                let file = || self.files.open(&part, Access::Change);
                match fit {
                    Fit::Free => self.check_space(length).and_then(|()| Ok(Mode::Write(file()?))),
                    Fit::Same => Ok(Mode::Compare(file()?)),
                    Fit::Clash => Err(StoreError::Conflict("these bytes overlap a chunk with other boundaries".into())),
                }
            }
            (Some(Upload::Finished(finished)), _) => {
                finished.check_size(meta)?;
                Ok(Mode::Verify(finished))
            }
            (Some(Upload::Open(_) | Upload::Growing(_)), _) => {
                Err(StoreError::Conflict("this upload was begun in another way".into()))
            }
            (Some(Upload::Finishing(_)), _) => Err(StoreError::Busy("this upload is being finished")),
        }
    }
}

impl BlockWriter {
    /// Cancelled when a newer request wants the same bytes.
    pub fn ended(&self) -> tokio_util::sync::CancellationToken {
        self.lease.ended()
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`StoreError::TooLong`] when there are more than announced; nothing beyond the range is ever written.
    pub fn write(&mut self, block: &[u8]) -> Result<(), StoreError> {
        let length = block.len() as u64;
        if length > self.limit - self.written {
            return Err(StoreError::TooLong(self.limit));
        }
        self.hasher.update(block);
        let at = self.offset + self.written;
        match &self.mode {
            Mode::Verify(_) => {}
            Mode::Write(file) => {
                self.store.0.check_space(length)?;
                file.write_at(block, at)?;
            }
            Mode::Compare(file) => {
                let held = read_range(&**file, at, block.len())?.unwrap_or_default();
                if held != block {
                    let same = held.iter().zip(block).take_while(|(a, b)| a == b).count();
                    self.write_over(&block[same..], at + same as u64)?;
                }
            }
        }
        self.written += length;
        Ok(())
    }

    /// The held chunk is not what comes now: it stops counting before its bytes change.
    fn write_over(&mut self, bytes: &[u8], at: u64) -> Result<(), StoreError> {
        let entry = Entry::Unmarked { uuid: self.lease.uuid().clone(), offset: self.offset };
        self.store.0.journal.append(vec![entry.into()])?;
        let file = self.store.0.files.open(&self.store.0.part(self.lease.uuid()), Access::Change)?;
        file.write_at(bytes, at)?;
        self.mode = Mode::Write(file);
        Ok(())
    }

    /// Makes the chunk durable and marks it whole.
    ///
    /// # Errors
    /// [`StoreError::WrongLength`] and [`StoreError::WrongDigest`] mark nothing.
    pub fn commit_chunk(mut self, given: Option<Digest>) -> Result<Receipt, StoreError> {
        let digest = self.checked(self.limit, given)?;
        self.committed = true;
        match &self.mode {
            Mode::Compare(_) => Ok(Receipt { digest, repeat: true }),
            Mode::Write(file) => {
                if !planted(Fault::AnswerBeforeSync) {
                    file.sync_data()?;
                }
                self.mark(digest)?;
                Ok(Receipt { digest, repeat: false })
            }
            Mode::Verify(finished) => {
                match self.store.0.digest_of(finished, self.offset, self.limit)? == Some(digest) {
                    true => Ok(Receipt { digest, repeat: true }),
                    false => Err(StoreError::Finished),
                }
            }
        }
    }

    fn mark(&self, digest: Digest) -> Result<(), StoreError> {
        let (store, uuid) = (&self.store.0, self.lease.uuid());
        let mut items = Vec::new();
        match store.upload(uuid) {
            None => {
                // The part file's name becomes durable with the first chunk that counts.
                store.files.sync_dir(&store.parts)?;
                let (name, folder) = (self.meta.name().to_owned(), self.meta.folder().to_owned());
                let size = self.meta.size;
                let client = self.meta.client.clone();
                items.push(Item::from(Entry::Opened { uuid: uuid.clone(), name, folder, size, client, at: now() }));
            }
            Some(Upload::Open(open)) => open.check_size(&self.meta)?,
            Some(_) => return Err(StoreError::Busy("this upload was finished meanwhile")),
        }
        let (offset, length) = (self.offset, self.limit);
        items.push(Entry::Chunk { uuid: uuid.clone(), offset, length, digest, at: now() }.into());
        Ok(store.journal.append(items)?)
    }

    /// Makes the whole file durable and gives it its name.
    pub fn commit_whole(mut self, given: Option<Digest>) -> Result<Delivered, StoreError> {
        let digest = self.checked(self.meta.size.unwrap_or(self.written), given)?;
        match &self.mode {
            Mode::Verify(finished) if finished.size == self.written && finished.digest == Some(digest) => {
                Ok(finished.delivered(true))
            }
            Mode::Verify(_) => Err(StoreError::Finished),
            Mode::Write(file) | Mode::Compare(file) => {
                file.sync_data()?;
                self.store.0.files.sync_dir(&self.store.0.parts)?;
                self.committed = true;
                let finished =
                    self.store.0.deliver(self.lease.uuid(), &self.meta, self.written, Some(digest), Vec::new())?;
                self.store.0.journal.hold(self.lease.clone());
                Ok(finished.delivered(false))
            }
        }
    }

    fn checked(&self, expected: u64, given: Option<Digest>) -> Result<Digest, StoreError> {
        if self.written != expected {
            return Err(StoreError::WrongLength { expected, received: self.written });
        }
        let digest = Digest(self.hasher.finalize());
        match given {
            Some(given) if given != digest => Err(StoreError::WrongDigest),
            _ => Ok(digest),
        }
    }
}

impl Drop for BlockWriter {
    fn drop(&mut self) {
        // A whole file that did not come to its end is of no use to anybody.
        if !self.committed && self.lease.claim() == Claim::Whole && matches!(self.mode, Mode::Write(_)) {
            self.store.0.discard(&self.store.0.part(self.lease.uuid()));
        }
    }
}

impl Inner {
    /// The digest of a range of a finished file; `None` when the file is not there any more as it was placed.
    fn digest_of(&self, finished: &Finished, offset: u64, length: u64) -> Result<Option<Digest>, StoreError> {
        let target = self.target(&finished.location);
        match self.files.stat(&target)? {
            Some(stat) if stat.kind == Kind::File && stat.length == finished.size && Some(stat.id) == finished.id => {}
            _ => return Ok(None),
        }
        let file = self.files.open(&target, Access::Read)?;
        let mut hasher = blake3::Hasher::new();
        let mut at = offset;
        while at < offset + length {
            let block = (offset + length - at).min(READ_BLOCK as u64) as usize;
            let Some(bytes) = read_range(&*file, at, block)? else { return Ok(None) };
            hasher.update(&bytes);
            at += block as u64;
        }
        Ok(Some(Digest(hasher.finalize())))
    }
}

impl Open {
    pub(super) fn check_size(&self, meta: &Meta) -> Result<(), StoreError> {
        check_sizes(self.size, meta.size)
    }

    pub(super) fn held(&self) -> Vec<HeldChunk> {
        let held = |(offset, c): (u64, super::chunks::Chunk)| HeldChunk { offset, length: c.length, digest: c.digest };
        self.chunks.iter().map(held).collect()
    }
}

impl Finished {
    pub(super) fn check_size(&self, meta: &Meta) -> Result<(), StoreError> {
        check_sizes(Some(self.size), meta.size)
    }

    pub(super) fn delivered(&self, repeat: bool) -> Delivered {
        Delivered { location: self.location.clone(), size: self.size, digest: self.digest, repeat }
    }
}

fn check_sizes(before: Option<u64>, now: Option<u64>) -> Result<(), StoreError> {
    match (before, now) {
        (Some(before), Some(now)) if before != now => {
            Err(StoreError::Conflict(format!("this upload was said to have {before} bytes, now {now}")))
        }
        _ => Ok(()),
    }
}
