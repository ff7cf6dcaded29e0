"""The window: a rail of pages, the page with its messages, and the status bar below."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from PySide6.QtCore import QByteArray, QEvent, QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from ui.actions import Action, ActionRegistry
from ui.icons import app_icon
from ui.theme import MODES, Theme
from ui.travel import Travel
from ui.widgets import message_strip, status_bar
from ui.widgets.drop_zone import DropZone, files_in
from ui.widgets.message_strip import MessageAction, MessageStack, MessageStrip
from ui.widgets.rail import Rail
from ui.widgets.status_bar import StatusBar

if TYPE_CHECKING:
    from ui.palette import CommandPalette
    from ui.shortcuts import ShortcutsOverlay

PRODUCT: Final = "Fleet Finance"
DEFAULT_SIZE: Final = (1366, 768)
SMALLEST_SIZE: Final = (1024, 640)
#: Below this width the rail shows icons alone.
NARROW_BELOW: Final = 1200
#: Up to this width a page that asks for room gets the rail's too.
COMPACT_UP_TO: Final = 1366


def rail_is_narrow(width: int, *, collapsed: bool, compact_page: bool) -> bool:
    """Whether the rail shows icons alone in a window `width` pixels wide."""
    return collapsed or width < NARROW_BELOW or (compact_page and width <= COMPACT_UP_TO)


class MainWindow(QMainWindow):
    """The shell around the pages; it knows their names and nothing of what they do.

    `page_changed(name)`; `files_dropped(list[Path])`; `layout_reset()` asks pages to forget columns and splitters; `closed()`.
    """

    page_changed = Signal(str)
    files_dropped = Signal(list)
    layout_reset = Signal()
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        registry: ActionRegistry,
        *,
        environment: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__()
        self._theme, self._registry = theme, registry
        self._pages: dict[str, QWidget] = {}
        self._titles: dict[str, str] = {}
        self._compact_pages: set[str] = set()
        self._fleet = ""
        self._collapsed = False
        self._peek = False
        self.rail = Rail(theme, PRODUCT)
        self.status = StatusBar(theme, environment, now=now)
        self._stack = QStackedWidget()
        self.messages = MessageStack(theme, self._stack)
        self._menu = QMenu(self)
        self._build(environment)
        self.drop_zone = DropZone(theme, self, "Drop to import the statement")
        self._connect()
        registry.attach(self)
        self.travel = Travel(self, registry)
        registry.add_all((*self._own_actions(), *self.travel.actions()))

    # What opens over the page is made when it is first wanted: the window is painted sooner without it.

    @cached_property
    def palette_overlay(self) -> CommandPalette:
        """The command palette."""
        from ui.palette import CommandPalette

        return CommandPalette(self, self._theme, self._registry)

    @cached_property
    def shortcuts_overlay(self) -> ShortcutsOverlay:
        """The list of every shortcut."""
        from ui.shortcuts import ShortcutsOverlay

        return ShortcutsOverlay(self, self._registry)

    def _find(self) -> None:
        self.palette_overlay.open_palette()

    def _show_shortcuts(self) -> None:
        self.shortcuts_overlay.open_overlay()

    # Pages

    def add_page(self, name: str, title: str, icon: str, widget: QWidget, *, compact_rail: bool = False) -> None:
        """Adds a page below the others in the rail; the n-th opens with Ctrl+n. ValueError when the name is taken."""
        if name in self._pages:
            raise ValueError(f"a page named {name!r} exists already")
        shortcut = f"Ctrl+{len(self._pages) + 1}"
        action = Action(f"page.{name}", title, shortcut, "Pages", lambda: self.show_page(name), "page go to", icon=icon)
        self._registry.add(action)
        self._pages[name], self._titles[name] = widget, title
        if compact_rail:
            self._compact_pages.add(name)
        self.rail.add(name, title, icon, action.keys)
        self._stack.addWidget(widget)
        if len(self._pages) == 1:
            self.show_page(name)

    def set_placeholder(self, widget: QWidget) -> None:
        """Shows this in the pages' place until the first page is there."""
        self._stack.addWidget(widget)

    def show_page(self, name: str) -> None:
        """Shows a page; KeyError when there is none of that name."""
        widget = self._pages[name]
        self.rail.button(name).setChecked(True)
        if self._stack.currentWidget() is not widget or self.windowTitle() == "":
            self._peek = False
            self._stack.setCurrentWidget(widget)
            self.messages.raise_()
            self._fit_rail()
            self._entitle()
            widget.setFocus()
            self.page_changed.emit(name)

    def bring_up(self) -> None:
        """Brings the window before the others, as far as the desktop allows."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def current_page(self) -> str:
        """The name of the page that is shown; '' before the first is added."""
        shown = self._stack.currentWidget()
        return next((name for name, widget in self._pages.items() if widget is shown), "")

    def set_badge(self, name: str, count: int) -> None:
        """Shows beside a page how many things wait there; 0 takes the number away."""
        self.rail.button(name).set_count(count)

    # The status bar

    def set_fleet(self, name: str) -> None:
        """Says whose money is shown."""
        self._fleet = name
        self.status.set_fleet(name)
        self._entitle()

    def set_connection(self, kind: Literal["relay", "database"], state: status_bar.State, words: str) -> None:
        """Says how the live feed or the database stands, by icon and words."""
        sign = self.status.relay if kind == "relay" else self.status.database
        sign.tell(state, words)
        sign.show()

    def set_unread(self, count: int) -> None:
        """Says how many alerts nobody has read; a click shows the page 'alerts'."""
        self.status.set_unread(count)

    def show_task(self, title: str, progress: float | None = None, cancel: Callable[[], object] | None = None) -> None:
        """Shows what runs; `progress` is 0 to 1 or None while unknown; `cancel` makes Cancel and Esc stop it."""
        self.status.show_task(title, progress, cancel)

    def hide_task(self) -> None:
        """Says that nothing runs."""
        self.status.hide_task()

    def set_summary(self, text: str) -> None:
        """Shows the line's last words: '1,284 payments today'."""
        self.status.set_summary(text)

    # Messages

    def show_message(
        self, kind: message_strip.Kind, text: str, detail: str = "", action: MessageAction | None = None
    ) -> MessageStrip:
        """Shows a message over the page: faults until they are dismissed, news for some seconds.

        `action` is a button's words and what it does.
        """
        return self.messages.say(kind, text, detail, action=action)

    def dismiss_message(self, strip: MessageStrip) -> None:
        """Takes a message away, because what it said no longer holds."""
        self.messages.dismiss(strip)

    # State

    def save_state(self, settings: QSettings) -> None:
        """Remembers size, place, page, rail and appearance."""
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/page", self.current_page)
        settings.setValue("window/rail_collapsed", int(self._collapsed))
        settings.setValue("window/theme", self._theme.mode)

    def restore_look(self, settings: QSettings) -> None:
        """Brings back size, place, rail and appearance; what is missing or damaged stays as it is."""
        geometry = settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self.restoreGeometry(geometry)
        mode = settings.value("window/theme")
        if mode in MODES:
            self._theme.set_mode(next(known for known in MODES if known == mode))
        self._collapsed = str(settings.value("window/rail_collapsed", "0")) == "1"
        self._fit_rail()

    def restore_page(self, settings: QSettings) -> None:
        """Shows the page that was shown last, if there still is one of that name."""
        page = str(settings.value("window/page", ""))
        if page in self._pages:
            self.show_page(page)

    def restore_state(self, settings: QSettings) -> None:
        """Brings back what `save_state` remembered."""
        self.restore_look(settings)
        self.restore_page(settings)

    def reset_layout(self) -> None:
        """Puts window and rail back as they were at first, and asks the pages to do the same."""
        self.showNormal()
        self.resize(*DEFAULT_SIZE)
        room = self.screen().availableGeometry()
        self.move(
            max(room.left(), room.center().x() - self.width() // 2),
            max(room.top(), room.center().y() - self.height() // 2),
        )
        self._collapsed = self._peek = False
        self._fit_rail()
        self.layout_reset.emit()

    def toggle_rail(self) -> None:
        """Collapses the rail to icons or opens it; where a page needs the room, only until the page changes."""
        if rail_is_narrow(self.width(), collapsed=False, compact_page=self.current_page in self._compact_pages):
            self._peek = not self._peek
        else:
            self._collapsed = not self._collapsed
        self._fit_rail()

    # Events

    def closeEvent(self, event: QCloseEvent) -> None:
        """Tells that the person is done."""
        super().closeEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Decides anew how wide the rail may be."""
        super().resizeEvent(event)
        self._fit_rail()

    def showEvent(self, event: QShowEvent) -> None:
        """Watches for files from the first time the window is on the screen."""
        super().showEvent(event)
        # Asked before any widget is: a search box would otherwise take the file's name as text.
        self.windowHandle().installEventFilter(self)
        self.travel.watch(self.windowHandle())
        page = self._stack.currentWidget()
        if page is not None and not event.spontaneous():
            page.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Raises the drop zone as soon as files are dragged over any part of the window."""
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent) and files_in(event.mimeData()):
            self.drop_zone.offer()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc that nobody else wanted cancels the running task."""
        if event.key() == Qt.Key.Key_Escape and self.status.task.cancel():
            event.accept()
        else:
            super().keyPressEvent(event)

    # Inside

    def _build(self, environment: str) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self._stack, 1)
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        if environment != "production":
            column.addWidget(_environment_strip(environment))
        column.addLayout(middle, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        self.setMinimumSize(*SMALLEST_SIZE)
        self.resize(*DEFAULT_SIZE)
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.rail.picked.connect(self.show_page)
        self.rail.find_wanted.connect(self._find)
        self.rail.menu_wanted.connect(self._open_menu)
        self.status.unread_clicked.connect(self._show_alerts)
        self.drop_zone.dropped.connect(self._dropped)
        self._theme.changed.connect(self._redraw)
        self._redraw()

    def _own_actions(self) -> tuple[Action, ...]:
        return (
            Action(
                "window.palette",
                "Find anything…",
                "Ctrl+K",
                "Window",
                self._find,
                "search command",
            ),
            Action(
                "window.shortcuts",
                "Keyboard shortcuts",
                "?",
                "Window",
                self._show_shortcuts,
                "help keys",
            ),
            Action("window.menu", "Open the menu", "F10", "Window", self._open_menu),
            Action("window.rail", "Collapse or open the rail", "Ctrl+B", "Window", self.toggle_rail, "sidebar"),
            Action(
                "window.theme",
                "Appearance: system, light, dark",
                "Ctrl+Shift+D",
                "Window",
                self._next_theme,
                "theme mode",
            ),
            Action("window.reset", "Reset layout", "", "Window", self.reset_layout, "columns splitters size default"),
            Action("window.cancel", "Cancel the running task", "Esc", "Window", self.status.task.cancel, passive=True),
        )

    def _next_theme(self) -> None:
        self._theme.next_mode()

    def _open_menu(self) -> None:
        self._registry.fill(self._menu)
        self._menu.popup(self.rail.brand.mapToGlobal(QPoint(0, self.rail.brand.height() + 2)))

    def _show_alerts(self) -> None:
        if "alerts" in self._pages:
            self.show_page("alerts")

    def _dropped(self, files: list[Path]) -> None:
        self.files_dropped.emit(files)

    def _redraw(self) -> None:
        self.setWindowIcon(app_icon(self._theme.tokens.accent, self._theme.tokens.onaccent))

    def _fit_rail(self) -> None:
        compact = self.current_page in self._compact_pages
        narrow = rail_is_narrow(self.width(), collapsed=self._collapsed, compact_page=compact) and not self._peek
        if narrow != self.rail.narrow:
            self.rail.set_narrow(narrow)

    def _entitle(self) -> None:
        parts = (self._titles.get(self.current_page, ""), self._fleet, PRODUCT)
        self.setWindowTitle(" — ".join(part for part in parts if part))


def _environment_strip(environment: str) -> QFrame:
    strip = QFrame()
    strip.setProperty("part", "environment-strip")
    strip.setProperty("kind", environment)
    strip.setFixedHeight(3)
    return strip
