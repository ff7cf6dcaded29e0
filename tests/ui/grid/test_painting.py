from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect
from PySide6.QtGui import QColor, QFontInfo, QFontMetrics, QHelpEvent, QImage
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem, QToolTip
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import Clock, Paid, Table
from ui.grid import GridView
from ui.grid.delegate import PADDING, fitting_figure, plain
from ui.grid.ink import Ink, tabular
from ui.grid.marks import FLASH_SECONDS, NEW_SECONDS
from ui.theme import DARK, LIGHT


def picture(view: GridView[Paid]) -> QImage:
    return view.viewport().grab().toImage()


def colour(view: GridView[Paid], at: int, column: int) -> str:
    """The ground of a cell: its pixel in the upper right corner, where no text reaches."""
    area = view.visualRect(view.model().index(at, column))
    return picture(view).pixelColor(area.right() - 1, area.top() + 1).name().upper()


def colours(image: QImage, area: QRect) -> set[str]:
    return {
        image.pixelColor(x, y).name().upper()
        for x in range(area.left(), area.right())
        for y in range(area.top(), area.bottom() + 1)
    }


@pytest.fixture
def shown(table: Table) -> GridView[Paid]:
    model, view = table(5)
    view.setStyleSheet(f"QTableView {{ background: {LIGHT.surface}; }}")
    model.update([Paid(4, status="failed"), Paid(3, status="on_hold"), Paid(2, status="")])
    model.marks.clear()
    return view


def test_a_pill_has_the_colours_of_its_status(shown: GridView[Paid]) -> None:
    image = picture(shown)
    for at, (word, ground) in enumerate([LIGHT.status("completed"), LIGHT.status("failed"), LIGHT.status("on_hold")]):
        drawn = colours(image, shown.visualRect(shown.model().index(at, 3)))
        assert {word, ground} <= drawn


def test_no_status_no_pill(shown: GridView[Paid]) -> None:
    drawn = colours(picture(shown), shown.visualRect(shown.model().index(3, 3)))
    assert drawn == {LIGHT.surface, LIGHT.line}


def test_selection_hairline_and_text(shown: GridView[Paid]) -> None:
    shown.selectRow(1)
    assert colour(shown, 1, 0) == LIGHT.accentweak
    assert colour(shown, 0, 0) == LIGHT.surface
    image = picture(shown)
    area = shown.visualRect(shown.model().index(0, 1))
    assert image.pixelColor(area.center().x(), area.bottom()).name().upper() == LIGHT.line
    assert any(QColor(drawn).lightness() < 90 for drawn in colours(image, area))


def test_amounts_end_at_the_right(shown: GridView[Paid]) -> None:
    image, area = picture(shown), shown.visualRect(shown.model().index(0, 2))
    left = QRect(area.left(), area.top(), 20, area.height() - 1)
    assert colours(image, left) == {LIGHT.surface}


def test_a_change_flashes_and_fades_out(shown: GridView[Paid], clock: Clock) -> None:
    shown.set_reduced_motion(False)
    shown._grid.update([Paid(5, amount="7.00")])
    assert colour(shown, 0, 2) == LIGHT.accentweak
    assert colour(shown, 0, 1) == LIGHT.surface
    clock.now = FLASH_SECONDS / 2
    assert colour(shown, 0, 2) not in (LIGHT.accentweak, LIGHT.surface)
    clock.now = FLASH_SECONDS
    assert colour(shown, 0, 2) == LIGHT.surface


def test_reduced_motion_flashes_nothing_and_fades_nothing(shown: GridView[Paid], clock: Clock) -> None:
    shown._grid.update([Paid(5, amount="7.00")])
    assert colour(shown, 0, 2) == LIGHT.surface
    shown._grid.prepend([Paid(6)])
    fresh = colour(shown, 0, 2)
    assert fresh not in (LIGHT.accentweak, LIGHT.surface)
    clock.now = NEW_SECONDS - 0.1
    assert colour(shown, 0, 2) == fresh
    clock.now = NEW_SECONDS
    assert colour(shown, 0, 2) == LIGHT.surface


def test_rows_can_be_tinted(shown: GridView[Paid]) -> None:
    shown.set_row_tint(lambda row: DARK.accent if row.number == 4 else None)
    assert colour(shown, 1, 1) == DARK.accent
    assert colour(shown, 0, 1) == LIGHT.surface


def test_the_keyboards_row_has_a_bar(shown: GridView[Paid], qtbot: QtBot) -> None:
    shown.setFocus()
    qtbot.waitUntil(shown.hasFocus)
    shown.setCurrentIndex(shown.model().index(1, 0))
    image, area = picture(shown), shown.visualRect(shown.model().index(1, 0))
    assert image.pixelColor(0, area.center().y()).name().upper() == LIGHT.accent


def test_the_header_is_drawn_with_its_arrow(shown: GridView[Paid]) -> None:
    header = shown.horizontalHeader()

    def drawn(section: int) -> QImage:
        area = QRect(header.sectionViewportPosition(section), 0, header.sectionSize(section), header.height())
        return header.grab(area).toImage()

    assert header.height() == header.sizeHint().height() == 30
    assert drawn(0).pixelColor(2, 2).name().upper() == LIGHT.raised
    without = drawn(2)
    shown.set_sort("amount_cents")
    falling = drawn(2)
    shown.set_sort("amount_cents", False)
    rising = drawn(2)
    assert without != falling != rising != without
    shown.set_sort("name")
    assert drawn(2) == without
    shown.set_sort("nothing that is shown")
    shown.set_theme(DARK)
    assert drawn(0).pixelColor(2, 2).name().upper() == DARK.raised


def test_a_cut_text_and_a_hint_stand_in_the_tooltip(shown: GridView[Paid]) -> None:
    shown._grid.update([Paid(5, name="Amina of the very long name, whose name goes on, and on, and on")])
    cell = shown._grid.index
    tip = shown._delegate.tip
    assert tip(cell(0, 1), 100).startswith("Amina of")
    assert tip(cell(0, 1), 2_000) == ""
    assert tip(cell(1, 3), 500) == "no answer"
    assert tip(cell(0, 3), 20) == "Completed"
    assert shown._delegate.sizeHint(QStyleOptionViewItem(), cell(0, 3)).width() > 80


def test_a_tooltip_is_plain_text(shown: GridView[Paid]) -> None:
    assert plain("<b>A & B</b>").endswith("&lt;b&gt;A &amp; B&lt;/b&gt;</span>")
    shown._grid.update([Paid(4, name="<b>" + "A" * 200, status="failed")])
    for column, wanted in ((1, "&lt;b&gt;A"), (3, "no answer"), (0, "")):
        where = shown.visualRect(shown._grid.index(1, column)).center()
        event = QHelpEvent(QEvent.Type.ToolTip, where, shown.viewport().mapToGlobal(where))
        QApplication.sendEvent(shown.viewport(), event)
        assert wanted in QToolTip.text()
    QToolTip.hideText()


def test_no_tooltip_beside_the_rows(shown: GridView[Paid]) -> None:
    where = QPoint(5, shown.viewport().height() - 3)
    event = QHelpEvent(QEvent.Type.ToolTip, where, shown.viewport().mapToGlobal(where))
    option = QStyleOptionViewItem()
    assert not shown._delegate.helpEvent(event, shown, option, shown.indexAt(where))


def test_long_texts_are_cut_and_kept_for_few_only(shown: GridView[Paid], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.grid.delegate._KEPT_ELISIONS", 3)
    shown.set_theme(LIGHT)
    picture(shown)
    assert len(shown._delegate._elided) <= 3
    assert shown._delegate._fitted("Amina of the very long name", 60, False).endswith("…")


def test_figures_have_one_width(qapp: QApplication) -> None:
    metrics = QFontMetrics(tabular(qapp.font(), pixels=13))
    assert len({metrics.horizontalAdvance(figure * 8) for figure in "0123456789"}) == 1


def test_a_figure_is_never_cut(qapp: QApplication) -> None:
    font = Ink(LIGHT, qapp.font()).strong_font
    whole = QFontMetrics(font).horizontalAdvance("999,999.00")
    assert fitting_figure("999,999.00", whole, font) == ("999,999.00", font)
    text, smaller = fitting_figure("999,999.00", whole - 1, font)
    assert text == "999,999.00"
    assert QFontMetrics(smaller).horizontalAdvance(text) < whole
    assert QFontInfo(smaller).pixelSize() < QFontInfo(font).pixelSize()
    assert fitting_figure("999,999.00", 20, font) == ("###", font)


def test_a_figure_too_wide_for_its_cell_is_set_smaller(table: Table, qapp: QApplication) -> None:
    model, view = table(1)
    view.columns.show(3, False)
    # A little less than the figure needs, whichever font the process has by now.
    width = view.fontMetrics().horizontalAdvance("1,234,567.00") + 2 * PADDING - 6
    view.horizontalHeader().resizeSection(2, width)
    pictures = []
    for amount in ("1,234,567.00", "1,234,56…", "###", "999,999,999,999,999,999.00"):
        model.update([Paid(1, amount=amount)])
        model.marks.clear()
        pictures.append(view.viewport().grab().toImage())
    assert pictures[0] != pictures[1]
    assert pictures[0] != pictures[2]
    # Only a hint says a figure for which there is no room at all.
    assert pictures[3] == pictures[2]
    assert view._delegate.tip(model.index(0, 2), width) == "999,999,999,999,999,999.00"
