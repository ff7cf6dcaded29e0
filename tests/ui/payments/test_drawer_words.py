"""How the drawer dates what happened: all moments of one list alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.domain.period import NAIROBI
from services.payments.steps import Step
from ui.payments.drawer.words import Reading, story_moments

NOON = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("ages", "exact"),
    [
        ([timedelta(minutes=2), timedelta(0)], ["11:58:00", "12:00:00"]),
        ([timedelta(days=1), timedelta(0)], ["25 Nov 12:00:00", "26 Nov 12:00:00"]),
        ([timedelta(days=2), timedelta(days=1)], ["24 Nov 12:00:00", "25 Nov 12:00:00"]),
        ([timedelta(days=365), timedelta(0)], ["26 Nov 2025 12:00", "26 Nov 2026 12:00"]),
    ],
)
def test_every_step_is_dated_like_the_others(ages: list[timedelta], exact: list[str]) -> None:
    story = [Step(NOON - age, "status", "completed", "Paid") for age in ages]
    assert [moment.exact for moment in story_moments(story, Reading(NAIROBI, NOON))] == exact
