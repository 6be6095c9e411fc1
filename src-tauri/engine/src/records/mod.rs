//! The record store: one SQLite file, one thread that owns the connection and answers messages.
//!
//! Always true: what was answered is durable (WAL, `synchronous=FULL`; `fullfsync` on macOS). What is waiting is
//! committed together (group commit): a message that somebody waits for is committed at once, with everything that lies
//! beside it; confirmations may lie for up to [`GROUP_WINDOW`] so that many chunks share one sync. Each message runs in
//! a savepoint of its own, so one that fails takes nothing of the others with it.

pub(crate) mod chunks;
pub(crate) mod destinations;
mod folder;
#[cfg(test)]
mod fuzz;
pub(crate) mod history;
mod lock;
mod migrations;
#[cfg(test)]
mod model;
pub(crate) mod outbox;
pub(crate) mod settings;
pub(crate) mod sources;
pub(crate) mod uploads;

use std::{
    path::{Path, PathBuf},
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
    /// A damaged database that was moved out of the way.
    pub set_aside: Option<PathBuf>,
}

impl Records {
    /// Opens (or makes) the records in `folder` and becomes their one owner. Blocks on the disk.
    ///
    /// # Errors
    /// `Owned` where another process has them; `Storage` where the folder or file cannot be used, or is from a newer
    /// Carryon. A file that is no database is set aside, never deleted.
    pub fn open(folder: &Path) -> Result<Opened> {
        make_private_folder(folder)?;
        let owner = lock::OwnerLock::take(folder)?;
        let path = folder.join(FILE_NAME);
        let (connection, set_aside) = match open_database(&path) {
            Ok(connection) => (connection, None),
            Err(error) if is_damage(&error) => {
                let aside = set_aside(&path)?;
                (open_database(&path)?, Some(aside))
            }
            Err(error) => return Err(error),
        };
        let (sender, receiver) = channel();
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        let thread = std::thread::Builder::new().name("carryon-records".into());
        let thread = thread
            .spawn(move || serve(connection, &receiver, &counter))
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

fn serve(mut connection: Connection, messages: &Receiver<Message>, commits: &AtomicU64) {
    while let Ok(first) = messages.recv() {
        let group = gather(first, messages);
        commit(&mut connection, group, commits);
    }
    if !connection.is_autocommit() {
        let _ = connection.execute_batch("COMMIT");
    }
    let _ = connection.close();
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
    let committing = writes.then(|| step("commit"));
    let ended = begun.and_then(|()| connection.execute_batch("COMMIT")).map_err(Error::from);
    drop(committing);
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

fn open_database(path: &Path) -> Result<Connection> {
    let mut connection = connect(path)?;
    restrict_file(path)?;
    // WAL: readers and the one writer never wait for each other, and a commit is one sync of the log.
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // FULL: in WAL, NORMAL would lose the last commits in a power cut (P1).
    let synchronous = if planted(Fault::NoSync) { "OFF" } else { "FULL" };
    connection.pragma_update(None, "synchronous", synchronous)?;
    // macOS: plain fsync does not reach the platter.
    connection.pragma_update(None, "fullfsync", true)?;
    connection.pragma_update(None, "checkpoint_fullfsync", true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.set_prepared_statement_cache_capacity(64);
    migrations::run(&mut connection)?;
    Ok(connection)
}

/// The system's own file layer under SQLite, unless a test put another one there.
fn connect(path: &Path) -> Result<Connection> {
    let mounted = path.parent().and_then(carryon_instruments::mounted);
    Ok(match mounted {
        None => Connection::open(path)?,
        Some(vfs) => Connection::open_with_flags_and_vfs(path, rusqlite::OpenFlags::default(), vfs.as_str())?,
    })
}

fn is_damage(error: &Error) -> bool {
    use rusqlite::ffi::ErrorCode;
    let code = std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<rusqlite::Error>())
        .and_then(rusqlite::Error::sqlite_error_code);
    matches!(code, Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt))
}

/// Moves a damaged database and what belongs to it out of the way, under a name that says when.
fn set_aside(path: &Path) -> Result<PathBuf> {
    let stamp = crate::upload::now();
    let aside = path.with_file_name(format!("{FILE_NAME}.damaged-{stamp}"));
    std::fs::rename(path, &aside)
        .map_err(|error| storage("The damaged records could not be set aside").because(error))?;
    for tail in ["-wal", "-shm"] {
        let from = path.with_file_name(format!("{FILE_NAME}{tail}"));
        let to = path.with_file_name(format!("{FILE_NAME}.damaged-{stamp}{tail}"));
        let _ = std::fs::rename(from, to);
    }
    Ok(aside)
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
