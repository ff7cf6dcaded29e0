"""From the start of a process to what a person sees, against the least that PySide6 can do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.benchmarks.harness import Contest, Result
from tests.benchmarks.stage import Stage, passing_server

# Each program prints the moment at which its first picture was painted, on the clock that all processes share.
_SAY = """
import time
from PySide6.QtCore import QEvent, QObject, QTimer
class Painted(QObject):
    def __init__(self, window, ready=lambda: True):
        super().__init__(); self.window, self.ready = window, ready; window.installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest and self.ready():
            QTimer.singleShot(0, self.tell)
        return False
    def tell(self):
        import os
        print(time.clock_gettime(time.CLOCK_MONOTONIC), self.window.isVisible(), flush=True); os._exit(0)
"""
# Both sides show their window and let Qt paint it; the moment after that is taken.
_BARE = """
import os, time
from PySide6.QtWidgets import QApplication, QMainWindow, QLabel
app = QApplication([]); window = QMainWindow(); window.setCentralWidget(QLabel("Hello")); window.resize(1366, 768)
window.show(); app.processEvents()
print(time.clock_gettime(time.CLOCK_MONOTONIC), window.isVisible(), flush=True); os._exit(0)
"""
# Ours is the real command, from its first line on.
_SHELL = """
import os, sys, time
from PySide6.QtWidgets import QApplication
process = QApplication.processEvents
def painted(*_):
    process()
    at = time.clock_gettime(time.CLOCK_MONOTONIC)
    print(at, any(window.isVisible() for window in QApplication.topLevelWidgets()), flush=True); os._exit(0)
QApplication.processEvents = painted
sys.argv = ["workstation"]
from workstation.cli import main
main()
"""
_ROWS = (
    _SAY
    + """
from workstation.desktop import run_desktop
import asyncio
async def job(desktop):
    while desktop.payments is None or desktop.payments.grid.model().rowCount() == 0:
        await asyncio.sleep(0.002)
    painted = Painted(desktop.window); desktop.payments.grid.viewport().update(); desktop.window.update()
    await asyncio.sleep(30)
run_desktop(job=job)
"""
)


def _seconds(program: str, **environment: str) -> tuple[float, object]:
    began = time.clock_gettime(time.CLOCK_MONOTONIC)
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path.cwd()), **environment},
    )
    if not done.stdout.strip():
        raise RuntimeError(f"the program painted nothing:\n{done.stderr}")
    at, visible = done.stdout.split()[-2:]
    return float(at) - began, visible


def painted_shell() -> Result:
    """The painted window with rail, status bar and sign-in behind it, against an empty QMainWindow."""
    return Contest(
        "start → painted shell",
        lambda: _seconds(_SHELL),
        "bare PySide6 window",
        lambda: _seconds(_BARE),
        "ours/peer",
        1.5,
        rounds=9,
    ).run()


def first_live_rows() -> Result:
    """The first page of payments from the database in the grid, against an empty QMainWindow."""
    with passing_server() as server:
        stage = Stage(server)
        stage.pay(5_000)
        return Contest(
            "start → first live rows",
            lambda: _seconds(_ROWS, WORKSTATION_DATABASE_URL=stage.person_url),
            "bare PySide6 window",
            lambda: _seconds(_BARE),
            "ours/peer",
            5.0,
            rounds=7,
        ).run()
