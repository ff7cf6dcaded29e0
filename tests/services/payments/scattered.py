"""A fleet's scattered payments, told once to the booking system and once as the rows that a person must then see."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from services.domain.payment import NOBODY, STATUSES, TAKEN
from services.domain.period import NAIROBI, Days
from services.payments.filters import OTHER, Basis, PaymentFilter
from services.payments.row import PaymentRow, Sort
from tests.world import MORNING, World

FLEET = UUID(int=1)
ROUTES = {UUID(int=21): "Nairobi – Nakuru", UUID(int=22): "Nairobi – Thika"}
VEHICLES = {UUID(int=31): "KDA 001A", UUID(int=32): "KDB 002B"}
DRIVERS = {UUID(int=41): "Baraka Mfano", UUID(int=42): "Chao Mfano"}
FIRST = date(2026, 9, 21)
UNKNOWN = ("on_hold", "chargeback")
METHODS = ("mpesa", "cash", "tkash")
TILLS = ("9990001", "9990002", "")
AMOUNTS = tuple(map(Decimal, ("-50.00", "0.00", "150.00", "150.50", "600.00")))
#: Many payments share an instant, and two of these lie at the ends of the fleet's day.
INSTANTS = (
    MORNING - timedelta(days=1),
    MORNING,
    MORNING + timedelta(minutes=30),
    datetime(2026, 9, 22, 21, 0, tzinfo=UTC),
    datetime(2026, 9, 22, 20, 59, 59, 999_999, tzinfo=UTC),
    MORNING + timedelta(days=1),
)


@dataclass(frozen=True)
class Told:
    """A payment as a row of the grid, and when its refund is booked."""

    row: PaymentRow
    refunded_at: datetime | None

    def under(self, wanted: PaymentFilter) -> bool:
        """Whether the filter shows it."""
        return self._timed(wanted) and replace(wanted, hour=None, weekdays=frozenset()).holds(self.row.state)

    def moment(self, basis: Basis) -> datetime | None:
        """When it was created, taken or refunded, on the fleet's clock; None where it was not."""
        row = self.row
        taken = (row.completed_at or row.created_at) if row.status in TAKEN else None
        at = {"created": row.created_at, "taken": taken, "refunded": self.refunded_at}[basis]
        return at and at.astimezone(NAIROBI)

    def _timed(self, wanted: PaymentFilter) -> bool:
        at = self.moment(wanted.basis)
        return (
            at is not None
            and wanted.days.first <= at.date() <= wanted.days.last
            and wanted.hour in (None, at.hour)
            and (not wanted.weekdays or at.weekday() + 1 in wanted.weekdays)
        )


@dataclass(frozen=True)
class Ledger:
    """The fleet's world, and all its payments."""

    world: World
    told: Sequence[Told] = field(repr=False)

    def shown(self, wanted: PaymentFilter) -> list[PaymentRow]:
        """The rows under a filter, in no order."""
        return [told.row for told in self.told if told.under(wanted)]


def scattered(world: World, count: int = 90, seed: int = 7) -> Ledger:
    """A ledger of `count` payments in every combination of what may be missing, unknown, equal or negative."""
    named(world)
    chance = random.Random(seed)
    told = [_told(world, chance, number) for number in range(count)]
    world.project()
    return Ledger(world, told)


def named(world: World) -> None:
    """The fleet with its routes, vehicles and drivers."""
    world.fleet(id=FLEET)
    for table, column, names in (
        ("routes", "name", ROUTES),
        ("vehicles", "registration", VEHICLES),
        ("drivers", "full_name", DRIVERS),
    ):
        for id_, name in names.items():
            query = f"INSERT INTO public.{table} (id, fleet_id, {column}) VALUES (:id, :fleet, :name)"
            world.run(query, id=id_, fleet=FLEET, name=name)


def _told(world: World, chance: random.Random, number: int) -> Told:
    (route, on), (vehicle, plate), (driver, person) = (
        chance.choice([*known.items(), (None, "")]) for known in (ROUTES, VEHICLES, DRIVERS)
    )
    reference = f"BKG{number}"
    booking = world.booking(
        FLEET, route_id=route, vehicle_id=vehicle, driver_id=driver, reference=reference, passenger_name="Alice Mfano"
    )
    status = chance.choice((*STATUSES, *UNKNOWN))
    amount, created = chance.choice(AMOUNTS), chance.choice(INSTANTS)
    completed = chance.choice((None, created + timedelta(hours=chance.choice((0, 5, 20)))))
    refunded = chance.choice((Decimal("0.00"), Decimal("10.00"), Decimal("700.00")))
    refunded_at = chance.choice((None, created + timedelta(days=1)))
    method, currency = chance.choice(METHODS), chance.choice(("KES", "KES", "USD"))
    receipt, till = chance.choice((None, f"UKM{number:04}")), chance.choice((None, *TILLS))
    code, reason = chance.choice((None, "1032", "17")), chance.choice((None, "Cancelled"))
    payment = world.payment(
        booking, str(amount), status, created_at=created, completed_at=completed, refunded_at=refunded_at,
        payment_method=method, currency=currency, transaction_id=receipt, shortcode=till, result_code=code,
        failure_reason=reason, refunded_amount=refunded,
    )  # fmt: skip
    row = PaymentRow(
        payment, created, completed, "Alice M.", "0700 ••• 111", route, on, vehicle, plate, driver, person, method,
        receipt or "", reference, amount, refunded, currency, status, code, reason or "", till,
    )  # fmt: skip
    booked = status in TAKEN and refunded != 0
    return Told(row, (refunded_at or created) if booked else None)


def _some(*values: object) -> st.SearchStrategy[frozenset[object]]:
    """Mostly none, so that not every filter is empty."""
    return st.just(frozenset()) | st.just(frozenset()) | st.frozensets(st.sampled_from(values), max_size=3)


def _days(ends: list[int]) -> Days:
    return Days(FIRST + timedelta(days=ends[0]), FIRST + timedelta(days=ends[1]), NAIROBI)


#: Any filter without a search over the ledger's days.
FILTERS = st.builds(
    PaymentFilter,
    st.just(FLEET),
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted).map(_days),
    statuses=_some(*STATUSES, OTHER),
    methods=_some(*METHODS),
    routes=_some(*ROUTES, NOBODY),
    vehicles=_some(*VEHICLES, NOBODY),
    drivers=_some(*DRIVERS, NOBODY),
    tills=_some(*TILLS),
    least=st.sampled_from((None, None, None, *AMOUNTS)),
    most=st.sampled_from((None, None, None, *AMOUNTS)),
    hour=st.sampled_from((None, None, None, 0, 9, 23)),
    basis=st.sampled_from(("created", "created", "taken", "refunded")),
    weekdays=_some(1, 2, 3, 4, 7),
    reasons=st.just(frozenset()) | _some("1032", "17", ""),
)
SORTS = st.builds(Sort, st.sampled_from(("time", "amount", "status")), st.booleans())
