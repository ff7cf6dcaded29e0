"""The Reconciliation page with the statements that people bring."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, Qt
from PySide6.QtWidgets import QFileDialog

from services.reconciliation.service import ReconciliationService
from services.statements.importer import StatementImporter
from ui.actions import Action
from ui.main_window import MainWindow
from ui.reconciliation.page import ReconciliationPage
from ui.tasks import Tasks
from ui.theme import Theme
from workstation.session import Session

if TYPE_CHECKING:
    from ui.reconciliation.importing import ImportReport

NAME = "reconciliation"
_STATEMENTS = "M-Pesa statements (*.csv);;All files (*)"
_FOLDER = "statements/folder"


class ReconciliationDesk(QObject):
    """Wires the page; `complain` says on stderr what the window says of refused files."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        session: Session,
        clock: Callable[[], datetime],
        memory: QSettings,
        *,
        folder: Path | None,
        complain: Callable[[str], None],
    ) -> None:
        super().__init__(window)
        self._window, self._memory, self._folder, self._complain = window, memory, folder, complain
        self.page = ReconciliationPage(
            theme,
            tasks,
            ReconciliationService(session.database),
            StatementImporter(session.database),
            show_task=window.show_task,
            hide_task=window.hide_task,
            show_message=window.show_message,
            clock=clock,
        )
        self.page.import_wanted.connect(self.choose_statements)
        self.page.import_finished.connect(self._complain_of_refused)
        window.add_page(NAME, "Reconciliation", "reconciliation", self.page, compact_rail=True)
        window.files_dropped.connect(self.import_statements)

    def actions(self) -> tuple[Action, ...]:
        """What a person can do here, for menus, shortcuts and the palette."""
        choose = self.choose_statements
        return (
            Action("statements.import", "Import statements…", "Ctrl+O", "Reconciliation", choose, "open csv mpesa"),
        )

    def import_statements(self, files: Sequence[Path]) -> None:
        """Imports statements and shows what became of them."""
        self._window.show_page(NAME)
        self.page.import_files([Path(file) for file in files])

    def choose_statements(self) -> None:
        """Asks for statement files."""
        dialog = QFileDialog(self._window, "Import M-Pesa statements", self._start_folder(), _STATEMENTS)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(self._chosen)
        dialog.open()

    def _chosen(self, names: list[str]) -> None:
        if names:
            self._memory.setValue(_FOLDER, str(Path(names[0]).parent))
            self.import_statements([Path(name) for name in names])

    def _start_folder(self) -> str:
        return str(self._folder or self._memory.value(_FOLDER, ""))

    def _complain_of_refused(self, report: ImportReport) -> None:
        for file in report.files:
            if file.result is None:
                self._complain(f"{file.file}: {file.refusal}")
