"""Writes lz4-vectors.json: what the reference implementation of LZ4 makes of some inputs. Needs `pip install lz4`."""
import hashlib
import json
import lz4.block

def row(index):
    return b'\x00\x00\x00\x04' + index.to_bytes(4, 'big') + b'\x00\x00\x00\x0bZ\xc3\xbcrich-' + f'{index % 97:04d}'.encode() + b'\xff\xff\xff\xff'

def noise(count):
    state, out = 1, bytearray()
    for _ in range(count):
        state = (state * 1103515245 + 12345) & 0x7FFFFFFF
        out.append(state >> 16 & 255)
    return bytes(out)

inputs = {
    'nothing': b'', 'one byte': b'a', 'twelve bytes': b'aaaaaaaaaaaa', 'thirteen bytes': b'aaaaaaaaaaaaa',
    'a run of one byte': b'\x00' * 1000, 'a pair that repeats': b'ab' * 300, 'seven bytes that repeat': b'abcdefg' * 90,
    'nothing that repeats': noise(700), 'rows': b''.join(row(i) for i in range(60)),
    'a repeat after many literals': noise(400) + noise(400)[:300] + noise(20),
    'a far repeat': noise(64) + b'\x07' * 65_400 + noise(64) + b'end of it',
}
with open(__file__.replace('.py', '.json'), 'w') as file:
    # Name, length, SHA-256 of the plain bytes; the block.
    vectors = [[name, len(plain), hashlib.sha256(plain).hexdigest(), lz4.block.compress(plain, store_size=False).hex()] for name, plain in inputs.items()]
    json.dump(vectors, file, indent=1)
    file.write('\n')
