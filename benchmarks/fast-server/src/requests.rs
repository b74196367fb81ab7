//! From a request to its answer.

use crate::frame::{opcode, Answer, Head, HEADER};
use crate::lz4;
use crate::notation::{Body, Put};
use crate::statements::{Asked, Plan, Statements};

mod error_code {
    pub const PROTOCOL: i32 = 0x000a;
    pub const OVERLOADED: i32 = 0x1001;
    pub const INVALID: i32 = 0x2200;
    pub const UNPREPARED: i32 = 0x2500;
}
mod query_flag {
    pub const VALUES: u32 = 0x01;
    pub const SKIP_METADATA: u32 = 0x02;
    pub const PAGE_SIZE: u32 = 0x04;
    pub const PAGING_STATE: u32 = 0x08;
    pub const NAMES: u32 = 0x40;
}

const OLDEST: u8 = 3;

/// What a connection has agreed on.
pub struct Agreed {
    pub node: usize,
    pub newest_version: u8,
    pub keyspace: String,
    pub compressed: bool,
    /// v5: what follows travels in segments.
    pub segmented: bool,
}

/// Appends the answer to one whole frame. False: the frame makes no sense, and the connection is to be closed.
pub fn handle(statements: &mut Statements, agreed: &mut Agreed, frame: &[u8], out: &mut Vec<u8>) -> bool {
    let head = Head::read(frame);
    if head.version < OLDEST || head.version > agreed.newest_version {
        let supported: Vec<_> = (OLDEST..=agreed.newest_version).map(|version| format!("{version}/v{version}")).collect();
        let message =
            format!("Invalid or unsupported protocol version ({}); supported versions are ({})", head.version, supported.join(", "));
        error(Head { version: agreed.newest_version, ..head }, error_code::PROTOCOL, &message, &[], out);
        return true;
    }
    if !head.compressed {
        return answer(statements, agreed, head, Body(&frame[HEADER..]), out).is_some();
    }
    let mut block = Body(&frame[HEADER..]);
    let Some(plain) = block.int().and_then(|length| lz4::decompress(block.0, usize::try_from(length).ok()?)) else { return false };
    answer(statements, agreed, head, Body(&plain), out).is_some()
}

fn answer(statements: &mut Statements, agreed: &mut Agreed, head: Head, mut body: Body, out: &mut Vec<u8>) -> Option<()> {
    let compress = agreed.compressed && !agreed.segmented;
    match head.opcode {
        opcode::EXECUTE => execute(statements, agreed, head, body, compress, out)?,
        opcode::BATCH => statements.void.send(head, compress, out),
        opcode::OPTIONS => Answer::new(opcode::SUPPORTED, &supported(agreed.newest_version)).send(head, false, out),
        opcode::STARTUP => {
            let pairs = body.short()?;
            for _ in 0..pairs {
                let (name, value) = (body.short_bytes()?, body.short_bytes()?);
                agreed.compressed |= name == b"COMPRESSION" && value == b"lz4";
            }
            Answer::new(opcode::READY, &[]).send(head, false, out);
        }
        opcode::REGISTER => Answer::new(opcode::READY, &[]).send(head, compress, out),
        opcode::QUERY => {
            let text = body.long_text()?;
            match statements.find(text, &agreed.keyspace) {
                Ok(number) => {
                    let asked = asked(&mut body, head.version, agreed.node)?;
                    statements.answer(statements.get(number), &asked, head, compress, &mut agreed.keyspace, out);
                }
                Err(message) => error(head, error_code::INVALID, &message, &[], out),
            }
        }
        opcode::PREPARE => match statements.find(body.long_text()?, &agreed.keyspace) {
            Ok(number) => statements.prepared_answer(number, head.version).send(head, compress, out),
            Err(message) => error(head, error_code::INVALID, &message, &[], out),
        },
        _ => error(head, error_code::PROTOCOL, "unknown opcode", &[], out),
    }
    Some(())
}

/// The hot path: what is always the same is answered before the values are looked at.
#[inline]
fn execute(statements: &Statements, agreed: &mut Agreed, head: Head, mut body: Body, compress: bool, out: &mut Vec<u8>) -> Option<()> {
    let id = body.short_bytes()?;
    let Some(prepared) = statements.by_id(id) else {
        let mut extra = vec![];
        extra.short_bytes(id);
        error(head, error_code::UNPREPARED, "Prepared query with that ID not found", &extra, out);
        return Some(());
    };
    if head.version >= 5 {
        body.short_bytes()?;
    }
    match &prepared.plan {
        Plan::Void => statements.void.send(head, compress, out),
        Plan::Fixed(fixed) if fixed.count <= 1 => {
            let flags = body.0.get(2..if head.version >= 5 { 6 } else { 3 })?.last()?;
            fixed.whole(*flags as u32 & query_flag::SKIP_METADATA != 0).send(head, compress, out);
        }
        _ => {
            let asked = asked(&mut body, head.version, agreed.node)?;
            statements.answer(prepared, &asked, head, compress, &mut agreed.keyspace, out);
        }
    }
    Some(())
}

/// `<query_parameters>` (specification v4 and v5, section 4.1.4).
fn asked<'a>(body: &mut Body<'a>, version: u8, node: usize) -> Option<Asked<'a>> {
    let mut asked = Asked { node, ..Asked::default() };
    body.short()?; // consistency
    let flags = if version >= 5 { body.int()? as u32 } else { body.byte()? as u32 };
    asked.skip_metadata = flags & query_flag::SKIP_METADATA != 0;
    if flags & query_flag::VALUES != 0 {
        for _ in 0..body.short()? {
            if flags & query_flag::NAMES != 0 {
                body.short_bytes()?;
            }
            asked.values.push(body.bytes()?);
        }
    }
    if flags & query_flag::PAGE_SIZE != 0 {
        asked.page_size = body.int()?.max(0) as usize;
    }
    if flags & query_flag::PAGING_STATE != 0 {
        asked.paging_state = body.bytes()?;
    }
    Some(asked)
}

/// There are too many requests in the server. Always true.
pub fn refuse(frame: &[u8], out: &mut Vec<u8>) -> bool {
    error(Head::read(frame), error_code::OVERLOADED, "too many requests at once", &[], out);
    true
}

fn error(head: Head, code: i32, message: &str, extra: &[u8], out: &mut Vec<u8>) {
    let mut body = vec![];
    body.int(code);
    body.string(message);
    body.extend_from_slice(extra);
    Answer::new(opcode::ERROR, &body).send(head, false, out);
}

fn supported(newest_version: u8) -> Vec<u8> {
    let versions = (OLDEST..=newest_version).map(|version| format!("{version}/v{version}")).collect();
    let options = [("CQL_VERSION", vec!["3.4.7".to_string()]), ("COMPRESSION", vec!["lz4".to_string()]), ("PROTOCOL_VERSIONS", versions)];
    let mut body = vec![];
    body.short(options.len() as u16);
    for (name, values) in options {
        body.string(name);
        body.short(values.len() as u16);
        values.iter().for_each(|value| body.string(value));
    }
    body
}
