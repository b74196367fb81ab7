//! A CQL server that answers from bytes made beforehand, on one thread: see benchmarks/README.md.
//!
//!     fast-server --port 9042 --tables FILE [--nodes 3] [--max-protocol 4] [--tls-port 9142 --certificate FILE]
//!
//! With `--slots N`, `--service-us T`, `--most N`, or `--change-after-ms T --change-service-us T` it answers as a slower server would: see service.rs.
//!
//! It listens on 127.0.0.1, 127.0.0.2 and so on, one address for each node, and ends when its standard input does.

mod connection;
mod cql;
mod frame;
mod lz4;
mod notation;
mod requests;
mod segments;
mod service;
mod statements;
mod tables;
#[cfg(feature = "tls")]
mod tls;

use connection::{Connection, Over, Wire};
use service::{Plan, Service};
use statements::Statements;
use std::collections::HashMap;
use std::net::{TcpListener, TcpStream};
use std::os::fd::AsRawFd;
use std::time::Duration;

const STANDARD_INPUT: i32 = 0;
const MOST_EVENTS: usize = 256;

struct Options(HashMap<String, String>);

impl Options {
    fn from_arguments() -> Options {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let pair = |pair: &[String]| Some((pair[0].strip_prefix("--")?.to_string(), pair.get(1)?.clone()));
        Options(arguments.chunks(2).map(pair).collect::<Option<_>>().unwrap_or_else(|| fail("arguments are pairs: --name value")))
    }
    fn number<T: std::str::FromStr>(&self, name: &str, default: T) -> T {
        let Some(text) = self.0.get(name) else { return default };
        text.parse().unwrap_or_else(|_| fail(&format!("--{name} takes a number")))
    }
    fn text(&self, name: &str) -> &str {
        self.0.get(name).unwrap_or_else(|| fail(&format!("--{name} is missing")))
    }
}

fn fail(message: &str) -> ! {
    eprintln!("fast-server: {message}");
    std::process::exit(2)
}

/// Where one kind of connection comes in.
struct Listener {
    listener: TcpListener,
    node: usize,
    wrap: Box<dyn Fn(TcpStream) -> Box<dyn Wire>>,
}

fn listen(node: usize, port: u16, wrap: impl Fn(TcpStream) -> Box<dyn Wire> + 'static) -> Listener {
    let address = format!("127.0.0.{}:{port}", node + 1);
    let listener = TcpListener::bind(&address).unwrap_or_else(|error| fail(&format!("{address}: {error}")));
    listener.set_nonblocking(true).expect("a listener that doesn't block");
    Listener { listener, node, wrap: Box::new(wrap) }
}

#[cfg(feature = "tls")]
fn tls_listeners(options: &Options, nodes: usize) -> Vec<Listener> {
    if !options.0.contains_key("tls-port") {
        return vec![];
    }
    let tls = tls::Tls::new(options.text("certificate"));
    let listener = |node| {
        let tls = tls.clone();
        listen(node, options.number("tls-port", 0), move |stream| tls.over(stream))
    };
    (0..nodes).map(listener).collect()
}

#[cfg(not(feature = "tls"))]
fn tls_listeners(options: &Options, _: usize) -> Vec<Listener> {
    if options.0.contains_key("tls-port") {
        fail("it was built without TLS");
    }
    vec![]
}

/// None where it answers at once.
fn service(options: &Options) -> Option<Service> {
    if !["slots", "service-us", "most", "change-after-ms"].iter().any(|name| options.0.contains_key(*name)) {
        return None;
    }
    let micros = |name| Duration::from_micros(options.number(name, 0));
    let change = Duration::from_millis(options.number("change-after-ms", 0));
    Some(Service::new(Plan {
        time: micros("service-us"),
        slots: options.number("slots", 0),
        most: options.number("most", 0),
        change: (!change.is_zero()).then(|| (change, micros("change-service-us"))),
    }))
}

/// Level-triggered.
struct Poll(i32);

impl Poll {
    fn control(&self, operation: i32, fd: i32, events: i32) -> bool {
        let mut event = libc::epoll_event { events: events as u32, u64: fd as u64 };
        unsafe { libc::epoll_ctl(self.0, operation, fd, &mut event) == 0 }
    }
}

fn main() {
    let options = Options::from_arguments();
    let nodes = options.number("nodes", 1);
    let newest_version = options.number("max-protocol", 5);
    let text = std::fs::read_to_string(options.text("tables")).unwrap_or_else(|error| fail(&error.to_string()));
    let mut statements = Statements::new(tables::parse(&text).unwrap_or_else(|message| fail(&message)));
    let mut service = service(&options);
    let port = options.number("port", 9042);
    let plain = (0..nodes).map(|node| listen(node, port, |stream| Box::new(stream)));
    let listeners: HashMap<i32, Listener> =
        plain.chain(tls_listeners(&options, nodes)).map(|listener| (listener.listener.as_raw_fd(), listener)).collect();

    let poll = Poll(unsafe { libc::epoll_create1(0) });
    for fd in listeners.keys() {
        poll.control(libc::EPOLL_CTL_ADD, *fd, libc::EPOLLIN);
    }
    poll.control(libc::EPOLL_CTL_ADD, STANDARD_INPUT, libc::EPOLLIN); // a file can't be watched, and needn't
    println!("listening on port {port}");

    let mut connections: HashMap<i32, Connection> = HashMap::new();
    let mut events = vec![libc::epoll_event { events: 0, u64: 0 }; MOST_EVENTS];
    loop {
        let wait = service.as_ref().map_or(-1, Service::wait);
        let count = unsafe { libc::epoll_wait(poll.0, events.as_mut_ptr(), MOST_EVENTS as i32, wait) };
        for event in &events[..count.max(0) as usize] {
            let fd = event.u64 as i32;
            if fd == STANDARD_INPUT {
                return;
            }
            if let Some(listener) = listeners.get(&fd) {
                accept(listener, newest_version, &poll, &mut connections);
            } else if let Some(connection) = connections.get_mut(&fd) {
                let result = connection.turn(&mut statements, &mut service);
                after(fd, result, &poll, &mut connections, &mut service);
            }
        }
        deliver(&poll, &mut connections, &mut service);
    }
}

/// Answers that were held back and are due.
fn deliver(poll: &Poll, connections: &mut HashMap<i32, Connection>, service: &mut Option<Service>) {
    let mut touched = vec![];
    while let Some((fd, answer)) = service.as_mut().and_then(Service::due) {
        if let Some(connection) = connections.get_mut(&fd) {
            connection.deliver(&answer);
            if touched.last() != Some(&fd) {
                touched.push(fd);
            }
        }
    }
    for fd in touched {
        if let Some(connection) = connections.get_mut(&fd) {
            let result = connection.flush();
            after(fd, result, poll, connections, service);
        }
    }
}

/// What to watch the connection for now; or it is over.
fn after(fd: i32, result: Result<(), Over>, poll: &Poll, connections: &mut HashMap<i32, Connection>, service: &mut Option<Service>) {
    let Some(connection) = connections.get_mut(&fd) else { return };
    if result.is_err() {
        connections.remove(&fd); // closing it takes it out of the poll
        if let Some(service) = service {
            service.forget(fd);
        }
        return;
    }
    let events = if connection.is_waiting() { libc::EPOLLOUT } else { libc::EPOLLIN };
    if connection.watched != events {
        connection.watched = events;
        poll.control(libc::EPOLL_CTL_MOD, fd, events);
    }
}

fn accept(listener: &Listener, newest_version: u8, poll: &Poll, connections: &mut HashMap<i32, Connection>) {
    while let Ok((stream, _)) = listener.listener.accept() {
        let fd = stream.as_raw_fd();
        if stream.set_nonblocking(true).and_then(|()| stream.set_nodelay(true)).is_err() {
            continue;
        }
        connections.insert(fd, Connection::new(fd, (listener.wrap)(stream), listener.node, newest_version));
        poll.control(libc::EPOLL_CTL_ADD, fd, libc::EPOLLIN);
    }
}
