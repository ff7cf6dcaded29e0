"""A year of an invented fleet, made inside the database: the same payments each time, from nothing but their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.sql.elements import TextClause

from services.domain.period import NAIROBI, Days
from services.domain.receipt import receipt_on
from tests.benchmarks.invented_sql import CODES, DRIVERS, FUNCTIONS, NAMES, PAY, ROUTES, TILLS, VEHICLES

FLEET: Final = UUID(int=0xF1EE7)
DAYS: Final = 365
NOW: Final = datetime(2026, 9, 30, 20, 0, tzinfo=NAIROBI)
"""The moment at which the year ends: the last hour's payments may be pending, and nothing is later."""
YEAR: Final = Days(NOW.date() - timedelta(days=DAYS - 1), NOW.date())

_HOURS = (1, 1, 1, 2, 8, 22, 40, 42, 30, 22, 20, 22, 26, 24, 22, 24, 32, 44, 46, 34, 20, 12, 6, 3)
_WEEKDAYS = (1.0, 0.95, 0.97, 1.05, 1.35, 1.2, 0.8)
_FARES = (100, 150, 250, 350, 450, 600, 700, 850, 1000, 1200, 1400, 1800)
_FIRST = "Aba Bene Chiru Deka Fari Gala Hamo Ima Jeri Kalu Lomi Mbena Nari Oke Pali Riba Sanu Tali Wema Zuri"
_FIRST_ENDS = "bo cha dani fe go hela ki la mira na po ro sa ta vu wi ya za mo ri"
_LAST = (
    "Achi Barang Chero Gatha Hama Ikun Jero Kamar Kimor Lema Maingo Mutav Njok Nyam Obuya Okwan Rotie Sanga Tumbo Wanje"
)
_LAST_ENDS = "enda bosi dari foru gwe heri imba joni kundo leko masi ndera oti pande rosha sowe tungo vora wiko zeni"
FIRST_NAMES: Final = tuple(start + end for end in _FIRST_ENDS.split() for start in _FIRST.split())
"""The most common first, which names one person in twenty."""
LAST_NAMES: Final = tuple(start + end for end in _LAST_ENDS.split() for start in _LAST.split())


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the year and the numbers of its payments, `first` to `last`."""

    number: int
    date: date
    first: int
    last: int


def create_ground(connection: Connection, payments: int) -> None:
    """The fleet, its names, and the passengers (one for twenty payments) that `pay` draws from."""
    connection.execute(text("CREATE SCHEMA bench"))
    for function in FUNCTIONS:
        connection.execute(text(function))
    for statement in NAMES:
        _execute(connection, statement, {"people": _people(payments)})


def days(payments: int) -> list[Day]:
    """How the payments fall on the days: by weekday, more about payday, growing over the year."""
    random = Random(payments)
    weights = [_weight(number, random.uniform(0.9, 1.1)) for number in range(DAYS)]
    ends = [round(payments * part / sum(weights)) for part in accumulate(weights)]
    starts = [0, *ends]
    return [Day(n, YEAR.first + timedelta(days=n), starts[n] + 1, ends[n]) for n in range(DAYS)]


def pay(connection: Connection, day: Day, payments: int) -> None:
    """Makes a day's payments, in the order of time."""
    hours = _HOURS[: NOW.hour] if day.date == NOW.date() else _HOURS
    values = {
        "day": day.date,
        "number": day.number,
        "first": day.first,
        "last": day.last,
        "hours": _steps(hours),
        "receipts": receipt_on(day.date, 0)[:3],
        "people": _people(payments),
    }
    _execute(connection, PAY, values)


def _execute(connection: Connection, statement: TextClause, values: dict[str, object]) -> None:
    asked = statement.compile().params
    connection.execute(statement, {name: value for name, value in {**_FIXED, **values}.items() if name in asked})


def _people(payments: int) -> int:
    return max(2_000, payments // 20)


def _weight(number: int, noise: float) -> float:
    day = YEAR.first + timedelta(days=number)
    payday = 1.15 if day.day >= 25 or day.day <= 2 else 1.0
    part = NOW.hour / 24 if day == YEAR.last else 1.0
    return _WEEKDAYS[day.weekday()] * payday * (1 + 0.3 * number / DAYS) * noise * part


def _steps(weights: Sequence[float]) -> list[float]:
    """Where one share ends and the next begins, in 0…1, without the ends."""
    return [part / sum(weights) for part in accumulate(weights)][:-1]


def _ids(kind: int, count: int) -> list[UUID]:
    return [UUID(int=kind << 64 | number) for number in range(1, count + 1)]


ROUTE_IDS: Final = _ids(0xA, ROUTES)
VEHICLE_IDS: Final = _ids(0xB, VEHICLES)
DRIVER_IDS: Final = _ids(0xC, DRIVERS)
TILL_CODES: Final = [f"99900{number}" for number in range(10, 10 + TILLS)]
_FIXED: Final[dict[str, object]] = {
    "fleet": FLEET,
    "routes": ROUTE_IDS,
    "vehicles": VEHICLE_IDS,
    "drivers": DRIVER_IDS,
    "tills": TILL_CODES,
    "first_names": list(FIRST_NAMES),
    "last_names": list(LAST_NAMES),
    "now": NOW,
    "fares": list(_FARES),
    "codes": list(CODES),
    "code_steps": _steps(list(CODES.values())),
}
