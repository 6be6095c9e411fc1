//! What the records say, seen from outside: through the engine, and in its tables.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use carryon_engine::{Engine, RECORDS_FILE};
use rusqlite::Connection;

/// A chunk that an attempt claims: the attempt's id, offset, length, digest.
pub type Claim = (String, u64, u64, String);

/// What the records say.
#[derive(Debug, Default)]
pub struct Recorded {
    /// Unfinished uploads by name: the current attempt's id, and whether there is a ticket to resume it with.
    pub uploads: BTreeMap<String, (String, bool)>,
    /// Names of what is done.
    pub done: BTreeSet<String>,
    /// Chunks that count as confirmed.
    pub claimed: Vec<Claim>,
    /// What should never be.
    pub trouble: Vec<String>,
}

impl Recorded {
    /// Asks `engine`, whose records lie in `data`, about files below `sources`.
    pub async fn read(engine: &Engine, data: &Path, sources: &Path) -> Self {
        let name = |path: &Path| path.strip_prefix(sources).unwrap_or(path).to_string_lossy().into_owned();
        let (listed, unreadable) = engine.list().await.expect("the records can be listed");
        let mut recorded = Self { claimed: claims(data), ..Self::default() };
        for upload in listed.into_iter().map(|listed| listed.upload) {
            let attempt = (upload.attempt.id.to_string(), upload.attempt.ticket.is_some());
            if !upload.state.is_resting() {
                recorded.trouble.push(format!("{}: {}, before anybody resumed it", upload.name, upload.state.name()));
            }
            if recorded.uploads.insert(name(&upload.path), attempt).is_some() {
                recorded.trouble.push(format!("{}: it has two records", upload.name));
            }
        }
        let past = engine.history(1000).await.expect("the history can be read");
        recorded.done = past.iter().filter(|past| past.outcome == "done").map(|past| name(&past.path)).collect();
        if unreadable > 0 {
            recorded.trouble.push(format!("{unreadable} records cannot be read"));
        }
        recorded.trouble.extend(engine.set_aside().map(|aside| format!("{} was set aside", aside.sentence())));
        recorded
    }
}

fn claims(data: &Path) -> Vec<Claim> {
    let connection = Connection::open(data.join(RECORDS_FILE)).expect("the records open");
    let sql = "SELECT a.id, c.offset, c.length, lower(hex(c.blake3))
               FROM chunks c JOIN attempts a ON a.seq = c.attempt WHERE c.confirmed = 1";
    let mut statement = connection.prepare(sql).expect("the tables are there");
    let rows = statement.query_map([], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned(), row.get::<_, i64>(2)?.cast_unsigned(), row.get(3)?))
    });
    rows.expect("chunks can be read").map(|row| row.expect("a chunk can be read")).collect()
}
