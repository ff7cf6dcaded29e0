"""Pictures of every page: named, as large as they say, light and dark, and not blank."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import qasync
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from ui.actions import ActionRegistry
from ui.main_window import MainWindow
from ui.theme import Theme
from workstation.demo import pictures
from workstation.demo.pictures import SCENES, draw_pages


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme("system")


@pytest.fixture
def window(theme: Theme, qtbot: QtBot) -> MainWindow:
    window = MainWindow(theme, ActionRegistry(), environment="demo")
    for name in dict.fromkeys(SCENES.values()):
        window.add_page(name, name.title(), name, QLabel(f"the page of {name}"))
    qtbot.addWidget(window)
    window.show()
    return window


def drawn(app: QApplication, window: MainWindow, theme: Theme, folder: Path) -> tuple[list[Path], list[str]]:
    """Draws on the loop that the desktop uses; returns the pictures and the pages that were waited for."""
    seen: list[str] = []

    async def settled(scene: str) -> None:
        assert window.current_page == SCENES[scene]
        await asyncio.sleep(0)
        seen.append(scene)

    with qasync.QEventLoop(app) as loop:
        return loop.run_until_complete(draw_pages(window, theme, folder, settled)), seen


def colours(picture: Path) -> int:
    """How many colours a picture has, as far as a coarse grid shows."""
    image = QImage(str(picture))
    spots = ((x, y) for x in range(0, image.width(), 3) for y in range(0, image.height(), 3))
    return len({image.pixel(x, y) for x, y in spots})


def test_every_page_in_both_looks_at_both_sizes(
    qapp: QApplication, window: MainWindow, theme: Theme, tmp_path: Path
) -> None:
    made, seen = drawn(qapp, window, theme, tmp_path / "new" / "pictures")
    assert seen == list(SCENES)
    assert {picture.name for picture in made} == {
        f"{scene}-{look}-{size}.png"
        for scene in SCENES
        for look in ("light", "dark")
        for size in ("1366x768", "1920x1080")
    }
    for picture in made:
        image = QImage(str(picture))
        assert picture.stem.endswith(f"{image.width()}x{image.height()}")
        assert colours(picture) > 5
    assert theme.mode == "system"


def test_a_picture_that_cannot_be_written_is_named(
    qapp: QApplication, window: MainWindow, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "SIZES", ((1366, 768),))
    (tmp_path / "payments-light-1366x768.png").mkdir()
    with pytest.raises(OSError, match=r"payments-light-1366x768\.png cannot be written"):
        drawn(qapp, window, theme, tmp_path)
