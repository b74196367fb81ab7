//! A server that takes its time, in place of one that answers at once: so many requests are worked on together, each for so long; the others
//! wait in a line, and past a number they are refused.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::{Duration, Instant};

pub struct Plan {
    /// Of work on each request.
    pub time: Duration,
    /// Worked on together; 0: any number.
    pub slots: usize,
    /// With so many in the server, a further one is refused; 0: none is.
    pub most: usize,
    /// So long after the first request, the time of work is another one.
    pub change: Option<(Duration, Duration)>,
}

pub struct Service {
    plan: Plan,
    first: Option<Instant>,
    /// When each slot is free again; as many as are known to be taken.
    free: BinaryHeap<Reverse<Instant>>,
    /// Answers by when they are due, and the connection that each belongs to.
    held: BTreeMap<(Instant, u64), (i32, Vec<u8>)>,
    next: u64,
}

impl Service {
    pub fn new(plan: Plan) -> Service {
        Service { plan, first: None, free: BinaryHeap::new(), held: BTreeMap::new(), next: 0 }
    }

    pub fn is_full(&self) -> bool {
        self.plan.most > 0 && self.held.len() >= self.plan.most
    }

    pub fn hold(&mut self, fd: i32, answer: Vec<u8>) {
        let now = Instant::now();
        let begun = *self.first.get_or_insert(now);
        let start = if self.plan.slots == 0 || self.free.len() < self.plan.slots {
            now
        } else {
            self.free.pop().map_or(now, |Reverse(free)| free.max(now))
        };
        let time = match self.plan.change {
            Some((after, then)) if start >= begun + after => then,
            _ => self.plan.time,
        };
        if self.plan.slots > 0 {
            self.free.push(Reverse(start + time));
        }
        self.held.insert((start + time, self.next), (fd, answer));
        self.next += 1;
    }

    /// An answer that is due, and whose it is.
    pub fn due(&mut self) -> Option<(i32, Vec<u8>)> {
        let first = self.held.first_entry()?;
        (first.key().0 <= Instant::now()).then(|| first.remove())
    }

    /// Milliseconds until an answer is due, rounded up: those of a millisecond leave together. -1: there is none.
    pub fn wait(&self) -> i32 {
        let Some((&(due, _), _)) = self.held.first_key_value() else { return -1 };
        due.saturating_duration_since(Instant::now()).as_micros().div_ceil(1_000) as i32
    }

    /// The connection is closed.
    pub fn forget(&mut self, gone: i32) {
        self.held.retain(|_, (fd, _)| *fd != gone);
    }
}
