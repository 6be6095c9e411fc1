//! Which table a row belongs to, told by its columns alone: no two tables of the schema have rows that look alike. The
//! shapes come from the schema itself, so a new migration needs no word here.

use rusqlite::{Connection, ErrorCode, params_from_iter, types::Value};

use super::rows::Row;
use crate::error::Result;

/// A table's columns, in the order in which they are stored.
pub(super) struct Shape {
    table: String,
    numbers_its_rows: bool,
    columns: Vec<Column>,
    /// Older rows may lack columns that were added later; none has fewer.
    least: usize,
}

struct Column {
    name: String,
    kind: String,
    may_be_null: bool,
    has_default: bool,
    /// Stands for the row's number, and is stored as nothing.
    is_rowid: bool,
}

/// The shapes of all tables in `connection`.
pub(super) fn of_schema(connection: &Connection) -> Result<Vec<Shape>> {
    let sql = "SELECT name, wr FROM pragma_table_list
               WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'";
    let mut statement = connection.prepare(sql)?;
    let tables = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let tables: Vec<(String, bool)> = tables.collect::<rusqlite::Result<_>>()?;
    tables.into_iter().map(|(table, without_rowid)| shape(connection, table, !without_rowid)).collect()
}

fn shape(connection: &Connection, table: String, numbers_its_rows: bool) -> Result<Shape> {
    let sql = "SELECT name, type, \"notnull\", pk, dflt_value IS NOT NULL FROM pragma_table_info(?1)
               ORDER BY CASE WHEN ?2 OR pk = 0 THEN 1 ELSE 0 END, CASE WHEN ?2 THEN 0 ELSE pk END, cid";
    let mut statement = connection.prepare(sql)?;
    let columns = statement.query_map((&table, numbers_its_rows), |row| {
        let (kind, key): (String, i64) = (row.get(1)?, row.get(3)?);
        Ok(Column {
            name: row.get(0)?,
            may_be_null: !row.get::<_, bool>(2)? && key == 0,
            has_default: row.get(4)?,
            is_rowid: numbers_its_rows && key > 0 && kind == "INTEGER",
            kind,
        })
    })?;
    let columns: Vec<Column> = columns.collect::<rusqlite::Result<_>>()?;
    let needed = |column: &Column| !column.may_be_null && !column.has_default;
    let least = columns.iter().rposition(needed).map_or(0, |last| last + 1);
    Ok(Shape { table, numbers_its_rows, columns, least })
}

impl Shape {
    /// Whether a row may stand in this table.
    pub fn fits(&self, row: &Row) -> bool {
        row.rowid.is_some() == self.numbers_its_rows
            && (self.least..=self.columns.len()).contains(&row.values.len())
            && self.columns.iter().zip(&row.values).all(|(column, value)| column.takes(value))
    }

    /// Whether what stands in this table must be given up rather than guessed: a chunk that is lost is sent again, one
    /// that was never confirmed must not be claimed (P2).
    pub fn wants_whole_pages(&self) -> bool {
        self.table == "chunks"
    }

    /// Puts a row into the table, unless another one stands in its place or the schema will not have it.
    ///
    /// # Errors
    /// `Storage` where nothing can be written.
    pub fn insert(&self, connection: &Connection, row: Row) -> Result<()> {
        let names: Vec<&str> = self.columns.iter().take(row.values.len()).map(|column| column.name.as_str()).collect();
        let marks = vec!["?"; names.len()].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {} ({}) VALUES ({marks})", self.table, names.join(", "));
        let rowid = row.rowid.unwrap_or_default();
        let values = row.values.into_iter().zip(&self.columns);
        let values = values.map(|(value, column)| if column.is_rowid { Value::Integer(rowid) } else { value });
        match connection.prepare_cached(&sql)?.execute(params_from_iter(values)) {
            Err(error) if !is_refusal(&error) => Err(error.into()),
            _ => Ok(()),
        }
    }
}

/// The row is at fault: it breaks a rule of the table, or an index cannot read its JSON.
fn is_refusal(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(ErrorCode::Unknown | ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch))
}

impl Column {
    fn takes(&self, value: &Value) -> bool {
        match (value, self.kind.as_str()) {
            (Value::Null, _) => self.is_rowid || self.may_be_null,
            (_, _) if self.is_rowid => false,
            // SQLite stores a whole number as one, in a column of reals too.
            (Value::Integer(_), kind) => matches!(kind, "INTEGER" | "REAL"),
            (Value::Real(_), kind) => kind == "REAL",
            (Value::Text(_), kind) => kind == "TEXT",
            (Value::Blob(_), kind) => kind == "BLOB",
        }
    }
}
