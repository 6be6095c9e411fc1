//! The table of what was taken from watched folders: each finished file stands here from the very commit that makes its
//! upload's record, so that no crash can lose one between the two, or have it taken twice.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{from_sql, to_sql};
use crate::{
    error::Result,
    source::{decode_path, encode_path, path_encoding},
    upload::{UploadId, WatchId, now},
    watch::Print,
};

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It lay there when the folder was added, and stays.
    Before,
    /// It lay there when the folder was added, and was still being written.
    Growing,
    /// Its upload has a record.
    UnderWay,
    /// It arrived.
    Delivered,
    /// Its upload ended in another way: discarded, expired, carried on elsewhere.
    Dropped,
}

impl State {
    const ALL: [State; 5] = [State::Before, State::Growing, State::UnderWay, State::Delivered, State::Dropped];

    fn name(self) -> &'static str {
        match self {
            State::Before => "before",
            State::Growing => "growing",
            State::UnderWay => "under_way",
            State::Delivered => "delivered",
            State::Dropped => "dropped",
        }
    }

    fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// A file that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Taken {
    pub seq: i64,
    /// Its path below the folder.
    pub place: PathBuf,
    pub print: Print,
    pub state: State,
    pub upload: Option<UploadId>,
    pub gone: bool,
}

const COLUMNS: &str = "SELECT seq, place, size, mtime_ns, file_id, state, upload, gone FROM taken";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Taken> {
    let (size, mtime_ns, file_id) = (from_sql(row.get(2)?), row.get(3)?, row.get(4)?);
    let upload: Option<String> = row.get(6)?;
    Ok(Taken {
        seq: row.get(0)?,
        place: decode_path(path_encoding(), &row.get::<_, Vec<u8>>(1)?),
        print: Print { size, mtime_ns, file_id },
        // A state that nobody wrote there must not have a file sent twice.
        state: State::of(&row.get::<_, String>(5)?).unwrap_or(State::Dropped),
        upload: upload.and_then(|id| id.parse().ok()),
        gone: row.get(7)?,
    })
}

/// Takes note of a file.
pub(crate) fn insert(
    connection: &Connection,
    watch: WatchId,
    (place, print): (&Path, &Print),
    state: State,
    upload: Option<UploadId>,
) -> Result<()> {
    let sql = "INSERT INTO taken (watch, place, size, mtime_ns, file_id, state, upload, gone, taken_at)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)";
    connection.prepare_cached(sql)?.execute(params![
        watch.to_string(),
        encode_path(place),
        to_sql(print.size)?,
        print.mtime_ns,
        print.file_id,
        state.name(),
        upload.map(|id| id.to_string()),
        now(),
    ])?;
    Ok(())
}

/// What is known of a file that lies somewhere and looks somehow.
#[derive(Clone, Debug, Default)]
pub(crate) struct Matches {
    /// This very file at this very place.
    pub same: Option<Taken>,
    /// The last one that was taken at this place.
    pub here: Option<Taken>,
    /// The same file at another place.
    pub elsewhere: Option<Taken>,
}

/// Looks a file up.
pub(crate) fn find(connection: &Connection, watch: WatchId, place: &Path, print: &Print) -> Result<Matches> {
    let (watch, place, size) = (watch.to_string(), encode_path(place), to_sql(print.size)?);
    let sql = format!(
        "{COLUMNS} WHERE watch = ?1 AND place = ?2 AND size = ?3 AND mtime_ns = ?4 ORDER BY gone, seq DESC LIMIT 1"
    );
    let values = params![watch, place, size, print.mtime_ns];
    let same = connection.prepare_cached(&sql)?.query_row(values, from_row).optional()?;
    let sql = format!("{COLUMNS} WHERE watch = ?1 AND place = ?2 ORDER BY gone, seq DESC LIMIT 1");
    let here = connection.prepare_cached(&sql)?.query_row(params![watch, place], from_row).optional()?;
    let sql = format!(
        "{COLUMNS} WHERE watch = ?1 AND file_id = ?5 AND size = ?3 AND mtime_ns = ?4 AND place <> ?2
         ORDER BY gone, seq DESC LIMIT 1"
    );
    let values = params![watch, place, size, print.mtime_ns, print.file_id];
    let elsewhere = connection.prepare_cached(&sql)?.query_row(values, from_row).optional()?;
    Ok(Matches { same, here, elsewhere })
}

/// The file lies there now. What was taken at that place before is there no more.
pub(crate) fn move_to(connection: &Connection, watch: WatchId, seq: i64, place: &Path, print: &Print) -> Result<()> {
    let sql = "UPDATE taken SET gone = 1 WHERE watch = ?1 AND place = ?2 AND seq <> ?3";
    connection.prepare_cached(sql)?.execute(params![watch.to_string(), encode_path(place), seq])?;
    let sql = "UPDATE taken SET place = ?2, file_id = ?3, gone = 0 WHERE seq = ?1";
    connection.prepare_cached(sql)?.execute(params![seq, encode_path(place), print.file_id])?;
    Ok(())
}

/// The upload of a file goes on with what it is now.
pub(crate) fn retake(connection: &Connection, seq: i64, print: &Print) -> Result<()> {
    let sql = "UPDATE taken SET size = ?2, mtime_ns = ?3, file_id = ?4, gone = 0 WHERE seq = ?1";
    let values = params![seq, to_sql(print.size)?, print.mtime_ns, print.file_id];
    connection.prepare_cached(sql)?.execute(values)?;
    Ok(())
}

/// These are there no more.
pub(crate) fn mark_gone(connection: &Connection, seqs: &[i64]) -> Result<()> {
    for seq in seqs {
        connection.prepare_cached("UPDATE taken SET gone = 1 WHERE seq = ?1")?.execute([seq])?;
    }
    Ok(())
}

/// Whatever was taken at this place before is there no more.
pub(crate) fn replaced(connection: &Connection, watch: WatchId, place: &Path) -> Result<()> {
    let sql = "UPDATE taken SET gone = 1 WHERE watch = ?1 AND place = ?2 AND gone = 0";
    connection.prepare_cached(sql)?.execute(params![watch.to_string(), encode_path(place)])?;
    Ok(())
}

/// Up to `limit` files that still lie there, behind `after`, in the order of taking.
pub(crate) fn present(connection: &Connection, watch: WatchId, after: i64, limit: u32) -> Result<Vec<Taken>> {
    let sql = format!("{COLUMNS} WHERE watch = ?1 AND seq > ?2 AND gone = 0 ORDER BY seq LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![watch.to_string(), after, limit], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Up to `limit` files that arrived and still lie there, behind `after`.
pub(crate) fn delivered(connection: &Connection, watch: WatchId, after: i64, limit: u32) -> Result<Vec<Taken>> {
    let sql =
        format!("{COLUMNS} WHERE watch = ?1 AND state = 'delivered' AND gone = 0 AND seq > ?2 ORDER BY seq LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![watch.to_string(), after, limit], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Files whose uploads have come to rest in one of the states (each a name).
pub(crate) fn resting(connection: &Connection, watch: WatchId, states: &[&str]) -> Result<Vec<Taken>> {
    let names = states.iter().map(|state| format!("'{state}'")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT t.seq, t.place, t.size, t.mtime_ns, t.file_id, t.state, t.upload, t.gone
         FROM uploads u JOIN taken t ON t.upload = u.id WHERE u.state IN ({names}) AND t.watch = ?1 ORDER BY t.seq"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map([watch.to_string()], from_row)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// The uploads of all files that are under way, of folders that do not rest.
pub(crate) fn under_way(connection: &Connection) -> Result<Vec<UploadId>> {
    let sql = "SELECT t.upload FROM uploads u JOIN taken t ON t.upload = u.id JOIN watches w ON w.id = t.watch
               WHERE t.state = 'under_way' AND w.paused = 0";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0))?;
    Ok(rows.filter_map(|row| row.ok()?.parse().ok()).collect())
}

/// The record of an upload ends.
pub(crate) fn settle(connection: &Connection, upload: UploadId, state: State) -> Result<()> {
    let sql = "UPDATE taken SET state = ?2 WHERE upload = ?1 AND state = 'under_way'";
    connection.prepare_cached(sql)?.execute(params![upload.to_string(), state.name()])?;
    Ok(())
}

/// How many files of a folder were sent, and how many are under way.
pub(crate) fn counts(connection: &Connection, watch: WatchId) -> Result<(u64, u64)> {
    let count = |state: State| {
        let sql = "SELECT count(*) FROM taken WHERE watch = ?1 AND state = ?2";
        let values = params![watch.to_string(), state.name()];
        connection.prepare_cached(sql)?.query_row(values, |row| row.get::<_, i64>(0)).map(from_sql)
    };
    Ok((count(State::Delivered)?, count(State::UnderWay)?))
}
