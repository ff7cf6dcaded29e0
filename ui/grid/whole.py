"""A table that holds a stretch of a long list, with a scroll bar over the whole of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Generic

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QLabel, QScrollBar, QStyle, QStyleOptionSlider, QWidget

from ui.grid.columns import Row
from ui.grid.header import HEIGHT
from ui.grid.model import GridModel
from ui.grid.span import Span, Travel
from ui.grid.view import GridView
from ui.theme import Tokens

# A drag asks for a place once it has rested there for a moment.
_RESTED_MS: Final = 40
# How long the bubble stays once the bar has been let go.
_SAID_MS: Final = 900
_BUBBLE_GAP: Final = 8


class WholeList(QWidget, Generic[Row]):
    """A `GridView` and its bar. `place_wanted(int)` asks for the rows around a place that is not loaded.

    Answer by showing them, `set_span`, and `landed` (or `missed` when they could not be had). `where` says in few words
    where in the list a row is, such as its time.
    """

    place_wanted = Signal(int)

    def __init__(
        self, view: GridView[Row], model: GridModel[Row], tokens: Tokens, where: Callable[[Row], str], name: str
    ) -> None:
        """`name` is what screen readers call the bar."""
        super().__init__()
        self._view, self._model, self._where = view, model, where
        self._span = Span()
        self._sought: int | None = None
        self._bar = _Bar(view.verticalScrollBar(), self)
        self._bar.setAccessibleName(name)
        self._bar.setAccessibleDescription(self.tr("Home and End in the table go to the first and the last row."))
        self._corner = _Corner(tokens)
        self._bubble = _bubble(self)
        self._rested = self._timer(_RESTED_MS, self._ask)
        self._said = self._timer(_SAID_MS, self._bubble.hide)
        self._build()

    @property
    def bar(self) -> QScrollBar:
        """The scroll bar over the whole list."""
        return self._bar

    @property
    def bubble(self) -> str:
        """What is said beside the handle; '' while nothing is."""
        return self._bubble.text() if self._bubble.isVisible() else ""

    @property
    def seeking(self) -> bool:
        """Whether a place is being gone to that is not loaded yet."""
        return self._sought is not None

    def set_theme(self, tokens: Tokens) -> None:
        """Paints with other colours from now on."""
        self._corner.set_theme(tokens)

    def set_span(self, span: Span) -> None:
        """Says which stretch of how long a list the table holds."""
        if span != self._span:
            self._span = span
            self._sync()

    def landed(self) -> None:
        """The place that was asked for is loaded: goes there, unless another one is sought by now."""
        if self._sought is None or self._rested.isActive():
            return
        travel = self._travel()
        pixel, self._sought = min(self._sought, travel.furthest), None
        within = travel.within(pixel)
        self._view.show_pixel(pixel - self._span.first * travel.row if within is None else within)
        self._sync()
        self._say(travel, pixel)

    def missed(self) -> None:
        """The place that was asked for could not be had: stays where it is."""
        self._sought = None
        self._sync()
        self._bubble.hide()

    # --- inside --------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        area = QGridLayout(self)
        area.setContentsMargins(0, 0, 0, 0)
        area.setSpacing(0)
        area.addWidget(self._view, 0, 0, 2, 1)
        area.addWidget(self._corner, 0, 1)
        area.addWidget(self._bar, 1, 1)
        self.setFocusProxy(self._view)
        self._view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = self._view.verticalScrollBar()
        inner.valueChanged.connect(self._sync)
        inner.rangeChanged.connect(self._sync)
        self._bar.valueChanged.connect(self._moved)
        self._bar.sliderReleased.connect(self._let_go)

    def _travel(self) -> Travel:
        return Travel(
            self._span, self._view.verticalHeader().defaultSectionSize(), max(1, self._view.viewport().height())
        )

    def _sync(self) -> None:
        travel = self._travel()
        with QSignalBlocker(self._bar):
            self._bar.setRange(0, travel.maximum)
            self._bar.setPageStep(max(1, travel.page // travel.unit))
            self._bar.setSingleStep(max(1, travel.row // travel.unit))
            if self._sought is None and not self._bar.isSliderDown():
                self._bar.setValue(travel.value(self._view.scrolled))
        # A table that shows every row has no use for a bar, nor for the room it takes.
        for part in (self._bar, self._corner):
            part.setVisible(travel.maximum > 0)

    def _moved(self, value: int) -> None:
        travel = self._travel()
        pixel = travel.pixel(value)
        within = travel.within(pixel)
        if within is None:
            self._sought = pixel
            self._rested.start()
        else:
            self._sought = None
            self._rested.stop()
            self._view.show_pixel(within)
        if within is None or self._bar.isSliderDown():
            self._say(travel, pixel)

    def _ask(self) -> None:
        if self._sought is not None:
            self.place_wanted.emit(self._travel().place(self._sought))

    def _let_go(self) -> None:
        self._sync()
        self._said.start()

    def _say(self, travel: Travel, pixel: int) -> None:
        place = travel.place(pixel)
        known = place - self._span.first
        if 0 <= known < self._model.rowCount():
            words = self._where(self._model.row_at(known))
        else:
            words = self.tr("row {row} of {rows}").format(row=f"{place + 1:,}", rows=f"{travel.span.length:,}")
        self._bubble.setText(words)
        self._bubble.adjustSize()
        self._bubble.move(self._beside_handle())
        self._bubble.show()
        self._bubble.raise_()
        if not self._bar.isSliderDown() and self._sought is None:
            self._said.start()
        else:
            self._said.stop()

    def _beside_handle(self) -> QPoint:
        middle = self._bar.mapTo(self, self._bar.handle().center()).y()
        top = max(HEIGHT, min(middle - self._bubble.height() // 2, self.height() - self._bubble.height()))
        return QPoint(self._bar.x() - self._bubble.width() - _BUBBLE_GAP, top)

    def _timer(self, milliseconds: int, call: Callable[[], object]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=milliseconds)
        timer.timeout.connect(call)
        return timer


class _Bar(QScrollBar):
    """A scroll bar that leaves the wheel to the table's own, and the keyboard to the table."""

    def __init__(self, own: QScrollBar, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._own = own
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:
        QApplication.sendEvent(self._own, event)

    def handle(self) -> QRect:
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        style = QStyle.SubControl.SC_ScrollBarSlider
        return self.style().subControlRect(QStyle.ComplexControl.CC_ScrollBar, option, style, self)


class _Corner(QWidget):
    """The end of the header, above the bar."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self.setFixedHeight(HEIGHT)

    def set_theme(self, tokens: Tokens) -> None:
        self._tokens = tokens
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._tokens.raised))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(self._tokens.line))
        painter.end()


def _bubble(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("role", "popup")
    label.setContentsMargins(9, 5, 9, 5)
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    label.hide()
    return label
