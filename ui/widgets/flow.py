"""A row of widgets: some give up words where it is narrow, and what still does not fit goes on in the next line."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget, QWidgetItem

GAP = 8
_TIGHTEST = 3
#: From here on down to 0 only words come that say nothing, and those come all together.
_WORDED = 1
#: Where a line is broken after all, there is room for most words again.
_BROKEN = 2
_Line = list[QLayoutItem]


@runtime_checkable
class Shrinking(Protocol):
    """A widget that gives up words in narrow places, as chips do."""

    @property
    def widths(self) -> tuple[int, int, int, int]:
        """How wide it is, in px, from all its words to the fewest; 0 where it may go altogether."""
        ...


class FlowRow(QLayout):
    """Lays widgets out from the left at their own width; those that may grow share what is left of their line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(GAP)

    def add(self, *widgets: QWidget) -> None:
        """Adds widgets at the end."""
        for widget in widgets:
            self.addChildWidget(widget)
            self.addItem(QWidgetItem(widget))

    def addItem(self, item: QLayoutItem) -> None:
        """Adds an item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Takes an item out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It takes the width there is."""
        return Qt.Orientation.Horizontal

    def hasHeightForWidth(self) -> bool:
        """The narrower, the more lines."""
        return True

    def heightForWidth(self, width: int) -> int:
        """The height of all lines at a width, in px."""
        _, lines = self._arranged(width)
        return sum(map(_height, lines)) + self.spacing() * max(0, len(lines) - 1)

    def sizeHint(self) -> QSize:
        """One line."""
        shown = self._shown()
        return QSize(self._length(shown, 0), _height(shown))

    def minimumSize(self) -> QSize:
        """Room for the widest item."""
        shown = self._shown()
        return QSize(max((_width(item, _TIGHTEST) for item in shown), default=0), _height(shown))

    def setGeometry(self, rect: QRect) -> None:
        """Puts every item in its place."""
        super().setGeometry(rect)
        top = rect.top()
        tightness, lines = self._arranged(rect.width())
        for line in lines:
            height = _height(line)
            self._place(line, QRect(rect.left(), top, rect.width(), height), tightness)
            top += height + self.spacing()

    def _place(self, line: _Line, area: QRect, tightness: int) -> None:
        widths, left_over = self._loosened(line, area.width(), tightness)
        growing = [item for item in line if item.expandingDirections() & Qt.Orientation.Horizontal]
        share = left_over // len(growing) if growing else 0
        left = area.left()
        for item, own in zip(line, widths, strict=True):
            width = own + (share if item in growing else 0)
            height = min(item.sizeHint().height(), area.height())
            item.setGeometry(QRect(left, area.top() + (area.height() - height) // 2, width, height))
            left += width + (self.spacing() if width else 0)

    def _loosened(self, line: _Line, room: int, tightness: int) -> tuple[list[int], int]:
        """How wide each item is, and what is left: words come back, from the left, before anything grows."""
        widths, left = [_width(item, tightness) for item in line], room - self._length(line, tightness)
        for looser in range(tightness - 1, _WORDED - 1, -1):
            for place, item in enumerate(line):
                before = widths[place]
                more = _width(item, looser) - before
                cost = more + (0 if before else self.spacing())
                if more and cost <= left:
                    widths[place], left = before + more, left - cost
                elif before and looser == _BROKEN and 0 < left < more:
                    # A cut value is told a little further.
                    widths[place], left = before + left, 0
        return widths, left

    def _arranged(self, width: int) -> tuple[int, list[_Line]]:
        """How tight the widgets stand, and the lines."""
        shown = self._shown()
        for tightness in range(_TIGHTEST + 1):
            if self._length(shown, tightness) <= width:
                return tightness, [shown] if shown else []
        return _BROKEN, self._lines(shown, width)

    def _lines(self, shown: _Line, width: int) -> list[_Line]:
        lines: list[_Line] = []
        for item in shown:
            if lines and self._length([*lines[-1], item], _BROKEN) <= width:
                lines[-1].append(item)
            else:
                lines.append([item])
        return lines

    def _length(self, line: _Line, tightness: int) -> int:
        widths = [width for item in line if (width := _width(item, tightness))]
        return sum(widths) + self.spacing() * max(0, len(widths) - 1)

    def _shown(self) -> _Line:
        return [item for item in self._items if not item.isEmpty()]


def _width(item: QLayoutItem, tightness: int) -> int:
    widget = item.widget()
    if isinstance(widget, Shrinking):
        return widget.widths[tightness]
    growing = item.expandingDirections() & Qt.Orientation.Horizontal
    return item.minimumSize().width() if growing else item.sizeHint().width()


def _height(items: _Line) -> int:
    return max((item.sizeHint().height() for item in items), default=0)
