//! What must be true after a death, and at the end (DESIGN 1). Each gives what is broken, in words.

use std::collections::HashSet;

use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tests::{files, log};

use crate::{
    scenario::{Act, Scenario},
    world::World,
};

/// The sender is dead, the receiver is not: what do the records say?
pub fn after_death_of_the_sender(world: &World) -> Vec<String> {
    let mut broken = Vec::new();
    let attempts = attempts(world);
    let known: HashSet<&str> =
        attempts.iter().flat_map(|attempt| attempt.uploads.iter().chain([&attempt.id])).map(String::as_str).collect();
    // What opens an upload together with its bytes is found by its attempt: its id there is news.
    let found_again = attempts.iter().any(|attempt| attempt.began && attempt.uploads.is_empty());
    let ended = ended(world) + i64::from(found_again);
    for line in log::lines(&world.receiver.log).iter().filter(|line| line["received"].as_u64() > Some(0)) {
        let Some(uuid) = line["uuid"].as_str() else { continue };
        if !known.contains(uuid) && ended == 0 && !world.began_before.contains(uuid) {
            broken.push(format!("P1: bytes of {uuid} came in, and no record could resume it"));
        }
    }
    // Where the receiver lost what it held, the record cannot know before it is told.
    for attempt in attempts.iter().filter(|_| world.scenario.act != Act::Reset) {
        if world.scenario.protocol != "fineuploader" {
            broken.extend(leads(world, attempt));
            continue;
        }
        let answer = world.ask(&attempt.id);
        if answer["state"] == "done" {
            continue;
        }
        let held = held(&answer);
        for offset in attempt.confirmed.iter().filter(|offset| !held.contains(offset)) {
            broken.push(format!("P2: the record claims the chunk at {offset}, the receiver says {answer}"));
        }
    }
    broken
}

/// What grows is held up to an offset: the record claims no more bytes. What the receiver does not know any more was joined.
fn leads(world: &World, attempt: &Attempt) -> Option<String> {
    let stands: Option<Vec<_>> = attempt.uploads.iter().map(|id| world.stands(id)).collect();
    let held: u64 = stands?.iter().map(|(offset, _)| offset).sum();
    let leads = attempt.bytes > held && !attempt.uploads.is_empty();
    leads.then(|| format!("P2: the record claims {} bytes, the receiver holds {held}", attempt.bytes))
}

/// Everything is carried on to its end: one whole object for each file, and nothing left over on either side.
pub fn at_the_end(world: &World, kills: u64) -> Vec<String> {
    let mut broken = Vec::new();
    let Scenario { act, files: sent, .. } = world.scenario;
    let mut wanted: Vec<String> = sent.iter().map(|(name, _)| (*name).to_owned()).collect();
    wanted.extend(world.sent_again.iter().map(|name| second(name)));
    wanted.sort();
    wanted.dedup();
    let found = files::files_below(&world.receiver.dir);
    match act {
        Act::Discard => broken.extend((!found.is_empty()).then(|| format!("discarded, and yet {found:?} arrived"))),
        _ if found != wanted => broken.push(format!("P7/P8: {found:?} instead of {wanted:?}")),
        _ => broken.extend(wanted.iter().filter_map(|name| unlike(world, name))),
    }
    let left = world.list();
    broken.extend((!left.is_empty()).then(|| format!("P3: still listed at the end: {left:?}")));
    let lines = log::lines(&world.receiver.log);
    broken.extend(sent_twice(world.scenario, &lines, kills));
    broken.extend(unfinished(world, &lines));
    broken
}

/// How the receiver names a second file of that name.
fn second(name: &str) -> String {
    name.replacen('.', " (2).", 1)
}

fn unlike(world: &World, name: &str) -> Option<String> {
    let source = world.file(&name.replace(" (2).", "."));
    let same = files::digest(&world.receiver.dir.join(name)) == files::digest(&source);
    (!same).then(|| format!("P4: {name} is not what was sent"))
}

/// Nothing that a survey listed came in again, and what came twice was in flight.
fn sent_twice(scenario: &Scenario, lines: &[Value], kills: u64) -> Vec<String> {
    let mut broken = Vec::new();
    let again = log::sent_again_though_listed(lines);
    broken.extend((!again.is_empty()).then(|| format!("P7: listed, and sent again: {again:?}")));
    let (received, allowed) = (log::received(lines), scenario.size() + kills * scenario.in_flight());
    let begins_anew = matches!(scenario.act, Act::StartOver | Act::Reset | Act::Discard);
    if !begins_anew && received > allowed {
        broken.push(format!("P7: {received} bytes came in, at most {allowed} should have"));
    }
    broken
}

/// The receiver holds nothing unfinished of any id that was ever heard of.
fn unfinished(world: &World, lines: &[Value]) -> Vec<String> {
    let ids: HashSet<&str> = lines.iter().filter_map(|line| line["uuid"].as_str()).collect();
    let open = |id: &&str| match world.scenario.protocol {
        "fineuploader" => world.ask(id)["state"] == "open",
        // One that was opened and never heard of is empty, and left to its expiry.
        _ => world.stands(id).is_some_and(|(offset, length)| offset > 0 && offset < length),
    };
    ids.into_iter().filter(open).map(|id| format!("P5: {id} is left unfinished at the receiver")).collect()
}

struct Attempt {
    id: String,
    confirmed: Vec<u64>,
    /// Bytes that the record claims.
    bytes: u64,
    /// It has a ticket.
    began: bool,
    /// What the receiver calls its lanes, where they have URLs.
    uploads: Vec<String>,
}

/// A copy: whoever opens the records themselves and closes them again takes their log away.
fn records(world: &World) -> Option<(tempfile::TempDir, Connection)> {
    let copy = tempfile::tempdir().expect("a temp folder");
    for name in ["carryon.db", "carryon.db-wal"] {
        let _ = std::fs::copy(world.data().join(name), copy.path().join(name));
    }
    let opened = Connection::open_with_flags(copy.path().join("carryon.db"), OpenFlags::SQLITE_OPEN_READ_WRITE).ok()?;
    Some((copy, opened))
}

fn attempts(world: &World) -> Vec<Attempt> {
    let Some((_copy, records)) = records(world) else { return Vec::new() };
    let sql = "SELECT a.id, c.offset, c.length, a.ticket FROM attempts a LEFT JOIN chunks c ON c.attempt = a.seq AND c.confirmed = 1 ORDER BY a.seq";
    // Killed before the tables were made: there is nothing.
    let Ok(mut statement) = records.prepare(sql) else { return Vec::new() };
    let rows = statement.query_map([], |row| {
        let ticket: Option<String> = row.get(3)?;
        Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?, ticket))
    });
    let mut attempts: Vec<Attempt> = Vec::new();
    for (id, offset, length, ticket) in rows.expect("rows").map(|row| row.expect("a row")) {
        if attempts.last().is_none_or(|last| last.id != id) {
            let (uploads, began) = (uploads(ticket.as_ref()), ticket.is_some());
            attempts.push(Attempt { id, confirmed: Vec::new(), bytes: 0, began, uploads });
        }
        let last = attempts.last_mut().expect("there is one");
        last.bytes += length.and_then(|length| u64::try_from(length).ok()).unwrap_or(0);
        last.confirmed.extend(offset.and_then(|offset| u64::try_from(offset).ok()));
    }
    attempts
}

fn uploads(ticket: Option<&String>) -> Vec<String> {
    let data = ticket.and_then(|ticket| serde_json::from_str::<Value>(ticket).ok()).unwrap_or_default();
    let urls = data["data"]["urls"].as_array().cloned().unwrap_or_default();
    urls.iter().filter_map(|url| url.as_str()?.rsplit('/').next().map(str::to_owned)).collect()
}

/// How many records went, into the history or the outbox.
fn ended(world: &World) -> i64 {
    let count = |sql| records(world).and_then(|(_copy, db)| db.query_row(sql, [], |row| row.get::<_, i64>(0)).ok());
    count("SELECT (SELECT count(*) FROM history) + (SELECT count(*) FROM outbox)").unwrap_or(0)
}

fn held(answer: &Value) -> HashSet<u64> {
    answer["chunks"].as_array().into_iter().flatten().filter_map(|chunk| chunk["offset"].as_u64()).collect()
}
