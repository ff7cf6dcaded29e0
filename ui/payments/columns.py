"""The columns of the payments grid."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt

from services.domain.money import shown
from services.domain.payment import method_shown, result_in_words, status_shown
from services.domain.period import NAIROBI, Days
from services.payments.filters import Basis
from services.payments.row import NEWEST_FIRST, PaymentRow, Sort, sort_key
from ui.grid import Column, GridModel, Order
from ui.grid.texts import CONCEALED

NOTHING = "—"
TIME, AMOUNT = "time", "amount"
#: What the list can be sorted by.
SORTED_BY: tuple[Literal["time", "amount", "status"], ...] = ("time", "amount", "status")
TIME_WIDTH, DATED_WIDTH = 80, 112


class Reading:
    """Where and in what currency rows are read; changes with the fleet and the days."""

    def __init__(self) -> None:
        self.zone = NAIROBI
        self.currency = "KES"
        self.dated = False
        self.concealed = False
        self.tills: Mapping[str, str] = {}

    def of_days(self, days: Days, basis: Basis = "created") -> None:
        """Reads times in the zone of the days; with the day where payments of several days may stand among each other."""
        self.zone = days.zone
        self.dated = len(days) > 1 or basis != "created"

    def time(self, row: PaymentRow) -> str:
        """'14:05:11', or '22 Nov 14:05' among several days."""
        local = self._local(row.created_at)
        return f"{local.day} {local:%b %H:%M}" if self.dated else f"{local:%H:%M:%S}"

    def whole_time(self, row: PaymentRow) -> str:
        """'2026-11-22 14:05:11', which stays sortable and a time wherever it is pasted."""
        return f"{self._local(row.created_at):%Y-%m-%d %H:%M:%S}"

    def date(self, row: PaymentRow) -> str:
        """'22 Nov 2026'."""
        local = self._local(row.created_at)
        return f"{local.day} {local:%b %Y}"

    def moment(self, row: PaymentRow) -> str:
        """'22 Nov 2026, 14:05:11', and when it was completed."""
        words = f"{self.date(row)}, {self._local(row.created_at):%H:%M:%S}"
        if row.completed_at is None:
            return words
        done = self._local(row.completed_at)
        return f"{words}, completed {done.day} {done:%b %H:%M:%S}"

    def where(self, row: PaymentRow, sort: Sort = NEWEST_FIRST) -> str:
        """Where in a list in this order the row is: 'Thu 26 Nov, 14:05', its amount, or its status."""
        if sort.column == "amount":
            return CONCEALED if self.concealed else self.money(row)
        if sort.column == "status":
            return status_shown(row.status)
        local = self._local(row.created_at)
        return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}" if self.dated else f"{local:%H:%M:%S}"

    def till(self, row: PaymentRow) -> str:
        """The till the money came to, by its name where it has one."""
        code = row.short_code or ""
        return self.tills.get(code, code) or NOTHING

    def money(self, row: PaymentRow) -> str:
        """The amount; with its currency where that is not the fleet's, because it is not summed then."""
        return shown(row.amount) if row.currency == self.currency else f"{row.currency} {shown(row.amount)}"

    def refunded(self, row: PaymentRow) -> str:
        """What was given back; nothing for nothing."""
        return shown(row.refunded_amount) if row.refunded_amount else ""

    def _local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone)


class PaymentsModel(GridModel[PaymentRow]):
    """Payments; the amount's title names the fleet's currency."""

    def __init__(self, reading: Reading, parent: QObject | None = None) -> None:
        order = Order[PaymentRow](sort_key(NEWEST_FIRST))
        super().__init__(columns(reading), lambda row: row.id, order=order, parent=parent)
        self._reading = reading

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A column's title, tooltip and alignment."""
        title = super().headerData(section, orientation, role)
        named = role == Qt.ItemDataRole.DisplayRole and title is not None and self.columns[section].key == AMOUNT
        return f"{title} {self._reading.currency}" if named else title


def columns(reading: Reading) -> tuple[Column[PaymentRow], ...]:
    """What a payment's line says, from left to right; the last six show on request."""
    return (
        Column(
            TIME, "Time", TIME_WIDTH, reading.time, tone="muted", sort="time", falling=True, hint=reading.moment,
            copied=reading.whole_time,
        ),
        Column("passenger", "Passenger", 192, lambda row: row.passenger or NOTHING, stretch=True),
        Column("phone", "Phone", 112, lambda row: row.phone or NOTHING, tone="muted", private=True),
        Column("route", "Route", 144, lambda row: row.route or NOTHING),
        Column("vehicle", "Vehicle", 88, lambda row: row.vehicle or NOTHING),
        Column("method", "Method", 100, lambda row: method_shown(row.method), tone="muted"),
        Column("receipt", "Receipt", 122, lambda row: row.receipt or NOTHING, tone="muted"),
        Column(AMOUNT, "Amount", 112, reading.money, align="right", tone="strong", sort="amount", private=True),
        Column(
            "status", "Status", 118, lambda row: status_shown(row.status), tone="pill", sort="status", falling=True,
            status=lambda row: row.status, hint=reason,
        ),
        Column("refunded", "Refunded", 100, reading.refunded, align="right", visible=False, private=True),
        Column("reason", "Reason", 190, reason, tone="muted", visible=False),
        Column("driver", "Driver", 140, lambda row: row.driver or NOTHING, visible=False),
        Column("till", "Till", 130, reading.till, tone="muted", visible=False),
        Column("booking", "Booking", 112, lambda row: row.booking_reference, tone="muted", visible=False),
        Column("date", "Date", 112, reading.date, tone="muted", visible=False),
    )  # fmt: skip


def reason(row: PaymentRow) -> str:
    """Why a payment failed, from its code; the booking system's own words where there is no code."""
    if row.result_code in (None, "", "0"):
        return row.failure_reason
    words = result_in_words(row.result_code)
    return words[:1].upper() + words[1:]
