//! The journal: a file that grows by one frame for each change, and is the store's memory.
//!
//! One thread writes it. It takes all that waits, appends it, syncs once, takes it into the [`Index`]
//! and answers everybody; so a thousand small changes at once cost one sync. An entry that nobody
//! waits for is written without a sync of its own. After an error nothing is taken for granted: what
//! was answered with an error is cut off again, or, where that fails too, the whole journal is written
//! anew from the index before anything else may be appended.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::JoinHandle;

use tokio::sync::oneshot;

use crate::files::Files;
use crate::store::Index;

mod entry;
pub(crate) mod frame;
mod profile;
mod replay;
mod writer;

pub(crate) use entry::{Digest, Entry, Item, UploadId};
pub(crate) use frame::Span;
pub(crate) use profile::{Profile, Role};
pub(crate) use replay::{Replayed, replay};
use writer::Writer;

/// The index, shared between the journal's thread, which alone changes it, and all who read it.
#[derive(Clone, Default)]
pub(crate) struct SharedIndex(Arc<Mutex<Index>>);

impl SharedIndex {
    /// The index as it is now. Never held across a wait or a disk access, hence a std mutex.
    pub fn read(&self) -> MutexGuard<'_, Index> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Reply = oneshot::Sender<io::Result<()>>;

enum Command {
    Append {
        items: Vec<Item>,
        reply: Option<Reply>,
    },
    /// Dropped when all that was asked before it is in the index.
    Hold {
        keep: Box<dyn Send>,
    },
    Compact {
        reply: Reply,
    },
}

/// Where the journal lies.
#[derive(Clone, Debug)]
pub(crate) struct JournalPaths {
    pub dir: PathBuf,
    pub file: PathBuf,
    /// The next journal, while it is being written.
    pub next: PathBuf,
}

/// The journal's length, now and after it was last written anew: bytes.
#[derive(Default)]
struct Lengths {
    now: AtomicU64,
    compact: AtomicU64,
}

/// A handle on the journal's thread, which ends when the last handle is gone.
pub(crate) struct Journal {
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    lengths: Arc<Lengths>,
}

impl Journal {
    /// Starts the thread on what [`replay`] left.
    pub fn start(
        files: Arc<dyn Files>,
        paths: JournalPaths,
        from: Replayed,
        index: SharedIndex,
    ) -> io::Result<Journal> {
        let lengths = Arc::new(Lengths::default());
        let mut writer = Writer::new(files, paths, from, index, lengths.clone());
        let (commands, queue) = mpsc::channel();
        let thread = std::thread::Builder::new().name("journal".into()).spawn(move || writer.run(&queue))?;
        Ok(Journal { commands: Some(commands), thread: Some(thread), lengths })
    }

    /// Appends and waits until it is durable. Blocks.
    pub fn append(&self, items: Vec<Item>) -> io::Result<()> {
        let (reply, answer) = oneshot::channel();
        self.tell(Command::Append { items, reply: Some(reply) });
        answer.blocking_recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Appends some time soon; durable with the next entry that is waited for.
    pub fn append_lazily(&self, item: Item) {
        self.tell(Command::Append { items: vec![item], reply: None });
    }

    /// Keeps something (a lease, say) until all that was appended so far is in the index.
    pub fn hold(&self, keep: impl Send + 'static) {
        self.tell(Command::Hold { keep: Box::new(keep) });
    }

    /// Waits until all that was appended so far is in the index. Blocks.
    pub fn catch_up(&self) -> io::Result<()> {
        self.append(Vec::new())
    }

    /// Writes the journal anew from the index. Blocks.
    pub fn compact(&self) -> io::Result<()> {
        let (reply, answer) = oneshot::channel();
        self.tell(Command::Compact { reply });
        answer.blocking_recv().unwrap_or_else(|_| Err(stopped()))
    }

    /// Whether the journal holds far more than the index needs.
    pub fn is_overgrown(&self, limit: u64) -> bool {
        let compact = self.lengths.compact.load(Ordering::Relaxed);
        self.lengths.now.load(Ordering::Relaxed) > limit.max(compact.saturating_mul(2))
    }

    fn tell(&self, command: Command) {
        if let Some(commands) = &self.commands {
            // A failed send drops the reply, which its receiver reads as "stopped".
            let _ = commands.send(command);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn stopped() -> io::Error {
    io::Error::other("the journal has stopped")
}
