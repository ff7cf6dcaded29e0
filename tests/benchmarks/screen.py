"""The Payments page with as many rows loaded as it ever holds, the relay's frames that change them, and the peers' table widget."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final, Protocol
from uuid import UUID

from PySide6.QtWidgets import QApplication, QTableView, QTableWidget, QTableWidgetItem

from services.domain.money import shown
from services.domain.payment import status_shown
from services.domain.period import Days
from services.feed.event import Json, PaymentEvent, PaymentState
from services.payments.filters import PaymentFilter
from services.payments.row import Key, Page, PaymentRow
from services.relay.messages import Events, decode_frame, encode_events
from tests.ui.payments.fake import FLEET, NOW, TODAY, Clock, FakePayments, at, paid
from ui.application import make_application
from ui.collecting import Collecting
from ui.payments.columns import PaymentsModel
from ui.payments.loaded import MOST
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme

ROWS: Final = 5_000
#: A month of the busiest days of a small fleet.
MONTH_ROWS: Final = 25_000
COLUMNS: Final = 9
_SIZE = (1170, 728)
_AMOUNT, _STATUS = 7, 8


class Bookings(FakePayments):
    """So many payments in memory, the last ones of this afternoon, one every ten seconds, and the changes of any of them."""

    def __init__(self, rows: int = ROWS) -> None:
        super().__init__()
        begin = at("14:00:00").astimezone(UTC) - timedelta(seconds=10 * rows)
        self.holding(
            paid(number, created_at=begin + timedelta(seconds=10 * number), amount=Decimal(100 + number % 1900))
            for number in range(rows)
        )
        self._random = Random(7)

    def page(self, wanted: PaymentFilter, after: Key | None = None, limit: int = 200, **more: object) -> Page:
        return super().page(wanted, after, MOST)

    def rows(self, wanted: PaymentFilter, ids: Collection[UUID]) -> list[PaymentRow]:
        """By their ids, as a database finds them in a process of its own: nothing here goes through all payments for them."""
        return [self.payments[known] for known in ids if wanted.holds(self.payments[known].state)]

    def frame(self, changes: int) -> bytes:
        """The relay's frame of so many changed payments, all different; the last one is the newest of all."""
        newest = len(self.payments) - 1
        numbers = [*self._random.sample(range(newest), changes - 1), newest]
        return encode_events(FLEET.id, 1, self.seq + 1, [json.dumps(_json(self._change(number))) for number in numbers])

    def _change(self, number: int) -> PaymentEvent:
        row = self.payments[paid(number).id]
        status = self._random.choice(("completed", "failed", "refunded"))
        amount = row.amount + self._random.choice((Decimal("10.00"), Decimal("-10.00")))
        return self.put(replace(row, status=status, amount=amount))


class Side(Protocol):
    """One of the contestants: takes a frame's bytes, and says what stands in the cells in view."""

    @property
    def grid(self) -> QTableView: ...

    def take(self, frame: bytes) -> None: ...

    def seen(self, rows: int) -> list[list[str]]: ...


class Ours:
    """The page as the product shows it."""

    def __init__(self, page: PaymentsPage) -> None:
        self.page = page
        self.grid = page.grid

    def take(self, frame: bytes) -> None:
        """What the relay's client and the window do with a frame."""
        told = decode_frame(frame)
        assert isinstance(told, Events)
        self.page.apply_events(told.events)

    def seen(self, rows: int) -> list[list[str]]:
        """The texts of the newest rows."""
        model = self.grid.model()
        return [[model.index(row, column).data() for column in range(COLUMNS)] for row in range(rows)]


class Table:
    """A QTableWidget over a list of records that are already texts; a frame is read with json.loads."""

    def __init__(self, texts: list[list[str]], ids: list[str]) -> None:
        self.grid = QTableWidget(len(texts), COLUMNS)
        self.grid.setVerticalScrollMode(QTableWidget.ScrollMode.ScrollPerPixel)
        self.grid.resize(*_SIZE)
        self._records = texts
        self._at = {known: row for row, known in enumerate(ids)}
        self._refill()
        self.grid.show()

    def take(self, frame: bytes) -> None:
        """Changes the records, then fills the table from them, as most such tools do."""
        for event in json.loads(frame)["events"]:
            self._change(event)
        self._refill()

    def seen(self, rows: int) -> list[list[str]]:
        """The texts of the newest rows."""
        return [[self._item(row, column).text() for column in range(COLUMNS)] for row in range(rows)]

    def _change(self, event: Json) -> int:
        after, row = event["after"], self._at[str(event["payment_id"])]
        assert isinstance(after, dict)
        self._records[row][_AMOUNT] = shown(Decimal(after["amount"]))
        self._records[row][_STATUS] = status_shown(after["status"])
        return row

    def _refill(self) -> None:
        for row, record in enumerate(self._records):
            for column, said in enumerate(record):
                self.grid.setItem(row, column, QTableWidgetItem(said))

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        item = self.grid.item(row, column)
        assert item is not None
        return item


class FrugalTable(Table):
    """The same, but it finds the changed rows by their ids and sets the two texts that changed."""

    def take(self, frame: bytes) -> None:
        """Changes the records and their items."""
        for event in json.loads(frame)["events"]:
            row = self._change(event)
            for column in (_AMOUNT, _STATUS):
                self._item(row, column).setText(self._records[row][column])


@contextmanager
def page_open(rows: int = ROWS) -> Iterator[tuple[Ours, Bookings]]:
    """The page over so many bookings, with as many loaded as it holds and everything painted; garbage is collected as in the window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    theme = Theme("light")
    make_application(theme)
    bookings = Bookings(rows)
    page = PaymentsPage(theme, tasks := Tasks(theme), bookings, Clock(NOW))
    page.resize(*_SIZE)
    page.show()
    page.set_fleet(FLEET)
    page.show_filter(PaymentFilter(FLEET.id, Days(TODAY.first - timedelta(days=30), TODAY.last)))
    collecting = Collecting(page)
    collecting.start()
    try:
        settle(page)
        assert page.grid.model().rowCount() == min(rows, MOST)
        yield Ours(page), bookings
    finally:
        collecting.stop()
        tasks.stop()
        page.close()


def table_of(ours: Ours, bookings: Bookings, kind: type[Table]) -> Table:
    """A peer's table that says what the page says now."""
    model = ours.grid.model()
    assert isinstance(model, PaymentsModel)
    rows = sorted(bookings.payments.values(), key=lambda row: row.created_at, reverse=True)
    texts = [[column.text(row) for column in model.columns[:COLUMNS]] for row in rows]
    return kind(texts, [str(row.id) for row in rows])


def settle(page: PaymentsPage) -> None:
    """Lets the page ask and be answered until nothing is on its way."""
    while not page.settled:
        QApplication.processEvents()


def _json(event: PaymentEvent) -> Json:
    return {
        "seq": event.seq,
        "kind": event.kind,
        "payment_id": str(event.payment_id),
        "at": event.at.isoformat(),
        "before": _state(event.before),
        "after": _state(event.after),
    }


def _state(state: PaymentState | None) -> Json | None:
    if state is None:
        return None
    told = {name: getattr(state, name) for name in PaymentState.__slots__}
    return {name: _told(value) for name, value in told.items()}


def _told(value: object) -> object:
    return value if value is None else value.isoformat() if isinstance(value, datetime) else str(value)
