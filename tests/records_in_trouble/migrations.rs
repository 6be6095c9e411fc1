//! Migrations: from every earlier schema to the newest, killed anywhere on the way.

use std::{collections::BTreeMap, path::Path, process::Stdio};

use carryon_engine::{Engine, RECORDS_FILE};
use rusqlite::Connection;
use tests::{engine::quick, programs::carryon_with};

use crate::stage::{PAGE, WAL, carry_on, copy_of, folder, kept, laid, open};

/// The schemas that files of earlier versions have, from version 1 on.
const EARLIER: [&str; 4] = [
    include_str!("schema_1.sql"),
    include_str!("schema_2.sql"),
    include_str!("schema_3.sql"),
    include_str!("schema_4.sql"),
];
const FRAME: usize = PAGE + 24;
const HEAD: usize = 32;

/// The kept records as version `version` would have them.
fn of_version(version: usize) -> BTreeMap<String, Vec<u8>> {
    let (data, newest) = (folder(), laid(&kept().closed));
    let path = data.path().join(RECORDS_FILE);
    let connection = Connection::open(&path).expect("opens");
    connection.pragma_update(None, "journal_mode", "WAL").expect("sets");
    connection.execute_batch(EARLIER[version - 1]).expect("the schema is valid");
    let attached = newest.path().join(RECORDS_FILE);
    connection.execute("ATTACH ?1 AS newest", [attached.to_str()]).expect("attaches");
    for table in ["destinations", "sources", "uploads", "attempts", "chunks", "outbox", "history", "settings"] {
        let sql = "SELECT group_concat(name, ', ') FROM pragma_table_info(?1, 'main')";
        let columns: String = connection.query_row(sql, [table], |row| row.get(0)).expect("reads");
        let sql = format!("INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newest.{table}");
        connection.execute(&sql, []).expect("copies");
    }
    connection.pragma_update(None, "user_version", version as i64).expect("sets");
    connection.execute("DETACH newest", []).expect("detaches");
    drop(connection);
    copy_of(data.path())
}

fn version_of(data: &Path) -> usize {
    let connection = Connection::open(data.join(RECORDS_FILE)).expect("opens");
    connection.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0)).expect("reads") as usize
}

/// Opens and sees that every row is there in the newest schema.
async fn all_is_there(data: &Path, what: &str) {
    let seen = open(data, what).await;
    seen.hold(data, what, |_| true);
    assert_eq!(seen.aside, None, "{what}: nothing was damaged");
    assert_eq!(version_of(data), EARLIER.len() + 1, "{what}: every earlier schema has a fixture here");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_earlier_schema_becomes_the_newest_with_all_its_rows() {
    for version in 1..=EARLIER.len() {
        let what = format!("from version {version}");
        let data = laid(&of_version(version));
        all_is_there(data.path(), &what).await;
        assert_eq!(carry_on(data.path(), &what, |l| l.upload.id == kept().uploads[20 + version].id).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_of_a_migration_all_rows_are_kept() {
    for version in 1..=EARLIER.len() {
        let earlier = of_version(version);
        let steps = EARLIER.len() + 1 - version;
        for (step, side) in (1..=steps).flat_map(|step| [(step, "before"), (step, "after")]) {
            let data = laid(&earlier);
            let mut command = carryon_with(data.path(), &["list"]);
            command.env("CARRYON_CRASH", format!("{step}:{side}")).stdout(Stdio::null()).stderr(Stdio::null());
            let ended = command.status().expect("carryon starts");
            assert_eq!(ended.code(), None, "the program dies {side} step {step}: {ended}");
            all_is_there(data.path(), &format!("from version {version}, killed {side} step {step}")).await;
        }
    }
}

/// What a migration from `version` leaves in the log, and nothing else.
async fn migrating(version: usize) -> (BTreeMap<String, Vec<u8>>, Vec<u8>) {
    let earlier = of_version(version);
    let data = laid(&earlier);
    let engine = Engine::open(quick(data.path())).await.expect("opens");
    let log = copy_of(data.path()).remove(WAL).expect("it runs, so it has a log");
    engine.shutdown().await.expect("closes");
    (earlier, log)
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_write_of_a_migration_all_rows_are_kept() {
    let mut images = 0;
    for version in 1..=EARLIER.len() {
        let (mut earlier, log) = migrating(version).await;
        earlier.insert("carryon.db-note".to_owned(), b"open\n".to_vec());
        let frames = (log.len() - HEAD) / FRAME;
        assert!(frames > 1, "a migration writes more than one page");
        let whole = (0..=frames).map(|frame| HEAD + frame * FRAME);
        let torn = (0..frames).flat_map(|frame| [HEAD + frame * FRAME + 24, HEAD + frame * FRAME + 2000]);
        for length in [0, 1, HEAD - 1].into_iter().chain(whole).chain(torn) {
            let mut files = earlier.clone();
            files.insert(WAL.to_owned(), log[..length].to_vec());
            let data = laid(&files);
            all_is_there(data.path(), &format!("from version {version}, {length} bytes of the log")).await;
            images += 1;
        }
        for frame in 0..=frames {
            let mut files = earlier.clone();
            files.insert(RECORDS_FILE.to_owned(), checkpointed(&earlier[RECORDS_FILE], &log, frame));
            files.insert(WAL.to_owned(), log.clone());
            let data = laid(&files);
            all_is_there(data.path(), &format!("from version {version}, {frame} pages of the log taken over")).await;
            images += 1;
        }
    }
    println!("migrations: {images} images");
}

/// The database as a kill leaves it while the log is taken over into it.
fn checkpointed(database: &[u8], log: &[u8], frames: usize) -> Vec<u8> {
    let mut database = database.to_vec();
    for frame in log[HEAD..].chunks_exact(FRAME).take(frames) {
        let page = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
        let length = database.len().max(page * PAGE);
        database.resize(length, 0);
        database[(page - 1) * PAGE..page * PAGE].copy_from_slice(&frame[24..]);
    }
    database
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_records_of_an_earlier_schema_are_salvaged_into_the_newest() {
    for version in 1..=EARLIER.len() {
        let whole = of_version(version);
        // The one that describes the schema, and one of the destinations.
        for page in [0, 1] {
            let mut files = whole.clone();
            let database = files.get_mut(RECORDS_FILE).expect("the database");
            database[page * PAGE..(page + 1) * PAGE].fill(0);
            let damaged = database.clone();
            let data = laid(&files);
            let what = format!("version {version} without page {}", page + 1);
            let seen = open(data.path(), &what).await;
            let path = seen.aside.as_ref().and_then(|aside| aside.path.as_ref()).expect("it is told");
            assert_eq!(std::fs::read(path).ok(), Some(damaged), "{what}: it is kept as it was, not migrated");
            seen.hold(data.path(), &what, |_| true);
        }
    }
}
