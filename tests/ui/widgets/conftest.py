"""What every widget's test needs."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from ui.theme import Theme


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    """The light appearance, not applied to the application."""
    return Theme("light")
