"""A short table of figures, sorted where it stands; its figures open their payments."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, Final, Generic

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.grid import Column, GridModel, GridState, GridView
from ui.grid.columns import Row
from ui.revenue.painting import CellPainter
from ui.theme import Theme
from ui.widgets.notice import Notice

#: What a click on a figure does, for its hint.
OPENS: Final = "Show the payments (Ctrl+Enter)"


class FiguresTable(QWidget, Generic[Row]):
    """`activated(row)` on Enter or a double click, `opened(row)` when a figure is clicked or on Ctrl+Enter.

    `keys` says by column what rows are sorted by; rows for which `pinned` holds stay at the end. `links` names the columns
    whose cells open their payments.
    """

    activated = Signal(object)
    opened = Signal(object)

    def __init__(
        self,
        theme: Theme,
        name: str,
        columns: Sequence[Column[Row]],
        row_id: Callable[[Row], Hashable],
        *,
        keys: Mapping[str, Callable[[Row], Any]],
        links: Iterable[str] = (),
        pinned: Callable[[Row], bool] = lambda _: False,
    ) -> None:
        super().__init__()
        self._theme, self._keys, self._pinned = theme, keys, pinned
        self._rows: tuple[Row, ...] = ()
        self._sort: tuple[str, bool] | None = None
        self.model: GridModel[Row] = GridModel(columns, row_id, parent=self)
        self.grid: GridView[Row] = GridView(self.model, theme.tokens, name)
        self.notice = Notice(theme, "empty", "")
        self._links = {at for at, column in enumerate(columns) if column.key in set(links)}
        self._build()

    @property
    def rows(self) -> list[Row]:
        """The rows as they are shown."""
        return list(self.model.rows)

    def show_rows(self, rows: Iterable[Row]) -> None:
        """Shows other rows; the one that is chosen stays chosen, and the list where it was."""
        self._rows = tuple(rows)
        chosen, place = self.grid.current_row(), self.grid.scrolled
        self.model.reset(self._sorted())
        if chosen is not None:
            self.grid.select(self.model.id_of(chosen))
        self.grid.show_pixel(place)

    def paint_column(self, key: str, painter: CellPainter) -> None:
        """Has a column painted otherwise."""
        at = next(at for at, column in enumerate(self.model.columns) if column.key == key)
        self.grid.setItemDelegateForColumn(at, painter)

    def layout_state(self) -> GridState:
        """Columns and order as plain values."""
        return self.grid.layout_state()

    def restore_layout(self, state: Mapping[str, Any]) -> None:
        """Brings them back, as far as they fit."""
        self._sort = None
        self.grid.set_sort(None)
        self.grid.restore(state)
        sort = self.grid.layout_state()["sort"]
        if sort is not None and sort[0] in self._keys:
            self._sort = sort
        self.show_rows(self._rows)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter opens the payments of the row that the keyboard is on."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                if (row := self.grid.current_row()) is not None:
                    self.opened.emit(row)
                return True
        return super().eventFilter(watched, event)

    def _sorted(self) -> list[Row]:
        rows = list(self._rows)
        if self._sort is not None:
            name, descending = self._sort
            kept, moving = [r for r in rows if self._pinned(r)], [r for r in rows if not self._pinned(r)]
            key = self._keys[name]
            known = [row for row in moving if key(row) is not None]
            # What has no figure stands behind what has one, whichever way it is sorted.
            rows = [
                *sorted(known, key=key, reverse=descending),
                *(row for row in moving if key(row) is None),
                *kept,
            ]
        return rows

    def _sort_by(self, name: str, descending: bool) -> None:
        self._sort = (name, descending)
        self.grid.set_sort(name, descending)
        self.show_rows(self._rows)

    def _clicked(self, index: QModelIndex) -> None:
        if index.column() in self._links:
            self.opened.emit(self.model.row_at(index.row()))

    def _entered(self, index: QModelIndex) -> None:
        link = index.column() in self._links
        shape = Qt.CursorShape.PointingHandCursor if link else Qt.CursorShape.ArrowCursor
        self.grid.viewport().setCursor(shape)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.grid)
        self.setFocusProxy(self.grid)
        self.grid.set_placeholder(self.notice)
        self.grid.set_reduced_motion(True)
        self.grid.setMouseTracking(True)
        self.grid.installEventFilter(self)
        self.grid.sort_wanted.connect(self._sort_by)
        self.grid.row_activated.connect(self.activated)
        self.grid.clicked.connect(self._clicked)
        self.grid.entered.connect(self._entered)
        self._theme.changed.connect(lambda: self.grid.set_theme(self._theme.tokens))
