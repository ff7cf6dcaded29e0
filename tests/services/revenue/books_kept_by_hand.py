"""Random payments of a fleet, and revenue as FIGURES defines it, added up one by one from the booking system's own tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from sqlalchemy import text

from services.database.engine import Database
from services.database.people import add_person
from services.domain.payment import FAILED, NOBODY, TAKEN
from services.domain.period import Days, day_of
from services.feed.projector import Projector
from services.revenue.figures import Dimension, RevenueFilter, Span, Totals
from tests.world import PASSWORD, World

VIEWER = "revenue_viewer"
METHODS = ("mpesa", "cash", "barter")
#: Days around which periods turn: ends of weeks, months and years, leap days, and clocks that Cairo changes.
TODAYS = (
    date(2026, 11, 24),
    date(2026, 10, 30),
    date(2026, 10, 29),
    date(2026, 4, 24),
    date(2026, 3, 31),
    date(2025, 3, 1),
    date(2024, 2, 29),
    date(2027, 1, 1),
)
_AGO = (0, 0, 0, 1, 1, 2, 6, 7, 7, 8, 14, 28, 30, 31, 60, 364, 365, 366)
_MINUTES = st.sampled_from([0, 59, 14 * 60, 14 * 60 + 4, 14 * 60 + 5, 23 * 60 + 59]) | st.integers(0, 1439)


@dataclass(frozen=True)
class Entry:
    """What one payment took, or gave back."""

    at: datetime
    day: date
    hour: int
    route: UUID
    vehicle: UUID
    driver: UUID
    method: str
    currency: str
    totals: Totals

    def key(self, dimension: Dimension) -> str:
        """The member that it counts for; '' where there is none."""
        member = {"route": self.route, "vehicle": self.vehicle, "driver": self.driver, "method": self.method}[dimension]
        return "" if member == NOBODY else str(member)


@dataclass(frozen=True)
class Ledger:
    """All that a fleet's payments took and gave back, and how those that were created ended."""

    zone: ZoneInfo
    entries: list[Entry]
    created: list[dict[str, Any]]

    def under(self, wanted: RevenueFilter) -> Ledger:
        """Only what the filter asks for, in shillings; its days apart."""

        def asked(route: UUID, vehicle: UUID, driver: UUID, method: str) -> bool:
            pairs: tuple[tuple[object, frozenset[Any]], ...] = (
                (route, wanted.routes), (vehicle, wanted.vehicles), (driver, wanted.drivers), (method, wanted.methods),
            )  # fmt: skip
            return all(not chosen or one in chosen for one, chosen in pairs)

        entries = [e for e in self.entries if asked(e.route, e.vehicle, e.driver, e.method)]
        created = [c for c in self.created if asked(c["route"], c["vehicle"], c["driver"], c["method"])]
        return Ledger(self.zone, entries, created)

    def within(self, span: Span, *, whole_days: bool = False) -> Iterator[Entry]:
        """The entries in shillings of a span."""
        for entry in self.entries:
            early = span.until is None or whole_days or entry.day < span.last or entry.at < span.until.astimezone(UTC)
            if span.first <= entry.day <= span.last and early and entry.currency == "KES":
                yield entry

    def total(self, span: Span, *, whole_days: bool = False) -> Totals:
        """Their sum."""
        return added(self.within(span, whole_days=whole_days))

    def by(self, key: Callable[[Entry], Any], span: Span, *, whole_days: bool = False) -> dict[Any, Totals]:
        """Their sums by a key."""
        found: dict[Any, list[Entry]] = defaultdict(list)
        for entry in self.within(span, whole_days=whole_days):
            found[key(entry)].append(entry)
        return {member: added(entries) for member, entries in found.items()}

    def rates(self, span: Span) -> tuple[int, int, dict[str, int]]:
        """Succeeded, failed and failures by code of the payments created in a span."""
        until = None if span.until is None else span.until.astimezone(UTC)
        reasons: dict[str, int] = defaultdict(int)
        succeeded = 0
        for payment in self.created:
            day = day_of(payment["created_at"], self.zone)
            early = until is None or day < span.last or payment["created_at"] < until
            if not (span.first <= day <= span.last and early and payment["currency"] == "KES"):
                continue
            succeeded += payment["status"] in TAKEN
            if payment["status"] == FAILED:
                reasons[payment["result_code"] or ""] += 1
        return succeeded, sum(reasons.values()), dict(reasons)


def added(entries: Iterator[Entry] | list[Entry]) -> Totals:
    """The sum of entries."""
    found = Totals()
    for entry in entries:
        found = found.plus(entry.totals)
    return found


@dataclass(frozen=True)
class Office:
    """A test's database with connections that all its fleets share, and a viewer who belongs to each of them."""

    operator: Database
    projector: Database
    viewer: Database

    @staticmethod
    def of(world: World) -> Office:
        """Opens it."""
        viewer = world.person(world.fleet(), "viewer", VIEWER)
        return Office(world.database(), world.database("finance_projector"), viewer)

    def project(self) -> None:
        """Takes in what is noted."""
        Projector(self.projector).drain()


class Fleet:
    """A new fleet with two routes, vehicles and drivers, and bookings with and without each."""

    def __init__(self, office: Office, zone: str) -> None:
        self.office, self.id, self.zone = office, uuid4(), ZoneInfo(zone)
        self.routes, self.vehicles, self.drivers = ([uuid4(), uuid4()] for _ in range(3))
        self.bookings = [uuid4() for _ in _HOMES]
        with office.operator.write() as connection:
            connection.execute(_FLEET, {"fleet": self.id, "code": f"F{self.id.hex[:8]}", "zone": zone})
            for statement, ids in ((_ROUTE, self.routes), (_VEHICLE, self.vehicles), (_DRIVER, self.drivers)):
                connection.execute(statement, [{"id": id_, "fleet": self.id, "name": id_.hex} for id_ in ids])
            homes = zip(self.bookings, _HOMES, strict=True)
            connection.execute(_BOOKING, [self._booking(id_, *home) for id_, home in homes])
        office.project()
        with office.operator.write() as connection:
            add_person(connection, self.id, VIEWER, PASSWORD, "viewer")

    def _booking(self, id_: UUID, route: int | None, vehicle: int | None, driver: int | None) -> dict[str, object]:
        return {
            "id": id_,
            "fleet": self.id,
            "route": None if route is None else self.routes[route],
            "vehicle": None if vehicle is None else self.vehicles[vehicle],
            "driver": None if driver is None else self.drivers[driver],
        }

    def pay(self, payments: list[dict[str, Any]]) -> None:
        """The booking system writes payments and the back office takes them in."""
        rows = [{"id": uuid4(), **payment, "booking_id": self.bookings[payment["booking"]]} for payment in payments]
        if rows:
            with self.office.operator.write() as connection:
                connection.execute(_PAY, rows)
        self.office.project()

    def restate(self, moved: int, to: int, values: dict[str, Any]) -> None:
        """A booking goes to another vehicle, and the payments of the next one turn out otherwise."""
        names = ("status", "amount", "refunded_amount", "completed_at", "updated_at")
        changed = {name: values[name] for name in names} | {"booking": self.bookings[(moved + 1) % 5]}
        with self.office.operator.write() as connection:
            connection.execute(_MOVE, {"moved": self.bookings[moved], "home": self.bookings[to]})
            connection.execute(_RESTATE, changed)
        self.office.project()

    def ledger(self) -> Ledger:
        """What FIGURES says of the payments as they stand in the booking system."""
        with self.office.operator.read() as connection:
            rows = [dict(row) for row in connection.execute(_RAW, {"fleet": self.id}).mappings()]
        for row in rows:
            row |= {name: row[name] or NOBODY for name in ("route", "vehicle", "driver")}
        return Ledger(self.zone, [entry for row in rows for entry in self._entries(row)], rows)

    def _entries(self, row: dict[str, Any]) -> Iterator[Entry]:
        if row["status"] not in TAKEN:
            return
        yield self._entry(row, row["completed_at"] or row["created_at"], Totals(row["amount"], 1))
        if refunded := row["refunded_amount"]:
            yield self._entry(row, row["refunded_at"] or row["updated_at"], Totals(Decimal(0), 0, refunded, 1))

    def _entry(self, row: dict[str, Any], at: datetime, totals: Totals) -> Entry:
        clock = at.astimezone(self.zone)
        names = ("route", "vehicle", "driver", "method", "currency")
        of = {name: row[name] for name in names}
        return Entry(at=at.astimezone(UTC), day=clock.date(), hour=clock.hour, totals=totals, **of)


#: Which route, vehicle and driver each booking has.
_HOMES = ((0, 0, 0), (0, 1, 0), (1, 1, 1), (None, None, 0), (None, None, None))
_FLEET = text("INSERT INTO public.fleets (id, code, name, timezone) VALUES (:fleet, :code, :code, :zone)")
_ROUTE = text("INSERT INTO public.routes (id, fleet_id, name) VALUES (:id, :fleet, :name)")
_VEHICLE = text("INSERT INTO public.vehicles (id, fleet_id, registration) VALUES (:id, :fleet, :name)")
_DRIVER = text("INSERT INTO public.drivers (id, fleet_id, full_name) VALUES (:id, :fleet, :name)")
_BOOKING = text("""
    INSERT INTO public.bookings (id, fleet_id, reference, fare, status, route_id, vehicle_id, driver_id)
    VALUES (:id, :fleet, :id, 600, 'confirmed', :route, :vehicle, :driver)
""")
_PAY = text("""
    INSERT INTO public.payment_transactions (id, booking_id, amount, currency, payment_method, status, result_code,
        refunded_amount, created_at, completed_at, refunded_at, updated_at)
    VALUES (:id, :booking_id, :amount, :currency, :method, :status, :result_code, :refunded_amount, :created_at,
        :completed_at, :refunded_at, :updated_at)
""")
_MOVE = text("""
    UPDATE public.bookings b SET route_id = n.route_id, vehicle_id = n.vehicle_id, driver_id = n.driver_id
    FROM public.bookings n WHERE b.id = :moved AND n.id = :home
""")
_RESTATE = text("""
    UPDATE public.payment_transactions SET status = :status, amount = :amount, refunded_amount = :refunded_amount,
        completed_at = :completed_at, updated_at = :updated_at WHERE booking_id = :booking
""")
_RAW = text("""
    SELECT b.route_id AS route, b.vehicle_id AS vehicle, b.driver_id AS driver, t.payment_method AS method, t.currency, t.status,
           t.amount, t.refunded_amount, t.created_at, t.completed_at, t.refunded_at, t.updated_at, t.result_code
    FROM public.payment_transactions t JOIN public.bookings b ON b.id = t.booking_id WHERE b.fleet_id = :fleet
""")


def moments(today: date, zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Moments of today, of the days before it that it may be compared with, and of tomorrow."""

    def at(ago: int, minute: int) -> datetime:
        clock = datetime.combine(today - timedelta(days=ago), time(minute // 60, minute % 60), zone)
        return clock.astimezone(UTC)

    return st.builds(at, st.sampled_from([*_AGO, -1]), _MINUTES)


def payments(today: date, zone: ZoneInfo) -> st.SearchStrategy[dict[str, Any]]:
    """A payment of any status, completed and refunded at any time or never."""
    at = moments(today, zone)
    return st.fixed_dictionaries(
        {
            "booking": st.integers(0, 4),
            "status": st.sampled_from(
                [
                    "completed",
                    "completed",
                    "completed",
                    "pending",
                    "failed",
                    "refunded",
                    "partially_refunded",
                    "on_hold",
                ]
            ),
            "amount": st.sampled_from([Decimal("-50.00"), Decimal(0), Decimal("600.00"), Decimal("1234.56")]),
            "refunded_amount": st.sampled_from([Decimal(0), Decimal(0), Decimal("25.50"), Decimal("9999.99")]),
            "currency": st.sampled_from(["KES", "KES", "KES", "USD"]),
            "method": st.sampled_from(METHODS),
            "result_code": st.sampled_from([None, "", "1032"]),
            "created_at": at,
            "completed_at": st.none() | at,
            "refunded_at": st.none() | at,
            "updated_at": at,
        }
    )


def filters(fleet: Fleet, today: date) -> st.SearchStrategy[RevenueFilter]:
    """A range that has ended, is running, or reaches into days to come; the whole fleet or parts of it."""

    def members(ids: list[UUID]) -> st.SearchStrategy[frozenset[UUID]]:
        return st.just(frozenset()) | st.frozensets(st.sampled_from([*ids, NOBODY]), min_size=1)

    def days(ends: int, length: int) -> Days:
        last = today - timedelta(days=ends)
        return Days(last - timedelta(days=length), last, fleet.zone)

    return st.builds(
        RevenueFilter,
        st.just(fleet.id),
        st.builds(days, st.sampled_from([0, 0, 0, 1, 5, 30, -1, -3]), st.sampled_from([0, 6, 13, 29, 41, 364]) | st.integers(0, 80)),
        grain=st.sampled_from(["daily", "weekly", "monthly"]),
        compare=st.sampled_from(["previous", "week", "month", "year"]),
        routes=members(fleet.routes),
        vehicles=members(fleet.vehicles),
        drivers=members(fleet.drivers),
        methods=st.just(frozenset()) | st.frozensets(st.sampled_from(METHODS), min_size=1),
        week_start=st.integers(0, 6),
    )  # fmt: skip
