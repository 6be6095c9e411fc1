//! Destinations that were removed while something still needed them: they go by their address, are listed nowhere, and go
//! for good once nothing needs them any more. A name brings one back.

use rusqlite::Connection;

use super::{
    destinations::{self, DestinationRow},
    settings,
};
use crate::{
    error::{Error, ErrorKind, Result},
    upload::DestinationId,
};

/// The setting that names them: a list of ids of rows.
const RETIRED: &str = "destinations_that_go";

fn ids(connection: &Connection) -> Result<Vec<i64>> {
    let value = settings::get(connection, RETIRED)?.unwrap_or_default();
    Ok(value.as_array().into_iter().flatten().filter_map(serde_json::Value::as_i64).collect())
}

fn set(connection: &Connection, ids: &[i64]) -> Result<()> {
    settings::set(connection, RETIRED, &ids.into())
}

/// Removes a row, at once or once nothing needs it any more; says how much does. New files go there no longer.
///
/// # Errors
/// `Invalid` where a watched folder sends there: that would never end.
pub(crate) fn retire(connection: &Connection, row: &DestinationRow) -> Result<u64> {
    let sql = "SELECT count(*) FROM watches WHERE destination = ?1";
    let watched: i64 = connection.query_row(sql, [row.id.0], |found| found.get(0))?;
    if watched > 0 {
        let error = Error::new(ErrorKind::Invalid, format!("A watched folder sends to “{}”", row.shown_name()));
        return Err(error.next_step("Let that folder send elsewhere, or remove it, then remove the destination."));
    }
    let in_use = destinations::remove(connection, row.id)?;
    if in_use > 0 {
        destinations::rename(connection, row.id, &row.address)?;
        destinations::choose_no_longer(connection, row.id)?;
        let mut ids = ids(connection)?;
        ids.push(row.id.0);
        set(connection, &ids)?;
    }
    Ok(in_use)
}

/// It is used again, or gone: nobody waits for its end.
pub(crate) fn forget(connection: &Connection, id: DestinationId) -> Result<()> {
    let before = ids(connection)?;
    let after: Vec<i64> = before.iter().copied().filter(|other| *other != id.0).collect();
    if after.len() < before.len() { set(connection, &after) } else { Ok(()) }
}

/// Removes those that nothing needs any more, and gives them back: what is kept of them elsewhere has to go, too.
pub(crate) fn sweep(connection: &Connection) -> Result<Vec<DestinationRow>> {
    let mut gone = Vec::new();
    for id in ids(connection)? {
        let Some(row) = destinations::get(connection, DestinationId(id))? else {
            forget(connection, DestinationId(id))?;
            continue;
        };
        if destinations::remove(connection, row.id)? == 0 {
            gone.push(row);
        }
    }
    Ok(gone)
}

/// All rows but these, by name.
pub(crate) fn list_others(connection: &Connection) -> Result<Vec<DestinationRow>> {
    let retired = ids(connection)?;
    let rows = destinations::list(connection)?;
    Ok(rows.into_iter().filter(|row| !retired.contains(&row.id.0)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::{fuzz::filled, uploads};

    /// Records with uploads for one destination, and that one.
    fn needed() -> (Connection, DestinationRow) {
        let connection = filled();
        let upload = uploads::list(&connection).expect("lists").0.remove(0);
        let row = destinations::get(&connection, upload.destination).expect("reads").expect("is there");
        destinations::rename(&connection, row.id, "Studio").expect("renames");
        let row = DestinationRow { name: "Studio".into(), ..row };
        destinations::choose(&connection, row.id).expect("chooses");
        (connection, row)
    }

    #[test]
    fn one_that_uploads_need_is_listed_no_longer_and_stays_for_them() {
        let (connection, row) = needed();
        assert!(retire(&connection, &row).expect("retires") > 0);
        assert!(list_others(&connection).expect("lists").iter().all(|other| other.id != row.id));
        assert!(destinations::find_named(&connection, "Studio").expect("looks").is_none(), "its name is free again");
        assert!(destinations::chosen(&connection).expect("reads").is_none(), "new files do not go there");
        assert!(sweep(&connection).expect("sweeps").is_empty(), "nothing goes while it is needed");
        let kept = destinations::get(&connection, row.id).expect("reads").expect("its uploads still name it");
        assert_eq!((kept.address, kept.secret), (row.address, row.secret), "and reach it as before");
    }

    #[test]
    fn it_goes_once_nothing_needs_it_and_is_told_once() {
        let (connection, row) = needed();
        retire(&connection, &row).expect("retires");
        for table in ["outbox", "uploads"] {
            connection.execute(&format!("DELETE FROM {table} WHERE destination = ?1"), [row.id.0]).expect("goes");
        }
        let gone = sweep(&connection).expect("sweeps");
        assert_eq!(gone.iter().map(|row| row.id).collect::<Vec<_>>(), [row.id]);
        assert!(destinations::get(&connection, row.id).expect("reads").is_none());
        assert!(sweep(&connection).expect("sweeps").is_empty());
        assert!(ids(&connection).expect("reads").is_empty(), "its id may be another's one day");
    }

    #[test]
    fn a_name_brings_it_back() {
        let (connection, row) = needed();
        retire(&connection, &row).expect("retires");
        destinations::rename(&connection, row.id, "Studio again").expect("renames");
        assert!(list_others(&connection).expect("lists").iter().any(|other| other.id == row.id));
    }

    #[test]
    fn a_setting_that_makes_no_sense_hides_nothing() {
        let (connection, row) = needed();
        for value in ["7", "{}", r#"["x", null, {}]"#, "not even JSON"] {
            let sql = "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";
            connection.execute(sql, [RETIRED, value]).expect("writes");
            assert!(list_others(&connection).expect("lists").iter().any(|other| other.id == row.id), "{value}");
            assert!(sweep(&connection).expect("sweeps").is_empty(), "{value}");
        }
    }
}
