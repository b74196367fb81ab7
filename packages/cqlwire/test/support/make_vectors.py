"""Makes test/unit/codec/vectors.json: bytes of values as the Python driver for Cassandra writes them, for every CQL type.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install cassandra-driver
    /tmp/venv/bin/python packages/cqlwire/test/support/make_vectors.py > packages/cqlwire/test/unit/codec/vectors.json
    npx prettier --write packages/cqlwire/test/unit/codec/vectors.json

Made with cassandra-driver 3.30.1. A value is JSON where that says all, else an object with one key that begins with "$"
(test/support/vector-values.ts reads them).
"""
import json
import math
import uuid
from decimal import Decimal

import cassandra
from cassandra.cqltypes import UserType, lookup_casstype
from cassandra.util import Date, Duration, Time

PROTOCOL = 5
vectors = []


def add(cql, marshal, python, value):
    data = lookup_casstype(marshal).to_binary(python, PROTOCOL)
    vectors.append({"type": cql, "marshal": marshal, "value": value, "hex": data.hex()})


def hexname(name):
    return name.encode().hex()


for text in ["", "a", "hello", "grüße", "日本語", "🙂", "x" * 19 + "é", "y" * 100]:
    add("text", "UTF8Type", text, text)
for text in ["", "plain", "z" * 33]:
    add("ascii", "AsciiType", text, text)
for n in [0, 1, -1, 2147483647, -2147483648, 65536, -129]:
    add("int", "Int32Type", n, n)
for n in [0, 1, -1, 32767, -32768, 255]:
    add("smallint", "ShortType", n, n)
for n in [0, 1, -1, 127, -128]:
    add("tinyint", "ByteType", n, n)
for n in [0, 1, -1, 2**53 - 1, -(2**53) + 1, 2**53 + 1, 2**63 - 1, -(2**63), 4294967296, -4294967296, -4294967295]:
    add("bigint", "LongType", n, {"$bigint": str(n)})
add("counter", "CounterColumnType", 42, {"$bigint": "42"})
for n in [0, 1, -1, 127, 128, 129, 255, 256, -127, -128, -129, -255, -256, 32767, 32768, -32768, -32769, 8388607, 8388608, -8388609,
          2**31, -(2**31) - 1, 2**39 - 1, 2**39, 2**47, -(2**47) - 1, 2**55, -(2**55) - 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1,
          2**64, -(2**64), 2**64 - 1, 2**127, -(2**127), 2**128 - 1, 10**40, -(10**40)]:
    add("varint", "IntegerType", n, {"$bigint": str(n)})
for d in ["0", "1.5", "-1.5", "0.001", "123456789012345678901234567890.123", "-12E+10", "1E-30", "100", "-0.00"]:
    python = Decimal(d)
    sign, digits, exponent = python.as_tuple()
    unscaled = int("".join(map(str, digits))) * (-1 if sign else 1)
    add("decimal", "DecimalType", python, {"$decimal": [str(unscaled), -exponent]})
for f in [0.0, 1.0, -1.5, 3.4028234663852886e38, 1.401298464324817e-45, math.inf, -math.inf]:
    add("float", "FloatType", f, {"$number": repr(f)})
for f in [0.0, 1.0, -1.5, 0.1, 1.7976931348623157e308, 5e-324, math.inf, -math.inf]:
    add("double", "DoubleType", f, {"$number": repr(f)})
add("double", "DoubleType", math.nan, {"$number": "nan"})
for b in [True, False]:
    add("boolean", "BooleanType", b, b)
for b in [b"", b"\x00\xff", bytes(range(64))]:
    add("blob", "BytesType", b, {"$bytes": b.hex()})
for u in ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "123e4567-e89b-42d3-a456-426614174000"]:
    add("uuid", "UUIDType", uuid.UUID(u), {"$uuid": u})
for u in ["50554d6e-29bb-11e5-b345-feff819cdc9f", "13814000-1dd2-11b2-8080-808080808080"]:
    add("timeuuid", "TimeUUIDType", uuid.UUID(u), {"$timeuuid": u})
for ms in [0, 1, -1, 1431000000123, -62135596800000, 253402300799000]:
    add("timestamp", "TimestampType", ms, {"$timestamp": ms})
for days, text in [(0, "1970-01-01"), (-1, "1969-12-31"), (19782, "2024-02-29"), (-719162, "0001-01-01"), (2932896, "9999-12-31")]:
    add("date", "SimpleDateType", Date(days), {"$date": text})
for ns, text in [(0, "00:00:00"), (1, "00:00:00.000000001"), (86399999999999, "23:59:59.999999999"), (29574123456789, "08:12:54.123456789")]:
    add("time", "TimeType", Time(ns), {"$time": text})
for m, d, ns in [(0, 0, 0), (1, 2, 3), (-1, -2, -3), (0, 0, 2**63 - 1), (0, 0, -(2**63)), (2**31 - 1, 2**31 - 1, 0), (-(2**31), -(2**31), 0),
                 (63, 64, 65), (8191, 8192, 8193), (0, 0, 2**34), (0, 0, 2**41), (0, 0, 2**48), (0, 0, 2**55), (0, 0, -(2**55) - 1)]:
    add("duration", "DurationType", Duration(m, d, ns), {"$duration": [m, d, str(ns)]})
for a in ["127.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::ff00:42:8329", "fe80::1"]:
    add("inet", "InetAddressType", a, {"$inet": a})

add("list<int>", "ListType(Int32Type)", [], [])
add("list<int>", "ListType(Int32Type)", [1, 2, -3], [1, 2, -3])
add("list<text>", "ListType(UTF8Type)", ["", "a", "bc"], ["", "a", "bc"])
add("set<text>", "SetType(UTF8Type)", ["a", "b"], {"$set": ["a", "b"]})
add("map<text, int>", "MapType(UTF8Type, Int32Type)", {"a": 1, "b": 2}, {"$map": [["a", 1], ["b", 2]]})
add("map<int, frozen<list<text>>>", "MapType(Int32Type, FrozenType(ListType(UTF8Type)))", {7: ["x", "y"], 8: []},
    {"$map": [[7, ["x", "y"]], [8, []]]})
add("frozen<tuple<int, text, boolean>>", "TupleType(Int32Type, UTF8Type, BooleanType)", (1, "two", True), [1, "two", True])
add("frozen<tuple<int, text, boolean>>", "TupleType(Int32Type, UTF8Type, BooleanType)", (None, "", None), [None, "", None])
add("list<frozen<tuple<int, frozen<set<text>>>>>", "ListType(TupleType(Int32Type, FrozenType(SetType(UTF8Type))))", [(1, ["p"]), (2, None)],
    [[1, {"$set": ["p"]}], [2, None]])
fields = [("street", "UTF8Type"), ("number", "Int32Type"), ("tags", "FrozenType(ListType(UTF8Type))")]
address = "UserType(ks,%s,%s)" % (hexname("address"), ",".join(hexname(name) + ":" + marshal for name, marshal in fields))
udt = UserType.make_udt_class("ks", "address", [name for name, _ in fields], [lookup_casstype(marshal) for _, marshal in fields])
for values in [("Main", 5, ["a", "b"]), ("Main", None, None)]:
    vectors.append({"type": None, "marshal": address, "value": {"$udt": [[fields[i][0], values[i]] for i in range(3)]},
                    "hex": udt.to_binary(values, PROTOCOL).hex()})
add("vector<float, 3>", "VectorType(FloatType, 3)", [1.0, -2.5, 0.1], {"$floats": [1.0, -2.5, 0.1]})
add("vector<int, 2>", "VectorType(Int32Type, 2)", [1, -1], [1, -1])
add("vector<bigint, 2>", "VectorType(LongType, 2)", [1, -1], [{"$bigint": "1"}, {"$bigint": "-1"}])
add("vector<text, 3>", "VectorType(UTF8Type, 3)", ["", "ab", "c" * 200], ["", "ab", "c" * 200])
add("vector<smallint, 2>", "VectorType(ShortType, 2)", [1, -1], [1, -1])
add("vector<vector<float, 2>, 2>", "VectorType(VectorType(FloatType, 2), 2)", [[1.0, 2.0], [3.0, 4.0]], [{"$floats": [1.0, 2.0]}, {"$floats": [3.0, 4.0]}])
add("vector<frozen<list<int>>, 2>", "VectorType(FrozenType(ListType(Int32Type)), 2)", [[1], []], [[1], []])

lines = ",\n".join("    " + json.dumps(vector, ensure_ascii=True) for vector in vectors)
print('{\n  "note": "Made by test/support/make_vectors.py with the Python cassandra-driver %s",\n  "vectors": [\n%s\n  ]\n}' % (cassandra.__version__, lines))
