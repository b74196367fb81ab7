//! One connection: bytes in, frames to their answers, bytes out. Nothing blocks.

use crate::frame::{opcode, whole_length};
use crate::requests::{handle, refuse, Agreed};
use crate::segments;
use crate::service::Service;
use crate::statements::Statements;
use std::io::{ErrorKind, Read, Write};

const READ_BYTES: usize = 256 * 1024;
/// With so much waiting for a client that doesn't read, nothing more is answered.
const MOST_WAITING: usize = 2 * 1024 * 1024;

/// A TCP stream, or TLS over one.
pub trait Wire: Read + Write {
    /// What lies encrypted in memory goes out as far as the socket takes it; true: some is left.
    fn is_holding_back(&mut self) -> bool {
        false
    }
    /// A short read says nothing about what is left.
    fn is_layered(&self) -> bool {
        false
    }
}

impl Wire for std::net::TcpStream {}

pub struct Connection {
    fd: i32,
    wire: Box<dyn Wire>,
    agreed: Agreed,
    /// `input[start..end]` is not handled yet.
    input: Vec<u8>,
    start: usize,
    end: usize,
    /// v5: frames that began in a segment and go on in the next.
    begun: Vec<u8>,
    /// v5: answers that no segment holds yet.
    answers: Vec<u8>,
    output: Vec<u8>,
    sent: usize,
    /// The events that the poll watches for.
    pub watched: i32,
}

/// The connection is over: the client is gone, or what it sends makes no sense.
pub struct Over;

impl Connection {
    pub fn new(fd: i32, wire: Box<dyn Wire>, node: usize, newest_version: u8) -> Connection {
        let agreed = Agreed { node, newest_version, keyspace: String::new(), compressed: false, segmented: false };
        Connection {
            fd,
            wire,
            agreed,
            input: vec![],
            start: 0,
            end: 0,
            begun: vec![],
            answers: vec![],
            output: vec![],
            sent: 0,
            watched: libc::EPOLLIN,
        }
    }

    /// True: there is more to send than the socket takes.
    pub fn is_waiting(&mut self) -> bool {
        self.sent < self.output.len() || self.wire.is_holding_back()
    }

    /// Reads what is there, answers it, and sends as much as the socket takes.
    pub fn turn(&mut self, statements: &mut Statements, service: &mut Option<Service>) -> Result<(), Over> {
        loop {
            let is_more = self.read()?;
            loop {
                let was_full = self.is_full();
                let was_handled = self.handle_input(statements, service)?;
                self.send()?;
                if self.is_full() {
                    return Ok(());
                }
                // What had no room before has it now.
                if !was_handled && !was_full {
                    break;
                }
            }
            if !is_more {
                return Ok(());
            }
        }
    }

    /// An answer that was held back is due. It leaves with `flush`.
    pub fn deliver(&mut self, answer: &[u8]) {
        let out = if self.agreed.segmented { &mut self.answers } else { &mut self.output };
        out.extend_from_slice(answer);
    }

    pub fn flush(&mut self) -> Result<(), Over> {
        self.flush_answers();
        self.send()
    }

    /// False: that was all there is.
    fn read(&mut self) -> Result<bool, Over> {
        if self.start > 0 {
            self.input.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        if self.input.len() < self.end + READ_BYTES {
            self.input.resize(self.end + READ_BYTES, 0);
        }
        match self.wire.read(&mut self.input[self.end..]) {
            Ok(0) => Err(Over),
            Ok(length) => {
                self.end += length;
                Ok(self.end == self.input.len() || self.wire.is_layered())
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(false),
            Err(_) => Err(Over),
        }
    }

    fn send(&mut self) -> Result<(), Over> {
        while self.sent < self.output.len() {
            match self.wire.write(&self.output[self.sent..]) {
                Ok(length) => self.sent += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(_) => return Err(Over),
            }
        }
        self.output.clear();
        self.sent = 0;
        Ok(())
    }

    /// True: something was handled.
    fn handle_input(&mut self, statements: &mut Statements, service: &mut Option<Service>) -> Result<bool, Over> {
        let input = std::mem::take(&mut self.input);
        let before = self.start;
        let result = if self.agreed.segmented {
            self.handle_segments(&input, statements, service)
        } else {
            self.handle_frames(&input[self.start..self.end], statements, service).map(|used| self.start += used)
        };
        self.input = input;
        result?;
        self.flush_answers();
        Ok(self.start > before)
    }

    fn is_full(&self) -> bool {
        self.output.len() + self.answers.len() - self.sent >= MOST_WAITING
    }

    /// How many bytes of whole frames were handled.
    fn handle_frames(&mut self, bytes: &[u8], statements: &mut Statements, service: &mut Option<Service>) -> Result<usize, Over> {
        let mut used = 0;
        while let Some(length) = whole_length(&bytes[used..]) {
            if bytes.len() - used < length || (!self.agreed.segmented && self.is_full()) {
                break;
            }
            let frame = &bytes[used..used + length];
            let out = if self.agreed.segmented { &mut self.answers } else { &mut self.output };
            let understood = match service {
                Some(service) if frame[4] == opcode::EXECUTE && service.is_full() => refuse(frame, out),
                Some(service) if frame[4] == opcode::EXECUTE => {
                    let mut answer = vec![];
                    let understood = handle(statements, &mut self.agreed, frame, &mut answer);
                    service.hold(self.fd, answer);
                    understood
                }
                _ => handle(statements, &mut self.agreed, frame, out),
            };
            if !understood {
                return Err(Over);
            }
            used += length;
            if frame[0] == 5 && frame[4] == opcode::STARTUP {
                self.agreed.segmented = true; // its answer was the last one outside
                break;
            }
        }
        Ok(used)
    }

    fn handle_segments(&mut self, input: &[u8], statements: &mut Statements, service: &mut Option<Service>) -> Result<(), Over> {
        while !self.is_full() {
            let found = segments::unwrap(&input[self.start..self.end], self.agreed.compressed);
            let segment = match found {
                Ok(Some(segment)) => segment,
                Ok(None) => return Ok(()),
                Err(message) => {
                    eprintln!("fast-server: {message}");
                    return Err(Over);
                }
            };
            self.start += segment.length;
            if segment.self_contained {
                self.handle_frames(&segment.payload, statements, service)?;
            } else {
                let mut begun = std::mem::take(&mut self.begun);
                begun.extend_from_slice(&segment.payload);
                let used = self.handle_frames(&begun, statements, service)?;
                begun.drain(..used);
                self.begun = begun;
            }
        }
        Ok(())
    }

    fn flush_answers(&mut self) {
        segments::wrap(&self.answers, self.agreed.compressed, &mut self.output);
        self.answers.clear();
    }
}
