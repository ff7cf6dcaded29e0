"""The tile: a figure people watch and click."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from ui.theme import Theme
from ui.widgets.tile import HEIGHT, Tile


def failed(theme: Theme, qtbot: QtBot) -> Tile:
    tile = Tile(theme, "Failed", status="failed")
    qtbot.addWidget(tile)
    tile.set_figure("3,400.00")
    tile.set_details("58 payments", "41 cancelled, 12 no answer")
    tile.show()
    return tile


def test_a_tile_is_read_aloud_whole(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    assert tile.accessibleName() == "Failed KES 3,400.00"
    assert tile.accessibleDescription() == "58 payments, 41 cancelled, 12 no answer"
    tile.set_figure("")
    assert tile.figure == "—"


def test_mouse_and_keyboard_click_and_only_the_page_marks(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    clicks: list[bool] = []
    tile.clicked.connect(lambda: clicks.append(tile.active))
    QTest.mouseClick(tile.findChildren(QLabel)[0], Qt.MouseButton.LeftButton)
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    QTest.keyClick(tile, Qt.Key.Key_Space)
    tile.set_active(True)
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert clicks[-3:] == [False, False, True]


def test_tiles_are_equally_high_and_elide(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    tile.resize(110, HEIGHT)
    line = tile._details[1]
    assert tile.sizeHint().height() == tile.minimumSizeHint().height() == HEIGHT
    assert line.shown_text().endswith("…")
    assert "41 cancelled, 12 no answer" in line.toolTip()


def test_the_dot_has_the_colour_of_the_status(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    light = tile.grab().toImage()
    theme.set_mode("dark")
    assert tile.grab().toImage() != light


def test_markup_is_text(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    tile.set_details("<b>58</b>")
    assert {label.textFormat() for label in tile.findChildren(QLabel)} == {Qt.TextFormat.PlainText}


def test_how_the_figure_moved_stands_beside_it(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    assert (tile.changed, tile._changed.isHidden()) == ("", True)
    tile.set_changed("▲ 6.2 %")
    assert (tile.changed, tile._changed.isHidden()) == ("▲ 6.2 %", False)
    assert tile.accessibleName() == "Failed KES 3,400.00 ▲ 6.2 %"
    tile.set_changed("")
    assert tile._changed.isHidden()


def test_the_unit_gives_way_to_the_title(theme: Theme, qtbot: QtBot) -> None:
    tile = failed(theme, qtbot)
    shown = []
    for width in (160, 100, 160):
        tile.resize(width, HEIGHT)
        shown.append(not tile._unit_label.isHidden())
    assert shown == [True, False, True]
