"""The line above the figures: grain, days, comparison and whose revenue the page is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from services.domain.payment import NOBODY, method_shown
from services.domain.period import Days, preset
from services.payments.row import Names
from services.revenue.figures import Dimension, Grain, RevenueFilter
from ui.revenue.compare_button import CompareButton
from ui.revenue.export_button import ExportButton
from ui.revenue.targets import TargetsButton
from ui.revenue.week import WEEK_STARTS, WeekStart
from ui.revenue.words import GRAINS, PRESETS
from ui.theme import Theme
from ui.widgets.day_range import DayRangeButton
from ui.widgets.filter_button import Choice, FilterButton
from ui.widgets.flow import GAP, FlowRow
from ui.widgets.segmented import Segmented
from ui.widgets.title import Title

_FIRST_PRESET = "last_42_days"


class RevenueBar(QWidget):
    """`changed()` when a person chooses something else."""

    changed = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], datetime], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self.grain = Segmented(list(GRAINS.items()), name="Grain")
        self.days = DayRangeButton(theme, chosen=_FIRST_PRESET, presets=PRESETS, now=clock)
        self.week_start = WeekStart(self.days)
        self.compare = CompareButton(theme)
        self.route, self.vehicle = FilterButton(theme, "Route"), FilterButton(theme, "Vehicle")
        self.driver, self.method = FilterButton(theme, "Driver"), FilterButton(theme, "Method")
        self.targets = TargetsButton(theme)
        self.export = ExportButton(theme)
        self._build()
        self._connect()

    @property
    def filters(self) -> dict[Dimension, FilterButton]:
        """The chips that narrow."""
        return {"route": self.route, "vehicle": self.vehicle, "driver": self.driver, "method": self.method}

    def wanted(self, fleet_id: UUID, zone: ZoneInfo) -> RevenueFilter:
        """What is chosen; a preset is reckoned from now."""
        return RevenueFilter(
            fleet_id,
            self._days_in(zone),
            grain=cast(Grain, self.grain.value),
            compare=self.compare.value,
            routes=_ids(self.route.values),
            vehicles=_ids(self.vehicle.values),
            drivers=_ids(self.driver.values),
            methods=frozenset(self.method.values),
            week_start=self.week_start.value,
        )

    def narrow(self, dimension: Dimension, key: str) -> None:
        """Narrows to one member, '' for none; without a signal."""
        self.filters[dimension].set_values([key or (str(NOBODY) if dimension != "method" else "")])

    def clear(self) -> None:
        """Takes every filter away; without a signal."""
        for button in self.filters.values():
            button.set_values(())

    def set_names(self, names: Names) -> None:
        """Offers routes, vehicles and drivers by their names, and payments without one."""
        self.route.set_choices(_choices(names.routes, "No route"))
        self.vehicle.set_choices(_choices(names.vehicles, "No vehicle"))
        self.driver.set_choices(_choices(names.drivers, "No driver"))
        self.targets.set_names(names)

    def set_methods(self, methods: Iterable[str]) -> None:
        """Offers payment methods, in this order."""
        self.method.set_choices([Choice(method, method_shown(method)) for method in methods])

    def state(self) -> dict[str, object]:
        """Grain, days, comparison and the weekday weeks begin on, as plain values."""
        return {
            "grain": self.grain.value,
            "preset": self.days.preset,
            "compare": self.compare.value,
            "week_start": self.week_start.value,
        }

    def restore(self, state: Mapping[str, object]) -> None:
        """Brings them back, as far as they can be read; a range of one's own is not kept."""
        if (grain := state.get("grain")) in GRAINS:
            self.grain.set_value(str(grain))
        if (days := state.get("preset")) in PRESETS:
            self.days.set_preset(str(days))
        if (compare := state.get("compare")) in ("previous", "week", "month", "year"):
            self.compare.set_value(compare)
        if (weekday := state.get("week_start")) in tuple(WEEK_STARTS):
            self.week_start.set_value(weekday)

    def _days_in(self, zone: ZoneInfo) -> Days:
        if self.days.preset:
            return preset(self.days.preset, zone, self._clock())
        chosen = self.days.days
        return Days(chosen.first, chosen.last, zone)

    def _build(self) -> None:
        line = QWidget()
        ends = QWidget()
        ends.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(ends)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addStretch(1)
        row.addWidget(self.targets)
        row.addWidget(self.export)
        self.grain.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        chips = (self.days, self.compare, *self.filters.values())
        FlowRow(line).add(Title("Revenue"), self.grain, *chips, ends)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(line)
        for left, right in pairwise((self.grain, *chips, self.targets, self.export)):
            QWidget.setTabOrder(left, right)

    def _connect(self) -> None:
        self.grain.changed.connect(lambda _: self.changed.emit())
        self.days.changed.connect(lambda _: self.changed.emit())
        self.week_start.changed.connect(lambda _: self.changed.emit())
        self.compare.changed.connect(lambda _: self.changed.emit())
        for button in self.filters.values():
            button.changed.connect(lambda _: self.changed.emit())


def _ids(values: Iterable[str]) -> frozenset[UUID]:
    return frozenset(map(UUID, values))


def _choices(names: Mapping[UUID, str], nobody: str) -> list[Choice]:
    named = sorted(names.items(), key=lambda pair: pair[1].casefold())
    return [Choice(str(NOBODY), nobody), *(Choice(str(known), name) for known, name in named)]
