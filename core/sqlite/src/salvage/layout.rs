//! What the rows of a table look like, taken from the schema and not from the damaged file.

use rusqlite::Connection;
use rusqlite::types::Value;

use crate::error::Error;

/// The columns of one table, in stored order.
pub(super) struct Layout {
    pub(super) table: String,
    pub(super) columns: Vec<String>,
    shapes: Vec<Shape>,
}

struct Shape {
    /// Declared type in upper case; `ANY` where the table is not STRICT and anything may be stored.
    kind: String,
    not_null: bool,
    /// The value of rows that are older than the column.
    default: Value,
    /// Stored as NULL, because it is the rowid.
    is_rowid: bool,
}

impl Layout {
    /// Errors: `not_salvageable` for a table that is missing, virtual or WITHOUT ROWID.
    pub(super) fn of(schema: &Connection, table: &str) -> Result<Layout, Error> {
        let refused = || Error::NotSalvageable { table: table.into() };
        let mut found = schema.prepare("SELECT type, wr, strict FROM pragma_table_list(?1) WHERE schema = 'main'")?;
        let kind = found.query_row([table], |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?)));
        let strict = match kind {
            Ok((kind, false, strict)) if kind == "table" => strict,
            Ok(_) | Err(rusqlite::Error::QueryReturnedNoRows) => return Err(refused()),
            Err(source) => return Err(source.into()),
        };
        // hidden = 2 is a generated column that is not stored.
        let mut query = schema.prepare(
            "SELECT name, upper(type), \"notnull\", dflt_value, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 2",
        )?;
        let mut rows = query.query([table])?;
        let mut layout = Layout { table: table.into(), columns: Vec::new(), shapes: Vec::new() };
        let mut keys = 0;
        while let Some(row) = rows.next()? {
            let kind: String = row.get(1)?;
            let key: i64 = row.get(4)?;
            keys += i64::from(key > 0);
            let default = match row.get::<_, Option<String>>(3)? {
                Some(sql) => schema.query_row(&format!("SELECT {sql}"), [], |row| row.get(0))?,
                None => Value::Null,
            };
            layout.columns.push(row.get(0)?);
            layout.shapes.push(Shape {
                is_rowid: key == 1 && kind == "INTEGER",
                kind: if strict { kind } else { "ANY".into() },
                not_null: row.get(2)?,
                default,
            });
        }
        if keys > 1 {
            layout.shapes.iter_mut().for_each(|shape| shape.is_rowid = false);
        }
        Ok(layout)
    }

    /// The values of a whole row, if those stored can belong to this table.
    pub(super) fn complete(&self, rowid: i64, stored: Vec<Value>) -> Option<Vec<Value>> {
        if stored.is_empty() || stored.len() > self.shapes.len() {
            return None;
        }
        let mut stored = stored.into_iter();
        self.shapes
            .iter()
            .map(|shape| match (stored.next(), shape.kind.as_str()) {
                (None, _) => Some(shape.default.clone()),
                (Some(value), _) if shape.is_rowid => (value == Value::Null).then_some(Value::Integer(rowid)),
                (Some(Value::Null), _) => (!shape.not_null).then_some(Value::Null),
                // Whole numbers are stored as integers to save space.
                (Some(Value::Integer(number)), "REAL") => Some(Value::Real(number as f64)),
                (Some(value @ Value::Real(_)), "REAL" | "ANY")
                | (Some(value @ Value::Integer(_)), "INTEGER" | "INT" | "ANY")
                | (Some(value @ Value::Text(_)), "TEXT" | "ANY")
                | (Some(value @ Value::Blob(_)), "BLOB" | "ANY") => Some(value),
                _ => None,
            })
            .collect()
    }
}
