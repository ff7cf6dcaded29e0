"""The live table people look at: rows come and change, and what is being read stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from ui.grid.choosing import ChoosingTable
from ui.grid.column_menu import column_menu
from ui.grid.columns import Row
from ui.grid.flashing import Flashing
from ui.grid.ink import Ink
from ui.grid.layout import GridState
from ui.grid.model import GridModel
from ui.grid.placeholder import Placeholder
from ui.grid.plain_table import COMPACT_ROW_HEIGHT, ROW_HEIGHT
from ui.grid.reading import ReadingPosition
from ui.grid.sorting import Sorting
from ui.theme import Tokens

# A page is asked for while this many screens are still above, or below.
_SCREENS_AHEAD: Final = 2
_MOVES: Final = QAbstractItemView.CursorAction


class GridView(ChoosingTable[Row]):
    """A `ChoosingTable` that keeps what is being read where it is.

    `row_activated` also on a double click, `sort_wanted(name, descending)` when a header is clicked (the query sorts),
    `position_changed()` soon after `at_top` or `reading` may have changed; the model may be changed then.
    """

    sort_wanted = Signal(str, bool)
    position_changed = Signal()

    def __init__(self, model: GridModel[Row], tokens: Tokens, name: str, parent: QWidget | None = None) -> None:
        """A table called `name` for screen readers."""
        super().__init__(model, tokens, parent)
        self._placeholder = Placeholder(self, lambda: not model.rowCount())
        self._sorting = Sorting(model.columns, self._header)
        self._reading = ReadingPosition(self.verticalScrollBar(), self._row_height, self._chosen_place, self)
        self._flashing = Flashing(model, self)
        # Selections change while rows are being taken out, when nobody may touch the model; so the news waits.
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.timeout.connect(self._tell_position)
        self.setAccessibleName(name)
        # Before anything of Qt's hears of rows that go.
        model.rowsAboutToBeInserted.connect(self._rows_coming)
        model.rowsAboutToBeRemoved.connect(self._rows_going)
        self._begin()
        self._connect(model)
        model.watch(self.sight)

    @property
    def at_top(self) -> bool:
        """Whether the list's first row is in view at the upper edge."""
        return self._reading.at_top and not self._grid.earlier

    @property
    def reading(self) -> bool:
        """Whether somebody looks at something: scrolled away from the top, or a row is selected."""
        return not self.at_top or self.selectionModel().hasSelection()

    def sight(self) -> range:
        """The places that are in view, or will be once the table is laid out."""
        seen = self._reading.seen(self.viewport().height())
        return range(min(seen.start, self._grid.rowCount()), min(seen.stop, self._grid.rowCount()))

    @property
    def reduced_motion(self) -> bool:
        """Whether nothing flashes, fades or slides."""
        return self._delegate.reduced_motion

    def set_reduced_motion(self, reduced: bool) -> None:
        """Switches flashes, fades and slides off, or on again."""
        self._delegate.reduced_motion = reduced

    def set_theme(self, tokens: Tokens) -> None:
        """Draws with other colours from now on."""
        self._tokens = tokens
        self._delegate.use(Ink(tokens, self.font()))
        self._header.set_theme(tokens)
        self.viewport().update()

    def set_compact(self, compact: bool) -> None:
        """Rows of 26 px instead of 30."""
        self.verticalHeader().setDefaultSectionSize(COMPACT_ROW_HEIGHT if compact else ROW_HEIGHT)

    def set_row_tint(self, tint: Callable[[Row], str | None] | None) -> None:
        """Colours the ground of rows: '#RRGGBB', or None for the usual."""
        self._delegate.row_tint = tint
        self.viewport().update()

    def set_placeholder(self, placeholder: QWidget | None) -> None:
        """Shows a widget over the table while it is empty; the table owns it, and lets the one before go."""
        self._placeholder.put(placeholder)

    def set_sort(self, name: str | None, descending: bool = True) -> None:
        """Draws the arrow at the column that the rows are sorted by; asks for nothing."""
        self._sorting.show(name, descending)

    def go_to_top(self) -> None:
        """Lets go of the selection and returns to the first rows."""
        self.clearSelection()
        self.verticalScrollBar().setValue(0)
        self._news.start()

    @property
    def scrolled(self) -> int:
        """The px of rows above the upper edge."""
        return max(0, self._reading.top)

    def reading_place(self) -> tuple[Hashable, int] | None:
        """The id of the row at the upper edge and how many px of it are above; None at the top of the list."""
        if self.at_top or not self._grid.rowCount():
            return None
        at, above = divmod(self.scrolled, self._row_height())
        return self._grid.id_of(self._grid.row_at(min(at, self._grid.rowCount() - 1))), above

    def resume(self, place: tuple[Hashable, int] | None) -> None:
        """Goes back to what `reading_place` told, as far as its row is still there; otherwise to the first row."""
        at = None if place is None else self._grid.row_of(place[0])
        self.show_pixel(0 if place is None or at is None else at * self._row_height() + place[1])

    def show_pixel(self, pixel: int) -> None:
        """Scrolls so that so many px of rows are above the upper edge, however new the rows are."""
        self.executeDelayedItemsLayout()
        self.verticalScrollBar().setValue(pixel)

    def layout_state(self) -> GridState:
        """The layout as plain values: order, widths, hidden columns, sort."""
        return self.columns.state(self._sorting.shown)

    def restore(self, state: Mapping[str, Any]) -> None:
        """Brings back what `layout_state` gave, as far as it fits the columns; the sort is shown and not asked for."""
        self.columns.restore(state)
        match state.get("sort"):
            case [str() as name, bool() as descending]:
                self.set_sort(name, descending)

    def column_menu(self, section: int = -1) -> QMenu:
        """The menu that hides, shows and moves columns, opened at `section`; it deletes itself when closed."""
        return column_menu(self.columns, self._grid.columns, section, self._sorting.ask_for, self)

    # --- Qt ------------------------------------------------------------------------------------------------------

    def updateGeometries(self) -> None:
        """Lays out, then puts back what is being read."""
        super().updateGeometries()
        self._reading.settle()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paints the ground itself, so that Qt may move what is painted when the table is scrolled."""
        painter = QPainter(self.viewport())
        self._delegate.clear(painter, event.rect())
        painter.end()
        super().paintEvent(event)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Home and End mean the first and the last row; the first arrow begins where the reader looks."""
        rows, current = self._grid.rowCount(), self.currentIndex()
        column = current.column() if current.isValid() else self.columns.shown()[0]
        if not current.isValid() and rows and action not in (_MOVES.MoveHome, _MOVES.MoveEnd):
            return self._grid.index(self.sight().start, column)
        if action == _MOVES.MoveHome and rows:
            return self._grid.index(0, column)
        if action == _MOVES.MoveEnd and rows:
            return self._grid.index(rows - 1, column)
        return super().moveCursor(action, modifiers)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tells that reading began or ended."""
        self._news.start()
        super().selectionChanged(selected, deselected)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu key opens the menu of the keyboard's column."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            section = index.column() if index.isValid() else self.columns.shown()[0]
            where = self.visualRect(index).bottomLeft() if index.isValid() else QPoint(0, 0)
            self._open_menu(section, self.viewport().mapToGlobal(where))
        else:
            super().contextMenuEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Takes up another font."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.set_theme(self._tokens)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keeps the placeholder over the whole table."""
        super().resizeEvent(event)
        self._placeholder.follow()

    # --- inside --------------------------------------------------------------------------------------------------

    def _connect(self, model: GridModel[Row]) -> None:
        model.rowsInserted.connect(self._rows_inserted)
        model.rowsRemoved.connect(self._rows_removed)
        model.modelReset.connect(self._rows_replaced)
        model.dataChanged.connect(self._flashing.start)
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        self.doubleClicked.connect(lambda index: self.row_activated.emit(self._grid.row_at(index.row())))
        self._sorting.wanted.connect(self.sort_wanted)
        self._header.menu_wanted.connect(self._open_menu)

    def _row_height(self) -> int:
        return self.verticalHeader().defaultSectionSize()

    def _rows_coming(self, _parent: QModelIndex, first: int, last: int) -> None:
        slide = self.isVisible() and not self.reduced_motion
        self._reading.inserted(first, last - first + 1, slide=slide, keep=self.reading)

    def _rows_inserted(self) -> None:
        self._flashing.start()
        self._rows_moved()

    def _rows_going(self, _parent: QModelIndex, first: int, last: int) -> None:
        self._reading.removed(first, last - first + 1)
        # The keyboard's row goes to a neighbour when it is taken out, and Qt would scroll there.
        self.setAutoScroll(False)

    def _rows_removed(self) -> None:
        self.setAutoScroll(True)
        self._rows_moved()

    def _rows_replaced(self) -> None:
        self._reading.reset()
        self._rows_moved()
        self._news.start()
        self.row_selected.emit(None)

    def _rows_moved(self) -> None:
        self._mark_focus()
        self._placeholder.follow()
        self._news.start()

    def _tell_position(self) -> None:
        self._look_ahead()
        self.position_changed.emit()

    def _scrolled(self) -> None:
        self._look_ahead()
        self._news.start()

    def _look_ahead(self) -> None:
        if not self.isVisible():
            return
        above, height = self._reading.top, self.viewport().height()
        below = self._grid.rowCount() * self._row_height() - above - height
        if above < _SCREENS_AHEAD * height:
            self._grid.fetch_earlier()
        if below < _SCREENS_AHEAD * height and self._grid.canFetchMore(QModelIndex()):
            self._grid.fetchMore(QModelIndex())

    def _chosen_place(self) -> int:
        index = self.currentIndex()
        chosen = index.isValid() and self.selectionModel().isRowSelected(index.row(), QModelIndex())
        return index.row() if chosen and index.row() in self._reading.seen(self.viewport().height()) else -1

    def _open_menu(self, section: int, where: QPoint) -> None:
        self.column_menu(section).popup(where)
