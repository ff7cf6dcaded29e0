"""Payments that are out of the ordinary are shown, counted, and never spill out of their cells."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from services.payments.row import PaymentRow, Sort
from tests.ui.payments.conftest import Open, settle
from tests.ui.payments.fake import FakePayments, paid
from tests.ui.payments.looking import exact, numbers
from ui.payments.page import PaymentsPage

LONG = "Wanjiru " * 25
ROWS = [
    paid(1, amount=Decimal("-1200.00")),
    paid(2, amount=Decimal("0.00")),
    paid(3, status="refunded", amount=Decimal("150.00"), refunded_amount=Decimal("900.00")),
    paid(4, vehicle_id=None, vehicle="", route_id=None, route="", driver_id=None),
    paid(5, passenger=LONG, receipt="X" * 200, route="Nairobi – " * 20),
    paid(6, status="under_review_by_bank", method="barter_trade"),
    paid(7, status="", method="", passenger="", phone="", receipt=""),
    paid(8, passenger="<b>bold</b> & <img src=x>", amount=Decimal("999999999999.99")),
]
SEEN = {
    1: {"amount": "−1,200.00"},
    2: {"amount": "0.00"},
    3: {"amount": "150.00", "refunded": "900.00", "status": "Refunded"},
    4: {"vehicle": "—", "route": "—"},
    5: {"passenger": LONG},
    6: {"status": "Under review by bank", "method": "Barter trade"},
    7: {"status": "—", "method": "—", "passenger": "—", "receipt": "—"},
    8: {"passenger": "<b>bold</b> & <img src=x>", "amount": "999,999,999,999.99"},
}


def said(page: PaymentsPage, at: int, key: str) -> str:
    column = next(n for n, column in enumerate(page._model.columns) if column.key == key)
    return page._model.text(at, column)


def test_they_are_shown_and_counted(open_page: Open) -> None:
    page = open_page(fake := FakePayments().holding(ROWS))
    for at, row in enumerate(page.rows):
        for key, words in SEEN[row.id.int].items():
            assert said(page, at, key) == words
    assert page.counts() == (8, 8)
    exact(page, fake)


@pytest.mark.parametrize("sort", [Sort("amount"), Sort("amount", False), Sort("status"), Sort("status", False)])
def test_they_have_their_place_in_every_order(open_page: Open, qtbot: QtBot, sort: Sort) -> None:
    page = open_page(fake := FakePayments().holding(ROWS))
    assert page.filter is not None
    page.show_filter(page.filter, sort)
    settle(qtbot, page)
    assert numbers(page) == [row.id.int for row in fake.sorted(page.filter, sort)]
    page.apply_events([fake.put(paid(9, status="unheard_of", amount=Decimal("-0.50")))])
    settle(qtbot, page)
    exact(page, fake)


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("row", ROWS[4:8], ids=["long", "unknown", "nothing", "markup"])
def test_no_cell_spills_into_its_neighbours(open_page: Open, qtbot: QtBot, mode: str, row: PaymentRow) -> None:
    plain = paid(row.id.int)
    page = open_page(fake := FakePayments().holding([plain]))
    page._theme.set_mode(mode)  # type: ignore[arg-type]
    before = picture(page)
    for field, key in {"passenger": "passenger", "receipt": "receipt", "method": "method", "status": "status"}.items():
        if getattr(row, field) == getattr(plain, field):
            continue
        page.apply_events([fake.put(replace(plain, **{field: getattr(row, field)}))])
        settle(qtbot, page)
        page._model.marks.clear()
        after = picture(page)
        assert changed_columns(page, before, after) == {key}
        page.apply_events([fake.put(plain)])
        settle(qtbot, page)
        page._model.marks.clear()


def picture(page: PaymentsPage) -> QImage:
    return page.grid.viewport().grab().toImage()


def changed_columns(page: PaymentsPage, before: QImage, after: QImage) -> set[str]:
    """The columns of which at least one pixel of the first row is another."""
    found: set[str] = set()
    for section, column in enumerate(page._model.columns):
        area = page.grid.visualRect(page._model.index(0, section))
        if not page.grid.isColumnHidden(section) and before.copy(area) != after.copy(area):
            found.add(column.key)
    below = QRect(0, 31, before.width(), before.height() - 31)
    assert before.copy(below) == after.copy(below)
    return found


def test_the_whole_text_of_a_cut_cell_is_in_its_hint(open_page: Open) -> None:
    page = open_page(FakePayments().holding([ROWS[4]]))
    index = page._model.index(0, 1)
    delegate = page.grid._delegate
    assert delegate.tip(index, page.grid.visualRect(index).width()) == LONG
