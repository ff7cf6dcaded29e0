"""A payment in full, in memory, and a trail that a reveal is written into. All names are invented."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Event
from uuid import UUID

from services.audit.record import AuditRecord
from services.domain.errors import NotFound, WorkstationError
from services.monitoring.detail import AlertNote, Booking, LineMatch, OpenFinding, PaymentDetail
from services.payments.revealing import Revealed
from services.payments.row import PaymentRow
from services.payments.steps import Step
from tests.ui.payments.fake import DRIVER, FLEET, TODAY, at, paid

LONG = "Wangari-" + "Mwangi" * 32
ALICE = Revealed("Alice Mfano", "0712345111")


def failed_once(number: int = 1, **values: object) -> PaymentRow:
    """A payment of 1,200.00 that failed at first and was then paid."""
    wanted: dict[str, object] = {
        "created_at": at("14:01:03"),
        "completed_at": at("14:02:40"),
        "passenger": "Alice M.",
        "phone": "0712 ••• 111",
        "driver_id": DRIVER,
        "driver": "Baraka Mfano",
        "receipt": "UKM7Q2X9AB",
        "amount": Decimal("1200.00"),
    }
    return paid(number, **(wanted | values))


def story_of(row: PaymentRow) -> tuple[Step, ...]:
    """Initiated, prompted, failed, and (where it is) paid."""
    start = row.created_at
    steps = (
        Step(start, "initiated", "pending", "Initiated for KES 1,200.00 by M-Pesa"),
        Step(start + timedelta(seconds=1), "prompt", "pending", "Prompt sent to the phone", "ws_CO_1"),
        Step(start + timedelta(seconds=39), "status", "failed", "Failed: 1032 cancelled by the customer"),
    )
    done = Step(start + timedelta(seconds=97), "status", "completed", "Paid", f"Receipt {row.receipt}")
    return (*steps, done) if row.status == "completed" else steps


def matched(row: PaymentRow, **values: object) -> LineMatch:
    """The statement line that proves a payment."""
    match = LineMatch(
        UUID(int=0x11), row.receipt, row.completed_at or row.created_at, TODAY.first, row.amount, "0712 ••• 111 - Alice M.",
        row.booking_reference, "msafiri-2026-11-26.csv", 41, "matched", "receipt", Decimal("1.000"),
        ("receipt equals", "amount equals"), "jane", at("14:04:00"),
    )  # fmt: skip
    return replace(match, **values)  # type: ignore[arg-type]  # a test's values are what it says


def found(
    name: str = "paid_but_failed", detail: str = "M-Pesa paid KES 1,200.00, the booking says failed."
) -> OpenFinding:
    """An exception that names a payment."""
    return OpenFinding(name, detail, Decimal("1200.00"), TODAY.first, at("14:04:30"))


def record(number: int, table: str = "payment_reveal", who: str = "jane", reason: str | None = None) -> AuditRecord:
    """A record of the trail."""
    return AuditRecord(
        FLEET.id, number, at("14:04:45"), who, table, "insert", {}, None, {"payment_id": str(UUID(int=1))}, reason, b"\1" * 32
    )  # fmt: skip


def detail_of(row: PaymentRow, **values: object) -> PaymentDetail:
    """A payment in full, with nothing beside its story."""
    booking = Booking(
        UUID(int=0xB0 + row.id.int), row.booking_reference, "9990001", "ws_CO_1", row.created_at, row.completed_at, None,
        row.created_at,
    )  # fmt: skip
    detail = PaymentDetail(row, booking, story_of(row), (), (), (), ())
    return replace(detail, **values)  # type: ignore[arg-type]  # a test's values are what it says


def everything(row: PaymentRow) -> PaymentDetail:
    """A payment of which everything is known."""
    alert = AlertNote(at("14:03:00"), "high", "Three prompts to one phone within a minute")
    audit = (record(7, reason="customer calls about a refund"), record(6, "reconciliation_match"))
    return detail_of(
        row,
        matches=(matched(row),),
        findings=(found("duplicate", "The line stands twice."),),
        alerts=(alert,),
        audit=audit,
    )


@dataclass
class FakeDetails:
    """Answers like the detail service and like the doors that reveal."""

    details: dict[UUID, PaymentDetail] = field(default_factory=dict)
    asked: list[UUID] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    fault: WorkstationError | None = None
    refusal: WorkstationError | None = None

    def __post_init__(self) -> None:
        self._open = Event()
        self._open.set()

    def holding(self, *details: PaymentDetail) -> FakeDetails:
        """Has these payments."""
        self.details |= {detail.row.id: detail for detail in details}
        return self

    def hold(self) -> None:
        """Answers nothing until `let_go`."""
        self._open.clear()

    def let_go(self) -> None:
        """Answers again."""
        self._open.set()

    def detail(self, fleet_id: UUID, payment_id: UUID) -> PaymentDetail:
        self.asked.append(payment_id)
        said = self.details.get(payment_id)
        assert self._open.wait(10), "the test never let go"
        if self.fault is not None:
            raise self.fault
        if said is None or fleet_id != FLEET.id:
            raise NotFound("There is no such payment in this fleet. Load the list again.")
        return said

    def reveal(self, fleet_id: UUID, payment_id: UUID, reason: str) -> Revealed:
        self.reasons.append(reason)
        assert self._open.wait(10), "the test never let go"
        if self.refusal is not None:
            raise self.refusal
        return ALICE


def later(moment: datetime, seconds: int) -> datetime:
    """So many seconds later."""
    return moment + timedelta(seconds=seconds)
