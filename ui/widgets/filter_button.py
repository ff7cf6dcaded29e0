"""The chip people filter by: one or several of a list of values, or any."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from ui.theme import Theme
from ui.widgets.chip import Chip
from ui.widgets.label import label
from ui.widgets.popup import Popup

SEARCH_ABOVE = 12
_VALUE = Qt.ItemDataRole.UserRole
_ROWS_SHOWN = 12
#: So many values are told in a tool tip.
_TOLD = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One value to filter by and the words people read for it."""

    value: str
    text: str


class FilterButton(Chip):
    """`changed(values)` is emitted with the chosen values (a tuple of str; empty means any) when a person chooses."""

    changed = Signal(tuple)

    def __init__(
        self,
        theme: Theme,
        name: str,
        choices: Sequence[Choice] = (),
        *,
        several: bool = True,
        default: Iterable[str] = (),
        any_text: str = "Any",
    ) -> None:
        super().__init__(theme, name)
        self._choices = tuple(choices)
        self._several = several
        self._any_text = any_text
        self._default = tuple(default)
        self._values = self._default
        self._popup = ChoicePopup(self, name, several=several)
        self._popup.picked.connect(self._picked)
        self.clicked.connect(self._open)
        self.cleared.connect(lambda: self._choose(self._default))
        self._tell()

    @property
    def values(self) -> tuple[str, ...]:
        """The chosen values, in the order of the choices; empty means any."""
        return self._values

    @property
    def popup(self) -> ChoicePopup:
        """The panel with the choices."""
        return self._popup

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offers other choices; a chosen value stays chosen even when it is no longer offered."""
        self._choices = tuple(choices)
        self._tell()

    def set_values(self, values: Iterable[str]) -> None:
        """Chooses values without a signal, as a saved view or a click elsewhere asks."""
        self._values = self._ordered(values)
        self._tell()

    def drop(self, value: str) -> None:
        """Takes one value out, as a person does by the × of its own."""
        self._choose(set(self._values) - {value})

    def _open(self) -> None:
        self._popup.offer(self._choices, self._values)
        self._popup.drop()

    def _picked(self, value: str) -> None:
        if not self._several:
            self._popup.hide()
            self._choose(() if self._values == (value,) else (value,))
            return
        kept = set(self._values) ^ {value}
        self._choose(kept)

    def _choose(self, values: Iterable[str]) -> None:
        chosen = self._ordered(values)
        if chosen != self._values:
            self._values = chosen
            self._tell()
            self.changed.emit(chosen)

    def _ordered(self, values: Iterable[str]) -> tuple[str, ...]:
        order = {choice.value: place for place, choice in enumerate(self._choices)}
        return tuple(sorted(set(values), key=lambda value: (order.get(value, len(order)), value)))

    def _tell(self) -> None:
        changed = self._values != self._default
        words = self.words(self._values)
        told = ", ".join(words[:_TOLD]) + (f" and {len(words) - _TOLD:,} more" if len(words) > _TOLD else "")
        more = f"+{len(words) - 1}" if len(words) > 1 else ""
        first = words[0] if words else self._any_text
        self.show_value(first, active=changed, clearable=changed, more=more, whole=told)

    def words(self, values: Iterable[str]) -> list[str]:
        """What people read for these values; a value that is not offered is its own word."""
        known = {choice.value: choice.text for choice in self._choices}
        return [known.get(value, value) for value in values]


class ChoicePopup(Popup):
    """The list of choices, with a search box when it is long; `picked(value)` for each that a person ticks."""

    picked = Signal(str)

    def __init__(self, anchor: Chip, name: str, *, several: bool) -> None:
        super().__init__(anchor)
        self._several = several
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search")
        self.search.setAccessibleName(f"Search {name}")
        self.search.textChanged.connect(self._narrow)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setUniformItemSizes(True)
        self._nothing = label("Nothing is called that", tone="faint")
        self._nothing.setContentsMargins(8, 2, 8, 4)
        self.list.itemClicked.connect(self._pick)
        self.list.installEventFilter(self)
        self.body.addWidget(self.search)
        self.body.addWidget(self.list)
        self.body.addWidget(self._nothing)

    def offer(self, choices: Sequence[Choice], chosen: Sequence[str]) -> None:
        """Lists the choices and ticks the chosen ones; in a long list these stand first."""
        long, ticked = len(choices) > SEARCH_ABOVE, frozenset(chosen)
        self.list.clear()
        for choice in sorted(choices, key=lambda choice: choice.value not in ticked) if long else choices:
            self.list.addItem(self._item(choice, chosen=choice.value in ticked))
        self.search.clear()
        self.search.setVisible(long)
        self._nothing.hide()
        self._fit_rows(len(choices))
        self.list.setFixedWidth(max(190, min(360, self.list.sizeHintForColumn(0) + 30)))
        self.list.setCurrentRow(0)
        (self.search if long else self.list).setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter and Space tick the current choice; Down leaves the search box for the list."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or (
            event.key() == Qt.Key.Key_Space and watched is self.list
        ):
            self._pick(self.list.currentItem())
            return True
        if event.key() == Qt.Key.Key_Down and watched is self.search:
            self.list.setFocus()
            return True
        return super().eventFilter(watched, event)

    def _item(self, choice: Choice, *, chosen: bool) -> QListWidgetItem:
        item = QListWidgetItem(choice.text)
        item.setData(_VALUE, choice.value)
        # The tick follows the click on the whole row, so Qt must not toggle it a second time by itself.
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
        if self._several:
            item.setCheckState(Qt.CheckState.Checked if chosen else Qt.CheckState.Unchecked)
        elif chosen:
            face = self.font()
            face.setWeight(face.Weight.DemiBold)
            item.setFont(face)
        return item

    def _pick(self, item: QListWidgetItem | None) -> None:
        if item is None or item.isHidden():
            return
        if self._several:
            ticked = item.checkState() == Qt.CheckState.Checked
            item.setCheckState(Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked)
        self.picked.emit(item.data(_VALUE))

    def _narrow(self, sought: str) -> None:
        first = -1
        for row in range(self.list.count()):
            item = self.list.item(row)
            item.setHidden(not _holds(item.text(), sought))
            if first < 0 and not item.isHidden():
                first = row
        self.list.setCurrentRow(first)
        self._nothing.setVisible(first < 0)
        self.list.setVisible(first >= 0)
        self._fit_rows(sum(not self.list.item(row).isHidden() for row in range(self.list.count())))
        if self.isVisible():
            self.drop()

    def _fit_rows(self, count: int) -> None:
        rows = max(1, min(count, _ROWS_SHOWN))
        self.list.setFixedHeight(rows * max(28, self.list.sizeHintForRow(0)) + 2)


def _holds(text: str, sought: str) -> bool:
    """Whether a text holds what is sought, with or without blanks ('kda123' finds 'KDA 123A'), or has words that begin so."""
    folded, wanted = text.casefold(), sought.casefold().split()
    words = folded.split()
    return "".join(wanted) in "".join(words) or all(any(word.startswith(part) for word in words) for part in wanted)
