"""A model, and a shown table, of invented payments."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import COLUMNS, Clock, Paid, Table, down_from
from ui.grid import GridModel, GridView, Order
from ui.theme import LIGHT


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def model(clock: Clock, qtbot: QtBot) -> Iterator[GridModel[Paid]]:
    made = GridModel(COLUMNS, lambda row: row.number, order=Order[Paid](lambda row: row.number), clock=clock)
    yield made
    made.deleteLater()


@pytest.fixture
def table(model: GridModel[Paid], qtbot: QtBot) -> Table:
    """A shown table of payments numbered `count` down to 1."""

    def show(count: int, height: int = 330) -> tuple[GridModel[Paid], GridView[Paid]]:
        model.reset(down_from(count))
        view = GridView(model, LIGHT, "Payments")
        qtbot.addWidget(view)
        view.set_reduced_motion(True)
        view.resize(600, height)
        view.show()
        qtbot.waitExposed(view)
        return model, view

    return show
