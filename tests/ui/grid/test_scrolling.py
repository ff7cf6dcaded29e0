"""What is painted while a table is scrolled."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.ui.grid.paid import Paid, Table
from ui.grid import GridView
from ui.theme import DARK, LIGHT


def on_screen(view: GridView[Paid]) -> QImage:
    """What the screen shows, with all that was moved and left as it was."""
    QApplication.processEvents()
    return view.screen().grabWindow(view.winId()).toImage().convertToFormat(QImage.Format.Format_RGB32)


def painted_anew(view: GridView[Paid]) -> QImage:
    return view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def test_scrolling_paints_what_comes_into_view_only(table: Table) -> None:
    _, view = table(60)
    # As the theme does: Qt then leaves the ground to the style, and no longer knows that nothing shines through.
    view.setStyleSheet(f"QTableView {{ background: {LIGHT.surface}; }}")
    painted: list[int] = []
    # Asked for every row that is painted.
    view.set_row_tint(lambda row: painted.append(row.number))
    QApplication.processEvents()
    seen = view.sight()
    assert set(painted) == {60 - at for at in seen}
    # Where the pointer rests, the row that came there is painted as well.
    QTest.mouseMove(view.viewport(), QPoint(50, 130))
    QApplication.processEvents()
    painted.clear()
    view.verticalScrollBar().setValue(21)
    QApplication.processEvents()
    assert painted
    assert set(painted) <= {60 - (seen.stop - 1), 60 - seen.stop, 60 - view.rowAt(130)}


def test_what_was_moved_looks_like_what_is_painted_anew(table: Table) -> None:
    model, view = table(60)
    view.setFixedWidth(600)
    before = on_screen(view)
    for by, row in ((21, Paid(50, name="Wanjiku")), (35, Paid(49, status="failed")), (-17, Paid(52, name="Otieno"))):
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + by)
        model.update([row])
        model.marks.clear()
        QApplication.processEvents()
    assert on_screen(view) == painted_anew(view) != before


def test_below_the_last_row_there_is_nothing_but_ground(table: Table) -> None:
    model, view = table(6)
    on_screen(view)
    model.remove([1, 2, 3])
    view.set_theme(DARK)
    image = on_screen(view)
    assert image == painted_anew(view)
    assert image.pixelColor(300, view.height() - 5).name().upper() == DARK.surface.upper()
