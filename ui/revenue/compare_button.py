"""The chip that says what revenue is compared with."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Signal

from services.revenue.figures import Compare
from ui.revenue.words import COMPARES, SAME_PART, compare_words
from ui.theme import Theme
from ui.widgets.chip import Chip
from ui.widgets.filter_button import Choice, ChoicePopup
from ui.widgets.label import label


class CompareButton(Chip):
    """`changed(value)` with a `Compare` when a person chooses another."""

    changed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Compare", caption=False)
        self._chosen: Compare = "previous"
        self.popup = ChoicePopup(self, "Compare with", several=False)
        note = label(f"Always over the {SAME_PART}", tone="faint", scale="small")
        note.setContentsMargins(8, 2, 8, 4)
        self.popup.body.addWidget(note)
        self.popup.picked.connect(self._picked)
        self.clicked.connect(self._open)
        self._tell()

    @property
    def value(self) -> Compare:
        """With what is compared."""
        return self._chosen

    def set_value(self, value: Compare) -> None:
        """Chooses without a signal."""
        self._chosen = value
        self._tell()

    def _open(self) -> None:
        self.popup.offer([Choice(value, words) for value, words in COMPARES.items()], [self._chosen])
        self.popup.drop()

    def _picked(self, value: str) -> None:
        self.popup.hide()
        if value != self._chosen:
            self.set_value(cast(Compare, value))
            self.changed.emit(value)

    def _tell(self) -> None:
        # Not an active chip: it narrows nothing.
        self.show_value(
            f"vs {COMPARES[self._chosen]}", active=False, clearable=False, whole=compare_words(self._chosen)
        )
