"""A booking system in memory: payments, their feed, and the answers that the page asks for. All names are invented."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Event, Lock
from uuid import UUID
from zoneinfo import ZoneInfo

from services.domain.errors import WorkstationError
from services.domain.payment import PENDING
from services.domain.period import NAIROBI, Days, today
from services.feed.event import Kind, PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter, status_group
from services.payments.row import NEWEST_FIRST, Key, Names, Page, PaymentRow, Position, Sort, sort_key
from services.payments.summary import Cell, Figures, Summary, cell_of

#: 14:05:13 in Nairobi on a Thursday.
NOW = datetime(2026, 11, 26, 11, 5, 13, tzinfo=UTC)
TODAY = Days(date(2026, 11, 26), date(2026, 11, 26))
_FLEET_ID = UUID(int=0xF1)
NAKURU, THIKA, MOMBASA = UUID(int=0xA1), UUID(int=0xA2), UUID(int=0xA3)
KDA, KDC, KDB = UUID(int=0xB1), UUID(int=0xB2), UUID(int=0xB3)
DRIVER = UUID(int=0xC1)


@dataclass(frozen=True)
class SmallFleet:
    """An invented fleet."""

    id: UUID = _FLEET_ID
    name: str = "Msafiri Express"
    zone: ZoneInfo = NAIROBI
    currency: str = "KES"


FLEET = SmallFleet()
NAMES = Names(
    routes={NAKURU: "Nairobi – Nakuru", THIKA: "Nairobi – Thika", MOMBASA: "Nairobi – Mombasa"},
    vehicles={KDA: "KDA 123A", KDC: "KDC 418T", KDB: "KDB 771J"},
    drivers={DRIVER: "Baraka Mfano"},
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: int) -> None:
        self.now += timedelta(**by)


def at(clock: str, day: date = TODAY.first) -> datetime:
    """'14:05:11' in Nairobi."""
    return datetime.fromisoformat(f"{day.isoformat()}T{clock}").replace(tzinfo=NAIROBI)


def paid(number: int, **values: object) -> PaymentRow:
    """A payment of 150.00 at one second past noon for each number, completed by M-Pesa, unless told otherwise."""
    row = PaymentRow(
        id=UUID(int=number),
        created_at=at("12:00:00") + timedelta(seconds=number),
        completed_at=None,
        passenger=f"Passenger {number}",
        phone="0700 ••• 111",
        route_id=THIKA,
        route="Nairobi – Thika",
        vehicle_id=KDC,
        vehicle="KDC 418T",
        driver_id=None,
        driver="",
        method="mpesa",
        receipt=f"UKM7Q{number:05}",
        booking_reference=f"BKG{number}",
        amount=Decimal("150.00"),
        refunded_amount=Decimal("0.00"),
        currency="KES",
        status="completed",
        result_code=None,
        failure_reason="",
    )
    return replace(row, **values)  # type: ignore[arg-type]  # a test's values are what it says


@dataclass
class FakePayments:
    """Answers like the payments service; every change is an event, returned and kept."""

    payments: dict[UUID, PaymentRow] = field(default_factory=dict)
    seq: int = 0
    epoch: int = 1
    fault: WorkstationError | None = None
    fault_in: str = ""
    asked: list[str] = field(default_factory=list)
    given_names: Names = NAMES
    other_methods: tuple[str, ...] = ("mpesa", "cash", "card")
    yesterday: dict[str, Figures] | None = None

    def __post_init__(self) -> None:
        self._lock = Lock()
        self._open = Event()
        self._open.set()

    # What happens ------------------------------------------------------------------------------------------------

    def holding(self, rows: Iterable[PaymentRow]) -> FakePayments:
        """Has these payments, noted before anybody looked."""
        self.payments |= {row.id: row for row in rows}
        self.seq = max(self.seq, len(self.payments))
        return self

    def put(self, row: PaymentRow, kind: Kind = "payment") -> PaymentEvent:
        """A payment is made or changed."""
        with self._lock:
            before = self.payments.get(row.id)
            self.payments[row.id] = row
            return self._event(kind, row.id, before.state if before else None, row.state)

    def remove(self, known: UUID) -> PaymentEvent:
        """A payment is deleted."""
        with self._lock:
            return self._event("removed", known, self.payments.pop(known).state, None)

    def rename(self, names: Names) -> PaymentEvent:
        """Routes, vehicles or drivers get other names."""
        with self._lock:
            self.given_names = names
            return self._event("names", None, None, None)

    def _event(
        self, kind: Kind, known: UUID | None, before: PaymentState | None, after: PaymentState | None
    ) -> PaymentEvent:
        self.seq += 1
        return PaymentEvent(FLEET.id, self.seq, kind, known, NOW, before, after)

    def hold(self) -> None:
        """Answers nothing until `let_go`; what is asked meanwhile sees the moment it was asked at."""
        self._open.clear()

    def let_go(self) -> None:
        """Answers again."""
        self._open.set()

    # What the page asks ------------------------------------------------------------------------------------------

    def page(
        self,
        wanted: PaymentFilter,
        after: Key | None = None,
        limit: int = 200,
        *,
        sort: Sort = NEWEST_FIRST,
        before: Key | None = None,
        counted: bool = False,
    ) -> Page:
        with self._lock:
            rows, position = self.sorted(wanted, sort), self._position()
        self._answer("earlier" if before else "more" if after else "page")
        begin, end = _stretch(rows, after, before, limit, sort)
        found = _page(rows, begin, end, position)
        return replace(found, first=begin) if counted and after else found

    def page_at(self, wanted: PaymentFilter, place: int, limit: int = 200, *, sort: Sort = NEWEST_FIRST) -> Page:
        with self._lock:
            rows, position = self.sorted(wanted, sort), self._position()
        self._answer(f"place {place}")
        begin = max(0, min(place, len(rows) - limit))
        return replace(_page(rows, begin, min(begin + limit, len(rows)), position), first=begin)

    def sorted(self, wanted: PaymentFilter, sort: Sort = NEWEST_FIRST) -> list[PaymentRow]:
        """What a filter finds now, in an order."""
        return sorted(self._under(wanted), key=sort_key(sort), reverse=sort.descending)

    def rows(self, wanted: PaymentFilter, ids: Collection[UUID]) -> list[PaymentRow]:
        with self._lock:
            rows = [row for row in self._under(wanted) if row.id in ids]
        self._answer(f"rows {len(ids)}")
        return rows

    def summary(self, wanted: PaymentFilter, now: datetime) -> Summary:
        found = self.summed(wanted, now)
        self._answer("summary")
        return found

    def summed(self, wanted: PaymentFilter, now: datetime = NOW) -> Summary:
        """The figures under a filter now."""
        with self._lock:
            rows, position = self._under(wanted), self._position()
            held = list(self.payments.values())
        cells: dict[Cell, Figures] = {}
        for row in rows:
            if row.currency == FLEET.currency:
                cell = cell_of(row.state, wanted)
                cells[cell] = cells.get(cell, Figures()).plus(1, row.amount, row.refunded_amount)
        pending = [row.created_at for row in rows if status_group(row.status) == PENDING]
        of_today = wanted.days.first == wanted.days.last == today(wanted.days.zone, now)
        foreign = Counter(cell_of(row.state, wanted) for row in rows if row.currency != FLEET.currency)
        of = None if wanted.basis != "created" else sum(row.created_at in wanted.days for row in held)
        return Summary(
            position,
            cells,
            FLEET.currency,
            foreign,
            self.yesterday if of_today else None,
            now,
            min(pending, default=None),
            of,
        )

    def names(self, fleet_id: UUID) -> Names:
        self._answer("names")
        return self.given_names

    def methods(self, fleet_id: UUID) -> list[str]:
        self._answer("methods")
        return list(self.other_methods)

    def _position(self) -> Position:
        return Position(self.epoch, self.seq)

    def _answer(self, question: str) -> None:
        self.asked.append(question)
        assert self._open.wait(10), "the test never let go"
        if self.fault is not None and question.startswith(self.fault_in):
            raise self.fault

    def _under(self, wanted: PaymentFilter) -> list[PaymentRow]:
        sought = wanted.search.strip().lower()
        return [
            row
            for row in self.payments.values()
            if wanted.holds(row.state) and (sought in row.passenger.lower() or row.receipt.lower().startswith(sought))
        ]


def _stretch(rows: list[PaymentRow], after: Key | None, before: Key | None, limit: int, sort: Sort) -> tuple[int, int]:
    """From where to where the rows below `after`, or above `before`, stand."""
    key = sort_key(sort)

    def reached(row: PaymentRow, other: Key) -> bool:
        return bool(key(row) <= key(other) if sort.descending else key(row) >= key(other))

    if before is not None:
        end = sum(not reached(row, before) for row in rows)
        return max(0, end - limit), end
    begin = 0 if after is None else sum(not reached(row, after) or Key.of(row) == after for row in rows)
    return begin, min(begin + limit, len(rows))


def _page(rows: list[PaymentRow], begin: int, end: int, position: Position) -> Page:
    shown = tuple(rows[begin:end])
    return Page(
        shown,
        Key.of(shown[-1]) if shown and end < len(rows) else None,
        position,
        Key.of(shown[0]) if shown and begin else None,
    )
