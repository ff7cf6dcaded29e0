"""What a test sees of the page, and what the database would show in its place."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from services.payments.row import sort_key as sort_key
from tests.ui.payments.conftest import settle
from tests.ui.payments.fake import NOW, FakePayments
from ui.payments.figures import overall
from ui.payments.page import PaymentsPage


def rows(page: PaymentsPage) -> list[PaymentRow]:
    """The rows of the grid, from the top."""
    return list(page._model.rows)


def numbers(page: PaymentsPage) -> list[int]:
    """The numbers of the payments in the grid, from the top."""
    return [row.id.int for row in rows(page)]


def seen_at(page: PaymentsPage, y: int) -> tuple[int, int]:
    """Which payment is at `y` px of the grid, and how far its upper edge is from there."""
    at = page.grid.rowAt(y)
    return page._model.row_at(at).id.int, page.grid.rowViewportPosition(at)


def exact(page: PaymentsPage, fake: FakePayments) -> None:
    """The loaded rows are a stretch of the list that the database would show now, at its place; so are all figures."""
    assert page.filter is not None
    truth = fake.sorted(page.filter, page.sort)
    order = {row.id: at for at, row in enumerate(truth)}
    waiting = page._held.waiting
    loaded = sorted([*rows(page), *waiting], key=lambda row: order.get(row.id, -1))
    first = page._rows.first
    assert loaded == truth[first : first + len(loaded)]
    assert [row for row in rows(page) if row.id in order] == [row for row in loaded if row not in waiting]
    assert page._rows.top is not None or first == 0
    assert page._rows.bottom is not None or first + len(loaded) == len(truth)
    answer, shown = fake.summed(overall(page.filter)), page.live.summary
    assert shown is not None
    assert (shown.cells, shown.foreign, shown.of) == (answer.cells, answer.foreign, answer.of)
    assert page.live.counts() == (len(truth), answer.of)


def cell(page: PaymentsPage, at_row: int, key: str) -> str:
    """The text of a cell."""
    column = next(n for n, column in enumerate(page._model.columns) if column.key == key)
    return page._model.text(at_row, column)


def current(page: PaymentsPage) -> PaymentFilter:
    """What is shown."""
    assert page.filter is not None
    return page.filter


def agrees(page: PaymentsPage, fake: FakePayments) -> None:
    """Rows, from the top of the list, and figures are those that the database would answer now."""
    narrowed = current(page)
    assert rows(page) == fake.sorted(narrowed)
    answer, shown = fake.summary(overall(narrowed), NOW), page.live.summary
    assert shown is not None
    assert (shown.cells, shown.foreign, shown.of) == (answer.cells, answer.foreign, answer.of)


def go_to(page: PaymentsPage, qtbot: QtBot, value: int) -> None:
    """Moves the bar over the whole list, as a hand does, and waits until the rows are there."""
    page.whole.bar.setValue(value)
    qtbot.waitUntil(lambda: not page.whole.seeking, timeout=5_000)
    settle(qtbot, page)
