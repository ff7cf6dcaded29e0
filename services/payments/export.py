"""Payments as files: every row under a filter, in the columns of the grid, names and phones as they are shown there."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Literal, Protocol
from zoneinfo import ZoneInfo

from services.database.cancellation import CancelScope
from services.domain.payment import method_shown, status_shown
from services.domain.period import NAIROBI, day_of
from services.exporting import Field, Progress, Row, Table, write_csv, write_xlsx
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow, Sort
from services.payments.steps import reason_in_words

FileKind = Literal["csv", "xlsx"]
CURRENCY: Final = "currency"
#: What an export may hold, by the grid's names; the currency is added to whatever is chosen, so that no amount stands without it.
FIELDS: Final[Mapping[str, Field]] = {
    field.key: field
    for field in (
        Field("time", "Time", "instant"),
        Field("passenger", "Passenger"),
        Field("phone", "Phone"),
        Field("route", "Route"),
        Field("vehicle", "Vehicle"),
        Field("method", "Method"),
        Field("receipt", "Receipt"),
        Field("amount", "Amount", "money", summed=True),
        Field("status", "Status"),
        Field("refunded", "Refunded", "money", summed=True),
        Field("reason", "Reason"),
        Field("driver", "Driver"),
        Field("booking", "Booking"),
        Field("date", "Date", "date"),
        Field("completed", "Completed", "instant"),
        Field("till", "Short code"),
        Field(CURRENCY, "Currency"),
    )
}
_CHECKED_EVERY: Final = 500


class Payments(Protocol):
    """What an export reads: services.payments.service.PaymentService has it."""

    def every(self, wanted: PaymentFilter, sort: Sort, batch: int = ...) -> Iterator[list[PaymentRow]]:
        """All payments under the filter, in order, of one moment."""
        ...


def export(
    payments: Payments,
    wanted: PaymentFilter,
    sort: Sort,
    columns: Sequence[str],
    kind: FileKind,
    path: Path,
    stamp: Sequence[str] = (),
    progress: Progress | None = None,
) -> int:
    """Writes every payment under the filter to `path` and returns their number; on any error, or Cancelled, no file is left.

    `columns` are keys of FIELDS in their order (others are passed over), `stamp` what the file says of itself: filter, person, time.
    """
    table = payments_table(columns, stamp, wanted.days.zone)
    write = {"csv": write_csv, "xlsx": write_xlsx}[kind]
    with closing(payment_cells(payments, wanted, sort, table)) as rows:
        return write(table, rows, path, progress)


def payments_table(columns: Sequence[str], stamp: Sequence[str] = (), zone: ZoneInfo = NAIROBI) -> Table:
    """The table of these columns and the currency."""
    keys = dict.fromkeys([*(key for key in columns if key in FIELDS), CURRENCY])
    return Table("Payments", tuple(FIELDS[key] for key in keys), tuple(stamp), zone, CURRENCY)


def payment_cells(payments: Payments, wanted: PaymentFilter, sort: Sort, table: Table) -> Generator[Row, None, None]:
    """The rows of `payments_table` as they come; raises Cancelled soon after the current CancelScope is cancelled."""
    cells = [_CELLS[field.key] for field in table.columns]
    zone, scope, count = table.zone, CancelScope.current(), 0
    for batch in payments.every(wanted, sort):
        for row in batch:
            if scope is not None and count % _CHECKED_EVERY == 0:
                scope.check()
            count += 1
            yield tuple(cell(row, zone) for cell in cells)


#: A cell's value, None where it is empty.
_CELLS: Final[Mapping[str, Callable[[PaymentRow, ZoneInfo], object]]] = {
    "time": lambda row, _: row.created_at,
    "passenger": lambda row, _: row.passenger,
    "phone": lambda row, _: row.phone,
    "route": lambda row, _: row.route,
    "vehicle": lambda row, _: row.vehicle,
    "method": lambda row, _: method_shown(row.method),
    "receipt": lambda row, _: row.receipt,
    "amount": lambda row, _: row.amount,
    "status": lambda row, _: status_shown(row.status),
    "refunded": lambda row, _: row.refunded_amount,
    "reason": lambda row, _: reason_in_words(row),
    "driver": lambda row, _: row.driver,
    "booking": lambda row, _: row.booking_reference,
    "date": lambda row, zone: day_of(row.created_at, zone),
    "completed": lambda row, _: row.completed_at,
    "till": lambda row, _: row.short_code,
    CURRENCY: lambda row, _: row.currency,
}
