"""The list of saved views: each by its name, with a word beside those that everybody sees."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyledItemDelegate, QStyleOptionViewItem

from services.payments.views import SavedView
from ui.payments.filter_words import on_one_line
from ui.theme import Theme, font
from ui.widgets.label import plain_tip

_VIEW, _HINT = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_ROW = 28
_ROWS_SHOWN = 8
_Index = QModelIndex | QPersistentModelIndex


def told(view: SavedView) -> str:
    """The word beside a view's name: '', 'shared' or 'shared by asha'."""
    if not view.shared:
        return ""
    return "shared" if view.mine else f"shared by {view.owner}"


class ViewList(QListWidget):
    """One's own views, then those of others; `picked(SavedView)` on a click or Enter."""

    picked = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("Saved views")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_ViewDelegate(theme, self))
        self.setUniformItemSizes(True)
        self.itemClicked.connect(self._pick)
        self.itemActivated.connect(self._pick)

    @property
    def highlighted(self) -> SavedView | None:
        """The view that the keyboard stands on."""
        item = self.currentItem()
        view = None if item is None else item.data(_VIEW)
        return view if isinstance(view, SavedView) else None

    def show_views(self, views: Sequence[SavedView], current: UUID | None) -> None:
        """Lists the views; the current one stands out."""
        before = self.highlighted
        kept = before.id if before is not None else current
        self.clear()
        for view in sorted(views, key=lambda view: (not view.mine, view.name.casefold())):
            item = _item(view, current=view.id == current)
            self.addItem(item)
            if view.id == kept:
                self.setCurrentItem(item)
        if self.currentItem() is None:
            self.setCurrentRow(0)
        self.setFixedHeight(min(self.count(), _ROWS_SHOWN) * _ROW + 2)

    def _pick(self, item: QListWidgetItem) -> None:
        # A click both clicks and, on some desktops, activates: the panel is closed by the first.
        if self.isVisible():
            self.picked.emit(item.data(_VIEW))


class _ViewDelegate(QStyledItemDelegate):
    """Draws the word at the right in a quieter tone, and the name in what room is left."""

    def __init__(self, theme: Theme, parent: ViewList) -> None:
        super().__init__(parent)
        self._theme = theme
        self._small = font(12)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """One row."""
        return QSize(120, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draws one row."""
        bare = QStyleOptionViewItem(option)
        self.initStyleOption(bare, index)
        words, face, bare.text = bare.text, bare.font, ""
        bare.widget.style().drawControl(bare.widget.style().ControlElement.CE_ItemViewItem, bare, painter, bare.widget)
        room: QRect = option.rect.adjusted(9, 0, -9, 0)
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.save()
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.tokens.muted))
        hint = index.data(_HINT)
        painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignRight), hint)
        left = room.width() - painter.fontMetrics().horizontalAdvance(hint) - (12 if hint else 0)
        painter.setFont(face)
        painter.setPen(QColor(self._theme.tokens.text))
        name = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, left)
        painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignLeft), name)
        painter.restore()


def _item(view: SavedView, *, current: bool) -> QListWidgetItem:
    name = on_one_line(view.name)
    item = QListWidgetItem(name)
    item.setData(_VIEW, view)
    item.setData(_HINT, told(view))
    spoken = (name, told(view), "shown now" if current else "")
    item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(part for part in spoken if part))
    item.setToolTip(plain_tip(name))
    item.setFont(font(weight=600 if current else 400))
    return item
