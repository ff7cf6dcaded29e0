"""`workstation demo`: the ground, then the real desktop on it; in a window, or offscreen with a summary."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from pydantic import SecretStr

from services.domain.errors import EnvironmentFault
from services.domain.money import shown
from services.domain.payment import COMPLETED
from services.domain.period import preset
from services.payments.filters import PaymentFilter
from workstation.demo.backoffice import ANCHORS
from workstation.demo.ground import Ground, lay_ground
from workstation.settings import Settings

if TYPE_CHECKING:
    from ui.payments.page import PaymentsPage
    from ui.reconciliation.importing import ImportReport
    from workstation.desktop import Desktop, Job


_FIRST_BUSY_HOUR = 8


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How the demo runs: days of history, bookings a second, offscreen, for how long, and where pictures go."""

    fleet_days: int
    rate: float
    no_window: bool
    seconds: float | None
    screenshots: Path | None


def run_demo(settings: Settings, options: DemoOptions) -> int:
    """Runs until the window is closed, or offscreen until its job is done; returns the exit code."""
    if options.no_window:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with ExitStack() as stack:
        ground = lay_ground(settings, options.fleet_days, options.rate, stack, _say)
        return _show(settings, options, ground)


def _say(sentence: str) -> None:
    print(f"demo: {sentence}", flush=True)


def _show(settings: Settings, options: DemoOptions, ground: Ground) -> int:
    from PySide6.QtCore import QSettings

    from workstation.desktop import Surroundings, run_desktop

    # Pictures show the window as it is at first, and leave a person's as it was.
    kept = ground.folder / ("pictures.ini" if options.no_window else "window.ini")
    memory = QSettings(str(kept), QSettings.Format.IniFormat)
    if options.no_window:
        memory.clear()
    told = {"database_url": SecretStr(ground.person_url), "relay_url": None, "audit_anchors": ground.folder / ANCHORS}
    settings = settings.model_copy(update=told)
    around = Surroundings("demo", memory, ground.statements[0].parent)
    if not options.no_window:
        _say(f"yesterday's M-Pesa statements are in {ground.statements[0].parent}: drop them on the window")
    job = OffscreenJob(ground, options) if options.no_window else None
    code = run_desktop(settings, around, job=job or _for_seconds(options.seconds))
    if job is not None:
        job.print_summary(_say)
    return code


def _for_seconds(seconds: float | None) -> Job | None:
    if seconds is None:
        return None

    async def wait(_: Desktop) -> None:
        await asyncio.sleep(seconds)

    return wait


class OffscreenJob:
    """The same job without a display: live traffic, yesterday's statements imported and matched, pictures, a summary."""

    def __init__(self, ground: Ground, options: DemoOptions) -> None:
        self._ground, self._options = ground, options
        self._latencies: list[float] = []
        self._report: ImportReport | None = None
        self._pictures: list[Path] = []

    async def __call__(self, desktop: Desktop) -> None:
        """Does the job on the running desktop."""
        began = time.monotonic()
        await self._until(
            lambda: desktop.live is not None and desktop.reconciliation is not None, 60, "the desktop did not sign in"
        )
        assert desktop.live is not None and desktop.reconciliation is not None
        desktop.live.events.connect(self._happened)
        desktop.reconciliation.import_finished.connect(self._imported)
        desktop.import_statements(self._ground.statements)
        await self._until(lambda: self._report is not None, 120, "the import did not end")
        await self._until(lambda: len(self._latencies) >= 3, 60, "no live payment arrived")
        if self._options.screenshots is not None:
            await self._draw(desktop, self._options.screenshots)
        seconds = self._options.seconds
        if seconds is not None:
            await asyncio.sleep(max(0.0, began + seconds - time.monotonic()))

    async def _draw(self, desktop: Desktop, folder: Path) -> None:
        from workstation.demo.pictures import draw_pages

        payments, reconciliation = desktop.payments, desktop.reconciliation
        assert payments is not None and reconciliation is not None and desktop.fleet is not None
        if datetime.now(desktop.fleet.zone).hour < _FIRST_BUSY_HOUR:
            # Before the first buses have left, a page of today shows nobody what it is for.
            payments.show_filter(PaymentFilter(desktop.fleet.id, preset("last_7_days", desktop.fleet.zone)))
        reconciliation.summary.dismiss()

        async def settled(scene: str) -> None:
            if scene == "payment":
                await self._open_a_payment(desktop, payments)
            else:
                desktop.close_payment()
            await asyncio.sleep(1.0)
            await self._until(lambda: payments.settled, 30, "the page of payments did not settle")
            if scene == "revenue" and (revenue := desktop.revenue) is not None:
                await self._until(lambda: revenue.settled, 30, "the page of revenue did not settle")

        self._pictures = await draw_pages(desktop.window, desktop.theme, folder, settled)

    async def _open_a_payment(self, desktop: Desktop, payments: PaymentsPage) -> None:
        """Opens the newest payment whose story has an end."""
        done = next((row for row in payments.rows if row.status == COMPLETED), None)
        if done is not None:
            payments.grid.select(done.id)
            desktop.open_payment(done.id)
        await asyncio.sleep(1.0)

    def _imported(self, report: ImportReport) -> None:
        self._report = report

    def _happened(self, events: Any) -> None:
        now = datetime.now(UTC)
        self._latencies += [(now - event.at).total_seconds() for event in events if event.payment_id is not None]

    @staticmethod
    async def _until(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise EnvironmentFault(f"The demo gave up after {seconds:.0f} s: {otherwise}.")
            await asyncio.sleep(0.05)

    def print_summary(self, say: Callable[[str], None]) -> None:
        """Prints what was seen."""
        steps = quantiles(self._latencies, n=100) if len(self._latencies) > 1 else [0.0] * 99
        say(
            f"payment events seen live: {len(self._latencies)}, latency p50 {steps[49] * 1000:.0f} ms, p99 {steps[98] * 1000:.0f} ms"
        )
        if self._report is None:
            raise EnvironmentFault("The demo was closed before yesterday's statements were imported.")
        rows = sum(file.result.rows for file in self._report.files if file.result is not None)
        say(f"statement lines read: {rows:,} from {len(self._report.files)} files")
        for day in self._report.days:
            exceptions = sum(tally.count for tally in day.exceptions.values())
            figures = f"matched {len(day.matches):,}, exceptions {exceptions}, difference {shown(day.difference)} KES"
            say(f"{day.day:%a %d %b}: {figures} ({day.status})")
        if self._pictures:
            say(f"{len(self._pictures)} pictures drawn into {self._pictures[0].parent}")
