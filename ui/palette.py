"""The command palette (Ctrl+K): one box that finds every action, bus, route and receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from ui.actions import Action, ActionRegistry
from ui.icons import pixmap
from ui.theme import Theme, font
from ui.widgets.label import label
from ui.widgets.overlay import Overlay

MOST_SHOWN: Final = 50
_ROW: Final = 36
_ROWS_HIGH: Final = 10
_PAUSE_MS: Final = 180
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing the palette can find: its words, where it belongs or its key, and what choosing it does."""

    text: str
    hint: str
    run: Callable[[], object] = field(compare=False)
    icon: str = ""
    keywords: str = ""
    #: How well it fits a query, for entries that come from outside and are ranked already; None to rank by words.
    rank: int | None = None


Provider = Callable[[str], Sequence[Entry]]


def score(query: str, text: str, keywords: str = "") -> int | None:
    """How well words fit a query, higher is better; None when a word of the query is nowhere in them."""
    total = 0
    for word in query.casefold().split():
        best = max((_word_score(word, text.casefold()), _word_score(word, keywords.casefold()) - 15))
        if best <= 0:
            return None
        total += best
    return total


def ranked(query: str, entries: Sequence[Entry]) -> list[Entry]:
    """The entries that fit, best first; equals keep their order."""
    scored = [
        (entry.rank if entry.rank is not None else score(query, entry.text, entry.keywords), entry) for entry in entries
    ]
    fitting = [(points, entry) for points, entry in scored if points is not None]
    return [entry for _, entry in sorted(fitting, key=lambda pair: -pair[0])][:MOST_SHOWN]


class CommandPalette(Overlay):
    """Ctrl+K: type, ↑/↓, Enter. `sought(query)` lets the outside look up more and hand it in by `offer`."""

    sought = Signal(str)

    def __init__(self, parent: QWidget, theme: Theme, registry: ActionRegistry) -> None:
        super().__init__(parent, width=560, top=72)
        self._registry = registry
        self._providers: list[Provider] = []
        self._offered: list[Entry] = []
        self.query = QLineEdit()
        self.model = EntryModel(self)
        self.view = QListView()
        self._nothing = label(
            "Nothing is called that. Try a bus, a route, a receipt or what you want to do.", tone="muted"
        )
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._build(theme)
        self._pause.timeout.connect(lambda: self.sought.emit(self.query.text().strip()))
        self.query.textChanged.connect(self._typed)
        self.view.clicked.connect(self._choose)
        self.query.installEventFilter(self)

    def add_provider(self, provider: Provider) -> None:
        """Adds a source of entries that answers at once; called with what is typed, at every letter."""
        self._providers.append(provider)

    def offer(self, query: str, entries: Sequence[Entry]) -> None:
        """Adds what was looked up for `query`; ignored when the person has typed on."""
        if query == self.query.text().strip() and not self.isHidden():
            self._offered += entries
            self._list()

    def open_palette(self) -> None:
        """Shows the palette with an empty box."""
        self.query.clear()
        self._typed("")
        self.show_over()
        self.query.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """↑/↓, page keys and Enter work while the cursor stays in the box."""
        if watched is self.query and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        return super().eventFilter(watched, event)

    def _build(self, theme: Theme) -> None:
        self.query.setProperty("part", "query")
        self.query.setPlaceholderText("Find anything: an action, a bus, a route, a receipt")
        self.query.setAccessibleName("Find anything")
        self.view.setModel(self.model)
        self.view.setItemDelegate(EntryDelegate(theme, self.view))
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setAccessibleName("Found")
        self._nothing.setContentsMargins(14, 12, 14, 14)
        self.body.addWidget(self.query)
        self.body.addWidget(self.view)
        self.body.addWidget(self._nothing)

    def _typed(self, text: str) -> None:
        self._offered = []
        self._list()
        if text.strip():
            self._pause.start()
        else:
            self._pause.stop()

    def _list(self) -> None:
        query = self.query.text().strip()
        found = ranked(query, [*self._action_entries(), *self._provided(query), *self._offered])
        self.model.show_entries(found)
        self.view.setVisible(bool(found))
        self._nothing.setVisible(not found)
        self.view.setFixedHeight(min(len(found), _ROWS_HIGH) * _ROW + 10)
        self.view.setCurrentIndex(self.model.index(0))
        self.panel.adjustSize()

    def _action_entries(self) -> list[Entry]:
        return [self._action_entry(action) for action in self._registry.available() if action.id != "window.palette"]

    def _action_entry(self, action: Action) -> Entry:
        hint = action.keys or action.section
        return Entry(action.text, hint, lambda: self._registry.run(action.id), action.icon, action.keywords)

    def _provided(self, query: str) -> list[Entry]:
        if not query:
            return []
        entries = (entry for provider in self._providers for entry in provider(query))
        # A provider found these by its own rules (a receipt's beginning), so the words need not fit once more.
        return [
            entry if entry.rank is not None else replace(entry, rank=score(query, entry.text) or 1) for entry in entries
        ]

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(self.view.currentIndex())
            return True
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            return False
        last = self.model.rowCount() - 1
        row = self.view.currentIndex().row() + step
        wrapped = (
            (row if 0 <= row <= last else (0 if row > last else last)) if abs(step) == 1 else max(0, min(last, row))
        )
        self.view.setCurrentIndex(self.model.index(wrapped))
        return True

    def _choose(self, index: _Index) -> None:
        entry = self.model.entry(index.row()) if index.isValid() else None
        if entry is not None:
            # Closed first: what runs may open a panel of its own and take the focus.
            self.dismiss()
            entry.run()


class EntryModel(QAbstractListModel):
    """The entries found, as the list shows them."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._entries: list[Entry] = []

    def show_entries(self, entries: list[Entry]) -> None:
        """Replaces what is listed."""
        self.beginResetModel()
        self._entries = entries
        self.endResetModel()

    def entry(self, row: int) -> Entry:
        """The entry in a row."""
        return self._entries[row]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:
        """How many entries there are."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The entry's words, also for screen readers."""
        entry = self._entries[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{entry.text}, {entry.hint}" if entry.hint else entry.text
        return entry if role == Qt.ItemDataRole.UserRole else None


class EntryDelegate(QStyledItemDelegate):
    """Draws an entry: icon, words, and its key or place on the right; always as plain text."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._words, self._hint = font(), font(12)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """One row."""
        return QSize(100, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draws one row."""
        entry, tokens = index.data(Qt.ItemDataRole.UserRole), self._theme.tokens
        view = option.widget
        rect: QRect = option.rect.adjusted(5, 1, -5, -1)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.accentweak))
            painter.drawRoundedRect(QRectF(rect), 6, 6)
        ratio = view.devicePixelRatioF() if view is not None else 1.0
        colour = tokens.muted
        painter.drawPixmap(rect.left() + 10, rect.top() + 9, pixmap(entry.icon or "chevron_right", colour, 16, ratio))
        self._write(painter, rect.adjusted(36, 0, -12, 0), entry)
        painter.restore()

    def _write(self, painter: QPainter, rect: QRect, entry: Entry) -> None:
        tokens = self._theme.tokens
        painter.setFont(self._hint)
        painter.setPen(QColor(tokens.muted))
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), entry.hint)
        room = rect.width() - painter.fontMetrics().horizontalAdvance(entry.hint) - 16
        painter.setFont(self._words)
        painter.setPen(QColor(tokens.text))
        words = painter.fontMetrics().elidedText(entry.text, Qt.TextElideMode.ElideRight, room)
        painter.drawText(rect, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), words)


def _word_score(word: str, text: str) -> int:
    if text.startswith(word):
        return 100
    place = text.find(word)
    if place > 0:
        return 80 if not text[place - 1].isalnum() else 50
    return 20 if len(word) > 1 and _in_order(word, text) else 0


def _in_order(word: str, text: str) -> bool:
    letters = iter(text)
    return all(letter in letters for letter in word)
