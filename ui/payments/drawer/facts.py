"""Facts about a payment, one below the other: what it is called, its value, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ui.grid.texts import CONCEALED
from ui.payments.drawer.copying import CopyButton
from ui.theme import Theme, restyle
from ui.widgets.label import label, plain_tip

NAME_WIDTH: Final = 104
#: Above and below a line's words, so that lines with and without a button are equally high.
_PAD: Final = 2
# A word without a break would push its neighbours out of the drawer.
_LONG_WORD: Final = re.compile(r"\S{24}(?=\S)")
_BREAK: Final = "\u200b"


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and a value. `copies` is what can be copied from here; `leads` names what a click opens, `opens` says it in words."""

    name: str
    value: str
    tone: str = ""
    copies: str = ""
    private: bool = False
    leads: str = ""
    opens: str = ""


class Facts(QWidget):
    """Shows facts; `followed(leads)` when a person clicks on one that leads somewhere."""

    followed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._facts: tuple[Fact, ...] = ()
        self._lines: list[_Line] = []
        self._concealed = False
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnMinimumWidth(0, NAME_WIDTH)
        self._grid.setColumnStretch(1, 1)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What is shown."""
        return self._facts

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Shows these; lines that stay what they are keep their place, selection and focus."""
        if tuple(facts) == self._facts:
            return
        if [_kind(fact) for fact in facts] != [_kind(fact) for fact in self._facts]:
            self._rebuild(facts)
        self._facts = tuple(facts)
        self._fill()

    def conceal(self, concealed: bool) -> None:
        """Masks private values, or shows them again."""
        self._concealed = concealed
        self._fill()

    def _fill(self) -> None:
        for line, fact in zip(self._lines, self._facts, strict=True):
            line.show_fact(fact, concealed=self._concealed and fact.private)

    def _rebuild(self, facts: Sequence[Fact]) -> None:
        for line in self._lines:
            line.drop()
        self._lines = [_Line(self, self._theme, fact) for fact in facts]
        for place, line in enumerate(self._lines):
            self._grid.addWidget(line.name, place, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(line.value, place, 1)


class _Line:
    def __init__(self, parent: Facts, theme: Theme, fact: Fact) -> None:
        self._fact = fact
        self.name = label(fact.name, tone="muted")
        self.name.setContentsMargins(0, _PAD, 0, _PAD)
        self.value = QWidget()
        row = QHBoxLayout(self.value)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        self._words = None if fact.leads else wrapped()
        self._link = Link(fact.opens) if fact.leads else None
        if self._link is not None:
            self._link.clicked.connect(lambda: parent.followed.emit(self._fact.leads))
        if self._words is not None:
            self._words.setContentsMargins(0, _PAD, 0, _PAD)
        row.addWidget(self._link or self._words or QWidget(), 1)
        self._copy: CopyButton | None = None
        if fact.copies:
            self._copy = CopyButton(theme, f"Copy {fact.name.lower()}", lambda: self._fact.copies)
            row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)

    def show_fact(self, fact: Fact, *, concealed: bool) -> None:
        self._fact = fact
        shown = CONCEALED if concealed and fact.value else fact.value
        if self._words is not None:
            tell(self._words, shown, tone=fact.tone)
            self._words.setAccessibleName(f"{fact.name}: {shown}")
        if self._link is not None:
            self._link.show_words(shown, f"{fact.opens}: {shown}")
        if self._copy is not None:
            self._copy.setEnabled(not concealed)

    def drop(self) -> None:
        for widget in (self.name, self.value):
            widget.hide()
            widget.deleteLater()


class Link(QPushButton):
    """Words that lead somewhere: looks like a link, is a button, and ends in '…' where there is no room."""

    def __init__(self, opens: str) -> None:
        super().__init__()
        self.setProperty("link", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._all, self._tip = "", opens

    def show_words(self, words: str, tip: str) -> None:
        """Shows words and says where they lead."""
        self._all, self._tip = words, tip
        self.setAccessibleName(tip)
        self.setToolTip(plain_tip(tip))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cuts the words to the width there is."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        room = max(12, self.contentsRect().width() - 4)
        shown = self.fontMetrics().elidedText(self._all, Qt.TextElideMode.ElideRight, room)
        self.setText(shown.replace("&", "&&"))


def wrapped(*, tone: str = "", scale: str = "") -> QLabel:
    """A plain-text label of as many lines as its words need, from which a person can copy."""
    made = label(tone=tone, scale=scale)
    made.setWordWrap(True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return made


def tell(line: QLabel, words: str, *, tone: str | None = None) -> None:
    """Sets words (and the tone) where they differ, so that what a person selected stays selected."""
    if line.text() != (broken := breakable(words)):
        line.setText(broken)
    if tone is not None:
        restyle(line, tone=tone)


def breakable(text: str) -> str:
    """The text with places to break its longest words at."""
    return _LONG_WORD.sub(rf"\g<0>{_BREAK}", text)


def _kind(fact: Fact) -> tuple[str, bool, bool]:
    """What decides how a line is built, apart from what it says."""
    return fact.name, bool(fact.copies), bool(fact.leads)
