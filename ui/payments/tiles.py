"""The figures above the rows, one tile each; a tile is also the way to its rows."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from services.payments.filters import OTHER
from services.payments.summary import ORDER
from ui.payments.words import RATED, SUCCESS_RATE, USUAL, TileText, status_word
from ui.theme import Theme, font
from ui.widgets.amounts import fitting
from ui.widgets.label import plain_tip
from ui.widgets.tile import Tile

GAP = 10
_FIGURE_PIXELS = 21
# A tile's margins and borders, left and right.
_BESIDE = 28
# Between a figure and how it moved.
_GAP = 6


class Tiles(QWidget):
    """A tile for each status and the success rate; `picked(statuses)` with the statuses whose rows are asked for."""

    picked = Signal(object)

    def __init__(self, theme: Theme, currency: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.currency = currency
        self._tiles: dict[str, Tile] = {}
        self._texts: dict[str, TileText] = {}
        self._concealed = False
        self._metrics, self._small = QFontMetrics(font(_FIGURE_PIXELS, 600)), QFontMetrics(font(12))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        for status in ORDER:
            self._add(status, status_word(status), "" if status == OTHER else status, currency)
        self._add(SUCCESS_RATE, "Success rate", "", "")

    def tile(self, name: str) -> Tile:
        """The tile of a status group, or of `SUCCESS_RATE`."""
        return self._tiles[name]

    def show_texts(self, texts: Mapping[str, TileText]) -> None:
        """Shows these figures; a tile that is not among them, and not a usual one, hides."""
        for name, tile in self._tiles.items():
            text = texts.get(name)
            tile.setVisible(text is not None)
        self._texts = dict(texts)
        self._fit()

    def conceal(self, concealed: bool) -> None:
        """Masks every amount in privacy mode, or shows them again; counts and shares stay."""
        self._concealed = concealed
        self._fit()

    def show_chosen(self, statuses: frozenset[str]) -> None:
        """Outlines the tiles whose rows are shown; the success rate where they are just what it counts."""
        for name, tile in self._tiles.items():
            tile.set_active(name in statuses or (name == SUCCESS_RATE and statuses == RATED))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows each figure as far as there is room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        layout = self.layout()
        if layout is not None:
            layout.activate()
        for name, text in self._texts.items():
            told = text.concealed() if self._concealed and name != SUCCESS_RATE else text
            self._tiles[name].setToolTip(plain_tip(told.tip))
            self._fit_one(self._tiles[name], told)

    def _fit_one(self, tile: Tile, text: TileText) -> None:
        room = tile.width() - _BESIDE
        beside = self._small.horizontalAdvance(text.changed) + _GAP if text.changed else 0
        # How a figure moved gives way to its shillings, and its cents give way to how it moved.
        whole = text.figure.partition(".")[0]
        there = self._metrics.horizontalAdvance(whole) + beside <= room
        tile.set_figure(fitting(text.figure, room - beside if there else room, self._metrics))
        tile.set_changed(text.changed if there else "")
        lines = zip((text.first, text.second), text.short, strict=True)
        tile.set_details(*(self._fitting(line, short, room) for line, short in lines))

    def _fitting(self, line: str, short: str, room: int) -> str:
        return short if short and self._small.horizontalAdvance(line) > room else line

    def _add(self, name: str, title: str, status: str, unit: str) -> None:
        tile = Tile(self._theme, title, status=status, unit=unit)
        tile.clicked.connect(lambda: self.picked.emit(_statuses(name)))
        tile.setVisible(name in (*USUAL, SUCCESS_RATE))
        self._tiles[name] = tile
        self._row.addWidget(tile, 1)


def _statuses(name: str) -> frozenset[str]:
    return RATED if name == SUCCESS_RATE else frozenset({name})
