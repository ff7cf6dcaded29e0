"""The whole day of an accountant, in the real window: the statements are dropped, and the day's difference is 0.00."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.domain.period import today
from services.feed.verification import verify
from tests.world import World
from ui.main_window import MainWindow
from workstation.demo.day import plan_day
from workstation.demo.fleet import demo_fleet
from workstation.demo.history import load_history
from workstation.demo.statements import write_statements
from workstation.desktop import Desktop, Surroundings, run_desktop
from workstation.settings import Settings

_SEED = 7


def _days(world: World, folder: Path) -> tuple[datetime, list[Path]]:
    """Two days of the demo's fleet in which every callback arrives and nothing goes wrong; yesterday's statements."""
    fleet, now = demo_fleet(), datetime.now(UTC)
    yesterday = today(now=now) - timedelta(days=1)
    plans = [
        plan_day(_SEED, fleet, yesterday - timedelta(days=back), scale=0.15, lost_callbacks=False) for back in (2, 1, 0)
    ]
    right = [replace(plan, stories=tuple(story for story in plan.stories if not story.faults)) for plan in plans]
    load_history(world.database(), fleet, right, now)
    world.project()
    return now, write_statements(folder, fleet, yesterday, [entry for plan in right for entry in plan.entries])


def _drop(window: MainWindow, files: list[Path]) -> None:
    """What the window system sends when files are dragged in and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(file)) for file in files])
    copy, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    middle = QPointF(window.width() / 2, window.height() / 2)
    enter = QDragEnterEvent(middle.toPoint(), copy, data, button, keys)
    QApplication.sendEvent(window.windowHandle(), enter)
    assert window.drop_zone.isVisible()
    QApplication.sendEvent(window.drop_zone, QDropEvent(middle, copy, data, button, keys))


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.02)


def test_from_drop_to_difference_nought(world: World, qtbot: QtBot, tmp_path: Path) -> None:
    now, files = _days(world, tmp_path / "statements")
    fleet = demo_fleet()
    world.person(fleet.id, "manager", "demo_manager")
    url = world.login_url("demo_manager").render_as_string(hide_password=False)
    complaints: list[str] = []
    seen: dict[str, object] = {}

    async def job(desktop: Desktop) -> None:
        await _until(lambda: desktop.reconciliation is not None)
        page = desktop.reconciliation
        assert page is not None
        reports: list[object] = []
        page.import_finished.connect(reports.append)
        _drop(desktop.window, files)
        await _until(lambda: reports and page.day == today(now=now) - timedelta(days=1))
        await _until(lambda: page.totals.text("Difference") == "0.00")
        seen.update(
            page=desktop.window.current_page,
            day=page.day,
            difference=page.totals.text("Difference"),
            status=next(row.status for row in page.days.rows if row.day == page.day),
            by=next(row.reconciled_by for row in page.days.rows if row.day == page.day),
        )

    memory = QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat)
    settings = Settings(database_url=url, theme="light")
    assert run_desktop(settings, Surroundings("test", memory, complain=complaints.append), job=job) == 0
    assert seen == {
        "page": "reconciliation",
        "day": today(now=now) - timedelta(days=1),
        "difference": "0.00",
        "status": "reconciled",
        "by": "demo_manager",
    }
    # No back office runs in this test, and the window says so; nothing else is wrong.
    assert [words for words in complaints if not words.startswith("Payments are not live: No relay is running")] == []
    assert world.value("SELECT count(*) FROM finance.statement") == len(files)
    assert world.value("SELECT sum(system_total - mpesa_total) FROM finance.payment_reconciliation") == 0
    assert verify(world.database("finance_owner")).differences == ()
