//! The table of settings: a key, and its value as JSON.

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::Result;

/// The value of `key`, if one is set and readable.
pub(crate) fn get(connection: &Connection, key: &str) -> Result<Option<serde_json::Value>> {
    let mut statement = connection.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    let text: Option<String> = statement.query_row([key], |row| row.get(0)).optional()?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
}

/// Sets `key`.
pub(crate) fn set(connection: &Connection, key: &str, value: &serde_json::Value) -> Result<()> {
    let sql =
        "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
    connection.prepare_cached(sql)?.execute(params![key, value.to_string()])?;
    Ok(())
}

/// Forgets `key` where it has this value.
pub(crate) fn forget(connection: &Connection, key: &str, value: &serde_json::Value) -> Result<()> {
    let sql = "DELETE FROM settings WHERE key = ?1 AND value = ?2";
    connection.prepare_cached(sql)?.execute(params![key, value.to_string()])?;
    Ok(())
}

/// Forgets `key`.
pub(crate) fn remove(connection: &Connection, key: &str) -> Result<()> {
    connection.prepare_cached("DELETE FROM settings WHERE key = ?1")?.execute([key])?;
    Ok(())
}

/// All whose key begins with `prefix`: what follows it, and the value as it stands there, readable or not.
pub(crate) fn beginning_with(connection: &Connection, prefix: &str) -> Result<Vec<(String, String)>> {
    let sql =
        "SELECT substr(key, length(?1) + 1), value FROM settings WHERE substr(key, 1, length(?1)) = ?1 ORDER BY key";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([prefix], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
