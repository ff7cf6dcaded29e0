"""A filter as a chip: what is filtered, by what value, and a way to change or clear it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton

from ui.icons import icon, pixmap
from ui.theme import Theme, restyle
from ui.widgets.label import label, plain_tip, see_through

_WIDEST_VALUE = 150


class Chip(QPushButton):
    """Label and value with ▾; `cleared` is emitted by its × and by Delete."""

    cleared = Signal()

    def __init__(self, theme: Theme, name: str, *, caption: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self._label = label(name if caption else "", part="label")
        self._label.setVisible(caption)
        self._value = label(part="value")
        self._arrow = QLabel()
        self._clear = QToolButton()
        self._build()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def shown(self) -> str:
        """The value in words."""
        return self._value.text()

    def show_value(self, text: str, *, active: bool, clearable: bool) -> None:
        """Shows a value; an active chip stands out, a clearable one has its ×."""
        room = self._value.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, _WIDEST_VALUE)
        self._value.setText(room)
        self.setToolTip(plain_tip(text) if room != text else "")
        self.setAccessibleName(f"{self._name}: {text}")
        self._clear.setVisible(clearable)
        self._arrow.setVisible(not clearable)
        restyle(self, active=active)
        restyle(self._label, active=active)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """As wide as its words."""
        layout = self.layout()
        return QSize(layout.sizeHint().width() if layout else 0, 30)

    def minimumSizeHint(self) -> QSize:
        """The same: a chip never cuts its words."""
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Down and Enter open, Delete and Backspace clear."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and not self._clear.isHidden():
            self.cleared.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def _build(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 8, 0)
        row.setSpacing(5)
        for part in (self._label, self._value, self._arrow):
            see_through(part)
            row.addWidget(part)
        row.addWidget(self._clear)
        self._clear.setFixedSize(18, 18)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setToolTip("Clear (Delete)")
        self._clear.setAccessibleName(f"Clear {self._name}")
        self._clear.setVisible(False)
        self._clear.clicked.connect(self.cleared)

    def _redraw(self) -> None:
        colour = self._theme.tokens.muted
        self._arrow.setPixmap(pixmap("chevron_down", colour, 12, self.devicePixelRatioF()))
        self._clear.setIcon(icon("close", colour, 12))
        self._clear.setIconSize(QSize(12, 12))
