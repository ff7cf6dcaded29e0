"""Who paid: masked, and in full for a minute to whom says why; the reason is kept in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QTimer, Signal

from services.payments.revealing import Revealed
from ui.payments.drawer.facts import Fact, Facts
from ui.payments.drawer.reason import FullName, ReasonForm
from ui.payments.drawer.section import Section
from ui.theme import Theme
from ui.widgets.button import button

#: How long a name and a phone number are shown.
SHOWN_FOR: Final = timedelta(seconds=60)
_TICK_MS: Final = 500
_OFFER: Final = "Show name and phone in full, for a reason"


class PassengerSection(Section):
    """Name and phone. `reveal_wanted(reason)` asks for them in full; `followed(leads)` for other payments of the phone."""

    reveal_wanted = Signal(str)
    followed = Signal(str)
    #: A reveal that is no longer wanted: what may still be answered must not be shown.
    given_up = Signal()
    #: The form or the full name came up, which may be below what is seen.
    grown = Signal()

    def __init__(self, theme: Theme, clock: Callable[[], datetime]) -> None:
        super().__init__("Passenger")
        self._clock = clock
        self._until: datetime | None = None
        self.facts = Facts(theme)
        self.show_button = button("Show…", "plain", tip=_OFFER)
        self.form = ReasonForm()
        self.full = FullName()
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._build()
        self._connect()

    @property
    def revealed(self) -> bool:
        """Whether name and phone are shown in full now."""
        return self._until is not None

    def show_facts(self, facts: tuple[Fact, ...]) -> None:
        """Shows the masked name and phone."""
        self.facts.show_facts(facts)

    def allow(self, why_not: str) -> None:
        """Offers to show them in full, or says why that cannot be ('' where it can)."""
        self.show_button.setEnabled(not why_not)
        self.show_button.setToolTip(why_not or _OFFER)
        self.form.allow(not why_not)

    def show_revealed(self, revealed: Revealed) -> None:
        """Shows them in full for a minute."""
        self._until = self._clock() + SHOWN_FOR
        self.form.close_form()
        self.full.show_revealed(revealed)
        self.facts.hide()
        self.show_button.hide()
        self._ticking.start()
        self._tick()
        self.grown.emit()

    def show_refusal(self, sentence: str) -> None:
        """Says why they are not shown; the reason that was typed stays."""
        self.form.refuse(sentence)

    def mask_again(self) -> None:
        """Masks them at once, forgets them, and closes the form with what was typed into it."""
        self._ticking.stop()
        self._until = None
        self.full.forget()
        self.form.close_form()
        self.facts.show()
        self.show_button.show()
        self.given_up.emit()

    def check_time(self) -> None:
        """Masks them when their minute is over, also one that passed while the computer slept."""
        if self._until is not None and self._clock() >= self._until:
            self._mask_keeping_focus()

    def conceal(self, concealed: bool) -> None:
        """Masks everything in privacy mode."""
        if concealed:
            self.mask_again()
        self.facts.conceal(concealed)

    def close_form(self) -> bool:
        """Closes the reason's form; False where it was not open."""
        if self.form.isHidden():
            return False
        self._closed_by_hand()
        return True

    def _tick(self) -> None:
        self.check_time()
        if self._until is not None:
            self.full.show_left(max(1, round((self._until - self._clock()).total_seconds())))

    def _open_form(self) -> None:
        self.show_button.hide()
        self.form.open_form()

    def _closed_by_hand(self) -> None:
        self.form.close_form()
        self.show_button.show()
        self.show_button.setFocus()
        self.given_up.emit()

    def _mask_keeping_focus(self) -> None:
        had_focus = self.full.mask_button.hasFocus()
        self.mask_again()
        if had_focus:
            self.show_button.setFocus()

    def _build(self) -> None:
        self.aside.addWidget(self.show_button)
        for part in (self.facts, self.full, self.form):
            self.body.addWidget(part)

    def _connect(self) -> None:
        self.show_button.clicked.connect(self._open_form)
        self.form.submitted.connect(self.reveal_wanted)
        self.form.cancelled.connect(self._closed_by_hand)
        self.form.grown.connect(self.grown)
        self.full.mask_button.clicked.connect(self._mask_keeping_focus)
        self.facts.followed.connect(self.followed)
        self._ticking.timeout.connect(self._tick)
