//! The table of destinations. A record names a row here, never an address, so editing an address keeps its records.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};

use super::settings;
use crate::{
    error::{Error, ErrorKind, Result},
    upload::{DestinationId, now},
};

/// A place to send to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestinationRow {
    /// Its id.
    pub id: DestinationId,
    /// Its name, for people.
    pub name: String,
    /// A destination URL, or [`THIS_COMPUTER`].
    pub address: String,
    /// What the user set about it, as it stands in the record (JSON).
    pub settings: String,
    /// What was learned about it.
    pub memory: Memory,
    /// The keychain's name for its token, where it keeps one.
    pub secret: Option<String>,
}

impl DestinationRow {
    /// Its name as people see it, without what may be secret in an address.
    pub fn shown_name(&self) -> &str {
        shown(&self.name)
    }
}

/// A destination's name as people see it: where it is only known by its address, without what may be secret there.
pub(crate) fn shown(name: &str) -> &str {
    if name.contains("://") { name.split('?').next().unwrap_or(name) } else { name }
}

/// The address of the built-in receiver, resolved at launch.
pub const THIS_COMPUTER: &str = "this-computer";

/// How the address of a destination begins whose own is lost.
pub(crate) const LOST: &str = "lost-address+";

/// A row in place of one that is lost: its uploads are found under it until somebody sets its address anew.
pub(crate) fn stand_in(connection: &Connection, id: i64) -> Result<()> {
    let sql = "INSERT INTO destinations (id, name, address, created_at) VALUES (?1, ?2, ?3, ?4)";
    let name = format!("Lost destination {id} (set its address anew)");
    connection.execute(sql, params![id, name, format!("{LOST}{id}"), now()])?;
    Ok(())
}

/// The setting that says where new files go: the id of a row.
const CHOSEN: &str = "new_files_go_to";

/// The row that was chosen for new files, if one was.
pub(crate) fn chosen(connection: &Connection) -> Result<Option<DestinationRow>> {
    let id = settings::get(connection, CHOSEN)?.and_then(|id| id.as_i64());
    id.map_or(Ok(None), |id| get(connection, DestinationId(id)))
}

/// Chooses a row for new files; none where there is no such row.
pub(crate) fn choose(connection: &Connection, id: DestinationId) -> Result<Option<DestinationRow>> {
    let row = get(connection, id)?;
    if row.is_some() {
        settings::set(connection, CHOSEN, &id.0.into())?;
    }
    Ok(row)
}

/// What was learned about a destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Bytes a second of one connection, smoothed; 0 for unknown.
    pub bytes_per_second: u64,
    /// When a connection was last cut (unix milliseconds).
    pub cut_at: Option<i64>,
    /// A chunk of this size was refused as too large.
    pub too_large: Option<u64>,
}

impl Memory {
    /// What two learned: the latest speed, the last cut, the smallest size that was refused.
    fn joined_with(&self, later: &Self) -> Self {
        let too_large = self.too_large.into_iter().chain(later.too_large).min();
        Self { bytes_per_second: later.bytes_per_second, cut_at: self.cut_at.max(later.cut_at), too_large }
    }

    /// The chunk size that suits what was learned.
    pub(crate) fn wish(&self) -> u64 {
        const HOUR: i64 = 60 * 60 * 1000;
        let was_cut = self.cut_at.is_some_and(|at| now().saturating_sub(at) < HOUR);
        crate::chunk::wish(self.bytes_per_second, was_cut, self.too_large)
    }
}

const COLUMNS: &str = "SELECT id, name, address, settings, memory, secret FROM destinations";

fn from_row(row: &Row<'_>) -> rusqlite::Result<DestinationRow> {
    let memory: String = row.get(4)?;
    Ok(DestinationRow {
        id: DestinationId(row.get(0)?),
        name: row.get(1)?,
        address: row.get(2)?,
        settings: row.get(3)?,
        memory: serde_json::from_str(&memory).unwrap_or_default(),
        secret: row.get(5)?,
    })
}

/// The row of that id.
pub(crate) fn get(connection: &Connection, id: DestinationId) -> Result<Option<DestinationRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], from_row).optional()?)
}

/// The row with that address; made, under `name`, where there is none.
pub(crate) fn get_or_make(connection: &Connection, name: &str, address: &str) -> Result<DestinationRow> {
    let sql =
        "INSERT INTO destinations (name, address, created_at) VALUES (?1, ?2, ?3) ON CONFLICT (address) DO NOTHING";
    connection.prepare_cached(sql)?.execute(params![name, address, now()])?;
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE address = ?1"))?;
    Ok(statement.query_row([address], from_row)?)
}

/// The row with that address, if there is one.
pub(crate) fn find(connection: &Connection, address: &str) -> Result<Option<DestinationRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} WHERE address = ?1"))?;
    Ok(statement.query_row([address], from_row).optional()?)
}

/// Stores what the user set.
pub(crate) fn set_settings(connection: &Connection, id: DestinationId, settings: &str) -> Result<()> {
    let sql = "UPDATE destinations SET settings = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.0, settings])?;
    Ok(())
}

/// Names the keychain's entry for its token; none for no token.
pub(crate) fn set_secret(connection: &Connection, id: DestinationId, name: Option<&str>) -> Result<()> {
    connection.prepare_cached("UPDATE destinations SET secret = ?2 WHERE id = ?1")?.execute(params![id.0, name])?;
    Ok(())
}

/// Remembers what was learned, beside what others learned meanwhile.
pub(crate) fn remember(connection: &Connection, id: DestinationId, learned: &Memory) -> Result<()> {
    let Some(row) = get(connection, id)? else { return Ok(()) };
    let memory = row.memory.joined_with(learned);
    let text = serde_json::to_string(&memory).unwrap_or_else(|_| "{}".to_owned());
    connection.prepare_cached("UPDATE destinations SET memory = ?2 WHERE id = ?1")?.execute(params![id.0, text])?;
    Ok(())
}

/// All rows, by name.
pub(crate) fn list(connection: &Connection) -> Result<Vec<DestinationRow>> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} ORDER BY name COLLATE NOCASE"))?;
    let rows = statement.query_map([], from_row)?;
    Ok(rows.filter_map(|row| row.ok()).collect())
}

/// The row of that name (in any letter case), else with that address.
pub(crate) fn find_named(connection: &Connection, named: &str) -> Result<Option<DestinationRow>> {
    let sql = format!(
        "{COLUMNS} WHERE name = ?1 COLLATE NOCASE OR address = ?1 ORDER BY name = ?1 COLLATE NOCASE DESC LIMIT 1"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row([named], from_row).optional()?)
}

/// Gives a row another name.
pub(crate) fn rename(connection: &Connection, id: DestinationId, name: &str) -> Result<()> {
    connection.prepare_cached("UPDATE destinations SET name = ?2 WHERE id = ?1")?.execute(params![id.0, name])?;
    Ok(())
}

/// Gives a row another address; what was learned about the old one is forgotten.
///
/// # Errors
/// `Invalid` where another row has that address.
pub(crate) fn move_to(connection: &Connection, id: DestinationId, address: &str) -> Result<()> {
    if find(connection, address)?.is_some_and(|other| other.id != id) {
        return Err(Error::new(ErrorKind::Invalid, "Another destination has this address already"));
    }
    let sql = "UPDATE destinations SET address = ?2, memory = '{}', name = iif(name = address, ?2, name) WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.0, address])?;
    Ok(())
}

/// Removes a row that nothing needs, and the choice that fell on it; else says how many uploads, aborts and watched folders do.
pub(crate) fn remove(connection: &Connection, id: DestinationId) -> Result<u64> {
    let sql = "SELECT (SELECT count(*) FROM uploads WHERE destination = ?1) + (SELECT count(*) FROM outbox WHERE destination = ?1)
        + (SELECT count(*) FROM watches WHERE destination = ?1)";
    let in_use: i64 = connection.query_row(sql, [id.0], |row| row.get(0))?;
    if in_use == 0 {
        connection.prepare_cached("DELETE FROM destinations WHERE id = ?1")?.execute([id.0])?;
        // Its id may be another's one day.
        settings::forget(connection, CHOSEN, &id.0.into())?;
    }
    Ok(super::from_sql(in_use))
}
