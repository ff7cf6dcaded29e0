"""Exporting all payments under a filter: asks where to, writes in a worker thread, shows how far it is, can be cancelled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final, Literal, Protocol

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from services.domain.errors import Cancelled, DatabaseUnreachable, WorkstationError
from services.domain.payment import status_shown
from services.domain.period import Days
from services.exporting import Progress
from services.payments.export import Payments, export, payment_cells, payments_table
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Sort
from ui.files import show_in_files
from ui.payments.words import payments_counted
from ui.printing.pdf import write_pdf
from ui.tasks import Tasks
from ui.widgets.message_strip import Kind, MessageAction

FileKind = Literal["csv", "xlsx", "pdf"]
#: The name of the task; the page shares the runner.
EXPORT: Final = "payments export"
KINDS: Final[dict[FileKind, str]] = {"csv": "CSV", "xlsx": "Excel workbook", "pdf": "PDF"}
#: A file's name tells so many statuses; more are too many to read.
_STATUSES_NAMED: Final = 2
_ORDERS: Final = {
    ("time", False): "oldest first",
    ("amount", True): "largest amount first",
    ("amount", False): "smallest amount first",
    ("status", True): "by status",
    ("status", False): "by status, from the last",
}


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be exported: the filter, which `words` say to people, the order, and the grid's columns by their keys.

    `count` is how many payments there are, as far as it is known; it only measures the progress.
    """

    kind: FileKind
    fleet: str
    wanted: PaymentFilter
    words: str = ""
    sort: Sort = NEWEST_FIRST
    columns: tuple[str, ...] = ()
    count: int | None = None


class ShowTask(Protocol):
    """Shows running work in the status bar."""

    def __call__(
        self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None, /
    ) -> object: ...


class ShowMessage(Protocol):
    """Shows a message above the page, with a button where there is something to do."""

    def __call__(self, kind: Kind, text: str, detail: str = "", action: MessageAction | None = None, /) -> object: ...


class ExportController(QObject):
    """Exports one request after another. `folder_chosen(str)` when a person saves into a folder, to be offered next time."""

    folder_chosen = Signal(str)

    def __init__(
        self,
        window: QWidget,
        tasks: Tasks,
        payments: Payments,
        person: str,
        clock: Callable[[], datetime],
        *,
        show_task: ShowTask,
        hide_task: Callable[[], object],
        show_message: ShowMessage,
        folder: str = "",
        open_folder: Callable[[Path], object] | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._tasks, self._payments, self._person, self._clock = window, tasks, payments, person, clock
        self._show_task, self._hide_task, self._show_message = show_task, hide_task, show_message
        self._folder = folder
        self._open_folder = open_folder or show_in_files
        self.dialog: QFileDialog | None = None

    @property
    def busy(self) -> bool:
        """Whether an export is being written."""
        return self._tasks.busy(EXPORT)

    def ask(self, request: Request) -> None:
        """Asks for the file's name and then exports; one export runs at a time."""
        if self.busy:
            self._show_message("info", "An export is running: wait for it, or cancel it first.")
            return
        dialog = QFileDialog(self._window, f"Export payments as {KINDS[request.kind]}", self._start_folder())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{KINDS[request.kind]} (*.{request.kind})", "All files (*)"])
        dialog.setDefaultSuffix(request.kind)
        dialog.selectFile(file_name(request.wanted, request.kind))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._chosen, request))
        self.dialog = dialog
        dialog.open()

    def export_to(self, path: Path, request: Request) -> None:
        """Exports to a file, which is replaced where it exists, once the whole of it is written."""
        tell = self._tasks.poster(partial(self._progressed, request))
        work = partial(write, self._payments, request, path, stamp(request, self._person, self._clock()), tell)
        self._progressed(request, 0)
        self._tasks.run(EXPORT, work, partial(self._done, path), self._failed)

    def cancel(self) -> None:
        """Ends the export; no file is left of it."""
        if self.busy:
            self._tasks.cancel(EXPORT)
            self._hide_task()
            self._show_message("info", "The export was cancelled.")

    def _chosen(self, request: Request, name: str) -> None:
        path = Path(name)
        self._folder = str(path.parent)
        self.folder_chosen.emit(self._folder)
        self.export_to(path, request)

    def _progressed(self, request: Request, rows: int) -> None:
        if rows and not self.busy:
            return
        if request.count:
            share = min(1.0, rows / request.count)
            self._show_task(f"Exporting {payments_counted(request.count)}", share, self.cancel)
        else:
            self._show_task(f"Exporting payments: {rows:,}" if rows else "Exporting payments", None, self.cancel)

    def _done(self, path: Path, rows: int) -> None:
        self._hide_task()
        action = ("Open folder", partial(self._open_folder, path.parent))
        self._show_message("success", f"{payments_counted(rows)} exported to {path.name}", str(path.parent), action)

    def _failed(self, error: WorkstationError) -> None:
        self._hide_task()
        if isinstance(error, DatabaseUnreachable):
            self._tasks.fault.emit(error)
        if not isinstance(error, Cancelled):
            self._show_message("error", "The export stopped, no file was written.", str(error))

    def _start_folder(self) -> str:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return self._folder if Path(self._folder).is_dir() and self._folder else documents


def write(payments: Payments, request: Request, path: Path, said: Sequence[str], progress: Progress) -> int:
    """Writes the file and returns the number of payments; blocks, and raises what services.payments.export raises."""
    wanted, sort, columns = request.wanted, request.sort, request.columns
    if request.kind != "pdf":
        return export(payments, wanted, sort, columns, request.kind, path, said, progress)
    table = payments_table(columns, said, wanted.days.zone)
    with closing(payment_cells(payments, wanted, sort, table)) as rows:
        return write_pdf(table, rows, path, progress)


def stamp(request: Request, person: str, now: datetime) -> tuple[str, ...]:
    """What the file says of itself: whose payments under which filter, in which order, and who exported them when."""
    here = now.astimezone(request.wanted.days.zone)
    order = _ORDERS.get((request.sort.column, request.sort.descending), "")
    said = (request.fleet, days_in_words(request.wanted.days), request.words, order)
    when = f"{here.day} {here:%b %Y, %H:%M:%S} {here.tzname()}"
    return " · ".join(part for part in said if part), f"Exported by {person}, {when}"


def file_name(wanted: PaymentFilter, kind: str) -> str:
    """'Payments 2026-11-22 failed.csv', 'Payments 2026-11-01 to 2026-11-22.pdf'."""
    first, last = wanted.days.first.isoformat(), wanted.days.last.isoformat()
    statuses = sorted(status_shown(status).lower() for status in wanted.statuses)
    named = " ".join(statuses) if len(statuses) <= _STATUSES_NAMED else "several statuses"
    days = first if first == last else f"{first} to {last}"
    return " ".join(part for part in ("Payments", days, named) if part) + f".{kind}"


def days_in_words(days: Days) -> str:
    """'Sun 22 Nov 2026', '1 Nov 2026 – 22 Nov 2026'."""
    first, last = days.first, days.last
    if first == last:
        return f"{first:%a} {first.day} {first:%b %Y}"
    return f"{first.day} {first:%b %Y} – {last.day} {last:%b %Y}"
