//! The record store: one SQLite file, one thread that owns the connection and answers messages.
//!
//! Always true: what was answered is durable (WAL, `synchronous=FULL`; `fullfsync` on macOS). What is waiting is
//! committed together (group commit): a message that somebody waits for is committed at once, with everything that lies
//! beside it; confirmations may lie for up to [`GROUP_WINDOW`] so that many chunks share one sync. Each message runs in
//! a savepoint of its own, so one that fails takes nothing of the others with it.

mod aside;
pub(crate) mod chunks;
pub(crate) mod destinations;
mod folder;
pub(crate) mod found;
#[cfg(test)]
mod fuzz;
pub(crate) mod history;
mod lock;
mod migrations;
#[cfg(test)]
mod model;
mod note;
pub(crate) mod open;
pub(crate) mod outbox;
pub(crate) mod portable;
pub(crate) mod receipts;
pub(crate) mod retired;
mod salvage;
pub(crate) mod settings;
pub(crate) mod sources;
pub(crate) mod taken;
pub(crate) mod uploads;
pub(crate) mod watches;

use std::{
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::{Duration, Instant},
};

use carryon_instruments::{Fault, planted, step};
use rusqlite::Connection;
use tokio::sync::oneshot;

pub use self::aside::{SetAside, Trouble};
use self::note::{Note, NoteFile};
use crate::error::{Error, ErrorKind, Result};

/// How long a confirmation may lie before it is committed (P7: at most 50 ms).
pub const GROUP_WINDOW: Duration = Duration::from_millis(50);
/// The most messages in one commit.
const GROUP_SIZE: usize = 1024;
/// The database's name in the data folder.
pub const FILE_NAME: &str = "carryon.db";

type Answer = Box<dyn FnOnce(Result<()>) + Send>;
type Work = Box<dyn FnOnce(&Connection) -> Answer + Send>;

struct Message {
    work: Work,
    may_lie: bool,
}

/// A handle on the record store; the last one to go closes it.
#[derive(Debug)]
pub struct Records {
    sender: Option<Sender<Message>>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
    _owner: lock::OwnerLock,
}

/// The store, and what had to be set aside to open it.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub records: Records,
    /// Damaged records that were moved out of the way, and what was saved of them.
    pub set_aside: Option<SetAside>,
}

impl Records {
    /// Opens (or makes) the records in `folder` and becomes their one owner. Blocks on the disk.
    ///
    /// # Errors
    /// `Owned` where another process has them; `Storage` where the folder or file cannot be used, or is from a newer
    /// Carryon. Damaged records are set aside, never deleted; what can be read of them is saved.
    pub fn open(folder: &Path) -> Result<Opened> {
        make_private_folder(folder)?;
        let owner = lock::OwnerLock::take(folder)?;
        let (connection, set_aside) = open::open(folder)?;
        let (sender, receiver) = channel();
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let thread = std::thread::Builder::new().name("carryon-records".into());
        let log = Log { note: NoteFile::of(folder), database: folder.join(FILE_NAME), named: false };
        let thread = thread
            .spawn(move || serve(connection, &receiver, &counter, log))
            .map_err(|error| storage("The record store's thread could not be started").because(error))?;
        let records = Records { sender: Some(sender), thread: Some(thread), commits, _owner: owner };
        Ok(Opened { records, set_aside })
    }

    /// Runs `work` and waits until what it wrote is durable.
    ///
    /// # Errors
    /// What `work` says, or `Storage` where the commit failed: then nothing of it was written.
    ///
    /// # Cancellation
    /// Dropped, the work is carried out all the same.
    pub async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.submit(work, false).await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Hands in `work` that may lie for up to [`GROUP_WINDOW`]; the receiver hears when it is durable.
    pub fn run_later<T, F>(&self, work: F) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        self.submit(work, true)
    }

    /// How many commits wrote something since the store was opened: each was one sync.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    fn submit<T, F>(&self, work: F, may_lie: bool) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T> + Send + 'static,
    {
        let (answer, waiting) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            let outcome = in_savepoint(connection, work);
            Box::new(move |committed: Result<()>| {
                let _ = answer.send(committed.and(outcome));
            })
        });
        if let Some(sender) = &self.sender {
            // A store whose thread is gone drops the answer's sender, and the caller hears of it.
            let _ = sender.send(Message { work, may_lie });
        }
        waiting
    }
}

impl Drop for Records {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(mut connection: Connection, messages: &Receiver<Message>, commits: &AtomicU64, mut log: Log) {
    while let Ok(first) = messages.recv() {
        let group = gather(first, messages);
        commit(&mut connection, group, commits);
        log.name_after_first(commits);
    }
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("COMMIT");
    }
    log.close(connection);
}

/// The write-ahead log, and the note that says that it belongs to the database.
struct Log {
    note: NoteFile,
    database: std::path::PathBuf,
    named: bool,
}

impl Log {
    /// The log is made by the first commit.
    fn name_after_first(&mut self, commits: &AtomicU64) {
        if !self.named && commits.load(Ordering::Relaxed) > 0 {
            self.named = true;
            self.note.name_log(&self.database);
        }
    }

    /// In an orderly end the log goes; the note says first that it may be gone, then that it is.
    fn close(self, connection: Connection) {
        let named = matches!(self.note.read(), Some(Note::Log(_)));
        let may_go = !named || self.note.write(Note::Open).is_ok();
        let closed = connection.close().is_ok();
        if may_go && closed && !open::beside(&self.database, "-wal").exists() {
            let _ = self.note.write(Note::Closed);
        }
    }
}

/// Everything that is to be committed together with `first`.
fn gather(first: Message, messages: &Receiver<Message>) -> Vec<Message> {
    let deadline = Instant::now() + GROUP_WINDOW;
    let mut group = vec![first];
    while group.len() < GROUP_SIZE {
        let all_may_lie = group.iter().all(|message| message.may_lie);
        let patience = if all_may_lie { deadline.saturating_duration_since(Instant::now()) } else { Duration::ZERO };
        match messages.recv_timeout(patience) {
            Ok(message) => group.push(message),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
        }
    }
    group
}

fn commit(connection: &mut Connection, group: Vec<Message>, commits: &AtomicU64) {
    if planted(Fault::RecordAfterSend) {
        return commit_too_late(connection, group);
    }
    let before = connection.total_changes();
    let begun = connection.execute_batch("BEGIN");
    let answers: Vec<Answer> = group.into_iter().map(|message| (message.work)(connection)).collect();
    let writes = connection.total_changes() != before;
    let ended = {
        let _committing = writes.then(|| step("commit"));
        begun.and_then(|()| connection.execute_batch("COMMIT")).map_err(Error::from)
    };
    if ended.is_err() {
        let _ = connection.execute_batch("ROLLBACK");
    }
    if writes {
        commits.fetch_add(1, Ordering::Relaxed);
    }
    answers.into_iter().for_each(|answer| answer(ended.clone()));
}

/// What [`Fault::RecordAfterSend`] does: everybody goes on at once, and what they wrote is durable half a second later.
fn commit_too_late(connection: &Connection, group: Vec<Message>) {
    static BEGUN: Mutex<Option<Instant>> = Mutex::new(None);
    let mut begun = BEGUN.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    if connection.is_autocommit() {
        let _ = connection.execute_batch("BEGIN");
        *begun = Some(Instant::now());
    }
    let answers: Vec<Answer> = group.into_iter().map(|message| (message.work)(connection)).collect();
    answers.into_iter().for_each(|answer| answer(Ok(())));
    if begun.is_some_and(|begun| begun.elapsed() > Duration::from_millis(500)) {
        let _committing = step("commit");
        let _ = connection.execute_batch("COMMIT");
    }
}

pub(crate) fn in_savepoint<T>(connection: &Connection, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
    connection.execute_batch("SAVEPOINT step")?;
    let outcome = work(connection);
    let end = if outcome.is_ok() { "RELEASE step" } else { "ROLLBACK TO step; RELEASE step" };
    connection.execute_batch(end)?;
    outcome
}

fn make_private_folder(folder: &Path) -> Result<()> {
    let text = || format!("The data folder “{}” cannot be used", folder.display());
    folder::make(folder).map_err(|error| storage(text()).because(error))?;
    restrict(folder, 0o700).map_err(|error| storage(text()).because(error))
}

fn restrict_file(path: &Path) -> Result<()> {
    restrict(path, 0o600).map_err(|error| storage("The records' file could not be made private").because(error))
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> std::io::Result<()> {
    Ok(()) // The user's profile folder is private already.
}

pub(crate) fn storage(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Storage, message)
}

fn stopped() -> Error {
    storage("The record store has stopped")
}

/// SQLite's integers are signed; no file and no count here comes near their end.
pub(crate) fn to_sql(number: u64) -> Result<i64> {
    i64::try_from(number).map_err(|_| Error::new(ErrorKind::Invalid, format!("{number} is too large for the records")))
}

pub(crate) fn from_sql(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
