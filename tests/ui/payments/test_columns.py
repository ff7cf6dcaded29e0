"""What a payment's line says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from services.domain.period import Days
from services.payments.row import PaymentRow, Sort
from tests.ui.payments.fake import TODAY, at, paid
from ui.payments.columns import PaymentsModel, Reading, columns, reason

WEEK = Days(date(2026, 11, 20), date(2026, 11, 26))


def told(row: PaymentRow, reading: Reading | None = None) -> dict[str, str]:
    return {column.key: column.text(row) for column in columns(reading or Reading())}


def test_a_whole_line() -> None:
    row = paid(1, driver="Baraka Mfano", refunded_amount=Decimal("50.00"), status="partially_refunded")
    assert told(row) == {
        "time": "12:00:01", "passenger": "Passenger 1", "phone": "0700 ••• 111", "route": "Nairobi – Thika",
        "vehicle": "KDC 418T", "method": "M-Pesa", "receipt": "UKM7Q00001", "amount": "150.00",
        "status": "Part refunded", "refunded": "50.00", "reason": "", "driver": "Baraka Mfano", "till": "—", "booking": "BKG1",
        "date": "26 Nov 2026",
    }  # fmt: skip


def test_what_is_not_known_is_a_dash() -> None:
    row = paid(1, passenger="", phone="", route="", vehicle="", receipt="", method="", driver="")
    line = told(row)
    assert {line[key] for key in ("passenger", "phone", "route", "vehicle", "receipt", "method", "driver")} == {"—"}


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("1032", "Request cancelled", "Cancelled by the customer"),
        ("77", "", "Code 77"),
        (None, "till was closed", "till was closed"),
        ("0", "", ""),
    ],
)
def test_why_it_failed_comes_from_the_code(code: str | None, said: str, words: str) -> None:
    assert reason(paid(1, result_code=code, failure_reason=said)) == words


def test_the_whole_time_is_copied() -> None:
    reading = Reading()
    for days in (TODAY, WEEK):
        reading.of_days(days)
        copied = columns(reading)[0].copied
        assert copied is not None and copied(paid(1)) == "2026-11-26 12:00:01"


def test_the_moment_in_full() -> None:
    reading = Reading()
    reading.of_days(TODAY)
    hint: Callable[[PaymentRow], str] | None = columns(reading)[0].hint
    assert hint is not None
    assert hint(paid(1)) == "26 Nov 2026, 12:00:01"
    assert hint(paid(1, completed_at=at("12:00:20"))) == "26 Nov 2026, 12:00:01, completed 26 Nov 12:00:20"


def test_titles(qtbot: QtBot) -> None:
    reading = Reading()
    model = PaymentsModel(reading)
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert titles[:9] == [
        "Time", "Passenger", "Phone", "Route", "Vehicle", "Method", "Receipt", "Amount KES", "Status",
    ]  # fmt: skip
    assert titles[9:] == ["Refunded", "Reason", "Driver", "Till", "Booking", "Date"]
    assert model.headerData(99, Qt.Orientation.Horizontal) is None
    model.deleteLater()


def test_a_till_is_called_by_its_name_where_it_has_one() -> None:
    reading = Reading()
    assert told(paid(1, short_code="9990001"), reading)["till"] == "9990001"
    reading.tills = {"9990001": "Paybill 9990001"}
    assert told(paid(1, short_code="9990001"), reading)["till"] == "Paybill 9990001"


def test_of_several_days() -> None:
    reading = Reading()
    reading.of_days(WEEK)
    assert told(paid(1), reading)["time"] == "26 Nov 12:00"


def test_by_the_day_of_payment_the_day_of_creation_may_be_another() -> None:
    reading = Reading()
    reading.of_days(TODAY, "taken")
    assert told(paid(1), reading)["time"].startswith("26 Nov 12:00")
    reading.of_days(TODAY, "created")
    assert told(paid(1), reading)["time"] == "12:00:01"


def test_a_place_among_amounts_is_private() -> None:
    reading = Reading()
    assert reading.where(paid(1), Sort("amount")) == "150.00"
    reading.concealed = True
    assert reading.where(paid(1), Sort("amount")) == "•••••"
