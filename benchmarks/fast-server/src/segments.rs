//! Segments of protocol v5 (specification v5, section 2): headers with a CRC24, payloads with a CRC32, LZ4 where agreed.

use crate::lz4;

pub const MOST_PAYLOAD: usize = 131_071;

const fn table() -> [[u32; 256]; 8] {
    let mut tables = [[0u32; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let mut crc = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut step = 1;
    while step < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[step - 1][byte];
            tables[step][byte] = before >> 8 ^ tables[0][(before & 255) as usize];
            byte += 1;
        }
        step += 1;
    }
    tables
}
static TABLES: [[u32; 256]; 8] = table();

fn update(mut crc: u32, bytes: &[u8]) -> u32 {
    let mut eights = bytes.chunks_exact(8);
    for eight in &mut eights {
        let low = u32::from_le_bytes(eight[..4].try_into().unwrap()) ^ crc;
        let high = u32::from_le_bytes(eight[4..].try_into().unwrap());
        crc = 0;
        for step in 0..4 {
            crc ^= TABLES[7 - step][(low >> (8 * step) & 255) as usize];
            crc ^= TABLES[3 - step][(high >> (8 * step) & 255) as usize];
        }
    }
    for byte in eights.remainder() {
        crc = crc >> 8 ^ TABLES[0][((crc ^ *byte as u32) & 255) as usize];
    }
    crc
}

/// Over four fixed bytes and then the payload.
fn crc32(payload: &[u8]) -> u32 {
    !update(update(!0, &[0xfa, 0x2d, 0x55, 0xca]), payload)
}

fn crc24(header: u64, length: usize) -> u32 {
    let mut crc: u32 = 0x87_5060;
    for at in 0..length {
        crc ^= ((header >> (8 * at) & 255) as u32) << 16;
        for _ in 0..8 {
            crc <<= 1;
            if crc & 0x100_0000 != 0 {
                crc ^= 0x197_4f0b;
            }
        }
    }
    crc
}

fn put(payload: &[u8], self_contained: bool, compressed: bool, out: &mut Vec<u8>) {
    let flag = self_contained as u64;
    if !compressed {
        return put_parts(payload.len() as u64 | flag << 17, 3, payload, out);
    }
    let mut block = Vec::with_capacity(payload.len());
    lz4::compress(payload, &mut block);
    if block.len() < payload.len() {
        put_parts(block.len() as u64 | (payload.len() as u64) << 17 | flag << 34, 5, &block, out);
    } else {
        put_parts(payload.len() as u64 | flag << 34, 5, payload, out); // 0 as the length before: as it is
    }
}

fn put_parts(header: u64, length: usize, payload: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&header.to_le_bytes()[..length]);
    out.extend_from_slice(&crc24(header, length).to_le_bytes()[..3]);
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc32(payload).to_le_bytes());
}

/// Frames, one after the other, in as few segments as they fit in.
pub fn wrap(frames: &[u8], compressed: bool, out: &mut Vec<u8>) {
    let mut from = 0;
    let mut at = 0;
    while at < frames.len() {
        let length = crate::frame::whole_length(&frames[at..]).unwrap();
        if at + length - from > MOST_PAYLOAD && at > from {
            put(&frames[from..at], true, compressed, out);
            from = at;
        }
        at += length;
        if length > MOST_PAYLOAD {
            for part in frames[from..at].chunks(MOST_PAYLOAD) {
                put(part, false, compressed, out);
            }
            from = at;
        }
    }
    if at > from {
        put(&frames[from..at], true, compressed, out);
    }
}

pub struct Segment<'a> {
    pub payload: std::borrow::Cow<'a, [u8]>,
    pub self_contained: bool,
    /// With header and checksums.
    pub length: usize,
}

/// The first segment. `Ok(None)`: not all of it is there yet. `Err`: a checksum or a block is wrong.
pub fn unwrap(bytes: &[u8], compressed: bool) -> Result<Option<Segment<'_>>, &'static str> {
    let head = if compressed { 5 } else { 3 };
    if bytes.len() < head + 3 {
        return Ok(None);
    }
    let mut word = [0; 8];
    word[..head + 3].copy_from_slice(&bytes[..head + 3]);
    let both = u64::from_le_bytes(word);
    let header = both & ((1 << (8 * head)) - 1);
    if crc24(header, head) as u64 != both >> (8 * head) {
        return Err("the checksum of a segment's header is wrong");
    }
    let stored = (header & 0x1_ffff) as usize;
    let length = head + 3 + stored + 4;
    if bytes.len() < length {
        return Ok(None);
    }
    let payload = &bytes[head + 3..length - 4];
    if crc32(payload).to_le_bytes() != bytes[length - 4..length] {
        return Err("the checksum of a segment's payload is wrong");
    }
    let plain_length = if compressed { (header >> 17 & 0x1_ffff) as usize } else { 0 };
    let payload = if plain_length == 0 {
        payload.into()
    } else {
        lz4::decompress(payload, plain_length).ok_or("a segment is not an LZ4 block")?.into()
    };
    let self_contained = header >> (if compressed { 34 } else { 17 }) & 1 == 1;
    Ok(Some(Segment { payload, self_contained, length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_specification() {
        assert_eq!(update(!0, b"123456789") ^ !0, 0xcbf4_3926);
    }

    #[test]
    fn frames_come_back_from_segments() {
        let frame = |length: usize| {
            let mut frame = vec![0x85, 0, 0, 1, 8];
            frame.extend_from_slice(&(length as u32).to_be_bytes());
            frame.extend((0..length).map(|at| (at / 7) as u8));
            frame
        };
        let frames = [frame(4), frame(90), frame(200_000), frame(0), frame(131_062), frame(3)].concat();
        for compressed in [false, true] {
            let mut out = vec![];
            wrap(&frames, compressed, &mut out);
            let (mut at, mut back) = (0, vec![]);
            while let Some(segment) = unwrap(&out[at..], compressed).unwrap() {
                back.extend_from_slice(&segment.payload);
                at += segment.length;
            }
            assert_eq!((at, back), (out.len(), frames.clone()));
            *out.last_mut().unwrap() ^= 1;
            assert!(
                (0..).try_fold(0, |at, _| match unwrap(&out[at..], compressed) {
                    Ok(Some(segment)) => Ok(at + segment.length),
                    other => Err(other.is_err()),
                }) == Err(true)
            );
        }
    }
}
