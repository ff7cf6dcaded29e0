"""The chip that says which days a page is about: a preset that moves on at midnight, or any range."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import (
    QCalendarWidget,
    QDateEdit,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QTableView,
    QVBoxLayout,
)

from services.domain.period import NAIROBI, Days, preset
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.chip import Chip
from ui.widgets.label import label
from ui.widgets.popup import Popup

PRESETS: Final = {
    "today": "Today",
    "yesterday": "Yesterday",
    "last_7_days": "Last 7 days",
    "this_week": "This week",
    "this_month": "This month",
    "last_30_days": "Last 30 days",
}


_PICK_FIRST: Final = "Choose the first day (arrow keys, then Space)"
_PICK_LAST: Final = "Now choose the last day"


def days_in_words(days: Days) -> str:
    """A range as people write it: '22 Nov 2026', '12 – 18 Oct 2026', '12 Oct – 22 Nov 2026'."""
    first, last = days.first, days.last
    if first == last:
        return f"{last.day} {last:%b %Y}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day} – {last.day} {last:%b %Y}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {first:%b}{year} – {last.day} {last:%b %Y}"


class DayRangeButton(Chip):
    """`changed(days)` is emitted with a `services.domain.period.Days` when a person chooses another range."""

    changed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        *,
        name: str = "Days",
        chosen: str = "today",
        presets: Mapping[str, str] = PRESETS,
        zone: ZoneInfo = NAIROBI,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(theme, name, caption=False)
        self._zone, self._now = zone, now
        self._presets, self._preset = presets, chosen
        self._range = preset(chosen, zone, now())
        self._popup = RangePopup(theme, self, presets)
        self._popup.preset_picked.connect(self._pick_preset)
        self._popup.range_picked.connect(self._pick_range)
        self.clicked.connect(self._open)
        self._tell()

    @property
    def preset(self) -> str:
        """The name of the chosen preset; '' for a range of one's own."""
        return self._preset

    @property
    def days(self) -> Days:
        """The chosen days; a preset is reckoned from now."""
        return preset(self._preset, self._zone, self._now()) if self._preset else self._range

    @property
    def popup(self) -> RangePopup:
        """The panel with presets and calendar."""
        return self._popup

    def set_preset(self, name: str) -> None:
        """Chooses a preset without a signal; KeyError when there is none of that name."""
        self._range = preset(name, self._zone, self._now())
        self._preset = name
        self._tell()

    def set_days(self, days: Days) -> None:
        """Chooses a range of one's own without a signal."""
        self._preset, self._range = "", days
        self._tell()

    def _open(self) -> None:
        days = self.days
        self._popup.offer(self._preset, days.first, days.last)
        self._popup.drop()

    def _pick_preset(self, name: str) -> None:
        self.set_preset(name)
        self.changed.emit(self.days)

    def _pick_range(self, first: date, last: date) -> None:
        self.set_days(Days(first, last, self._zone))
        self.changed.emit(self.days)

    def _tell(self) -> None:
        words = self._presets[self._preset] if self._preset else days_in_words(self._range)
        self.show_value(words, active=True, clearable=False)


class RangePopup(Popup):
    """Presets on the left; on the right a calendar and two fields for a range of one's own."""

    preset_picked = Signal(str)
    range_picked = Signal(object, object)

    def __init__(self, theme: Theme, anchor: Chip, presets: Mapping[str, str]) -> None:
        super().__init__(anchor)
        self._theme, self._presets = theme, presets
        self.presets = QListWidget()
        self.calendar = QCalendarWidget()
        self.first, self.last = QDateEdit(), QDateEdit()
        self.apply = button("Show these days", "primary")
        self._hint = label(_PICK_FIRST, tone="faint", scale="small")
        self._picking_last = False
        self._marked: list[QDate] = []
        self._build()
        self._connect()

    def offer(self, chosen: str, first: date, last: date) -> None:
        """Shows what is chosen now."""
        self._pick_next(False)
        self.presets.setCurrentRow(list(self._presets).index(chosen) if chosen else -1)
        self._show_range(_qdate(first), _qdate(last))
        self.calendar.setSelectedDate(_qdate(last))
        # A list without a choice takes its first row for one when it gets the focus.
        (self.presets if chosen else self.calendar).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space and Enter choose the day on which the keyboard stands, as a click does; Esc closes the panel."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._day_clicked(self.calendar.selectedDate())
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.hide()
                return True
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        for words in self._presets.values():
            item = QListWidgetItem(words, self.presets)
            item.setSizeHint(QSize(0, 28))
        self.presets.setAccessibleName("Ranges of days")
        self.presets.setFixedWidth(136)
        self.calendar.setLocale(QLocale(QLocale.Language.English, QLocale.Country.Kenya))
        # After the locale, which brings its own first day.
        self.calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self.calendar.setAccessibleName("Calendar")
        # The grid of days inside takes the keys; Qt would only mark a day with them, and never begin a range.
        for grid in self.calendar.findChildren(QTableView):
            grid.installEventFilter(self)
        self.calendar.setFixedHeight(220)
        self.calendar.setMinimumWidth(308)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.presets)
        line = QFrame()
        line.setFixedWidth(1)
        line.setProperty("role", "rule")
        row.addWidget(line)
        row.addLayout(self._own_range())
        self.body.addLayout(row)

    def _own_range(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.calendar)
        column.addWidget(self._hint)
        fields = QGridLayout()
        fields.setSpacing(6)
        for place, (words, field) in enumerate((("From", self.first), ("To", self.last))):
            field.setDisplayFormat("d MMM yyyy")
            # The style sheet's padding does not reach the text inside a spin box.
            field.lineEdit().setTextMargins(6, 0, 0, 0)
            field.setAccessibleName(words)
            fields.addWidget(label(words, tone="muted", scale="small"), 0, place)
            fields.addWidget(field, 1, place)
        column.addLayout(fields)
        column.addWidget(self.apply)
        return column

    def _connect(self) -> None:
        self.presets.itemClicked.connect(lambda: self._take_preset())
        self.presets.itemActivated.connect(lambda: self._take_preset())
        self.calendar.clicked.connect(self._day_clicked)
        self.first.dateChanged.connect(lambda: self._show_range(self.first.date(), self.last.date()))
        self.last.dateChanged.connect(lambda: self._show_range(self.first.date(), self.last.date()))
        self.apply.clicked.connect(self._take_range)
        self._theme.changed.connect(self._redraw)
        self._redraw()

    def _take_preset(self) -> None:
        # A click can both click and activate an item; the first of them closes the panel.
        if self.isVisible() and self.presets.currentRow() >= 0:
            self.hide()
            self.preset_picked.emit(list(self._presets)[self.presets.currentRow()])

    def _take_range(self) -> None:
        self.hide()
        first, last = sorted((_date(self.first.date()), _date(self.last.date())))
        self.range_picked.emit(first, last)

    def _day_clicked(self, day: QDate) -> None:
        """The first click begins a range, the second ends it."""
        if self._picking_last:
            first, last = sorted((_date(self.first.date()), _date(day)))
            self._show_range(_qdate(first), _qdate(last))
        else:
            self._show_range(day, day)
        self._pick_next(not self._picking_last)

    def _pick_next(self, last: bool) -> None:
        self._picking_last = last
        self._hint.setText(_PICK_LAST if last else _PICK_FIRST)

    def _show_range(self, first: QDate, last: QDate) -> None:
        for field, day in ((self.first, first), (self.last, last)):
            field.blockSignals(True)
            field.setDate(day)
            field.blockSignals(False)
        for day in self._marked:
            self.calendar.setDateTextFormat(day, QTextCharFormat())
        low, high = sorted((first.toJulianDay(), last.toJulianDay()))
        self._marked = [QDate.fromJulianDay(day) for day in range(low, min(high, low + 400) + 1)]
        mark = QTextCharFormat()
        mark.setBackground(QColor(self._theme.tokens.accentweak))
        mark.setForeground(QColor(self._theme.tokens.text))
        for day in self._marked:
            self.calendar.setDateTextFormat(day, mark)

    def _redraw(self) -> None:
        # Qt paints weekends red, which here would read as failed.
        weekend = QTextCharFormat()
        weekend.setForeground(QColor(self._theme.tokens.muted))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(day, weekend)


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)


def _date(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
