"""Ctrl+K: what it finds, in which order, and what a key does."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from ui.actions import Action, ActionRegistry
from ui.palette import MOST_SHOWN, CommandPalette, Entry, ranked, score
from ui.theme import Theme


def entry(text: str, rank: int | None = None) -> Entry:
    return Entry(text, "", lambda: None, rank=rank)


@pytest.mark.parametrize(
    ("query", "better", "worse"),
    [
        ("rec", "Reconciliation", "Open receipt"),
        ("undo", "Undo last run", "Refund or undo"),
        ("run", "Undo last run", "Prune"),
        ("imp", "Import statement", "Simple"),
        ("sod", "Soda", "Sign off day"),
    ],
)
def test_the_beginning_counts_more_than_the_middle(query: str, better: str, worse: str) -> None:
    first, second = score(query, better), score(query, worse)
    assert first is not None
    assert second is not None
    assert first > second


def test_every_word_must_be_found_in_text_or_keywords() -> None:
    assert score("theme dark", "Appearance: system, light, dark", "theme mode") is not None
    assert score("theme pink", "Appearance: system, light, dark", "theme mode") is None
    assert score("x", "Reconciliation") is None
    assert score("", "anything") == 0


@given(st.text(min_size=1, max_size=20).filter(lambda text: text.strip() != ""))
def test_a_text_is_found_by_itself(text: str) -> None:
    assert score(text, text) is not None


def test_ranking_keeps_the_order_of_equals_and_ends_somewhere() -> None:
    entries = [entry(f"Bus {number}") for number in range(80)]
    assert ranked("bus", entries) == entries[:MOST_SHOWN]
    assert [found.text for found in ranked("b", [entry("a b"), entry("b"), entry("c", rank=500)])] == ["c", "b", "a b"]


@pytest.fixture
def done() -> list[str]:
    """What was chosen, in order."""
    return []


@pytest.fixture
def palette(qtbot: QtBot, done: list[str]) -> CommandPalette:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    registry = ActionRegistry(parent=window)
    for name in ("Import statement…", "Auto-match", "Audit"):
        registry.add(Action(name, name, "", "Office", partial(done.append, name)))
    registry.add(Action("no", "Audit nothing", "", "Office", lambda: None, enabled=lambda: False))
    made = CommandPalette(window, Theme("light", window), registry)
    with qtbot.waitActive(window):
        window.show()
    made.open_palette()
    return made


def shown(palette: CommandPalette) -> list[str]:
    return [str(palette.model.index(row).data()) for row in range(palette.model.rowCount())]


def test_an_empty_box_lists_what_is_possible(palette: CommandPalette) -> None:
    assert shown(palette) == ["Import statement…", "Auto-match", "Audit"]
    assert palette.query.hasFocus()


def test_keys_move_and_enter_does_it(palette: CommandPalette, done: list[str]) -> None:
    QTest.keyClicks(palette.query, "au")
    assert shown(palette) == ["Auto-match", "Audit"]
    QTest.keyClick(palette.query, Qt.Key.Key_Down)
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert done == ["Audit"]
    assert palette.isHidden()


def test_the_list_goes_round_and_pages_stop_at_its_ends(palette: CommandPalette, qtbot: QtBot) -> None:
    rows = []
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        QTest.keyClick(palette.query, key)
        rows.append(palette.view.currentIndex().row())
    assert rows == [2, 0, 2, 0]


def test_a_click_does_it_too(palette: CommandPalette, done: list[str]) -> None:
    place = palette.view.visualRect(palette.model.index(1)).center()
    QTest.mouseClick(palette.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert done == ["Auto-match"]


def test_nothing_found_says_so_and_enter_does_nothing(palette: CommandPalette, qtbot: QtBot) -> None:
    palette.query.setText("zzz")
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert palette.view.isHidden()
    assert not palette._nothing.isHidden()
    assert not palette.isHidden()
    QTest.keyClick(palette.query, Qt.Key.Key_Escape)
    assert palette.isHidden()


def test_buses_and_receipts_come_from_outside(palette: CommandPalette, qtbot: QtBot) -> None:
    found: list[str] = []
    palette.add_provider(lambda query: [Entry("KDA 123A", "vehicle", lambda: found.append(query), icon="payments")])
    palette.open_palette()
    assert "KDA 123A" not in shown(palette)
    with qtbot.waitSignal(palette.sought) as sought:
        QTest.keyClicks(palette.query, "kda")
    assert sought.args == ["kda"]
    palette.offer("kd", [entry("too late")])
    palette.offer("kda", [entry("KDA 777B", rank=10)])
    assert shown(palette) == ["KDA 123A", "KDA 777B"]
    QTest.keyClick(palette.query, Qt.Key.Key_Return)
    assert found == ["kda"]


def test_markup_is_drawn_as_it_is_written_and_read_aloud_with_its_place(palette: CommandPalette) -> None:
    palette.add_provider(lambda query: [Entry("<b>Bus</b>", "vehicle", lambda: None)])
    palette.query.setText("<b>")
    index = palette.model.index(0)
    assert palette.model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "<b>Bus</b>, vehicle"
    assert palette.model.data(index, Qt.ItemDataRole.DecorationRole) is None
    assert palette.model.rowCount(index) == 0
    assert palette.model.rowCount(QModelIndex()) == 1
    picture = palette.panel.grab().toImage()
    palette.view.setCurrentIndex(QModelIndex())
    assert palette.panel.grab().toImage() != picture
