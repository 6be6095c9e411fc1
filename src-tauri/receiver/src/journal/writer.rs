//! The journal's thread: the only one that writes the file and changes the index.

use std::io;
use std::sync::atomic::Ordering;
use std::sync::{Arc, mpsc};

use super::frame::{self, MAGIC, Span};
use super::{Command, Entry, Item, JournalPaths, Lengths, Replayed, Reply, SharedIndex, UploadId};
use crate::files::{Access, Files, OpenFile, read_range};

/// What is written and synced together is no longer than about this, in bytes.
const MAX_BATCH: usize = 8 * 1024 * 1024;
/// A journal being written anew goes to the disk in pieces of this size, in bytes.
const PIECE: usize = 1024 * 1024;

pub(super) struct Writer {
    files: Arc<dyn Files>,
    paths: JournalPaths,
    index: SharedIndex,
    lengths: Arc<Lengths>,
    /// `None` while the file cannot be trusted: then it is written anew first.
    file: Option<Box<dyn OpenFile>>,
    /// Bytes up to the end of the last good frame.
    length: u64,
}

/// Items that are written together.
#[derive(Default)]
struct Batch {
    bytes: Vec<u8>,
    /// Each entry with the place of its data in `bytes`.
    entries: Vec<(Entry, Option<Span>)>,
    replies: Vec<Reply>,
    /// Let go when the entries are in the index.
    holds: Vec<Box<dyn Send>>,
}

/// A journal written anew, not in its place yet.
struct Next {
    file: Box<dyn OpenFile>,
    length: u64,
    /// Where in it the data of small files lie.
    moved: Vec<(UploadId, Span)>,
}

impl Writer {
    pub fn new(
        files: Arc<dyn Files>,
        paths: JournalPaths,
        from: Replayed,
        index: SharedIndex,
        lengths: Arc<Lengths>,
    ) -> Writer {
        *index.read() = from.index;
        Writer { files, paths, index, lengths, file: None, length: from.length }
    }

    pub fn run(&mut self, queue: &mpsc::Receiver<Command>) {
        while let Ok(first) = queue.recv() {
            let mut batch = Batch::default();
            let mut next = Some(first);
            while let Some(command) = next {
                match command {
                    Command::Append { items, reply } => batch.add(items, reply),
                    Command::Hold { keep } => batch.holds.push(keep),
                    Command::Compact { reply } => {
                        self.commit(std::mem::take(&mut batch));
                        let _ = reply.send(self.compact());
                    }
                }
                next = if batch.bytes.len() < MAX_BATCH { queue.try_recv().ok() } else { None };
            }
            self.commit(batch);
        }
    }

    /// Writes a batch, takes it into the index, and answers.
    fn commit(&mut self, batch: Batch) {
        if batch.entries.is_empty() {
            return batch.answer(&Ok(()));
        }
        let written = self.write(&batch);
        match &written {
            Ok(at) => self.take_in(batch.entries, *at),
            Err(error) => tracing::error!(%error, "the journal cannot be written"),
        }
        drop(batch.holds);
        answer(batch.replies, &written.map(drop));
    }

    /// Gives the place where the batch was written.
    fn write(&mut self, batch: &Batch) -> io::Result<u64> {
        if self.file.is_none() {
            self.compact()?;
        }
        let Some(file) = &self.file else { return Err(io::Error::other("the journal is not open")) };
        let at = self.length;
        if let Err(error) = file.write_at(&batch.bytes, at) {
            self.cut();
            return Err(error);
        }
        if !batch.replies.is_empty()
            && let Err(error) = file.sync_data()
        {
            // What a failed sync left on the disk cannot be known.
            self.file = None;
            return Err(error);
        }
        self.set_length(at + batch.bytes.len() as u64);
        Ok(at)
    }

    /// Drops what a failed write left behind the last good frame.
    fn cut(&mut self) {
        let length = self.length;
        let clean = self.file.as_ref().map(|file| file.set_len(length).and_then(|()| file.sync_data()));
        if !matches!(clean, Some(Ok(()))) {
            self.file = None;
        }
    }

    fn take_in(&self, entries: Vec<(Entry, Option<Span>)>, at: u64) {
        let mut index = self.index.read();
        for (entry, data) in entries {
            index.apply(entry, data.map(|span| Span { at: span.at + at, ..span }));
        }
    }

    /// Writes the journal anew from the index, and puts it in place of the old one.
    fn compact(&mut self) -> io::Result<()> {
        self.file = None;
        let Next { file, length, moved } = self.write_next()?;
        self.files.rename(&self.paths.next, &self.paths.file)?;
        // From here the index must point into the new file, whatever comes.
        for (uuid, span) in moved {
            self.index.read().move_data(&uuid, span);
        }
        self.set_length(length);
        self.lengths.compact.store(length, Ordering::Relaxed);
        self.files.sync_dir(&self.paths.dir)?;
        self.file = Some(file);
        Ok(())
    }

    fn write_next(&self) -> io::Result<Next> {
        let snapshot = self.index.read().snapshot();
        let old = match snapshot.iter().any(|(_, data)| data.is_some()) {
            true => Some(self.files.open(&self.paths.file, Access::Read)?),
            false => None,
        };
        let file = self.files.open(&self.paths.next, Access::Empty)?;
        let (mut bytes, mut at, mut moved) = (MAGIC.to_vec(), 0, Vec::new());
        for (entry, data) in snapshot {
            let item = Item { data: data_of(old.as_deref(), data)?, entry };
            let data_at = at + frame::encode(&item, &mut bytes) as u64;
            if let (Some(span), Entry::Reserved { uuid, .. }) = (data, item.entry) {
                moved.push((uuid, Span { at: data_at, ..span }));
            }
            if bytes.len() >= PIECE {
                file.write_at(&bytes, at)?;
                at += bytes.len() as u64;
                bytes.clear();
            }
        }
        file.write_at(&bytes, at)?;
        file.sync_data()?;
        Ok(Next { file, length: at + bytes.len() as u64, moved })
    }

    fn set_length(&mut self, length: u64) {
        self.length = length;
        self.lengths.now.store(length, Ordering::Relaxed);
    }
}

fn data_of(old: Option<&dyn OpenFile>, data: Option<Span>) -> io::Result<bytes::Bytes> {
    let (Some(old), Some(span)) = (old, data) else { return Ok(bytes::Bytes::new()) };
    let bytes = read_range(old, span.at, span.length as usize)?;
    bytes.map(Into::into).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

impl Batch {
    fn add(&mut self, items: Vec<Item>, reply: Option<Reply>) {
        for item in items {
            let at = frame::encode(&item, &mut self.bytes) as u64;
            let data = Span { at, length: item.data.len() as u64 };
            let data = item.entry.holds_data().then_some(data);
            self.entries.push((item.entry, data));
        }
        self.replies.extend(reply);
    }

    fn answer(self, result: &io::Result<()>) {
        answer(self.replies, result);
    }
}

fn answer(replies: Vec<Reply>, result: &io::Result<()>) {
    for reply in replies {
        let _ = reply.send(match result {
            Ok(()) => Ok(()),
            Err(error) => Err(copy_of(error)),
        });
    }
}

/// An I/O error for one more who waits for it.
fn copy_of(error: &io::Error) -> io::Error {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code),
        None => io::Error::new(error.kind(), error.to_string()),
    }
}
