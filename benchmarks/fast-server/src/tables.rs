//! The tables of the file that the server is started with. Lines of it:
//!
//!     table KEYSPACE.NAME
//!     column NAME TYPE          TYPE is the option of the protocol, in hexadecimal
//!     partition NAME TYPE       the same, for a column of the partition key
//!     row NODE CELL|CELL|…      NODE is a number from 0, or * for all; CELL is hexadecimal, or - for null

use std::collections::HashMap;

pub struct Column {
    pub name: String,
    pub option: Vec<u8>,
    pub partition: bool,
}

pub struct Row {
    node: Option<usize>,
    pub cells: Vec<Option<Vec<u8>>>,
}

#[derive(Default)]
pub struct Table {
    pub columns: Vec<Column>,
    rows: Vec<Row>,
}

impl Table {
    pub fn rows(&self, node: usize) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.node.is_none_or(|own| own == node))
    }
    pub fn position(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known.name == column)
    }
}

/// By `keyspace.name`.
pub type Tables = HashMap<String, Table>;

pub fn parse(text: &str) -> Result<Tables, String> {
    let mut tables = Tables::new();
    let mut current = String::new();
    for (number, line) in text.lines().enumerate() {
        let wrong = || format!("line {} of the tables is not understood", number + 1);
        let mut words = line.split(' ');
        let (kind, name, rest) = (words.next().unwrap_or(""), words.next().ok_or_else(wrong)?, words.next());
        if kind == "table" {
            current = name.to_string();
            tables.insert(current.clone(), Table::default());
            continue;
        }
        let table = tables.get_mut(&current).ok_or_else(wrong)?;
        let rest = rest.ok_or_else(wrong)?;
        match kind {
            "column" | "partition" => {
                let option = hex(rest).ok_or_else(wrong)?;
                table.columns.push(Column { name: name.to_string(), option, partition: kind == "partition" });
            }
            "row" => {
                let node = if name == "*" { None } else { Some(name.parse().map_err(|_| wrong())?) };
                let cell = |cell| if cell == "-" { Some(None) } else { Some(Some(hex(cell)?)) };
                let cells = rest.split('|').map(cell).collect::<Option<Vec<_>>>().ok_or_else(wrong)?;
                table.rows.push(Row { node, cells });
            }
            _ => return Err(wrong()),
        }
    }
    Ok(tables)
}

fn hex(text: &str) -> Option<Vec<u8>> {
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}
