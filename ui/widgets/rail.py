"""The rail on the left: the product's name, the pages in order, and the way to find anything."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import brand_pixmap, pixmap
from ui.theme import Theme, restyle
from ui.widgets.label import label, see_through

WIDE: Final = 196
NARROW: Final = 52


class RailButton(QPushButton):
    """One page in the rail: icon, title, key hint or the count of what waits there."""

    def __init__(self, theme: Theme, title: str, icon: str, hint: str) -> None:
        super().__init__()
        self._theme, self._icon_name, self._title_text = theme, icon, title
        self._icon = QLabel()
        self._title = label(title, part="title")
        self._hint = label(hint, part="hint")
        self._badge = label(part="badge")
        self._count = 0
        self._narrow = False
        self._build()
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.toggled.connect(self._redraw)
        theme.changed.connect(self._redraw)
        self._tell()
        self._redraw()

    @property
    def count(self) -> int:
        """How many wait on the page."""
        return self._count

    def set_count(self, count: int) -> None:
        """Shows how many wait on the page, in place of the key hint."""
        self._count = count
        self._tell()

    def set_narrow(self, narrow: bool) -> None:
        """Shows the icon alone, or icon and words."""
        self._narrow = narrow
        self._tell()

    def sizeHint(self) -> QSize:
        """As wide as the rail, always equally high."""
        return QSize(NARROW - 16 if self._narrow else WIDE - 20, 32)

    def minimumSizeHint(self) -> QSize:
        """The icon alone."""
        return QSize(NARROW - 16, 32)

    def _build(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setSpacing(9)
        self._icon.setFixedSize(16, 16)
        self._badge.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._row.addWidget(self._icon)
        self._row.addWidget(self._title, 1)
        self._row.addWidget(self._hint)
        self._row.addWidget(self._badge)
        for part in (self._icon, self._title, self._hint, self._badge):
            see_through(part)

    def _tell(self) -> None:
        counted = self._count > 0
        self._badge.setText(f"{self._count:,}" if self._count < 1000 else "999+")
        self._title.setVisible(not self._narrow)
        self._hint.setVisible(not self._narrow and not counted)
        self._badge.setVisible(not self._narrow and counted)
        self._row.setContentsMargins(9, 0, 9, 0)
        waiting = f", {self._count:,} waiting" if counted else ""
        self.setAccessibleName(f"{self._title_text}{waiting}")
        self.setToolTip(f"{self._title_text}{waiting} ({self._hint.text()})" if self._narrow else "")
        self._redraw()

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        ratio = self.devicePixelRatioF()
        drawn = pixmap(self._icon_name, tokens.text if self.isChecked() else tokens.muted, 16, ratio)
        self._icon.setPixmap(_dotted(drawn, tokens.failed) if self._narrow and self._count else drawn)
        # The style sheet cannot select a label by the state of the button around it, so the label carries it too.
        restyle(self._title, current=self.isChecked())


class RailBrand(QPushButton):
    """The product's mark and name; a click opens the menu."""


class RailFoot(QPushButton):
    """The hint at the foot that opens the command palette."""


class Rail(QFrame):
    """The pages in order; `picked(name)`, `menu_wanted()` and `find_wanted()` tell what the person clicked."""

    picked = Signal(str)
    menu_wanted = Signal()
    find_wanted = Signal()

    def __init__(self, theme: Theme, product: str) -> None:
        super().__init__()
        self._theme = theme
        self._narrow = False
        self._buttons: dict[str, RailButton] = {}
        self._mark, self._glass = QLabel(), QLabel()
        self._name = label(product, part="name")
        self._find = label("Ctrl+K  find anything")
        self.brand, self.foot = RailBrand(), RailFoot()
        self._pages = QVBoxLayout()
        self._build(product)
        self.set_narrow(False)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def narrow(self) -> bool:
        """Whether only icons are shown."""
        return self._narrow

    def add(self, name: str, title: str, icon: str, hint: str) -> None:
        """Adds a page below the others."""
        made = RailButton(self._theme, title, icon, hint)
        made.set_narrow(self._narrow)
        made.clicked.connect(lambda: self.picked.emit(name))
        self._buttons[name] = made
        self._pages.addWidget(made)

    def button(self, name: str) -> RailButton:
        """The button of a page; KeyError when there is none."""
        return self._buttons[name]

    def set_narrow(self, narrow: bool) -> None:
        """Shows icons alone, or icons and words."""
        self._narrow = narrow
        self.setFixedWidth(NARROW if narrow else WIDE)
        side = 8 if narrow else 10
        self._column.setContentsMargins(side, 10, side - 1, 8)
        self._brand_row.setContentsMargins(9 if narrow else 8, 0, 0, 0)
        self._foot_row.setContentsMargins(10 if narrow else 8, 0, 0, 0)
        for words in (self._name, self._find):
            words.setVisible(not narrow)
        self._glass.setVisible(narrow)
        for made in self._buttons.values():
            made.set_narrow(narrow)

    def _build(self, product: str) -> None:
        self._brand_row = _lay_out(
            self.brand, (self._mark, self._name), height=28, name=f"{product}: menu", tip="Menu (F10)"
        )
        self._foot_row = _lay_out(
            self.foot, (self._glass, self._find), height=26, name="Find anything", tip="Find anything (Ctrl+K)"
        )
        self.brand.clicked.connect(self.menu_wanted)
        self.foot.clicked.connect(self.find_wanted)
        self._pages.setSpacing(2)
        self._column = QVBoxLayout(self)
        self._column.setSpacing(0)
        self._column.addWidget(self.brand)
        self._column.addSpacing(9)
        self._column.addLayout(self._pages)
        self._column.addStretch(1)
        self._column.addWidget(self.foot)

    def _redraw(self) -> None:
        tokens, ratio = self._theme.tokens, self.devicePixelRatioF()
        self._mark.setPixmap(brand_pixmap(tokens.accent, tokens.onaccent, 18, ratio))
        self._glass.setPixmap(pixmap("search", tokens.faint, 16, ratio))


def _lay_out(made: QPushButton, parts: tuple[QWidget, ...], *, height: int, name: str, tip: str) -> QHBoxLayout:
    row = QHBoxLayout(made)
    row.setSpacing(8)
    for part in parts:
        see_through(part)
        row.addWidget(part)
    row.addStretch(1)
    made.setFixedHeight(height)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    made.setAccessibleName(name)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return row


def _dotted(drawn: QPixmap, colour: str) -> QPixmap:
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(QRectF(9.5, 0.5, 6, 6))
    painter.end()
    return drawn
