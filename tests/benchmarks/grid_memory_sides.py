"""The two processes of the memory row: the page scrolled to its end, and a QStandardItemModel filled with the newest of its texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from time import monotonic
from uuid import UUID
from zoneinfo import ZoneInfo

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QApplication, QTableView

from services.database.engine import Database
from services.domain.period import NAIROBI
from services.payments.filters import PaymentFilter
from services.payments.row import PaymentRow
from services.payments.service import PaymentService
from tests.benchmarks.harness import peak_memory
from tests.benchmarks.invented import FLEET, NOW, YEAR
from tests.benchmarks.screen import COLUMNS, settle
from ui.application import make_application
from ui.payments.columns import PaymentsModel, Reading, columns
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme

_PAGE = 5_000
COMPARED = 100_000
"""Of so many of the newest rows the texts are summed up, on both sides."""
_PATIENCE = 10.0
"""Seconds without a new row after which the list counts as ended."""


@dataclass(frozen=True)
class _Fleet:
    """The benchmark's fleet as the page knows it."""

    id: UUID = FLEET
    name: str = "Bench Express"
    zone: ZoneInfo = NAIROBI
    currency: str = "KES"


class _Texts:
    """Counts rows, sums up the texts of the first ones, in order, and notes how far the process has grown."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = sha256()
        self._before = peak_memory()
        self._bytes: dict[int, int] = {}

    def add(self, texts: Sequence[str]) -> None:
        """One more row."""
        self.rows += 1
        if self.rows <= COMPARED:
            self._sum.update("\t".join(texts).encode())

    def weigh(self) -> None:
        """Notes by how much the process grew at most, with so many rows."""
        self._bytes[self.rows] = peak_memory() - self._before

    def tell(self) -> None:
        """What was shown, and what it took."""
        print(json.dumps({"rows": self.rows, "texts": self._sum.hexdigest(), "bytes": self._bytes}))


def ours(url: str, payments: int) -> None:
    """The page, as tall as in a usual window, scrolled down until nothing older comes."""
    theme = Theme("light")
    make_application(theme)
    page = PaymentsPage(theme, tasks := Tasks(theme), PaymentService(Database(url)), lambda: NOW)
    page.resize(1170, 728)
    page.show()
    model = page.grid.model()
    assert isinstance(model, PaymentsModel)
    texts = _Texts()
    page.set_fleet(_Fleet())
    page.show_filter(PaymentFilter(FLEET, YEAR))
    settle(page)
    reached: Hashable = None
    patience = monotonic() + _PATIENCE
    while texts.rows < payments and monotonic() < patience:
        for at in range(_below(model, reached), model.rowCount()):
            # Every row is written once, as if it had been seen.
            texts.add([model.text(at, column) for column in range(COLUMNS)])
            reached, patience = model.id_of(model.row_at(at)), monotonic() + _PATIENCE
        bar = page.grid.verticalScrollBar()
        bar.setValue(bar.maximum())
        QApplication.processEvents()
        settle(page)
    texts.weigh()
    texts.tell()
    tasks.stop()


def _below(model: PaymentsModel, reached: Hashable) -> int:
    """The place of the first row below the one that was reached."""
    at = None if reached is None else model.row_of(reached)
    if reached is not None and at is None:
        raise AssertionError("the row that was reached is no longer loaded")
    return 0 if at is None else at + 1


def items(url: str, lengths: Sequence[int]) -> None:
    """The usual model, an item a cell, weighed at each of these lengths."""
    make_application(Theme("light"))
    model, view, reading = QStandardItemModel(0, COLUMNS), QTableView(), Reading()
    view.setModel(model)
    view.show()
    reading.of_days(YEAR)
    shown = columns(reading)[:COLUMNS]
    texts = _Texts()
    for row in islice(_every(PaymentService(Database(url))), lengths[-1]):
        said = [column.text(row) for column in shown]
        model.appendRow([QStandardItem(text) for text in said])
        texts.add(said)
        if texts.rows in lengths:
            view.scrollToBottom()
            QApplication.processEvents()
            texts.weigh()
    texts.tell()


def _every(service: PaymentService) -> Iterator[PaymentRow]:
    wanted = PaymentFilter(FLEET, YEAR)
    after = None
    while True:
        page = service.page(wanted, after, _PAGE)
        yield from page.rows
        after = page.next
        if after is None:
            return


if __name__ == "__main__":
    if sys.argv[1] == "ours":
        ours(sys.argv[2], int(sys.argv[3]))
    else:
        items(sys.argv[2], [int(rows) for rows in sys.argv[3:]])
