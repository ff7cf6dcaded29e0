"""A figure people watch: its name, its value and two lines that put it into proportion."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.theme import Theme
from ui.widgets.label import ElidedLabel, label, see_through

HEIGHT = 104
_UNKNOWN = "—"
# What stands in a tile's first line beside title and unit: margins, borders, the dot and the gaps.
_HEAD = 47


class Dot(QWidget):
    """A 7-pixel dot in the colour of a status."""

    def __init__(self, theme: Theme, status: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._status = status
        self.setFixedSize(7, 18)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draws the dot."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.tokens.status(self._status)[0]))
        painter.drawEllipse(QRectF(0, 6, 7, 7))


class Tile(QPushButton):
    """A clickable figure; `clicked` asks for the rows behind it, the active look says that they are shown."""

    def __init__(self, theme: Theme, title: str, *, status: str = "", unit: str = "KES") -> None:
        super().__init__()
        self._title, self._unit = title, unit
        self._name = ElidedLabel(title, tone=_tone(status), scale="small")
        self._name.setProperty("scale", "small")
        self._figure = ElidedLabel(_UNKNOWN, scale="figure")
        self._unit_label = label(unit, tone="faint", scale="small")
        self._changed = label(tone="faint", scale="small")
        self._details = (ElidedLabel(tone="faint", scale="small"), ElidedLabel(tone="faint", scale="small"))
        self._build(Dot(theme, status))
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._announce()

    @property
    def figure(self) -> str:
        """The figure as it is shown."""
        return self._figure.text()

    @property
    def details(self) -> tuple[str, str]:
        """The two lines below the figure."""
        return self._details[0].text(), self._details[1].text()

    @property
    def changed(self) -> str:
        """How the figure moved, as shown beside it."""
        return self._changed.text()

    @property
    def active(self) -> bool:
        """Whether the tile says that its rows are what the page shows."""
        return self.isChecked()

    def set_figure(self, text: str) -> None:
        """Shows another figure; '' when it is not known."""
        self._figure.setText(text or _UNKNOWN)
        self._announce()

    def set_changed(self, text: str) -> None:
        """Shows beside the figure how it moved; '' for nothing."""
        self._changed.setText(text)
        self._changed.setVisible(bool(text))
        self._announce()

    def set_details(self, first: str, second: str = "") -> None:
        """Shows the two lines below the figure."""
        for line, text in zip(self._details, (first, second), strict=True):
            line.setText(text)
        self._announce()

    def set_active(self, active: bool) -> None:
        """Outlines the tile, or not."""
        self.setChecked(active)

    def nextCheckState(self) -> None:
        """Leaves the active look alone: the page decides what a click does."""

    def sizeHint(self) -> QSize:
        """As wide as its neighbours let it be, always equally high."""
        return QSize(160, HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Wide enough for the shortest useful figure."""
        return QSize(96, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The unit gives way to the title."""
        super().resizeEvent(event)
        words = self._name.sizeHint().width() + self._unit_label.sizeHint().width()
        self._unit_label.setVisible(bool(self._unit) and words + _HEAD <= self.width())

    def _build(self, dot: Dot) -> None:
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(dot)
        head.addWidget(self._name, 1)
        head.addWidget(self._unit_label)
        column = QVBoxLayout(self)
        column.setContentsMargins(13, 11, 13, 11)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._figure_and_change())
        for line in self._details:
            line.setFixedHeight(18)
            column.addWidget(line)
        column.addStretch(1)
        for part in self.findChildren(QWidget):
            see_through(part)

    def _figure_and_change(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        self._figure.setFixedHeight(28)
        row.addWidget(self._figure, 1)
        # On the figure's own base line.
        self._changed.setContentsMargins(0, 5, 0, 0)
        row.addWidget(self._changed)
        self._changed.hide()
        return row

    def _announce(self) -> None:
        self.setAccessibleName(" ".join(part for part in (self._title, self._unit, self.figure, self.changed) if part))
        self.setAccessibleDescription(", ".join(line for line in self.details if line))


def _tone(status: str) -> str:
    known = {"partially_refunded": "refunded"}
    return known.get(status, status) or "muted"
