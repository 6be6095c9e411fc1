//! Rows whose columns hold what nobody wrote there: they are passed over, counted and kept, and stop nobody else.

use std::collections::HashSet;

use rusqlite::{Connection, types::Value};
use serde_json::json;

use super::{chunks, destinations, history, migrations, outbox, settings, uploads};
use crate::{
    chunk::{Chunk, Completes, Plan},
    destination::{Held, Ticket},
    fuzz::{head_and_rest, target},
    reconcile,
    source::Identity,
    upload::{AttemptId, BatchId, DestinationId, Interruption, Upload, UploadId},
};

const UPLOADS: usize = 3;
const TOKENS: &[&str] = &[
    "uploads.detail 0 t",
    "uploads.id 1 t",
    "uploads.custom 0 t",
    "uploads.size 0 i",
    "uploads.keep 1 i0",
    "uploads.state 0 tqueued",
    "uploads.confirmed_bytes 0 i",
    "attempts.plan 0 t",
    "attempts.ticket 1 t",
    "attempts.id 0 t",
    "attempts.retired_at 0 i1",
    "sources.path 0 b",
    "sources.identity 0 t",
    "sources.encoding 0 twide",
    "chunks.length 0 i",
    "chunks.offset 0 i",
    "chunks.blake3 0 b",
    "chunks.tag 0 t",
    "destinations.name 0 t",
    "destinations.memory 0 t{\"cut_at\":",
    "history.path 0 b",
    "outbox.ticket 0 t",
    "outbox.next_at 0 i",
    "n",
    "\n",
    "{\"kind\":\"queued\"}",
    "{\"size\":0,\"chunk_size\":0,",
    "\"chunk_size\":",
    "9223372036854775807",
    "-9223372036854775808",
    "\0",
    "null",
];

/// Three uploads, the second begun and partly confirmed, and one that was discarded.
pub(super) fn filled() -> Connection {
    let mut connection = Connection::open_in_memory().expect("memory");
    migrations::run(&mut connection).expect("migrates");
    let to = destinations::get_or_make(&connection, "there", "fineuploader+http://h/").expect("a destination").id;
    let plan = Plan {
        size: 1000,
        chunk_size: 400,
        completes: Completes::FinishRequest,
        repeatable: false,
        sends_empty: true,
        lanes: 0,
        adapts: false,
    };
    for nth in 0..=UPLOADS {
        let new = uploads::NewUpload {
            id: UploadId::random(),
            attempt: AttemptId::random(),
            batch: BatchId::random(),
            path: "/media/a.mov".into(),
            identity: Identity { size: 1000, mtime_ns: 1, ctime_ns: None, file_id: None, volume: None },
            taken_at: 1,
            destination: to,
            scope: String::new(),
            name: format!("{nth}.mov"),
            relative_path: String::new(),
            plan,
            keep: true,
            custom: json!({ "by": 7 }),
            expires_at: None,
            priority: 0,
            start_at: None,
        };
        uploads::insert(&connection, &new).expect("inserts");
        let attempt = uploads::get(&connection, new.id).expect("reads").expect("is there").attempt.seq;
        let ticket = Ticket { version: 1, data: json!({ "uuid": "u" }) };
        uploads::begun(&connection, new.id, attempt, (&new.plan, &ticket), &[7; 32]).expect("begins");
        let touch = chunks::Touch { chunk_size: 400, sent_bytes: 400, at: 1, expires_at: None };
        let chunk = Chunk { index: 0, offset: 0, length: 400 };
        chunks::confirm(&connection, new.id, attempt, chunk, Some(&chunks::Known::Ours([1; 32])), None, touch)
            .expect("confirms");
        if nth == UPLOADS {
            uploads::discard(&connection, new.id).expect("discards");
        }
    }
    connection
}

/// A cell, and what it is to hold: `uploads.detail 0 t…`; after the number of the row a text, a blob, an integer or nothing.
fn spoil(connection: &Connection, line: &[u8]) -> Option<(String, usize)> {
    let mut words = line.splitn(3, |&byte| byte == b' ');
    let cell = std::str::from_utf8(words.next()?).ok()?;
    let row: u32 = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let (kind, held) = words.next()?.split_first()?;
    let (table, column) = cell.split_once('.')?;
    let is_name = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let key = if table == "chunks" { "(attempt, offset)" } else { "rowid" };
    let chosen = format!("SELECT {} FROM {table} ORDER BY 1 LIMIT 1 OFFSET ?2", key.trim_matches(['(', ')']));
    let (how, value) = match kind {
        b't' => ("CAST(?1 AS TEXT)", Value::Blob(held.to_vec())),
        b'b' => ("?1", Value::Blob(held.to_vec())),
        b'i' => ("?1", Value::Integer(std::str::from_utf8(held).ok()?.trim().parse().ok()?)),
        _ => ("?1", Value::Null),
    };
    let sql = format!("UPDATE {table} SET {column} = {how} WHERE {key} = ({chosen})");
    let done = (is_name(table) && is_name(column)).then(|| connection.execute(&sql, (value, row)))?;
    (done.ok()? == 1).then(|| (cell.to_owned(), row as usize))
}

fn count(connection: &Connection) -> u64 {
    let count: i64 = connection.query_row("SELECT count(*) FROM uploads", [], |row| row.get(0)).expect("counts");
    u64::try_from(count).expect("a count")
}

fn law(input: &[u8]) {
    let connection = filled();
    let before = uploads::list(&connection).expect("lists").0;
    connection.pragma_update(None, "foreign_keys", false).expect("a bad disk asks nobody");
    connection.execute_batch("DROP INDEX IF EXISTS sources_by_file_id").expect("nor an index that looks into a column");
    let mut spoilt = Vec::new();
    let mut rest = input;
    while !rest.is_empty() && spoilt.len() < 4 {
        let (line, after) = head_and_rest(rest);
        spoilt.extend(spoil(&connection, line));
        rest = after;
    }
    connection.pragma_update(None, "foreign_keys", true).expect("and then it is read");
    require_passed_over(&connection, &before, &spoilt);
    read_everything_else(&connection);
    recover(&connection, &spoilt);
}

fn require_passed_over(connection: &Connection, before: &[Upload], spoilt: &[(String, usize)]) {
    let (listed, unreadable) = uploads::list(connection).expect("what cannot be read stops no list");
    assert_eq!(listed.len() as u64 + unreadable, count(connection), "each is told or counted");
    let own: HashSet<usize> = spoilt.iter().map(|(_, row)| *row).collect();
    let shared = spoilt
        .iter()
        .any(|(cell, _)| cell.starts_with("destinations.") || cell.ends_with(".upload") || is_reference(cell));
    for (nth, upload) in before.iter().enumerate().filter(|(nth, _)| !own.contains(nth) && !shared) {
        let same = listed.iter().find(|listed| listed.id == upload.id).map(|listed| format!("{listed:?}"));
        assert_eq!(same, Some(format!("{upload:?}")), "upload {nth} has nothing to do with it");
    }
    for upload in &listed {
        assert!(upload.attempt.plan.chunk_size > 0, "nothing can be cut into chunks of no bytes");
        look_closely(connection, upload);
    }
    for upload in before.iter().filter(|upload| listed.iter().all(|listed| listed.id != upload.id)) {
        assert!(!matches!(uploads::get(connection, upload.id), Ok(Some(_))), "what is not listed is not given");
    }
}

/// What such a column holds ties rows together.
fn is_reference(cell: &str) -> bool {
    ["uploads.id", "uploads.source", "uploads.destination", "sources.id", "attempts.seq", "uploads.seq"].contains(&cell)
}

/// The arithmetic over whatever was read.
fn look_closely(connection: &Connection, upload: &Upload) {
    let Ok(rows) = chunks::of_attempt(connection, upload.attempt.seq) else { return };
    let plan = upload.attempt.plan;
    let held: Vec<Held> = [0, 400, u64::MAX].map(|at| Held { offset: at, length: 400, digest: Some([1; 32]) }).into();
    let stocks = [reconcile::by_record(&rows), reconcile::by_set(&plan, &rows, &held)];
    let by_lanes = [0, 100, 400, u64::MAX].into_iter().filter_map(|at| reconcile::by_lanes(&plan, &rows, &[at]).ok());
    for stock in stocks.into_iter().chain(by_lanes) {
        let _ = (stock.held.total(), stock.held.frontier(), plan.lacking(0, &stock.held));
    }
    let last = plan.count().saturating_sub(1);
    assert!(plan.count() == 0 || plan.chunk(last).end() == plan.size);
}

fn read_everything_else(connection: &Connection) {
    let _ = (uploads::queued(connection, i64::MAX, 100), uploads::next_start(connection, 0));
    let identity =
        Identity { size: 1000, mtime_ns: 1, ctime_ns: None, file_id: Some("7".into()), volume: Some("1".into()) };
    let elsewhere = std::path::Path::new("/media/b.mov");
    uploads::hint(connection, DestinationId(1), "", elsewhere, &identity).expect("what cannot be read stops no search");
    uploads::of_content(connection, DestinationId(1), "", elsewhere, 1000, &[7; 32]).expect("nor this one");
    let _ = (history::list(connection, 100), outbox::due(connection, i64::MAX), outbox::next_due(connection));
    let _ = (outbox::count(connection), settings::get(connection, "a"), destinations::find_named(connection, "there"));
    for row in destinations::list(connection).expect("what cannot be read stops no list") {
        let _ = (row.settings(), row.memory.wish());
    }
}

/// After a crash everything that can be read goes on, and everything else is still there.
fn recover(connection: &Connection, spoilt: &[(String, usize)]) {
    let before = count(connection);
    let _ = uploads::recover(connection, Interruption::Crash);
    if !spoilt.iter().any(|(cell, _)| cell == "uploads.keep") {
        assert_eq!(count(connection), before, "no record goes because another cannot be read");
    }
}

#[test]
fn a_row_that_cannot_be_read_is_passed_over_counted_and_kept() {
    target("rows", TOKENS, 10).run(law);
}
