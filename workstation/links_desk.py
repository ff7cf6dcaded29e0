"""Links to payments: heard from other starts of the program, and shown once a person is in."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from PySide6.QtCore import QObject

from services.database.fleets import Fleet
from ui.main_window import MainWindow
from workstation.link import DEMO, Doorbell, doorbell_name


class LinksDesk(QObject):
    """Shows what links lead to: `show_fleet` where it is another than `shown()`, then `open_payment`."""

    def __init__(
        self,
        window: MainWindow,
        fleets: tuple[Fleet, ...],
        shown: Callable[[], Fleet | None],
        show_fleet: Callable[[Fleet], None],
        open_payment: Callable[[UUID], None],
    ) -> None:
        super().__init__(window)
        self._window, self._fleets, self._shown = window, fleets, shown
        self._show_fleet, self._open_payment = show_fleet, open_payment

    def listen(self, database: str, *, demo: bool) -> None:
        """Hears links for the desktop of `database` (its URL or ''); the demo's also those that name no database."""
        for name in (database, DEMO) if demo else (database,):
            shows = self._is_mine if name == DEMO else lambda _: True
            bell = Doorbell(doorbell_name(name), self, shows=shows)
            bell.rung.connect(self.show)
            bell.open()

    def show(self, fleet_id: UUID, payment_id: UUID) -> None:
        """Shows the payment that a link leads to."""
        fleet = next((mine for mine in self._fleets if mine.id == fleet_id), None)
        if fleet is None:
            self._window.show_message("error", "The link leads to a fleet that you may not see.")
            return
        if fleet != self._shown():
            self._show_fleet(fleet)
        self._window.bring_up()
        self._open_payment(payment_id)

    def _is_mine(self, fleet_id: UUID) -> bool:
        return any(mine.id == fleet_id for mine in self._fleets)
