"""What is copied from a table."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from tests.ui.grid.paid import Paid
from ui.grid import Column, GridModel, GridView
from ui.grid.copying import as_tsv
from ui.theme import LIGHT


def test_cells_stay_cells() -> None:
    assert as_tsv([["Name", "Amount"], ["A\tB\r\nC  D", "1,200.00"]]) == "Name\tAmount\nA B C D\t1,200.00"


def time(key: str, *, private: bool) -> Column[Paid]:
    """A column with room for the clock alone."""
    whole = "2026-11-22 {}:05:11"
    return Column(
        key, key, 90, lambda row: f"{row.number}:05", private=private, copied=lambda row: whole.format(row.number)
    )


def test_what_has_no_room_is_copied_in_full_and_what_is_masked_stays_so(qtbot: QtBot) -> None:
    model = GridModel[Paid]((time("plain", private=False), time("private", private=True)), lambda row: row.number)
    view = GridView(model, LIGHT, "Payments")
    qtbot.addWidget(view)
    model.setParent(view)
    model.reset([Paid(14)])
    view.selectRow(0)
    view.copy_selection()
    assert model.text(0, 0) == "14:05"
    assert QGuiApplication.clipboard().text() == "2026-11-22 14:05:11\t2026-11-22 14:05:11"
    model.conceal(True)
    view.copy_selection()
    assert QGuiApplication.clipboard().text() == "2026-11-22 14:05:11\t•••••"
