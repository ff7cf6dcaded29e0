"""Hour and weekday are those of creation, payment or refund, as the days are; reasons are those of failed payments."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.domain.period import Days
from services.feed.event import PaymentState
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from services.payments.statement import Statement
from services.payments.taken import taken_at_hour
from tests.services.payments.scattered import FILTERS, FLEET, Ledger, scattered
from tests.world import MORNING, World

WEEK = PaymentFilter(FLEET, Days(date(2026, 9, 21), date(2026, 9, 27)))
# Created on a Tuesday at 23:30, paid on Wednesday at 00:10, as the fleet's clock has it.
LATE = PaymentState(
    "completed", Decimal(600), Decimal(0), "KES", "mpesa", None, None, None,
    datetime(2026, 9, 22, 20, 30, tzinfo=UTC), datetime(2026, 9, 22, 21, 10, tzinfo=UTC), None,
)  # fmt: skip


@pytest.mark.parametrize(("basis", "weekday", "hour"), [("created", 2, 23), ("taken", 3, 0)])
def test_hour_and_weekday_are_those_that_the_days_mean(basis: str, weekday: int, hour: int) -> None:
    wanted = replace(WEEK, basis=basis)  # type: ignore[arg-type]  # a basis
    for day in range(1, 8):
        assert replace(wanted, weekdays=frozenset({day})).holds(LATE) is (day == weekday)
    for clock in range(24):
        assert replace(wanted, hour=clock).holds(LATE) is (clock == hour)


def test_a_refunds_hour_is_the_databases_business() -> None:
    wanted = replace(WEEK, basis="refunded", hour=4, weekdays=frozenset({1}))
    assert wanted.holds(LATE) and not wanted.decidable


@pytest.mark.parametrize(
    ("status", "code", "reasons", "shown"),
    [
        ("failed", "1032", {"1032"}, True), ("failed", "17", {"1032"}, False), ("failed", None, {""}, True),
        ("failed", "", {""}, True), ("completed", "1032", {"1032"}, False), ("completed", None, {""}, False),
    ],
)  # fmt: skip
def test_reasons_are_those_of_failed_payments(status: str, code: str | None, reasons: set[str], shown: bool) -> None:
    wanted = replace(WEEK, reasons=frozenset(reasons))
    assert wanted.narrowed and wanted.decidable
    assert wanted.holds(replace(LATE, status=status, result_code=code)) is shown


@pytest.fixture
def ledger(world: World) -> Ledger:
    return scattered(world)


@pytest.fixture
def service(ledger: Ledger) -> PaymentService:
    return PaymentService(ledger.world.person(FLEET, "viewer"))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wanted=FILTERS, typed=st.sampled_from(["", "alice", "bkg1"]))
def test_the_bars_are_hours_of_what_the_days_are(
    ledger: Ledger, service: PaymentService, wanted: PaymentFilter, typed: str
) -> None:
    told = [one for one in ledger.told if one.under(wanted)]
    if typed == "bkg1":
        told = [one for one in told if one.row.booking_reference.lower().startswith(typed)]
    hours = Counter(at.hour for one in told if (at := one.moment(wanted.basis)) is not None)
    summary = service.summary(replace(wanted, search=typed), MORNING)
    assert {hour: rows for hour in range(24) if (rows := summary.rows(hour=hour))} == hours


def spans(wanted: PaymentFilter) -> str:
    return taken_at_hour(wanted, Statement(FLEET))


def test_an_hour_of_payment_is_looked_up_day_by_day_as_long_as_these_are_few() -> None:
    by_payment = replace(WEEK, basis="taken", hour=9)
    assert spans(replace(by_payment, hour=None)) == ""
    assert spans(by_payment).count("completed_at >= ") == 7
    tuesday = spans(replace(by_payment, weekdays=frozenset({2})))
    assert tuesday.count("completed_at >= ") == 1
    assert "'2026-09-22 09:00:00+03:00'" in tuesday and "'2026-09-22 10:00:00+03:00'" in tuesday
    assert spans(replace(by_payment, days=Days(date(2026, 9, 22), date(2026, 9, 22)), weekdays=frozenset({1}))) == ""
    assert spans(replace(by_payment, days=Days(date(2026, 1, 1), date(2026, 12, 31)))) == ""


def test_where_clocks_change_the_whole_day_is_looked_through() -> None:
    cairo = ZoneInfo("Africa/Cairo")
    for day, hours in ((date(2026, 4, 24), 23), (date(2026, 10, 29), 25)):
        days = Days(day, day, cairo)
        assert days.end.astimezone(UTC) - days.start.astimezone(UTC) == timedelta(hours=hours)
        written = spans(PaymentFilter(FLEET, days, basis="taken", hour=0))
        assert str(days.start) in written and str(days.end) in written
