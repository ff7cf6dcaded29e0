"""A table whose rows are chosen, gone through and copied."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, Generic

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QTableView, QWidget

from ui.grid.columns import Row
from ui.grid.copying import as_tsv
from ui.grid.delegate import GridDelegate
from ui.grid.flashing import redraw_row
from ui.grid.header import GridHeader
from ui.grid.ink import Ink
from ui.grid.layout import ColumnLayout
from ui.grid.model import GridModel
from ui.grid.plain_table import set_up
from ui.theme import Tokens

_COPY_WITH_TITLES: Final = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier | Qt.Key.Key_C


class ChoosingTable(QTableView, Generic[Row]):
    """A `GridModel` on the screen, with mouse and keyboard.

    `row_activated(row)` on Enter, `row_selected(row or None)` when the current choice changes, `start_wanted` and `end_wanted` on
    Home and End where the list goes on beyond what is loaded.
    """

    row_activated = Signal(object)
    row_selected = Signal(object)
    start_wanted = Signal()
    end_wanted = Signal()

    def __init__(self, model: GridModel[Row], tokens: Tokens, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._grid = model
        self._tokens = tokens
        self._delegate = GridDelegate(model, Ink(tokens, self.font()), self)
        self._header = GridHeader(tokens, self)

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
        """Puts the selected rows' shown columns on the clipboard as TSV, under their titles if `header`."""
        places, shown = self._selected_places(), self.columns.shown()
        if not places:
            return
        lines = [[self._grid.copied(at, column) for column in shown] for at in places]
        if header:
            lines.insert(0, [self._grid.columns[column].title for column in shown])
        QGuiApplication.clipboard().setText(as_tsv(lines))

    # --- Qt ------------------------------------------------------------------------------------------------------

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

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tells which row is chosen."""
        super().selectionChanged(selected, deselected)
        self.row_selected.emit(self.current_row())

    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Moves the mark of the keyboard's row."""
        super().currentChanged(current, previous)
        self._mark_focus()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Shows the keyboard's row."""
        super().focusInEvent(event)
        self._mark_focus()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hides the keyboard's row."""
        super().focusOutEvent(event)
        self._mark_focus()

    # --- inside --------------------------------------------------------------------------------------------------

    def _begin(self) -> None:
        """Shows the model; whoever must hear of its rows before Qt does is connected to it by now."""
        self.setHorizontalHeader(self._header)
        self.setItemDelegate(self._delegate)
        set_up(self)
        self.setModel(self._grid)
        self.columns = ColumnLayout(self._grid.columns, self._header)
        self.columns.reset()

    def _selected_places(self) -> list[int]:
        chosen = self.selectionModel().selection()
        spans = [chosen.at(number) for number in range(chosen.count())]
        return sorted({at for span in spans for at in range(span.top(), span.bottom() + 1)})

    def _mark_focus(self) -> None:
        before, index = self._delegate.focused_row, self.currentIndex()
        self._delegate.focused_row = index.row() if self.hasFocus() and index.isValid() else -1
        for at in {before, self._delegate.focused_row} - {-1}:
            redraw_row(self, at)
