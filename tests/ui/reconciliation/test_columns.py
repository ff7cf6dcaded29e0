"""What is copied from the two tables of a day."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.ui.reconciliation.fake import exception, match
from ui.reconciliation.columns import OpenRow, Reading, grouped, match_columns, open_columns


def test_a_matchs_whole_times_are_copied() -> None:
    columns, reading = match_columns(Reading()), Reading()
    matched, removed = ({c.key: c.copied(row) for c in columns if c.copied} for row in (match(1), match(1, None)))
    day = match(1).completed_at.astimezone(reading.zone)
    assert matched == dict.fromkeys(("time", "paid_at"), f"{day.date()} {reading.clock(day)}")
    assert removed["paid_at"] == ""


def test_an_exceptions_whole_time_is_copied_and_nothing_of_its_groups_head() -> None:
    copied = next(column.copied for column in open_columns(Reading()) if column.key == "time")
    rows: list[OpenRow] = grouped([exception("late", 1)])
    assert copied is not None
    head, line = map(copied, rows)
    assert head == "" and rows[1].found is not None
    assert line == Reading().whole(rows[1].found.at)
    assert Reading().whole(datetime(2026, 11, 22, 11, 5, 11, tzinfo=UTC)) == "2026-11-22 14:05:11"
