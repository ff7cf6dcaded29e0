"""What a row of the trail gives away when it is copied."""

from __future__ import annotations

from tests.ui.audit.fake import NOON, day_totals
from ui.audit.columns import Reading, TrailRow, trail_columns


def test_the_whole_time_is_copied() -> None:
    reading = Reading(lambda: NOON)
    time = trail_columns(reading)[0]
    row = TrailRow.of(day_totals(1))
    here = row.record.at.astimezone(reading.zone)
    assert time.copied is not None
    assert time.copied(row) == f"{here.date()} {here:%H:%M:%S}"
    assert str(here.year) not in time.text(row)
