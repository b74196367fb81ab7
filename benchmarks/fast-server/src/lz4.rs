//! LZ4 blocks (the format's own description: sequences of literals and copies), greedy, without a dictionary.

const MIN_MATCH: usize = 4;
/// The last copy begins so many bytes before the end at least, and the last five bytes are literals.
const MATCH_LIMIT: usize = 12;
const LAST_LITERALS: usize = 5;
const HASH_BITS: u32 = 13;
const FARTHEST: usize = 65_535;

pub fn compress(input: &[u8], out: &mut Vec<u8>) {
    let mut seen = [0u32; 1 << HASH_BITS]; // position + 1
    let mut anchor = 0;
    let mut at = 0;
    if input.len() > MATCH_LIMIT {
        let last_start = input.len() - MATCH_LIMIT;
        let last_end = input.len() - LAST_LITERALS;
        while at <= last_start {
            let word = four(input, at);
            let slot = &mut seen[(word.wrapping_mul(2_654_435_761) >> (32 - HASH_BITS)) as usize];
            let before = *slot as usize;
            *slot = at as u32 + 1;
            if before == 0 || at + 1 - before > FARTHEST || four(input, before - 1) != word {
                // the longer nothing was found, the larger the steps
                at += 1 + ((at - anchor) >> 6);
                continue;
            }
            let from = before - 1;
            let mut length = MIN_MATCH;
            while at + length < last_end && input[from + length] == input[at + length] {
                length += 1;
            }
            sequence(&input[anchor..at], at - from, length, out);
            at += length;
            anchor = at;
        }
    }
    sequence(&input[anchor..], 0, 0, out);
}

fn four(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// `length` 0: the literals at the end, which no copy follows.
fn sequence(literals: &[u8], distance: usize, length: usize, out: &mut Vec<u8>) {
    let copy = length.saturating_sub(MIN_MATCH);
    out.push((literals.len().min(15) << 4 | copy.min(15)) as u8);
    more(literals.len(), out);
    out.extend_from_slice(literals);
    if length > 0 {
        out.extend_from_slice(&(distance as u16).to_le_bytes());
        more(copy, out);
    }
}

fn more(length: usize, out: &mut Vec<u8>) {
    if length < 15 {
        return;
    }
    let mut rest = length - 15;
    while rest >= 255 {
        out.push(255);
        rest -= 255;
    }
    out.push(rest as u8);
}

/// `None` where the block is broken or comes to another length.
pub fn decompress(block: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(length);
    let mut at = 0;
    loop {
        let token = *block.get(at)? as usize;
        at += 1;
        let literals = whole_length(token >> 4, block, &mut at)?;
        out.extend_from_slice(block.get(at..at + literals)?);
        at += literals;
        if out.len() > length {
            return None;
        }
        if at == block.len() {
            return (out.len() == length).then_some(out);
        }
        let distance = u16::from_le_bytes(block.get(at..at + 2)?.try_into().unwrap()) as usize;
        at += 2;
        let copy = whole_length(token & 15, block, &mut at)? + MIN_MATCH;
        if distance == 0 || distance > out.len() || out.len() + copy > length {
            return None;
        }
        for _ in 0..copy {
            out.push(out[out.len() - distance]);
        }
    }
}

fn whole_length(short: usize, block: &[u8], at: &mut usize) -> Option<usize> {
    let mut length = short;
    if short == 15 {
        loop {
            let more = *block.get(*at)?;
            *at += 1;
            length += more as usize;
            if more < 255 {
                break;
            }
        }
    }
    Some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_back_as_they_were() {
        let inputs: [Vec<u8>; 6] = [
            vec![],
            b"a".to_vec(),
            b"benchmark row 000001".repeat(40),
            vec![7; 100_000],
            (0..70_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect(),
            (0..70_000u32).map(|i| (i / 300) as u8).collect(),
        ];
        for input in inputs {
            let mut block = vec![];
            compress(&input, &mut block);
            assert_eq!(decompress(&block, input.len()), Some(input.clone()));
            assert_eq!(decompress(&block, input.len() + 1), None);
        }
    }

    #[test]
    fn a_block_of_the_format_description_is_read() {
        // 3 literals "abc", then 9 bytes from 3 before, then "12345"
        let block = [0x35, b'a', b'b', b'c', 3, 0, 0x50, b'1', b'2', b'3', b'4', b'5'];
        assert_eq!(decompress(&block, 17).as_deref(), Some(&b"abcabcabcabc12345"[..]));
    }
}
