"""The line at the window's foot: where we are, whether what is shown is live, what runs, what time it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final, Literal
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from services.domain.period import NAIROBI
from ui.icons import pixmap
from ui.theme import Theme, restyle
from ui.widgets.button import button
from ui.widgets.label import ElidedLabel, label

HEIGHT: Final = 28
#: From this width on there is room for everything at once.
ROOMY: Final = 1280
State = Literal["ok", "busy", "bad", "off"]
#: A state is told by its icon too, never by colour alone; '' stands for the connection's own icon.
_ICONS: Final = {"ok": "", "busy": "clock", "bad": "warning", "off": "cross"}


class ConnectionSign(QWidget):
    """How one connection stands, as icon and words."""

    def __init__(self, theme: Theme, icon: str, *, stands_out: bool) -> None:
        super().__init__()
        self._theme, self._own, self._stands_out = theme, icon, stands_out
        self._icon, self._words = QLabel(), label()
        self._state: State = "off"
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        theme.changed.connect(self._redraw)

    @property
    def state(self) -> State:
        """How the connection stands."""
        return self._state

    @property
    def words(self) -> str:
        """What is written beside the icon."""
        return self._words.text()

    def tell(self, state: State, words: str) -> None:
        """Shows another state."""
        self._state = state
        self._words.setText(words)
        self.setAccessibleName(words)
        look = {"ok": "live" if self._stands_out else "", "busy": "busy", "bad": "bad", "off": ""}[state]
        restyle(self._words, state=look)
        self._redraw()

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        live = tokens.completed if self._stands_out else tokens.muted
        colour = {"ok": live, "busy": tokens.pending, "bad": tokens.failed, "off": tokens.muted}[self._state]
        name = _ICONS[self._state] or self._own
        self._icon.setPixmap(pixmap(name, colour, 14, self.devicePixelRatioF()))


class TaskSign(QWidget):
    """The task that runs: its name, how far it is, and Cancel."""

    def __init__(self) -> None:
        super().__init__()
        self._title = ElidedLabel()
        self._title.setMaximumWidth(240)
        self._title.setMinimumWidth(60)
        self._bar = QProgressBar(textVisible=False)
        self._bar.setFixedWidth(120)
        self._cancel = button("Cancel", tip="Cancel (Esc)")
        self._cancel.clicked.connect(self.cancel)
        self._stop: Callable[[], object] | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._title)
        for part in (self._bar, self._cancel):
            row.addWidget(part, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def title(self) -> str:
        """What runs; the last task's name when nothing does."""
        return self._title.text()

    def tell(self, title: str, progress: float | None, cancel: Callable[[], object] | None) -> None:
        """Shows a task; `progress` is 0 to 1, None while nobody knows; without `cancel` it cannot be stopped."""
        self._title.setText(title)
        self._bar.setRange(0, 0 if progress is None else 1000)
        self._bar.setValue(0 if progress is None else round(min(1.0, max(0.0, progress)) * 1000))
        self._bar.setAccessibleName(title)
        self._stop = cancel
        self._cancel.setVisible(cancel is not None)
        self.show()

    def cancel(self) -> bool:
        """Stops the task that runs; False when there is none or it cannot be stopped."""
        if self.isHidden() or self._stop is None:
            return False
        self._stop()
        return True


class StatusBar(QFrame):
    """The window's last line; `unread_clicked` asks for the alerts."""

    unread_clicked = Signal()

    def __init__(
        self,
        theme: Theme,
        environment: str,
        *,
        zone: ZoneInfo = NAIROBI,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._zone, self._now = zone, now
        self.fleet = ElidedLabel()
        self.relay = ConnectionSign(theme, "signal", stands_out=True)
        self.database = ConnectionSign(theme, "database", stands_out=False)
        self.unread = QPushButton()
        self.task = TaskSign()
        self.summary = label()
        self.clock = label()
        self._build(environment)
        self._tick = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._tick.timeout.connect(self._show_time)
        self._show_time()

    def set_unread(self, count: int) -> None:
        """Shows how many alerts nobody has read."""
        self.unread.setText(f"{count:,} unread {'alert' if count == 1 else 'alerts'}")
        self.unread.setVisible(count > 0)

    def set_fleet(self, name: str) -> None:
        """Says whose money is shown."""
        self.fleet.setText(name)
        self.fleet.setMinimumWidth(min(90, self.fleet.sizeHint().width()))

    def set_summary(self, text: str) -> None:
        """Shows the last words before the clock."""
        self.summary.setText(text)
        self._make_room()

    def show_task(self, title: str, progress: float | None, cancel: Callable[[], object] | None) -> None:
        """Shows what runs."""
        self.task.tell(title, progress, cancel)
        self._make_room()

    def hide_task(self) -> None:
        """Says that nothing runs."""
        self.task.hide()
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the summary gives way to a running task."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        crowded = self.width() < ROOMY and not self.task.isHidden()
        self.summary.setVisible(bool(self.summary.text()) and not crowded)

    def _build(self, environment: str) -> None:
        self.setFixedHeight(HEIGHT)
        self.fleet.setMaximumWidth(260)
        self.fleet.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.unread.setProperty("part", "unread")
        self.unread.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unread.clicked.connect(self.unread_clicked)
        self.unread.hide()
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(18)
        if environment != "production":
            row.addWidget(_environment_word(environment))
        for part in (self.fleet, self.relay, self.database, self.unread):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.task)
        row.addWidget(self.summary)
        row.addWidget(self.clock)
        for sign in (self.relay, self.database):
            sign.hide()

    def _show_time(self) -> None:
        now = self._now().astimezone(self._zone)
        self.clock.setText(f"{now:%H:%M:%S} {now.tzname()}")
        self._tick.start(1000 - now.microsecond // 1000)


def _environment_word(environment: str) -> QLabel:
    word = label(environment.upper(), part="environment")
    word.setProperty("kind", environment)
    word.setAccessibleName(f"This is the {environment} environment, not production")
    return word
