"""Where revenue is heading, in words: said when it is sure, with its day, its size and who carries it."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from numpy.typing import NDArray

from services.domain.period import Days
from services.revenue.course import Course, Turn, carried, told, weekday_turn
from services.revenue.figures import RevenueFilter
from services.revenue.outlook import OutlookService
from tests.world import World

MONDAY = date(2026, 3, 2)
_NOW = datetime(2026, 9, 22, 7, 0, tzinfo=UTC)
_CODES = itertools.count(1)
_WEEK = np.array([1.0, 0.95, 0.95, 1.0, 1.2, 1.3, 0.7])


def half_a_year(seed: int, noise: float = 0.05) -> NDArray[np.float64]:
    """26 weeks from a Monday on, the weekdays' rhythm with noise."""
    return 400_000 * np.tile(_WEEK, 26) * np.exp(np.random.default_rng(seed).normal(0, noise, 182))


# One weekday -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_saturdays_that_jump_are_found_with_their_day(seed: int) -> None:
    revenue = half_a_year(seed)
    revenue[5 + 7 * 15 :: 7] *= 1.4
    turn = weekday_turn(revenue, MONDAY, 5)
    assert turn is not None and turn.weekday == 5 and turn.day.weekday() == 5
    assert abs((turn.day - date(2026, 6, 20)).days) <= 7
    assert turn.ratio == pytest.approx(1.4, abs=0.1)


def test_chance_seldom_makes_a_sentence() -> None:
    alarms = [
        weekday_turn(half_a_year(seed, noise), MONDAY, weekday)
        for seed in range(20)
        for noise in (0.05, 0.2)
        for weekday in range(7)
    ]
    assert sum(alarm is not None for alarm in alarms) <= 3


def test_what_moves_all_days_is_no_weekdays_turn() -> None:
    revenue = half_a_year(1)
    revenue[100:] *= 1.5
    assert [weekday_turn(revenue, MONDAY, weekday) for weekday in range(7)] == [None] * 7


@pytest.mark.parametrize("first", [MONDAY + timedelta(days=ahead) for ahead in range(7)])
def test_the_weekday_is_the_calendars_whatever_day_the_history_begins_on(first: date) -> None:
    revenue = half_a_year(2, 0.02)
    begins = (6 - first.weekday()) % 7
    revenue[begins + 7 * 13 :: 7] *= 2
    turn = weekday_turn(revenue, first, 6)
    assert turn is not None and turn.day == first + timedelta(days=begins + 7 * 13)


def test_a_weekday_often_without_takings_and_a_short_history_say_nothing() -> None:
    revenue = half_a_year(3)
    revenue[6::7] = 0
    assert weekday_turn(revenue, MONDAY, 6) is None
    assert weekday_turn(revenue[:50], MONDAY, 5) is None


# In words --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (Turn(date(2026, 8, 3), 1.118), "Revenue up 12 % since 3 August"),
        (Turn(date(2025, 11, 1), 0.9, 5), "Saturdays down 10 % since 1 November 2025"),
    ],
)
def test_a_turn_names_whose_it_is_its_size_and_its_day(turn: Turn, words: str) -> None:
    assert told(turn, _NOW) == words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"Nakuru": "80", "Thika": "20"}, "; Nakuru carries 80 % of it"),
        ({"Nakuru": "-20", "Thika": "-80"}, "; Thika carries 80 % of it"),
        ({"Nakuru": "130", "Thika": "-30"}, "; Nakuru carries all of it"),
        ({"Nakuru": "50", "Thika": "30", "Eldoret": "20"}, "; Nakuru and Thika carry 80 % of it"),
        ({"A": "30", "B": "25", "C": "25", "D": "20"}, "; no route carries it alone, A the most with 30 %"),
        ({"Nakuru": "100"}, ""),
        ({"Nakuru": "50", "Thika": "-50"}, ""),
    ],
)
def test_who_carries_a_change(changes: dict[str, str], words: str) -> None:
    assert carried({route: Decimal(change) for route, change in changes.items()}) == words


# From the figures ------------------------------------------------------------------------------------------------------

_PAID = """
INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status, created_at, completed_at, updated_at)
SELECT gen_random_uuid(), :booking, {amount}, 'mpesa', 'completed', day, day, day
FROM generate_series(CAST(:now AS timestamptz) - interval '140 days', CAST(:now AS timestamptz), interval '1 day') day
"""


def heading(world: World, **routes: str) -> Course:
    """The course of a fleet whose routes took these amounts (SQL over `day`) on each of the last 140 days and today."""
    fleet = world.fleet(f"F{next(_CODES)}")
    for name, amount in routes.items():
        booking = world.booking(fleet, route_id=world.route(fleet, name) if name != "nowhere" else None)
        world.run(_PAID.format(amount=amount), booking=booking, now=_NOW)
    world.project()
    wanted = RevenueFilter(fleet, Days(date(2026, 9, 1), date(2026, 9, 30)))
    return OutlookService(world.database()).course(wanted, _NOW)


_RHYTHM = "extract(isodow FROM day) * 100 + 1000 + extract(day FROM day)"


def test_a_jump_of_all_days_is_told_with_the_route_that_carries_it(world: World) -> None:
    found = heading(
        world,
        Nakuru=f"({_RHYTHM}) * CASE WHEN day >= '2026-08-03' THEN 1.5 ELSE 1 END",
        Thika=_RHYTHM,
        nowhere=f"0.1 * ({_RHYTHM})",
    )
    assert found.words.startswith("Revenue up 2")
    assert "% since 3 August; Nakuru carries " in found.words
    assert [change.day for change in found.changes] == [date(2026, 8, 3)]
    assert (min(found.smoothed), max(found.smoothed)) == (date(2026, 9, 1), date(2026, 9, 21))
    assert all(2_500 < value < 5_500 for value in found.smoothed.values())


def test_saturdays_are_told_as_saturdays(world: World) -> None:
    jump = "CASE WHEN extract(isodow FROM day) = 6 AND day >= '2026-07-11' THEN 1.6 ELSE 1 END"
    found = heading(world, Nakuru=f"({_RHYTHM}) * {jump}", Thika=_RHYTHM)
    assert found.words == "Saturdays up 30 % since 11 July; Nakuru carries all of it."


def test_steady_revenue_is_called_steady_and_a_young_fleet_gets_no_sentence(world: World) -> None:
    assert heading(world, Nakuru=_RHYTHM).words == "Steady: no lasting change since 5 May."
    young = heading(world, Thika="CASE WHEN day >= '2026-09-10' THEN 500 ELSE 0 END")
    assert (young.words, young.changes) == ("", ())
    assert min(young.smoothed) == date(2026, 9, 10)


def test_without_any_revenue_there_is_nothing_to_tell(world: World) -> None:
    assert heading(world) == Course()
