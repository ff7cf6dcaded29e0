"""Messages over the lower edge of the page: faults stay until they are dismissed, news goes by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ui.icons import icon, pixmap
from ui.theme import Theme, Tokens
from ui.widgets.button import button
from ui.widgets.label import label

Kind = Literal["info", "success", "warning", "error"]
MessageAction = tuple[str, Callable[[], object]]
MOST: Final = 4
#: How long news stays; twice as long where there is something to press.
STAY_MS: Final = 6_000
WIDEST: Final = 560
_MARGIN, _BELOW = 18, 12
_ICONS: Final = {"info": "info", "success": "check", "warning": "warning", "error": "cross"}
_TONES: Final = {"info": "info", "success": "completed", "warning": "pending", "error": "failed"}
_PASSING: Final = frozenset({"info", "success"})
_GRAVITY: Final = {"info": 0, "success": 0, "warning": 1, "error": 2}


class MessageStrip(QFrame):
    """One message: what happened, optionally more, optionally one button; `dismissed` when it may go.

    News (`pass_after` some ms) goes by itself, but not while the mouse or the keyboard is on it.
    """

    dismissed = Signal()

    def __init__(
        self, theme: Theme, kind: Kind, text: str, detail: str = "", *, action: MessageAction | None = None
    ) -> None:
        super().__init__()
        self.kind: Kind = kind
        self.text = text
        self._theme = theme
        self._icon = QLabel()
        self._text = label(text, part="text")
        self._detail = label(detail, part="detail")
        self._close = QToolButton()
        self._passing = QTimer(self)
        self._passing.timeout.connect(self._pass)
        self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._build(action)
        self.set_detail(detail)
        theme.changed.connect(self._redraw)
        self._redraw()

    @property
    def detail(self) -> str:
        """The second line."""
        return self._detail.text()

    def set_detail(self, detail: str) -> None:
        """Shows another second line."""
        self._detail.setText(detail)
        self._detail.setVisible(bool(detail))
        # The icon stands beside the first line, whether there is a second or not.
        self._icon.setFixedHeight(17 if detail else 22)
        self._text.setMinimumHeight(17 if detail else 22)
        self.setAccessibleName(f"{self.kind}: {self.text} {detail}".strip())

    @property
    def passes(self) -> bool:
        """Whether it is news, which goes by itself."""
        return self.kind in _PASSING

    def pass_after(self, milliseconds: int) -> None:
        """Goes by itself so much later, counted anew each time."""
        self._passing.start(milliseconds)

    def _pass(self) -> None:
        focused = self.window().focusWidget()
        if not self.underMouse() and (focused is None or not self.isAncestorOf(focused)):
            self.dismissed.emit()

    def _build(self, action: MessageAction | None) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        for line in (self._text, self._detail):
            line.setWordWrap(True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            words.addWidget(line)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 7, 8, 7)
        row.setSpacing(10)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        if action is not None:
            row.addWidget(self._action_button(*action))
        row.addWidget(self._close)
        self._close.setToolTip("Dismiss")
        self._close.setAccessibleName("Dismiss the message")
        self._close.clicked.connect(self.dismissed)

    def _action_button(self, words: str, run: Callable[[], object]) -> QWidget:
        made = button(words)
        made.clicked.connect(lambda: run())
        return made

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        colour = _colour(tokens, self.kind)
        self._icon.setPixmap(pixmap(_ICONS[self.kind], colour, 16, self.devicePixelRatioF()))
        self._close.setIcon(icon("close", tokens.muted))
        self._close.setIconSize(QSize(14, 14))


class MessageStack(QWidget):
    """The messages that wait to be read, newest below; of more than four the least grave and oldest goes.

    They stand over the lower left of `host` and move nothing; newer news takes the place of older. News stays `stay` ms.
    """

    def __init__(self, theme: Theme, host: QWidget, stay: int = STAY_MS) -> None:
        super().__init__(host)
        self._theme, self._host, self._stay = theme, host, stay
        self._strips: list[MessageStrip] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        host.installEventFilter(self)
        self.hide()

    @property
    def strips(self) -> tuple[MessageStrip, ...]:
        """The messages that are shown."""
        return tuple(self._strips)

    def say(self, kind: Kind, text: str, detail: str = "", *, action: MessageAction | None = None) -> MessageStrip:
        """Shows a message; one that is shown already only gets the new detail."""
        for strip in self._strips:
            if (strip.kind, strip.text) == (kind, text):
                strip.set_detail(detail)
                self._shown(strip, action)
                return strip
        self._make_room(kind)
        strip = MessageStrip(self._theme, kind, text, detail, action=action)
        strip.dismissed.connect(lambda: self.dismiss(strip))
        self._strips.append(strip)
        self._column.addWidget(strip)
        self._shown(strip, action)
        return strip

    def dismiss(self, strip: MessageStrip) -> None:
        """Takes a message away; nothing happens when it is gone already."""
        if strip in self._strips:
            self._strips.remove(strip)
            self._column.removeWidget(strip)
            strip.hide()
            strip.deleteLater()
        self.setVisible(bool(self._strips))

    def event(self, event: QEvent) -> bool:
        """Takes as much room as the words need now."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._follow()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follows the size of the page."""
        if watched is self._host and event.type() == QEvent.Type.Resize:
            self._follow()
        return super().eventFilter(watched, event)

    def _make_room(self, kind: Kind) -> None:
        for strip in [strip for strip in self._strips if strip.passes and kind in _PASSING]:
            self.dismiss(strip)
        if len(self._strips) == MOST:
            self.dismiss(min(self._strips, key=lambda strip: _GRAVITY[strip.kind]))

    def _shown(self, strip: MessageStrip, action: MessageAction | None) -> None:
        if strip.passes:
            strip.pass_after(self._stay if action is None else 2 * self._stay)
        self.show()
        self.raise_()
        self._follow()

    def _follow(self) -> None:
        width = max(0, min(WIDEST, self._host.width() - 2 * _MARGIN))
        height = self._column.totalHeightForWidth(width)
        self.setGeometry(_MARGIN, self._host.height() - height - _BELOW, width, height)


def _colour(tokens: Tokens, kind: Kind) -> str:
    return tokens.status(_TONES[kind])[0]
