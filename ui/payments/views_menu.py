"""The button of saved views: which one is shown, and the panel to choose, save, rename and delete them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from services.payments.views import SavedView
from ui.payments.filter_words import on_one_line
from ui.payments.view_form import Confirmation, ViewForm
from ui.payments.view_list import ViewList
from ui.theme import Theme
from ui.widgets.button import button
from ui.widgets.drop_button import DropButton
from ui.widgets.label import label
from ui.widgets.popup import Popup

_EMPTY = "No view is saved yet. A view keeps days, filters, order and columns under a name."


class ViewsButton(DropButton):
    """Says the current view's name, with • once it is no longer what is shown; `popup` does the rest."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "Views", tip="Filters, order and columns kept under a name")
        self.popup = ViewsPopup(theme, self)
        self.clicked.connect(self.popup.open_panel)

    def show_current(self, current: SavedView | None, *, changed: bool) -> None:
        """Says which view is shown, and whether it was changed since."""
        name = on_one_line(current.name) if current else "Views"
        self.say(name, mark="•" if changed else "", active=current is not None)
        if current is not None:
            self.setAccessibleName(f"View: {name}{', changed' if changed else ''}")
        self.popup.show_current(current, changed=changed)


class ViewsPopup(Popup):
    """The saved views: `picked`, `update_wanted` and `delete_wanted` carry a SavedView, `save_wanted` a name and whether it is
    shared, `edit_wanted` all three; `opened()` when a person wants to see them.
    """

    opened = Signal()
    picked = Signal(object)
    save_wanted = Signal(str, bool)
    update_wanted = Signal(object)
    edit_wanted = Signal(object, str, bool)
    delete_wanted = Signal(object)

    def __init__(self, theme: Theme, anchor: QWidget) -> None:
        super().__init__(anchor)
        self._views: tuple[SavedView, ...] = ()
        self._current: SavedView | None = None
        self._changed = False
        self._may_share = self._busy = False
        # Which view is edited or deleted; None for a new one.
        self._asked_for: SavedView | None = None
        self.list = ViewList(theme)
        self.form, self.confirmation = ViewForm(), Confirmation()
        self.save = button("Save this view…", "plain")
        self.update_view = button("Update", "plain", tip="Keep what is shown now under this name")
        self.edit = button("Edit…", "plain", tip="Rename or share (F2)")
        self.delete = button("Delete…", "plain", tip="Delete (Del)")
        self._empty = label(_EMPTY, tone="muted")
        self._complaint = label(tone="failed", scale="small")
        self._actions = QWidget()
        self._build()
        self._connect()
        self.show_views(())

    @property
    def complaint(self) -> str:
        """What went wrong last; '' when nothing did."""
        return self._complaint.text()

    @property
    def busy(self) -> bool:
        """Whether a change is on its way."""
        return self._busy

    def open_panel(self) -> None:
        """Opens the panel on its list."""
        self._back()
        self.drop()
        (self.list if self._views else self.save).setFocus()
        self.opened.emit()

    def show_views(self, views: Sequence[SavedView]) -> None:
        """Lists these views."""
        self._views = tuple(views)
        self.list.show_views(self._views, self._current.id if self._current else None)
        self.list.setVisible(bool(self._views))
        self._empty.setVisible(not self._views)
        self._allow()
        self._fit()

    def show_current(self, current: SavedView | None, *, changed: bool) -> None:
        """Marks the view that is shown."""
        other = (current and current.id) != (self._current and self._current.id)
        self._current, self._changed = current, changed
        if other:
            self.list.show_views(self._views, current.id if current else None)
        self._allow()

    def allow_sharing(self, allowed: bool) -> None:
        """Says whether the person may share views with everybody in the fleet."""
        self._may_share = allowed
        self.form.allow_sharing(allowed)
        self._allow()

    def set_busy(self, busy: bool) -> None:
        """Takes no other change while one is on its way."""
        # Nothing is greyed: a field that is would lose the keyboard, and with it what is being put right after a refusal.
        self._busy = busy
        if busy:
            self.setCursor(Qt.CursorShape.BusyCursor)
        else:
            self.unsetCursor()

    def settled(self) -> None:
        """A change was made: the list is shown again."""
        self._back()
        self.list.setFocus()

    def complain(self, words: str) -> None:
        """Says what went wrong; '' takes it away."""
        self._complaint.setText(words)
        self._complaint.setVisible(bool(words))
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """F2 edits and Delete deletes the highlighted view; Esc leaves a form before it closes the panel."""
        asking = self._actions.isHidden()
        if event.key() == Qt.Key.Key_Escape and asking:
            self.settled()
        elif event.key() == Qt.Key.Key_F2 and self.edit.isEnabled() and not asking:
            self._ask_edit()
        elif event.key() == Qt.Key.Key_Delete and self.delete.isEnabled() and not asking:
            self._ask_delete()
        else:
            super().keyPressEvent(event)

    # --- asking ------------------------------------------------------------------------------------------------------

    def _ask_save(self) -> None:
        self._instead_of_actions(self.form)
        self._asked_for = None
        self.form.ask("", shared=False)

    def _ask_edit(self) -> None:
        view = self.list.highlighted
        if view is not None:
            self._instead_of_actions(self.form)
            self._asked_for = view
            self.form.ask(view.name, shared=view.shared)

    def _ask_delete(self) -> None:
        view = self.list.highlighted
        if view is not None:
            self._instead_of_actions(self.confirmation)
            self._asked_for = view
            others = " Everybody in this fleet loses it." if view.shared else ""
            self.confirmation.ask(f"Delete “{on_one_line(view.name)}”?{others}")
            self._fit()

    def _named(self, name: str, shared: bool) -> None:
        if self._busy:
            return
        if self._asked_for is None:
            self.save_wanted.emit(name, shared)
        else:
            self.edit_wanted.emit(self._asked_for, name, shared)

    def _update(self) -> None:
        view = self.list.highlighted
        if view is not None and not self._busy:
            self.update_wanted.emit(view)

    def _confirmed(self) -> None:
        if self._asked_for is not None and not self._busy:
            self.delete_wanted.emit(self._asked_for)

    def _pick(self, view: SavedView) -> None:
        self.hide()
        self.picked.emit(view)

    def _allow(self) -> None:
        view = self.list.highlighted if self._views else None
        own = view is not None and view.mine and (self._may_share or not view.shared)
        stale = view is not None and (self._current is None or view.id != self._current.id or self._changed)
        self.update_view.setEnabled(own and stale)
        self.edit.setEnabled(own)
        self.delete.setEnabled(own or (view is not None and view.shared and self._may_share))

    # --- building ----------------------------------------------------------------------------------------------------

    def _instead_of_actions(self, widget: QWidget) -> None:
        self.complain("")
        self._actions.hide()
        widget.show()
        self._fit()

    def _back(self) -> None:
        for widget in (self.form, self.confirmation):
            widget.hide()
        self._actions.show()
        self.complain("")

    def _fit(self) -> None:
        if self.isVisible():
            self.drop()

    def _build(self) -> None:
        self.setAccessibleName("Saved views")
        self.setFixedWidth(340)
        for words in (self._empty, self._complaint):
            words.setWordWrap(True)
            words.setContentsMargins(8, 4, 8, 4)
        row = QHBoxLayout(self._actions)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.save)
        row.addStretch(1)
        for action in self._on_one_view():
            row.addWidget(action)
        rule = QFrame()
        rule.setProperty("role", "hairline")
        for part in (self.list, self._empty, rule, self._complaint, self._actions, self.form, self.confirmation):
            self.body.addWidget(part)
        self._back()

    def _connect(self) -> None:
        self.list.picked.connect(self._pick)
        self.list.currentItemChanged.connect(lambda: self._allow())
        self.save.clicked.connect(self._ask_save)
        self.update_view.clicked.connect(self._update)
        self.edit.clicked.connect(self._ask_edit)
        self.delete.clicked.connect(self._ask_delete)
        self.form.named.connect(self._named)
        self.form.left.connect(self.settled)
        self.confirmation.agreed.connect(self._confirmed)
        self.confirmation.left.connect(self.settled)

    def _on_one_view(self) -> tuple[QPushButton, ...]:
        return self.update_view, self.edit, self.delete
