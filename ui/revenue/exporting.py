"""Writing what is seen: asks where to, writes, says where the file is; or prints."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QObject, QStandardPaths, Qt, Signal
from PySide6.QtGui import QPageLayout
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QFileDialog, QWidget

from services.domain.errors import Cancelled, WorkstationError
from services.exporting import write_csv, write_xlsx
from ui.files import show_in_files
from ui.revenue.export_button import Kind
from ui.revenue.picture import RESOLUTION, Picture, paint_pages, write_pdf, write_png, write_svg
from ui.revenue.sheets import Sheet
from ui.tasks import Tasks
from ui.widgets.message_strip import Kind as Grade
from ui.widgets.message_strip import MessageAction

#: The name of the task; the page shares the runner.
EXPORT: Final = "revenue export"
NAMES: Final[dict[Kind, str]] = {
    "png": "PNG picture",
    "svg": "SVG drawing",
    "pdf": "PDF",
    "csv": "CSV",
    "xlsx": "Excel workbook",
}


class ShowMessage(Protocol):
    """Shows a message above the page, with a button where there is something to do."""

    def __call__(self, kind: Grade, text: str, detail: str = "", action: MessageAction | None = None, /) -> object: ...


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows at this moment, as pictures and as data; `name` begins a file's name."""

    picture: Picture
    sheet: Sheet
    name: str


class RevenueExport(QObject):
    """Exports one thing after another. `folder_chosen(str)` when a person saves into a folder, to be offered next time."""

    folder_chosen = Signal(str)

    def __init__(
        self,
        window: QWidget,
        tasks: Tasks,
        *,
        show_task: Callable[[str], object],
        hide_task: Callable[[], object],
        show_message: ShowMessage,
        folder: str = "",
        open_folder: Callable[[Path], object] = show_in_files,
    ) -> None:
        super().__init__(window)
        self._window, self._tasks = window, tasks
        self._show_task, self._hide_task, self._show_message = show_task, hide_task, show_message
        self._folder, self._open_folder = folder, open_folder
        self.dialog: QFileDialog | QPrintDialog | None = None

    def ask(self, kind: Kind, shown: Shown) -> None:
        """Asks for the file's name, or for the printer."""
        if kind == "print":
            self._ask_printer(shown)
            return
        dialog = QFileDialog(self._window, f"Export revenue as {NAMES[kind]}", self._start_folder())
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters([f"{NAMES[kind]} (*.{kind})", "All files (*)"])
        dialog.setDefaultSuffix(kind)
        dialog.selectFile(f"{shown.name}.{kind}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(partial(self._chosen, kind, shown))
        self.dialog = dialog
        dialog.open()

    def export_to(self, path: Path, kind: Kind, shown: Shown) -> None:
        """Writes a file, which is replaced where it exists, once the whole of it is written."""
        if kind in ("csv", "xlsx"):
            work = partial(write_csv if kind == "csv" else write_xlsx, shown.sheet.table, shown.sheet.rows, path)
            self._show_task("Exporting revenue")
            self._tasks.run(EXPORT, work, lambda _: self._done(path), self._failed)
            return
        # Pictures are drawn by widgets, and so on the Qt thread; it takes some tens of milliseconds.
        try:
            self._draw(path, kind, shown)
        except WorkstationError as error:
            self._failed(error)
        else:
            self._done(path)

    def print_on(self, printer: QPrinter, shown: Shown) -> None:
        """Prints the chart and the table."""
        if not paint_pages(printer, shown.picture, shown.sheet):
            self._show_message("error", "Nothing was printed.", "The printer did not take the page. Try another one.")

    def _draw(self, path: Path, kind: Kind, shown: Shown) -> None:
        if kind == "png":
            write_png(shown.picture, path)
        elif kind == "svg":
            write_svg(shown.picture, path)
        else:
            write_pdf(shown.picture, shown.sheet, path)

    def _ask_printer(self, shown: Shown) -> None:
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setResolution(RESOLUTION)
        printer.setPageOrientation(QPageLayout.Orientation.Landscape)
        printer.setDocName(shown.name)
        dialog = QPrintDialog(printer, self._window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(partial(self.print_on, printer, shown))
        self.dialog = dialog
        # Qt's own open() of a print dialog wants a receiver that this binding cannot name.
        dialog.setModal(True)
        dialog.show()

    def _chosen(self, kind: Kind, shown: Shown, name: str) -> None:
        path = Path(name)
        self._folder = str(path.parent)
        self.folder_chosen.emit(self._folder)
        self.export_to(path, kind, shown)

    def _done(self, path: Path) -> None:
        self._hide_task()
        action = ("Open folder", partial(self._open_folder, path.parent))
        self._show_message("success", f"Revenue exported to {path.name}", str(path.parent), action)

    def _failed(self, error: WorkstationError) -> None:
        self._hide_task()
        if not isinstance(error, Cancelled):
            self._show_message("error", "The export stopped, no file was written.", str(error))

    def _start_folder(self) -> str:
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return self._folder if self._folder and Path(self._folder).is_dir() else documents
