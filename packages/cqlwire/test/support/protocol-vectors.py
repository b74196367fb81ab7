"""Writes protocol-vectors.json: requests and segments as the Python driver for Apache Cassandra encodes them.

    python3 -m venv venv && venv/bin/pip install cassandra-driver==3.30.1 lz4
    venv/bin/python protocol-vectors.py > protocol-vectors.json && npx prettier --write protocol-vectors.json
"""
import io
import json
import sys

import lz4.block
from cassandra import ConsistencyLevel as CL
from cassandra import protocol as p
from cassandra.marshal import int32_pack
from cassandra.query import BatchType
from cassandra.segment import SegmentCodec, compute_crc24, compute_crc32, CRC32_INITIAL

ID = bytes.fromhex("a9f0b4c35e0d4a6b8c7d1e2f30415263")
METADATA_ID = bytes.fromhex("00112233445566778899aabbccddeeff")
STATE = bytes(range(1, 20))
TIMESTAMP = 1_700_000_000_123_456


def frame(message, stream, version):
    return p.ProtocolHandler.encode_message(message, stream, version, None, False).hex()


def requests(version):
    values = [b"\x00\x00\x00\x07", None, "zoë".encode(), b""]
    if version >= 4:
        values.append(p._UNSET_VALUE)
    keyspace = "ks" if version >= 5 else None
    batch = [(False, "INSERT INTO t (a) VALUES (1)", []), (True, ID, [b"\x2a", None])]
    traced = p.QueryMessage("SELECT 1", CL.ONE)
    traced.tracing = True
    out = {
        "startup": frame(p.StartupMessage("3.0.0", {"COMPRESSION": "lz4", "DRIVER_NAME": "x"}), 0, version),
        "options": frame(p.OptionsMessage(), 1, version),
        "authResponse": frame(p.AuthResponseMessage("\0user\0pass"), 2, version),
        "register": frame(p.RegisterMessage(["TOPOLOGY_CHANGE", "STATUS_CHANGE", "SCHEMA_CHANGE"]), 3, version),
        "queryPlain": frame(p.QueryMessage("SELECT * FROM system.local", CL.LOCAL_QUORUM), 4, version),
        "queryFull": frame(p.QueryMessage("SELECT ☃", CL.EACH_QUORUM, CL.LOCAL_SERIAL, 5000, STATE, TIMESTAMP, None, keyspace), 32767, version),
        "queryTraced": frame(traced, 256, version),
        "prepare": frame(p.PrepareMessage("SELECT ?", keyspace), 5, version),
        "execute": frame(
            p.ExecuteMessage(ID, values, CL.QUORUM, None, 100, None, TIMESTAMP, False, None, METADATA_ID), 6, version
        ),
        "batch": frame(p.BatchMessage(BatchType.UNLOGGED, batch, CL.ALL, CL.SERIAL, TIMESTAMP, keyspace), 7, version),
    }
    if version >= 4:
        payload = p.QueryMessage("SELECT 1", CL.ONE)
        payload.custom_payload = {"key": b"\x01\x02", "empty": b""}
        out["queryWithPayload"] = frame(payload, 8, version)
    return out


def segment(codec, payload):
    out = io.BytesIO()
    codec.encode(out, payload)
    return out.getvalue().hex()


def lz4_compress(data):
    return int32_pack(len(data)) + lz4.block.compress(data)[4:]


def lz4_decompress(data):
    return lz4.block.decompress(data[3::-1] + data[4:])


def pattern(length):
    return bytes((i * 7 + (i >> 8)) & 0xFF for i in range(length))


plain, compressed = SegmentCodec(), SegmentCodec(lz4_compress, lz4_decompress)
# One OPTIONS frame, and one QUERY frame of text that compresses well.
options = bytes.fromhex("050000010500000000")
text = b"SELECT " + b"a, " * 200 + b"b FROM t"
query_body = int32_pack(len(text)) + text + b"\x00\x01" + int32_pack(0)
query = bytes.fromhex("0500000207") + int32_pack(len(query_body)) + query_body
# One frame too long for a segment: its segments are told by their headers and checksums alone.
long_body = pattern(300_000)
long_frame = bytes.fromhex("0500000307") + int32_pack(len(long_body)) + long_body
long_segments = bytes.fromhex(segment(plain, long_frame))

json.dump(
    {
        "source": "cassandra-driver 3.30.1 (Python)",
        "requests": {str(v): requests(v) for v in (3, 4, 5)},
        "crc24": [[d.hex(), compute_crc24(int.from_bytes(d, "little"), len(d))] for d in (b"\0\0\0", b"\x01\x02\x03", b"\xff\xff\x03", b"\x01\x02\x03\x04\x05")],
        "crc32": [[len(d), compute_crc32(d, CRC32_INITIAL) & 0xFFFFFFFF] for d in map(pattern, (0, 1, 7, 8, 9, 399, 400, 5000))],
        "segments": {
            "optionsFrame": options.hex(),
            "queryFrame": query.hex(),
            "plainOptions": segment(plain, options),
            "plainBoth": segment(plain, options + query),
            "compressedOptions": segment(compressed, options),
            "compressedQuery": segment(compressed, query),
            "longFrameLength": len(long_frame),
            "longSegmentHeaders": [long_segments[at : at + 6].hex() for at in (0, 131081, 262162)],
            "longSegmentTrailers": [long_segments[at - 4 : at].hex() for at in (131081, 262162, len(long_segments))],
            "longSegmentsLength": len(long_segments),
        },
    },
    sys.stdout,
    indent=1,
)
sys.stdout.write("\n")
