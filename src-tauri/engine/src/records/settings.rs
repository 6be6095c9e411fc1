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
