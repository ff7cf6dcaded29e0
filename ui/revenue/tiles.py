"""The figures above the charts; each leads to its payments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.theme import Theme, font
from ui.widgets.amounts import fitting
from ui.widgets.label import plain_tip
from ui.widgets.tile import Dot, Tile

GAP: Final = 10
_BESIDE: Final = 28
_HIDDEN: Final = "•••••"


@dataclass(frozen=True, slots=True)
class TileText:
    """What one tile says: `figure` ('' where it is not known) and two lines below; `moved` is the growth that `first` tells."""

    title: str
    figure: str = ""
    first: str = ""
    second: str = ""
    tip: str = ""
    moved: Decimal | None = None


class FigureTile(Tile):
    """A tile whose title changes with what it shows."""

    def __init__(self, theme: Theme, unit: str) -> None:
        super().__init__(theme, "", unit=unit)
        for dot in self.findChildren(Dot):
            dot.hide()

    def set_title(self, title: str) -> None:
        """Calls the figure something else."""
        self._title = title
        self._name.setText(title)
        self._announce()


class Tiles(QWidget):
    """`picked(name)` when a tile is clicked."""

    picked = Signal(str)

    def __init__(
        self, theme: Theme, units: Mapping[str, str], shares: Mapping[str, int], parent: QWidget | None = None
    ) -> None:
        """`units` names the tiles in their order, each with its unit ('' for none); `shares` divides the width."""
        super().__init__(parent)
        self._texts: dict[str, TileText] = {}
        self._private = frozenset(name for name, unit in units.items() if unit)
        self._concealed = False
        self._metrics = QFontMetrics(font(21, 600))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GAP)
        self._tiles = {name: self._add(theme, name, unit, shares.get(name, 4)) for name, unit in units.items()}

    def tile(self, name: str) -> FigureTile:
        """The tile of this name."""
        return self._tiles[name]

    def show_texts(self, texts: Mapping[str, TileText | None]) -> None:
        """Shows these figures; a tile without a text hides."""
        self._texts = {name: text for name, text in texts.items() if text is not None}
        for name, tile in self._tiles.items():
            tile.setVisible(name in self._texts)
        self._fit()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts, or shows them again."""
        self._concealed = concealed
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows each figure as far as there is room for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._row.activate()
        for name, text in self._texts.items():
            tile, hidden = self._tiles[name], self._concealed and name in self._private
            tile.set_title(text.title)
            room = tile.width() - _BESIDE
            tile.set_figure(_HIDDEN if hidden and text.figure else fitting(text.figure, room, self._metrics))
            private = hidden and text.moved is None
            tile.set_details(_HIDDEN if private and text.first else text.first, text.second)
            tile.setToolTip("" if hidden else plain_tip(text.tip))

    def _add(self, theme: Theme, name: str, unit: str, share: int) -> FigureTile:
        tile = FigureTile(theme, unit)
        tile.clicked.connect(lambda: self.picked.emit(name))
        self._row.addWidget(tile, share)
        return tile
