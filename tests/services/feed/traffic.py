"""Random traffic of a booking system: what may happen to payments, around the turns of hours, days, years and summer time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st

from tests.world import MORNING, World

#: What happens, to which booking or payment, and the values of a payment.
Step = tuple[str, int, dict[str, object]]

_STATUSES = st.sampled_from(["pending", "completed", "failed", "refunded", "partially_refunded", "on_hold"])
TIMES = st.sampled_from(
    [
        MORNING,
        MORNING + timedelta(minutes=59),
        datetime(2026, 9, 22, 20, 59, 59, tzinfo=UTC),
        datetime(2026, 9, 22, 21, 0, tzinfo=UTC),  # midnight in Nairobi
        datetime(2026, 4, 23, 22, 30, tzinfo=UTC),  # Cairo skips the hour after midnight
        datetime(2026, 10, 29, 20, 30, tzinfo=UTC),  # Cairo lives the hour before midnight twice
        datetime(2026, 10, 29, 21, 30, tzinfo=UTC),
        datetime(2024, 2, 29, 12, 0, tzinfo=UTC),
        datetime(2025, 12, 31, 21, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 20, 59, tzinfo=UTC),
        datetime(2027, 1, 1, 9, 0, tzinfo=UTC),
    ]
)
_VALUES = st.fixed_dictionaries(
    {
        "status": _STATUSES,
        "amount": st.sampled_from([-50, 0, 600, 1234.56]),
        "refunded_amount": st.sampled_from([0, 0, 25.5]),
        "currency": st.sampled_from(["KES", "KES", "USD"]),
        "payment_method": st.sampled_from(["mpesa", "cash", "barter"]),
        "result_code": st.sampled_from([None, "", "1032"]),
        "created_at": TIMES,
        "completed_at": st.none() | TIMES,
        "refunded_at": st.none() | TIMES,
    }
)
_HAPPENS = st.sampled_from(["pay", "pay", "pay", "change", "change", "delete", "move", "project"])
STEPS = st.lists(st.tuples(_HAPPENS, st.integers(0, 7), _VALUES), max_size=14)


class Traffic:
    """What a booking system may do to two new fleets, each in its zone."""

    def __init__(self, world: World, *zones: str) -> None:
        self.world = world
        self.fleets = [world.fleet(f"F{uuid4().hex[:8]}", timezone=zone) for zone in zones]
        self.homes = [
            (fleet, route, vehicle)
            for fleet in self.fleets
            for route, vehicle in ((world.route(fleet), world.vehicle(fleet)), (None, None))
        ]
        self.bookings = [
            world.booking(fleet, route_id=route, vehicle_id=vehicle) for fleet, route, vehicle in self.homes
        ]
        self.payments: list[UUID] = []

    def step(self, name: str, which: int, values: dict[str, object]) -> None:
        """One step; nothing where there is no payment that it could concern."""
        booking = self.bookings[which % 4]
        if name == "pay":
            payment = self.world.payment(booking)
            self.payments.append(payment)
            self.world.change(payment, **values)
        elif name == "move":
            fleet, route, vehicle = self.homes[(which + 1) % 4]
            self.world.run(
                "UPDATE public.bookings SET fleet_id = :f, route_id = :r, vehicle_id = :v WHERE id = :id",
                f=fleet, r=route, v=vehicle, id=booking,
            )  # fmt: skip
        elif name == "project":
            self.world.project()
        elif self.payments and name == "change":
            self.world.change(self.payments[which % len(self.payments)], **values)
        elif self.payments:
            self.world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=self.payments.pop())
