"""An export from the dialog to the file: what it is called, what it says of itself, and how it is given up."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from threading import Event
from uuid import UUID

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.database.cancellation import CancelScope
from services.domain.errors import DatabaseUnreachable, WorkstationError
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, PaymentRow, Sort
from tests.ui.payments.fake import FLEET, NOW, TODAY, Clock, paid
from tests.ui.printing.paper import texts
from ui.payments.exporting import EXPORT, ExportController, Request, file_name, stamp
from ui.tasks import Tasks
from ui.theme import load_fonts

COLUMNS = ("time", "passenger", "receipt", "amount", "status")
ALL = PaymentFilter(FLEET.id, TODAY)


@dataclass
class FakePayments:
    """So many payments, given out in small batches, as slowly as a test wants."""

    count: int = 25
    batch: int = 10
    fault: WorkstationError | None = None
    begun: Event = field(default_factory=Event)
    open: Event = field(default_factory=Event)
    asked: list[tuple[PaymentFilter, Sort]] = field(default_factory=list)
    ended: int = 0

    def every(self, wanted: PaymentFilter, sort: Sort = NEWEST_FIRST, batch: int = 0) -> Iterator[list[PaymentRow]]:
        self.asked.append((wanted, sort))
        try:
            for first in range(0, self.count, self.batch):
                yield [paid(number) for number in range(first, min(self.count, first + self.batch))]
                self.begun.set()
                while not self.open.wait(0.005):
                    if (scope := CancelScope.current()) is not None:
                        scope.check()
                if self.fault is not None:
                    raise self.fault
        finally:
            self.ended += 1


@dataclass
class Window:
    """What the controller tells the window."""

    tasks: list[tuple[str, float | None]] = field(default_factory=list)
    cancel: Callable[[], object] | None = None
    hidden: int = 0
    messages: list[tuple[str, str, str]] = field(default_factory=list)
    actions: list[tuple[str, Callable[[], object]]] = field(default_factory=list)
    opened: list[Path] = field(default_factory=list)

    def show_task(
        self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /
    ) -> None:
        self.tasks.append((title, progress))
        self.cancel = cancel

    def hide_task(self) -> None:
        self.hidden += 1

    def show_message(
        self, kind: str, text: str, detail: str = "", action: tuple[str, Callable[[], object]] | None = None, /
    ) -> None:
        self.messages.append((kind, text, detail))
        self.actions += [action] if action else []


@dataclass
class Office:
    controller: ExportController
    payments: FakePayments
    window: Window
    tasks: Tasks
    qtbot: QtBot

    def settle(self) -> None:
        self.qtbot.waitUntil(lambda: not self.tasks.busy(EXPORT) and not self.tasks._on_their_way, timeout=20_000)


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Iterator[Office]:
    """A controller over a window that remembers what it was told."""
    widget, window, payments = QWidget(), Window(), FakePayments()
    load_fonts()
    qtbot.addWidget(widget)
    tasks, bugs = Tasks(widget), list[object]()
    tasks.bug.connect(bugs.append)
    payments.open.set()
    controller = ExportController(
        widget, tasks, payments, "jane", Clock(),
        show_task=window.show_task, hide_task=window.hide_task, show_message=window.show_message,
        folder=str(tmp_path), open_folder=window.opened.append,
    )  # fmt: skip
    yield Office(controller, payments, window, tasks, qtbot)
    payments.open.set()
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))
    assert bugs == []


def request(kind: str = "csv", **values: object) -> Request:
    return Request(kind, FLEET.name, ALL, columns=COLUMNS, **values)  # type: ignore[arg-type]  # a test's values


def test_from_the_dialog_to_the_file(office: Office, tmp_path: Path) -> None:
    office.controller.ask(request(words="Failed", count=25))
    dialog = office.controller.dialog
    assert isinstance(dialog, QFileDialog)
    assert [Path(name).name for name in dialog.selectedFiles()] == ["Payments 2026-11-26.csv"]
    assert not dialog.isModal() or dialog.windowModality().name != "ApplicationModal"
    with office.qtbot.waitSignal(office.controller.folder_chosen) as chosen:
        dialog.accept()
    office.settle()
    with (tmp_path / "Payments 2026-11-26.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert chosen.args == [str(tmp_path)]
    assert rows[0] == ["Time", "Passenger", "Receipt", "Amount", "Status", "Currency"]
    assert [row[2] for row in rows[1:26]] == [f"UKM7Q{number:05}" for number in range(25)]
    assert [row[0] for row in rows[27:] if row] == [
        "Msafiri Express · Thu 26 Nov 2026 · Failed",
        "Exported by jane, 26 Nov 2026, 14:05:13 EAT",
        "Rows: 25",
        "Sum of Amount: KES 3,750.00",
        "Times: Africa/Nairobi",
    ]
    assert office.window.tasks[0] == ("Exporting 25 payments", 0.0)
    assert office.window.tasks[-1] == ("Exporting 25 payments", 1.0)
    assert office.window.hidden == 1
    assert office.window.messages == [("success", "25 payments exported to Payments 2026-11-26.csv", str(tmp_path))]


def test_the_message_opens_the_folder(office: Office, tmp_path: Path) -> None:
    office.controller.export_to(tmp_path / "all.csv", request())
    office.settle()
    words, run = office.window.actions[0]
    run()
    assert (words, office.window.opened) == ("Open folder", [tmp_path])


def test_a_dialog_that_is_closed_exports_nothing(office: Office, tmp_path: Path) -> None:
    office.controller.ask(request())
    assert office.controller.dialog is not None
    office.controller.dialog.reject()
    QApplication.processEvents()
    assert (office.payments.asked, list(tmp_path.iterdir())) == ([], [])


def test_the_order_of_the_grid_is_kept_and_said(office: Office, tmp_path: Path) -> None:
    sort = Sort("amount", descending=True)
    office.controller.export_to(tmp_path / "all.csv", request(sort=sort))
    office.settle()
    assert office.payments.asked == [(ALL, sort)]
    assert "largest amount first" in (tmp_path / "all.csv").read_text("utf-8-sig")


def test_a_workbook(office: Office, tmp_path: Path) -> None:
    office.controller.export_to(tmp_path / "all.xlsx", request("xlsx"))
    office.settle()
    assert (tmp_path / "all.xlsx").read_bytes().startswith(b"PK")


def test_a_pdf_in_a_worker_thread(office: Office, tmp_path: Path) -> None:
    office.payments.count = 100
    office.controller.export_to(tmp_path / "all.pdf", request("pdf", count=100))
    office.settle()
    pages = texts(tmp_path / "all.pdf")
    said = [text for page in pages for text in page]
    assert [f"UKM7Q{number:05}" for number in range(100)] == [text for text in said if text.startswith("UKM7Q")]
    assert "Exported by jane, 26 Nov 2026, 14:05:13 EAT" in pages[0]
    assert pages[-1][-1] == f"Page {len(pages)} of {len(pages)}"
    shares = [share for _, share in office.window.tasks if share is not None]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_cancelled_export_leaves_what_was_there(office: Office, tmp_path: Path, kind: str) -> None:
    (tmp_path / f"all.{kind}").write_text("earlier")
    office.payments.open.clear()
    office.controller.export_to(tmp_path / f"all.{kind}", request(kind))
    office.qtbot.waitUntil(office.payments.begun.is_set)
    assert office.controller.busy
    assert office.window.cancel is not None
    office.window.cancel()
    office.settle()
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [(f"all.{kind}", "earlier")]
    assert office.payments.ended == 1
    assert office.window.messages == [("info", "The export was cancelled.", "")]
    office.controller.cancel()
    assert len(office.window.messages) == 1


def test_one_export_at_a_time(office: Office, tmp_path: Path) -> None:
    office.payments.open.clear()
    office.controller.export_to(tmp_path / "all.csv", request())
    office.controller.ask(request())
    assert office.controller.dialog is None
    assert office.window.messages[0][:2] == ("info", "An export is running: wait for it, or cancel it first.")
    office.payments.open.set()
    office.settle()
    assert (tmp_path / "all.csv").exists()


def test_a_lost_database_is_said_and_leaves_nothing(office: Office, tmp_path: Path) -> None:
    office.payments.fault = DatabaseUnreachable("The database went away.")
    with office.qtbot.waitSignal(office.tasks.fault):
        office.controller.export_to(tmp_path / "all.csv", request())
    office.settle()
    stopped = ("error", "The export stopped, no file was written.", "The database went away.")
    assert (office.window.messages, list(tmp_path.iterdir())) == ([stopped], [])


def test_a_folder_that_cannot_be_written_is_said(office: Office, tmp_path: Path) -> None:
    office.controller.export_to(tmp_path / "missing" / "all.pdf", request("pdf"))
    office.settle()
    kind, _, why = office.window.messages[0]
    assert kind == "error"
    assert "all.pdf could not be written" in why


def test_without_a_count_the_rows_are_counted(office: Office, tmp_path: Path) -> None:
    office.payments.count = office.payments.batch = 2_500
    office.controller.export_to(tmp_path / "all.csv", request())
    office.settle()
    titles = [title for title, share in office.window.tasks if share is None]
    assert titles[:3] == ["Exporting payments", "Exporting payments: 1,000", "Exporting payments: 2,000"]


def test_files_are_named_for_what_is_in_them() -> None:
    month = Days(date(2026, 11, 1), date(2026, 11, 22))
    named = PaymentFilter(UUID(int=1), month, statuses=frozenset({"partially_refunded", "failed"}))
    many = PaymentFilter(UUID(int=1), month, statuses=frozenset({"failed", "completed", "pending"}))
    assert file_name(ALL, "pdf") == "Payments 2026-11-26.pdf"
    assert file_name(named, "csv") == "Payments 2026-11-01 to 2026-11-22 failed part refunded.csv"
    assert file_name(many, "xlsx") == "Payments 2026-11-01 to 2026-11-22 several statuses.xlsx"


def test_the_stamp_names_days_filter_order_person_and_time() -> None:
    wanted = PaymentFilter(FLEET.id, Days(date(2026, 11, 1), date(2026, 11, 26)), least=Decimal(5))
    oldest = Request("csv", FLEET.name, wanted, "from 5.00", Sort("time", descending=False))
    assert stamp(oldest, "jane", NOW) == (
        "Msafiri Express · 1 Nov 2026 – 26 Nov 2026 · from 5.00 · oldest first",
        "Exported by jane, 26 Nov 2026, 14:05:13 EAT",
    )
