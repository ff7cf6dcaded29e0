"""How people pay: each method's share, and where revenue is heading in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout

from services.revenue.figures import Part, RevenueReport
from ui.revenue.drawing import method_colour
from ui.revenue.words import growth_spoken, money, share_words
from ui.theme import Theme, font
from ui.widgets.card import Card
from ui.widgets.label import label, plain_tip

WIDTH: Final = 236
_WIDEST: Final = 320
_MOST: Final = 6
_LABEL, _VALUE = 90, 48


class ShareRow(QPushButton):
    """A method's name, its share as a bar and in words; a click asks for its payments."""

    def __init__(self, theme: Theme, part: Part, rank: int) -> None:
        super().__init__()
        self._theme, self.part, self._rank = theme, part, rank
        self._share = max(0.0, min(1.0, float(part.share or 0)))
        self.setProperty("choice", True)
        self.setStyleSheet("min-height: 26px;")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(f"{part.label} {share_words(part.share)}")

    def sizeHint(self) -> QSize:
        """One line."""
        return QSize(WIDTH - 30, 28)

    def tell(self, concealed: bool) -> None:
        """Says the amount behind the share, unless amounts are hidden."""
        words = f"{money(self.part.totals.revenue)}, {growth_spoken(self.part.growth)}"
        self.setToolTip("" if concealed else plain_tip(words))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draws name, bar and share."""
        super().paintEvent(event)
        tokens, painter = self._theme.tokens, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(13))
        painter.setPen(QColor(tokens.muted))
        middle, left = self.height() / 2, 4
        name = QFontMetrics(font(13)).elidedText(self.part.label, Qt.TextElideMode.ElideRight, _LABEL - 6)
        painter.drawText(QRectF(left, 0, _LABEL, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
        painter.setPen(QColor(tokens.text))
        side = QRectF(self.width() - _VALUE - 4, 0, _VALUE, self.height())
        painter.drawText(
            side, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, share_words(self.part.share)
        )
        track = QRectF(left + _LABEL, middle - 5, self.width() - _LABEL - _VALUE - 18, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.sunken))
        painter.drawRoundedRect(track, 5, 5)
        painter.setBrush(QColor(method_colour(tokens, self._rank)))
        if self._share:
            bar = QRectF(track.left(), track.top(), max(3.0, track.width() * self._share), track.height())
            painter.drawRoundedRect(bar, min(5.0, bar.width() / 2), 5)
        painter.end()


class PayCard(Card):
    """`method_picked(key)` when a method is clicked."""

    method_picked = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(margins=(14, 12, 14, 12))
        self._theme = theme
        self._concealed = False
        self._rows = QVBoxLayout()
        self._more = label(tone="faint", scale="small")
        self._words = label(tone="muted", scale="small")
        self._build()

    @property
    def words(self) -> str:
        """Where revenue is heading."""
        return self._words.text().replace("\u00a0", " ")

    @property
    def rows(self) -> list[ShareRow]:
        """The methods that are shown."""
        items = (self._rows.itemAt(place) for place in range(self._rows.count()))
        return [row for item in items if item is not None and isinstance(row := item.widget(), ShareRow)]

    def show_report(self, report: RevenueReport | None, order: Sequence[str] = ()) -> None:
        """Shows the methods, coloured by their place in `order` as the chart has them; none without a report."""
        for row in self.rows:
            self._rows.removeWidget(row)
            row.hide()
            row.deleteLater()
        parts = report.parts["method"] if report is not None else ()
        ranks = {name: rank for rank, name in enumerate(order)}
        for part in parts[:_MOST]:
            row = ShareRow(self._theme, part, ranks.get(part.key, len(ranks)))
            row.clicked.connect(lambda _=False, key=part.key: self.method_picked.emit(key))
            row.tell(self._concealed)
            self._rows.addWidget(row)
        left = len(parts) - _MOST
        self._more.setText(f"and {left:,} more, with little" if left > 0 else "")
        self._more.setVisible(left > 0)

    def say(self, words: str) -> None:
        """Says where revenue is heading."""
        # A number and its sign stay on one line.
        self._words.setText(words.replace(" %", "\u00a0%"))
        self._words.setVisible(bool(words))

    def conceal(self, concealed: bool) -> None:
        """Masks amounts, or shows them again; shares stay."""
        self._concealed = concealed
        for row in self.rows:
            row.tell(concealed)

    def _build(self) -> None:
        self.setMinimumWidth(WIDTH)
        self.setMaximumWidth(_WIDEST)
        self.setAccessibleName("How people pay")
        self._rows.setSpacing(0)
        self._words.setWordWrap(True)
        self.body.setSpacing(4)
        self.body.addWidget(label("How people pay", scale="heading"))
        self.body.addLayout(self._rows)
        self.body.addWidget(self._more)
        self.body.addSpacing(6)
        self.body.addWidget(self._words)
        self.body.addStretch(1)
        self.say("")
        self.show_report(None)
