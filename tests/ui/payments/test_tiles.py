"""Tiles in much and in little room, and the line above the hours."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from services.payments.filters import PaymentFilter
from tests.ui.payments.fake import FLEET, TODAY
from ui.payments.hours import INVITATION, HoursCard
from ui.payments.tiles import Tiles
from ui.payments.words import RATED, SUCCESS_RATE, TileText
from ui.theme import Theme
from ui.widgets.amounts import fitting

EVERYTHING = PaymentFilter(FLEET.id, TODAY)
LONG = TileText(
    "412,300.00",
    "1,142 payments · ▲ 4.1 %",
    "against yesterday until 14:05",
    "▲ 6.2 %",
    "412,300.00\namount ▲ 6.2 %",
    ("1,142 payments", "▲ 4.1 % on yesterday"),
)
STATUSES = ("completed", "pending", "failed", "refunded", "partially_refunded", "other")


@pytest.fixture
def tiles(qtbot: QtBot) -> Tiles:
    theme = Theme("light")
    made = Tiles(theme, "KES")
    theme.setParent(made)
    qtbot.addWidget(made)
    made.show()
    return made


def shown(tiles: Tiles, width: int, text: TileText, *names: str) -> tuple[str, str, tuple[str, str]]:
    """What the tile 'completed' says when these tiles share a width."""
    tiles.show_texts(dict.fromkeys((*names, SUCCESS_RATE), text))
    tiles.resize(width, 104)
    QApplication.processEvents()
    tile = tiles.tile("completed")
    return tile.figure, tile.changed, tile.details


def test_with_room_everything_is_said(tiles: Tiles) -> None:
    assert shown(tiles, 1900, LONG, *STATUSES[:4]) == (
        "412,300.00",
        "▲ 6.2 %",
        ("1,142 payments · ▲ 4.1 %", "against yesterday until 14:05"),
    )
    assert "amount ▲ 6.2 %" in tiles.tile("completed").toolTip()


def test_less_room_means_fewer_words_and_never_half_an_amount(tiles: Tiles) -> None:
    figure, changed, details = shown(tiles, 700, LONG, *STATUSES)
    assert (figure, changed) == ("≈ 412 k", "")
    assert details == ("1,142 payments", "▲ 4.1 % on yesterday")
    tiles.resize(1900, 104)
    QApplication.processEvents()
    assert tiles.tile("completed").figure == "412,300.00"


@pytest.mark.parametrize(
    ("amount", "figure"),
    [("12,345,678.00", "12,345,678"), ("123,456,789,012.00", "≈ 123 bn"), ("−9,000,000.00", "≈ −9.0 M")],
)
def test_amounts_of_any_length_fit(tiles: Tiles, amount: str, figure: str) -> None:
    metrics = tiles._metrics
    room = metrics.horizontalAdvance(figure)
    assert fitting(amount, room, metrics) == figure
    assert metrics.horizontalAdvance(figure) < metrics.horizontalAdvance(amount)


def test_an_amount_too_small_to_round_stays_whole(tiles: Tiles) -> None:
    assert fitting("150.00", 1, tiles._metrics) == "150.00"


def test_a_hidden_status_shows_only_when_there_are_such_payments(tiles: Tiles) -> None:
    shown(tiles, 1134, LONG, *STATUSES[:4])
    assert tiles.tile("other").isHidden()
    shown(tiles, 1134, LONG, *STATUSES[:4], "other")
    assert not tiles.tile("other").isHidden()


def test_how_many_of_how_many(qtbot: QtBot) -> None:
    theme = Theme("light")
    card = HoursCard(theme)
    theme.setParent(card)
    qtbot.addWidget(card)
    card.show_counts(18332, 18332)
    assert (card.words, card.clear.isHidden()) == (INVITATION, True)
    narrowed = replace(EVERYTHING, statuses=frozenset({"failed"}))
    card.show_counts(None, 18332)
    card.show_filter(narrowed, "Failed")
    assert card.words == "Filtered: … of 18,332 · Failed"
    card.show_counts(1204, 18332)
    assert card.words == "Filtered: 1,204 of 18,332 · Failed"
    card.show_counts(None, None)
    assert card.words == "Filtered: Failed"
    with qtbot.waitSignal(card.cleared):
        card._clear.click()


def test_every_chosen_status_is_outlined(tiles: Tiles) -> None:
    def outlined(*statuses: str) -> set[str]:
        tiles.show_chosen(frozenset(statuses))
        return {name for name in (*STATUSES, SUCCESS_RATE) if tiles.tile(name).active}

    assert outlined("failed", "pending") == {"failed", "pending"}
    assert outlined(*RATED) == {*RATED, SUCCESS_RATE}
    assert outlined() == set()


def test_every_tile_is_equally_wide_and_named_in_full(tiles: Tiles) -> None:
    shown(tiles, 1134, LONG, *STATUSES[:5])
    widths = {tiles.tile(name).width() for name in STATUSES[:5]}
    assert max(widths) - min(widths) <= 1
    assert tiles.tile("partially_refunded")._name.shown_text() == "Part refunded"


def test_private_tiles_hold_no_amount(tiles: Tiles) -> None:
    back = TileText(
        "900.00", "3 payments", "150.00 given back", tip="900.00", short=("3 payments", "150.00 back"), private=True
    )
    tiles.show_texts(
        {"completed": LONG, "refunded": back, SUCCESS_RATE: TileText("97.1 %", "34 of 35 paid", tip="What it is")}
    )
    tiles.resize(1900, 104)
    tiles.conceal(True)
    QApplication.processEvents()
    for name in ("completed", "refunded"):
        tile = tiles.tile(name)
        told = " ".join(
            (tile.figure, *tile.details, tile.toolTip(), tile.accessibleName(), tile.accessibleDescription())
        )
        assert ".00" not in told
        assert tile.figure == "•••••"
    assert tiles.tile("completed").details[0] == "1,142 payments · ▲ 4.1 %"
    assert tiles.tile(SUCCESS_RATE).figure == "97.1 %"
    tiles.conceal(False)
    assert (tiles.tile("refunded").figure, tiles.tile("refunded").details[1]) == ("900.00", "150.00 given back")


def test_the_hour_has_a_cross_of_its_own(qtbot: QtBot) -> None:
    theme = Theme("light")
    card = HoursCard(theme)
    theme.setParent(card)
    qtbot.addWidget(card)
    assert card.hour.isHidden()
    card.show_filter(replace(EVERYTHING, hour=7), "")
    card.show_counts(12, 18332)
    assert (card.words, card.hour.text(), card.clear.isHidden()) == ("Filtered: 12 of 18,332", "07:00–07:59 ×", False)
    with qtbot.waitSignal(card.hour_cleared):
        card._hour.click()
    card.show_filter(EVERYTHING, "")
    assert (card.words, card.hour.isHidden()) == (INVITATION, True)


def test_the_bars_are_hours_of_what_the_days_are(qtbot: QtBot) -> None:
    theme = Theme("light")
    card = HoursCard(theme)
    theme.setParent(card)
    qtbot.addWidget(card)
    card.show_filter(replace(EVERYTHING, basis="taken"), "by day of payment")
    assert card.words == "Filtered: by day of payment · bars by hour of payment"
    card.show_filter(replace(EVERYTHING, basis="refunded"), "by day of refund")
    assert card.words == "Filtered: by day of refund · bars by hour of refund"
    card.show_filter(replace(EVERYTHING, weekdays=frozenset({2})), "Tuesdays")
    assert card.words == "Filtered: Tuesdays"
