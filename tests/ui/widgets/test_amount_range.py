"""The two fields of an amount."""

from __future__ import annotations

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from ui.widgets.amount_range import AmountRange


@pytest.fixture
def amounts(qtbot: QtBot) -> AmountRange:
    made = AmountRange()
    qtbot.addWidget(made)
    with qtbot.waitActive(made):
        made.show()
    return made


def bounds(amounts: AmountRange) -> tuple[Decimal | None, Decimal | None]:
    return amounts.least, amounts.most


def test_amounts_as_people_write_them(amounts: AmountRange, qtbot: QtBot) -> None:
    heard: list[tuple[Decimal | None, Decimal | None]] = []
    amounts.changed.connect(lambda: heard.append(bounds(amounts)))
    QTest.keyClicks(amounts.first, "1,200")
    QTest.keyClick(amounts.first, Qt.Key.Key_Return)
    QTest.keyClicks(amounts.last, "2 500.50")
    qtbot.waitUntil(lambda: len(heard) == 2)
    QTest.keyClick(amounts.last, Qt.Key.Key_Return)
    assert heard == [(Decimal("1200.00"), None), (Decimal("1200.00"), Decimal("2500.50"))]


@pytest.mark.parametrize(("first", "last", "said"), [("12x", "", "written like"), ("200", "100", "more than to")])
def test_what_cannot_be_meant_is_said_and_filters_nothing(
    amounts: AmountRange, qtbot: QtBot, first: str, last: str, said: str
) -> None:
    amounts.set_bounds(Decimal("5.00"), None)
    amounts.first.clear()
    with qtbot.assertNotEmitted(amounts.changed):
        QTest.keyClicks(amounts.last, last)
        QTest.keyClicks(amounts.first, first)
        QTest.keyClick(amounts.first, Qt.Key.Key_Return)
    assert said in amounts.complaint
    assert amounts.first.property("invalid") is True
    assert said in amounts.first.accessibleDescription()
    assert bounds(amounts) == (Decimal("5.00"), None)
    amounts.clear()
    assert (amounts.complaint, bounds(amounts)) == ("", (None, None))


def test_bounds_from_outside_are_silent_and_leave_ones_own_spelling(amounts: AmountRange, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(amounts.changed):
        amounts.set_bounds(Decimal("1200.00"), Decimal("-5.00"))
    assert (amounts.first.text(), amounts.last.text()) == ("1,200.00", "−5.00")
    amounts.set_bounds(None, None)
    QTest.keyClicks(amounts.first, "1200")
    QTest.keyClick(amounts.first, Qt.Key.Key_Return)
    amounts.set_bounds(Decimal("1200.00"), None)
    assert amounts.first.text() == "1200"


def test_clearing_nothing_says_nothing(amounts: AmountRange, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(amounts.changed):
        amounts.clear()


def test_the_fields_have_names(amounts: AmountRange) -> None:
    assert [field.accessibleName() for field in (amounts.first, amounts.last)] == ["Amount from", "Amount to"]
