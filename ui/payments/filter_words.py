"""Filters in words; no pixels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Final
from unicodedata import category
from uuid import UUID

from services.domain.money import shown
from services.domain.payment import NOBODY, method_shown, result_in_words, status_shown
from services.domain.period import Days, today
from services.payments.filters import OTHER, Basis, PaymentFilter
from services.payments.row import Names
from services.payments.summary import ORDER

# Control and format signs, among them those that turn the direction of what follows.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Zl", "Zp"})
#: Which day of a payment the days are, as chips and sentences name it.
BASES: Final[Mapping[Basis, str]] = {
    "created": "day of creation",
    "taken": "day of payment",
    "refunded": "day of refund",
}
#: By which hour the bars count, in the same order of words.
HOURS: Final[Mapping[Basis, str]] = {
    "created": "bars by hour of creation",
    "taken": "bars by hour of payment",
    "refunded": "bars by hour of refund",
}
#: The days of the week by their ISO numbers, as those of many weeks.
WEEKDAYS: Final[Mapping[int, str]] = {
    1: "Mondays",
    2: "Tuesdays",
    3: "Wednesdays",
    4: "Thursdays",
    5: "Fridays",
    6: "Saturdays",
    7: "Sundays",
}


def payments_counted(count: int) -> str:
    """'1 payment', '1,142 payments'."""
    return f"{count:,} payment{'' if count == 1 else 's'}"


def counted_line(count: int, narrowed: PaymentFilter, now: datetime) -> str:
    """What stands in the window's status bar: '1,284 payments today', '… yesterday', '… on 22 Nov 2026' or '… in these days'."""
    when = _day_word(narrowed.days, now)
    return f"{payments_counted(count)} {when}{', filtered' if narrowed.narrowed else ''}"


def status_word(status: str) -> str:
    """A status group as filters and tiles name it."""
    return "Other" if status == OTHER else status_shown(status)


def filter_in_words(narrowed: PaymentFilter, names: Names) -> str:
    """What the rows are narrowed to: 'Failed · Nairobi – Nakuru · 07:00–07:59 · “alice”'."""
    parts = [
        "" if narrowed.basis == "created" else f"by {BASES[narrowed.basis]}",
        ", ".join(status_word(status) for status in ORDER if status in narrowed.statuses),
        ", ".join(_known(narrowed.routes, names.routes, "route")),
        ", ".join(_known(narrowed.vehicles, names.vehicles, "vehicle")),
        ", ".join(_known(narrowed.drivers, names.drivers, "driver")),
        ", ".join(sorted(method_shown(method) for method in narrowed.methods)),
        ", ".join(sorted(till_word(till, names) for till in narrowed.tills)),
        amounts_in_words(narrowed.least, narrowed.most),
        _reasons(narrowed.reasons),
        ", ".join(WEEKDAYS[weekday] for weekday in sorted(narrowed.weekdays)),
        "" if narrowed.hour is None else hour_in_words(narrowed.hour),
        f"“{sought}”" if (sought := on_one_line(narrowed.search)) else "",
    ]
    return " · ".join(part for part in parts if part)


def hour_in_words(hour: int) -> str:
    """'07:00–07:59'."""
    return f"{hour:02}:00–{hour:02}:59"


def on_one_line(typed: str) -> str:
    """What was typed or pasted, as it can stand in a sentence: no tabs, no line breaks, nothing that turns the text around."""
    visible = (" " if sign.isspace() else sign for sign in typed if sign.isspace() or category(sign) not in _UNSEEN)
    return " ".join("".join(visible).split())


def amounts_in_words(least: Decimal | None, most: Decimal | None) -> str:
    """'at least 100.00', 'at most 500.00', '100.00 – 500.00', 'exactly 600.00'; '' where nothing is bounded."""
    if least is None:
        return "" if most is None else f"at most {shown(most)}"
    if most is None:
        return f"at least {shown(least)}"
    return f"exactly {shown(least)}" if least == most else f"{shown(least)} – {shown(most)}"


def till_word(till: str, names: Names) -> str:
    """A till as people know it: 'Paybill 9990001'; 'No till' for payments that came to none."""
    return names.tills.get(till, till) if till else "No till"


def reason_word(code: str) -> str:
    """Why a payment failed, by its result code: '1032 cancelled by the customer', 'code 99', 'No reason given' for ''."""
    if not code:
        return "No reason given"
    words = result_in_words(code)
    return words if words.endswith(code) else f"{code} {words}"


def counts_in_words(rows: int | None, of: int | None) -> str:
    """'1,204 of 18,332', '… of 18,332' while it is being counted; '1,204' and '' where the one or both are not known."""
    if of is None:
        return "" if rows is None else f"{rows:,}"
    return f"{'…' if rows is None else f'{rows:,}'} of {of:,}"


def _known(ids: Iterable[UUID], names: Mapping[UUID, str], noun: str) -> list[str]:
    return sorted(f"No {noun}" if known == NOBODY else names.get(known, f"a {noun}") for known in ids)


def _reasons(codes: Iterable[str]) -> str:
    words = ", ".join(reason_word(code) for code in sorted(codes))
    return words and f"Reason: {words}"


def _day_word(days: Days, now: datetime) -> str:
    if days.first != days.last:
        return "in these days"
    ago = (today(days.zone, now) - days.last).days
    return {0: "today", 1: "yesterday"}.get(ago, f"on {days.last.day} {days.last:%b %Y}")


def is_today(days: Days, now: datetime) -> bool:
    """Whether a range is the fleet's day now."""
    return days.first == days.last == today(days.zone, now)
