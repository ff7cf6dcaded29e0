"""The page over a trail: filters ask again, a record opens beside the rows, a verification is told and can be stopped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton

from services.audit.verification import BadRecord
from services.domain.errors import Cancelled, DatabaseUnreachable
from services.domain.period import Days
from tests.ui.audit.conftest import Open, Opened
from tests.ui.audit.fake import FLEET, NOON, OTHER_FLEET, FakeTrail, added, day_totals, removed


@pytest.fixture
def page(open_page: Open) -> Opened:
    """Five records, the newest on top; number 3 has a reason."""
    trail = FakeTrail([day_totals(n, reason="<b>asked</b> twice" if n == 3 else None) for n in range(1, 6)])
    one = open_page(trail)
    one.page.set_fleet(FLEET)
    one.settle()
    return one


def strip(one: Opened) -> tuple[str, str, str]:
    assert one.page.result is not None
    return one.page.result.kind, one.page.result.text, one.page.result.detail


def fields(one: Opened) -> list[tuple[str, ...]]:
    """The table of fields as it is shown, from the top down."""
    content = one.page.panel._fields.widget()
    grid = content.layout() if content is not None else None
    assert isinstance(grid, QGridLayout)
    rows: dict[int, list[str]] = {}
    for place in range(grid.count()):
        item = grid.itemAt(place)
        cell = item.widget() if item is not None else None
        if isinstance(cell, QLabel):
            assert cell.textFormat() == Qt.TextFormat.PlainText
            row, *_ = cast(tuple[int, int, int, int], grid.getItemPosition(place))
            rows.setdefault(row, []).append(cell.text())
    heads = rows.pop(0)
    return [("Field", *[head for head in heads if head != "Field"]), *(tuple(rows[row]) for row in sorted(rows))]


# The rows ------------------------------------------------------------------------------------------------------------


def test_without_a_fleet_the_page_says_so(open_page: Open) -> None:
    one = open_page(FakeTrail())
    one.page.reload()
    one.page.verify()
    one.page.open_record(1)
    assert one.page.notice.sentence == "No fleet is chosen"
    assert not one.page.bar.verify.isEnabled() and one.trail.asked == []


def test_rows_tell_the_record_in_words(page: Opened) -> None:
    assert page.numbers == [5, 4, 3, 2, 1]
    texts = [page.page.model.text(2, column) for column in range(6)]
    assert texts == [
        "21 Nov 19:23:00",
        "test_manager",
        "Reconciled",
        "21 Nov 2026: difference 0.00, reconciled",
        "<b>asked</b> twice",
        "3",
    ]
    assert page.page.model.text(0, 4) == "—"


def test_times_of_another_year_say_the_year(page: Opened) -> None:
    record = page.trail.records[0]
    assert page.page._reading.shortly(record.at.replace(year=2025)) == "21 Nov 2025 19:21"


def test_filters_ask_again(page: Opened) -> None:
    page.trail.records.append(replace(day_totals(6), who="test_approver"))
    page.page.reload()
    page.settle()
    page.page.bar.who._choose(["test_approver"])
    page.settle()
    assert page.numbers == [6]
    page.page.bar.kind._choose(["member"])
    page.settle()
    assert (page.numbers, page.page.notice.sentence) == ([], "Nothing matches these filters")
    page.page.clear_filters()
    page.settle()
    assert page.numbers == [6, 5, 4, 3, 2, 1]
    page.page.bar.search.setText("twice")
    page.qtbot.waitUntil(lambda: page.numbers == [3])
    page.page.bar.search.clear_now()
    page.settle()
    days = Days(date(2026, 11, 1), date(2026, 11, 2))
    page.page.bar.days.set_days(days)
    page.page.bar.changed.emit()
    page.settle()
    assert (page.numbers, page.page.notice.sentence) == ([], "Nothing was changed in these days")
    assert page.trail.asked[-1].days == days


def test_a_record_about_one_payment_leads_to_it(page: Opened) -> None:
    freed = replace(day_totals(6), table="match_payment", key={"payment_id": str(UUID(int=9))})
    page.trail.records.append(freed)
    page.page.reload()
    page.settle()
    page.page.open_record(6)
    assert page.page.panel.payment_button.isVisible()
    with page.qtbot.waitSignal(page.page.payment_wanted) as asked:
        page.page.panel.payment_button.click()
    assert asked.args == [UUID(int=9)]
    page.page.open_record(5)
    assert not page.page.panel.payment_button.isVisible()


def test_more_rows_come_as_one_scrolls(open_page: Open) -> None:
    one = open_page(FakeTrail([day_totals(n) for n in range(1, 8)], page_size=3))
    one.page.set_fleet(FLEET)
    one.settle()
    # A tall window asks for older pages by itself until it is full.
    one.qtbot.waitUntil(lambda: one.numbers == [7, 6, 5, 4, 3, 2, 1])
    assert not one.page.model.canFetchMore(one.page.grid.rootIndex())


def test_a_page_that_fails_to_come_can_be_asked_again(open_page: Open) -> None:
    one = open_page(FakeTrail([day_totals(n) for n in range(1, 300)], page_size=200))
    one.page.set_fleet(FLEET)
    one.settle()
    one.trail.fault = DatabaseUnreachable("The database does not answer.")
    one.page.model.fetchMore(one.page.grid.rootIndex())
    one.settle()
    assert one.window.messages == [("error", "The database does not answer.")]
    one.trail.fault = None
    one.page.model.fetchMore(one.page.grid.rootIndex())
    one.qtbot.waitUntil(lambda: len(one.numbers) == 299)


def test_a_first_page_that_fails_says_so_in_its_place(open_page: Open) -> None:
    one = open_page(FakeTrail([day_totals(1)], DatabaseUnreachable("The database does not answer.")))
    one.page.set_fleet(FLEET)
    one.settle()
    assert one.page.notice.sentence == "The audit trail could not be read"
    one.trail.fault = None
    one.page.notice._act()
    one.settle()
    assert one.numbers == [1]
    one.trail.fault = DatabaseUnreachable("Gone again.")
    one.page.reload()
    one.settle()
    assert one.numbers == [1] and one.window.messages == [("error", "Gone again.")]


def test_a_reload_keeps_the_chosen_row(page: Opened) -> None:
    page.page.grid.select(3)
    page.trail.records.append(day_totals(6))
    page.page.reload()
    page.settle()
    row = page.page.grid.current_row()
    assert row is not None and row.record.number == 3 and page.numbers[0] == 6


def test_another_fleet_starts_afresh(page: Opened) -> None:
    page.page.open_record(3)
    page.page.bar.search.set_query("twice")
    page.page.set_fleet(OTHER_FLEET)
    page.settle()
    assert (page.numbers, page.page.panel.number, page.page.bar.search.text()) == ([], None, "")
    assert page.page.notice.sentence == "Nothing was changed in these days"


def test_down_leaves_the_search_for_the_rows(page: Opened) -> None:
    page.page.focus_search()
    assert page.page.bar.search.hasFocus()
    QTest.keyClick(page.page.bar.search, Qt.Key.Key_Down)
    row = page.page.grid.current_row()
    assert page.page.grid.hasFocus() and row is not None and row.record.number == 5


# The record ----------------------------------------------------------------------------------------------------------


def test_enter_opens_the_record_and_esc_closes_it(page: Opened) -> None:
    page.page.grid.setFocus()
    page.page.grid.select(3)
    assert page.page.panel.number is None
    QTest.keyClick(page.page.grid, Qt.Key.Key_Return)
    assert page.page.panel.number == 3
    QTest.keyClick(page.page.grid, Qt.Key.Key_Down)
    assert page.page.panel.number == 2
    QTest.keyClick(page.page.panel, Qt.Key.Key_Escape)
    assert page.page.panel.number is None and page.page.grid.hasFocus()
    page.page.open_record(2)
    QTest.keyClick(page.page, Qt.Key.Key_Escape)
    assert page.page.panel.number is None
    QTest.keyClick(page.page, Qt.Key.Key_Escape)


def test_a_click_opens_the_record(page: Opened) -> None:
    index = page.page.model.index(1, 1)
    where = page.page.grid.visualRect(index).center()
    QTest.mouseClick(page.page.grid.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert page.page.panel.number == 4
    QTest.mouseClick(page.page.panel.close_button, Qt.MouseButton.LeftButton)
    assert page.page.panel.number is None


def test_an_update_stands_side_by_side(page: Opened) -> None:
    page.page.open_record(3)
    assert fields(page) == [
        ("Field", "Before", "After"),
        ("Changed (3)",),
        ("difference", "125.00", "0.00"),
        ("notes", "—", "<b>seen</b>"),
        ("status", "open", "reconciled"),
        ("The same (4)",),
        ("digest", "abababababababab…", "abababababababab…"),
        ("id", "0b5a1a7e…", "0b5a1a7e…"),
        ("reconciled at", "22 Nov 2026 08:00:00", "22 Nov 2026 08:00:00"),
        ("reconciliation date", "21 Nov 2026", "21 Nov 2026"),
    ]
    panel = page.page.panel
    assert panel._reason.text() == "Reason: <b>asked</b> twice" and panel._reason.isVisible()
    assert panel._reason.textFormat() == Qt.TextFormat.PlainText
    assert panel._author.text() == "test_manager, 21 Nov 2026 19:23:00"
    assert panel._hash.toolTip() == "01" * 32
    page.page.open_record(2)
    assert not panel._reason.isVisible()


def test_what_was_added_has_no_before_and_what_was_removed_no_after(page: Opened) -> None:
    page.trail.records += [added(day_totals(6)), removed(day_totals(7))]
    page.page.reload()
    page.settle()
    page.page.open_record(6)
    assert fields(page)[:3] == [("Field", "After"), ("Added (7)",), ("difference", "0.00")]
    page.page.open_record(7)
    assert fields(page)[0] == ("Field", "Before")


def test_the_reason_lends_its_room_to_the_details(page: Opened) -> None:
    columns = page.page.grid.columns
    assert len(columns.shown()) == 6
    page.page.open_record(3)
    assert len(columns.shown()) == 5
    assert page.page.layout_state()["hidden"] == []
    page.page.panel.clear()
    page.page.panel.clear()
    assert len(columns.shown()) == 6
    page.page.restore_layout({**page.page.layout_state(), "hidden": ["reason"]})
    page.page.open_record(3)
    page.page.panel.clear()
    assert page.page.layout_state()["hidden"] == ["reason"]


def test_a_record_outside_the_filter_opens_too(page: Opened) -> None:
    page.page.bar.search.setText("twice")
    page.qtbot.waitUntil(lambda: page.numbers == [3])
    page.page.open_record(1)
    page.settle()
    assert page.page.panel.number == 1
    page.page.open_record(99)
    page.settle()
    assert page.window.messages == [("error", "The audit trail has no record 99.")]


def test_privacy_masks_details_and_fields(page: Opened) -> None:
    page.page.conceal(True)
    page.page.open_record(3)
    assert page.page.model.text(2, 3) == "•••••"
    assert fields(page)[2] == ("difference", "•••••", "•••••")
    page.page.conceal(False)
    assert fields(page)[2] == ("difference", "125.00", "0.00")


# The proof -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("anchors", "said"),
    [
        (0, "No anchors can be read from here: whether the trail was rewritten as a whole is proven on the server."),
        (1, "The trail agrees with 1 anchor outside the database."),
        (2, "The trail agrees with 2 anchors outside the database."),
    ],
)
def test_a_true_trail_is_told(page: Opened, anchors: int, said: str) -> None:
    page.trail.anchors = anchors
    QTest.mouseClick(page.page.bar.verify, Qt.MouseButton.LeftButton)
    page.settle()
    assert strip(page) == (
        "success",
        "Proven until No. 5 at 12:00",
        f"All 5 records are as they were written. {said}",
    )
    assert page.window.shares == [0.0, 0.5] and page.window.task is None
    assert page.page.result is not None
    page.page.result.dismissed.emit()
    assert page.page.result is None


def test_one_record_and_none_read_well(open_page: Open) -> None:
    one = open_page(FakeTrail([day_totals(1)]))
    one.page.set_fleet(FLEET)
    one.page.verify()
    one.settle()
    assert strip(one)[2].startswith("1 record is as it was written.")
    one.trail.records.clear()
    one.page.verify()
    one.settle()
    assert strip(one)[1] == "The trail is empty at 12:00"


@pytest.mark.parametrize(("missing", "opened"), [(False, 3), (True, 2)])
def test_the_first_bad_record_can_be_opened(page: Opened, missing: bool, opened: int) -> None:
    page.trail.bad = BadRecord(FLEET.id, 3, "Record 3 is bad.", missing)
    page.page.verify()
    page.settle()
    assert strip(page) == ("error", "The audit trail is not true (checked at 12:00)", "Record 3 is bad.")
    assert page.page.result is not None
    [button] = page.page.result.findChildren(QPushButton)
    assert button.text() == f"Open No. {opened}"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert page.page.panel.number == opened


def test_a_missing_first_record_has_none_to_open(page: Opened) -> None:
    page.trail.bad = BadRecord(FLEET.id, 1, "Record 1 is missing.", True)
    page.page.verify()
    page.settle()
    assert page.page.result is not None and page.page.result.findChildren(QPushButton) == []


def test_a_verification_can_be_stopped(page: Opened) -> None:
    page.trail.held.clear()
    page.page.verify()
    page.qtbot.waitUntil(lambda: page.window.task == ("Verifying the audit trail", 0.5))
    assert not page.page.bar.verify.isEnabled()
    page.page.verify()
    assert page.window.cancel is not None
    page.window.cancel()
    assert page.window.task is None and page.page.bar.verify.isEnabled() and page.page.result is None
    page.page.cancel_verification()
    assert page.window.messages == []


def test_another_fleet_stops_a_verification(page: Opened) -> None:
    page.trail.held.clear()
    page.page.verify()
    page.page.set_fleet(OTHER_FLEET)
    assert page.window.task is None and page.page.result is None


def test_a_verification_that_cannot_be_made_says_why(page: Opened) -> None:
    page.trail.fault = DatabaseUnreachable("The database does not answer.")
    page.page.verify()
    page.settle()
    assert page.window.messages == [("error", "The database does not answer.")]
    assert page.window.task is None and page.page.bar.verify.isEnabled()
    page.trail.fault = Cancelled("stopped elsewhere")
    page.page.verify()
    page.settle()
    assert len(page.window.messages) == 1


def test_offline_nothing_is_verified(page: Opened) -> None:
    page.page.set_offline(NOON)
    page.page.verify()
    assert not page.page.bar.verify.isEnabled() and page.window.task is None
    page.page.set_offline(None)
    assert page.page.bar.verify.isEnabled()


def test_the_rows_follow_the_theme(page: Opened) -> None:
    before = page.page.grid.grab().toImage()
    page.theme.set_mode("dark")
    assert page.page.grid.grab().toImage() != before


@pytest.mark.parametrize("field", ["2026-13-45", "2026-09-22T99:00:00+00:00", "2026-09-22T09:00:00"])
def test_what_only_looks_like_a_date_is_shown_as_it_stands(page: Opened, field: str) -> None:
    record = page.trail.records[0]
    page.trail.records.append(replace(record, number=9, before={"notes": field}, after={"notes": field}))
    page.page.open_record(9)
    page.settle()
    assert fields(page)[-1] == ("notes", field, field)
