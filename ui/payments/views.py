"""Saved views at work: reads and changes them in tasks, and knows which one is shown and whether it was changed since."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from services.domain.errors import WorkstationError
from services.payments.views import SavedView
from ui.payments.views_menu import ViewsButton
from ui.tasks import Tasks

LIST, CHANGE = "views.list", "views.change"


class ViewStore(Protocol):
    """What keeps the views: `services.payments.views.ViewService`."""

    def list(self, fleet_id: UUID) -> Sequence[SavedView]: ...
    def may_share(self, fleet_id: UUID) -> bool: ...
    def save(self, fleet_id: UUID, name: str, shared: bool, definition: Mapping[str, object]) -> SavedView: ...
    def update(self, fleet_id: UUID, view_id: UUID, definition: Mapping[str, object]) -> SavedView: ...
    def rename(self, fleet_id: UUID, view_id: UUID, name: str) -> SavedView: ...
    def share(self, fleet_id: UUID, view_id: UUID, shared: bool) -> SavedView: ...
    def delete(self, fleet_id: UUID, view_id: UUID) -> None: ...


class SavedViews(QObject):
    """Runs the button of views; `chosen(SavedView)` when its definition is to be shown, `listed()` when the views are others.

    Who shows a definition answers every change of what is shown, a chosen view's too, with `show_state`.
    """

    chosen = Signal(object)
    listed = Signal()

    def __init__(self, button: ViewsButton, tasks: Tasks, store: ViewStore) -> None:
        super().__init__(button)
        self._button, self._popup, self._tasks, self._store = button, button.popup, tasks, store
        self._fleet: UUID | None = None
        self._views: tuple[SavedView, ...] = ()
        self._current: SavedView | None = None
        self._state: dict[str, Any] = {}
        # What is shown once the current view is: the page may spell a definition in its own way.
        self._settled = ""
        self._choosing = False
        self._connect()

    @property
    def views(self) -> tuple[SavedView, ...]:
        """The views as last read."""
        return self._views

    @property
    def current(self) -> SavedView | None:
        """The view that was chosen last, also when something was changed since."""
        return self._current

    @property
    def changed(self) -> bool:
        """Whether what is shown is no longer the current view."""
        return self._current is not None and _spelled(self._state) != self._settled

    def set_fleet(self, fleet_id: UUID) -> None:
        """Offers another fleet's views."""
        self._fleet, self._current = fleet_id, None
        self._take(())
        self.reload()

    def reload(self) -> None:
        """Reads the views again."""
        if (fleet := self._fleet) is not None:
            work = partial(_read, self._store, fleet)
            self._tasks.run(LIST, work, self._listed, self._list_failed)

    def show_state(self, definition: Mapping[str, Any]) -> None:
        """Takes note of what is shown now: what "Save this view" would keep."""
        self._state = dict(definition)
        if self._choosing:
            self._settled = _spelled(self._state)
        self._tell()

    def choose(self, view: SavedView) -> None:
        """Has a view shown."""
        self._current, self._settled = view, _spelled(view.definition)
        self._choosing = True
        try:
            self.chosen.emit(view)
        finally:
            self._choosing = False
        self._tell()

    def leave(self) -> None:
        """No view is current any more, as after "Clear all"."""
        self._current = None
        self._tell()

    # --- changes -----------------------------------------------------------------------------------------------------

    def _save(self, name: str, shared: bool) -> None:
        state = dict(self._state)
        self._change(lambda fleet: self._store.save(fleet, name, shared, state), partial(self._kept, state))

    def _update(self, view: SavedView) -> None:
        state = dict(self._state)
        self._change(lambda fleet: self._store.update(fleet, view.id, state), partial(self._kept, state))

    def _edit(self, view: SavedView, name: str, shared: bool) -> None:
        self._change(lambda fleet: _edited(self._store, fleet, view, name, shared), self._renamed)

    def _delete(self, view: SavedView) -> None:
        self._change(lambda fleet: self._store.delete(fleet, view.id), lambda _: None)

    def _change(self, work: Callable[[UUID], Any], done: Callable[[Any], None]) -> None:
        if (fleet := self._fleet) is not None:
            self._popup.set_busy(True)
            self._tasks.run(CHANGE, partial(work, fleet), partial(self._made, done), self._failed)

    def _made(self, done: Callable[[Any], None], result: Any) -> None:
        self._popup.set_busy(False)
        self._popup.settled()
        done(result)
        self.reload()

    def _kept(self, state: Mapping[str, Any], view: SavedView) -> None:
        self._current, self._settled = view, _spelled(state)
        self._tell()

    def _renamed(self, view: SavedView) -> None:
        if self._current is not None and self._current.id == view.id:
            self._current = view
            self._tell()

    def _failed(self, error: WorkstationError) -> None:
        self._popup.set_busy(False)
        self._popup.complain(str(error))

    # --- what there is -----------------------------------------------------------------------------------------------

    def _listed(self, read: tuple[Sequence[SavedView], bool]) -> None:
        views, may_share = read
        if self._current is not None:
            self._current = next((view for view in views if view.id == self._current.id), None)
        self._popup.allow_sharing(may_share)
        self._take(views)

    def _list_failed(self, error: WorkstationError) -> None:
        self._popup.complain(f"The views could not be read. {error}")

    def _take(self, views: Sequence[SavedView]) -> None:
        self._views = tuple(views)
        self._popup.show_views(self._views)
        self._tell()
        self.listed.emit()

    def _tell(self) -> None:
        self._button.show_current(self._current, changed=self.changed)

    def _connect(self) -> None:
        self._popup.opened.connect(self.reload)
        self._popup.picked.connect(self.choose)
        self._popup.save_wanted.connect(self._save)
        self._popup.update_wanted.connect(self._update)
        self._popup.edit_wanted.connect(self._edit)
        self._popup.delete_wanted.connect(self._delete)


def _read(store: ViewStore, fleet: UUID) -> tuple[Sequence[SavedView], bool]:
    return store.list(fleet), store.may_share(fleet)


def _edited(store: ViewStore, fleet: UUID, view: SavedView, name: str, shared: bool) -> SavedView:
    if name != view.name:
        view = store.rename(fleet, view.id, name)
    return store.share(fleet, view.id, shared) if shared != view.shared else view


def _spelled(definition: Mapping[str, Any]) -> str:
    # Tuples become lists on their way through the database, and nothing else is meant by the one or the other.
    return json.dumps(definition, sort_keys=True, default=str)
