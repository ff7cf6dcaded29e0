"""The Revenue page with what belongs to it: its services, its layout and the folder of its exports, kept between starts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from PySide6.QtCore import QSettings

from services.revenue.outlook import OutlookService
from services.revenue.service import RevenueService
from ui.main_window import MainWindow
from ui.revenue.page import RevenuePage
from ui.tasks import Tasks
from ui.theme import Theme
from workstation.session import Session

NAME = "revenue"
_LAYOUT = "revenue/layout"
_FOLDER = "revenue/export folder"


class RevenueDesk:
    """Wires the page."""

    def __init__(
        self,
        window: MainWindow,
        theme: Theme,
        tasks: Tasks,
        session: Session,
        clock: Callable[[], datetime],
        memory: QSettings,
    ) -> None:
        self._memory = memory
        database = session.database
        self.page = RevenuePage(
            theme,
            tasks,
            RevenueService(database),
            session.payments,
            OutlookService(database),
            show_task=window.show_task,
            hide_task=window.hide_task,
            show_message=window.show_message,
            clock=clock,
            person=str(database.url.username or ""),
            folder=str(memory.value(_FOLDER, "")),
        )
        self.page.exports.folder_chosen.connect(partial(memory.setValue, _FOLDER))
        kept = memory.value(_LAYOUT)
        if isinstance(kept, dict):
            self.page.restore_layout(kept)
        window.add_page(NAME, "Revenue", "revenue", self.page)

    def save(self) -> None:
        """Remembers how the page stands."""
        self._memory.setValue(_LAYOUT, self.page.layout_state())
