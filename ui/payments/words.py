"""The page's figures and filters in words; no pixels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.domain.money import shown
from services.domain.payment import (
    COMPLETED,
    FAILED,
    PENDING,
    REFUNDED,
    TAKEN,
    method_shown,
    result_in_words,
    status_shown,
)
from services.domain.period import Days, today
from services.payments.filters import OTHER, PaymentFilter
from services.payments.row import Names
from services.payments.summary import ORDER, Figures, Summary, success_rate

SUCCESS_RATE: Final = "success_rate"
#: What the success rate counts, and so the rows behind it.
RATED: Final = TAKEN | {FAILED}
#: Tiles that are there even when they are empty.
USUAL: Final = (COMPLETED, PENDING, FAILED, REFUNDED)
_SHORTLY: Final = {
    "": "no reason given",
    "1": "no balance",
    "1001": "busy",
    "1019": "expired",
    "1032": "cancelled",
    "1037": "no answer",
    "2001": "wrong PIN",
}


@dataclass(frozen=True, slots=True)
class TileText:
    """What one tile says; `figure` is '' where it is not known."""

    figure: str = ""
    first: str = ""
    second: str = ""


@dataclass(frozen=True, slots=True)
class _Moment:
    now: datetime
    yesterday: str


def tile_texts(summary: Summary | None, narrowed: PaymentFilter, now: datetime) -> dict[str, TileText]:
    """The tiles that there are to show, in their order, by status and finally the success rate."""
    if summary is None:
        return {name: TileText() for name in (*USUAL, SUCCESS_RATE)}
    within = summary if narrowed.hour is None else at_hour(summary, narrowed.hour)
    totals = within.by_status()
    before = _yesterday(within, narrowed, now)
    moment = _Moment(now, f"yesterday {within.as_of.astimezone(narrowed.days.zone):%H:%M}")
    texts = {
        status: _status_tile(status, totals.get(status, Figures()), before, within, moment)
        for status in ORDER
        if status in USUAL or totals.get(status, Figures()).count
    }
    return texts | {SUCCESS_RATE: _rate_tile(totals, before)}


def at_hour(summary: Summary, hour: int) -> Summary:
    """The summary of one hour of creation; what is only known for whole days is left out."""
    cells = {cell: figures for cell, figures in summary.cells.items() if cell[0] == hour}
    return replace(summary, cells=cells, yesterday=None, oldest_pending=None)


def payments_counted(count: int) -> str:
    """'1 payment', '1,142 payments'."""
    return f"{count:,} payment{'' if count == 1 else 's'}"


def counted_line(count: int, narrowed: PaymentFilter, now: datetime) -> str:
    """What stands in the window's status bar: '1,284 payments today'."""
    when = "today" if is_today(narrowed.days, now) else "in these days"
    return f"{payments_counted(count)} {when}{', filtered' if narrowed.narrowed else ''}"


def change(now: Decimal, before: Decimal) -> str:
    """'▲ 6.2 %', '▼ 3 %' or '± 0 %'; '' where there was nothing to compare with."""
    if not before:
        return ""
    percent = (now - before) / before * 100
    written = f"{abs(percent):,.1f}" if abs(percent) < 100 else f"{abs(percent):,.0f}"
    return _arrow(percent if written != "0.0" else Decimal(0), f"{written} %")


def rate_in_words(rate: float | None) -> str:
    """'97.1 %'; never '100.0 %' while a single payment failed."""
    if rate is None:
        return "–"
    return "99.9 %" if 0.9995 <= rate < 1 else f"{rate * 100:.1f} %"


def age(of: datetime, now: datetime) -> str:
    """How long ago: '35 s', '4 min', '2 h 05 min', '3 days'."""
    seconds = max(0, int((now - of).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h {minutes % 60:02} min"
    return f"{hours // 24} day{'' if hours < 48 else 's'}"


def failures_in_words(failures: Mapping[str, int], most: int = 2) -> str:
    """'41 cancelled, 12 no answer, +5': the commonest reasons first, and how many have others."""
    ranked = sorted(((n, code) for code, n in failures.items() if n > 0), key=lambda pair: (-pair[0], pair[1]))
    parts = [f"{n:,} {_SHORTLY.get(code) or result_in_words(code)}" for n, code in ranked[:most]]
    if rest := sum(n for n, _ in ranked[most:]):
        parts.append(f"+{rest:,}")
    return ", ".join(parts)


def status_word(status: str) -> str:
    """A status group as filters and tiles name it."""
    return "Other" if status == OTHER else status_shown(status)


def filter_in_words(narrowed: PaymentFilter, names: Names) -> str:
    """What the rows are narrowed to: 'Failed · Nairobi – Nakuru · 07:00–07:59 · “alice”'."""
    parts = [
        ", ".join(status_word(status) for status in ORDER if status in narrowed.statuses),
        ", ".join(_known(narrowed.routes, names.routes, "route")),
        ", ".join(_known(narrowed.vehicles, names.vehicles, "vehicle")),
        ", ".join(_known(narrowed.drivers, names.drivers, "driver")),
        ", ".join(sorted(method_shown(method) for method in narrowed.methods)),
        "" if narrowed.hour is None else f"{narrowed.hour:02}:00–{narrowed.hour:02}:59",
        f"“{narrowed.search.strip()}”" if narrowed.search.strip() else "",
    ]
    return " · ".join(part for part in parts if part)


def _known(ids: Iterable[UUID], names: Mapping[UUID, str], noun: str) -> list[str]:
    return sorted(names.get(known, f"a {noun}") for known in ids)


def is_today(days: Days, now: datetime) -> bool:
    """Whether a range is the fleet's day now."""
    return days.first == days.last == today(days.zone, now)


def _yesterday(summary: Summary, narrowed: PaymentFilter, now: datetime) -> Mapping[str, Figures]:
    return summary.yesterday or {} if is_today(narrowed.days, now) else {}


def _status_tile(
    status: str, figures: Figures, before: Mapping[str, Figures], summary: Summary, moment: _Moment
) -> TileText:
    # A pending payment of yesterday has long become something else: there is nothing to compare with.
    moved = "" if status == PENDING else change(figures.amount, before.get(status, Figures()).amount)
    counted = payments_counted(figures.count)
    if status == COMPLETED:
        return TileText(shown(figures.amount), counted, f"{moved} on {moment.yesterday}" if moved else "")
    second = _second_line(status, figures, summary, moment.now)
    return TileText(shown(figures.amount), f"{counted} · {moved}" if moved else counted, second)


def _second_line(status: str, figures: Figures, summary: Summary, now: datetime) -> str:
    if status == PENDING:
        oldest = summary.oldest_pending
        return f"oldest {age(oldest, now)}" if figures.count and oldest is not None else ""
    if status == FAILED:
        return failures_in_words(summary.failures())
    return f"{shown(figures.refunded)} given back" if figures.refunded or (figures.count and status == REFUNDED) else ""


def _rate_tile(totals: Mapping[str, Figures], before: Mapping[str, Figures]) -> TileText:
    rate, earlier = success_rate(totals), success_rate(before)
    rated = sum(figures.count for status, figures in totals.items() if status in RATED)
    paid = rated - totals.get(FAILED, Figures()).count
    points = ""
    if rate is not None and earlier is not None:
        moved = round((rate - earlier) * 100, 1)
        points = f"{_arrow(Decimal(str(moved)), f'{abs(moved):.1f} points')} on yesterday"
    return TileText(rate_in_words(rate), f"{paid:,} of {rated:,} paid" if rated else "", points)


def _arrow(direction: Decimal, written: str) -> str:
    sign = "▲" if direction > 0 else "▼" if direction < 0 else "±"
    return f"{sign} {written}"
