"""What a page says when it has nothing to show: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Literal

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.label import label

Kind = Literal["empty", "error", "loading"]
_ICONS: Final = {"empty": "file", "error": "warning", "loading": "clock"}
_WIDTH: Final = 420


class Notice(QWidget):
    """An icon, a sentence, a hint and at most one button, in the middle of the room there is."""

    def __init__(
        self,
        theme: Theme,
        kind: Kind,
        sentence: str,
        hint: str = "",
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        icon: str = "",
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._sentence = label(scale="heading")
        self._hint = label(tone="muted")
        self._button = button("")
        self._run: Callable[[], object] | None = None
        self._button.clicked.connect(self._act)
        self._build()
        theme.changed.connect(self._redraw)
        self.say(kind, sentence, hint, action=action, icon=icon)

    @property
    def sentence(self) -> str:
        """What the notice says."""
        return self._sentence.text()

    def say(
        self,
        kind: Kind,
        sentence: str,
        hint: str = "",
        *,
        action: tuple[str, Callable[[], object]] | None = None,
        icon: str = "",
    ) -> None:
        """Says something else; `action` is the button's words and what it does."""
        self._kind, self._name = kind, icon or _ICONS[kind]
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        words, self._run = action or ("", None)
        self._button.setText(words)
        self._button.setVisible(action is not None)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(hint)
        self._redraw()

    def minimumSizeHint(self) -> QSize:
        """Little, so that a splitter may squeeze the notice."""
        return QSize(120, 60)

    def _act(self) -> None:
        if self._run is not None:
            self._run()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(6)
        words.addStretch(2)
        for line in (self._icon, self._sentence, self._hint):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            line.setWordWrap(line is not self._icon)
            words.addWidget(line)
        words.addSpacing(6)
        words.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        words.addStretch(3)
        # A column of its own width, because a wrapped label that is centred by alignment loses its second line.
        column = QWidget()
        column.setLayout(words)
        column.setMaximumWidth(_WIDTH)
        row = QHBoxLayout(self)
        row.addStretch(1)
        row.addWidget(column, 100)
        row.addStretch(1)

    def _redraw(self) -> None:
        tokens = self._theme.tokens
        colour = tokens.failed if self._kind == "error" else tokens.faint
        self._icon.setPixmap(pixmap(self._name, colour, 28, self.devicePixelRatioF()))
