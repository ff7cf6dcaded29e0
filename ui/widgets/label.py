"""Words on the screen: always plain text, because names and messages from outside may look like markup."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

_Label = TypeVar("_Label", bound=QLabel)


def label(text: str = "", *, tone: str = "", scale: str = "", part: str = "") -> QLabel:
    """A plain-text label; `tone` and `scale` are those of the style sheet, `part` its role inside a widget."""
    return _dressed(QLabel(text), tone, scale, part)


class ElidedLabel(QLabel):
    """One line that ends in '…' when there is no room, and then shows the whole text as its tool tip."""

    def __init__(self, text: str = "", *, tone: str = "", scale: str = "", part: str = "") -> None:
        super().__init__(text)
        _dressed(self, tone, scale, part)

    def minimumSizeHint(self) -> QSize:
        """Little: the label gives way to its neighbours."""
        return QSize(12, super().minimumSizeHint().height())

    def setText(self, text: str) -> None:
        """Shows another text."""
        super().setText(text)
        self._explain()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decides anew whether the text needs a tool tip."""
        super().resizeEvent(event)
        self._explain()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the text, elided to the width there is."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.contentsRect(), int(self.alignment()), self.shown_text())

    def shown_text(self) -> str:
        """The text as it is drawn now."""
        return self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width())

    def _explain(self) -> None:
        # Qt would read a tool tip that looks like markup as rich text.
        self.setToolTip("" if self.shown_text() == self.text() else plain_tip(self.text()))


def plain_tip(text: str) -> str:
    """A tool tip that shows `text` literally, whatever it contains."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped}</span>"


def see_through(widget: QWidget) -> None:
    """Lets the mouse through to the button that the widget is a part of."""
    widget.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)


def _dressed(made: _Label, tone: str, scale: str, part: str) -> _Label:
    made.setTextFormat(Qt.TextFormat.PlainText)
    for name, value in (("tone", tone), ("scale", scale), ("part", part)):
        if value:
            made.setProperty(name, value)
    return made
