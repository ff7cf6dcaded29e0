"""Back and forward in a window: by Alt+← and Alt+→, and by the mouse's own buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QMouseEvent, QWindow
from PySide6.QtWidgets import QWidget

from ui.actions import Action, ActionRegistry
from ui.widgets.overlay import Overlay

_BUTTONS: Final = {Qt.MouseButton.BackButton: "window.back", Qt.MouseButton.ForwardButton: "window.forward"}


def _nowhere() -> bool:
    return False


class Travel(QObject):
    """`back_wanted()` and `forward_wanted()`, where `allow` says that there is somewhere to go."""

    back_wanted = Signal()
    forward_wanted = Signal()

    def __init__(self, window: QWidget, registry: ActionRegistry) -> None:
        super().__init__(window)
        self._window, self._registry = window, registry
        self._can_go_back: Callable[[], bool] = _nowhere
        self._can_go_forward: Callable[[], bool] = _nowhere

    def allow(self, can_go_back: Callable[[], bool], can_go_forward: Callable[[], bool]) -> None:
        """Lets the person go back and forward where these say so; before, there is nowhere to go."""
        self._can_go_back, self._can_go_forward = can_go_back, can_go_forward

    def actions(self) -> tuple[Action, ...]:
        """What a person can do, for the registry."""
        back, forward = self.back_wanted.emit, self.forward_wanted.emit
        return (
            Action("window.back", "Back", "Alt+Left", "Window", back, "history", lambda: self._can_go_back()),
            Action(
                "window.forward", "Forward", "Alt+Right", "Window", forward, "history", lambda: self._can_go_forward()
            ),
        )

    def watch(self, handle: QWindow) -> None:
        """Takes the mouse's buttons from the window's handle, before any widget: a table would take them for a click."""
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Goes back or forward by the mouse, unless a panel covers the page."""
        if not isinstance(event, QMouseEvent) or event.button() not in _BUTTONS:
            return super().eventFilter(watched, event)
        pressed = event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
        if pressed and not any(overlay.isVisible() for overlay in self._window.findChildren(Overlay)):
            self._registry.run(_BUTTONS[event.button()])
        return True
