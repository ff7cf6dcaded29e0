"""Last year's course: its ratio where it is known, and 1 where it is not or could be chance."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.annual import YEAR, last_year

AHEAD = np.arange(1.0, 93)


def test_last_years_rise_is_told() -> None:
    level = np.ones((700, 1))
    level[360 : 360 + 90] = 1.5  # a season
    ratio = last_year(level, YEAR + 345, AHEAD)[:, 0]  # last year's present: day 345, before the season
    assert ratio[0] == pytest.approx(1.0, abs=0.01)
    assert ratio[40:60] == pytest.approx(1.5, abs=0.01)


def test_it_reads_nothing_after_the_day() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(0, 0.1, (800, 3)) * (1 + 0.5 * np.sin(np.arange(800) / 58))[:, None]
    before = last_year(values, 500, AHEAD)
    values[500:] = 99.0
    assert np.array_equal(before, last_year(values, 500, AHEAD))
    assert (before != 1).any()


def test_without_a_year_there_is_no_course() -> None:
    assert (last_year(np.ones((300, 2)), 300, AHEAD) == 1.0).all()
    gap = np.ones((800, 1))
    gap[800 - YEAR - 60 : 800 - YEAR + 120] = np.nan
    assert (last_year(gap, 800, AHEAD) == 1.0).all()


def test_chance_is_hardly_followed() -> None:
    values = np.random.default_rng(2).lognormal(0, 0.4, (730, 100))
    weeks = np.log(values[: 34 * 21].reshape(34, 21, 100).mean(axis=1))
    by_chance = np.abs(np.diff(weeks, axis=0)).mean()
    assert np.abs(np.log(last_year(values, 730, AHEAD))).mean() < by_chance / 3


def test_wild_ratios_are_bounded() -> None:
    values = np.ones((730, 1))
    values[: 730 - YEAR] = 1e-6
    assert last_year(values, 730, AHEAD).max() <= 5.0
