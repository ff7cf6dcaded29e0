"""From the booking system's commit to the painted cell, against the usual dashboard: a table widget that asks every second."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QTableWidget, QTableWidgetItem
from sqlalchemy import text

from services.database.engine import Database
from tests.benchmarks.harness import Result
from tests.benchmarks.stage import Stage, passing_server
from workstation.desktop import Desktop, Surroundings, run_desktop
from workstation.settings import Settings

_SECONDS = 12.0
_POLL_MS = 1_000
_GOAL_P50, _GOAL_P99 = 0.050, 0.150

# Changes the newest twelve payments at a rate, in a process of its own: each commit gets an amount that nobody had before,
# and the moment after the commit is printed beside it, on the clock that all processes share.
_WRITER = """
import sys, time
import psycopg
url, rate, seconds, base = sys.argv[1], float(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
connection = psycopg.connect(url, autocommit=True)
ids = [row[0] for row in connection.execute(
    "SELECT id FROM public.payment_transactions ORDER BY created_at DESC, id DESC LIMIT 12")]
clock = lambda: time.clock_gettime(time.CLOCK_MONOTONIC)
began, number = clock(), 0
while (now := clock()) - began < seconds:
    due = began + number / rate
    if now < due:
        time.sleep(due - now)
    number += 1
    connection.execute("UPDATE public.payment_transactions SET amount = %s, status = %s, updated_at = now() WHERE id = %s",
        ((base + number) / 100, ("completed", "failed", "pending")[number % 3], ids[number % 12]))
    print(base + number, clock())
"""


@dataclass
class Watch(QObject):
    """When each marked change was first painted."""

    base: int
    painted: dict[int, float] = field(default_factory=dict)
    _waiting: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        QObject.__init__(self)

    def arrived(self, markers: set[int]) -> None:
        """These changes are in the table now; the next paint shows them."""
        self._waiting |= markers - self.painted.keys()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Lets the paint happen, then takes the time."""
        if event.type() == QEvent.Type.Paint and self._waiting:
            # Queued behind this paint, so that the moment is taken when it is over.
            QTimer.singleShot(0, self._stamp)
        return False

    def _stamp(self) -> None:
        now = time.clock_gettime(time.CLOCK_MONOTONIC)
        for marker in self._waiting:
            self.painted.setdefault(marker, now)
        self._waiting.clear()


def commit_to_painted_cell() -> list[Result]:
    """Rows at 50 and at 500 changes a second."""
    # Every run marks its changes with amounts of its own.
    results, bases = [], count(1_000_000, 1_000_000)
    with passing_server() as server:
        stage = Stage(server)
        stage.pay(2_000)
        with _backoffice(stage):
            for rate in (50, 500):
                ours, theirs = _run(stage, rate, next(bases), _ours), _run(stage, rate, next(bases), _polling_table)
                results.append(_row(rate, ours, theirs))
    return results


def _row(rate: int, ours: list[float], theirs: list[float]) -> Result:
    (p50, p99), (their_p50, their_p99) = _steps(ours), _steps(theirs)
    return Result(
        work=f"commit → painted cell, {rate} changes/s",
        ours=f"p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms",
        peer=f"QTableWidget asking every second p50 {their_p50 * 1e3:.0f} ms, p99 {their_p99 * 1e3:.0f} ms",
        ratio=round(p50 / their_p50, 3),
        sense="ours/peer",
        goal=f"p50 ≤ {_GOAL_P50 * 1e3:.0f} ms, p99 ≤ {_GOAL_P99 * 1e3:.0f} ms",
        holds=p50 <= _GOAL_P50 and p99 <= _GOAL_P99,
    )


def _steps(latencies: list[float]) -> tuple[float, float]:
    steps = quantiles(latencies, n=100)
    return steps[49], steps[98]


@contextmanager
def _backoffice(stage: Stage) -> Iterator[None]:
    environment = {**os.environ, "WORKSTATION_DATABASE_URL": stage.operator_url, "WORKSTATION_RELAY_PORT": "0"}
    process = subprocess.Popen(
        [sys.executable, "-m", "workstation.cli", "serve", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        process.wait(20)


def _run(stage: Stage, rate: int, base: int, show: Callable[[Desktop, Watch], Callable[[], list[str]]]) -> list[float]:
    """One side in the real desktop, seconds from commit to paint for every change; the table must end as the database."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    watch, committed = Watch(base), dict[int, float]()
    shown: list[str] = []

    async def job(desktop: Desktop) -> None:
        while desktop.live is None or desktop.live.state.kind != "ok":
            await asyncio.sleep(0.05)
        rows = show(desktop, watch)
        await asyncio.sleep(1.0)
        writer = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            _WRITER,
            stage.plain_operator_url,
            str(rate),
            str(_SECONDS),
            str(base),
            stdout=subprocess.PIPE,
        )
        output, _ = await writer.communicate()
        committed.update({int(number): float(at) for number, at in map(str.split, output.decode().splitlines())})
        await asyncio.sleep(2.5)
        shown.extend(rows())

    settings = Settings(database_url=stage.person_url, relay_url=None, theme="light")
    with TemporaryDirectory() as folder:
        memory = QSettings(str(Path(folder) / "window.ini"), QSettings.Format.IniFormat)
        run_desktop(settings, Surroundings("test", memory), job=job)
    if shown != stage.newest_amounts(12):
        raise AssertionError(f"the table ended with {shown}, the database with {stage.newest_amounts(12)}")
    return [watch.painted[number] - at for number, at in committed.items() if number in watch.painted]


def _ours(desktop: Desktop, watch: Watch) -> Callable[[], list[str]]:
    assert desktop.payments is not None and desktop.live is not None
    page = desktop.payments
    page.grid.viewport().installEventFilter(watch)
    # Connected after the page's own slot, so the model has the events by now.
    desktop.live.events.connect(lambda events: watch.arrived({_marker(e.after.amount) for e in events if e.after}))
    model: Any = page.grid.model()
    return lambda: [f"{row.amount:.2f}" for row in model.rows[:12]]


def _polling_table(desktop: Desktop, watch: Watch) -> Callable[[], list[str]]:
    """The usual way: a QTableWidget, filled anew from a query every second."""
    assert desktop.session is not None
    database: Database = desktop.session.database
    table = QTableWidget(200, 4)
    table.resize(1134, 405)
    table.show()
    table.viewport().installEventFilter(watch)
    query = text(
        "SELECT created_at, passenger_shown, amount, status FROM finance.payment WHERE fleet_id = :f"
        " ORDER BY created_at DESC, id DESC LIMIT 200"
    )
    fleet = desktop.session.fleets[0].id

    def poll() -> None:
        with database.read() as connection:
            rows = connection.execute(query, {"f": fleet}).all()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                table.setItem(number, column, QTableWidgetItem(str(value)))
        # Every change up to the newest amount is either shown or overtaken by a later one of the same payment.
        newest = max(_marker(row.amount) for row in rows[:12])
        watch.arrived(set(range(watch.base, newest + 1)))

    timer = QTimer(table, interval=_POLL_MS)
    timer.timeout.connect(poll)
    timer.start()
    return lambda: [table.item(number, 2).text() for number in range(12)]  # type: ignore[union-attr]


def _marker(amount: Decimal) -> int:
    return int(amount * 100)
