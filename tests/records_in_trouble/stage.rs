//! Records with uploads in them, laid out anew for each kind of damage; and what must be true of them afterwards.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use carryon_engine::{
    AddRequest, Engine, ErrorKind, Limits, Listed, Options, RECORDS_FILE, SetAside, UploadId,
    chunk::Completes,
    destination::SurveyKind,
    drivers::memory::{Fault, Memory},
};
use rusqlite::Connection;
use tempfile::TempDir;
use tests::{
    engine::{Desk, quick},
    files::random_file,
};

pub const ADDRESS: &str = "fineuploader+http://127.0.0.1:9/memory";
/// Bytes in a page of the records.
pub const PAGE: usize = 4096;
pub const WAL: &str = "carryon.db-wal";
const UPLOADS: u64 = 40;
const CHUNK: u64 = 100;
const CHUNKS: u64 = 12;
/// So many chunks of each upload are confirmed; the next one was refused.
const CONFIRMED: u64 = 7;

/// An upload as it stood before anything was damaged.
pub struct Before {
    pub id: UploadId,
    pub path: PathBuf,
    /// The ids of its upload, its source and its attempt, as they stand in the file.
    pub ids: [String; 3],
}

/// Records of uploads that stopped, in memory, and the destination that holds half of each.
pub struct Kept {
    /// The files of the data folder after an orderly end.
    pub closed: BTreeMap<String, Vec<u8>>,
    /// The same while the engine ran: much of it stands in the log alone.
    pub running: BTreeMap<String, Vec<u8>>,
    pub uploads: Vec<Before>,
    pub memory: Memory,
    _sources: TempDir,
}

/// The records that all tests damage.
pub fn kept() -> &'static Kept {
    static KEPT: OnceLock<Kept> = OnceLock::new();
    KEPT.get_or_init(|| {
        let made = std::thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
            runtime.expect("a runtime").block_on(make())
        });
        made.join().expect("the records are made")
    })
}

async fn make() -> Kept {
    let (data, sources) = (folder(), folder());
    let files = sources.path().join("files");
    (0..UPLOADS).for_each(|n| random_file(&files.join(format!("take {n:02}.mov")), CHUNK * CHUNKS, 1000 + n));
    // The destination cannot be asked: what the records claim is believed, so a false claim would spoil the object.
    let memory = Memory::new(SurveyKind::Cannot, Completes::FinishRequest);
    (1..=UPLOADS).for_each(|n| memory.play(n * (CONFIRMED + 1) - 1, Fault::Refuse(ErrorKind::Rejected)));
    let options = Options { limits: Limits { files: 1, chunks: 1 }, ..quick(data.path()) };
    let mut desk = Desk::open_with(options, ADDRESS).await;
    desk.engine.bind(desk.to, std::sync::Arc::new(memory.clone()));
    let request = AddRequest { chunk_size: Some(CHUNK), ..AddRequest::new([files], desk.to) };
    for id in desk.add_as(request).await {
        desk.stopped(id).await;
    }
    let running = copy_of(data.path());
    desk.close().await;
    let closed = copy_of(data.path());
    let uploads = uploads(&data.path().join(RECORDS_FILE));
    assert_eq!(uploads.len() as u64, UPLOADS);
    Kept { closed, running, uploads, memory, _sources: sources }
}

fn uploads(database: &Path) -> Vec<Before> {
    let connection = Connection::open(database).expect("opens");
    let sql = "SELECT u.id, u.source, a.id, s.path FROM uploads u JOIN attempts a ON a.upload = u.id
               JOIN sources s ON s.id = u.source ORDER BY u.seq";
    let mut statement = connection.prepare(sql).expect("reads");
    let rows = statement.query_map([], |row| {
        let ids: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        let path = String::from_utf8(row.get(3)?).expect("a plain path");
        Ok(Before { id: ids[0].parse().expect("an id"), path: path.into(), ids })
    });
    rows.expect("reads").map(|row| row.expect("reads")).collect()
}

/// The files in `data` that a crash would leave there.
pub fn copy_of(data: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(data).expect("reads").map(|entry| entry.expect("reads"));
    let files = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()));
    let named = files.map(|entry| (entry.file_name().into_string().expect("a plain name"), entry.path()));
    let wanted = named.filter(|(name, _)| name.starts_with(RECORDS_FILE) && !name.ends_with("-shm"));
    wanted.map(|(name, path)| (name, std::fs::read(path).expect("reads"))).collect()
}

/// A data folder with these files.
pub fn laid(files: &BTreeMap<String, Vec<u8>>) -> TempDir {
    let data = folder();
    files.iter().for_each(|(name, bytes)| std::fs::write(data.path().join(name), bytes).expect("writes"));
    data
}

/// Closed records with another database file.
pub fn with_database(database: Vec<u8>) -> TempDir {
    let mut files = kept().closed.clone();
    files.insert(RECORDS_FILE.to_owned(), database);
    laid(&files)
}

/// In memory where that can be: what is tested here is not the disk.
pub fn folder() -> TempDir {
    let fast = Path::new("/dev/shm");
    let made = if fast.is_dir() { tempfile::tempdir_in(fast) } else { tempfile::tempdir() };
    made.expect("a folder")
}

/// What an engine found in `data`.
pub struct Seen {
    pub listed: Vec<Listed>,
    pub unreadable: u64,
    pub aside: Option<SetAside>,
}

/// Opens the records and closes them again.
pub async fn open(data: &Path, what: &str) -> Seen {
    let engine = Engine::open(quick(data)).await.unwrap_or_else(|error| panic!("{what}: it must open: {error}"));
    let (listed, unreadable) = engine.list().await.unwrap_or_else(|error| panic!("{what}: it must list: {error}"));
    let aside = engine.set_aside().cloned();
    engine.shutdown().await.unwrap_or_else(|error| panic!("{what}: it must close: {error}"));
    Seen { listed, unreadable, aside }
}

impl Seen {
    /// Holds of whatever became of the records, as long as `intact` names the uploads whose rows were not touched.
    pub fn hold(&self, data: &Path, what: &str, intact: impl Fn(&Before) -> bool) {
        for before in kept().uploads.iter().filter(|before| intact(before)) {
            let after = self.listed.iter().find(|listed| listed.upload.id == before.id);
            let after = after.unwrap_or_else(|| panic!("{what}: {} was not damaged and must be listed", before.id));
            assert_eq!(after.upload.path, before.path, "{what}: the right file");
            assert_eq!(after.upload.attempt.id.to_string(), before.ids[2], "{what}: its handle is kept (P6)");
            assert!(after.upload.confirmed <= CHUNK * CONFIRMED, "{what}: nothing is claimed that was not confirmed");
        }
        let lost = self.aside.as_ref().map_or(0, |aside| aside.lost);
        let all = self.listed.len() as u64 + self.unreadable + lost;
        assert!(all >= UPLOADS || self.aside.is_some(), "{what}: nothing is missing without a word");
        sound(&data.join(RECORDS_FILE), what);
    }
}

/// The database is whole, refers to nothing that is not there, and claims no chunk that was not confirmed (P2).
fn sound(database: &Path, what: &str) {
    let connection = Connection::open(database).expect("opens");
    let check: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("checks");
    assert_eq!(check, "ok", "{what}");
    let dangling = connection.prepare("PRAGMA foreign_key_check").and_then(|mut s| s.exists([])).expect("checks");
    assert!(!dangling, "{what}: nothing refers to what is not there");
    let original = folder();
    let path = original.path().join(RECORDS_FILE);
    std::fs::write(&path, &kept().closed[RECORDS_FILE]).expect("writes");
    connection.execute("ATTACH ?1 AS before", [path.to_str()]).expect("attaches");
    let claims = "SELECT a.id, c.offset, c.length, c.blake3, c.confirmed FROM main.chunks c
                  JOIN main.attempts a ON a.seq = c.attempt
                  EXCEPT SELECT a.id, c.offset, c.length, c.blake3, c.confirmed FROM before.chunks c
                  JOIN before.attempts a ON a.seq = c.attempt";
    assert!(!connection.prepare(claims).and_then(|mut s| s.exists([])).expect("reads"), "{what}: no chunk is invented");
    let counters = "SELECT 1 FROM main.uploads u JOIN main.attempts a ON a.upload = u.id WHERE confirmed_bytes !=
                    (SELECT coalesce(sum(length), 0) FROM main.chunks WHERE attempt = a.seq AND confirmed = 1)";
    assert!(!connection.prepare(counters).and_then(|mut s| s.exists([])).expect("reads"), "{what}: counters follow");
}

/// Carries on with what an engine finds in `data`, if `chosen`, to the end: what arrives is what was sent.
pub async fn carry_on(data: &Path, what: &str, chosen: impl Fn(&Listed) -> bool) -> usize {
    let mut desk = Desk::open_with(quick(data), ADDRESS).await;
    let (listed, _) = desk.engine.list().await.expect("lists");
    let chosen: Vec<Listed> = listed.into_iter().filter(|listed| chosen(listed)).collect();
    for Listed { upload, .. } in &chosen {
        desk.engine.bind(upload.destination, std::sync::Arc::new(kept().memory.clone()));
        let lost = upload.attempt.ticket.as_ref().is_some_and(|ticket| ticket.version == 0);
        desk.expect_more(upload.id);
        let outcomes = match lost {
            true => desk.engine.start_over(&[upload.id]).await,
            false => desk.engine.resume(&[upload.id]).await,
        };
        assert!(outcomes.problems.is_empty(), "{what}: {:?}", outcomes.problems);
        let attempt = desk.listed(upload.id).await.map(|listed| listed.upload.attempt.id.to_string());
        desk.finished(upload.id).await;
        let objects = kept().memory.objects();
        let whole = std::fs::read(&upload.path).expect("reads");
        let delivered = match attempt {
            Some(attempt) => objects[&attempt].whole.as_ref() == Some(&whole),
            None => objects.values().any(|object| object.whole.as_ref() == Some(&whole)),
        };
        assert!(delivered, "{what}: {} must arrive as it is", upload.name);
    }
    desk.close().await;
    chosen.len()
}
