"""The Python driver: callback full pipeline, or execute_concurrent_with_args (--pattern concurrent). See ../README.md."""
import argparse
import datetime
import itertools
import json
import os
import resource
import sys
import threading
import time

import cassandra
from cassandra.cluster import EXEC_PROFILE_DEFAULT, Cluster, ExecutionProfile
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.policies import DCAwareRoundRobinPolicy, TokenAwarePolicy
from cassandra.query import tuple_factory

KEYS, WIDE_KEYS, WIDE_ROWS, PAGE_SIZE = 10_000, 4, 5_000, 10_000
LATENCY_EVERY = 8
STATEMENTS = {
    "insert": "INSERT INTO bench.t (id, name, value, ts, tags) VALUES (?, ?, ?, ?, ?)",
    "select1": "SELECT * FROM bench.t WHERE id = ?",
    "wide": "SELECT * FROM bench.wide WHERE id = ?",
}
NAMES = [f"benchmark row {key:06d}" for key in range(KEYS)]
TAGS = ["alpha", "beta", "gamma"]
EPOCH = datetime.datetime(2023, 11, 14)
MILLISECOND = datetime.timedelta(milliseconds=1)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host")
    parser.add_argument("--workload", choices=STATEMENTS)
    parser.add_argument("--pattern", default="callbacks")
    for name in ("--port", "--in-flight", "--warm-up-ms", "--measure-ms"):
        parser.add_argument(name, type=float)
    return parser.parse_args()


def check_compiled():
    """The pure Python driver is another driver: measuring it by mistake would be unfair."""
    from cassandra import cluster, obj_parser  # noqa: F401
    from cassandra.protocol import HAVE_CYTHON

    if not HAVE_CYTHON or not cluster.__file__.endswith(".so"):
        sys.exit("the compiled extensions of the Python driver are not active")


def connection_class():
    try:
        from cassandra.io.libevreactor import LibevConnection

        return {"connection_class": LibevConnection}
    except Exception:  # the driver's default then
        return {}


def parameters_of(workload):
    if workload == "insert":
        return lambda key: (key % KEYS, NAMES[key % KEYS], key * 0.5, EPOCH + key * MILLISECOND, TAGS)
    if workload == "select1":
        return lambda key: (key % KEYS,)
    return lambda key: (key % WIDE_KEYS,)


def reader_of(workload):
    def single(rows):
        _id, name, tags, _ts, _value = rows[0]
        assert len(name) + len(tags) == 23

    def page(rows):
        assert len(rows) == WIDE_ROWS
        total = 0
        for _id, _seq, name, _ts, _uid, value in rows:
            total += value + len(name)

    return {"insert": lambda rows: None, "select1": single, "wide": page}[workload]


class Window:
    """Opens and closes the measured time, and counts what is answered in it."""

    def __init__(self):
        self.answered = 0
        self.is_open = False
        self.latencies = []

    def open(self):
        self.is_open = True
        self.first = self.answered
        self.cpu = resource.getrusage(resource.RUSAGE_SELF)
        self.opened_at = time.perf_counter()

    def close(self):
        seconds = time.perf_counter() - self.opened_at
        cpu = resource.getrusage(resource.RUSAGE_SELF)
        self.is_open = False
        return {
            "requests": self.answered - self.first,
            "seconds": seconds,
            "cpuUserSeconds": cpu.ru_utime - self.cpu.ru_utime,
            "cpuSystemSeconds": cpu.ru_stime - self.cpu.ru_stime,
        }

    def percentile(self, part):
        latencies = sorted(self.latencies)
        return latencies[min(len(latencies) - 1, int(len(latencies) * part))] * 1000 if latencies else None


def run_callbacks(session, statement, options, window):
    parameters, read = parameters_of(options.workload), reader_of(options.workload)
    keys, stopped, failures = itertools.count(), threading.Event(), []

    def answer(rows, sent_at):
        read(rows)
        if sent_at and window.is_open:
            window.latencies.append(time.perf_counter() - sent_at)
        window.answered += 1
        send()

    def send():
        if stopped.is_set():
            return
        key = next(keys)
        sent_at = 0 if key % LATENCY_EVERY else time.perf_counter()
        session.execute_async(statement, parameters(key)).add_callbacks(answer, failures.append, callback_args=(sent_at,))

    for _ in range(int(options.in_flight)):
        send()
    time.sleep(options.warm_up_ms / 1000)
    window.open()
    time.sleep(options.measure_ms / 1000)
    result = window.close()
    stopped.set()
    if failures:
        sys.exit(repr(failures[0]))
    return result


def run_concurrent(session, statement, options, window):
    parameters, read = parameters_of(options.workload), reader_of(options.workload)
    in_flight = int(options.in_flight)
    chunk = in_flight * 4 if options.workload == "wide" else max(2_000, in_flight * 4)
    first = 0

    def until(ms):
        nonlocal first
        end = time.perf_counter() + ms / 1000
        while time.perf_counter() < end:
            chunk_parameters = [parameters(key) for key in range(first, first + chunk)]
            for _success, rows in execute_concurrent_with_args(session, statement, chunk_parameters, concurrency=in_flight):
                read(rows.current_rows)
            first += chunk
            window.answered += chunk

    until(options.warm_up_ms)
    window.open()
    until(options.measure_ms)
    return window.close()


def peak_rss_mib():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def main():
    options = arguments()
    check_compiled()
    profile = ExecutionProfile(
        load_balancing_policy=TokenAwarePolicy(DCAwareRoundRobinPolicy("dc1")), row_factory=tuple_factory, request_timeout=None
    )
    cluster = Cluster(
        [options.host],
        port=int(options.port),
        protocol_version=4,
        compression=False,
        execution_profiles={EXEC_PROFILE_DEFAULT: profile},
        **connection_class(),
    )
    session = cluster.connect()
    session.default_fetch_size = PAGE_SIZE
    statement = session.prepare(STATEMENTS[options.workload])
    window = Window()
    run = run_concurrent if options.pattern == "concurrent" else run_callbacks
    result = run(session, statement, options, window)
    latencies = {"p50Ms": window.percentile(0.5), "p99Ms": window.percentile(0.99), "p999Ms": window.percentile(0.999)}
    facts = {"peakRssMiB": peak_rss_mib(), "version": cassandra.__version__, "protocol": cluster.protocol_version}
    print(json.dumps({**result, **latencies, **facts}), flush=True)
    os._exit(0)  # its threads would go on


main()
