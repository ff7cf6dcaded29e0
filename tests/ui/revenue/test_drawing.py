"""A report as what is drawn: every figure at its place, nothing partial beside something whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from services.domain.money import shown
from services.domain.period import Days
from services.revenue.figures import Compare, Grain, RevenueFilter, RevenueReport
from services.revenue.targets import Target
from tests.ui.revenue.fake import FLEET, NOW, TODAY, FakeRevenue, Taking, course, forecast
from ui.revenue.attainment import Member, attained, finished, member_of, of_member, target_over
from ui.revenue.drawing import forecast_note, method_order, mix, trend
from ui.theme import LIGHT

TARGET = Target("", None, date(2026, 10, 20), Decimal("300000.00"))


@pytest.fixture(scope="module")
def revenue(takings_of_a_season: list[Taking]) -> FakeRevenue:
    return FakeRevenue(takings_of_a_season)


def report(
    revenue: FakeRevenue, first: date = date(2026, 10, 12), last: date = TODAY, grain: Grain = "daily",
    compare: Compare = "previous",
) -> RevenueReport:  # fmt: skip
    return revenue.report(RevenueFilter(FLEET.id, Days(first, last), grain, compare), NOW)


def test_every_period_has_its_revenue_and_words(revenue: FakeRevenue) -> None:
    found = report(revenue)
    drawn = trend(found)
    assert drawn.revenue == tuple(float(row.totals.revenue) for row in found.periods)
    first = drawn.slots[0]
    assert first.title == "Mon 12 Oct 2026"
    assert first.told[0].value == f"KES {shown(found.periods[0].totals.revenue)}"
    assert first.told[1].value == f"KES {shown(found.aligned[0].revenue)}"
    assert first.words.startswith("Mon 12 Oct 2026, Revenue KES ")
    assert (drawn.slots[-1].partial, drawn.now) == ("so far", len(found.periods) - 1)
    assert (drawn.expected, drawn.band80, drawn.target, drawn.smoothed, drawn.note) == ((), ((), ()), (), (), "")


def test_what_the_running_day_is_compared_with_is_told_and_not_drawn(revenue: FakeRevenue) -> None:
    drawn = trend(report(revenue))
    assert drawn.compared[-1] is None
    assert drawn.slots[-1].told[1].label == "Previous period"
    assert drawn.compared[0] is not None


def test_nothing_is_drawn_before_there_was_anything_to_compare_with(revenue: FakeRevenue) -> None:
    drawn = trend(report(revenue, date(2026, 8, 20), TODAY))
    began = next(at for at, value in enumerate(drawn.compared) if value is not None)
    assert 0 < began < 60 and drawn.compared[:began] == (None,) * began
    empty = trend(report(revenue, compare="year"))
    assert set(empty.compared) == {None}


def test_the_forecast_sets_out_from_the_last_whole_day(revenue: FakeRevenue) -> None:
    made = forecast()
    found = report(revenue)
    drawn = trend(found, made)
    known = len(found.periods)
    assert len(drawn.slots) == known + 14 and all(slot.ahead for slot in drawn.slots[known:])
    assert drawn.expected[known - 2] == drawn.revenue[known - 2]
    assert drawn.expected[known - 1] == made.days[0].mean
    assert drawn.expected[-1] == made.days[14].mean
    assert (drawn.band80[0][known - 2], drawn.band95[1][known - 1]) == (None, made.days[0].high95)
    assert drawn.slots[-1].title == "Sun 6 Dec 2026, forecast"
    assert [line.label for line in drawn.slots[-1].told] == ["Forecast", "In 8 of 10", "In 19 of 20"]
    assert drawn.note == "forecast, error ±6.1 % in back-test"


def test_a_range_that_is_over_has_no_forecast_unless_it_ended_yesterday(revenue: FakeRevenue) -> None:
    assert not trend(report(revenue, last=TODAY - timedelta(days=3)), forecast()).expected
    drawn = trend(report(revenue, last=TODAY - timedelta(days=1)), forecast())
    assert drawn.now is None
    assert drawn.expected[len(drawn.revenue) - 15] == drawn.revenue[-15]


@pytest.mark.parametrize(
    ("grain", "ahead", "title"), [("weekly", 5, "23 – 29 Nov 2026"), ("monthly", 2, "December 2026")]
)
def test_weeks_and_months_ahead_are_whole_sums(revenue: FakeRevenue, grain: Grain, ahead: int, title: str) -> None:
    made = forecast()
    found = report(revenue, date(2026, 9, 1), TODAY, grain)
    drawn = trend(found, made, course(90), [replace(TARGET, from_day=date(2026, 1, 1))])
    coming = [slot for slot in drawn.slots if slot.ahead]
    assert (len(coming), coming[0].title) == (ahead, f"{title}, forecast")
    place = len(found.periods)
    last = date(2026, 11, 29) if grain == "weekly" else date(2026, 12, 31)
    assert drawn.expected[place] == pytest.approx(made.total(coming[0].first, last).mean)
    # The running one is held against the whole target, and is marked.
    assert drawn.target[place - 1] == (7 if grain == "weekly" else 30) * 300_000.0
    assert drawn.slots[place - 1].partial == "so far"


def test_targets_and_the_smoothed_line_are_drawn_where_they_are_known(revenue: FakeRevenue) -> None:
    drawn = trend(report(revenue), None, course(10), [TARGET])
    assert drawn.target[:8] == (None,) * 8 and set(drawn.target[8:]) == {300_000.0}
    assert [value is not None for value in drawn.smoothed].count(True) == 10
    labels = [line.label for slot in drawn.slots[-10:] for line in slot.told]
    assert {"Target", "Smoothed", "Refunded of it"} <= set(labels)
    assert drawn.changes == ((len(drawn.slots) - 23, "▲ 12.0 %"),)


def test_the_words_of_a_forecast() -> None:
    assert forecast_note(None) == ""
    assert forecast_note(replace(forecast(), days=())) == ""
    assert forecast_note(forecast(wape=None)) == "forecast, not back-tested yet"
    assert forecast_note(replace(forecast(), model="seasonal_naive")) == "last week repeated, error ±6.1 % in back-test"
    assert forecast_note(forecast(wape=float("nan"))) == "forecast, not back-tested yet"


def test_methods_are_stacked_the_largest_first_and_add_up(revenue: FakeRevenue) -> None:
    found = report(revenue)
    drawn = mix(found, LIGHT)
    assert [name for name, _, _ in drawn.layers] == ["M-Pesa", "Cash", "Card", "Airtel Money"]
    assert method_order(found)[0] == "mpesa"
    for at, row in enumerate(found.periods):
        assert sum(values[at] for _, _, values in drawn.layers) == pytest.approx(float(row.totals.revenue))
        assert drawn.slots[at].told[-1].value == f"KES {shown(row.totals.revenue)}"
    assert len({colour for _, colour, _ in drawn.layers}) == 4


def test_what_a_filter_is_about() -> None:
    whole = RevenueFilter(FLEET.id, Days(TODAY, TODAY))
    route, other = UUID(int=100), UUID(int=101)
    assert member_of(whole) == Member("")
    assert member_of(replace(whole, routes=frozenset({route}))) == Member("route", route)
    assert member_of(replace(whole, vehicles=frozenset({route}))) == Member("vehicle", route)
    for narrowed in (
        replace(whole, routes=frozenset({route, other})),
        replace(whole, routes=frozenset({UUID(int=0)})),
        replace(whole, drivers=frozenset({route})),
        replace(whole, routes=frozenset({route}), methods=frozenset({"cash"})),
    ):
        assert member_of(narrowed) is None
    assert of_member([TARGET], None) == []


def test_attainment_counts_finished_days_only(revenue: FakeRevenue) -> None:
    days = Days(date(2026, 11, 1), TODAY)
    over = finished(days, NOW)
    assert over == Days(date(2026, 11, 1), TODAY - timedelta(days=1))
    assert finished(Days(TODAY, TODAY), NOW) is None
    assert over is not None
    sums = revenue.series(RevenueFilter(FLEET.id, over))
    found = attained([TARGET], sums, over, NOW)
    assert found is not None
    assert (found.target, found.revenue) == (21 * TARGET.per_day, sum(one.revenue for one in sums.values()))
    assert attained([], sums, over, NOW) is None
    assert target_over([], TODAY, TODAY) is None
    assert target_over([TARGET], date(2026, 10, 19), date(2026, 10, 21)) is None
    later = replace(TARGET, from_day=date(2026, 10, 21), per_day=Decimal("1.00"))
    assert target_over([TARGET, later], date(2026, 10, 20), date(2026, 10, 21)) == Decimal("300001.00")
