//! scylla, the Rust driver, on one thread: a task for each request in flight. See ../../README.md.

use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::client::PoolSize;
use scylla::statement::prepared::PreparedStatement;
use scylla::value::CqlTimestamp;
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::{Duration, Instant};

const VERSION: &str = "1.9.0"; // of Cargo.toml
const KEYS: usize = 10_000;
const WIDE_KEYS: usize = 4;
const WIDE_ROWS: usize = 5_000;
const PAGE_SIZE: i32 = 10_000;
const LATENCY_EVERY: usize = 8;
const TAGS: [&str; 3] = ["alpha", "beta", "gamma"];

type Failure = Box<dyn std::error::Error>;

#[derive(Clone, Copy)]
enum Workload {
    Insert,
    Single,
    Wide,
}

impl Workload {
    fn named(name: &str) -> (Workload, &'static str) {
        match name {
            "insert" => (Workload::Insert, "INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)"),
            "select1" => (Workload::Single, "SELECT * FROM bench.t WHERE id = ?"),
            _ => (Workload::Wide, "SELECT * FROM bench.wide WHERE id = ?"),
        }
    }
}

struct Client {
    session: Session,
    statement: PreparedStatement,
    workload: Workload,
    names: Vec<String>,
    next: Cell<usize>,
    answered: Cell<u64>,
    is_open: Cell<bool>,
    is_stopped: Cell<bool>,
    latencies_ms: RefCell<Vec<f64>>,
}

impl Client {
    /// Sends one request and reads its answer.
    async fn request(&self, key: usize) -> Result<(), Failure> {
        let (session, statement) = (&self.session, &self.statement);
        match self.workload {
            Workload::Insert => {
                let ts = CqlTimestamp(1_700_000_000_000 + key as i64);
                let values = ((key % KEYS) as i64, self.names[key % KEYS].as_str(), key as f64 * 0.5, ts, TAGS.as_slice());
                session.execute_unpaged(statement, values).await?;
            }
            Workload::Single => {
                let result = session.execute_unpaged(statement, ((key % KEYS) as i64,)).await?.into_rows_result()?;
                let (_, name, tags, _, _): (i64, String, Vec<String>, CqlTimestamp, f64) = result.single_row()?;
                assert_eq!(name.len() + tags.len(), 23);
            }
            Workload::Wide => {
                let result = session.execute_unpaged(statement, ((key % WIDE_KEYS) as i32,)).await?.into_rows_result()?;
                let (mut count, mut sum) = (0, 0.0);
                for row in result.rows::<(i32, i64, String, CqlTimestamp, uuid::Uuid, f64)>()? {
                    let (id, seq, name, ts, uid, value) = row?;
                    sum += f64::from(id) + seq as f64 + name.len() as f64 + value + ts.0 as f64 + f64::from(uid.as_bytes()[0]);
                    count += 1;
                }
                assert!(count == WIDE_ROWS && sum != 0.0);
            }
        }
        Ok(())
    }

    async fn run(self: Rc<Self>) {
        while !self.is_stopped.get() {
            let key = self.next.replace(self.next.get() + 1);
            let sent_at = (key % LATENCY_EVERY == 0).then(Instant::now);
            if let Err(error) = self.request(key).await {
                eprintln!("{error}");
                std::process::exit(1);
            }
            if let (Some(sent_at), true) = (sent_at, self.is_open.get()) {
                self.latencies_ms.borrow_mut().push(sent_at.elapsed().as_secs_f64() * 1000.0);
            }
            self.answered.set(self.answered.get() + 1);
        }
    }
}

/// User and system seconds of the process.
fn cpu() -> (f64, f64) {
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    unsafe { libc::getrusage(libc::RUSAGE_SELF, &mut usage) };
    let seconds = |time: libc::timeval| time.tv_sec as f64 + time.tv_usec as f64 / 1e6;
    (seconds(usage.ru_utime), seconds(usage.ru_stime))
}

fn peak_rss_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
}

async fn measure(arguments: HashMap<String, String>) -> Result<(), Failure> {
    let number = |name: &str| arguments[name].parse::<u64>().expect("a number");
    let (workload, cql) = Workload::named(&arguments["workload"]);
    let node = format!("{}:{}", arguments["host"], arguments["port"]);
    let one = PoolSize::PerHost(NonZeroUsize::new(1).unwrap());
    let session = SessionBuilder::new().known_node(node).pool_size(one).tcp_nodelay(true).build().await?;
    let mut statement = session.prepare(cql).await?;
    statement.set_page_size(PAGE_SIZE);
    statement.set_use_cached_result_metadata(true);
    let client = Rc::new(Client {
        session,
        statement,
        workload,
        names: (0..KEYS).map(|key| format!("benchmark row {key:06}")).collect(),
        next: Cell::new(0),
        answered: Cell::new(0),
        is_open: Cell::new(false),
        is_stopped: Cell::new(false),
        latencies_ms: RefCell::new(vec![]),
    });
    let tasks: Vec<_> = (0..number("in-flight")).map(|_| tokio::task::spawn_local(client.clone().run())).collect();
    tokio::time::sleep(Duration::from_millis(number("warm-up-ms"))).await;
    let (before, first, opened_at) = (cpu(), client.answered.get(), Instant::now());
    client.is_open.set(true);
    tokio::time::sleep(Duration::from_millis(number("measure-ms"))).await;
    let (after, requests, seconds) = (cpu(), client.answered.get() - first, opened_at.elapsed().as_secs_f64());
    client.is_stopped.set(true);
    for task in tasks {
        task.await?;
    }
    let mut latencies = client.latencies_ms.borrow_mut();
    latencies.sort_by(f64::total_cmp);
    let percentile = |part: f64| {
        let at = ((latencies.len() as f64 * part) as usize).min(latencies.len().saturating_sub(1));
        latencies.get(at).map_or("null".to_string(), f64::to_string)
    };
    println!(
        r#"{{"requests":{requests},"seconds":{seconds},"cpuUserSeconds":{},"cpuSystemSeconds":{},"p50Ms":{},"p99Ms":{},"p999Ms":{},"peakRssMiB":{},"version":"{VERSION}","protocol":4}}"#,
        after.0 - before.0,
        after.1 - before.1,
        percentile(0.5),
        percentile(0.99),
        percentile(0.999),
        peak_rss_mib(),
    );
    Ok(())
}

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let pairs = arguments.chunks(2).map(|pair| (pair[0].trim_start_matches("--").to_string(), pair[1].clone())).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, measure(pairs))
}
