"""The live table people look at: rows come and change, and what is being read stays where it is."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any, Final, Generic

from PySide6.QtCore import (
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from ui.grid.column_menu import column_menu
from ui.grid.columns import Row
from ui.grid.copying import as_tsv
from ui.grid.delegate import GridDelegate
from ui.grid.flashing import Flashing, redraw_row
from ui.grid.header import GridHeader
from ui.grid.ink import Ink
from ui.grid.layout import ColumnLayout, GridState
from ui.grid.model import GridModel
from ui.grid.placeholder import Placeholder
from ui.grid.plain_table import COMPACT_ROW_HEIGHT, ROW_HEIGHT, set_up
from ui.grid.reading import ReadingPosition
from ui.grid.sorting import Sorting
from ui.theme import Tokens

# A page is asked for while this many screens are still above, or below.
_SCREENS_AHEAD: Final = 2
_MOVES: Final = QAbstractItemView.CursorAction


class GridView(QTableView, Generic[Row]):
    """A `GridModel` on the screen.

    `row_activated(row)` on Enter or double click, `row_selected(row or None)` when the current choice changes,
    `sort_wanted(name, descending)` when a header is clicked (the query sorts), `position_changed()` soon after `at_top`
    or `reading` may have changed; the model may be changed then.
    """

    row_activated = Signal(object)
    row_selected = Signal(object)
    sort_wanted = Signal(str, bool)
    position_changed = Signal()
    start_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, model: GridModel[Row], tokens: Tokens, name: str, parent: QWidget | None = None) -> None:
        """A table called `name` for screen readers."""
        super().__init__(parent)
        self._grid = model
        self._tokens = tokens
        self._placeholder = Placeholder(self, lambda: not model.rowCount())
        self._delegate = GridDelegate(model, Ink(tokens, self.font()), self)
        self._header = GridHeader(tokens, self)
        self._sorting = Sorting(model.columns, self._header)
        self._reading = ReadingPosition(self.verticalScrollBar(), self._row_height, self._chosen_place, self)
        self._flashing = Flashing(model, self)
        # Selections change while rows are being taken out, when nobody may touch the model; so the news waits.
        self._news = QTimer(self)
        self._news.setSingleShot(True)
        self._news.timeout.connect(self._tell_position)
        self.setAccessibleName(name)
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self._delegate)
        set_up(self)
        # Before anything of Qt's hears of rows that go.
        model.rowsAboutToBeInserted.connect(self._rows_coming)
        model.rowsAboutToBeRemoved.connect(self._rows_going)
        self.setModel(model)
        self.columns = ColumnLayout(model.columns, self._header)
        self.columns.reset()
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

    def selected_rows(self) -> list[Row]:
        """The selected rows, from the top down."""
        return [self._grid.row_at(at) for at in self._selected_places()]

    def current_row(self) -> Row | None:
        """The row the keyboard is on, if it is selected."""
        index = self.currentIndex()
        chosen = index.isValid() and self.selectionModel().isRowSelected(index.row(), QModelIndex())
        return self._grid.row_at(index.row()) if chosen else None

    def select(self, row_id: Hashable) -> bool:
        """Selects the row with this id and brings it into view; False when it is not loaded."""
        at = self._grid.row_of(row_id)
        if at is None:
            return False
        index = self._grid.index(at, self.columns.shown()[0])
        # Not selectRow: that would add to the selection while somebody holds Ctrl.
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flag.ClearAndSelect | flag.Rows)
        self.scrollTo(index)
        return True

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

    def step(self, by: int) -> Row | None:
        """Moves the choice by so many rows and brings it into view; the row chosen then, None where there is none."""
        rows = self._grid.rowCount()
        if not rows:
            return None
        current = self.currentIndex().row() if self.selectionModel().hasSelection() else -1
        to = max(0, min(rows - 1, current + by)) if current >= 0 else 0
        row = self._grid.row_at(to)
        self.select(self._grid.id_of(row))
        return row

    def copy_selection(self, *, header: bool = False) -> None:
        """Puts the selected rows' shown cells on the clipboard as TSV, under their titles if `header`."""
        places, shown = self._selected_places(), self.columns.shown()
        if not places:
            return
        lines = [[self._grid.text(at, column) for column in shown] for at in places]
        if header:
            lines.insert(0, [self._grid.columns[column].title for column in shown])
        QGuiApplication.clipboard().setText(as_tsv(lines))

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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy, activate, let go (Esc); everything else moves as in any list."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_selection()
        elif event.keyCombination() == _COPY_WITH_TITLES:
            self.copy_selection(header=True)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and (row := self.current_row()) is not None:
            self.row_activated.emit(row)
        elif event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
        elif event.key() == Qt.Key.Key_Home and self._grid.earlier:
            self.start_wanted.emit()
        elif event.key() == Qt.Key.Key_End and self._grid.more:
            self.end_wanted.emit()
        else:
            super().keyPressEvent(event)

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
        super().selectionChanged(selected, deselected)
        self._news.start()
        self.row_selected.emit(self.current_row())

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Moves the mark of the keyboard's row."""
        super().currentChanged(current, previous)
        self._mark_focus()

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

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the keyboard's row."""
        super().focusInEvent(event)
        self._mark_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hides the keyboard's row."""
        super().focusOutEvent(event)
        self._mark_focus()

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

    def _selected_places(self) -> list[int]:
        chosen = self.selectionModel().selection()
        spans = [chosen.at(number) for number in range(chosen.count())]
        return sorted({at for span in spans for at in range(span.top(), span.bottom() + 1)})

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

    def _mark_focus(self) -> None:
        before, index = self._delegate.focused_row, self.currentIndex()
        self._delegate.focused_row = index.row() if self.hasFocus() and index.isValid() else -1
        for at in {before, self._delegate.focused_row} - {-1}:
            redraw_row(self, at)

    def _open_menu(self, section: int, where: QPoint) -> None:
        self.column_menu(section).popup(where)


_COPY_WITH_TITLES: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier | Qt.Key.Key_C
