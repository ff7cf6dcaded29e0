"""A row that goes on in the next line."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from ui.widgets.amounts import fitting
from ui.widgets.flow import FlowRow


class Box(QWidget):
    def sizeHint(self) -> QSize:
        return QSize(100, 30)


def row(qtbot: QtBot, count: int, *, growing: bool = False) -> tuple[QWidget, FlowRow, list[Box]]:
    host = QWidget()
    qtbot.addWidget(host)
    flow = FlowRow(host)
    boxes = [Box() for _ in range(count)]
    for box in boxes:
        box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if growing:
        boxes[-1].setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        boxes[-1].setMinimumWidth(60)
    flow.add(*boxes)
    return host, flow, boxes


def places(host: QWidget, boxes: list[Box], width: int) -> list[tuple[int, int, int]]:
    host.resize(width, 200)
    host.show()
    QApplication.processEvents()
    return [(box.x(), box.y(), box.width()) for box in boxes if box.isVisible()]


def test_as_many_as_fit_stand_in_a_line(qtbot: QtBot) -> None:
    host, flow, boxes = row(qtbot, 3)
    assert places(host, boxes, 316) == [(0, 0, 100), (108, 0, 100), (216, 0, 100)]
    assert places(host, boxes, 315) == [(0, 0, 100), (108, 0, 100), (0, 38, 100)]
    assert [flow.heightForWidth(width) for width in (316, 315, 100)] == [30, 68, 106]
    assert flow.hasHeightForWidth()
    assert flow.sizeHint() == QSize(316, 30)
    assert flow.minimumSize() == QSize(100, 30)


def test_what_may_grow_takes_what_is_left(qtbot: QtBot) -> None:
    host, _, boxes = row(qtbot, 3, growing=True)
    assert places(host, boxes, 500) == [(0, 0, 100), (108, 0, 100), (216, 0, 284)]
    assert places(host, boxes, 276) == [(0, 0, 100), (108, 0, 100), (216, 0, 60)]
    assert places(host, boxes, 275) == [(0, 0, 100), (108, 0, 100), (0, 38, 275)]


def test_hidden_widgets_take_no_room(qtbot: QtBot) -> None:
    host, _, boxes = row(qtbot, 3)
    boxes[1].hide()
    assert places(host, boxes, 400) == [(0, 0, 100), (108, 0, 100)]


def test_items_as_qt_asks_for_them(qtbot: QtBot) -> None:
    _, flow, boxes = row(qtbot, 2)
    first = flow.itemAt(0)
    assert first is not None
    assert first.widget() is boxes[0]
    assert flow.itemAt(2) is None
    assert flow.takeAt(5) is None
    assert flow.takeAt(0) is not None
    assert flow.count() == 1
    flow.takeAt(0)
    assert flow.minimumSize() == QSize(0, 0)
    assert flow.heightForWidth(100) == 0


def test_a_figure_loses_its_cents_before_it_is_cut(qtbot: QtBot) -> None:
    metrics = QFontMetrics(QApplication.font())
    wide = metrics.horizontalAdvance("824,700.50")
    assert fitting("824,700.50", wide, metrics) == "824,700.50"
    assert fitting("824,700.50", wide - 1, metrics) == "824,700"
    assert fitting("97.1 %", 1, metrics) == "97.1 %"
    assert fitting("", 1, metrics) == ""


class Words(QWidget):
    """As wide as it may be: 150 px, 120 px, or 60 px with its value cut."""

    widths = (150, 150, 120, 60)


class Heading(QWidget):
    """It may go altogether."""

    widths = (50, 50, 50, 0)


def test_words_come_back_before_anything_grows(qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    search = QWidget()
    search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    search.setMinimumWidth(100)
    heading, first, second = Heading(), Words(), Words()
    FlowRow(host).add(heading, first, second, search)

    def widths(width: int) -> tuple[int, ...]:
        host.resize(width, 60)
        host.show()
        QApplication.processEvents()
        return heading.width() * (heading.geometry().right() > 0), first.width(), second.width(), search.width()

    assert widths(236) == (0, 60, 60, 100)
    assert widths(293) == (0, 117, 60, 100)
    assert widths(294) == (50, 60, 60, 100)
    assert widths(384) == (50, 120, 90, 100)
    assert widths(414) == (50, 120, 120, 100)
    assert widths(443) == (50, 120, 120, 129)
    assert widths(444) == (50, 150, 120, 100)
    assert widths(474) == (50, 150, 150, 100)
