//! Taking in the next bytes of an upload that grows.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::Instant;

use carryon_instruments::{Fault, planted};

use crate::files::{Access, OpenFile, read_range};
use crate::journal::{Digest, Entry, Item, Profile, UploadId};
use crate::store::grow::{RECORD_WITHIN, meta_of};
use crate::store::index::{Finished, Growing};
use crate::store::tree::{LEAF, Tree};
use crate::store::{Inner, Lease, MAX_SMALL, Standing, Store, StoreError};

/// The part file is read back in blocks of this size, in bytes.
const READ_BLOCK: usize = 1024 * 1024;

/// Writes bytes at the end of an upload. All its methods block. Dropped without [`Growth::keep`], what came after the
/// last record does not count.
pub(crate) struct Growth {
    store: Store,
    profile: Arc<Profile>,
    size: Option<u64>,
    file: Arc<dyn OpenFile>,
    /// The part file's name is not known to be synced.
    is_new: bool,
    /// Up to here bytes are recorded, or being recorded.
    recorded: u64,
    /// Up to here bytes are written.
    at: u64,
    /// No byte is taken beyond.
    limit: u64,
    /// Nothing counts before all of it does.
    all_or_nothing: bool,
    tree: Option<Tree>,
    last_record: Instant,
    recording: Option<mpsc::Receiver<Result<(), StoreError>>>,
    /// A record failed. What a failed sync did not write the system may take for written, so that a later one, though it
    /// succeeds, says nothing of it: only a request that sends it again can make it count.
    is_broken: bool,
    lease: Arc<Lease>,
}

/// What is to be recorded, and all that is needed to do it elsewhere.
struct Record {
    store: Store,
    lease: Arc<Lease>,
    file: Arc<dyn OpenFile>,
    /// To be synced too.
    parts: Option<PathBuf>,
    entry: Entry,
}

impl Growth {
    pub(super) fn open(store: Store, lease: Lease, growing: Growing, size: Option<u64>) -> Result<Growth, StoreError> {
        let access = if growing.offset == 0 { Access::Keep } else { Access::Change };
        let file: Arc<dyn OpenFile> = store.0.files.open(&store.0.part(lease.uuid()), access)?.into();
        let tree = tree_at(&*file, &growing)?;
        let size = growing.size.or(size);
        let limit = size.unwrap_or(store.0.rules.max_size);
        let (recorded, at, is_new) = (growing.offset, growing.offset, growing.offset == 0);
        let (all_or_nothing, last_record, recording, is_broken) = (false, Instant::now(), None, false);
        let (profile, lease) = (growing.profile, Arc::new(lease));
        Ok(Growth {
            store,
            profile,
            size,
            file,
            is_new,
            recorded,
            at,
            limit,
            all_or_nothing,
            tree,
            last_record,
            recording,
            is_broken,
            lease,
        })
    }

    /// Cancelled when a newer request comes for the same upload.
    pub fn ended(&self) -> tokio_util::sync::CancellationToken {
        self.lease.ended()
    }

    /// Nothing of what comes counts before [`Growth::keep`].
    pub fn all_or_nothing(&mut self) {
        self.all_or_nothing = true;
    }

    /// Bytes written so far, those from before included.
    pub fn offset(&self) -> u64 {
        self.at
    }

    /// Bytes in the whole upload, where it is known.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// Of all bytes so far; `None` where it is not known of those from before.
    pub fn digest(&self) -> Option<Digest> {
        self.tree.as_ref().map(Tree::digest)
    }

    /// Whether no more than `length` bytes can come.
    ///
    /// # Errors
    /// [`StoreError::TooLong`]
    pub fn check_length(&self, length: u64) -> Result<(), StoreError> {
        if length > self.limit.saturating_sub(self.at) {
            return Err(StoreError::TooLong(self.limit));
        }
        self.store.0.check_space(length)
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`StoreError::TooLong`] when there are more than announced: none of these is written.
    pub fn write(&mut self, block: &[u8]) -> Result<(), StoreError> {
        self.check_length(block.len() as u64)?;
        self.file.write_at(block, self.at)?;
        if let Some(tree) = &mut self.tree {
            tree.update(block);
        }
        self.at += block.len() as u64;
        self.record_if_due()
    }

    /// Begins to record what came, when that is due and not under way.
    pub fn record_if_due(&mut self) -> Result<(), StoreError> {
        let is_much = self.at - self.recorded >= self.store.0.rules.record_every;
        let due = is_much || self.last_record.elapsed() >= RECORD_WITHIN;
        if self.all_or_nothing || !due || self.at == self.recorded {
            return Ok(());
        }
        match self.recording.as_ref().map(mpsc::Receiver::try_recv) {
            Some(Err(mpsc::TryRecvError::Empty)) => return Ok(()),
            Some(Ok(recorded)) => self.take_recorded(recorded)?,
            Some(Err(mpsc::TryRecvError::Disconnected)) => self.take_recorded(Err(stopped()))?,
            None => {}
        }
        self.record_elsewhere();
        Ok(())
    }

    fn record_elsewhere(&mut self) {
        let (done, recording) = mpsc::sync_channel(1);
        let record = self.record();
        let write = move || drop(done.send(record.write()));
        // A thread of its own: among the runtime's it could stand behind all those that wait for it. Where there is none,
        // the channel says so.
        drop(std::thread::Builder::new().name("record".into()).spawn(write));
        self.recording = Some(recording);
        (self.recorded, self.last_record) = (self.at, Instant::now());
    }

    fn take_recorded(&mut self, recorded: Result<(), StoreError>) -> Result<(), StoreError> {
        self.recording = None;
        self.is_new = self.is_new && recorded.is_err();
        self.is_broken = recorded.is_err();
        recorded
    }

    fn record(&self) -> Record {
        let parts = self.is_new.then(|| self.store.0.parts.clone());
        let (store, lease, file) = (self.store.clone(), self.lease.clone(), self.file.clone());
        Record { store, lease, file, parts, entry: self.grown() }
    }

    fn grown(&self) -> Entry {
        let tree = self.tree.as_ref().map(Tree::stack).unwrap_or_default();
        let (uuid, offset, size) = (self.lease.uuid().clone(), self.at, self.size);
        Entry::Grown { uuid, offset, size, tree, at: super::now() }
    }

    /// Makes all that came durable, and count.
    ///
    /// # Errors
    /// What was not recorded before does not count then.
    pub fn keep(mut self) -> Result<Standing, StoreError> {
        self.catch_up()?;
        let growing = self.store.0.growing_now(self.lease.uuid())?;
        if self.at > growing.offset || self.size != growing.size {
            self.record().write()?;
        }
        self.store.0.standing(self.lease.uuid())
    }

    /// Waits for a record that is under way. One that failed leaves nothing to go on from.
    fn catch_up(&mut self) -> Result<(), StoreError> {
        if self.is_broken {
            return Err(stopped());
        }
        match self.recording.take() {
            Some(recording) => {
                let recorded = recording.recv().unwrap_or_else(|_| Err(stopped()));
                self.take_recorded(recorded)
            }
            None => Ok(()),
        }
    }

    /// Drops what came and does not count.
    pub fn discard(mut self) -> Result<(), StoreError> {
        // A record under way may make some of it count.
        self.catch_up()?;
        let counts = self.store.0.growing_now(self.lease.uuid())?.offset;
        Ok(self.file.set_len(counts)?)
    }

    /// Reads all bytes of the upload, in order.
    pub fn read_all(&self, mut each: impl FnMut(&[u8])) -> Result<(), StoreError> {
        self.store.0.read_part(&*self.file, 0, self.at, &mut each)
    }

    /// All bytes are here: the upload gets its name.
    pub fn finish(mut self) -> Result<Standing, StoreError> {
        self.catch_up()?;
        let finished = if self.is_small() { self.deliver_small()? } else { self.deliver()? };
        self.store.0.journal.hold(self.lease.clone());
        let (uuid, profile) = (self.lease.uuid().clone(), self.profile.clone());
        let delivered = Some(finished.delivered(false));
        Ok(Standing { uuid, profile, size: Some(self.at), offset: self.at, expires: None, delivered })
    }

    /// Whether all of it came at once, and is little enough to lie in the journal.
    fn is_small(&self) -> bool {
        self.is_new && self.at <= self.store.0.rules.record_every.min(MAX_SMALL as u64)
    }

    /// One sync, which others may share, instead of one for the file, one for its name and one for the journal.
    fn deliver_small(&self) -> Result<Finished, StoreError> {
        let bytes = read_range(&*self.file, 0, self.at as usize)?.ok_or_else(lost)?;
        let meta = meta_of(&self.profile, Some(self.at));
        self.store.0.deliver_small(self.lease.uuid(), &meta, bytes.into())
    }

    fn deliver(&self) -> Result<Finished, StoreError> {
        let (store, uuid) = (&self.store.0, self.lease.uuid());
        if !planted(Fault::AnswerBeforeSync) {
            self.file.sync_data()?;
        }
        if self.is_new {
            store.files.sync_dir(&store.parts)?;
        }
        if !store.cut_part(uuid, self.at)? {
            store.forget(uuid)?;
            return Err(StoreError::Unknown);
        }
        let meta = meta_of(&self.profile, Some(self.at));
        store.deliver(uuid, &meta, self.at, self.digest(), vec![Item::from(self.grown())])
    }
}

impl Record {
    fn write(self) -> Result<(), StoreError> {
        if !planted(Fault::AnswerBeforeSync) {
            self.file.sync_data()?;
        }
        if let Some(parts) = &self.parts {
            self.store.0.files.sync_dir(parts)?;
        }
        self.store.0.journal.append(vec![self.entry.into()])?;
        drop(self.lease);
        Ok(())
    }
}

impl Inner {
    fn growing_now(&self, uuid: &UploadId) -> Result<Growing, StoreError> {
        match self.upload(uuid) {
            Some(super::Upload::Growing(growing)) => Ok(growing),
            _ => Err(StoreError::Unknown),
        }
    }

    /// Reads `length` bytes of a part file. One that has fewer was cut by somebody.
    pub(super) fn read_part(
        &self,
        file: &dyn OpenFile,
        mut at: u64,
        length: u64,
        each: &mut dyn FnMut(&[u8]),
    ) -> Result<(), StoreError> {
        let end = at + length;
        while at < end {
            let block = (end - at).min(READ_BLOCK as u64) as usize;
            let bytes = read_range(file, at, block)?.ok_or_else(lost)?;
            each(&bytes);
            at += block as u64;
        }
        Ok(())
    }
}

/// The digest of what is held; `None` when the journal does not tell enough of it.
fn tree_at(file: &dyn OpenFile, growing: &Growing) -> Result<Option<Tree>, StoreError> {
    let Some(mut tree) = Tree::before_last_leaf(growing.offset, &growing.tree) else { return Ok(None) };
    let start = Tree::last_leaf(growing.offset);
    debug_assert!(growing.offset - start <= LEAF);
    let bytes = read_range(file, start, (growing.offset - start) as usize)?.ok_or_else(lost)?;
    tree.update(&bytes);
    Ok(Some(tree))
}

/// Read by [`Store::grow`] as: somebody took the bytes away.
fn lost() -> StoreError {
    StoreError::Io(std::io::ErrorKind::NotFound.into())
}

fn stopped() -> StoreError {
    StoreError::Io(std::io::Error::other("what came could not be recorded"))
}
