//! Statements, parsed once, with answers that are made once wherever they are always the same.

use crate::cql::{self, Select, Statement, Value};
use crate::frame::{Answer, Head};
use crate::notation::Put;
use crate::tables::{Column, Row, Table, Tables};
use std::collections::HashMap;

mod kind {
    pub const VOID: i32 = 1;
    pub const ROWS: i32 = 2;
    pub const SET_KEYSPACE: i32 = 3;
    pub const PREPARED: i32 = 4;
}
mod rows_flag {
    pub const GLOBAL_TABLES_SPEC: i32 = 1;
    pub const HAS_MORE_PAGES: i32 = 2;
    pub const NO_METADATA: i32 = 4;
}

/// What a request asks of a result, besides the statement.
#[derive(Default)]
pub struct Asked<'a> {
    pub skip_metadata: bool,
    pub values: Vec<&'a [u8]>,
    /// 0: no paging.
    pub page_size: usize,
    pub paging_state: &'a [u8],
    pub node: usize,
}

pub enum Plan {
    Void,
    Use(String),
    /// Rows of a table of the benchmark: always all of them, whatever the WHERE clause says.
    Fixed(Fixed),
    /// A system table: filtered and put together when asked.
    Filtered(Select),
}

pub struct Fixed {
    pub count: usize,
    with_metadata: Answer,
    without_metadata: Answer,
    rows: Vec<u8>,
    /// Where each row begins, and where the last one ends.
    starts: Vec<usize>,
}

impl Fixed {
    #[inline]
    pub fn whole(&self, skip_metadata: bool) -> &Answer {
        if skip_metadata {
            &self.without_metadata
        } else {
            &self.with_metadata
        }
    }
}

pub struct Prepared {
    pub plan: Plan,
    keyspace: String,
    table: String,
    /// Name and type of each marker; the positions of those of the partition key, in its order.
    markers: Vec<(String, Vec<u8>)>,
    key_positions: Vec<u16>,
    columns: Vec<(String, Vec<u8>)>,
}

pub struct Statements {
    tables: Tables,
    by_text: HashMap<String, usize>,
    all: Vec<Prepared>,
    pub void: Answer,
}

const ID: &[u8; 12] = b"fast-server ";

impl Statements {
    pub fn new(tables: Tables) -> Statements {
        let void = Answer::result(&kind::VOID.to_be_bytes());
        Statements { tables, by_text: HashMap::new(), all: vec![], void }
    }

    #[inline]
    pub fn by_id(&self, id: &[u8]) -> Option<&Prepared> {
        let number = id.strip_prefix(ID)?;
        self.all.get(u32::from_be_bytes(number.try_into().ok()?) as usize)
    }

    pub fn get(&self, number: usize) -> &Prepared {
        &self.all[number]
    }

    /// The number of a statement. `Err`: why it can't be understood.
    pub fn find(&mut self, text: &str, keyspace: &str) -> Result<usize, String> {
        let key = format!("{keyspace}|{text}");
        if let Some(number) = self.by_text.get(&key) {
            return Ok(*number);
        }
        let statement = cql::parse(text, keyspace).ok_or_else(|| format!("not understood: {text}"))?;
        let prepared = self.prepare(statement)?;
        self.all.push(prepared);
        self.by_text.insert(key, self.all.len() - 1);
        Ok(self.all.len() - 1)
    }

    fn table(&self, name: &str) -> Result<&Table, String> {
        self.tables.get(name).ok_or_else(|| format!("table {name} does not exist"))
    }

    fn prepare(&self, statement: Statement) -> Result<Prepared, String> {
        let none = |plan| Prepared {
            plan,
            keyspace: String::new(),
            table: String::new(),
            markers: vec![],
            key_positions: vec![],
            columns: vec![],
        };
        match statement {
            Statement::Use(keyspace) => Ok(none(Plan::Use(keyspace))),
            Statement::Other => Ok(none(Plan::Void)),
            Statement::Write { table, markers } => self.describe(&table, markers, &[], Plan::Void),
            Statement::Select(select) => {
                let marks = |condition: &cql::Condition| {
                    let of_values = condition.values.iter().filter(|value| matches!(value, Value::Marker));
                    of_values.map(|_| condition.column.clone()).collect::<Vec<_>>()
                };
                let markers = select.conditions.iter().flat_map(marks).collect();
                let (name, columns) = (select.table.clone(), select.columns.clone());
                let plan = if name.starts_with("system") { Plan::Filtered(select) } else { Plan::Fixed(self.fixed(&select)?) };
                self.describe(&name, markers, &columns, plan).map(|prepared| match prepared.columns.is_empty() {
                    true => Prepared { columns: self.specs(&name, &[]).unwrap_or_default(), ..prepared },
                    false => prepared,
                })
            }
        }
    }

    fn describe(&self, name: &str, markers: Vec<String>, columns: &[String], plan: Plan) -> Result<Prepared, String> {
        let (keyspace, table) = name.split_once('.').unwrap_or(("", name));
        let markers = if markers.is_empty() { vec![] } else { self.specs(name, &markers)? };
        let columns = if columns.is_empty() { vec![] } else { self.specs(name, columns)? };
        let key = self.tables.get(name).into_iter().flat_map(|table| table.columns.iter().filter(|column| column.partition));
        let position = |column: &Column| markers.iter().position(|(marker, _)| *marker == column.name).map(|at| at as u16);
        let key_positions = key.map(position).collect::<Option<Vec<_>>>().unwrap_or_default();
        Ok(Prepared { plan, keyspace: keyspace.to_string(), table: table.to_string(), markers, key_positions, columns })
    }

    /// No names: all columns.
    fn specs(&self, name: &str, columns: &[String]) -> Result<Vec<(String, Vec<u8>)>, String> {
        let table = self.table(name)?;
        positions(table, columns)?
            .into_iter()
            .map(|at| &table.columns[at])
            .map(|column| Ok((column.name.clone(), column.option.clone())))
            .collect()
    }

    fn fixed(&self, select: &Select) -> Result<Fixed, String> {
        let table = self.table(&select.table)?;
        let chosen = positions(table, &select.columns)?;
        let (mut rows, mut starts) = (vec![], vec![0]);
        for row in table.rows(0).take(select.limit.unwrap_or(usize::MAX)) {
            put_row(row, &chosen, &mut rows);
            starts.push(rows.len());
        }
        let count = starts.len() - 1;
        let answer = |skip| Answer::result(&self.rows_body(&select.table, &chosen, skip, None, count, &rows));
        Ok(Fixed { count, with_metadata: answer(false), without_metadata: answer(true), rows: rows.clone(), starts })
    }

    fn rows_body(&self, name: &str, chosen: &[usize], skip: bool, next: Option<&[u8]>, count: usize, rows: &[u8]) -> Vec<u8> {
        let mut body = vec![];
        body.int(kind::ROWS);
        let table = &self.tables[name];
        let specs = chosen.iter().map(|at| (table.columns[*at].name.as_str(), table.columns[*at].option.as_slice()));
        put_metadata(name.split_once('.').unwrap_or(("", name)), specs, skip, next, &mut body);
        body.int(count as i32);
        body.extend_from_slice(rows);
        body
    }

    /// The answer to a statement; `keyspace` is the connection's own, which USE changes.
    pub fn answer(&self, prepared: &Prepared, asked: &Asked, head: Head, compress: bool, keyspace: &mut String, out: &mut Vec<u8>) {
        let body = match &prepared.plan {
            Plan::Void => return self.void.send(head, compress, out),
            Plan::Fixed(fixed) if asked.page_size == 0 || asked.page_size >= fixed.count => {
                return fixed.whole(asked.skip_metadata).send(head, compress, out);
            }
            Plan::Fixed(fixed) => self.page(prepared, fixed, asked),
            Plan::Filtered(select) => self.filtered(select, asked),
            Plan::Use(name) => {
                keyspace.clone_from(name);
                let mut body = vec![];
                body.int(kind::SET_KEYSPACE);
                body.string(name);
                body
            }
        };
        Answer::result(&body).send(head, compress, out);
    }

    /// The paging state is the number of the next row.
    fn page(&self, prepared: &Prepared, fixed: &Fixed, asked: &Asked) -> Vec<u8> {
        let first = asked.paging_state.try_into().map_or(0, u32::from_be_bytes) as usize;
        let first = first.min(fixed.count);
        let end = (first + asked.page_size).min(fixed.count);
        let next = (end as u32).to_be_bytes();
        let mut body = vec![];
        body.int(kind::ROWS);
        let specs = prepared.columns.iter().map(|(name, option)| (name.as_str(), option.as_slice()));
        let more = (end < fixed.count).then_some(&next[..]);
        put_metadata((&prepared.keyspace, &prepared.table), specs, asked.skip_metadata, more, &mut body);
        body.int((end - first) as i32);
        body.extend_from_slice(&fixed.rows[fixed.starts[first]..fixed.starts[end]]);
        body
    }

    fn filtered(&self, select: &Select, asked: &Asked) -> Vec<u8> {
        let table = &self.tables[&select.table];
        let chosen = positions(table, &select.columns).unwrap_or_default();
        let mut values = asked.values.iter();
        let conditions: Vec<(Option<usize>, Vec<Vec<u8>>)> = select
            .conditions
            .iter()
            .map(|condition| {
                let bytes = |value: &Value| match value {
                    Value::Marker => values.next().map_or(vec![], |bytes| bytes.to_vec()),
                    Value::Literal(text) => text.parse::<std::net::Ipv4Addr>().map_or(text.clone().into_bytes(), |ip| ip.octets().to_vec()),
                };
                (table.position(&condition.column), condition.values.iter().map(bytes).collect())
            })
            .collect();
        let wanted = |row: &&Row| {
            let holds = |(at, values): &(Option<usize>, Vec<Vec<u8>>)| {
                at.and_then(|at| row.cells[at].as_ref()).is_some_and(|cell| values.contains(cell))
            };
            conditions.iter().all(holds)
        };
        let (mut rows, mut count) = (vec![], 0);
        for row in table.rows(asked.node).filter(wanted).take(select.limit.unwrap_or(usize::MAX)) {
            put_row(row, &chosen, &mut rows);
            count += 1;
        }
        self.rows_body(&select.table, &chosen, asked.skip_metadata, None, count, &rows)
    }

    /// The answer to PREPARE (specification v4 and v5, section 4.2.5.4).
    pub fn prepared_answer(&self, number: usize, version: u8) -> Answer {
        let prepared = &self.all[number];
        let mut id = ID.to_vec();
        id.int(number as i32);
        let mut body = vec![];
        body.int(kind::PREPARED);
        body.short_bytes(&id);
        if version >= 5 {
            body.short_bytes(&id);
        }
        let names = (prepared.keyspace.as_str(), prepared.table.as_str());
        body.int(if prepared.markers.is_empty() { 0 } else { rows_flag::GLOBAL_TABLES_SPEC });
        body.int(prepared.markers.len() as i32);
        if version >= 4 {
            body.int(prepared.key_positions.len() as i32);
            prepared.key_positions.iter().for_each(|at| body.short(*at));
        }
        put_specs(names, prepared.markers.iter().map(|(name, option)| (name.as_str(), option.as_slice())), &mut body);
        let columns = prepared.columns.iter().map(|(name, option)| (name.as_str(), option.as_slice()));
        put_metadata(names, columns, prepared.columns.is_empty(), None, &mut body);
        Answer::result(&body)
    }
}

/// No names: all of them.
fn positions(table: &Table, columns: &[String]) -> Result<Vec<usize>, String> {
    if columns.is_empty() {
        return Ok((0..table.columns.len()).collect());
    }
    columns.iter().map(|name| table.position(name).ok_or_else(|| format!("Undefined column name {name}"))).collect()
}

fn put_row(row: &Row, chosen: &[usize], out: &mut Vec<u8>) {
    chosen.iter().for_each(|at| out.bytes(row.cells[*at].as_deref()));
}

type Spec<'a> = (&'a str, &'a [u8]);

fn put_metadata<'a>(
    names: (&str, &str),
    specs: impl ExactSizeIterator<Item = Spec<'a>>,
    skip: bool,
    next: Option<&[u8]>,
    out: &mut Vec<u8>,
) {
    let more = if next.is_some() { rows_flag::HAS_MORE_PAGES } else { 0 };
    out.int(more | if skip { rows_flag::NO_METADATA } else { rows_flag::GLOBAL_TABLES_SPEC });
    out.int(specs.len() as i32);
    if next.is_some() {
        out.bytes(next);
    }
    if !skip {
        put_specs(names, specs, out);
    }
}

fn put_specs<'a>((keyspace, table): (&str, &str), specs: impl ExactSizeIterator<Item = Spec<'a>>, out: &mut Vec<u8>) {
    if specs.len() == 0 {
        return;
    }
    out.string(keyspace);
    out.string(table);
    for (name, option) in specs {
        out.string(name);
        out.extend_from_slice(option);
    }
}
