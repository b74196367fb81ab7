//! As much of CQL as drivers and the benchmark say: which table, which columns, where the markers stand.

pub enum Value {
    Marker,
    Literal(String),
}

pub struct Condition {
    pub column: String,
    pub values: Vec<Value>,
}

pub struct Select {
    /// `keyspace.name`.
    pub table: String,
    /// Empty: all of them.
    pub columns: Vec<String>,
    pub conditions: Vec<Condition>,
    pub limit: Option<usize>,
}

pub enum Statement {
    Select(Select),
    /// INSERT, UPDATE, DELETE: the columns that its markers stand for.
    Write {
        table: String,
        markers: Vec<String>,
    },
    Use(String),
    /// Whatever else there is: done, without a word.
    Other,
}

pub fn parse(text: &str, keyspace: &str) -> Option<Statement> {
    let words = words(text);
    match words.first()?.to_lowercase().as_str() {
        "select" => select(&words, keyspace).map(Statement::Select),
        "insert" => insert(&words, keyspace),
        "update" => Some(changed(&words, keyspace, 1)),
        "delete" => Some(changed(&words, keyspace, find(&words, "from")? + 1)),
        "use" => Some(Statement::Use(words.get(1)?.clone())),
        _ => Some(Statement::Other),
    }
}

/// Names and numbers, quoted texts (with their first quote, so that they are no names), and every other character by itself.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![];
    let mut characters = text.chars().peekable();
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(c) = characters.next() {
        if c.is_whitespace() || c == ';' {
            continue;
        }
        let mut word = String::new();
        if c == '\'' || c == '"' {
            word.extend((c == '\'').then_some(c));
            word.extend(characters.by_ref().take_while(|next| *next != c));
        } else {
            word.push(c);
            while in_word(c) && characters.peek().is_some_and(|next| in_word(*next)) {
                word.extend(characters.next());
            }
        }
        words.push(word);
    }
    words
}

fn find(words: &[String], keyword: &str) -> Option<usize> {
    words.iter().position(|word| word.eq_ignore_ascii_case(keyword))
}

/// The table whose name begins at `at`, and where its name ends.
fn table(words: &[String], at: usize, keyspace: &str) -> Option<(String, usize)> {
    if words.get(at + 1).is_some_and(|dot| dot == ".") {
        return Some((format!("{}.{}", words[at], words.get(at + 2)?), at + 3));
    }
    Some((format!("{keyspace}.{}", words.get(at)?), at + 1))
}

fn select(words: &[String], keyspace: &str) -> Option<Select> {
    let from = find(words, "from")?;
    let (table, _) = table(words, from + 1, keyspace)?;
    let columns = words[1..from].iter().filter(|word| *word != "," && *word != "*").cloned().collect();
    let limit = find(words, "limit").and_then(|at| words.get(at + 1)?.parse().ok());
    let mut conditions = vec![];
    let mut at = find(words, "where").map_or(words.len(), |at| at + 1);
    while let (Some(column), Some(operator)) = (words.get(at), words.get(at + 1)) {
        let is_list = operator.eq_ignore_ascii_case("in");
        if operator != "=" && !is_list {
            break;
        }
        let end = if is_list { at + 2 + words[at + 2..].iter().position(|word| word == ")")? } else { at + 3 };
        let values = words.get(at + 2..end)?.iter().filter(|word| *word != "(" && *word != ",");
        conditions.push(Condition { column: column.clone(), values: values.map(value).collect() });
        at = end + is_list as usize + 1; // and `AND`
    }
    Some(Select { table, columns, conditions, limit })
}

fn value(word: &String) -> Value {
    match word.as_str() {
        "?" => Value::Marker,
        other => Value::Literal(other.trim_start_matches('\'').to_string()),
    }
}

fn insert(words: &[String], keyspace: &str) -> Option<Statement> {
    let (table, open) = table(words, find(words, "into")? + 1, keyspace)?;
    let close = open + words.get(open..)?.iter().position(|word| word == ")")?;
    let columns = words[open + 1..close].iter().filter(|word| *word != ",");
    let values = words.get(close + 3..)?.iter().filter(|word| *word != ",");
    let markers = columns.zip(values).filter(|(_, value)| *value == "?").map(|(column, _)| column.clone());
    Some(Statement::Write { table, markers: markers.collect() })
}

/// `column = ?`, wherever it stands.
fn changed(words: &[String], keyspace: &str, at: usize) -> Statement {
    let table = table(words, at, keyspace).map_or(String::new(), |(table, _)| table);
    let markers = words.windows(3).filter(|three| three[1] == "=" && three[2] == "?").map(|three| three[0].clone());
    Statement::Write { table, markers: markers.collect() }
}
