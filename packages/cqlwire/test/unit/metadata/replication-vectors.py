"""Writes replication-vectors.ts: replicas that the Python driver computes for made-up rings.

    pip install cassandra-driver && python replication-vectors.py > replication-vectors.ts
"""
import json
import random

from cassandra.metadata import Murmur3Token, NetworkTopologyStrategy, SimpleStrategy
from cassandra.policies import SimpleConvictionPolicy
from cassandra.pool import Host

random.seed(20261122)


def ring(shape, tokens_per_host):
    """shape: data center → hosts per rack."""
    hosts = []
    for dc, racks in shape.items():
        for rack, count in racks.items():
            for _ in range(count):
                host = Host(f"127.0.0.{len(hosts) + 1}", SimpleConvictionPolicy)
                host.set_location_info(dc, rack)
                hosts.append(host)
    random.shuffle(hosts)
    tokens = {host: [random.randrange(-(2**63), 2**63) for _ in range(tokens_per_host)] for host in hosts}
    return hosts, tokens


def case(shape, tokens_per_host, strategy):
    hosts, tokens = ring(shape, tokens_per_host)
    owners = {Murmur3Token(t): host for host in hosts for t in tokens[host]}
    if "factor" in strategy:
        made = SimpleStrategy({"replication_factor": strategy["factor"]})
        options = {"class": "org.apache.cassandra.locator.SimpleStrategy", "replication_factor": strategy["factor"]}
    else:
        made = NetworkTopologyStrategy(dict(strategy))
        options = {"class": "org.apache.cassandra.locator.NetworkTopologyStrategy", **strategy}
    replicas = made.make_token_replica_map(owners, sorted(owners))
    return {
        "hosts": [{"dataCenter": h.datacenter, "rack": h.rack, "tokens": [str(t) for t in tokens[h]]} for h in hosts],
        "replication": options,
        "replicas": {str(t.value): [hosts.index(h) for h in found] for t, found in replicas.items()},
    }


CASES = [
    case({"dc1": {"r1": 3}}, 4, {"factor": "2"}),
    case({"dc1": {"r1": 2}}, 3, {"factor": "5"}),
    case({"dc1": {"r1": 5}}, 4, {"dc1": "3"}),
    case({"dc1": {"r1": 2, "r2": 2, "r3": 2}}, 4, {"dc1": "3"}),
    case({"dc1": {"r1": 4, "r2": 1}}, 4, {"dc1": "3"}),
    case({"dc1": {"r1": 2, "r2": 2}, "dc2": {"r1": 3}}, 3, {"dc1": "3", "dc2": "2"}),
    case({"dc1": {"r1": 2, "r2": 1}, "dc2": {"r1": 1, "r2": 2}}, 3, {"dc1": "2", "dc2": "5"}),
    case({"dc1": {"r1": 2}, "dc2": {"r1": 2}}, 3, {"dc2": "1"}),
    case({"dc1": {"r1": 2}}, 3, {"dc1": "1", "gone": "3"}),
    case({"dc1": {"r1": 2, "r2": 2, "r3": 2}}, 3, {"dc1": "3/1"}),
]

print("// Written by replication-vectors.py from the Python driver (cassandra-driver 3.30): do not edit.")
print("export interface ReplicationCase {")
print("  readonly hosts: readonly { readonly dataCenter: string; readonly rack: string; readonly tokens: readonly string[] }[]")
print("  readonly replication: Readonly<Record<string, string>>")
print("  /** Token → indexes of the hosts that hold its range. */")
print("  readonly replicas: Readonly<Record<string, readonly number[]>>")
print("}\n")
print("export const REPLICATION_CASES: readonly ReplicationCase[] = [")
for each in CASES:
    print(f"  {json.dumps(each)},")
print("]")
