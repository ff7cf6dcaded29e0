"""How every live table is set up: whole rows chosen, scrolled by pixels, nothing edited."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

ROW_HEIGHT: Final = 30
COMPACT_ROW_HEIGHT: Final = 26


def set_up(view: QTableView) -> None:
    """Sets a table up, its own header and delegate aside."""
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    # Scrolling then paints what came into view only: without this Qt holds that what lies below may shine through.
    view.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
    side = view.verticalHeader()
    side.hide()
    side.setMinimumSectionSize(COMPACT_ROW_HEIGHT)
    side.setDefaultSectionSize(ROW_HEIGHT)
    side.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
