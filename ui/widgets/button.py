"""Push buttons in the product's few manners."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton

Manner = Literal["quiet", "primary", "danger", "plain", "link"]


def button(text: str, manner: Manner = "quiet", *, tip: str = "") -> QPushButton:
    """A push button in one of its manners.

    Quiet is outlined, primary filled (one a page), danger has red words, plain is words alone, and link stands in line with a text.
    """
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    made.setProperty(manner, True)
    return made


def menu_button(text: str, menu: QMenu) -> QPushButton:
    """A quiet button that opens a menu; the menu becomes the button's child."""
    made = button(text)
    made.setProperty("menu", True)
    menu.setParent(made, menu.windowFlags())
    made.setMenu(menu)
    return made
