"""The page's figures in words; no pixels."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from services.domain.money import ZERO, shown
from services.domain.payment import result_in_words
from services.domain.period import Days
from services.revenue.figures import Compare, Grain, PeriodRow, Span, growth
from ui.widgets.day_range import days_in_words

NOTHING: Final = "—"
GRAINS: Final[dict[Grain, str]] = {"daily": "Daily", "weekly": "Weekly", "monthly": "Monthly"}
COMPARES: Final[dict[Compare, str]] = {
    "previous": "previous period",
    "week": "a week earlier",
    "month": "a month earlier",
    "year": "a year earlier",
}
SAME_PART: Final = "same elapsed part"
PRESETS: Final = {
    "last_42_days": "Last 42 days",
    "this_month": "This month",
    "last_3_months": "Last 3 months",
    "last_12_months": "Last 12 months",
    "this_year": "This year",
}
_PERIOD: Final[dict[Grain, str]] = {"daily": "day", "weekly": "week", "monthly": "month"}


def growth_words(value: Decimal | None) -> str:
    """'▲ 8.4 %', '▼ 3.1 %', '± 0 %'; '' where there is nothing to compare with."""
    if value is None:
        return ""
    percent = value * 100
    written = f"{abs(percent):,.1f}" if abs(percent) < 1000 else f"{abs(percent):,.0f}"
    if written == "0.0":
        return "± 0 %"
    return f"{'▲' if percent > 0 else '▼'} {written} %"


def growth_spoken(value: Decimal | None) -> str:
    """The same for a screen reader and a tool tip: 'up 8.4 %', 'down 3.1 %', 'unchanged'."""
    words = growth_words(value)
    return words.replace("▲", "up").replace("▼", "down").replace("± 0 %", "unchanged") or "nothing to compare with"


def tone_of(value: Decimal | None) -> str:
    """The colour of a change, always beside its sign: 'completed' up, 'failed' down, 'faint' for neither."""
    if value is None or not round(value, 3):
        return "faint"
    return "completed" if value > 0 else "failed"


def share_words(value: Decimal | float | None) -> str:
    """'38.2 %', '< 0.1 %'; '—' where there is no whole to share."""
    if value is None:
        return NOTHING
    percent = float(value) * 100
    return "< 0.1 %" if 0 < percent < 0.05 else f"{percent:.1f} %"


def money(amount: Decimal | None) -> str:
    """An exact amount, or a dash."""
    return NOTHING if amount is None else shown(amount)


def signed(amount: Decimal | None) -> str:
    """A change of an amount with its sign: '+1,200.00', '−300.00'."""
    if amount is None:
        return NOTHING
    return f"+{shown(amount)}" if amount > 0 else shown(amount)


def about(value: float) -> str:
    """A forecast amount to three figures, since more would promise too much: '388,000'."""
    return f"{float(f'{value:.3g}'):,.0f}".replace("-", "\u2212")


def span_words(span: Span) -> str:
    """'12 Oct – 22 Nov 2026'."""
    return days_in_words(Days(span.first, span.last))


def until_words(span: Span, zone: ZoneInfo) -> str:
    """'until 14:05'; '' for whole days."""
    return "" if span.until is None else f"until {span.until.astimezone(zone):%H:%M}"


def period_title(row: PeriodRow, grain: Grain, zone: ZoneInfo) -> str:
    """'Sun 22 Nov 2026, until 14:05', '16 – 22 Nov 2026', 'November 2026'."""
    first = row.span.first
    until = until_words(row.span, zone)
    if grain == "daily":
        title = f"{first:%a} {first.day} {first:%b %Y}"
    elif grain == "monthly" and not row.cut:
        title = f"{first:%B %Y}"
    else:
        title = span_words(row.span)
    return ", ".join(part for part in (title, until) if part)


def partial_words(row: PeriodRow, grain: Grain) -> str:
    """Why a period is not whole: 'so far', 'part of the week', '' for a whole one."""
    if row.running:
        return "so far"
    return f"part of the {_PERIOD[grain]}" if row.cut else ""


def before_words(compare: Compare, span: Span, before: Span) -> str:
    """What the range is compared with: 'on the 42 days before', 'on 1 – 22 Oct', 'on the same days a year earlier'."""
    days = (span.last - span.first).days + 1
    adjacent = (span.first - before.last).days == 1 and (before.last - before.first).days + 1 == days
    if compare == "previous" and adjacent:
        return "on the day before" if days == 1 else f"on the {days:,} days before"
    return f"on {span_words(before)}"


def compare_words(compare: Compare) -> str:
    """'previous period, same elapsed part'."""
    return f"{COMPARES[compare]}, {SAME_PART}"


def weekday_before(before: Span, zone: ZoneInfo) -> str:
    """What today is compared with: 'on last Sunday until 14:05'."""
    return " ".join(part for part in (f"on last {before.last:%A}", until_words(before, zone)) if part)


def reason_words(code: str) -> str:
    """Why a payment failed."""
    words = result_in_words(code) or "no reason given"
    return words[:1].upper() + words[1:]


def counted(count: int, one: str = "payment", many: str = "payments") -> str:
    """'1 payment', '1,204 payments'."""
    return f"{count:,} {one if count == 1 else many}"


def day_words(day: date) -> str:
    """'Mon 23 Nov'."""
    return f"{day:%a} {day.day} {day:%b}"


def as_of_words(at: datetime, zone: ZoneInfo) -> str:
    """'as of 14:05'."""
    return f"as of {at.astimezone(zone):%H:%M}"


def average_growth(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    """How an average moved; None where one of them is not known."""
    return None if now is None or before is None else growth(now, before)


def rest_share(whole: Decimal, part: Decimal) -> Decimal | None:
    """The share of several members together; None where the whole is not positive."""
    return round(part / whole, 4) if whole > ZERO else None
