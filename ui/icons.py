"""The product's own icons: one family of one-colour drawings, crisp at every scale."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

import resources

_SCALES = (1, 2, 3)
_APP_SIZES = (16, 24, 32, 48, 64, 128, 256)


def icon(name: str, colour: str, size: int = 16) -> QIcon:
    """The icon `name` in `colour` ('#RRGGBB'), `size` pixels wide; FileNotFoundError when there is no such drawing."""
    # QtSvg draws `currentColor` black, so the colour is written into the drawing.
    drawing = resources.text(f"icons/{name}.svg").replace("currentColor", colour)
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(_drawn(drawing, size, scale))
    return made


def pixmap(name: str, colour: str, size: int = 16, ratio: float = 1.0) -> QPixmap:
    """The icon `name` as a picture for a screen of the given device pixel ratio."""
    return _drawn(resources.text(f"icons/{name}.svg").replace("currentColor", colour), size, ratio)


def brand_pixmap(accent: str, onaccent: str, size: int = 18, ratio: float = 1.0) -> QPixmap:
    """The product's mark in the given colours."""
    return _drawn(_brand(accent, onaccent), size, ratio)


def app_icon(accent: str, onaccent: str) -> QIcon:
    """The window's and the task bar's icon."""
    made = QIcon()
    for size in _APP_SIZES:
        made.addPixmap(_drawn(_brand(accent, onaccent), size, 1))
    return made


def _brand(accent: str, onaccent: str) -> str:
    drawing = resources.text("icons/app.svg")
    return drawing.replace('fill="accent"', f'fill="{accent}"').replace('stroke="onaccent"', f'stroke="{onaccent}"')


def _drawn(drawing: str, size: int, ratio: float) -> QPixmap:
    # A larger icon keeps the family's stroke instead of growing heavier.
    drawing = drawing.replace('stroke-width="1.6"', f'stroke-width="{1.6 * 16 / max(16, size):.2f}"')
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    renderer.render(painter, QRectF(picture.rect()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture
