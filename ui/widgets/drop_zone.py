"""The sign that appears while a file is dragged over the window, and takes the file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import Theme
from ui.widgets.label import label


def files_in(data: QMimeData) -> list[Path]:
    """The files of this computer that are dragged; none when it is text, a picture or a web address."""
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]


class DropZone(QWidget):
    """Covers its parent while files are dragged; `dropped(list[Path])` when they are let go."""

    dropped = Signal(list)

    def __init__(self, theme: Theme, parent: QWidget, words: str) -> None:
        super().__init__(parent)
        self._theme, self._covered = theme, parent
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self._build(words)
        self.setAcceptDrops(True)
        self.setAccessibleName(words)
        theme.changed.connect(self._redraw)
        self._redraw()
        self.hide()

    def offer(self) -> None:
        """Shows the zone over the whole parent."""
        self.setGeometry(self._covered.rect())
        self.show()
        self.raise_()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes files only."""
        if files_in(event.mimeData()):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Takes the files anywhere on the window."""
        event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """Goes away with the files."""
        self.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Hands the files over."""
        self.hide()
        files = files_in(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.dropped.emit(files)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dims what is below."""
        shade = QColor(self._theme.tokens.canvas)
        shade.setAlpha(200)
        QPainter(self).fillRect(self.rect(), shade)

    def _build(self, words: str) -> None:
        zone = QFrame()
        zone.setProperty("part", "zone")
        zone.setMinimumSize(420, 170)
        inner = QVBoxLayout(zone)
        inner.setSpacing(6)
        inner.addStretch(1)
        inner.addWidget(self._icon)
        for line in (
            label(words, scale="title"),
            label("The file is read and shown before anything is kept.", tone="muted"),
        ):
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            inner.addWidget(line)
        inner.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addWidget(zone, 0, Qt.AlignmentFlag.AlignCenter)

    def _redraw(self) -> None:
        self._icon.setPixmap(pixmap("import", self._theme.tokens.accent, 32, self.devicePixelRatioF()))
