"""The columns of the two tables: what is open, grouped by its name, and what is matched."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from zoneinfo import ZoneInfo

from services.domain.money import ZERO, shown
from services.domain.payment import status_shown
from services.domain.period import NAIROBI
from services.reconciliation.results import ExceptionRow, MatchRow
from ui.grid import Column
from ui.reconciliation.words import NOTHING, age, exception_title, rank, tone_of


@dataclass(slots=True)
class Reading:
    """Where times are read, and since when ages count; changes with the fleet and the clock."""

    zone: ZoneInfo = NAIROBI
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    def clock(self, at: datetime | None) -> str:
        """'06:04:11'."""
        return f"{at.astimezone(self.zone):%H:%M:%S}" if at else NOTHING

    def whole(self, at: datetime | None) -> str:
        """'2026-11-22 06:04:11', which stays sortable and a time wherever it is pasted; '' for none."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M:%S}" if at else ""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A line of the table of exceptions: a group's head (`found` is None), or one exception of it."""

    name: str
    count: int
    amount: Decimal
    found: ExceptionRow | None

    @property
    def id(self) -> Hashable:
        """What tells this line from every other."""
        return self.found.id if self.found else self.name


def grouped(exceptions: Sequence[ExceptionRow]) -> list[OpenRow]:
    """Exceptions under heads that carry their group's count and KES; money first, remarks last."""
    rows = []
    ordered = sorted(exceptions, key=lambda found: (rank(found.name), found.at, str(found.id)))
    for name, group in groupby(ordered, key=lambda found: found.name):
        members = list(group)
        rows.append(OpenRow(name, len(members), sum((found.amount for found in members), ZERO), None))
        rows += [OpenRow(name, 1, found.amount, found) for found in members]
    return rows


def open_columns(reading: Reading) -> tuple[Column[OpenRow], ...]:
    """What a line of the exceptions says."""
    return (
        Column("name", "Exception", 204, _group, tone="pill", status=lambda row: tone_of(row.name)),
        Column("amount", "KES", 96, lambda row: shown(row.amount), align="right", tone="strong", private=True),
        Column("age", "Age", 62, _each(lambda found: age(found.at, reading.now)), align="right", tone="muted"),
        Column(
            "time", "Time", 78, _each(lambda found: reading.clock(found.at)), tone="muted",
            copied=_each(lambda found: reading.whole(found.at)),
        ),
        Column("receipt", "Receipt", 120, _each(lambda found: found.receipt or NOTHING)),
        Column("booking", "Booking", 116, _each(lambda found: found.booking_reference or NOTHING), tone="muted"),
        Column("passenger", "Passenger", 96, _each(lambda found: found.passenger or NOTHING), visible=False),
        Column("phone", "Phone", 112, _each(lambda found: found.phone or NOTHING), tone="muted", visible=False, private=True),
        Column("detail", "What happened", 240, _each(lambda found: found.detail), stretch=True, hint=_each(lambda f: f.detail)),
    )  # fmt: skip


def match_columns(reading: Reading) -> tuple[Column[MatchRow], ...]:
    """What a match says of both its sides."""
    return (
        Column(
            "time", "Time", 78, lambda row: reading.clock(row.completed_at), tone="muted",
            copied=lambda row: reading.whole(row.completed_at),
        ),
        Column("receipt", "Receipt", 120, lambda row: row.receipt),
        Column("payer", "Payer", 150, lambda row: row.other_party or NOTHING, tone="muted", stretch=True, private=True),
        Column("account", "Account", 116, lambda row: row.account or NOTHING, tone="muted"),
        Column("amount", "KES", 92, lambda row: shown(row.amount), align="right", tone="strong", private=True),
        Column("booking", "Booking", 116, lambda row: row.booking_reference or NOTHING),
        Column("passenger", "Passenger", 104, lambda row: row.passenger or NOTHING),
        Column("phone", "Phone", 112, lambda row: row.phone or NOTHING, tone="muted", private=True),
        Column(
            "paid_at", "Paid", 78, lambda row: reading.clock(row.payment_at), tone="muted", visible=False,
            copied=lambda row: reading.whole(row.payment_at),
        ),
        Column("how", "Matched by", 92, lambda row: row.pass_name.capitalize(), tone="muted", hint=_why),
        Column(
            "status", "Payment", 118, lambda row: status_shown(row.payment_status or "removed"), tone="pill",
            status=lambda row: row.payment_status or "failed",
        ),
    )  # fmt: skip


def _group(row: OpenRow) -> str:
    return f"{exception_title(row.name)} · {row.count:,}" if row.found is None else ""


def _each(text: Callable[[ExceptionRow], str]) -> Callable[[OpenRow], str]:
    return lambda row: text(row.found) if row.found else ""


def _why(row: MatchRow) -> str:
    return f"Score {row.score:.2f}: " + ", ".join(row.reasons)
