"""What the page says in the place of rows: why there are none, and what to do about it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import Signal

from services.domain.errors import WorkstationError
from services.payments.filters import PaymentFilter
from ui.payments.filter_words import is_today
from ui.theme import Theme
from ui.widgets.day_range import days_in_words
from ui.widgets.notice import Notice

_TOO_SHORT: Final = "Type at least four digits of a phone."


class PaymentsNotice(Notice):
    """Loading, empty or failed; `retry_wanted()` and `clear_wanted()` are its button's."""

    retry_wanted = Signal()
    clear_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "empty", "No fleet is chosen", "Choose a fleet to see its payments.")

    def loading(self) -> None:
        """Says nothing: most answers are there before anything could be read here."""
        self.hide()

    def show_loading(self) -> None:
        """Says that the answer takes its time."""
        self.say("loading", "Loading payments…", icon="clock")

    def empty(self, narrowed: PaymentFilter, now: datetime) -> None:
        """Says why an answer holds no payment."""
        if narrowed.narrowed:
            hint = _TOO_SHORT if _too_short(narrowed) else "There may be payments that these filters leave out."
            clear = ("Clear all", self.clear_wanted.emit)
            self.say("empty", "Nothing matches these filters", hint, action=clear, icon="filter")
        elif is_today(narrowed.days, now):
            self.say(
                "empty", "No payments today yet", "They appear here by themselves as they are made.", icon="payments"
            )
        else:
            sentence = f"No payments on {days_in_words(narrowed.days)}"
            if len(narrowed.days) > 1:
                sentence = f"No payments from {days_in_words(narrowed.days)}"
            self.say("empty", sentence, "Choose other days at the top of the page.", icon="payments")

    def failed(self, error: WorkstationError) -> None:
        """Says what went wrong, and offers to try again."""
        self.say("error", "The payments could not be read", str(error), action=("Retry", self.retry_wanted.emit))


def _too_short(narrowed: PaymentFilter) -> bool:
    """Whether digits were typed that are too few to be looked for in phones."""
    sought = narrowed.sought
    return sought is not None and any(
        word.isdigit() and run is None for word, run in zip(sought.words, sought.digits, strict=True)
    )
