"""Smoothing against the same thing written out by hand, and against days that would mislead it."""

from __future__ import annotations

import numpy as np
import pytest

from services.revenue.forecasting.smoothing import SETTLING, SURPRISE, Array, Judged, Member, State, project, smooth

PLAIN = Member(level=0.2, weekday=0.1)
SLOPED = Member(level=0.2, weekday=0.1, slope=0.3, damping=0.9)
EVEN = Member(level=0.2, weekday=None)


def smoothed(values: Array, *members: Member, after: int | None = None, surprise: float = 1e9) -> State:
    """The state of one series after its last day, with nothing taken for a surprise unless said."""
    days = len(values) if after is None else after
    return smooth(values[:, None, None], members, [days], np.array([surprise]), as_they_are(values))[days]


def as_they_are(values: Array, logged: bool = False, squared: bool = False) -> Judged:
    """Errors of one series in its own unit."""
    return Judged(np.array([[logged]]), np.ones((len(values), 1, 1)), np.array([squared]))


def by_hand(values: Array, member: Member) -> tuple[float, float, list[float]]:
    """Level, slope and weekday pattern in the plainest words, known days only, begun from the first four weeks."""
    start = int(np.isfinite(values).argmax())
    early = values[start : start + 28]
    means = [np.nanmean(early[(np.arange(start, start + 28) % 7) == weekday]) for weekday in range(7)]
    level, slope = float(np.mean(means)), 0.0
    pattern = [float(mean - level) if member.weekday is not None else 0.0 for mean in means]
    for day, value in enumerate(values):
        slope *= member.damping
        level += slope
        if np.isfinite(value):
            miss = float(value) - level - pattern[day % 7]
            seen = max(day + 1 - start, 28)
            level += max(member.level, 1 / seen) * miss
            slope += member.level * member.slope * miss
            pattern[day % 7] += max(member.weekday, 7 / seen) * miss if member.weekday else 0.0
    return level, slope, pattern


@pytest.fixture
def values() -> Array:
    rng = np.random.default_rng(1)
    return 10 + np.tile([0.0, 1, 2, 3, 4, -5, -5], 20) + rng.normal(0, 1, 140)


@pytest.mark.parametrize("member", [PLAIN, SLOPED, EVEN])
@pytest.mark.parametrize("gaps", [False, True])
def test_it_is_the_recursion_written_out(values: Array, member: Member, gaps: bool) -> None:
    if gaps:
        values[:13] = values[40:44] = values[139] = np.nan
    state = smoothed(values, member)
    level, slope, pattern = by_hand(values, member)
    assert state.level.item() == pytest.approx(level)
    assert state.slope.item() == pytest.approx(slope)
    assert state.pattern[:, 0, 0, 0] == pytest.approx(pattern)


def test_states_of_the_past_know_nothing_of_what_followed(values: Array) -> None:
    early = smoothed(values, PLAIN, SLOPED, after=80)
    values[80:] = 1e6
    assert np.array_equal(early.level, smoothed(values, PLAIN, SLOPED, after=80).level)


def test_a_single_wild_day_hardly_moves_the_level(values: Array) -> None:
    usual = smoothed(values, PLAIN, surprise=SURPRISE).level.item()
    values[100] = 500.0
    assert smoothed(values, PLAIN, surprise=SURPRISE).level.item() == pytest.approx(usual, abs=0.1)
    assert smoothed(values, PLAIN, after=101).level.item() > 100


def test_the_third_wild_day_in_a_row_is_the_new_normal(values: Array) -> None:
    values[120:] += 300.0
    sluggish = Member(level=0.01, weekday=0.01)
    after = [smoothed(values, sluggish, after=days, surprise=SURPRISE).level.item() for days in (122, 123, 126, 140)]
    assert after[0] < 12  # two days: still thought an accident
    assert after[1] > 200  # the third moves most of the way at once
    assert after[2] == pytest.approx(310, rel=0.1)
    assert after[3] == pytest.approx(310, rel=0.02)


def test_a_shift_too_small_to_surprise_is_noticed_in_a_fortnight(values: Array) -> None:
    values[100:] += 1.5  # one and a half usual errors
    sluggish = Member(level=0.01, weekday=0.01)
    before, after = (smoothed(values, sluggish, after=days, surprise=SURPRISE) for days in (100, 118))
    assert before.since.item() == np.inf
    assert after.since.item() < 18
    assert after.level.item() - before.level.item() > 1.0


def test_days_full_of_nothing_never_break(values: Array) -> None:
    values[100:] = 0.0
    assert smoothed(values, PLAIN).since.item() == np.inf


def test_a_sluggish_member_is_at_first_the_mean_of_what_it_saw() -> None:
    rng = np.random.default_rng(2)
    values = 10 + rng.normal(0, 1, 80)
    still = Member(level=0.001, weekday=None)
    assert smoothed(values, still).level.item() == pytest.approx(values.mean(), abs=0.03)


def test_errors_a_day_ahead_are_summed_and_fade(values: Array) -> None:
    missed, still = 0.0, Member(level=0.05, weekday=None)
    for day in range(SETTLING, len(values)):
        miss = values[day] - smoothed(values, still, after=day).level.item()
        missed = 0.5 ** (1 / 42) * missed + abs(miss)
    assert smoothed(values, still).missed.item() == pytest.approx(missed)
    assert smoothed(values, still, after=SETTLING).missed.item() == 0.0


def test_errors_of_logarithms_count_as_amounts() -> None:
    miss = np.log(np.array([[[3.0]]])) - np.log(np.array([[[5.0]]]))
    unit = np.array([[[3.0]]])
    for squared, size in ((False, 2.0), (True, 4.0)):
        judged = Judged(np.array([[True]]), unit, np.array([squared]))
        assert judged.sizes(miss, 0).item() == pytest.approx(size)


def test_unknown_days_neither_break_nor_make_a_row_of_surprises(values: Array) -> None:
    values[120:126] = [310, np.nan, 310, np.nan, np.nan, 310]
    assert smoothed(values, Member(level=0.01, weekday=0.01), after=126, surprise=SURPRISE).level.item() > 150


def test_a_projection_continues_slope_and_weekdays() -> None:
    level, slope = np.full((1, 2, 1), 100.0), np.full((1, 2, 1), 8.0)
    pattern = np.arange(7.0)[:, None, None, None] * np.ones((7, 1, 2, 1))
    state = State(level, slope, pattern, np.zeros_like(level), np.full((1, 1, 1), np.inf))
    ahead = np.array([1.0, 2.0, 9.0])
    forecast = project(state, 3, (SLOPED, PLAIN), ahead)[:, 0, :, 0]
    damped = [sum(0.9**step for step in range(1, days + 1)) for days in (1, 2, 9)]
    assert forecast[:, 0] == pytest.approx(
        [100 + 8 * reach + weekday for reach, weekday in zip(damped, (3, 4, 4), strict=True)]
    )
    assert forecast[:, 1] == pytest.approx([103, 104, 104])  # without damping there is no slope


def test_a_series_nobody_knows_is_nothing() -> None:
    state = smoothed(np.full(50, np.nan), PLAIN)
    assert state.level.item() == 0.0
