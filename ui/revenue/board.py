"""Everything below the line of choices: tiles, charts, how people pay, and the tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from services.domain.errors import WorkstationError
from services.revenue.figures import RevenueReport
from ui.charts.series import Trend
from ui.revenue.attainment import of_member
from ui.revenue.breakdown import TABS, Breakdown
from ui.revenue.chart_card import VIEWS, ChartCard
from ui.revenue.drawing import method_order, trend
from ui.revenue.live import LiveRevenue
from ui.revenue.pay_card import PayCard
from ui.revenue.tile_texts import (
    AVERAGE,
    REVENUE,
    SUCCESS,
    TARGET,
    TODAY,
    TOMORROW,
    average_tile,
    revenue_tile,
    success_tile,
    target_tile,
    today_tile,
    tomorrow_tile,
)
from ui.revenue.tiles import Tiles, TileText
from ui.theme import Theme

_NO_FORECAST: Final = "Forecasts are made for the fleet, one route or one vehicle."
#: How the height is divided at first, and how what a larger window adds is.
_HEIGHTS, _GROWTH = (272, 320), (3, 2)
#: The long figures need more of the width.
_WIDTHS: Final = {REVENUE: 6, TODAY: 5, TOMORROW: 5, TARGET: 5}
_TITLES: Final = {
    REVENUE: "Revenue",
    TODAY: "Today",
    AVERAGE: "Average fare",
    TOMORROW: "Tomorrow, forecast",
    SUCCESS: "Success rate",
}


class Board(QWidget):
    """Shows what `LiveRevenue` has; what a person asks for comes as signals, from whichever part."""

    tile_picked = Signal(str)
    narrow_wanted = Signal(str, str)
    part_opened = Signal(str, str)
    period_opened = Signal(int)
    hour_opened = Signal(int, int)
    vehicle_day_opened = Signal(object, object)
    outcome_opened = Signal(str, str)
    day_wanted = Signal(object)
    tab_changed = Signal(str)

    def __init__(self, theme: Theme, currency: str = "KES") -> None:
        super().__init__()
        self._theme, self._currency = theme, currency
        self._concealed = False
        self.charts = ChartCard(theme)
        self.pay = PayCard(theme)
        self.tiles, self.breakdown = self._of_currency()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._column = QVBoxLayout(self)
        self._build()
        self.show_nothing()

    def set_currency(self, currency: str) -> None:
        """Says in which currency everything is."""
        if currency == self._currency:
            return
        self._currency = currency
        tiles, breakdown = self.tiles, self.breakdown
        self.tiles, self.breakdown = self._of_currency()
        self.breakdown.show_tab(breakdown.tab)
        self._column.replaceWidget(tiles, self.tiles)
        self._split.replaceWidget(1, self.breakdown)
        for before in (tiles, breakdown):
            before.hide()
            before.deleteLater()
        self.show_nothing()

    def show_nothing(self) -> None:
        """Empties everything, as before the first answer."""
        self.tiles.show_texts({name: TileText(title) for name, title in _TITLES.items()})
        self.pay.show_report(None)
        self.pay.say("")
        self.breakdown.show_report(None)

    def show_figures(self, live: LiveRevenue, clear: Callable[[], object]) -> None:
        """Shows new figures; `clear` takes the filters away where these leave nothing."""
        if live.figures is None:
            return
        report = live.figures.report
        if report.total.taken_count or report.total.refunded_count:
            self.charts.show_report(report, _trend(report, live))
        else:
            self._say_empty(report, clear)
        self.pay.show_report(report, method_order(report))
        self.breakdown.show_report(report)
        self._show_tiles(live)

    def show_outlook(self, live: LiveRevenue) -> None:
        """Shows what is expected: forecast, course, targets."""
        if live.figures is not None and self.charts.drawn:
            self.charts.show_trend(_trend(live.figures.report, live))
        self._show_tiles(live)
        self.pay.say(live.course.words)

    def say_late(self) -> None:
        """Says that the first answer takes its time."""
        self.charts.say("loading", "Adding up the revenue…", icon="clock")
        self.breakdown.say("loading", "Adding up the revenue…")

    def say_failed(self, error: WorkstationError, retry: Callable[[], object]) -> None:
        """Says why there are no figures."""
        self.charts.say("error", "The revenue could not be read", str(error), ("Retry", retry))
        self.breakdown.say("error", "The revenue could not be read", str(error))

    def to_tomorrow(self) -> None:
        """A forecast has no payments: it is shown where it stands in the chart."""
        self.charts.show_view("revenue")
        ahead = [at for at, slot in enumerate(self.charts.trend.slots) if slot.ahead]
        self.charts.trend.setFocus(Qt.FocusReason.OtherFocusReason)
        self.charts.trend.go_to(ahead[0] if ahead else None)

    def conceal(self, concealed: bool) -> None:
        """Masks amounts everywhere, or shows them again."""
        self._concealed = concealed
        for part in (self.tiles, self.charts, self.pay, self.breakdown):
            part.conceal(concealed)

    def layout_state(self) -> dict[str, Any]:
        """What is drawn and listed and how it is laid out, as plain values."""
        return {
            "view": self.charts.view,
            "tab": self.breakdown.tab,
            "split": bytes(self._split.saveState().data()).hex(),
            "tables": self.breakdown.layout_state(),
        }

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings it back, as far as it fits; {} is the layout as it was at first."""
        view, tab, split = state.get("view"), state.get("tab"), state.get("split")
        self.charts.show_view(view if view in VIEWS else "revenue")
        self.breakdown.show_tab(tab if tab in dict(TABS) else TABS[0][0])
        self.breakdown.restore_layout(state.get("tables") or {name: {} for name, _ in TABS})
        if not isinstance(split, str) or not self._split.restoreState(QByteArray.fromHex(split.encode())):
            self._split.setSizes(list(_HEIGHTS))

    def _show_tiles(self, live: LiveRevenue) -> None:
        if live.figures is None:
            return
        report, why = live.figures.report, "" if live.member is not None else _NO_FORECAST
        self.tiles.show_texts(
            {
                REVENUE: revenue_tile(report),
                TODAY: today_tile(live.figures.today),
                AVERAGE: average_tile(report),
                TOMORROW: tomorrow_tile(live.figures.today, live.forecast, why),
                SUCCESS: success_tile(report.rates, report.rates_before),
                TARGET: target_tile(live.attained),
            }
        )

    def _say_empty(self, report: RevenueReport, clear: Callable[[], object]) -> None:
        if report.wanted.narrowed:
            words = "Nothing was taken under these filters", "There may be revenue that these filters leave out."
            self.charts.say("empty", *words, ("Clear all", clear), icon="filter")
        else:
            words = "Nothing was taken in these days", "Choose other days at the top of the page."
            self.charts.say("empty", *words)
        self.breakdown.say("empty", *words)

    def _of_currency(self) -> tuple[Tiles, Breakdown]:
        units = dict.fromkeys((REVENUE, TODAY, AVERAGE, TOMORROW), self._currency)
        tiles = Tiles(self._theme, {**units, SUCCESS: "", TARGET: ""}, _WIDTHS)
        breakdown = Breakdown(self._theme, self._currency)
        tiles.picked.connect(self.tile_picked)
        breakdown.narrow_wanted.connect(self.narrow_wanted)
        breakdown.part_opened.connect(self.part_opened)
        breakdown.period_opened.connect(self.period_opened)
        breakdown.vehicle_day_opened.connect(self.vehicle_day_opened)
        breakdown.outcome_opened.connect(self.outcome_opened)
        breakdown.day_wanted.connect(self.day_wanted)
        breakdown.tab_changed.connect(self.tab_changed)
        tiles.conceal(self._concealed)
        breakdown.conceal(self._concealed)
        return tiles, breakdown

    def _build(self) -> None:
        above = QWidget()
        row = QHBoxLayout(above)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        row.addWidget(self.charts, 5)
        row.addWidget(self.pay, 1)
        self._split.setHandleWidth(12)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(above)
        self._split.addWidget(self.breakdown)
        for place, share in enumerate(_GROWTH):
            self._split.setStretchFactor(place, share)
        self._split.setSizes(list(_HEIGHTS))
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        self._column.addWidget(self.tiles)
        self._column.addWidget(self._split, 1)
        self.charts.period_picked.connect(self.period_opened)
        self.charts.hour_picked.connect(self.hour_opened)
        self.pay.method_picked.connect(lambda key: self.part_opened.emit("method", key))


def _trend(report: RevenueReport, live: LiveRevenue) -> Trend:
    return trend(report, live.forecast, live.course, of_member(live.targets, live.member))
