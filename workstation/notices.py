"""Notices beside the clock, for the person whose window is elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtWidgets import QApplication

from services.payments.filters import PaymentFilter
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.tray import SystemTray, TrayNotices
from workstation.payments_desk import NAME, PaymentsDesk


def tray_notices(
    window: MainWindow, theme: Theme, payments: PaymentsDesk, now: Callable[[], datetime], *, enabled: bool
) -> TrayNotices:
    """Tells of payments while nobody watches them; a click shows those payments."""

    def show(statuses: frozenset[str]) -> None:
        window.bring_up()
        if (shown := payments.page.filter) is not None:
            payments.show(PaymentFilter(shown.fleet_id, shown.days, statuses=statuses))

    def page_shown(name: str) -> None:
        if name == NAME:
            notices.seen()

    notices = TrayNotices(
        SystemTray(window),
        theme,
        now=now,
        watched=lambda: window.isActiveWindow() and window.current_page == NAME,
        alert=lambda: QApplication.alert(window),
        enabled=enabled,
        parent=window,
    )
    notices.open_wanted.connect(show)
    window.page_changed.connect(page_shown)
    return notices
