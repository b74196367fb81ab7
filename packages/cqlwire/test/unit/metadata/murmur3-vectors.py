"""Writes murmur3-vectors.ts: tokens of the Python driver's compiled hash (checked against its pure Python one).

    pip install cassandra-driver && python murmur3-vectors.py > murmur3-vectors.ts
"""
import random

from cassandra.cmurmur3 import murmur3 as compiled
from cassandra.murmur3 import _murmur3 as pure

M = (1 << 64) - 1
C1, C2 = 0x87C37B91114253D5, 0x4CF5AD432745937F
F1, F2 = 0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53


def inverse(odd):
    return pow(odd, -1, 1 << 64)


def rotr(value, bits):
    return ((value >> bits) | (value << (64 - bits))) & M


def undo_final_mix(k):
    k ^= k >> 33
    k = k * inverse(F2) & M
    k ^= k >> 33
    k = k * inverse(F1) & M
    return k ^ (k >> 33)


def key_of_token(token):
    """A 16-byte key with that token: each step of the hash can be undone."""
    second = 0x0123456789ABCDEF
    h1, h2 = undo_final_mix((token - second) & M), undo_final_mix(second)
    h2 = (h2 - h1) & M
    h1 = (h1 - h2) & M
    h1, h2 = h1 ^ 16, h2 ^ 16
    k2 = rotr(((h2 - 0x38495AB5) * inverse(5) - h1) & M, 31)
    k2 = rotr(k2 * inverse(C1) & M, 33) * inverse(C2) & M
    k1 = rotr((h1 - 0x52DCE729) * inverse(5) & M, 27)
    k1 = rotr(k1 * inverse(C2) & M, 31) * inverse(C1) & M
    return k1.to_bytes(8, "little") + k2.to_bytes(8, "little")


random.seed(20261122)
keys = [bytes(range(n)) for n in range(49)]  # every tail length, ASCII and below
keys += [bytes(0xFF - i for i in range(n)) for n in range(1, 49)]  # the same with high bytes
keys += [b"\x80" * n for n in range(1, 33)] + [b"\x00" * n for n in range(1, 33)] + [b"\xff" * n for n in range(1, 33)]
keys += [random.randbytes(n) for n in list(range(1, 65)) * 2]
keys += [random.randbytes(n) for n in (100, 255, 256)]
keys += ["cassandra".encode(), "Ünïcödé".encode(), b"123"]
keys += [key_of_token(token) for token in (2**63 - 1, -(2**63) + 1, -1, 0, 1, 2**32, 2**32 - 1, -(2**32), -(2**31))]

print("// Written by murmur3-vectors.py from the Python driver (cassandra-driver 3.30): do not edit.")
print("/** Key in hex, token. */")
print("export const MURMUR3_VECTORS: readonly (readonly [string, bigint])[] = [")
for key in keys:
    token = compiled(key)
    assert token == pure(key), key
    print(f"  ['{key.hex()}', {token}n],")
print("]")
smallest = key_of_token(-(2**63))
assert compiled(smallest) == -(2**63)
print("\n/** A key whose hash is -2^63, before the partitioner puts 2^63 - 1 in its place. */")
print(f"export const KEY_OF_SMALLEST = '{smallest.hex()}'")
