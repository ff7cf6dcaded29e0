"""How a whole is made up over time: layers stacked in each period."""

from __future__ import annotations

from typing import Final

import pyqtgraph as pg
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from ui.charts.plot import PeriodPlot
from ui.charts.series import Mix
from ui.theme import Tokens

_BAR: Final = 0.68
#: Beyond so many slots, gaps between the bars would only flicker.
_GAPLESS: Final = 120


class MixChart(PeriodPlot):
    """Stacked bars; the largest layer stands on the ground, where periods can be compared."""

    def __init__(self, tokens: Tokens, name: str, parent: QWidget | None = None) -> None:
        super().__init__(tokens, name, parent)
        self._mix = Mix()
        self._redraw()

    @property
    def mix(self) -> Mix:
        """What is drawn."""
        return self._mix

    def set_data(self, mix: Mix) -> None:
        """Draws other periods; ValueError where a layer has not one value for each slot."""
        if any(len(values) != len(mix.slots) for _, _, values in mix.layers):
            raise ValueError(f"a layer of the mix does not have {len(mix.slots)} values")
        self._mix = mix
        self._redraw()

    def _redraw(self) -> None:
        mix = self._mix
        tops, bottoms = [0.0] * len(mix.slots), [0.0] * len(mix.slots)
        for _, _, values in mix.layers:
            for at, value in enumerate(values):
                tops[at] += max(0.0, value)
                bottoms[at] += min(0.0, value)
        self._begin(mix.slots, mix.grain, mix.unit, min([0.0, *bottoms]), max([0.0, *tops]))
        self._stack()
        self._show_cross()

    def _stack(self) -> None:
        """Bars on each other; what more was given back than taken hangs below the ground."""
        count = len(self._mix.slots)
        above, below = [0.0] * count, [0.0] * count
        edge = pg.mkPen(None) if count > _GAPLESS else self._pen(self._tokens.surface)
        for _, colour, values in self._mix.layers:
            starts = [above[at] if value >= 0 else below[at] for at, value in enumerate(values)]
            bars = pg.BarGraphItem(
                x=list(range(count)), y0=starts, height=list(values), width=_BAR, pen=edge, brush=QColor(colour)
            )
            self._add(bars)
            for at, value in enumerate(values):
                if value >= 0:
                    above[at] += value
                else:
                    below[at] += value

    def _height_at(self, _place: int) -> float | None:
        return None
