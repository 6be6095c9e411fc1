-- The schema of version 4, as files of that version have it. It never changes again.
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

ALTER TABLE destinations ADD COLUMN secret TEXT;   -- the keychain's name for its token
DROP INDEX sources_by_size;
CREATE INDEX sources_by_fingerprint ON sources(size, fingerprint);
-- What is no JSON is passed over: else one torn row would keep the index from being made, and itself from going.
CREATE INDEX sources_by_file_id ON sources(
    iif(json_valid(identity), json_extract(identity, '$.file_id'), NULL),
    iif(json_valid(identity), json_extract(identity, '$.volume'), NULL)
);

ALTER TABLE chunks ADD COLUMN proved INTEGER NOT NULL DEFAULT 0;   -- 1: the destination named this row's digest itself

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
