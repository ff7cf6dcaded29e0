"""The tray: what is told, when, and what never is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QSystemTrayIcon
from pytestqt.qtbot import QtBot

from services.feed.event import PaymentEvent, PaymentState
from ui.theme import DARK, Theme
from ui.tray import GATHER_MS, QUIET_MS, SystemTray, TrayNotices, badged

NOW = datetime(2026, 11, 26, 11, 5, 13, tzinfo=UTC)
FAILED = PaymentState(
    "failed", Decimal("600.00"), Decimal("0.00"), "KES", "mpesa", None, None, None, NOW, None, "1032"
)  # fmt: skip
PENDING = replace(FAILED, status="pending", result_code=None)


class FakeTray(QObject):
    """Remembers what it is told."""

    clicked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.available = True
        self.tip = ""
        self.shown = False
        self.notices: list[tuple[str, str]] = []

    def show(self, icon: QIcon, tip: str) -> None:
        self.shown, self.tip = True, tip

    def hide(self) -> None:
        self.shown = False

    def notify(self, title: str, text: str) -> None:
        self.notices.append((title, text))

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.notices]


class Desk:
    """A person who looks, or not; and a window that asks for attention."""

    def __init__(self) -> None:
        self.watched = False
        self.alerts = 0

    def alert(self) -> None:
        self.alerts += 1


@pytest.fixture
def tray(qtbot: QtBot) -> FakeTray:
    return FakeTray()


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def notices(tray: FakeTray, desk: Desk, theme: Theme) -> TrayNotices:
    return TrayNotices(tray, theme, now=lambda: NOW, watched=lambda: desk.watched, alert=desk.alert)


@pytest.fixture
def theme(qtbot: QtBot) -> Theme:
    return Theme("light")


def failed(
    number: int, *, ago: timedelta = timedelta(), before: PaymentState | None = PENDING, after: PaymentState = FAILED
) -> PaymentEvent:
    return PaymentEvent(UUID(int=0xF1), number, "payment", UUID(int=number), NOW - ago, before, after)


def time_up(notices: TrayNotices, *timers: str) -> None:
    """The timers of these names run out, without waiting for them."""
    for name in timers:
        timer = getattr(notices, f"_{name}")
        assert timer.isActive()
        timer.stop()
        timer.timeout.emit()


def test_the_first_failure_is_told_at_once(notices: TrayNotices, tray: FakeTray, desk: Desk) -> None:
    notices.apply([failed(1)])
    assert tray.notices == [("Fleet Finance", "1 payment failed")]
    assert (notices.unseen, tray.tip, desk.alerts) == (1, "Fleet Finance: 1 payment failed", 1)


def test_many_at_once_are_one_notice_without_names_or_amounts(notices: TrayNotices, tray: FakeTray) -> None:
    notices.apply([failed(number) for number in range(1, 1201)])
    assert tray.texts == ["1,200 payments failed"]


def test_what_follows_is_gathered_and_told_once_it_has_been_quiet(notices: TrayNotices, tray: FakeTray) -> None:
    notices.apply([failed(1)])
    notices.apply([failed(2)])
    notices.apply([failed(3), failed(4)])
    assert tray.texts == ["1 payment failed"]
    time_up(notices, "gathering")
    assert tray.texts == ["1 payment failed"]
    time_up(notices, "quiet")
    assert tray.texts == ["1 payment failed", "3 payments failed"]
    assert notices._quiet.isActive()
    time_up(notices, "quiet")
    notices.apply([failed(5)])
    assert tray.texts[2:] == ["1 payment failed"]


def test_a_failure_just_before_the_quiet_ends_still_gathers(notices: TrayNotices, tray: FakeTray) -> None:
    notices.apply([failed(1)])
    notices.apply([failed(2)])
    time_up(notices, "quiet")
    assert tray.texts == ["1 payment failed"]
    time_up(notices, "gathering")
    assert tray.texts == ["1 payment failed", "1 payment failed"]


def test_the_times_are_those_that_people_were_promised(notices: TrayNotices) -> None:
    assert (notices._quiet.interval(), notices._gathering.interval()) == (QUIET_MS, GATHER_MS) == (30_000, 5_000)


@pytest.mark.parametrize(
    "event",
    [
        failed(1, ago=timedelta(minutes=2, seconds=1)),
        failed(1, before=FAILED),
        failed(1, after=replace(FAILED, status="completed")),
        replace(failed(1), kind="booking"),
        replace(failed(1), after=None, kind="removed"),
        replace(failed(1), payment_id=None),
    ],
    ids=["old", "failed before", "paid", "booking moved", "removed", "nobody's"],
)
def test_what_is_no_news_is_not_told(notices: TrayNotices, tray: FakeTray, event: PaymentEvent) -> None:
    notices.apply([event])
    assert (tray.notices, notices.unseen) == ([], 0)


def test_a_new_payment_that_is_failed_at_once_is_told(notices: TrayNotices, tray: FakeTray) -> None:
    notices.apply([failed(1, before=None)])
    assert tray.texts == ["1 payment failed"]


def test_the_same_payment_is_told_once(notices: TrayNotices, tray: FakeTray) -> None:
    notices.apply([failed(1), failed(1)])
    notices.apply([failed(1)])
    assert (tray.texts, notices.unseen) == (["1 payment failed"], 1)


def test_nobody_is_told_what_is_before_their_eyes(notices: TrayNotices, tray: FakeTray, desk: Desk) -> None:
    desk.watched = True
    notices.apply([failed(1)])
    assert (tray.notices, desk.alerts) == ([], 0)
    desk.watched = False
    notices.apply([failed(2)])
    notices.apply([failed(3)])
    desk.watched = True
    time_up(notices, "gathering", "quiet")
    assert (tray.texts, notices.unseen) == (["1 payment failed"], 0)


def test_a_click_opens_the_failed_ones_and_takes_the_number_away(
    notices: TrayNotices, tray: FakeTray, qtbot: QtBot
) -> None:
    notices.apply([failed(1)])
    with qtbot.waitSignal(notices.open_wanted) as heard:
        tray.clicked.emit()
    assert heard.args == [frozenset({"failed"})]
    assert (notices.unseen, tray.tip) == (0, "Fleet Finance")


def test_switched_off_it_is_silent_and_gone(notices: TrayNotices, tray: FakeTray) -> None:
    assert tray.shown
    notices.set_enabled(False)
    notices.apply([failed(1)])
    assert (tray.shown, tray.notices) == (False, [])
    notices.set_enabled(True)
    assert tray.shown
    notices.apply([failed(1)])
    assert tray.texts == ["1 payment failed"]


def test_a_desktop_without_a_tray_is_left_alone(tray: FakeTray, theme: Theme, desk: Desk) -> None:
    tray.available = False
    notices = TrayNotices(tray, theme, now=lambda: NOW, watched=lambda: False, alert=desk.alert)
    notices.apply([failed(1)])
    assert (notices.available, tray.shown, tray.notices, desk.alerts) == (False, False, [], 0)


def test_the_icon_says_how_many_and_follows_the_theme(qtbot: QtBot, theme: Theme) -> None:
    pictures = [badged(tokens, count).pixmap(32, 32).toImage() for tokens, count in (
        (theme.tokens, 0), (theme.tokens, 1), (theme.tokens, 2), (theme.tokens, 12), (DARK, 12),
    )]  # fmt: skip
    assert all(one != other for place, one in enumerate(pictures) for other in pictures[:place])
    small = [badged(theme.tokens, count).pixmap(16, 16).toImage() for count in (0, 1, 2)]
    assert small[0] != small[1] == small[2]


def test_a_theme_that_changes_draws_the_icon_anew(notices: TrayNotices, tray: FakeTray, theme: Theme) -> None:
    notices.apply([failed(1)])
    tray.tip = ""
    theme.set_mode("dark")
    assert tray.tip == "Fleet Finance: 1 payment failed"


def test_the_real_tray_where_there_is_none(qtbot: QtBot, theme: Theme) -> None:
    real = SystemTray()
    assert not real.available
    TrayNotices(real, theme, now=lambda: NOW, watched=lambda: False, alert=lambda: None).apply([failed(1)])
    assert not real._sign.isVisible()


def test_the_real_tray_hands_on_clicks_and_notices(qtbot: QtBot, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> None:
    real = SystemTray()
    told: list[tuple[object, ...]] = []
    monkeypatch.setattr(real._sign, "showMessage", lambda *words: told.append(words[:2]))
    real.show(badged(theme.tokens, 1), "Fleet Finance")
    real.notify("Fleet Finance", "1 payment failed")
    assert (told, real._sign.toolTip()) == ([("Fleet Finance", "1 payment failed")], "Fleet Finance")
    reasons = QSystemTrayIcon.ActivationReason
    with qtbot.waitSignals([real.clicked, real.clicked]):
        real._sign.activated.emit(reasons.Trigger)
        real._sign.messageClicked.emit()
    with qtbot.assertNotEmitted(real.clicked):
        real._sign.activated.emit(reasons.Context)
    real.hide()
