"""The colours people must be able to read, and how a choice of them reaches the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QPalette
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

import resources
from ui import theme as looks
from ui.theme import DARK, LIGHT, Mode, Theme, Tokens, contrast, font, load_fonts, mixed, restyle, stylesheet

BOTH = pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
SURFACES = ("canvas", "surface", "raised", "sunken")
WORDS = ("text", "muted", "faint", "accent", "completed", "pending", "failed", "refunded", "info")
STATUSES = ("completed", "pending", "failed", "refunded", "partially_refunded", "info", "on_hold")


@pytest.fixture
def plain_app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    qapp.setStyleSheet("")


@BOTH
@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("word", WORDS)
def test_words_are_readable_on_every_surface(tokens: Tokens, word: str, surface: str) -> None:
    assert contrast(getattr(tokens, word), getattr(tokens, surface)) >= 4.5


@BOTH
@pytest.mark.parametrize("status", STATUSES)
def test_a_status_is_readable_on_its_own_background(tokens: Tokens, status: str) -> None:
    colour, weak = tokens.status(status)
    assert contrast(colour, weak) >= 4.5


@BOTH
@pytest.mark.parametrize("word", ["text", "muted", "accent", "failed", "completed"])
def test_words_are_readable_in_a_selected_row(tokens: Tokens, word: str) -> None:
    # `faint` is not: in the dark it reaches 3.97, so selected rows use `muted`.
    assert contrast(getattr(tokens, word), tokens.accentweak) >= 4.5


@BOTH
@pytest.mark.parametrize("weak", ["completedweak", "pendingweak", "failedweak", "infoweak"])
@pytest.mark.parametrize("word", ["text", "muted"])
def test_messages_are_readable(tokens: Tokens, word: str, weak: str) -> None:
    assert contrast(getattr(tokens, word), getattr(tokens, weak)) >= 4.5


@BOTH
def test_words_on_the_accent_are_readable(tokens: Tokens) -> None:
    assert contrast(tokens.onaccent, tokens.accent) >= 4.5
    assert contrast(tokens.onaccent, tokens.accentpressed) >= 4.5


def test_contrast_is_the_ratio_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    assert contrast("#123456", "#123456") == 1


def test_mixing_goes_from_one_colour_to_the_other() -> None:
    assert [mixed("#000000", "#FFFFFF", share) for share in (0, 0.5, 1)] == ["#FFFFFF", "#808080", "#000000"]


def test_an_unknown_status_is_neutral() -> None:
    assert LIGHT.status("on_hold") == (LIGHT.muted, LIGHT.line)
    assert LIGHT.status("partially_refunded") == LIGHT.status("refunded")


@pytest.mark.parametrize("dark", [False, True])
def test_the_style_sheet_holds_only_colours_of_its_tokens(dark: bool) -> None:
    tokens = DARK if dark else LIGHT
    known = {getattr(tokens, name) for name in tokens.__slots__} | {tokens.infoweak, tokens.accentpressed}
    written = stylesheet(tokens, dark=dark)
    assert set(re.findall(r"#[0-9A-Fa-f]{6}\b", written)) <= known
    assert "$" not in re.sub(r"/\*.*?\*/", "", written, flags=re.S)


@pytest.mark.parametrize(("folder", "tokens"), [("light", LIGHT), ("dark", DARK)])
def test_the_style_sheets_pictures_have_the_tokens_colours(folder: str, tokens: Tokens) -> None:
    for name, colour in {"chevron_down": tokens.muted, "check": tokens.onaccent, "radio": tokens.onaccent}.items():
        assert colour in resources.text(f"icons/{folder}/{name}.svg")


def test_the_font_is_our_own_with_figures_of_equal_width(qapp: QApplication) -> None:
    assert "Inter" in load_fonts()
    assert len({QFontMetricsF(font(13, weight)).horizontalAdvance("Completed") for weight in (400, 500, 600)}) == 3
    assert QFontInfo(font()).family() == "Inter"
    tabular, proportional = font(21, 600), font(21, 600)
    proportional.clearFeatures()
    assert spread(tabular) < 0.1 < 1 < spread(proportional)
    assert font().pixelSize() == 13


def spread(face: QFont) -> float:
    """By how many pixels the widths of figures differ."""
    widths = [QFontMetricsF(face).horizontalAdvance(figure) for figure in "0123456789"]
    return max(widths) - min(widths)


def test_a_damaged_font_is_named(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "_FACES", ("OFL.txt",))
    with pytest.raises(ValueError, match=r"OFL\.txt is damaged"):
        load_fonts()


def test_a_choice_is_drawn_before_it_is_announced(qtbot: QtBot, plain_app: QApplication) -> None:
    theme = Theme("light")
    theme.apply(plain_app)
    seen: list[str] = []
    theme.changed.connect(lambda: seen.append(plain_app.palette().color(QPalette.ColorRole.Window).name().upper()))
    theme.set_mode("dark")
    theme.set_mode("dark")
    theme.set_mode("light")
    assert seen == [DARK.canvas, LIGHT.canvas]
    assert LIGHT.accent in plain_app.styleSheet()


@pytest.mark.parametrize("first", ["system", "light"])
def test_every_step_is_seen(qtbot: QtBot, first: Mode) -> None:
    theme = Theme(first)
    seen = [theme.dark, *(theme.next_mode() and theme.dark for _ in range(3))]
    assert seen == [False, True, False, True]
    assert theme.next_mode() == "system"


def test_the_systems_scheme_is_followed_unless_forced(qtbot: QtBot, plain_app: QApplication) -> None:
    theme = Theme("system")
    theme.apply(plain_app)
    theme.apply(plain_app)
    changes: list[bool] = []
    theme.changed.connect(lambda: changes.append(theme.dark))
    plain_app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert changes == [plain_app.styleHints().colorScheme() == Qt.ColorScheme.Dark]
    theme.set_mode("dark")
    plain_app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert len(changes) == 2
    assert theme.dark


def test_a_changed_property_draws_the_widget_anew(qtbot: QtBot) -> None:
    widget = QPushButton()
    qtbot.addWidget(widget)
    widget.setStyleSheet('QPushButton { color: #000001; } QPushButton[kind="x"] { color: #000002; }')
    restyle(widget, kind="x")
    assert widget.palette().color(QPalette.ColorRole.ButtonText).name() == "#000002"
    restyle(widget, kind="x")
    assert widget.property("kind") == "x"
