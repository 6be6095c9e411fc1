//! Starting: the journal is replayed, and what a power cut left half done is brought to its end.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::files::{Files, LockGuard};
use crate::journal::{Entry, Item, Journal, JournalPaths, SharedIndex, UploadId, replay};
use crate::names::PRIVATE_DIR;
use crate::store::error::is_full;
use crate::store::index::Finished;
use crate::store::{Inner, Rules, Store, StoreError, Upload, part_owner};

/// How long a lock that another receiver is just giving back is waited for.
const LOCK_PATIENCE: Duration = Duration::from_secs(2);

impl Store {
    /// Opens the store under `root`, which is made when missing. Blocks.
    ///
    /// # Errors
    /// [`Error::Locked`] while another process has it; [`Error::Newer`] for a journal of a later version.
    pub fn open(files: Arc<dyn Files>, root: &Path, rules: Rules) -> Result<Store, Error> {
        let private = root.join(PRIVATE_DIR);
        let parts = private.join("parts");
        make_dirs(&*files, root, &private, &parts)?;
        let lock = lock(&*files, root, &private.join("lock"))?;
        let paths = JournalPaths { file: private.join("journal"), next: private.join("journal.new"), dir: private };
        let inner = start(files, root.to_owned(), parts, rules, paths, lock)?;
        Ok(Store(Arc::new(inner)))
    }
}

fn start(
    files: Arc<dyn Files>,
    root: PathBuf,
    parts: PathBuf,
    rules: Rules,
    paths: JournalPaths,
    lock: LockGuard,
) -> Result<Inner, Error> {
    let replayed = replay(&*files, &paths)?;
    let damaged = replayed.damaged;
    if damaged {
        keep_aside(&*files, &paths);
    }
    let index = SharedIndex::default();
    let journal_file = paths.file.clone();
    let private = paths.dir.clone();
    let journal = Journal::start(files.clone(), paths, replayed, index.clone()).map_err(Error::folder(&private))?;
    let inner = Inner {
        files,
        root,
        parts,
        journal_file,
        rules,
        index,
        claims: Arc::default(),
        attempts: Arc::default(),
        beginnings: Arc::default(),
        choosing: Default::default(),
        folders: Default::default(),
        journal,
        _lock: lock,
    };
    inner.recover(damaged).map_err(|error| Error::folder(private)(io::Error::other(error)))?;
    Ok(inner)
}

impl Inner {
    /// Brings everything that was under way to where it can go on. One file that cannot be helped does
    /// not keep the others from it.
    fn recover(&self, damaged: bool) -> Result<(), StoreError> {
        unless_full(self.journal.compact().map_err(Into::into))?;
        let uploads: Vec<_> = self.index.read().iter().map(|(id, upload)| (id.clone(), upload.clone())).collect();
        for (uuid, upload) in uploads {
            let recovered = match upload {
                Upload::Open(_) => self.recover_open(&uuid),
                Upload::Growing(_) => self.recover_growing(&uuid),
                Upload::Finishing(_) => self.recover_finishing(&uuid),
                Upload::Finished(finished) => self.recover_finished(&uuid, &finished),
            };
            if let Err(error) = recovered {
                tracing::error!(upload = uuid.as_str(), %error, "could not bring an upload back in order");
            }
        }
        unless_full(self.journal.catch_up().map_err(Into::into))?;
        if !damaged {
            self.remove_orphans()?;
        }
        unless_full(self.journal.compact().map_err(Into::into))
    }

    /// A part file that is gone or shorter than the journal says holds less than it says.
    pub(super) fn recover_open(&self, uuid: &UploadId) -> Result<(), StoreError> {
        let Some(Upload::Open(open)) = self.upload(uuid) else { return Ok(()) };
        let Some(stat) = self.files.stat(&self.part(uuid))? else {
            return if open.chunks.end() == 0 { Ok(()) } else { self.forget(uuid) };
        };
        let gone = open.chunks.iter().filter(|(offset, chunk)| offset + chunk.length > stat.length);
        let unmark = |(offset, _)| Item::from(Entry::Unmarked { uuid: uuid.clone(), offset });
        let items: Vec<Item> = gone.map(unmark).collect();
        if !items.is_empty() {
            self.journal.append(items)?;
        }
        Ok(())
    }

    fn recover_finishing(&self, uuid: &UploadId) -> Result<(), StoreError> {
        let Some(Upload::Finishing(finishing)) = self.upload(uuid) else { return Ok(()) };
        let Some(span) = finishing.data else { return self.carry_out(uuid, None).map(drop) };
        // The name was free when it was reserved, so a torn form of these bytes there is ours.
        if !self.mend(&finishing.location, &self.journal_data(span, finishing.digest)?)? {
            return self.carry_out(uuid, None).map(drop);
        }
        self.discard(&self.part(uuid));
        let id = self.files.stat(&self.target(&finishing.location))?.map(|stat| stat.id);
        self.journal.append(vec![finishing.done(uuid, id, false)]).map_err(Into::into)
    }

    /// A small file was placed but perhaps never reached the disk.
    fn recover_finished(&self, uuid: &UploadId, finished: &Finished) -> Result<(), StoreError> {
        let Some(span) = self.span_of(uuid) else { return Ok(()) };
        let bytes = self.journal_data(span, finished.digest)?;
        let target = self.target(&finished.location);
        if self.files.stat(&target)?.is_none() {
            let reserved = finished.again(uuid);
            self.journal.append(vec![Item { entry: reserved, data: bytes.clone().into() }])?;
            return self.carry_out(uuid, Some(&bytes)).map(drop);
        }
        let is_ours = self.mend(&finished.location, &bytes)?;
        let id = self.files.stat(&target)?.filter(|_| is_ours).map(|stat| stat.id);
        self.journal.append(vec![finished.with_id(uuid, id)]).map_err(Into::into)
    }

    fn span_of(&self, uuid: &UploadId) -> Option<crate::journal::Span> {
        match self.upload(uuid) {
            Some(Upload::Finished(finished)) => finished.unsettled,
            _ => None,
        }
    }

    /// Part files that no unfinished upload needs.
    fn remove_orphans(&self) -> Result<(), StoreError> {
        for name in self.files.list(&self.parts)? {
            let owner = part_owner(&name).and_then(|uuid| self.upload(&uuid));
            if matches!(owner, None | Some(Upload::Finished(_))) {
                self.discard(&self.parts.join(name));
            }
        }
        Ok(())
    }
}

/// A full disk keeps nobody from starting: what is held can still be told, finished files be removed, and
/// the journal is written anew with the first change that finds room.
fn unless_full(result: Result<(), StoreError>) -> Result<(), StoreError> {
    match result {
        Err(StoreError::Io(error)) if is_full(&error) => {
            tracing::warn!(%error, "the disk is full: nothing can be received before there is room");
            Ok(())
        }
        other => other,
    }
}

fn make_dirs(files: &dyn Files, root: &Path, private: &Path, parts: &Path) -> Result<(), Error> {
    for (dir, is_private) in [(root, false), (private, true), (parts, true)] {
        match files.create_dir(dir, is_private) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(Error::folder(dir)(error)),
            _ => {}
        }
        // Also one that exists may not be synced. What is above the root may be closed to us.
        let parent = dir.parent().filter(|parent| !parent.as_os_str().is_empty());
        match parent.map_or(Ok(()), |parent| files.sync_dir(parent)) {
            Err(error) if dir != root => return Err(Error::folder(dir)(error)),
            _ => {}
        }
    }
    Ok(())
}

fn lock(files: &dyn Files, root: &Path, path: &Path) -> Result<LockGuard, Error> {
    let begun = Instant::now();
    loop {
        match files.lock(path) {
            Ok(guard) => return Ok(guard),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(Error::folder(path)(error)),
            Err(_) if begun.elapsed() > LOCK_PATIENCE => return Err(Error::Locked(root.to_owned())),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// A damaged journal gets a second name, so that nothing in it is lost for good.
fn keep_aside(files: &dyn Files, paths: &JournalPaths) {
    let aside = paths.dir.join(format!("journal.damaged-{}", super::now()));
    tracing::error!(kept = %aside.display(), "the journal is damaged: what stands behind the damage is not known");
    if let Err(error) = files.link(&paths.file, &aside) {
        tracing::error!(%error, "could not keep the damaged journal");
    }
}
