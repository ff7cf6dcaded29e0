"""The drawings: one family, one colour, crisp."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

import resources
from ui.icons import app_icon, brand_pixmap, icon, pixmap

NAMES = sorted(found.stem for found in resources.path("icons").glob("*.svg") if found.stem != "app")
NEEDED = {
    *("payments", "revenue", "alerts", "reconciliation", "audit", "search", "check", "warning", "cross", "arrow_up"),
    *("arrow_down", "chevron_down", "database", "signal", "file", "import", "clock", "filter", "settings", "copy"),
    *("moon", "sun", "close", "user"),
}


def inked(image: QImage) -> list[QColor]:
    """The colours of the picture's opaque points."""
    colours = (image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height()))
    return [colour for colour in colours if colour.alpha() == 255]


def channels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def test_every_drawing_that_is_asked_for_exists() -> None:
    assert set(NAMES) >= NEEDED


@pytest.mark.parametrize("name", NAMES)
def test_drawings_are_one_family(name: str) -> None:
    drawing = resources.text(f"icons/{name}.svg")
    assert 'viewBox="0 0 16 16"' in drawing
    assert 'stroke="currentColor" stroke-width="1.6"' in drawing


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_has_the_colour_it_is_asked_for(qapp: QApplication, name: str) -> None:
    points = inked(pixmap(name, "#C02040", 16, 3).toImage())
    assert len(points) > 20
    # Blending may round by one.
    assert all(abs(a - b) <= 1 for point in points for a, b in zip(channels(point), (0xC0, 0x20, 0x40), strict=True))


def test_an_icon_is_crisp_at_double_resolution(qapp: QApplication) -> None:
    made = icon("search", "#102030").pixmap(QSize(16, 16), 2.0)
    assert (made.width(), made.devicePixelRatio()) == (32, 2.0)


def test_a_large_icon_keeps_the_stroke(qapp: QApplication) -> None:
    small, large = (pixmap("cross", "#000000", size).toImage() for size in (16, 64))
    share = [
        sum(image.pixelColor(x, image.height() // 2).alpha() > 0 for x in range(image.width()))
        for image in (small, large)
    ]
    assert share[1] < share[0] * 4


def test_the_mark_is_the_accent_with_rounded_corners(qapp: QApplication) -> None:
    image = brand_pixmap("#0B6B5B", "#FFFFFF", 64).toImage()
    assert image.pixelColor(0, 0).alpha() == 0
    assert image.pixelColor(32, 4) == QColor("#0B6B5B")
    assert image.pixelColor(32, 30) == QColor("#FFFFFF")
    assert QSize(256, 256) in app_icon("#0B6B5B", "#FFFFFF").availableSizes()


def test_an_unknown_icon_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"icons/nothing\.svg"):
        icon("nothing", "#000000")
