"""The line below the filter bar: what the chips above have no room to spell out, each with its own ×."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from PySide6.QtWidgets import QLabel, QWidget

from ui.payments.filter_words import BASES, amounts_in_words
from ui.payments.more_filters import MoreButton
from ui.theme import Theme
from ui.widgets.chip import Chip
from ui.widgets.filter_button import FilterButton
from ui.widgets.flow import FlowRow
from ui.widgets.label import label

#: More chips than these would be a wall.
MOST = 10


@dataclass(frozen=True, slots=True)
class Chosen:
    """One value that narrows the rows, how it is taken out, and where it is chosen."""

    caption: str
    words: str
    remove: Callable[[], object] = field(compare=False)
    open: Callable[[], object] = field(compare=False)
    captioned: bool = True


def chosen_by(buttons: Iterable[FilterButton], more: MoreButton) -> list[Chosen]:
    """What is to be spelled out: the values of a chip that has several, and everything behind "More"."""
    found: list[Chosen] = []
    for button in buttons:
        found += _values(button, button.click) if len(button.values) > 1 else []
    for button in (more.popup.driver, more.popup.till):
        found += _values(button, more.open_panel)
    amounts = more.popup.amounts
    if words := amounts_in_words(amounts.least, amounts.most):
        found.append(Chosen("Amount", words, amounts.clear, more.open_panel))
    if more.chosen.basis != "created":
        found.append(Chosen("Days", BASES[more.chosen.basis], more.popup.by_creation, more.open_panel))
    found += [replace(one, captioned=False) for one in _values(more.popup.weekday, more.open_panel)]
    found += _values(more.popup.reason, more.open_panel)
    return found


class ChosenLine(QWidget):
    """Removable chips; hidden while there is nothing to spell out."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Chosen, ...] = ()
        self._chips: list[Chip] = []
        self._rest: QLabel = label(tone="faint", scale="small")
        self._flow = FlowRow(self)
        self.setAccessibleName("Chosen filters")
        self.hide()

    @property
    def chips(self) -> Sequence[Chip]:
        """The chips, from the left."""
        return tuple(self._chips)

    def show_chosen(self, chosen: Sequence[Chosen], after: QWidget) -> None:
        """Shows these values; Tab comes to them from `after`."""
        if tuple(chosen) == self._shown:
            return
        focused = next((place for place, chip in enumerate(self._chips) if chip.hasFocus()), None)
        self._clear()
        self._shown = tuple(chosen)
        for one in self._shown[:MOST]:
            self._add(one, self._chips[-1] if self._chips else after)
        if len(chosen) > MOST:
            self._rest = label(f"and {len(chosen) - MOST:,} more", tone="faint", scale="small")
            self._flow.add(self._rest)
        self.setVisible(bool(chosen))
        if focused is not None:
            # The keyboard stays where the × was pressed.
            (self._chips[min(focused, len(self._chips) - 1)] if self._chips else after).setFocus()

    def _add(self, one: Chosen, before: QWidget) -> None:
        chip = Chip(self._theme, one.caption, caption=one.captioned)
        chip.show_value(one.words, active=True, clearable=True)
        chip.setProperty("quiet", True)
        chip.cleared.connect(partial(_call, one.remove))
        chip.clicked.connect(partial(_call, one.open))
        self._flow.add(chip)
        chip.show()
        self._chips.append(chip)
        QWidget.setTabOrder(before, chip)

    def _clear(self) -> None:
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._chips = []


def _call(what: Callable[[], object], *_: object) -> None:
    what()


def _values(button: FilterButton, opened: Callable[[], object]) -> list[Chosen]:
    worded = zip(button.values, button.words(button.values), strict=True)
    return [Chosen(button.name, words, partial(button.drop, value), opened) for value, words in worded]
