"""The page as a person uses it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from services.database.fleets import Fleet
from services.domain.errors import Cancelled, DatabaseUnreachable, NotAllowed
from services.domain.period import NAIROBI, Days
from tests.ui.reconciliation.fake import (
    FLEET,
    FRIDAY,
    SATURDAY,
    TODAY,
    FakeReconciliation,
    day_row,
    detail,
    exception,
    imported,
    match,
    result,
    statement,
)
from ui.reconciliation.page import IMPORT

Opened = Any  # the page and its surroundings, from conftest.py
Open = Callable[[FakeReconciliation], Opened]
A, B = Path("a.csv"), Path("b.csv")


def told(fleet_id: UUID) -> Fleet:
    """A fleet in Nairobi."""
    return Fleet(fleet_id, "MSAFIRI", "Msafiri Express", NAIROBI, "KES")


def week() -> FakeReconciliation:
    """Friday open, Saturday reconciled, today without a statement."""
    friday = day_row(FRIDAY)
    exceptions = (
        exception("paid_but_failed", 1),
        exception("late", 2, payment_id=None, receipt=None, booking_reference=None),
    )
    matches = (match(1), match(2, booking=None))
    return FakeReconciliation(
        rows=[friday, day_row(SATURDAY, "reconciled", 0, "0.00"), day_row(TODAY, "no_statement", None)],
        details={FRIDAY: detail(friday, exceptions, matches, (statement(),), "600.00")},
    )


def shown(opened: Opened) -> Opened:
    opened.page.set_fleet(told(FLEET))
    opened.settle()
    return opened


@pytest.fixture
def on_friday(open_page: Open) -> Opened:
    opened = shown(open_page(week()))
    opened.page.show_day(FRIDAY)
    opened.settle()
    return opened


def cells(model: Any, row: int) -> list[str]:
    return [model.text(row, column) for column in range(model.columnCount())]


def test_the_newest_day_that_is_over_is_shown_first(open_page: Open) -> None:
    opened = open_page(week())
    with opened.qtbot.waitSignal(opened.page.day_changed) as caught:
        opened.page.set_fleet(told(FLEET))
    assert caught.args == [SATURDAY]
    assert opened.service.asked == [(date(2026, 10, 24), TODAY)]
    assert [row.day for row in opened.page.days.rows] == [FRIDAY, SATURDAY, TODAY]
    model = opened.page.days.model()
    assert model.data(model.index(0, 0)) == "Fri 20 Nov, 2 open, difference −600.00"
    assert model.data(model.index(0, 0), Qt.ItemDataRole.DecorationRole) is None


def test_a_day_in_full(on_friday: Opened) -> None:
    page = on_friday.page
    assert page.day == FRIDAY
    titles = ("System total", "M-Pesa total", "Difference", "Matched", "Statement")
    assert [page.totals.text(title) for title in titles] == ["600.00", "1,200.00", "−600.00", "1 of 3", "proven ✓"]
    assert page.totals.proof.startswith("friday.csv · imported 22 Nov 14:00 by jane · 1 of 1 controls agree")
    assert [page.tables.tabs.tabText(tab) for tab in (0, 1)] == ["Exceptions (2)", "Matches (2)"]
    assert cells(page.tables.open_model, 0)[:4] == ["Paid but failed · 1", "600.00", "", ""]
    assert cells(page.tables.open_model, 1) == [
        "", "600.00", "2 d", "14:00:00", "UKKAAA0001", "BKG77", "Alice M.", "0700 ••• 111", "Sentence 1.",
    ]  # fmt: skip
    assert cells(page.tables.open_model, 3)[4:6] == ["—", "—"]
    assert cells(page.tables.match_model, 0) == [
        "14:00:00", "UKKAAA0001", "<b>25470****111</b>", "BKG78", "600.00", "BKG78", "Alice M.", "0700 ••• 111",
        "14:00:00", "Receipt", "Completed",
    ]  # fmt: skip
    assert cells(page.tables.match_model, 1)[5:] == ["—", "—", "—", "—", "Receipt", "Removed"]
    hint = page.tables.match_model.columns[9].hint
    assert hint is not None
    assert hint(match(1)) == "Score 1.00: receipt on both sides, amount equal"


def test_choosing_another_day(on_friday: Opened) -> None:
    page = on_friday.page
    page.days.setFocus()
    with on_friday.qtbot.waitSignal(page.day_changed) as caught:
        on_friday.qtbot.keyClick(page.days, Qt.Key.Key_Down)
    assert caught.args == [SATURDAY]
    assert page.totals.text("Difference") == "0.00"
    assert page.tables.open_notice.sentence == "Nothing is open"
    page.tables.tabs.setCurrentIndex(1)
    assert page.tables.match_grid.isVisible()
    assert page.tables.match_notice.sentence == "Nothing is matched"


def test_reloading_keeps_the_day_and_the_selection(on_friday: Opened) -> None:
    page = on_friday.page
    chosen = exception("paid_but_failed", 1).id
    assert page.tables.open_grid.select(chosen)
    page.reload()
    on_friday.settle()
    assert page.day == FRIDAY
    assert page.tables.open_grid.current_row().id == chosen


def test_enter_opens_the_payment_behind_an_exception(on_friday: Opened) -> None:
    page = on_friday.page
    opened: list[UUID] = []
    page.payment_activated.connect(opened.append)
    grid = page.tables.open_grid
    for wanted in (exception("paid_but_failed", 1).id, "paid_but_failed", exception("late", 2).id):
        assert grid.select(wanted)
        on_friday.qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert opened == [UUID(int=1)]


def test_auto_match_by_key(on_friday: Opened) -> None:
    on_friday.service.results[FRIDAY] = result(FRIDAY, new=2)
    page = on_friday.page
    page.tables.open_grid.setFocus()
    on_friday.qtbot.keyClick(page.tables.open_grid, Qt.Key.Key_A)
    on_friday.settle()
    assert on_friday.service.ran == [FRIDAY]
    assert page.said.text() == "Fri 20 Nov: 2 new matches, 1 open"
    assert page.match_button.isEnabled()
    page.show_day(SATURDAY)
    on_friday.settle()
    assert page.said.text() == ""


def test_a_refused_run_is_told(on_friday: Opened) -> None:
    on_friday.service.results[FRIDAY] = NotAllowed("The login is no manager.")
    on_friday.page.match_button.click()
    on_friday.settle()
    assert on_friday.told == [("error", "The login is no manager.")]
    assert on_friday.page.match_button.isEnabled()


def test_a_cancelled_run_needs_no_message(on_friday: Opened) -> None:
    on_friday.service.results[FRIDAY] = Cancelled("Cancelled.")
    on_friday.page.auto_match()
    on_friday.settle()
    assert on_friday.told == []


def test_a_signed_off_day_cannot_be_matched(open_page: Open) -> None:
    opened = shown(open_page(FakeReconciliation(rows=[day_row(FRIDAY, "signed_off", 0, "0.00")])))
    assert not opened.page.match_button.isEnabled()
    opened.page.auto_match()
    assert opened.service.ran == []


@pytest.mark.parametrize(
    ("row", "statements", "sentence"),
    [
        (day_row(FRIDAY, "no_statement", None), (), "No statement for this day"),
        (day_row(FRIDAY, "open", None), (statement(),), "Not matched yet"),
        (day_row(FRIDAY, "open", 0), (statement(),), "Nothing is named, yet the totals differ"),
        (day_row(FRIDAY, "no_statement", 0), (statement(),), "A short code has no statement"),
        (day_row(FRIDAY, "reconciled", 0), (statement(),), "Nothing is open"),
    ],
)
def test_an_empty_table_says_why(open_page: Open, row: Any, statements: Any, sentence: str) -> None:
    opened = shown(open_page(FakeReconciliation([row], {FRIDAY: detail(row, statements=statements)})))
    assert opened.page.tables.open_notice.sentence == sentence


def test_the_notices_button_asks_for_files(open_page: Open) -> None:
    opened = shown(open_page(week()))
    opened.page.show_day(TODAY)
    opened.settle()
    with opened.qtbot.waitSignal(opened.page.import_wanted):
        opened.page.tables.open_notice._act()
    with opened.qtbot.waitSignal(opened.page.import_wanted):
        opened.page.import_button.click()


def test_no_fleet_and_no_days(open_page: Open) -> None:
    opened = open_page(FakeReconciliation())
    page = opened.page
    assert page.tables.open_notice.sentence == "No fleet is chosen"
    page.reload()
    page.import_files([A])
    assert (opened.service.asked, opened.importer.took) == ([], [])
    shown(opened)
    assert page.tables.open_notice.sentence == "No payments and no statements in these days"
    assert (page.day, page.totals.text("Difference"), page.match_button.isEnabled()) == (None, "—", False)


def test_another_range_of_days(on_friday: Opened) -> None:
    page = on_friday.page
    page.range.popup.range_picked.emit(SATURDAY, TODAY)
    on_friday.settle()
    assert [row.day for row in page.days.rows] == [SATURDAY, TODAY]
    assert page.day == TODAY


def test_a_day_can_be_asked_for_before_the_list_is_there(open_page: Open) -> None:
    opened = open_page(week())
    opened.page.set_fleet(told(FLEET))
    opened.page.show_day(FRIDAY)
    opened.settle()
    assert (opened.page.day, opened.page.days.day) == (FRIDAY, FRIDAY)


def test_another_fleet_starts_anew(on_friday: Opened) -> None:
    on_friday.service.rows.clear()
    on_friday.service.details.clear()
    on_friday.page.set_fleet(told(UUID(int=2)))
    on_friday.settle()
    assert on_friday.page.day is None


def test_a_lost_database_is_told_and_retried(open_page: Open) -> None:
    service = week()
    service.error = DatabaseUnreachable("The database does not answer.")
    opened = shown(open_page(service))
    page = opened.page
    assert page.tables.open_notice.sentence == "The days could not be read"
    service.error = None
    page.tables.open_notice._act()
    opened.settle()
    assert page.day == SATURDAY
    service.error = DatabaseUnreachable("The database does not answer.")
    page.show_day(FRIDAY)
    opened.settle()
    assert page.tables.open_notice.sentence == "The day could not be read"
    page.reload()
    opened.settle()
    assert opened.told == [("error", "The database does not answer.")] * 3


def test_importing_files(on_friday: Opened) -> None:
    october = date(2026, 10, 1)
    on_friday.importer.answers = {"a.csv": imported(A, october), "b.csv": DatabaseRefusal("is a PDF")}
    page = on_friday.page
    page.import_files([A, B])
    assert not page.import_button.isEnabled()
    on_friday.settle()
    on_friday.qtbot.waitUntil(lambda: page.day == october)
    assert on_friday.importer.took == ["a.csv", "b.csv"]
    assert on_friday.shown[0] == ("Importing statements", 0.0)
    assert not on_friday.running
    assert page.summary.title == "1 file imported, 1 file refused"
    assert page.summary.isVisible()
    assert "b.csv was refused: is a PDF" in page.summary.text
    assert page.range.days == Days(october, TODAY)
    assert page.import_button.isEnabled()
    page.summary.dismiss()
    assert not page.summary.isVisible()


class DatabaseRefusal(NotAllowed):
    """Any refusal that is not the database going away."""


def test_an_import_that_fails_is_told(on_friday: Opened) -> None:
    on_friday.importer.answers = {"a.csv": DatabaseUnreachable("The database does not answer.")}
    on_friday.page.import_files([A])
    on_friday.settle()
    assert on_friday.told == [("error", "The database does not answer.")]
    assert not on_friday.running
    assert not on_friday.page.summary.isVisible()


def test_one_import_at_a_time_and_it_can_be_cancelled(on_friday: Opened) -> None:
    gate = Event()
    on_friday.importer.before = gate.wait
    page = on_friday.page
    page.import_files([A])
    page.import_files([B])
    assert on_friday.told == [("info", "An import is running: wait for it, or cancel it first.")]
    page.cancel_import()
    assert not on_friday.tasks.busy(IMPORT)
    gate.set()
    on_friday.settle()
    assert on_friday.told[1:] == [("info", "The import was cancelled.", "Files that were finished before are kept.")]
    assert (on_friday.running, page.import_button.isEnabled(), page.summary.isVisible()) == (False, True, False)
    page._progress(("late news", 0.5))
    assert not on_friday.running


def test_offline_nothing_is_written(on_friday: Opened) -> None:
    from tests.ui.reconciliation.fake import NOW

    page = on_friday.page
    page.set_offline(NOW)
    assert not page.import_button.isEnabled()
    page.import_files([A])
    page.auto_match()
    assert (on_friday.importer.took, on_friday.service.ran) == ([], [])
    page.set_offline(None)
    assert page.match_button.isEnabled()


def test_amounts_and_phones_can_be_hidden(on_friday: Opened) -> None:
    page = on_friday.page
    page.conceal(True)
    assert cells(page.tables.match_model, 0)[4] == "•••••"
    page.conceal(False)
    assert cells(page.tables.match_model, 0)[4] == "600.00"


def test_light_and_dark_are_drawn(on_friday: Opened) -> None:
    pictures: list[QImage] = []
    on_friday.page.days.setFocus()
    for mode in ("light", "dark"):
        on_friday.theme.set_mode(mode)
        pictures.append(on_friday.page.days.grab().toImage())
    assert pictures[0] != pictures[1]
