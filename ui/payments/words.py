"""The page's figures in words; no pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Final

from services.domain.money import shown
from services.domain.payment import COMPLETED, FAILED, PENDING, REFUNDED, TAKEN
from services.payments.filters import PaymentFilter
from services.payments.summary import ORDER, Figures, Summary, success_rate
from ui.grid.texts import CONCEALED
from ui.payments.filter_words import counted_line as counted_line
from ui.payments.filter_words import filter_in_words as filter_in_words
from ui.payments.filter_words import is_today as is_today
from ui.payments.filter_words import payments_counted as payments_counted
from ui.payments.filter_words import status_word as status_word
from ui.rates import failures_in_words, rate_in_words
from ui.widgets.amounts import rounded

SUCCESS_RATE: Final = "success_rate"
#: What the success rate counts, and so the rows behind it.
RATED: Final = TAKEN | {FAILED}
#: Tiles that are there even when they are empty.
USUAL: Final = (COMPLETED, PENDING, FAILED, REFUNDED)
_RATE: Final = "Payments that brought money, of these and the failed ones"
# A growth beyond it says less than what was there before.
_FURTHEST: Final = 1000


@dataclass(frozen=True, slots=True)
class TileText:
    """What one tile says: `figure` ('' where it is not known), how it `changed`, two lines below, and `tip`, all in words."""

    figure: str = ""
    first: str = ""
    second: str = ""
    changed: str = ""
    tip: str = ""
    #: The two lines where there is little room; '' where they are cut then.
    short: tuple[str, str] = ("", "")
    #: Whether the second line is an amount.
    private: bool = False

    def concealed(self) -> TileText:
        """The same without any amount."""
        figure = CONCEALED if self.figure else ""
        if not self.private:
            return replace(self, figure=figure, tip="")
        hidden = f"{CONCEALED} given back"
        return replace(self, figure=figure, tip="", second=hidden, short=(self.short[0], hidden))


# Days of payment or refund hold no failures, and a reason nothing else.
_NOT_RATED: Final = TileText("–", "not for these filters", tip="Paid and failed payments together have a success rate")


def tile_texts(summary: Summary | None, narrowed: PaymentFilter, now: datetime) -> dict[str, TileText]:
    """The tiles that there are to show, in their order, by status and finally the success rate."""
    if summary is None:
        return {name: TileText() for name in (*USUAL, SUCCESS_RATE)}
    within = summary if narrowed.hour is None else at_hour(summary, narrowed.hour)
    totals = within.by_status()
    before = _yesterday(within, narrowed, now)
    until = f"{within.as_of.astimezone(narrowed.days.zone):%H:%M}"
    texts: dict[str, TileText] = {}
    for status in ORDER:
        figures = totals.get(status, Figures())
        if status in USUAL or figures.count:
            text = _status_tile(status, figures, within, now)
            # A pending payment of yesterday has long become something else: there is nothing to compare with.
            texts[status] = text if status == PENDING else _compared(text, figures, before.get(status), until)
    one_sided = narrowed.basis != "created" or bool(narrowed.reasons)
    return texts | {SUCCESS_RATE: _NOT_RATED if one_sided else _rate_tile(totals, before)}


def at_hour(summary: Summary, hour: int) -> Summary:
    """The summary of one hour; what is only known for whole days is left out."""
    cells = {cell: figures for cell, figures in summary.cells.items() if cell[0] == hour}
    return replace(summary, cells=cells, yesterday=None, oldest_pending=None)


def change(now: Decimal, before: Decimal) -> str:
    """'▲ 6.2 %', '▼ 3 %' or '± 0 %'; '' where there was nothing, or next to nothing, to compare with."""
    if not before:
        return ""
    percent = (now - before) / before * 100
    if abs(percent) > _FURTHEST:
        return ""
    written = f"{abs(percent):,.1f}" if abs(percent) < 100 else f"{abs(percent):,.0f}"
    return _arrow(percent if written != "0.0" else Decimal(0), f"{written} %")


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


def _yesterday(summary: Summary, narrowed: PaymentFilter, now: datetime) -> Mapping[str, Figures]:
    compared = is_today(narrowed.days, now) and narrowed.basis == "created"
    return summary.yesterday or {} if compared else {}


def _compared(text: TileText, figures: Figures, before: Figures | None, until: str) -> TileText:
    """The tile with the same time yesterday beside its figure and its count."""
    if before is None:
        return text
    amount = change(figures.amount, before.amount)
    count = change(Decimal(figures.count), Decimal(before.count))
    if not count and before.count:
        return _beside_little(text, before.count, until)
    moves = [f"{words} {moved}" for words, moved in (("amount", amount), ("payments", count)) if moved]
    if not moves:
        return text
    against = f"against yesterday until {until}"
    return replace(
        text,
        first=f"{text.first} · {count}" if count else text.first,
        second=text.second or against,
        short=(text.short[0], text.short[1] if text.second else f"{count or amount} on yesterday"),
        changed=amount,
        tip=f"{text.tip}\n{', '.join(moves)}, {against}",
    )


def _beside_little(text: TileText, before: int, until: str) -> TileText:
    """The tile with how few payments there were yesterday, where a growth would be a number without a meaning."""
    few = f"{before:,} yesterday"
    return replace(
        text,
        first=f"{text.first} · {few}",
        second=text.second or f"until {until}",
        short=(text.short[0], text.short[1] if text.second else few),
        tip=f"{text.tip}\n{few} until {until}",
    )


def _status_tile(status: str, figures: Figures, summary: Summary, now: datetime) -> TileText:
    amount, counted = shown(figures.amount), payments_counted(figures.count)
    second, short = _second_line(status, figures, summary, now)
    private = bool(second) and status not in (PENDING, FAILED)
    return TileText(amount, counted, second, tip=amount, short=(counted, short), private=private)


def _second_line(status: str, figures: Figures, summary: Summary, now: datetime) -> tuple[str, str]:
    if status == PENDING:
        oldest = summary.oldest_pending
        return (f"oldest {age(oldest, now)}", "") if figures.count and oldest is not None else ("", "")
    if status == FAILED:
        return failures_in_words(summary.failures()), failures_in_words(summary.failures(), most=1)
    if figures.refunded or (figures.count and status == REFUNDED):
        return f"{shown(figures.refunded)} given back", f"{rounded(figures.refunded)} back"
    return "", ""


def _rate_tile(totals: Mapping[str, Figures], before: Mapping[str, Figures]) -> TileText:
    rate, earlier = success_rate(totals), success_rate(before)
    rated = sum(figures.count for status, figures in totals.items() if status in RATED)
    paid = rated - totals.get(FAILED, Figures()).count
    points, short = "", ""
    if rate is not None and earlier is not None:
        moved = round((rate - earlier) * 100, 1)
        short = _arrow(Decimal(str(moved)), f"{abs(moved):.1f} points")
        points = f"{short} on yesterday"
    return TileText(
        rate_in_words(rate), f"{paid:,} of {rated:,} paid" if rated else "", points, tip=_RATE, short=("", short)
    )


def _arrow(direction: Decimal, written: str) -> str:
    sign = "▲" if direction > 0 else "▼" if direction < 0 else "±"
    return f"{sign} {written}"
