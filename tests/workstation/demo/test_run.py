"""`workstation demo` from end to end, offscreen, in a process of its own; and what it says when it cannot go on."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from PySide6.QtGui import QImage

from services.domain.errors import EnvironmentFault
from workstation.demo.ground import Ground
from workstation.demo.pictures import SCENES, SIZES
from workstation.demo.run import DemoOptions, OffscreenJob

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = DemoOptions(fleet_days=2, rate=1.0, no_window=True, seconds=None, screenshots=None)


@pytest.fixture
def job() -> OffscreenJob:
    """A job that has seen nothing yet."""
    return OffscreenJob(cast(Ground, SimpleNamespace(statements=())), OPTIONS)


def test_the_whole_demo_offscreen(tmp_path: Path) -> None:
    pictures, window = tmp_path / "pictures", tmp_path / "data" / "demo" / "window.ini"
    window.parent.mkdir(parents=True)
    window.write_text("[window]\npage=revenue\n", "utf-8")
    command = ["demo", "--no-window", "--fleet-days", "2", "--rate", "5", "--seconds", "5", "--screenshots"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WORKSTATION_")}
    done = subprocess.run(
        [sys.executable, "-m", "workstation.cli", *command, str(pictures)],
        cwd=ROOT,
        env={
            **environment,
            "WORKSTATION_DATA_FOLDER": str(tmp_path / "data"),
            "WORKSTATION_LOG_LEVEL": "WARNING",
            "XDG_CONFIG_HOME": str(tmp_path / "config"),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    log = (tmp_path / "data" / "demo" / "backoffice.log").read_text("utf-8")
    assert "back office: live feed at ws://127.0.0.1:" in log
    assert "Traceback" not in log
    _check_summary(done.stdout)
    assert window.read_text("utf-8") == "[window]\npage=revenue\n"
    drawn = {picture.name for picture in pictures.iterdir()}
    expected = {f"{page}-{look}-{w}x{h}.png" for page in SCENES for look in ("light", "dark") for w, h in SIZES}
    assert drawn == expected
    for name in expected:
        assert _colours(QImage(str(pictures / name))) > 30, name


def _check_summary(said: str) -> None:
    assert "demo: starting the embedded PostgreSQL…" in said
    live = re.search(r"payment events seen live: (\d+), latency p50 \d+ ms", said)
    assert live is not None and int(live.group(1)) >= 3, said
    read = re.search(r"statement lines read: ([\d,]+) from 4 files", said)
    assert read is not None and int(read.group(1).replace(",", "")) > 500, said
    assert re.search(r"matched [\d,]{3,}, exceptions \d+, difference −?[\d,]+\.\d\d KES \(open\)", said), said
    assert re.search(rf"{len(SCENES) * len(SIZES) * 2} pictures drawn into ", said), said


def _colours(image: QImage) -> int:
    spots = ((x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))
    return len({image.pixel(x, y) for x, y in spots})


def test_a_step_that_never_comes_is_named() -> None:
    async def wait() -> None:
        await OffscreenJob._until(lambda: False, 0.1, "no live payment arrived")

    with pytest.raises(EnvironmentFault, match=r"The demo gave up after 0 s: no live payment arrived\."):
        asyncio.run(wait())


def test_a_demo_closed_before_its_statements_were_in_says_so(job: OffscreenJob) -> None:
    with pytest.raises(EnvironmentFault, match="closed before yesterday's statements were imported"):
        job.print_summary(lambda _: None)
