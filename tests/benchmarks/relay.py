"""The relay under a thousand listeners: deliveries per second of the server's CPU, and what a storm of returning listeners costs.

Servers and listeners are processes of their own. Listeners are bare sockets that decode every distinct frame once and check that
each of them got each event exactly once and in order: that is the equal output.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import IO, Any

import psycopg

from tests.benchmarks.harness import Result
from tests.benchmarks.stage import Stage, passing_server

_LISTENERS = 1_000
_MISSED = 300
_ADDED_MS = 50
_STATE = (
    "jsonb_build_object('status', {status}, 'amount', '600.00', 'refunded_amount', '0.00', 'currency', 'KES', 'method', 'mpesa',"
    " 'route_id', md5('route' || n %% 8)::uuid, 'vehicle_id', md5('vehicle' || n %% 40)::uuid, 'driver_id', md5('driver' || n %% 40)::uuid,"
    " 'created_at', '2026-09-22T06:00:00+00:00', 'completed_at', {done}, 'result_code', {code})"
)
_BEFORE = _STATE.format(status="'pending'", done="NULL", code="NULL")
_AFTER = _STATE.format(status="'completed'", done="'2026-09-22T06:00:20+00:00'", code="'0'")
_WRITE = (
    "WITH f AS (UPDATE finance.feed SET last_seq = last_seq + %(count)s WHERE fleet_id = %(fleet)s RETURNING last_seq)"
    " INSERT INTO finance.payment_event (fleet_id, seq, kind, payment_id, at, before, after)"
    f" SELECT %(fleet)s, last_seq - %(count)s + n, 'payment', gen_random_uuid(), clock_timestamp(), {_BEFORE}, {_AFTER}"
    " FROM f, generate_series(1, %(count)s) n"
)


# The rows ---------------------------------------------------------------------------------------------------------------------


def relay_deliveries() -> list[Result]:
    """Event deliveries per CPU-second at 1,000 listeners, at 500 and at 2,000 events a second."""
    with _Hall.open() as hall:
        return [_deliveries(hall, 500, 1_500, 20.0), _deliveries(hall, 2_000, 4_000, 70.0)]


def relay_storm() -> list[Result]:
    """1,000 listeners come back at once and have missed 300 events each."""
    with _Hall.open() as hall:
        hall.write(1_000, _MISSED)
        sides = [("ours", _MISSED), ("ours", 0), ("replay", _MISSED), ("replay", 0)]
        rounds = [[_return(hall, side, missed) for side, missed in sides] for _ in range(5)]
    mine, my_door, theirs, their_door = (median(column) for column in zip(*rounds, strict=True))
    # The same storm of listeners who missed nothing is taken off; two storms cannot be told apart more exactly than 30 ms.
    ours, peer = max(0.03, mine - my_door), theirs - their_door
    ratio = peer / ours
    return [
        Result(
            work=f"{_LISTENERS:,} listeners return, {_MISSED} events missed, the door apart",
            ours=f"{ours * 1e3:.0f} ms CPU (door {my_door * 1e3:,.0f} ms)",
            peer=f"per-event replay {peer * 1e3:,.0f} ms CPU (door {their_door * 1e3:,.0f} ms)",
            ratio=round(ratio, 1),
            sense="peer/ours",
            goal="≥ 20×",
            holds=ratio >= 20,
        )
    ]


def _deliveries(hall: _Hall, rate: int, events: int, goal: float) -> Result:
    rounds = [(_ours(hall, rate, events), _broadcast(hall, rate, events // 3)) for _ in range(3)]
    mine = median(ours.per_cpu_second for ours, _ in rounds)
    theirs = median(peer.per_cpu_second for _, peer in rounds)
    ratio = median(ours.per_cpu_second / peer.per_cpu_second for ours, peer in rounds)
    p50, p99 = median(ours.p50 for ours, _ in rounds), median(ours.p99 for ours, _ in rounds)
    return Result(
        work=f"deliveries per CPU-second, {_LISTENERS:,} listeners, {rate:,} events/s",
        ours=f"{mine:,.0f}, added p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms",
        peer=f"websockets.broadcast, one event a message {theirs:,.0f}",
        ratio=round(ratio, 1),
        sense="peer/ours",
        goal=f"≥ {goal:g}×, p50 ≤ {_ADDED_MS} ms",
        holds=ratio >= goal and p50 * 1e3 <= _ADDED_MS,
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """One side's run: deliveries, the server's CPU, and the seconds that events waited on their way."""

    deliveries: int
    cpu: float
    p50: float
    p99: float

    @property
    def per_cpu_second(self) -> float:
        return self.deliveries / self.cpu


def _ours(hall: _Hall, rate: int, events: int) -> _Run:
    first = hall.last + 1
    with (
        _Process.server("ours", hall.relay_url, str(hall.fleet)) as server,
        _Process.listeners(server, hall, known=hall.last, until=hall.last + events) as listeners,
    ):
        began = server.cpu()
        hall.write(rate, events)
        return _run(server.cpu_after(listeners, began), listeners, first, events, hall.commits)


def _broadcast(hall: _Hall, rate: int, events: int) -> _Run:
    """The newest events of the feed once more, so that both sides send the same."""
    known = hall.last - events
    with (
        _Process.server("broadcast", hall.relay_url, str(hall.fleet), str(known), str(rate)) as server,
        _Process.listeners(server, hall, known=known, until=hall.last) as listeners,
    ):
        began = server.cpu()
        server.say("go")
        return _run(server.cpu_after(listeners, began), listeners, known + 1, events, [])


def _run(cpu: float, listeners: _Process, first: int, events: int, commits: list[tuple[int, float]]) -> _Run:
    told = listeners.told
    expected = {"first": first, "last": first + events - 1, "listeners": _LISTENERS, "events": events * _LISTENERS}
    if {key: told[key] for key in expected} != expected:
        raise AssertionError(f"the listeners got {told}, not {expected}")
    return _Run(events * _LISTENERS, cpu, *_steps(told["heard"], commits))


def _steps(heard: list[tuple[int, list[float]]], commits: list[tuple[int, float]]) -> tuple[float, float]:
    """p50 and p99 of the seconds from an event's commit to each listener that heard it; 0 where nothing was committed."""
    if not commits:
        return 0.0, 0.0
    waited = [at - commits[bisect_left(commits, (seq, 0.0))][1] for seq, times in heard for at in times]
    steps = quantiles(waited, n=100)
    return steps[49], steps[98]


def _return(hall: _Hall, side: str, missed: int) -> float:
    """CPU seconds that the server needs to take everybody in and bring them to the present."""
    with _Process.server(side, hall.relay_url, str(hall.fleet)) as server:
        began = server.cpu()
        with _Process.listeners(server, hall, known=hall.last - missed, until=hall.last) as listeners:
            cpu = server.cpu_after(listeners, began)
            if listeners.told["events"] != missed * _LISTENERS:
                raise AssertionError(f"the listeners got {listeners.told}, not {missed} events each")
    return cpu


# The ground -------------------------------------------------------------------------------------------------------------------


class _Hall:
    """A database with a fleet's feed, written by hand as the projector writes it."""

    def __init__(self, stage: Stage) -> None:
        stage.pay(1)
        self.fleet = stage.fleet_id
        self.relay_url = stage.operator_url
        self.commits: list[tuple[int, float]] = []
        """The last event of each transaction and when its commit was answered, on the clock of the day."""
        self._connection = psycopg.connect(stage.plain_operator_url, autocommit=True)
        self.last = self._one("SELECT last_seq FROM finance.feed WHERE fleet_id = %s", self.fleet)

    @classmethod
    @contextmanager
    def open(cls) -> Iterator[_Hall]:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 8_192)), hard))
        with passing_server() as server:
            hall = cls(Stage(server))
            yield hall
            hall._connection.close()

    def _one(self, sql: str, *values: object) -> int:
        row = self._connection.execute(sql, values).fetchone()
        return int(row[0]) if row else 0

    def tickets(self) -> list[str]:
        rows = self._connection.execute(
            f"SELECT finance.issue_relay_ticket() FROM generate_series(1, {_LISTENERS})"
        ).fetchall()
        return [row[0] for row in rows]

    def write(self, rate: int, events: int) -> None:
        """So many events at the rate, a transaction every 10 ms."""
        began, written = time.monotonic(), 0
        while written < events:
            due = min(events, int((time.monotonic() - began) * rate) + 1)
            if due > written:
                self._connection.execute(_WRITE, {"count": due - written, "fleet": self.fleet})
                written = due
                self.commits.append((self.last + written, time.time()))
            time.sleep(0.01)
        self.last += events


class _Process:
    """A server or the listeners, talked to by lines."""

    def __init__(self, *arguments: str, stdin: str = "") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.benchmarks.relay_sides", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        if stdin:
            self.say(stdin)
        self.first_line = self._line()
        self.told: dict[str, Any] = {}

    @classmethod
    @contextmanager
    def server(cls, *arguments: str) -> Iterator[_Process]:
        yield from cls(*arguments)._until_end()

    @classmethod
    @contextmanager
    def listeners(cls, server: _Process, hall: _Hall, *, known: int, until: int) -> Iterator[_Process]:
        asked = {
            "url": server.first_line,
            "tickets": hall.tickets(),
            "fleet": str(hall.fleet),
            "known": known,
            "until": until,
        }
        yield from cls("listeners", stdin=json.dumps(asked))._until_end()

    def _until_end(self) -> Iterator[_Process]:
        try:
            yield self
        finally:
            self._pipe(self._process.stdin).close()
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._pipe(self._process.stdout).close()

    @staticmethod
    def _pipe(pipe: IO[str] | None) -> IO[str]:
        if pipe is None:
            raise RuntimeError("the process has no such pipe")
        return pipe

    def say(self, line: str) -> None:
        pipe = self._pipe(self._process.stdin)
        pipe.write(line + "\n")
        pipe.flush()

    def _line(self) -> str:
        line = self._pipe(self._process.stdout).readline().strip()
        if not line:
            raise RuntimeError("the process ended before it answered")
        return line

    def cpu(self) -> float:
        """Seconds of CPU that the process has used, in user and system mode."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def cpu_after(self, listeners: _Process, began: float) -> float:
        """The process's CPU since `began`, once the listeners have everything."""
        listeners.told = json.loads(listeners._line())
        return self.cpu() - began
