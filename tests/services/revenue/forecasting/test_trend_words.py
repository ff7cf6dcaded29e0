"""The sentence about a change, and who carries it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from services.revenue.forecasting.smoothing import Array
from services.revenue.forecasting.trend import Change
from services.revenue.forecasting.trend_words import carried, in_words, told

FIRST = date(2025, 9, 1)
LAST = date(2026, 8, 31)
RNG = np.random.default_rng
PATTERN = np.resize([0.9, 0.95, 1.0, 1.05, 1.3, 1.1, 0.7], 365)
DAYS = np.arange(365)


def route(seed: int, mean: float) -> Array:
    return np.array(mean * PATTERN * RNG(seed).lognormal(0, 0.04, 365))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (Change(date(2026, 8, 3), 1.12), "Revenue up 12 % since 3 August"),
        (Change(date(2026, 8, 1), 0.88, weekday=5), "Saturdays down 12 % since 1 August"),
        (Change(date(2025, 12, 24), 1.5), "Revenue up 50 % since 24 December 2025"),
    ],
)
def test_a_change_in_words(change: Change, words: str) -> None:
    assert in_words(change, LAST) == words


def test_the_route_that_carries_a_change_is_named() -> None:
    nakuru, thika = route(1, 60_000), route(2, 40_000)
    nakuru *= np.where(DAYS >= 300, 1.3, 1.0)
    said = told(nakuru + thika, FIRST, {"Nairobi – Nakuru": nakuru, "Nairobi – Thika": thika}, subject="Takings")
    assert said == "Takings up 17 % since 28 June; Nairobi – Nakuru carries 99 % of it."


def test_a_change_of_one_weekday_is_told_as_such() -> None:
    nakuru, thika = route(3, 50_000), route(4, 50_000)
    nakuru[(DAYS % 7 == 5) & (DAYS >= 280)] *= 1.8
    said = told(nakuru + thika, FIRST, {"Nakuru": nakuru, "Thika": thika})
    assert said.startswith("Saturdays up ")
    assert "Nakuru carries " in said


def test_without_parts_or_without_change() -> None:
    level = route(5, 50_000)
    assert told(level, FIRST) == ""
    jumped = told(level * np.where(DAYS >= 320, 0.7, 1.0), FIRST)
    assert jumped.startswith("Revenue down ")
    assert jumped.endswith("July.")


def test_a_change_of_last_winter_is_history() -> None:
    assert told(route(6, 50_000) * np.where(DAYS >= 100, 1.5, 1.0), FIRST) == ""


def test_nobody_is_named_where_nobody_carries_half() -> None:
    change = Change(date(2026, 6, 28), 1.3)
    parts = {name: route(seed, 10_000) * np.where(DAYS >= 300, 1.3, 1.0) for seed, name in enumerate("abcd")}
    assert carried(parts, FIRST, change) is None
    assert carried({}, FIRST, change) is None
    assert carried(parts, FIRST, Change(date(2026, 6, 28), 0.7)) is None  # they moved the other way
    assert carried(parts, date(2026, 6, 28), change) is None  # nothing to compare with
