"""What a filter of revenue is narrowed to, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from services.domain.payment import NOBODY, method_shown
from services.payments.row import Names
from services.revenue.figures import RevenueFilter

#: So many values are named, the others counted.
_NAMED = 3


def narrowed_words(wanted: RevenueFilter, names: Names) -> str:
    """'Nairobi – Nakuru, M-Pesa'; '' for the whole fleet."""
    found = [
        *_named(wanted.routes, names.routes, "no route"),
        *_named(wanted.vehicles, names.vehicles, "no vehicle"),
        *_named(wanted.drivers, names.drivers, "no driver"),
        *_shortly([method_shown(method) for method in sorted(wanted.methods)]),
    ]
    return ", ".join(found)


def _named(chosen: Iterable[UUID], known: Mapping[UUID, str], nobody: str) -> list[str]:
    return _shortly(sorted(nobody if one == NOBODY else known.get(one, str(one)[:8]) for one in chosen))


def _shortly(words: list[str]) -> list[str]:
    left = len(words) - _NAMED
    return [*words[:_NAMED], f"and {left:,} more"] if left > 1 else words
