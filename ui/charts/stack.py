"""Where the bars of a day stand: 24 hours side by side, each stacked by status. Pixels, and no painting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

#: What an hour holds, by status: how many payments, and their KES.
Hour = Mapping[str, tuple[int, Decimal]]

HOURS: Final = 24
OTHER: Final = "other"
#: The order statuses are told in; any other status counts as "other".
TOLD: Final = ("completed", "pending", "failed", "refunded", OTHER)
#: From the ground up: trouble stands on the ground, where hours can be compared.
STACKED: Final = ("failed", "pending", "refunded", OTHER, "completed")
_BAR_SHARE: Final = 30 / 46
# What happened at all is seen, however tall its neighbours.
_LEAST: Final = 2.0


@dataclass(frozen=True, slots=True)
class Segment:
    """One status in one hour, in px."""

    hour: int
    status: str
    left: float
    top: float
    width: float
    height: float


def told(hour: Hour) -> dict[str, tuple[int, Decimal]]:
    """The hour by the statuses of `TOLD`, without the empty ones."""
    sums: dict[str, tuple[int, Decimal]] = {}
    for status, (count, amount) in hour.items():
        name = status if status in TOLD else OTHER
        known = sums.get(name, (0, Decimal("0.00")))
        sums[name] = (known[0] + count, known[1] + amount)
    return {name: sums[name] for name in TOLD if name in sums and sums[name][0]}


def segments(hours: Sequence[Hour], width: float, height: float) -> list[Segment]:
    """The bars of the hours in an area of this size, the tallest as high as the area, standing on its lower edge."""
    told_hours = [told(hour) for hour in hours]
    tallest = max((sum(count for count, _ in hour.values()) for hour in told_hours), default=0)
    least = min(_LEAST, height / len(STACKED))
    found: list[Segment] = []
    for number, hour in enumerate(told_hours):
        left, bar = bar_span(number, width)
        ground = height
        for status, tall in _heights(hour, height / max(1, tallest), least).items():
            ground -= tall
            found.append(Segment(number, status, left, ground, bar, tall))
    return found


def _heights(hour: dict[str, tuple[int, Decimal]], each: float, least: float) -> dict[str, float]:
    """How tall each status stands, from the ground up, at so many px a payment, and at least so many."""
    heights = {status: max(least, hour[status][0] * each) for status in STACKED if status in hour}
    # What the short ones were given the tall ones give, so that bars can be compared.
    given = sum(heights.values()) - sum(count for count, _ in hour.values()) * each
    spare = sum(heights.values()) - least * len(heights)
    kept = max(0.0, 1 - given / spare) if spare else 0.0
    return {status: least + (tall - least) * kept for status, tall in heights.items()}


def bar_span(hour: int, width: float) -> tuple[float, float]:
    """Left edge and width of an hour's bar, in px."""
    slot = width / HOURS
    bar = round(slot * _BAR_SHARE)
    return round(hour * slot + (slot - bar) / 2), bar


def hour_at(x: float, width: float) -> int | None:
    """The hour at `x` px; None beside the hours."""
    hour = int(x // (width / HOURS)) if width > 0 else -1
    return hour if 0 <= hour < HOURS else None


def segment_at(found: Sequence[Segment], x: float, y: float) -> Segment | None:
    """The segment at a point; None beside every bar."""
    inside = (s for s in found if s.left <= x < s.left + s.width and s.top <= y < s.top + s.height)
    return next(inside, None)
