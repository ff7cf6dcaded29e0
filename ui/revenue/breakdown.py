"""The card below the charts: revenue by route, vehicle and driver, by period, vehicle days, and how payments ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QToolButton, QWidget

from services.revenue.figures import Dimension, RevenueReport, growth
from services.revenue.vehicle_days import VehicleDay
from ui.grid import GridState
from ui.revenue.painting import ShareBar, TonedText
from ui.revenue.rows import (
    OutcomeRow,
    PartRow,
    PeriodLine,
    outcome_columns,
    outcome_rows,
    part_columns,
    part_rows,
    period_columns,
    period_lines,
    titles,
    vehicle_day_columns,
)
from ui.revenue.table import FiguresTable
from ui.revenue.words import day_words, tone_of
from ui.theme import Theme
from ui.widgets.card import Card
from ui.widgets.label import ElidedLabel, label
from ui.widgets.notice import Kind
from ui.widgets.segmented import Segmented

PERIODS, VEHICLE_DAYS, SUCCESS = "periods", "vehicle_days", "success"
TABS: Final = (*titles(), (PERIODS, "Periods"), (VEHICLE_DAYS, "Vehicle days"), (SUCCESS, "Success"))
_HINTS: Final = {
    "": "Enter narrows the page to it, a click on its revenue shows the payments",
    PERIODS: "Enter or a click on its revenue shows the payments",
    VEHICLE_DAYS: "Expected: what vehicles of its routes usually take on this weekday",
    SUCCESS: "Payments created in the range, by how they ended",
}


class Breakdown(Card):
    """What a person asks for: `narrow_wanted(dimension, key)`, `part_opened(dimension, key)`, `period_opened(place)`,
    `vehicle_day_opened(vehicle_id, day)`, `outcome_opened(kind, code)`, `day_wanted(date)` for another day of
    vehicles, `tab_changed(name)`."""

    narrow_wanted = Signal(str, str)
    part_opened = Signal(str, str)
    period_opened = Signal(int)
    vehicle_day_opened = Signal(object, object)
    outcome_opened = Signal(str, str)
    day_wanted = Signal(object)
    tab_changed = Signal(str)

    def __init__(self, theme: Theme, currency: str = "KES") -> None:
        super().__init__()
        self._theme = theme
        self._report: RevenueReport | None = None
        self._open: set[Dimension] = set()
        self._day = date.min
        self.tabs = Segmented(list(TABS), name="What to list")
        self.parts: dict[Dimension, FiguresTable[PartRow]] = {
            dimension: self._part_table(dimension, title, currency) for dimension, title in titles()
        }
        self.periods = self._period_table(currency)
        self.vehicle_days = self._vehicle_table(currency)
        self.success = self._success_table()
        self._hint = ElidedLabel(tone="faint", scale="small")
        self._steps = QWidget()
        self._day_label = label(scale="strong")
        self.earlier, self.later = QToolButton(), QToolButton()
        self._stack = QStackedWidget()
        self._build()
        self._connect()

    @property
    def tab(self) -> str:
        """Which table is shown."""
        return self.tabs.value

    @property
    def table(self) -> FiguresTable[Any]:
        """The table that is shown."""
        return self._tables[self.tab]

    @property
    def day(self) -> date:
        """The day whose vehicles are listed."""
        return self._day

    @property
    def _tables(self) -> dict[str, FiguresTable[Any]]:
        parts: dict[str, FiguresTable[Any]] = dict(self.parts.items())
        return parts | {PERIODS: self.periods, VEHICLE_DAYS: self.vehicle_days, SUCCESS: self.success}

    def show_tab(self, name: str) -> None:
        """Lists something else, as the layout remembers it."""
        self.tabs.set_value(name)
        self._show_tab()

    def show_report(self, report: RevenueReport | None) -> None:
        """Lists a report; nothing without one."""
        self._report = report
        for dimension in self.parts:
            self._show_parts(dimension)
        self.periods.show_rows(period_lines(report) if report is not None else ())
        self.success.show_rows(outcome_rows(report.rates, report.rates_before) if report is not None else ())

    def show_vehicle_days(self, day: date, latest: date, rows: Sequence[VehicleDay]) -> None:
        """Lists a day's vehicles; there is none after `latest`."""
        self._day = day
        self._day_label.setText(day_words(day))
        self.later.setEnabled(day < latest)
        self.vehicle_days.show_rows(rows)

    def say(self, kind: Kind, sentence: str, hint: str = "") -> None:
        """Says why the tables are empty."""
        for name, table in self._tables.items():
            if name != VEHICLE_DAYS:
                table.notice.say(kind, sentence, hint, icon="" if kind == "error" else "revenue")

    def say_of_vehicles(self, kind: Kind, sentence: str, hint: str = "") -> None:
        """Says why no vehicle is listed."""
        self.vehicle_days.notice.say(kind, sentence, hint, icon="" if kind == "error" else "revenue")

    def conceal(self, concealed: bool) -> None:
        """Masks amounts, or shows them again."""
        for table in self._tables.values():
            table.model.conceal(concealed)

    def layout_state(self) -> dict[str, GridState]:
        """Every table's columns as plain values."""
        return {name: table.layout_state() for name, table in self._tables.items()}

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings them back."""
        for name, table in self._tables.items():
            if isinstance(kept := state.get(name), Mapping):
                table.restore_layout(kept)

    # --- inside --------------------------------------------------------------------------------------------------

    def _show_parts(self, dimension: Dimension) -> None:
        report = self._report
        rows = [] if report is None else part_rows(
            report.parts[dimension], report.total.revenue, opened=dimension in self._open
        )  # fmt: skip
        self.parts[dimension].show_rows(rows)

    def _show_tab(self) -> None:
        self._stack.setCurrentWidget(self.table)
        self._steps.setVisible(self.tab == VEHICLE_DAYS)
        self._hint.setText(_HINTS.get(self.tab, _HINTS[""]))

    def _tab_chosen(self, name: str) -> None:
        self._show_tab()
        self.tab_changed.emit(name)

    def _part_activated(self, dimension: Dimension, row: PartRow) -> None:
        if row.members:
            self._open ^= {dimension}
            self._show_parts(dimension)
        else:
            self.narrow_wanted.emit(dimension, row.part.key)

    def _part_opened(self, dimension: Dimension, row: PartRow) -> None:
        if row.members:
            self._part_activated(dimension, row)
        else:
            self.part_opened.emit(dimension, row.part.key)

    def _part_table(self, dimension: Dimension, title: str, currency: str) -> FiguresTable[PartRow]:
        table: FiguresTable[PartRow] = FiguresTable(
            self._theme,
            f"Revenue by {title.lower()}",
            part_columns(title, currency),
            lambda row: row.id,
            keys={
                "label": lambda row: row.label.casefold(),
                "revenue": lambda row: row.part.totals.revenue,
                "growth": lambda row: row.part.growth,
                "payments": lambda row: row.part.totals.taken_count,
                "share": lambda row: row.part.totals.revenue,
            },
            links=("revenue",),
            pinned=lambda row: bool(row.members),
        )
        table.paint_column("growth", TonedText(self._theme, table.model, table, lambda row: tone_of(row.part.growth)))
        table.paint_column("share", ShareBar(self._theme, table.model, table, _part_length))
        table.activated.connect(lambda row: self._part_activated(dimension, row))
        table.opened.connect(lambda row: self._part_opened(dimension, row))
        return table

    def _period_table(self, currency: str) -> FiguresTable[PeriodLine]:
        table: FiguresTable[PeriodLine] = FiguresTable(
            self._theme,
            "Periods",
            period_columns(currency),
            lambda line: line.row.span.first,
            keys={
                "period": lambda line: line.place,
                "taken": lambda line: line.row.totals.taken,
                "refunded": lambda line: line.row.totals.refunded,
                "revenue": lambda line: line.row.totals.revenue,
                "payments": lambda line: line.row.totals.taken_count,
                "average": lambda line: line.row.totals.average,
                "change": lambda line: line.row.change,
                "growth": lambda line: line.row.growth,
            },
            links=("revenue",),
        )
        table.paint_column("growth", TonedText(self._theme, table.model, table, lambda line: tone_of(line.row.growth)))
        for signal in (table.activated, table.opened):
            signal.connect(lambda line: self.period_opened.emit(line.place))
        return table

    def _vehicle_table(self, currency: str) -> FiguresTable[VehicleDay]:
        table: FiguresTable[VehicleDay] = FiguresTable(
            self._theme,
            "Vehicle days",
            vehicle_day_columns(currency),
            lambda row: row.vehicle_id,
            keys={
                "vehicle": lambda row: row.vehicle.casefold(),
                "expected": lambda row: row.expected,
                "taken": lambda row: row.taken,
                "difference": lambda row: row.difference,
                "ratio": lambda row: row.ratio,
            },
            links=("taken",),
        )
        table.paint_column("difference", TonedText(self._theme, table.model, table, _shortfall_tone))
        table.paint_column("ratio", ShareBar(self._theme, table.model, table, lambda row: float(row.ratio or 0)))
        for signal in (table.activated, table.opened):
            signal.connect(lambda row: self.vehicle_day_opened.emit(row.vehicle_id, self._day))
        return table

    def _success_table(self) -> FiguresTable[OutcomeRow]:
        table: FiguresTable[OutcomeRow] = FiguresTable(
            self._theme,
            "How payments ended",
            outcome_columns(),
            lambda row: (row.kind, row.code),
            keys={},
            links=("payments",),
        )
        table.paint_column("change", TonedText(self._theme, table.model, table, _outcome_tone))
        table.paint_column("share", ShareBar(self._theme, table.model, table, lambda row: row.share or 0.0))
        for signal in (table.activated, table.opened):
            signal.connect(lambda row: self.outcome_opened.emit(row.kind, row.code))
        return table

    def _build(self) -> None:
        head = QWidget()
        head.setFixedHeight(40)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 14, 0)
        row.setSpacing(10)
        row.addWidget(label("By", scale="heading"))
        self.tabs.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(self.tabs)
        row.addWidget(self._day_steps())
        row.addStretch(1)
        row.addWidget(self._hint)
        self._hint.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.body.addWidget(head)
        for table in self._tables.values():
            self._stack.addWidget(table)
        self.body.addWidget(self._stack, 1)
        self._show_tab()

    def _day_steps(self) -> QWidget:
        row = QHBoxLayout(self._steps)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        for step, sign, words in ((self.earlier, "◂", "The day before"), (self.later, "▸", "The day after")):
            step.setText(sign)
            step.setToolTip(words)
            step.setAccessibleName(words)
        for part in (self.earlier, self._day_label, self.later):
            row.addWidget(part)
        return self._steps

    def _connect(self) -> None:
        self.tabs.changed.connect(self._tab_chosen)
        self.earlier.clicked.connect(lambda: self.day_wanted.emit(self._day - timedelta(days=1)))
        self.later.clicked.connect(lambda: self.day_wanted.emit(self._day + timedelta(days=1)))


def _part_length(row: PartRow) -> float:
    return 0.0 if row.members else row.length


def _shortfall_tone(row: VehicleDay) -> str:
    return "faint" if row.ratio is None else tone_of(row.ratio - 1)


def _outcome_tone(row: OutcomeRow) -> str:
    moved = growth(Decimal(row.count), Decimal(row.before))
    if moved is None:
        return "faint"
    return tone_of(moved if row.kind == "succeeded" else -moved)
