//! Frames (specification v4, section 2; v5, section 2.1), and answers that are made once and patched in version and stream.

use crate::lz4;
use crate::notation::Put;

pub const HEADER: usize = 9;
const COMPRESSED: u8 = 0x01;

pub mod opcode {
    pub const ERROR: u8 = 0x00;
    pub const STARTUP: u8 = 0x01;
    pub const READY: u8 = 0x02;
    pub const OPTIONS: u8 = 0x05;
    pub const SUPPORTED: u8 = 0x06;
    pub const QUERY: u8 = 0x07;
    pub const RESULT: u8 = 0x08;
    pub const PREPARE: u8 = 0x09;
    pub const EXECUTE: u8 = 0x0a;
    pub const REGISTER: u8 = 0x0b;
    pub const BATCH: u8 = 0x0d;
}

/// Of the frame at the front, header included; `None` where the header is not all there.
pub fn whole_length(bytes: &[u8]) -> Option<usize> {
    let body = u32::from_be_bytes(bytes.get(5..HEADER)?.try_into().unwrap());
    Some(HEADER + body as usize)
}

#[derive(Clone, Copy)]
pub struct Head {
    pub version: u8,
    pub stream: [u8; 2],
    pub opcode: u8,
    pub compressed: bool,
}

impl Head {
    pub fn read(bytes: &[u8]) -> Head {
        Head { version: bytes[0] & 0x7f, stream: [bytes[2], bytes[3]], opcode: bytes[4], compressed: bytes[1] & COMPRESSED != 0 }
    }
}

/// A whole answer, as it travels plain and as it travels with a compressed body.
pub struct Answer {
    plain: Vec<u8>,
    compressed: Vec<u8>,
}

impl Answer {
    pub fn new(opcode: u8, body: &[u8]) -> Answer {
        let mut block = vec![];
        block.int(body.len() as i32);
        lz4::compress(body, &mut block);
        Answer { plain: frame(0, opcode, body), compressed: frame(COMPRESSED, opcode, &block) }
    }

    pub fn result(body: &[u8]) -> Answer {
        Answer::new(opcode::RESULT, body)
    }

    /// The hot path: a copy, and the three bytes that differ from request to request.
    #[inline]
    pub fn send(&self, head: Head, compress: bool, out: &mut Vec<u8>) {
        let at = out.len();
        out.extend_from_slice(if compress { &self.compressed } else { &self.plain });
        out[at] = 0x80 | head.version;
        out[at + 2..at + 4].copy_from_slice(&head.stream);
    }
}

fn frame(flags: u8, opcode: u8, body: &[u8]) -> Vec<u8> {
    let mut frame = vec![0, flags, 0, 0, opcode];
    frame.int(body.len() as i32);
    frame.extend_from_slice(body);
    frame
}
