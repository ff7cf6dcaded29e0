"""Whatever happens to payments, every figure of revenue is what adding them up one by one gives, to the cent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from operator import methodcaller
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from services.domain.period import day_of
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from services.revenue.behind import hour_behind, outcome_behind, payments_behind, reason_behind
from services.revenue.figures import RevenueFilter, RevenueReport, Span, Totals
from services.revenue.service import RevenueService
from services.revenue.source import DIMENSIONS
from tests.services.revenue.books_kept_by_hand import TODAYS, Fleet, Ledger, Office, filters, payments
from tests.world import World

ZONES = ("Africa/Nairobi", "Africa/Cairo")
# A failing example is shown as it was drawn: making it smaller would take minutes of projecting.
_SETTINGS = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def office(world: World) -> Office:
    """A database for many fleets."""
    return Office.of(world)


class Drawn:
    """A fleet after random traffic, and a moment of its day."""

    def __init__(self, office: Office, data: st.DataObject) -> None:
        self.fleet = fleet = Fleet(office, data.draw(st.sampled_from(ZONES)))
        self.today = data.draw(st.sampled_from(TODAYS))
        minute = data.draw(st.integers(0, 1439) | st.sampled_from([0, 14 * 60 + 5, 23 * 60 + 30]))
        clock = time(minute // 60, minute % 60, fold=data.draw(st.integers(0, 1)))
        self.now = datetime.combine(self.today, clock, fleet.zone).astimezone(UTC)
        self.today = day_of(self.now, fleet.zone)  # clocks may skip the drawn time
        each = payments(self.today, fleet.zone)
        fleet.pay(data.draw(st.lists(each, max_size=30)))
        if data.draw(st.booleans()):
            fleet.restate(data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4)), data.draw(each))
        self.ledger = fleet.ledger()
        self.filters = filters(fleet, self.today)


@_SETTINGS
@given(data=st.data())
def test_the_report_is_what_the_payments_add_up_to(office: Office, data: st.DataObject) -> None:
    drawn = Drawn(office, data)
    for _ in range(3):
        wanted = data.draw(drawn.filters)
        report, ledger = RevenueService(office.viewer).report(wanted, drawn.now), drawn.ledger.under(wanted)
        _assert_totals(report, ledger)
        _assert_parts(report, ledger)
        _assert_shape(report, ledger)


def _assert_totals(report: RevenueReport, ledger: Ledger) -> None:
    assert report.total == ledger.total(report.span, whole_days=True)
    assert report.before == ledger.total(report.before_span)
    together = Totals()
    for row in report.periods:
        assert row.totals == ledger.total(row.span, whole_days=True)
        assert row.before_span is not None
        assert row.before == ledger.total(row.before_span)
        together = together.plus(row.totals)
    assert together == report.total
    foreign = [e for e in ledger.entries if e.currency != "KES" and e.totals.taken_count]
    assert report.unsummed == sum(report.span.first <= entry.day <= report.span.last for entry in foreign)


def _assert_parts(report: RevenueReport, ledger: Ledger) -> None:
    for dimension in DIMENSIONS:
        parts = report.parts[dimension]
        now = ledger.by(methodcaller("key", dimension), report.span, whole_days=True)
        before = ledger.by(methodcaller("key", dimension), report.before_span)
        assert {part.key: part.totals for part in parts if part.totals != Totals()} == now
        assert {part.key: part.before for part in parts if part.before is not None} == before
        assert {part.key for part in parts} == now.keys() | before.keys()
        assert sum((part.totals.revenue for part in parts), Decimal(0)) == report.total.revenue
        revenues = [part.totals.revenue for part in parts]
        assert revenues == sorted(revenues, reverse=True)
        assert [part.rank for part in parts] == list(range(1, len(parts) + 1))


def _assert_shape(report: RevenueReport, ledger: Ledger) -> None:
    for methods, row in zip(report.method_periods, report.periods, strict=True):
        assert methods == ledger.by(lambda entry: entry.method, row.span, whole_days=True)
    hours = ledger.by(lambda entry: (entry.day.weekday(), entry.hour), report.span, whole_days=True)
    for weekday in range(7):
        for hour in range(24):
            found = hours.get((weekday, hour), Totals())
            assert report.heat[weekday][hour] == Totals(found.taken, found.taken_count)
    for rates, span in (
        (report.rates, Span(report.span.first, report.span.last)),
        (report.rates_before, report.before_span),
    ):
        assert (rates.succeeded, rates.failed, rates.reasons) == ledger.rates(span)


@_SETTINGS
@given(data=st.data())
def test_a_click_shows_the_payments_that_the_figure_is_the_sum_of(office: Office, data: st.DataObject) -> None:
    drawn = Drawn(office, data)
    wanted = data.draw(drawn.filters)
    report, shown = RevenueService(office.viewer).report(wanted, drawn.now), PaymentService(office.viewer)

    def taken(**of: Any) -> tuple[Decimal, int]:
        found = shown.summary(payments_behind(wanted, **of), drawn.now).by_status()
        return sum((f.amount for f in found.values()), Decimal(0)), sum(f.count for f in found.values())

    if wanted.days.last <= drawn.today:
        assert taken() == (report.total.taken, report.total.taken_count)
    assert taken(span=report.span) == (report.total.taken, report.total.taken_count)
    row = data.draw(st.sampled_from(report.periods))
    assert taken(span=row.span) == (row.totals.taken, row.totals.taken_count)
    for dimension in DIMENSIONS:
        for part in report.parts[dimension]:
            found = taken(span=report.span, dimension=dimension, key=part.key)
            assert found == (part.totals.taken, part.totals.taken_count)


@_SETTINGS
@given(data=st.data())
def test_a_click_on_an_hour_or_a_reason_shows_exactly_the_payments_that_are_counted_there(
    office: Office, data: st.DataObject
) -> None:
    drawn = Drawn(office, data)
    wanted = data.draw(drawn.filters)
    report, shown = RevenueService(office.viewer).report(wanted, drawn.now), PaymentService(office.viewer)

    def counted(behind: PaymentFilter) -> tuple[Decimal, int]:
        found = shown.summary(behind, drawn.now).by_status().values()
        rows = [row for batch in shown.every(behind) for row in batch if row.currency == report.currency]
        sums = sum((figures.amount for figures in found), Decimal(0)), sum(figures.count for figures in found)
        assert (sum((row.amount for row in rows), Decimal(0)), len(rows)) == sums
        return sums

    busy = [(day, hour) for day in range(7) for hour in range(24) if report.heat[day][hour].taken_count]
    for weekday, hour in [*busy, (data.draw(st.integers(0, 6)), data.draw(st.integers(0, 23)))]:
        cell = report.heat[weekday][hour]
        assert counted(hour_behind(wanted, report.span, weekday, hour)) == (cell.taken, cell.taken_count)
    for code in {*report.rates.reasons, "", "1032"}:
        assert counted(reason_behind(wanted, report.span, code))[1] == report.rates.reasons.get(code, 0)
    for ended, count in (("succeeded", report.rates.succeeded), ("failed", report.rates.failed)):
        assert counted(outcome_behind(wanted, report.span, ended))[1] == count


_FREQUENCIES = {"daily": "D", "monthly": "M"}
_WEEKS = ("W-SUN", "W-MON", "W-TUE", "W-WED", "W-THU", "W-FRI", "W-SAT")


@_SETTINGS
@given(data=st.data())
def test_periods_are_what_pandas_groups(office: Office, data: st.DataObject) -> None:
    drawn = Drawn(office, data)
    wanted = data.draw(drawn.filters)
    report = RevenueService(office.viewer).report(wanted, drawn.now)
    entries = list(drawn.ledger.under(wanted).within(report.span, whole_days=True))
    frame = pd.DataFrame(
        {"day": pd.to_datetime([entry.day for entry in entries]), "revenue": [e.totals.revenue for e in entries]}
    )
    frequency = _FREQUENCIES.get(wanted.grain) or _WEEKS[wanted.week_start]
    theirs = dict(frame.groupby(frame["day"].dt.to_period(frequency))["revenue"].sum()) if entries else {}
    ours = {pd.Period(row.span.first, freq=frequency): row.totals for row in report.periods}
    assert {period: totals.revenue for period, totals in ours.items() if totals != Totals()} == theirs
    every = pd.period_range(report.span.first, report.span.last, freq=frequency)
    assert list(ours) == list(every)


@_SETTINGS
@given(data=st.data())
def test_the_headline_and_the_series(office: Office, data: st.DataObject) -> None:
    drawn = Drawn(office, data)
    service, wanted = RevenueService(office.viewer), data.draw(drawn.filters)
    headline = service.headline(drawn.fleet.id, drawn.now, wanted.days, wanted.week_start)
    whole = drawn.ledger.under(RevenueFilter(drawn.fleet.id, wanted.days))
    for compared in (headline.day, headline.day_of_week, headline.week, headline.month):
        assert compared.now == whole.total(compared.span, whole_days=True)
        assert compared.before == whole.total(compared.before_span)
        assert compared.span.last == drawn.today
    narrowed = drawn.ledger.under(wanted)
    series = service.series(wanted)
    assert list(series) == [wanted.days.first + timedelta(days=ahead) for ahead in range(len(wanted.days))]
    assert all(totals == narrowed.total(Span(day, day)) for day, totals in series.items())
