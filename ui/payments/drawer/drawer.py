"""The drawer over the right side of the Payments page: one payment in full, live."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QKeyEvent, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from services.domain.errors import Cancelled, DatabaseUnreachable, NotFound, WorkstationError
from services.domain.period import Days
from services.monitoring.detail import PaymentDetail
from services.payments.codec import payment_link
from services.payments.revealing import Revealed
from services.payments.row import PaymentRow
from ui.payments.drawer.head import Head
from ui.payments.drawer.keys import DrawerKeys, next_stop
from ui.payments.drawer.sections import Sections
from ui.payments.drawer.sliding import Sliding
from ui.payments.drawer.source import DetailSource, Reveal
from ui.payments.drawer.words import Reading, filter_behind, own_days, removed_in_words, summary
from ui.payments.source import Fleet
from ui.tasks import Tasks
from ui.theme import Theme

#: Names of the tasks this drawer runs; the page shares the runner.
DETAIL, REVEAL = "payment detail", "payment reveal"
#: A story that is there sooner is not announced.
_PATIENCE_MS: Final = 250
_TICK_MS: Final = 5_000
#: What stays free below a form that comes into view, in px.
_BELOW: Final = 12


class PaymentDrawer(QFrame):
    """Shows one payment over the right side of its parent; Esc or × closes it and gives the focus back.

    `filter_wanted(PaymentFilter)` for a fact that leads to other payments, `open_day(date)` for a day of reconciliation,
    `link_copied(str)`, `previous_wanted` and `next_wanted` to move along the grid, `room_wanted(px)` when it can stand beside
    what it would cover (0 when it cannot, or is closed), `closed`.
    """

    closed = Signal()
    filter_wanted = Signal(object)
    link_copied = Signal(str)
    open_day = Signal(object)
    previous_wanted = Signal()
    next_wanted = Signal()
    room_wanted = Signal(int)

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        source: DetailSource,
        reveal: Reveal,
        parent: QWidget,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(parent)
        self._tasks, self._source, self._reveal, self._clock = tasks, source, reveal, clock
        self._fleet: Fleet | None = None
        self._payment_id: UUID | None = None
        self._row: PaymentRow | None = None
        self._detail: PaymentDetail | None = None
        self._days: Days | None = None
        self._as_of: datetime | None = None
        self._concealed = False
        self._ask_again = self._gone = False
        self.head = Head(theme, self._link)
        self.sections = Sections(theme, clock)
        self.area = QScrollArea()
        self._sliding = Sliding(self, parent)
        self._waiting = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._ticking = QTimer(self, interval=_TICK_MS)
        self._build()
        self._connect()

    @property
    def payment_id(self) -> UUID | None:
        """The payment that is shown; None while the drawer is closed."""
        return None if self.isHidden() else self._payment_id

    def show_payment(
        self,
        fleet: Fleet,
        payment_id: UUID,
        row: PaymentRow | None = None,
        *,
        days: Days | None = None,
        take_focus: bool = True,
    ) -> None:
        """Shows a payment: what the grid's row says at once, the rest when it arrives.

        `days` are those of the page, which the filters that facts lead to keep; without them they are the payment's own day.
        """
        if payment_id != self._payment_id or self.isHidden():
            self._let_go()
        self._fleet, self._payment_id, self._days = fleet, payment_id, days
        self._row = row or self._row
        self._sliding.open(take_focus=take_focus)
        self._ticking.start()
        self._waiting.start()
        self._show()
        self._ask()

    def refresh(self, row: PaymentRow | None = None) -> None:
        """Something happened to the payment: shows the grid's row at once and asks for the rest anew, nothing moving."""
        if self.isHidden():
            return
        self._row = row or self._row
        self._show()
        if self._tasks.busy(DETAIL):
            self._ask_again = True
        else:
            self._ask()

    def dismiss(self) -> None:
        """Closes the drawer; nothing happens when it is closed already."""
        if self.isHidden():
            return
        self._ticking.stop()
        self._waiting.stop()
        self._tasks.cancel(DETAIL)
        self._let_go()
        self._payment_id = None
        self._sliding.close()
        self.closed.emit()

    def set_offline(self, as_of: datetime | None) -> None:
        """Says that everything is as of an instant and that no name can be shown, or asks anew once the database is back."""
        was, self._as_of = self._as_of, as_of
        if was is not None and as_of is None:
            self.refresh()
        elif not self.isHidden():
            self._show()

    def conceal(self, concealed: bool) -> None:
        """Masks amounts and phones, and at once whatever was shown in full; or shows amounts again."""
        self._concealed = concealed
        self.sections.booked.conceal(concealed)
        self.sections.passenger.conceal(concealed)
        self._show()

    def set_reduced_motion(self, reduced: bool) -> None:
        """Lets the drawer appear instead of sliding in, or slide again."""
        self._sliding.reduced = reduced

    def event(self, event: QEvent) -> bool:
        """A window that comes back after a pause shows no name for longer than its minute."""
        if event.type() == QEvent.Type.WindowActivate:
            self.sections.passenger.check_time()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the page."""
        if event.type() == QEvent.Type.Resize:
            self._sliding.follow()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes; every other key that nothing here takes belongs to the window."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes round inside the drawer, in the order in which things are read; Esc leads back to the grid."""
        stop = next_stop((self.head, self.sections), self.window().focusWidget(), forward)
        if stop is not None:
            stop.setFocus(Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason)
            self.area.ensureWidgetVisible(stop, 0, 40)
        return True

    # What is asked --------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._ask_again = False
        if self._fleet is not None and self._payment_id is not None:
            work = partial(self._source.detail, self._fleet.id, self._payment_id)
            self._tasks.run(DETAIL, work, self._arrived, self._failed)

    def _arrived(self, detail: PaymentDetail) -> None:
        self._waiting.stop()
        self._row, self._detail, self._gone = detail.row, detail, detail.removed is not None
        if self._gone:
            self.sections.passenger.mask_again()
        self.sections.say(
            removed_in_words(detail.removed, self._reading(self._fleet)) if detail.removed and self._fleet else ""
        )
        self._show()
        if self._ask_again:
            self._ask()

    def _failed(self, error: WorkstationError) -> None:
        self._waiting.stop()
        if isinstance(error, DatabaseUnreachable):
            # The window says this once, for all its pages.
            self._tasks.fault.emit(error)
        self._gone = isinstance(error, NotFound)
        if self._gone:
            self._detail = None
            self.sections.passenger.mask_again()
            self._show()
        if not isinstance(error, Cancelled):
            self.sections.say(str(error), failed=not self._gone)

    def _retry(self) -> None:
        self.sections.say("")
        self._waiting.start()
        self._ask()

    def _reveal_wanted(self, reason: str) -> None:
        if self._fleet is not None and self._payment_id is not None:
            work = partial(self._reveal, self._fleet.id, self._payment_id, reason)
            self._tasks.run(REVEAL, work, self._revealed, self._not_revealed)

    def _revealed(self, revealed: Revealed) -> None:
        self.sections.passenger.show_revealed(revealed)
        # What was just done stands in the audit below.
        self.refresh()

    def _not_revealed(self, error: WorkstationError) -> None:
        self.sections.passenger.show_refusal(str(error))

    # What is shown --------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self._fleet is None:
            return
        reading, removed = self._reading(self._fleet), self._detail is not None and self._detail.removed is not None
        self.head.show_row(self._row, reading, removed=removed)
        self.sections.show_payment(self._row, self._detail, reading)
        if self._as_of is not None:
            self._waiting.stop()
            at = f"{self._as_of.astimezone(self._fleet.zone):%H:%M}"
            self.sections.say(
                f"Offline, as of {at}." if self._detail else f"Offline since {at}: the story is not loaded."
            )
        self.sections.passenger.allow(self._why_not())
        self.setAccessibleName(summary(self._row, reading, removed=removed) if self._row else "Payment")

    def _reading(self, fleet: Fleet) -> Reading:
        return Reading(fleet.zone, self._clock(), self._concealed)

    def _why_not(self) -> str:
        """Why name and phone cannot be shown in full now; '' where they can."""
        if self._as_of is not None:
            return "The database is away: who sees a name must be recorded there."
        if self._concealed:
            return "Privacy mode is on: switch it off first (Ctrl+Shift+P)."
        return "The payment is gone." if self._gone else ""

    def _let_go(self) -> None:
        """Forgets the payment: nothing of it may stand beside the next one, nor what was asked about it."""
        self._tasks.cancel(REVEAL)
        self.sections.passenger.mask_again()
        self._row = self._detail = None
        self._gone = False
        self.sections.say("")
        self.area.verticalScrollBar().setValue(0)

    def _scrolls(self, _least: int, most: int) -> None:
        self.sections.leave_room(self.area.verticalScrollBar().sizeHint().width() if most else 0)

    def _show_passenger(self) -> None:
        # What is new has its place once it has been laid out.
        QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.sections.passenger, 0, _BELOW))

    def _say_loading(self) -> None:
        if self._detail is None:
            self.sections.say("Loading the story…")

    def _follow(self, leads: str) -> None:
        if self._row is None or self._fleet is None:
            return
        days = self._days or own_days(self._row, self._fleet.zone)
        wanted = filter_behind(leads, self._row, self._fleet.id, days)
        if wanted is not None:
            self.filter_wanted.emit(wanted)

    def _link(self) -> str:
        return payment_link(self._fleet.id, self._payment_id) if self._fleet and self._payment_id else ""

    # Building -------------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(self.sections)
        top = QVBoxLayout()
        top.setContentsMargins(18, 12, 18, 12)
        top.addWidget(self.head)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.area, 1)

    def _connect(self) -> None:
        DrawerKeys(self, self.area.verticalScrollBar(), self.previous_wanted.emit, self.next_wanted.emit)
        self.area.verticalScrollBar().rangeChanged.connect(self._scrolls)
        self._sliding.room_wanted.connect(self.room_wanted)
        self.head.close_wanted.connect(self.dismiss)
        self.head.previous_wanted.connect(self.previous_wanted)
        self.head.next_wanted.connect(self.next_wanted)
        self.head.copy_link.copied.connect(self.link_copied)
        self.sections.followed.connect(self._follow)
        self.sections.open_day.connect(self.open_day)
        self.sections.retry_wanted.connect(self._retry)
        self.sections.passenger.reveal_wanted.connect(self._reveal_wanted)
        self.sections.passenger.grown.connect(self._show_passenger)
        self.sections.passenger.given_up.connect(partial(self._tasks.cancel, REVEAL))
        self._waiting.timeout.connect(self._say_loading)
        self._ticking.timeout.connect(self._show)
