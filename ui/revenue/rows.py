"""The rows of the tables below the charts, and their columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal
from zoneinfo import ZoneInfo

from services.domain.money import ZERO
from services.revenue.figures import Dimension, Grain, Part, PeriodRow, Rates, RevenueReport, Totals, growth
from services.revenue.vehicle_days import VehicleDay
from ui.grid import Column
from ui.revenue.table import OPENS
from ui.revenue.words import (
    NOTHING,
    growth_words,
    money,
    partial_words,
    period_title,
    reason_words,
    rest_share,
    share_words,
    signed,
    span_words,
)

#: So many members are shown before "rest".
TOP: Final = 8
REST: Final = "rest"


@dataclass(frozen=True, slots=True)
class PartRow:
    """A member's line, or that of all the others together (`members` of them), which opens and closes the list."""

    part: Part
    greatest: Decimal
    members: int = 0
    open: bool = False

    @property
    def id(self) -> str:
        """What tells this line from every other."""
        return REST if self.members else f"key {self.part.key}"

    @property
    def length(self) -> float:
        """The bar's length: the share of the greatest member, 0 to 1."""
        return float(self.part.totals.revenue / self.greatest) if self.greatest > ZERO else 0.0

    @property
    def label(self) -> str:
        """The member's name, or how many the others are."""
        return self.part.label


def part_rows(parts: Sequence[Part], whole: Decimal, *, opened: bool) -> list[PartRow]:
    """The first `TOP` members and the rest in one line; all of them where the list is open."""
    greatest = max((part.totals.revenue for part in parts), default=ZERO)
    rows = [PartRow(part, greatest) for part in parts]
    rest = parts[TOP:]
    if len(rest) < 2:
        return rows
    summed = _together(rest, whole, opened)
    line = PartRow(summed, greatest, members=len(rest), open=opened)
    return [*rows, line] if opened else [*rows[:TOP], line]


def _together(parts: Sequence[Part], whole: Decimal, opened: bool) -> Part:
    totals, before = Totals(), Totals()
    for part in parts:
        totals = totals.plus(part.totals)
        before = before.plus(part.before or Totals())
    label = f"Show the first {TOP} only" if opened else f"Rest ({len(parts):,})"
    share = rest_share(whole, totals.revenue)
    return Part("", label, totals, before, share, parts[0].rank, None)


def rank_words(row: PartRow) -> str:
    """'▲ 2' places up, '▼ 1' down, 'new', '' where nothing moved."""
    part = row.part
    if row.members or not part.totals.taken_count:
        return ""
    if part.rank_before is None:
        return "new"
    moved = part.rank_before - part.rank
    return "" if not moved else f"{'▲' if moved > 0 else '▼'} {abs(moved)}"


def part_columns(title: str, currency: str) -> tuple[Column[PartRow], ...]:
    """A breakdown: label, revenue, growth, rank change, payments, share."""
    return (
        Column("label", title, 210, lambda row: row.label, sort="label"),
        Column(
            "revenue", f"Revenue {currency}", 140, lambda row: "" if row.open else money(row.part.totals.revenue),
            align="right", tone="strong", sort="revenue", private=True, hint=lambda row: "" if row.members else OPENS,
        ),
        Column(
            "growth", "Growth", 96, lambda row: "" if row.open else growth_words(row.part.growth) or NOTHING,
            align="right", sort="growth", tooltip="Change ÷ revenue of what the range is compared with",
        ),
        Column("rank", "Rank", 66, rank_words, align="right", tone="muted", tooltip="Places gained or lost since then"),
        Column(
            "payments", "Payments", 92, lambda row: "" if row.open else f"{row.part.totals.taken_count:,}",
            align="right", tone="muted", sort="payments",
        ),
        Column(
            "share", "Share", 160, lambda row: "" if row.open else share_words(row.part.share), sort="share",
            falling=True, stretch=True, tooltip="Of the revenue of the range; the bar is against the largest",
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeriodLine:
    """A period with its place in the report."""

    place: int
    row: PeriodRow
    grain: Grain
    zone: ZoneInfo


def period_lines(report: RevenueReport) -> list[PeriodLine]:
    """The periods, the latest first."""
    zone, grain = report.wanted.days.zone, report.wanted.grain
    return [PeriodLine(at, row, grain, zone) for at, row in reversed(list(enumerate(report.periods)))]


def period_columns(currency: str) -> tuple[Column[PeriodLine], ...]:
    """A table of periods: taken, refunded, revenue, payments, average, and the change on the period before."""

    def before(line: PeriodLine) -> str:
        return "" if line.row.before_span is None else f"Compared with {span_words(line.row.before_span)}"

    def amount(key: str, title: str, width: int, value: str) -> Column[PeriodLine]:
        return Column(
            key,
            title,
            width,
            lambda line: money(getattr(line.row.totals, value)),
            align="right",
            sort=key,
            private=True,
        )

    return (
        Column("period", "Period", 212, lambda line: period_title(line.row, line.grain, line.zone), sort="period",
               stretch=True),
        Column("part", "", 96, lambda line: partial_words(line.row, line.grain), tone="pill",
               status=lambda line: "pending" if line.row.running else "info", tooltip="Periods that are not whole"),
        amount("taken", f"Taken {currency}", 122, "taken"),
        amount("refunded", "Refunded", 104, "refunded"),
        Column("revenue", "Revenue", 128, lambda line: money(line.row.totals.revenue), align="right", tone="strong",
               sort="revenue", private=True, hint=lambda _: OPENS),
        Column("payments", "Payments", 88, lambda line: f"{line.row.totals.taken_count:,}", align="right", tone="muted",
               sort="payments"),
        Column("average", "Average", 88, lambda line: money(line.row.totals.average), align="right", tone="muted",
               sort="average", private=True),
        Column("change", "Change", 124, lambda line: signed(line.row.change), align="right", sort="change", private=True,
               hint=before),
        Column("growth", "Growth", 96, lambda line: growth_words(line.row.growth) or NOTHING, align="right",
               sort="growth", hint=before),
    )  # fmt: skip


def vehicle_day_columns(currency: str) -> tuple[Column[VehicleDay], ...]:
    """What each vehicle took against what is expected of it."""
    return (
        Column("vehicle", "Vehicle", 120, lambda row: row.vehicle, sort="vehicle"),
        Column("routes", "Routes", 220, lambda row: row.routes or NOTHING, tone="muted"),
        Column("expected", f"Expected {currency}", 134, lambda row: money(row.expected), align="right", tone="muted",
               sort="expected", private=True, tooltip="What vehicles of its routes usually take on this weekday"),
        Column("taken", "Taken", 124, lambda row: money(row.taken), align="right", tone="strong", sort="taken",
               private=True, hint=lambda _: OPENS),
        Column("difference", "Difference", 128, lambda row: signed(row.difference), align="right", sort="difference",
               private=True),
        Column("ratio", "Of expected", 160, lambda row: share_words(row.ratio), sort="ratio", stretch=True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """How payments ended: succeeded, failed, or (with a `code`) failed for a reason; against the range before."""

    kind: Literal["succeeded", "failed", "reason"]
    label: str
    count: int
    before: int
    of: int
    code: str = ""

    @property
    def share(self) -> float | None:
        """Of all payments that ended, or of the failed ones for a reason."""
        return self.count / self.of if self.of else None


def outcome_rows(rates: Rates, before: Rates) -> list[OutcomeRow]:
    """Successes, failures, and the reasons of these, the commonest first; none where no payment ended."""
    of = rates.succeeded + rates.failed
    if not of:
        return []
    codes = sorted(set(rates.reasons) | set(before.reasons), key=lambda code: (-rates.reasons.get(code, 0), code))
    return [
        OutcomeRow("succeeded", "Succeeded", rates.succeeded, before.succeeded, of),
        OutcomeRow("failed", "Failed", rates.failed, before.failed, of),
        *(
            OutcomeRow(
                "reason",
                reason_words(code),
                rates.reasons.get(code, 0),
                before.reasons.get(code, 0),
                rates.failed,
                code,
            )
            for code in codes
        ),
    ]


def outcome_columns() -> tuple[Column[OutcomeRow], ...]:
    """Outcomes and reasons."""

    def change(row: OutcomeRow) -> str:
        return growth_words(growth(Decimal(row.count), Decimal(row.before))) or NOTHING

    return (
        Column("outcome", "Outcome", 250, lambda row: row.label if row.kind != "reason" else f"    {row.label}"),
        Column("code", "Code", 90, lambda row: row.code, tone="muted"),
        Column("payments", "Payments", 104, lambda row: f"{row.count:,}", align="right", tone="strong",
               hint=lambda _: OPENS),
        Column("before", "Before", 104, lambda row: f"{row.before:,}", align="right", tone="muted",
               tooltip="In what the range is compared with"),
        Column("change", "Change", 96, change, align="right"),
        Column("share", "Share", 160, lambda row: share_words(row.share), stretch=True,
               tooltip="Of all payments that ended; a reason's share is of the failed ones"),
    )  # fmt: skip


def titles() -> Iterable[tuple[Dimension, str]]:
    """The dimensions that have a breakdown, in their order."""
    return ("route", "Route"), ("vehicle", "Vehicle"), ("driver", "Driver")
