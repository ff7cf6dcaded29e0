"""Sums and ratios of revenue: halves go up, and what cannot be divided is not known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.domain.payment import NOBODY
from services.domain.period import Days
from services.payments.row import Names
from services.revenue.behind import payments_behind
from services.revenue.figures import Part, PeriodRow, Rates, RevenueFilter, Span, Totals, growth, share
from services.revenue.service import labelled, ranked

ROAD, GONE = UUID(int=11), UUID(int=0xABCDEF << 104)
NAMES = Names({ROAD: "Nairobi – Nakuru"}, {}, {}, {})
DAY = Span(date(2026, 9, 22), date(2026, 9, 22))


def took(amount: str, count: int = 1, refunded: str = "0.00") -> Totals:
    """What was taken, and given back."""
    return Totals(Decimal(amount), count, Decimal(refunded), 0)


def test_revenue_average_and_growth() -> None:
    totals = took("1150.25", 2, "50.25")
    assert (totals.revenue, totals.average) == (Decimal("1100.00"), Decimal("575.13"))
    assert Totals().average is None
    assert growth(Decimal("1.00005"), Decimal(1)) == Decimal("0.0001")
    assert growth(Decimal(50), Decimal(100)) == Decimal("-0.5000")
    assert growth(Decimal(50), Decimal(0)) is growth(Decimal(50), None) is None


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [("1.00", "8.00", "0.1250"), ("-1.00", "3.00", "-0.3333"), ("1.00", "0.00", None), ("1.00", "-2.00", None)],
)
def test_shares(part: str, whole: str, expected: str | None) -> None:
    assert share(Decimal(part), Decimal(whole)) == (None if expected is None else Decimal(expected))


def test_a_period_against_the_one_before() -> None:
    row = PeriodRow(DAY, took("120.00"), DAY, took("100.00"), running=False, cut=False)
    assert (row.change, row.growth) == (Decimal("20.00"), Decimal("0.2000"))
    alone = PeriodRow(DAY, took("120.00"), None, None, running=False, cut=False)
    assert (alone.change, alone.growth) == (None, None)


def test_success() -> None:
    assert Rates(3, 1, {"1032": 1}).success == 0.75
    assert Rates(0, 0, {}).success is None


def test_members_are_ranked_with_newcomers_and_those_that_are_gone() -> None:
    now = {str(ROAD): took("300.00"), str(NOBODY): took("-20.00"), str(GONE): took("120.00")}
    before = {str(ROAD): took("100.00"), str(NOBODY): took("200.00"), "x" * 36: took("5.00")}
    parts = ranked(now, before, Decimal("400.00"), "method", NAMES)
    assert [part.key for part in parts] == [str(ROAD), str(GONE), "x" * 36, ""]
    assert [(part.rank, part.rank_before) for part in parts] == [(1, 2), (2, None), (3, 3), (4, 1)]
    assert [part.share for part in parts] == [Decimal(share_) for share_ in ("0.7500", "0.3000", "0.0000", "-0.0500")]
    assert [part.growth for part in parts] == [Decimal(2), None, Decimal(-1), Decimal("-1.1")]


def test_members_are_named() -> None:
    assert labelled("route", str(ROAD), NAMES) == "Nairobi – Nakuru"
    assert labelled("route", str(GONE), NAMES) == "Route abcdef00"
    assert labelled("method", "airtel_money", NAMES) == "Airtel Money"
    assert [labelled("driver", str(NOBODY), NAMES), labelled("method", "", NAMES)] == ["No driver", "No method"]


def test_a_click_keeps_what_was_narrowed() -> None:
    days = Days(date(2026, 9, 1), date(2026, 9, 30))
    wanted = RevenueFilter(UUID(int=1), days, routes=frozenset({ROAD}))
    shown = payments_behind(wanted, Span(DAY.first, DAY.last, datetime(2026, 9, 22, 9, tzinfo=UTC)), "vehicle")
    assert (shown.basis, shown.routes, shown.vehicles) == ("taken", frozenset({ROAD}), frozenset({NOBODY}))
    assert (shown.days.first, shown.days.last) == (DAY.first, DAY.last)
    assert payments_behind(wanted, dimension="driver", key=str(ROAD)).drivers == {ROAD}
    assert payments_behind(wanted).days == days


def test_a_part_without_a_past_has_no_growth() -> None:
    assert Part("", "No route", took("1.00"), None, None, 1, None).growth is None
