"""Filters as they are kept under a name, and payments as links.

The kept form is JSON of a numbered version. What it does not know it passes over (a later version may have written it); what it
knows and cannot read it names.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.domain.errors import NotUnderstood
from services.domain.money import amount, stated
from services.domain.payment import STATUSES
from services.domain.period import Days, preset
from services.payments.filters import OTHER, Basis, PaymentFilter
from services.payments.row import NEWEST_FIRST, Sort

VERSION: Final = 1
_T = TypeVar("_T")
_BASES: Final[tuple[Basis, ...]] = ("created", "taken", "refunded")
_MOST_VALUES: Final = 2_000
_YEARS: Final = (1900, 9000)
_UNCHANGED: Final[tuple[str, ...]] = ()
_LINK: Final = re.compile(r"workstation://payment/([0-9a-f-]{36})/([0-9a-f-]{36})/?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    """What a kept view shows: `preset` names the days that move on ('' for fixed ones), `columns` those shown, in their order.

    No columns means: as they are.
    """

    wanted: PaymentFilter
    preset: str = ""
    sort: Sort = NEWEST_FIRST
    columns: tuple[str, ...] = ()


def filter_to_json(
    wanted: PaymentFilter, preset: str = "", sort: Sort = NEWEST_FIRST, columns: Iterable[str] = ()
) -> dict[str, object]:
    """The kept form of what is shown; the fleet and its zone are not part of it."""
    days = wanted.days
    return {
        "version": VERSION,
        "days": {"preset": preset} if preset else {"first": days.first.isoformat(), "last": days.last.isoformat()},
        "statuses": sorted(wanted.statuses),
        "methods": sorted(wanted.methods),
        "routes": sorted(map(str, wanted.routes)),
        "vehicles": sorted(map(str, wanted.vehicles)),
        "drivers": sorted(map(str, wanted.drivers)),
        "tills": sorted(wanted.tills),
        "least": None if wanted.least is None else stated(wanted.least),
        "most": None if wanted.most is None else stated(wanted.most),
        "hour": wanted.hour,
        "search": _storable(wanted.search),
        "basis": wanted.basis,
        "weekdays": sorted(wanted.weekdays),
        "reasons": sorted(wanted.reasons),
        "sort": {"column": sort.column, "descending": sort.descending},
        "columns": list(columns),
    }


def filter_from_json(definition: Mapping[str, Any], fleet_id: UUID, zone: ZoneInfo, now: datetime) -> View:
    """The view behind its kept form, for the fleet and, where its days move on, for this moment.

    NotUnderstood names the field that cannot be read, or says that a newer program wrote it.
    """
    version = definition.get("version")
    if not isinstance(version, int) or not 1 <= version <= VERSION:
        raise NotUnderstood(f"This view is of version {version!r}, which this program cannot read. Save it anew.")
    read = _Reader(definition)
    chosen, days = read.field("days", lambda value: _days(value, zone, now), ("today", preset("today", zone, now)))
    wanted = PaymentFilter(
        fleet_id,
        days,
        statuses=read.field("statuses", _statuses, frozenset()),
        methods=read.field("methods", _texts, frozenset()),
        routes=read.field("routes", _ids, frozenset()),
        vehicles=read.field("vehicles", _ids, frozenset()),
        drivers=read.field("drivers", _ids, frozenset()),
        tills=read.field("tills", _texts, frozenset()),
        least=read.field("least", _money, None),
        most=read.field("most", _money, None),
        hour=read.field("hour", _hour, None),
        search=read.field("search", _text, ""),
        basis=read.field("basis", _basis, "created"),
        weekdays=read.field("weekdays", _weekdays, frozenset()),
        reasons=read.field("reasons", _texts, frozenset()),
    )
    columns = read.field("columns", _keys, _UNCHANGED)
    return View(wanted, chosen, read.field("sort", _sort, NEWEST_FIRST), columns)


def payment_link(fleet_id: UUID, payment_id: UUID) -> str:
    """The link that opens a payment's drawer; it says nothing but the two ids, and opens nothing without the right to."""
    return f"workstation://payment/{fleet_id}/{payment_id}"


def parse_link(text: str) -> tuple[UUID, UUID]:
    """Fleet and payment of a link; ValueError for every other text."""
    found = _LINK.fullmatch(text.strip()) if len(text) <= 200 else None
    if found is None:
        raise ValueError("This is no link to a payment. It begins with workstation://payment/ and two ids follow.")
    return UUID(found[1]), UUID(found[2])


class _Reader:
    """Reads a definition's fields; an absent or null one is the default."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self._definition = definition

    def field(self, name: str, read: Callable[[Any], _T], default: _T) -> _T:
        """One field; NotUnderstood names it where `read` cannot."""
        value = self._definition.get(name)
        if value is None:
            return default
        try:
            return read(value)
        except (ValueError, TypeError, KeyError) as error:
            raise NotUnderstood(f"This view cannot be read: its field “{name}” is not valid. Save it anew.") from error


def _days(value: Any, zone: ZoneInfo, now: datetime) -> tuple[str, Days]:
    if name := value.get("preset") if isinstance(value, dict) else None:
        return _text(name), preset(_text(name), zone, now)
    first, last = date.fromisoformat(value["first"]), date.fromisoformat(value["last"])
    if first.year < _YEARS[0] or last.year > _YEARS[1]:
        raise ValueError("a year in which nobody paid")
    return "", Days(first, last, zone)


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MOST_VALUES:
        raise TypeError("not a list of values")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(value: Any) -> frozenset[str]:
    return frozenset(_text(item) for item in _list(value))


def _keys(value: Any) -> tuple[str, ...]:
    return tuple(_text(item) for item in _list(value))


def _statuses(value: Any) -> frozenset[str]:
    statuses = _texts(value)
    if statuses - {*STATUSES, OTHER}:
        raise ValueError("not a status that is filtered by")
    return statuses


def _ids(value: Any) -> frozenset[UUID]:
    return frozenset(UUID(_text(item)) for item in _list(value))


def _money(value: Any) -> Decimal:
    return amount(_text(value))


def _hour(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 23:
        raise ValueError("not an hour of the day")
    return value


def _weekdays(value: Any) -> frozenset[int]:
    return frozenset(map(_weekday, _list(value)))


def _weekday(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 7:
        raise ValueError("not a day of the week")
    return value


def _basis(value: Any) -> Basis:
    return _BASES[_BASES.index(value)]


def _sort(value: Any) -> Sort:
    column, descending = value["column"], value["descending"]
    if column not in ("time", "amount", "status") or not isinstance(descending, bool):
        raise ValueError("not an order of the rows")
    return Sort(column, descending)


def _storable(text: str) -> str:
    """The text without what PostgreSQL's jsonb refuses: NUL, which search reads as a blank, and halves of a character."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()
