//! The schema through time. Migrations go forward, all or nothing; an older Carryon refuses a newer file.

use carryon_instruments::step;
use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use super::storage;
use crate::error::Result;

/// Brings `connection` to this version's schema.
///
/// # Errors
/// `Storage` where the file is from a newer Carryon, or cannot be written.
pub(super) fn run(connection: &mut Connection) -> Result<()> {
    let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    require_known(found)?;
    let migrations = Migrations::new(all());
    for version in usize::try_from(found).unwrap_or(0)..all().len() {
        let _step = step("migrate");
        migrations.to_version(connection, version + 1).map_err(|error| match error {
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            other => storage("The records could not be brought up to date").because(other),
        })?;
    }
    Ok(())
}

/// An older Carryon leaves a newer file alone.
///
/// # Errors
/// `Storage` where `found` is from a newer Carryon.
pub(super) fn require_known(found: i64) -> Result<()> {
    let known = all().len();
    if found > i64::try_from(known).unwrap_or(i64::MAX) {
        let text = format!("These records are from a newer Carryon (version {found}; this one knows {known})");
        return Err(storage(text).next_step("Use the newer Carryon; nothing was changed."));
    }
    Ok(())
}

fn all() -> Vec<M<'static>> {
    vec![M::up(FIRST), M::up(SECOND), M::up(THIRD), M::up(FOURTH), M::up(FIFTH)]
}

const FIRST: &str = "
CREATE TABLE destinations (
    id         INTEGER PRIMARY KEY,
    name       TEXT NOT NULL UNIQUE,
    address    TEXT NOT NULL,                -- a destination URL, or 'this-computer'
    settings   TEXT NOT NULL DEFAULT '{}',   -- JSON: what the user set
    memory     TEXT NOT NULL DEFAULT '{}',   -- JSON: what was learned (speed, limits)
    created_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX destinations_by_address ON destinations(address);

CREATE TABLE sources (
    id          TEXT PRIMARY KEY,
    path        BLOB NOT NULL,
    encoding    TEXT NOT NULL,               -- 'unix' or 'wide'
    size        INTEGER NOT NULL,
    identity    TEXT NOT NULL,               -- JSON
    fingerprint BLOB,
    taken_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX sources_by_path ON sources(path);
CREATE INDEX sources_by_size ON sources(size);

CREATE TABLE uploads (
    seq             INTEGER PRIMARY KEY,     -- the order of adding
    id              TEXT NOT NULL UNIQUE,
    source          TEXT NOT NULL REFERENCES sources(id),
    destination     INTEGER NOT NULL REFERENCES destinations(id),
    batch           TEXT NOT NULL,
    scope           TEXT NOT NULL DEFAULT '',
    name            TEXT NOT NULL,
    relative_path   TEXT NOT NULL DEFAULT '',
    size            INTEGER NOT NULL,
    keep            INTEGER NOT NULL DEFAULT 1,
    priority        INTEGER NOT NULL DEFAULT 0,
    position        REAL NOT NULL DEFAULT 0,
    start_at        INTEGER,
    state           TEXT NOT NULL,
    detail          TEXT NOT NULL,           -- JSON: the whole state
    resumes         INTEGER NOT NULL DEFAULT 0,
    sent_bytes      INTEGER NOT NULL DEFAULT 0,
    confirmed_bytes INTEGER NOT NULL DEFAULT 0,
    chunks_left     INTEGER NOT NULL,
    last_error      TEXT,                    -- JSON
    custom          TEXT NOT NULL DEFAULT 'null',
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    confirmed_at    INTEGER,
    expires_at      INTEGER
) STRICT;
CREATE INDEX uploads_by_state ON uploads(state, priority DESC, position, seq);
CREATE INDEX uploads_by_source ON uploads(source);

CREATE TABLE attempts (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: chunks of an old attempt stay its own
    id         TEXT NOT NULL UNIQUE,         -- goes out as qquuid
    upload     TEXT NOT NULL REFERENCES uploads(id) ON DELETE CASCADE,
    plan       TEXT NOT NULL,                -- JSON
    ticket     TEXT,                         -- JSON, the driver's
    finishing  INTEGER NOT NULL DEFAULT 0,   -- a completing request may have left
    resets     INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    retired_at INTEGER                       -- kept until its successor has confirmed as much (P6)
) STRICT;
CREATE UNIQUE INDEX attempts_current ON attempts(upload) WHERE retired_at IS NULL;
CREATE INDEX attempts_by_upload ON attempts(upload);

CREATE TABLE chunks (
    attempt   INTEGER NOT NULL REFERENCES attempts(seq) ON DELETE CASCADE,
    offset    INTEGER NOT NULL,
    length    INTEGER NOT NULL,
    blake3    BLOB,
    confirmed INTEGER NOT NULL,              -- 0: intended, may be on its way; 1: the destination said that it holds it
    tag       TEXT,
    PRIMARY KEY (attempt, offset)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
    id          INTEGER PRIMARY KEY,
    destination INTEGER NOT NULL REFERENCES destinations(id),
    upload      TEXT NOT NULL,
    name        TEXT NOT NULL,
    ticket      TEXT NOT NULL,
    reason      TEXT NOT NULL,               -- discard, start-over, expiry
    created_at  INTEGER NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0,
    next_at     INTEGER NOT NULL,
    give_up_at  INTEGER,
    last_error  TEXT
) STRICT;

CREATE TABLE history (
    seq         INTEGER PRIMARY KEY,
    upload      TEXT NOT NULL,
    name        TEXT NOT NULL,
    path        BLOB NOT NULL,
    encoding    TEXT NOT NULL,
    size        INTEGER NOT NULL,
    destination TEXT NOT NULL,
    scope       TEXT NOT NULL DEFAULT '',
    outcome     TEXT NOT NULL,               -- done, marked done, discarded, aborted there, left there
    location    TEXT,
    began_at    INTEGER NOT NULL,
    ended_at    INTEGER NOT NULL,
    resumes     INTEGER NOT NULL DEFAULT 0,
    sent_bytes  INTEGER NOT NULL DEFAULT 0,
    receipt     TEXT NOT NULL DEFAULT 'null'
) STRICT;
CREATE INDEX history_by_time ON history(ended_at);

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL                      -- JSON
) STRICT;
";

/// Tokens in the keychain; and what a file is found by again that was moved or copied.
const SECOND: &str = "
ALTER TABLE destinations ADD COLUMN secret TEXT;   -- the keychain's name for its token
DROP INDEX sources_by_size;
CREATE INDEX sources_by_fingerprint ON sources(size, fingerprint);
-- What is no JSON is passed over: else one torn row would keep the index from being made, and itself from going.
CREATE INDEX sources_by_file_id ON sources(
    iif(json_valid(identity), json_extract(identity, '$.file_id'), NULL),
    iif(json_valid(identity), json_extract(identity, '$.volume'), NULL)
);
";

/// What a receipt may say of a chunk. Of chunks that are older than this column nobody knows, so they count as not proved.
const THIRD: &str = "
ALTER TABLE chunks ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;   -- 1: the destination named this row's digest itself
";

/// Watched folders, and what was taken from them.
const FOURTH: &str = "
CREATE TABLE watches (
    id          TEXT PRIMARY KEY,
    path        BLOB NOT NULL,
    encoding    TEXT NOT NULL,
    destination INTEGER NOT NULL REFERENCES destinations(id),
    scope       TEXT NOT NULL,
    rule        TEXT NOT NULL,               -- JSON
    paused      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE taken (
    seq      INTEGER PRIMARY KEY,
    watch    TEXT NOT NULL REFERENCES watches(id) ON DELETE CASCADE,
    place    BLOB NOT NULL,                  -- the path below the folder, encoded as the folder's own
    size     INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    file_id  TEXT,
    state    TEXT NOT NULL,                  -- before, growing, under_way, delivered, dropped
    upload   TEXT,                           -- none for what lay there before
    gone     INTEGER NOT NULL,               -- no such file lies there any more
    taken_at INTEGER NOT NULL
) STRICT;
CREATE INDEX taken_by_place ON taken(watch, place);
CREATE INDEX taken_by_file_id ON taken(watch, file_id);
CREATE INDEX taken_by_state ON taken(watch, state, gone);
CREATE INDEX taken_by_upload ON taken(upload);
";

/// What the history is searched by. The words are filled in when the records are opened, since SQLite knows no letters but
/// those of English; receipts may be long, so a search reads its own index and nothing else.
const FIFTH: &str = "
ALTER TABLE history ADD COLUMN relative_path TEXT NOT NULL DEFAULT '';
ALTER TABLE history ADD COLUMN protocol TEXT NOT NULL DEFAULT '';   -- of its destination: how its address begins
ALTER TABLE history ADD COLUMN words TEXT NOT NULL DEFAULT '';      -- name, folders, destination, folded; empty: not yet
UPDATE history SET protocol = coalesce(
    (SELECT iif(address = 'this-computer', address, substr(address, 1, max(instr(address, '+') - 1, 0)))
     FROM destinations WHERE destinations.name = history.destination), '');
DROP INDEX history_by_time;
CREATE INDEX history_found ON history(ended_at, seq, outcome, destination, words, size);
CREATE INDEX history_undescribed ON history(seq) WHERE words = '';
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_valid_and_repeating_it_changes_nothing() {
        let mut connection = Connection::open_in_memory().expect("memory");
        run(&mut connection).expect("migrates");
        run(&mut connection).expect("stays");
    }

    #[test]
    fn a_row_that_cannot_be_read_keeps_nobody_from_what_is_new_and_can_still_go() {
        let mut connection = Connection::open_in_memory().expect("memory");
        Migrations::new(vec![M::up(FIRST)]).to_latest(&mut connection).expect("as it was");
        let sql =
            "INSERT INTO sources (id, path, encoding, size, identity, taken_at) VALUES ('s', x'2f', 'unix', 1, ?1, 1)";
        connection.execute(sql, ["{torn"]).expect("a torn row");
        run(&mut connection).expect("one bad row stops nobody");
        connection.execute("DELETE FROM sources", []).expect("it can go");
    }

    #[test]
    fn a_newer_file_is_refused_and_left_alone() {
        let mut connection = Connection::open_in_memory().expect("memory");
        connection.pragma_update(None, "user_version", 99).expect("sets");
        let error = run(&mut connection).expect_err("an older Carryon must not touch a newer file");
        assert!(error.message().contains("newer Carryon"), "{error}");
        let kept: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0)).expect("reads");
        assert_eq!(kept, 99);
    }
}
