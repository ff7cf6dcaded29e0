"""The card of the charts: revenue over time, methods over time, or hours of the week."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal, cast

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QWidget

from services.domain.payment import method_shown
from services.revenue.figures import RevenueReport
from ui.charts.heat import HeatMap
from ui.charts.legend import Entry, Legend
from ui.charts.mix import MixChart
from ui.charts.series import Trend
from ui.charts.trend import TrendChart
from ui.revenue.drawing import method_colour, method_order, mix
from ui.revenue.words import COMPARES, SAME_PART
from ui.theme import Theme, Tokens
from ui.widgets.card import Card
from ui.widgets.label import ElidedLabel
from ui.widgets.notice import Notice
from ui.widgets.segmented import Segmented

View = Literal["revenue", "methods", "hours"]
VIEWS: Final[dict[View, str]] = {"revenue": "Revenue", "methods": "Methods", "hours": "Hours"}
_HEAT_HINT: Final = "Enter or a click shows these payments"


class ChartCard(Card):
    """`period_picked(place)` for a day, week or month, `hour_picked(weekday, hour)`; `view_changed(view)`."""

    period_picked = Signal(int)
    hour_picked = Signal(int, int)
    view_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent, margins=(12, 9, 12, 6))
        self._theme = theme
        self._report: RevenueReport | None = None
        self.views = Segmented(list(VIEWS.items()), name="What to draw")
        self.legend = Legend(theme.tokens)
        self._aside = ElidedLabel(tone="faint", scale="small")
        self.trend = TrendChart(theme.tokens)
        self.methods = MixChart(theme.tokens, "Revenue by method over time")
        self.heat = HeatMap(theme.tokens)
        self.notice = Notice(theme, "empty", "No fleet is chosen", "Choose a fleet to see its revenue.", icon="revenue")
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    @property
    def view(self) -> View:
        """What is drawn."""
        return cast(View, self.views.value)

    @property
    def chart(self) -> TrendChart | MixChart | HeatMap:
        """The chart of this view."""
        charts: dict[View, TrendChart | MixChart | HeatMap]
        charts = {"revenue": self.trend, "methods": self.methods, "hours": self.heat}
        return charts[self.view]

    @property
    def drawn(self) -> bool:
        """Whether a report is drawn, and no notice stands in its place."""
        return self._report is not None

    @property
    def aside(self) -> str:
        """The words beside the choice of charts."""
        return self._aside.text()

    def show_view(self, view: View) -> None:
        """Draws another view, as the layout remembers it or a click elsewhere asks."""
        self.views.set_value(view)
        self._show()

    def show_report(self, report: RevenueReport, trend: Trend) -> None:
        """Draws a report; `trend` is it with what is expected."""
        self._report = report
        self.trend.set_data(trend)
        self.methods.set_data(mix(report, self._theme.tokens))
        cells = [[(totals.taken, totals.taken_count) for totals in day] for day in report.heat]
        self.heat.set_data(cells, report.currency, first=report.wanted.week_start, hint=_HEAT_HINT)
        self._show()

    def show_trend(self, trend: Trend) -> None:
        """Draws what is expected, once it is known."""
        self.trend.set_data(trend)
        self._explain()

    def show_aside(self, words: str) -> None:
        """Says something at the right."""
        self._aside.setText(words)
        self._aside.setVisible(bool(words))

    def say(self, kind: Literal["empty", "error", "loading"], sentence: str, hint: str = "",
            action: tuple[str, Callable[[], object]] | None = None, icon: str = "revenue") -> None:  # fmt: skip
        """Says in the chart's place why there is none."""
        self._report = None
        self.notice.say(kind, sentence, hint, action=action, icon="" if kind == "error" else icon)
        self._show()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts, or shows them again."""
        for chart in (self.trend, self.methods, self.heat):
            chart.conceal(concealed)

    def _show(self) -> None:
        self._stack.setCurrentWidget(self.notice if self._report is None else self.chart)
        self.legend.setVisible(self._report is not None)
        self._explain()

    def _explain(self) -> None:
        if self._report is not None:
            self.legend.show_entries(entries(self.view, self._report, self.trend.trend, self._theme.tokens))

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(30)
        row = QHBoxLayout(head)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        self.views.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self.views)
        self._aside.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        row.addWidget(self._aside)
        row.addWidget(self.legend, 1)
        row.addStretch()
        self.body.setSpacing(6)
        self.body.addWidget(head)
        for chart in (self.trend, self.methods, self.heat, self.notice):
            self._stack.addWidget(chart)
        self.body.addWidget(self._stack, 1)
        self.show_aside("")
        self._show()

    def _connect(self) -> None:
        self.views.changed.connect(self._view_chosen)
        self.trend.picked.connect(self.period_picked)
        self.methods.picked.connect(self.period_picked)
        self.heat.picked.connect(self.hour_picked)
        self._theme.changed.connect(self._redraw)

    def _view_chosen(self, view: str) -> None:
        self._show()
        self.view_changed.emit(view)

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        for part in (self.trend, self.methods, self.heat, self.legend):
            part.set_theme(tokens)
        if self._report is not None:
            self.methods.set_data(mix(self._report, tokens))
        self._explain()


def entries(view: View, report: RevenueReport, trend: Trend, tokens: Tokens) -> list[Entry]:
    """What the lines and colours of a view mean."""
    if view == "hours":
        return [("Taken by weekday and hour, over the whole range", "", "")]
    if view == "methods":
        return [(method_shown(name), "", method_colour(tokens, at)) for at, name in enumerate(method_order(report))]
    part = "" if report.span.until is None else f", {SAME_PART}"
    found: list[Entry] = [("Revenue", "line", ""), (COMPARES[report.wanted.compare].capitalize() + part, "dashed", "")]
    found += [("Target", "target", "")] if trend.target else []
    found += [("Smoothed", "smooth", "")] if trend.smoothed else []
    return found + ([("80 / 95 %", "band", "")] if trend.band80[0] else [])
