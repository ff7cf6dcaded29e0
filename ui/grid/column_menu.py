"""The menu that sorts by a table's columns, and hides, shows and moves them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from ui.grid.columns import Column, Row
from ui.grid.layout import ColumnLayout


def column_menu(
    layout: ColumnLayout[Row],
    columns: Sequence[Column[Row]],
    section: int,
    sort_by: Callable[[int, bool], None],
    parent: QWidget,
) -> QMenu:
    """The menu opened at `section` (−1: beside the columns); `sort_by(section, descending)`; it deletes itself when closed."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if section >= 0:
        if columns[section].sort is not None:
            menu.addAction(parent.tr("Sort ascending"), partial(sort_by, section, False))
            menu.addAction(parent.tr("Sort descending"), partial(sort_by, section, True))
            menu.addSeparator()
        menu.addAction(parent.tr("Move left"), partial(layout.move, section, -1))
        menu.addAction(parent.tr("Move right"), partial(layout.move, section, 1))
        menu.addSeparator()
    shown = layout.shown()
    for number, column in enumerate(columns):
        action = menu.addAction(column.title.replace("&", "&&"), partial(layout.show, number, number not in shown))
        action.setCheckable(True)
        action.setChecked(number in shown)
        action.setEnabled(shown != [number])
    menu.addSeparator()
    menu.addAction(parent.tr("Reset columns"), layout.reset)
    return menu
