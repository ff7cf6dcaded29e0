"""The two processes of the memory row: the page scrolled to its end, and a QStandardItemModel filled with the same texts."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
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
    """Counts rows and sums up their texts, in order."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = sha256()
        self._before = peak_memory()

    def add(self, texts: Sequence[str]) -> None:
        """One more row."""
        self.rows += 1
        self._sum.update("\t".join(texts).encode())

    def tell(self) -> None:
        """What was shown, and by how much the process grew at most."""
        print(json.dumps({"rows": self.rows, "texts": self._sum.hexdigest(), "bytes": peak_memory() - self._before}))


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
    last: PaymentRow | None = None
    patience = monotonic() + _PATIENCE
    while texts.rows < payments and monotonic() < patience:
        for at, row in _after(model.rows, last):
            texts.add([model.index(at, column).data() for column in range(COLUMNS)])
            last, patience = row, monotonic() + _PATIENCE
        bar = page.grid.verticalScrollBar()
        bar.setValue(bar.maximum())
        QApplication.processEvents()
        settle(page)
    texts.tell()
    tasks.stop()


def _after(rows: Sequence[PaymentRow], last: PaymentRow | None) -> list[tuple[int, PaymentRow]]:
    """The rows below the last one that was seen, with their places."""
    start = 0
    if last is not None:
        start = len(rows) - next(n for n, row in enumerate(reversed(rows)) if row.id == last.id)
    return [(at, rows[at]) for at in range(start, len(rows))]


def items(url: str) -> None:
    """The usual model: an item a cell."""
    make_application(Theme("light"))
    model, view, reading = QStandardItemModel(0, COLUMNS), QTableView(), Reading()
    view.setModel(model)
    view.show()
    reading.of_days(YEAR)
    shown = columns(reading)[:COLUMNS]
    texts = _Texts()
    for row in _every(PaymentService(Database(url))):
        said = [column.text(row) for column in shown]
        model.appendRow([QStandardItem(text) for text in said])
        texts.add(said)
    view.scrollToBottom()
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
        items(sys.argv[2])
