"""A fleet's scattered payments, told once to the booking system and once as the rows that a person must then see."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from services.domain.payment import NOBODY, STATUSES, TAKEN
from services.domain.period import NAIROBI, Days, day_of
from services.payments.filters import OTHER, PaymentFilter
from services.payments.row import PaymentRow, Sort
from tests.world import MORNING, World

FIRST = date(2026, 9, 21)
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
    """A payment as a row of the grid, and the day its refund is booked on."""

    row: PaymentRow
    refunded_on: date | None

    def under(self, wanted: PaymentFilter) -> bool:
        """Whether the filter shows it."""
        days_agree = wanted.basis != "refunded" or (
            self.refunded_on is not None and _within(self.refunded_on, wanted.days)
        )
        return days_agree and wanted.holds(self.row.state)


def _within(day: date, days: Days) -> bool:
    return days.first <= day <= days.last


@dataclass(frozen=True)
class Ledger:
    """A fleet, what its payments have to do with, and all of them."""

    world: World
    fleet: UUID
    routes: tuple[UUID, ...]
    vehicles: tuple[UUID, ...]
    drivers: tuple[UUID, ...]
    told: Sequence[Told]

    def shown(self, wanted: PaymentFilter) -> list[PaymentRow]:
        """The rows under a filter, in no order."""
        return [told.row for told in self.told if told.under(wanted)]


def scattered(world: World, count: int = 90, seed: int = 7) -> Ledger:
    """A ledger of `count` payments in every combination of what may be missing, unknown, equal or negative."""
    chance = random.Random(seed)
    fleet = world.fleet()
    names = {world.route(fleet, name): name for name in ("Nairobi – Nakuru", "Nairobi – Thika")}
    plates = {world.vehicle(fleet, plate): plate for plate in ("KDA 001A", "KDB 002B")}
    people = {world.driver(fleet, name): name for name in ("Baraka Mfano", "Chao Mfano")}
    ledger = Ledger(world, fleet, tuple(names), tuple(plates), tuple(people), [])
    told = [_told(ledger, chance, number, names, plates, people) for number in range(count)]
    world.project()
    return Ledger(world, fleet, ledger.routes, ledger.vehicles, ledger.drivers, told)


def _told(
    ledger: Ledger,
    chance: random.Random,
    number: int,
    names: dict[UUID, str],
    plates: dict[UUID, str],
    people: dict[UUID, str],
) -> Told:
    (route, on), (vehicle, plate), (driver, person) = (
        chance.choice([*known.items(), (None, "")]) for known in (names, plates, people)
    )
    reference = f"BKG{number}"
    booking = ledger.world.booking(
        ledger.fleet,
        route_id=route,
        vehicle_id=vehicle,
        driver_id=driver,
        reference=reference,
        passenger_name="Alice Mfano",
    )
    status = chance.choice((*STATUSES, "on_hold", "chargeback"))
    amount, created = chance.choice(AMOUNTS), chance.choice(INSTANTS)
    completed = chance.choice((None, created + timedelta(hours=chance.choice((0, 5, 20)))))
    refunded = chance.choice((Decimal("0.00"), Decimal("10.00"), Decimal("700.00")))
    refunded_at = chance.choice((None, created + timedelta(days=1)))
    method, currency = chance.choice(METHODS), chance.choice(("KES", "KES", "USD"))
    receipt, till = chance.choice((None, f"UKM{number:04}")), chance.choice((None, *TILLS))
    code, reason = chance.choice((None, "1032", "17")), chance.choice((None, "Cancelled"))
    payment = ledger.world.payment(
        booking, str(amount), status, created_at=created, completed_at=completed, refunded_at=refunded_at,
        payment_method=method, currency=currency, transaction_id=receipt, shortcode=till, result_code=code,
        failure_reason=reason, refunded_amount=refunded,
    )  # fmt: skip
    row = PaymentRow(
        payment, created, completed, "Alice M.", "0700 ••• 111", route, on, vehicle, plate, driver, person, method,
        receipt or "", reference, amount, refunded, currency, status, code, reason or "", till,
    )  # fmt: skip
    booked = status in TAKEN and refunded != 0
    return Told(row, day_of(refunded_at or created, NAIROBI) if booked else None)


def filters(ledger: Ledger) -> st.SearchStrategy[PaymentFilter]:
    """Any filter without a search over the ledger's days."""
    offsets = st.tuples(st.integers(0, 3), st.integers(0, 3)).map(sorted)
    days = offsets.map(lambda ends: Days(FIRST + timedelta(days=ends[0]), FIRST + timedelta(days=ends[1]), NAIROBI))
    return st.builds(
        PaymentFilter,
        st.just(ledger.fleet),
        days,
        statuses=_some(*STATUSES, OTHER),
        methods=_some(*METHODS),
        routes=_some(*ledger.routes, NOBODY),
        vehicles=_some(*ledger.vehicles, NOBODY),
        drivers=_some(*ledger.drivers, NOBODY),
        tills=_some(*TILLS),
        least=st.sampled_from((None, None, None, *AMOUNTS)),
        most=st.sampled_from((None, None, None, *AMOUNTS)),
        hour=st.sampled_from((None, None, None, 0, 9, 23)),
        basis=st.sampled_from(("created", "created", "taken", "refunded")),
    )


def _some(*values: object) -> st.SearchStrategy[frozenset[object]]:
    """Mostly none, so that not every filter is empty."""
    return st.one_of(st.just(frozenset()), st.just(frozenset()), st.frozensets(st.sampled_from(values), max_size=3))


SORTS = st.builds(Sort, st.sampled_from(("time", "amount", "status")), st.booleans())
