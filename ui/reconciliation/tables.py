"""What is open and what is matched of a day, one table each, behind two tabs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar

from services.reconciliation.results import DayDetail, ExceptionRow, MatchRow
from ui.grid import GridModel, GridView
from ui.grid.columns import Row
from ui.reconciliation.columns import OpenRow, Reading, grouped, match_columns, open_columns
from ui.theme import Theme
from ui.widgets.card import Card
from ui.widgets.notice import Notice

Clock = Callable[[], datetime]


class DayTables(Card):
    """Exceptions and matches; `import_wanted` and `match_wanted` are the buttons of an empty table's notice."""

    import_wanted = Signal()
    match_wanted = Signal()
    exception_activated = Signal(object)
    match_activated = Signal(object)

    def __init__(self, theme: Theme, clock: Clock = lambda: datetime.now(UTC)) -> None:
        super().__init__()
        self._theme, self._clock = theme, clock
        self._reading = Reading()
        self.open_model: GridModel[OpenRow] = GridModel(open_columns(self._reading), lambda row: row.id, parent=self)
        self.match_model: GridModel[MatchRow] = GridModel(match_columns(self._reading), lambda row: row.id, parent=self)
        self.open_grid: GridView[OpenRow] = GridView(self.open_model, theme.tokens, "Exceptions")
        self.match_grid: GridView[MatchRow] = GridView(self.match_model, theme.tokens, "Matches")
        self.tabs = QTabBar()
        self._stack = QStackedWidget()
        self.open_notice, self.match_notice = Notice(theme, "empty", ""), Notice(theme, "empty", "")
        self._build()

    def show_day(self, detail: DayDetail, zone: ZoneInfo) -> None:
        """Shows a day's tables; of the same day, what is selected stays selected."""
        self._reading.zone, self._reading.now = zone, self._clock()
        _show(self.open_model, self.open_grid, grouped(detail.exceptions))
        _show(self.match_model, self.match_grid, list(detail.matches))
        self._count(len(detail.exceptions), len(detail.matches))
        self._explain(detail)

    def clear(self, sentence: str, hint: str = "") -> None:
        """Empties both tables and says why."""
        self.open_model.reset([])
        self.match_model.reset([])
        self._count(0, 0)
        for notice in (self.open_notice, self.match_notice):
            notice.say("empty", sentence, hint, icon="reconciliation")

    def fail(self, sentence: str, hint: str, retry: Callable[[], object]) -> None:
        """Empties both tables and says what went wrong."""
        self.clear(sentence)
        for notice in (self.open_notice, self.match_notice):
            notice.say("error", sentence, hint, action=("Retry", retry))

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones, or shows them again."""
        self.open_model.conceal(concealed)
        self.match_model.conceal(concealed)

    def _count(self, open_count: int, matches: int) -> None:
        self.tabs.setTabText(0, f"Exceptions ({open_count:,})")
        self.tabs.setTabText(1, f"Matches ({matches:,})")

    def _explain(self, detail: DayDetail) -> None:
        row = detail.row
        if row.status == "no_statement" and not detail.statements:
            said = "No statement for this day", "Drop the M-Pesa statement anywhere on this window."
            for notice in (self.open_notice, self.match_notice):
                notice.say("empty", *said, action=("Import statement…", self.import_wanted.emit), icon="import")
            return
        match = ("Auto-match", self.match_wanted.emit)
        if row.open_count is None:
            said = "Not matched yet", "Auto-match pairs the statement's lines with the payments."
            self.open_notice.say("empty", *said, action=match, icon="reconciliation")
            self.match_notice.say("empty", *said, action=match, icon="reconciliation")
            return
        self.match_notice.say("empty", "Nothing is matched", "No line of the statement agrees with a payment yet.")
        if row.status == "open":
            said = "Nothing is named, yet the totals differ", "Part of the day may lie outside the imported statements."
            self.open_notice.say("empty", *said, icon="warning")
        elif row.status == "no_statement":
            said = "A short code has no statement", "Drop its M-Pesa statement anywhere on this window."
            self.open_notice.say("empty", *said, action=("Import statement…", self.import_wanted.emit), icon="import")
        else:
            self.open_notice.say("empty", "Nothing is open", "Every line and every payment agrees.", icon="check")

    def _tint(self, row: OpenRow) -> str | None:
        return self._theme.tokens.raised if row.found is None else None

    def _build(self) -> None:
        self.tabs.addTab("Exceptions")
        self.tabs.addTab("Matches")
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("What to show of the day")
        self.body.setContentsMargins(1, 4, 1, 1)
        self.body.addWidget(self.tabs)
        for grid, notice in ((self.open_grid, self.open_notice), (self.match_grid, self.match_notice)):
            grid.set_placeholder(notice)
            self._stack.addWidget(grid)
        self.body.addWidget(self._stack, 1)
        self.open_grid.set_row_tint(self._tint)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.open_grid.row_activated.connect(self._open_activated)
        self.match_grid.row_activated.connect(self.match_activated)
        self._theme.changed.connect(self._redraw)

    def _open_activated(self, row: OpenRow) -> None:
        found: ExceptionRow | None = row.found
        if found is not None:
            self.exception_activated.emit(found)

    def _redraw(self) -> None:
        for grid in (self.open_grid, self.match_grid):
            grid.set_theme(self._theme.tokens)


def _show(model: GridModel[Row], grid: GridView[Row], rows: list[Row]) -> None:
    chosen = grid.current_row()
    model.reset(rows)
    if chosen is not None:
        grid.select(model.id_of(chosen))
