"""The paper's font, known to Qt."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from ui.theme import load_fonts


@pytest.fixture(autouse=True)
def fonts(qapp: QApplication) -> None:
    """Inter, as every window has it."""
    load_fonts()
