//! Searching the history, and forgetting what was found in it.
//!
//! What an entry is found by stands beside it, folded: small letters, without accents. A search reads the index that
//! holds it and never the receipts; pages are bounded, the newest first, and a page goes on where the one before ended.

use icu_normalizer::DecomposingNormalizerBorrowed;
use rusqlite::{Connection, params, params_from_iter, types::Value};
use serde::{Deserialize, Serialize};

use super::{
    destinations, from_sql,
    history::{self, Past},
};
use crate::{error::Result, source::decode_path, upload::UnixMillis};

/// The most entries in one page.
const MOST: u32 = 1000;
/// So many entries are described in one go.
const BATCH: u32 = 2000;
/// More words than anybody types; each is looked for in every entry.
const MOST_WORDS: usize = 16;

/// How uploads of the history ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The destination has it.
    Done,
    /// A person said that the destination has it.
    MarkedDone,
    /// Dropped by the user.
    Discarded,
    /// Past its lifetime.
    Expired,
    /// Another machine carries it on.
    Moved,
}

impl Ending {
    /// How its outcome begins.
    fn beginning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::MarkedDone => "marked done",
            Self::Discarded => "discarded",
            Self::Expired => "expired",
            Self::Moved => "moved",
        }
    }

    /// The one meant by an entry's outcome; none where a later Carryon wrote it.
    pub fn of(outcome: &str) -> Option<Self> {
        let all = [Self::Done, Self::MarkedDone, Self::Discarded, Self::Expired, Self::Moved];
        all.into_iter().find(|ending| outcome.starts_with(ending.beginning()))
    }
}

/// What is looked for in the history. Empty, it finds everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Search {
    /// Words, each of which stands in the name, the folders or the destination, in small or capital letters.
    pub words: String,
    /// How it ended.
    pub ending: Option<Ending>,
    /// The destination's name.
    pub destination: Option<String>,
    /// It ended then or later.
    pub since: Option<UnixMillis>,
    /// It ended before.
    pub until: Option<UnixMillis>,
}

/// Where a page ended: the moment and the number of its last entry.
pub type Place = (UnixMillis, i64);

/// Some of what was found, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Past>,
    /// Where the next page goes on; none after the last.
    pub next: Option<Place>,
    /// How many were found in all.
    pub found: u64,
    /// Bytes of all that were found.
    pub bytes: u64,
}

/// One page of what is found, at most `limit` entries behind `after`.
pub(crate) fn page(connection: &Connection, search: &Search, after: Option<Place>, limit: u32) -> Result<Page> {
    let limit = limit.clamp(1, MOST) as usize;
    let (mut condition, mut values) = condition(search);
    let sql = format!("SELECT count(*), coalesce(sum(size), 0) FROM history WHERE {condition}");
    let (found, bytes): (i64, i64) =
        connection.prepare_cached(&sql)?.query_row(params_from_iter(&values), |row| Ok((row.get(0)?, row.get(1)?)))?;
    if let Some((ended_at, seq)) = after {
        condition += " AND (ended_at, seq) < (?, ?)";
        values.extend([Value::Integer(ended_at), Value::Integer(seq)]);
    }
    let sql = format!("SELECT ended_at, seq FROM history WHERE {condition} ORDER BY ended_at DESC, seq DESC LIMIT ?");
    values.push(Value::Integer(limit as i64));
    let mut statement = connection.prepare_cached(&sql)?;
    let places = statement.query_map(params_from_iter(&values), |row| Ok((row.get(0)?, row.get(1)?)))?;
    let places: Vec<Place> = places.collect::<rusqlite::Result<_>>()?;
    // One that cannot be read is passed over.
    let entries = places.iter().filter_map(|(_, seq)| history::get(connection, *seq).ok()).collect();
    let next = places.last().copied().filter(|_| places.len() == limit);
    Ok(Page { entries, next, found: from_sql(found), bytes: from_sql(bytes) })
}

/// The destinations that the history speaks of, by name.
pub(crate) fn destinations(connection: &Connection) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT destination FROM history ORDER BY destination COLLATE NOCASE";
    let mut statement = connection.prepare_cached(sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let mut names: Vec<String> = names.filter_map(|name| Some(destinations::shown(&name.ok()?).to_owned())).collect();
    names.dedup();
    Ok(names)
}

/// Forgets what is found, receipts and all; says how many that were.
pub(crate) fn remove(connection: &Connection, search: &Search) -> Result<u64> {
    let (condition, values) = condition(search);
    let sql = format!("DELETE FROM history WHERE {condition}");
    Ok(connection.prepare_cached(&sql)?.execute(params_from_iter(&values))? as u64)
}

/// Forgets the entries of these numbers; says how many of them there were.
pub(crate) fn remove_these(connection: &Connection, these: &[i64]) -> Result<u64> {
    let mut statement = connection.prepare_cached("DELETE FROM history WHERE seq = ?1")?;
    these.iter().try_fold(0, |count, seq| Ok(count + statement.execute([seq])? as u64))
}

fn condition(search: &Search) -> (String, Vec<Value>) {
    let (mut sql, mut values) = ("true".to_owned(), Vec::new());
    let mut and = |condition: &str, value: Value| {
        sql += " AND ";
        sql += condition;
        values.push(value);
    };
    search.since.into_iter().for_each(|since| and("ended_at >= ?", Value::Integer(since)));
    search.until.into_iter().for_each(|until| and("ended_at < ?", Value::Integer(until)));
    if let Some(ending) = search.ending {
        and("outcome GLOB ?", Value::Text(format!("{}*", ending.beginning())));
    }
    if let Some(destination) = &search.destination {
        // As `shown` does: of one that is only known by its address no more than this is told.
        let shown = "iif(instr(destination, '://') AND instr(destination, '?'),
                         substr(destination, 1, instr(destination, '?') - 1), destination) = ?";
        and(shown, Value::Text(destination.clone()));
    }
    for word in fold(&search.words).split_whitespace().take(MOST_WORDS) {
        and("instr(words, ?) > 0", Value::Text(word.to_owned()));
    }
    (sql, values)
}

/// As people search: small letters, without accents, whichever way they were written.
fn fold(text: &str) -> String {
    let parted = DecomposingNormalizerBorrowed::new_nfkd().normalize(text);
    parted.chars().filter(|letter| !matches!(letter, '\u{300}'..='\u{36f}')).flat_map(char::to_lowercase).collect()
}

/// Writes down by what the entry is found.
pub(super) fn describe(connection: &Connection, seq: i64) -> Result<()> {
    let sql = "SELECT name, relative_path, path, encoding, destination FROM history WHERE seq = ?1";
    let words = connection.prepare_cached(sql)?.query_row([seq], |row| {
        let (path, encoding): (Vec<u8>, String) = (row.get(2)?, row.get(3)?);
        let parts =
            [row.get::<_, String>(0)?, row.get(1)?, decode_path(&encoding, &path).to_string_lossy().into_owned()];
        Ok(format!("{}\n{}", parts.join("\n"), destinations::shown(&row.get::<_, String>(4)?)))
    })?;
    let sql = "UPDATE history SET words = ?2 WHERE seq = ?1";
    connection.prepare_cached(sql)?.execute(params![seq, fold(&words)])?;
    Ok(())
}

/// Describes some of those that an older Carryon wrote, or that were salvaged; says whether there may be more.
pub(crate) fn describe_some(connection: &Connection) -> Result<bool> {
    let mut statement = connection.prepare_cached("SELECT seq FROM history WHERE words = '' LIMIT ?1")?;
    let undescribed: Vec<i64> = statement.query_map([BATCH], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    undescribed.iter().try_for_each(|seq| describe(connection, *seq))?;
    Ok(undescribed.len() == BATCH as usize)
}

#[cfg(test)]
mod tests;
