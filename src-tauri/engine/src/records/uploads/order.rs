//! Where an upload stands in the queue: its priority, then its position, then the order of adding.
//!
//! Positions are fractions, so that one upload comes between two others by a change of its own row; only where fractions
//! between two have run out are all of them numbered anew.

use rusqlite::{Connection, OptionalExtension, params};

use super::unknown;
use crate::{error::Result, upload::UploadId};

/// A place in the queue. Among equals of one priority, places count; before all, the priority does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Before all others of its priority.
    First,
    /// Behind all others of its priority.
    Last,
    /// Another priority; the higher goes first, 0 is usual.
    Priority(i32),
    /// Right before that upload, with its priority.
    Before(UploadId),
}

/// Moves an upload within the queue.
///
/// # Errors
/// `Invalid` where it, or the one it is to come before, is gone.
pub(crate) fn set_order(connection: &Connection, id: UploadId, order: Order) -> Result<()> {
    let (sql, value) = match order {
        Order::First => ("position = (SELECT min(position) FROM uploads) - ?2", 1),
        Order::Last => ("position = (SELECT max(position) FROM uploads) + ?2", 1),
        Order::Priority(priority) => ("priority = ?2", priority),
        Order::Before(other) => return put_before(connection, id, other),
    };
    let sql = format!("UPDATE uploads SET {sql} WHERE id = ?1");
    match connection.prepare_cached(&sql)?.execute(params![id.to_string(), value])? {
        0 => Err(unknown(id)),
        _ => Ok(()),
    }
}

/// Where every upload stands, in the order in which they are to run: its priority and its position.
pub(crate) fn places(connection: &Connection) -> Result<Vec<(UploadId, i32, f64)>> {
    let sql = "SELECT id, priority, position FROM uploads ORDER BY priority DESC, position, seq";
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows
        .filter_map(|row| row.ok())
        .filter_map(|(id, priority, at)| Some((id.parse().ok()?, priority, at)))
        .collect())
}

/// Where an upload stands: its priority, its position, its number.
type Place = (i32, f64, i64);

fn place(connection: &Connection, id: UploadId) -> Result<Place> {
    let sql = "SELECT priority, position, seq FROM uploads WHERE id = ?1";
    let found =
        connection.prepare_cached(sql)?.query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
    found.optional()?.ok_or_else(|| unknown(id))
}

fn put_before(connection: &Connection, id: UploadId, other: UploadId) -> Result<()> {
    place(connection, id)?;
    if id == other {
        return Ok(());
    }
    let (ties, own, at) = match gap(connection, place(connection, other)?)? {
        Some((ties, own)) => (ties, own, place(connection, other)?),
        None => {
            number_anew(connection)?;
            let at = place(connection, other)?;
            let (ties, own) = gap(connection, at)?.unwrap_or((at.1, at.1));
            (ties, own, at)
        }
    };
    let (priority, position, seq) = at;
    // Those at the same position that were added earlier stay before both.
    let sql = "UPDATE uploads SET position = ?1 WHERE priority = ?2 AND position = ?3 AND seq < ?4 AND id <> ?5";
    connection.prepare_cached(sql)?.execute(params![ties, priority, position, seq, id.to_string()])?;
    let sql = "UPDATE uploads SET priority = ?2, position = ?3 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id.to_string(), priority, own])?;
    Ok(())
}

/// Two positions between a place and the one before it; none where fractions have run out.
fn gap(connection: &Connection, (priority, position, _): Place) -> Result<Option<(f64, f64)>> {
    let sql = "SELECT max(position) FROM uploads WHERE priority = ?1 AND position < ?2";
    let before: Option<f64> =
        connection.prepare_cached(sql)?.query_row(params![priority, position], |row| row.get(0))?;
    let before = before.unwrap_or(position - 3.0);
    let third = (position - before) / 3.0;
    let (ties, own) = (before + third, position - third);
    Ok((before < ties && ties < own && own < position).then_some((ties, own)))
}

/// Whole numbers for all, in the order in which they stand.
fn number_anew(connection: &Connection) -> Result<()> {
    let sql = "UPDATE uploads SET position = numbered.place
               FROM (SELECT seq, row_number() OVER (ORDER BY priority DESC, position, seq) AS place FROM uploads) AS numbered
               WHERE uploads.seq = numbered.seq";
    connection.execute(sql, [])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table of uploads with nothing but what order needs.
    fn queue(count: usize) -> (Connection, Vec<UploadId>) {
        let connection = Connection::open_in_memory().expect("a database");
        let table =
            "CREATE TABLE uploads (seq INTEGER PRIMARY KEY, id TEXT UNIQUE, priority INTEGER NOT NULL DEFAULT 0,
                     position REAL NOT NULL DEFAULT 0)";
        connection.execute(table, []).expect("a table");
        let ids: Vec<UploadId> = (0..count).map(|_| UploadId::random()).collect();
        for id in &ids {
            connection.execute("INSERT INTO uploads (id) VALUES (?1)", [id.to_string()]).expect("a row");
        }
        (connection, ids)
    }

    fn order(connection: &Connection, ids: &[UploadId]) -> Vec<usize> {
        let sql = "SELECT id FROM uploads ORDER BY priority DESC, position, seq";
        let mut statement = connection.prepare(sql).expect("a query");
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).expect("rows");
        let index = |text: String| ids.iter().position(|id| id.to_string() == text).expect("a known id");
        rows.map(|row| index(row.expect("a row"))).collect()
    }

    #[test]
    fn an_upload_comes_right_before_another_and_no_other_moves() {
        let (connection, ids) = queue(6);
        set_order(&connection, ids[4], Order::Before(ids[2])).expect("moved");
        assert_eq!(order(&connection, &ids), [0, 1, 4, 2, 3, 5]);
        set_order(&connection, ids[0], Order::Before(ids[5])).expect("moved");
        assert_eq!(order(&connection, &ids), [1, 4, 2, 3, 0, 5]);
        set_order(&connection, ids[5], Order::Before(ids[1])).expect("moved");
        assert_eq!(order(&connection, &ids), [5, 1, 4, 2, 3, 0]);
        set_order(&connection, ids[5], Order::Before(ids[5])).expect("stays");
        assert_eq!(order(&connection, &ids), [5, 1, 4, 2, 3, 0]);
    }

    #[test]
    fn it_takes_the_priority_of_the_one_it_comes_before() {
        let (connection, ids) = queue(4);
        set_order(&connection, ids[2], Order::Priority(3)).expect("moved");
        set_order(&connection, ids[3], Order::Before(ids[2])).expect("moved");
        assert_eq!(order(&connection, &ids), [3, 2, 0, 1]);
    }

    #[test]
    fn fractions_never_run_out() {
        let (connection, ids) = queue(4);
        let mut expected = vec![0, 1, 2, 3];
        for round in 0..400 {
            let moved = if round % 2 == 0 { 0 } else { 1 };
            set_order(&connection, ids[moved], Order::Before(ids[3])).expect("moved");
            expected.retain(|each| *each != moved);
            expected.insert(expected.len() - 1, moved);
            assert_eq!(order(&connection, &ids), expected, "round {round}");
        }
    }

    #[test]
    fn what_is_gone_cannot_be_moved_and_nothing_comes_before_it() {
        let (connection, ids) = queue(2);
        assert!(set_order(&connection, UploadId::random(), Order::Before(ids[0])).is_err());
        assert!(set_order(&connection, ids[0], Order::Before(UploadId::random())).is_err());
        assert_eq!(order(&connection, &ids), [0, 1]);
    }
}
