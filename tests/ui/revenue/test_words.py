from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from services.domain.payment import NOBODY
from services.domain.period import NAIROBI, Days
from services.revenue.figures import Grain, PeriodRow, RevenueFilter, Span, Totals
from tests.ui.revenue.fake import NAMES
from ui.revenue.narrowing import narrowed_words
from ui.revenue.words import (
    about,
    average_growth,
    before_words,
    growth_spoken,
    growth_words,
    money,
    partial_words,
    period_title,
    reason_words,
    rest_share,
    share_words,
    signed,
    tone_of,
    weekday_before,
)

NOON = datetime(2026, 11, 22, 11, 5, tzinfo=UTC)


def span(first: str, last: str, until: datetime | None = None) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last), until)


def row(first: str, last: str, *, running: bool = False, cut: bool = False) -> PeriodRow:
    return PeriodRow(span(first, last, NOON if running else None), Totals(), None, None, running, cut)


@pytest.mark.parametrize(
    ("value", "words", "spoken", "tone"),
    [
        ("0.0842", "▲ 8.4 %", "up 8.4 %", "completed"),
        ("-0.031", "▼ 3.1 %", "down 3.1 %", "failed"),
        ("0.0004", "± 0 %", "unchanged", "faint"),
        ("0", "± 0 %", "unchanged", "faint"),
        ("23.456", "▲ 2,346 %", "up 2,346 %", "completed"),
    ],
)
def test_growth_is_told_by_sign_and_words(value: str, words: str, spoken: str, tone: str) -> None:
    assert (growth_words(Decimal(value)), growth_spoken(Decimal(value)), tone_of(Decimal(value))) == (
        words,
        spoken,
        tone,
    )


def test_without_a_before_there_is_no_growth() -> None:
    assert (growth_words(None), growth_spoken(None), tone_of(None)) == ("", "nothing to compare with", "faint")
    assert average_growth(None, Decimal(3)) is None
    assert average_growth(Decimal(6), Decimal(3)) == 1


@pytest.mark.parametrize(
    ("value", "words"), [("0.382", "38.2 %"), ("0.0003", "< 0.1 %"), ("0", "0.0 %"), (None, "—"), ("-0.01", "-1.0 %")]
)
def test_shares(value: str | None, words: str) -> None:
    assert share_words(None if value is None else Decimal(value)) == words


def test_amounts() -> None:
    assert (money(None), money(Decimal("1234.5"))) == ("—", "1,234.50")
    assert (signed(None), signed(Decimal("12")), signed(Decimal("-12"))) == ("—", "+12.00", "−12.00")
    assert (about(388_412.7), about(-1_234.0), about(0.0)) == ("388,000", "−1,230", "0")
    assert rest_share(Decimal(0), Decimal(1)) is None


@pytest.mark.parametrize(
    ("found", "grain", "title", "partial"),
    [
        (row("2026-11-21", "2026-11-21"), "daily", "Sat 21 Nov 2026", ""),
        (row("2026-11-22", "2026-11-22", running=True), "daily", "Sun 22 Nov 2026, until 14:05", "so far"),
        (row("2026-11-16", "2026-11-22", running=True), "weekly", "16 – 22 Nov 2026, until 14:05", "so far"),
        (row("2026-10-01", "2026-10-31"), "monthly", "October 2026", ""),
        (row("2026-10-12", "2026-10-31", cut=True), "monthly", "12 – 31 Oct 2026", "part of the month"),
    ],
)
def test_periods(found: PeriodRow, grain: Grain, title: str, partial: str) -> None:
    assert (period_title(found, grain, NAIROBI), partial_words(found, grain)) == (title, partial)


def test_what_a_range_is_compared_with() -> None:
    now, before = span("2026-10-12", "2026-11-22", NOON), span("2026-08-31", "2026-10-11")
    assert before_words("previous", now, before) == "on the 42 days before"
    assert (
        before_words("previous", span("2026-11-22", "2026-11-22"), span("2026-11-21", "2026-11-21"))
        == "on the day before"
    )
    assert before_words("year", now, span("2025-10-12", "2025-11-22")) == "on 12 Oct – 22 Nov 2025"
    assert (
        before_words("previous", span("2026-11-01", "2026-11-22"), span("2026-10-01", "2026-10-22"))
        == "on 1 – 22 Oct 2026"
    )
    assert weekday_before(span("2026-11-15", "2026-11-15", NOON), NAIROBI) == "on last Sunday until 14:05"


def test_reasons_and_filters() -> None:
    assert (reason_words("1032"), reason_words("")) == ("Cancelled by the customer", "No reason given")
    days = Days(date(2026, 11, 22), date(2026, 11, 22))
    wanted = RevenueFilter(
        UUID(int=7), days, routes=frozenset({UUID(int=100), NOBODY}), methods=frozenset({"mpesa"}),
        vehicles=frozenset(list(NAMES.vehicles)[:6]), drivers=frozenset({UUID(int=999)}),
    )  # fmt: skip
    words = narrowed_words(wanted, NAMES)
    assert words.startswith("Nairobi – Nakuru, no route, KD")
    assert words.endswith(", and 3 more, 00000000, M-Pesa")
    assert narrowed_words(RevenueFilter(UUID(int=7), days), NAMES) == ""
