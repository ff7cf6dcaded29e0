"""Payments as files."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook

from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled
from services.domain.period import Days
from services.payments.export import FIELDS, FileKind, export, payment_cells, payments_table
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, PaymentRow, Sort
from services.payments.service import PaymentService
from tests.services.payments.ledger import FAILED, NINE, PAID, row_of
from tests.world import World

WANTED = PaymentFilter(UUID(int=1), Days(NINE.date(), NINE.date()))
AS_SHOWN = ("time", "passenger", "phone", "route", "vehicle", "method", "receipt", "amount", "status")
ALICE = row_of(PAID, receipt="UIM1TEST01", route="Nairobi – Nakuru", vehicle="KDA 123A")


class Payments:
    """A service that has these rows, and remembers what it was asked and whether it was let go."""

    def __init__(self, *rows: PaymentRow, batch: int = 2) -> None:
        self._rows, self._batch = rows, batch
        self.asked: tuple[PaymentFilter, Sort] | None = None
        self.closed = False

    def every(self, wanted: PaymentFilter, sort: Sort, batch: int = 5_000) -> Iterator[list[PaymentRow]]:
        self.asked = wanted, sort
        try:
            for start in range(0, len(self._rows), self._batch):
                yield list(self._rows[start : start + self._batch])
        finally:
            self.closed = True


def lines(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def write(
    payments: Payments, path: Path, columns: tuple[str, ...] = AS_SHOWN, kind: FileKind = "csv", **more: Any
) -> int:
    return export(payments, WANTED, NEWEST_FIRST, columns, kind, path, **more)


def test_every_payment_stands_in_the_columns_that_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    dollars = row_of(FAILED, currency="USD", passenger="", failure_reason="ignored")
    payments = Payments(ALICE, dollars, ALICE)
    assert write(payments, path, stamp=("Filter: Today",)) == 3
    read = lines(path)
    assert read[0] == [
        "Time",
        "Passenger",
        "Phone",
        "Route",
        "Vehicle",
        "Method",
        "Receipt",
        "Amount",
        "Status",
        "Currency",
    ]
    assert read[1] == [
        "2026-09-22 09:00:00", "Alice W.", "0712 ••• 111", "Nairobi – Nakuru", "KDA 123A", "M-Pesa", "UIM1TEST01", "600.00",
        "Completed", "KES",
    ]  # fmt: skip
    assert read[2][1] == ""
    assert read[4:] == [
        [], ["Filter: Today"], ["Rows: 3"], ["Sum of Amount: KES 1,200.00"], ["Sum of Amount: USD 600.00"], ["Times: Africa/Nairobi"],
    ]  # fmt: skip
    assert payments.asked == (WANTED, NEWEST_FIRST)


def test_every_column_has_its_cell(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    row = row_of(FAILED, driver="Baraka M.", refunded_amount=Decimal(1), completed_at=NINE + timedelta(days=1))
    write(Payments(row), path, tuple(FIELDS))
    assert dict(zip(*lines(path)[:2], strict=True)) == {
        "Time": "2026-09-22 09:00:00", "Passenger": "Alice W.", "Phone": "0712 ••• 111", "Route": "", "Vehicle": "",
        "Method": "M-Pesa", "Receipt": "", "Amount": "600.00", "Status": "Failed", "Refunded": "1.00",
        "Reason": "Cancelled by the customer", "Driver": "Baraka M.", "Booking": "BKG1", "Date": "2026-09-22",
        "Completed": "2026-09-23 09:00:00", "Short code": "9990001", "Currency": "KES",
    }  # fmt: skip


def test_columns_keep_their_order_and_unknown_ones_are_passed_over() -> None:
    table = payments_table(("status", "shoe_size", "currency", "time"))
    assert [field.key for field in table.columns] == ["status", "currency", "time"]


def test_a_workbook_has_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    told: list[int] = []
    assert write(Payments(ALICE, ALICE), path, ("amount", "status"), "xlsx", progress=told.append) == 2
    read = CalamineWorkbook.from_path(path).get_sheet_by_name("Payments").to_python()
    assert read == [["Amount", "Status", "Currency"], [600, "Completed", "KES"], [600, "Completed", "KES"]]
    assert told == [2]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_cancelling_ends_it_and_leaves_nothing(tmp_path: Path, kind: FileKind) -> None:
    payments, scope = Payments(*[ALICE] * 4_000, batch=4_000), CancelScope()

    def stop(written: int) -> None:
        scope.cancel()

    with scope.entered(), pytest.raises(Cancelled):
        write(payments, tmp_path / "a", kind=kind, progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert payments.closed


def test_a_person_exports_what_they_may_see_and_only_as_it_is_shown(world: World, tmp_path: Path) -> None:
    """The real service, as a viewer: every payment under the filter in its order, names and phones masked."""
    fleet, other = world.fleet(), world.fleet("TWIGA")
    booking = world.booking(fleet, passenger_name="=Alice Mfano")
    for number in range(1, 6):
        world.payment(booking, f"{number}00.00", created_at=NINE + timedelta(minutes=number))
    world.payment(booking, "7.00", "failed", result_code="1032")
    world.payment(world.booking(other), "9999.00")
    world.project()
    payments, path = PaymentService(world.person(fleet, "viewer")), tmp_path / "a.csv"
    wanted = PaymentFilter(fleet, WANTED.days, statuses=frozenset({"completed"}))
    columns = ("amount", "passenger", "phone")
    assert export(payments, wanted, Sort("amount", descending=False), columns, "csv", path) == 5
    assert lines(path)[1:6] == [[f"{number}00.00", "'=Alice M.", "0700 ••• 111", "KES"] for number in range(1, 6)]
    assert ["Sum of Amount: KES 1,500.00"] in lines(path)


def test_a_cancelled_scope_is_noticed_within_a_batch() -> None:
    scope, table = CancelScope(), payments_table(("amount",))
    with scope.entered():
        rows = payment_cells(Payments(*[ALICE] * 2_000, batch=2_000), WANTED, NEWEST_FIRST, table)
        next(rows)
        scope.cancel()
        with pytest.raises(Cancelled):
            assert len(list(rows)) < 500
