"""The desktop: from signing in to closing the window, online, offline and back."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, QSettings, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from services.domain.errors import Cancelled, NotAllowed
from services.domain.period import NAIROBI, day_of
from services.relay.doors import relay_address
from tests.services.relay.ledger import Ledger, relaying, until
from tests.workstation.command import line, statement
from tests.workstation.desk import NOT_LIVE, Desk, messages, pages, ready, receipts, session
from tests.world import PASSWORD, World
from workstation.desktop import Desktop

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture(autouse=True)
def undressed(qapp: QApplication) -> Iterator[None]:
    """The tests' application as it was, whatever a desktop made of it."""
    names = (qapp.applicationName(), qapp.applicationDisplayName(), qapp.organizationName())
    palette, font, locale = qapp.palette(), qapp.font(), QLocale()
    yield
    qapp.setApplicationName(names[0])
    qapp.setApplicationDisplayName(names[1])
    qapp.setOrganizationName(names[2])
    qapp.setStyleSheet("")
    qapp.setPalette(palette)
    qapp.setFont(font)
    QLocale.setDefault(locale)


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Desk:
    fleet = world.fleet(name="Msafiri Express")
    world.till(fleet)
    world.project()
    world.person(fleet)
    return Desk(world, fleet, QSettings(str(tmp_path / "window.ini"), QSettings.Format.IniFormat))


def test_the_pages_show_todays_payments_and_open_by_key(desk: Desk) -> None:
    desk.paid("UIMAAA0001")
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        window = desktop.window
        assert receipts(desktop) == {"UIMAAA0001"}
        assert window.current_page == "payments"
        assert window.windowTitle() == "Payments — Msafiri Express — Fleet Finance"
        window.activateWindow()
        await until(window.isActiveWindow, "the focus")
        QTest.keyClick(window, Qt.Key.Key_3, CTRL)
        assert window.current_page == "reconciliation"
        QTest.keyClick(window, Qt.Key.Key_1, CTRL)
        assert window.current_page == "payments"
        await until(lambda: window.status.database.state == "ok", "a sign of the database")
        assert "1 payment" in window.status.summary.text()

    assert desk.signed_in(work) == 0
    assert desk.complaints == []


def test_without_a_relay_the_window_says_so_once_and_reads_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.standing.READ_AGAIN_S", 1)
    words = (
        f"{NOT_LIVE}No relay is running. Start the back office: workstation serve. They are read again every 1 seconds."
    )

    async def work(desktop: Desktop) -> None:
        await until(lambda: desktop.window.status.relay.words == "reconnecting…", "the sign of the live feed")
        assert desktop.window.status.relay.state == "bad"
        assert [strip.text for strip in desktop.window.messages.strips] == [words]
        desk.paid("UIMAAA0001")
        desk.world.project()
        await until(lambda: receipts(desktop) == {"UIMAAA0001"}, "the payment")
        async with relaying(desk.world):
            Ledger(desk.world).beat()
            await until(lambda: not desktop.window.messages.strips, "the end of the warning")
            assert desk.told == [words]

    desk.signed_in(work)


def test_a_back_office_that_stopped_is_told_with_its_time(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("workstation.stillness._EVERY_MS", 50)
    desk.paid("UIMAAA0001")
    desk.world.project()
    ledger = Ledger(desk.world)
    ledger.beat(60)
    beat = desk.world.value("SELECT beat_at FROM finance.projector")
    assert isinstance(beat, datetime)
    since = beat.astimezone(NAIROBI)

    async def work(desktop: Desktop) -> None:
        payments, _ = pages(desktop)
        still = f"Payments stand still since {since:%H:%M}: the back office does not run."
        strips = desktop.window.messages
        await until(lambda: [strip.text for strip in strips.strips] == [still], "the word that nothing comes in")
        assert payments.hours.aside == f"as of {since:%H:%M}"
        assert desktop.revenue is not None
        assert desktop.revenue.board.charts.aside == f"as of {since:%H:%M}"
        # It works again, although no relay does.
        ledger.beat()
        await until(lambda: payments.hours.aside.startswith("now "), "the end of it")
        assert not desktop.revenue.board.charts.aside.startswith("as of")
        (strip,) = strips.strips
        assert strip.text.startswith(NOT_LIVE)

    desk.signed_in(work)


def test_revenue_is_exported_where_it_was_last(desk: Desk, tmp_path: Path) -> None:
    async def work(desktop: Desktop) -> None:
        assert desktop.revenue is not None
        desktop.revenue.exports.folder_chosen.emit(str(tmp_path))

    desk.signed_in(work)
    assert desk.memory.value("revenue/export folder") == str(tmp_path)

    async def later(desktop: Desktop) -> None:
        revenue = desktop.revenue
        assert revenue is not None
        desktop.window.show_page("revenue")
        await until(lambda: revenue.report is not None, "the figures")
        revenue.bar.export.wanted.emit("csv")
        dialog = revenue.exports.dialog
        assert isinstance(dialog, QFileDialog)
        assert Path(dialog.directory().path()) == tmp_path
        dialog.reject()

    desk.signed_in(later)


def test_live_payments_appear_of_the_fleet_that_is_shown(desk: Desk) -> None:
    other = desk.world.fleet("TAUSI")
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        async with relaying(desk.world):
            assert desktop.live is not None
            live = desktop.live
            heard: list[object] = []
            live.events.connect(heard.extend)
            await until(lambda: live.state.kind != "bad" and live.state.words != "connecting…", "the live feed")
            desk.paid("UIMAAA0009", fleet=other)
            desk.paid("UIMAAA0001")
            desk.world.project()
            await until(lambda: receipts(desktop) == {"UIMAAA0001"}, "the payment")
            assert desktop.window.status.relay.words == live.state.words
            assert relay_address(session(desktop).database) == session(desktop).relay_address()

    desk.signed_in(work)


def test_a_manager_of_two_fleets_sees_one_at_a_time(desk: Desk) -> None:
    other = desk.world.fleet("TAUSI", name="Tausi Sacco")
    desk.world.project()
    desk.world.person(other)
    desk.paid("UIMAAA0001")
    desk.paid("UIMAAA0002", fleet=other)
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        assert receipts(desktop) == {"UIMAAA0001"}
        assert desktop.registry.run("fleet.TAUSI")
        await until(lambda: receipts(desktop) == {"UIMAAA0002"}, "the other fleet's payment")
        assert desktop.window.windowTitle() == "Payments — Tausi Sacco — Fleet Finance"
        # What is read again now concerns the fleet that is shown.
        await until(lambda: pages(desktop)[0].settled, "everything that was asked")
        desktop._reload(desk.fleet)
        assert pages(desktop)[0].settled
        desktop._reload(other)
        assert not pages(desktop)[0].settled

    desk.signed_in(work)


def test_with_one_fleet_there_is_nothing_to_choose(desk: Desk) -> None:
    async def work(desktop: Desktop) -> None:
        assert [one.id for one in desktop.registry.actions() if one.section == "Fleet"] == []

    desk.signed_in(work)


@pytest.fixture
def cut(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[bool], None]]:
    """Takes the database away, or gives it back; the desktop notices sooner than in real life."""
    monkeypatch.setattr("ui.connection._EVERY_MS", 50)
    monkeypatch.setattr("ui.connection._WHILE_LOST_MS", 50)
    ledger = Ledger(desk.world)

    def cut(away: bool) -> None:
        ledger.reachable(not away)
        desk.world.close()  # its own connections are cut too

    yield cut
    cut(False)


def test_while_the_database_is_away_reading_goes_on_and_writing_waits(desk: Desk, cut: Callable[[bool], None]) -> None:
    desk.paid("UIMAAA0001")
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        payments, reconciliation = pages(desktop)
        assert reconciliation.import_button.isEnabled()
        cut(True)
        await until(lambda: messages(desktop), "the warning")
        ((kind, words),) = messages(desktop)
        assert kind == "warning"
        assert words.startswith("The database does not answer. What you see is as of ")
        assert desktop.window.status.database.words.startswith("Database offline, as of ")
        assert receipts(desktop) == {"UIMAAA0001"}
        assert not reconciliation.import_button.isEnabled()
        payments.reload()  # what fails now says nothing new
        await until(lambda: payments.settled, "the failure")
        assert messages(desktop) == [(kind, words)]

        cut(False)
        await until(lambda: not messages(desktop), "the end of the warning")
        assert desktop.window.status.database.words == "Database connected"
        assert reconciliation.import_button.isEnabled()
        desk.paid("UIMAAA0002")
        desk.world.project()
        desktop.registry.run("view.reload")
        await until(lambda: receipts(desktop) == {"UIMAAA0001", "UIMAAA0002"}, "both payments")

    desk.signed_in(work)
    assert len([words for words in desk.complaints if words.startswith("The database does not answer.")]) == 1


# Statements -----------------------------------------------------------------------------------------------------------


def test_statements_that_are_dropped_are_imported_and_refused_ones_complained_of(desk: Desk, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    desk.paid("UIMAAA0001")
    desk.world.project()
    good = statement(tmp_path / "today.csv", line("UIMAAA0001", at=now))
    other = tmp_path / "holiday.csv"
    other.write_text("Dear colleague,\nthe office is closed on Friday.\n")

    async def work(desktop: Desktop) -> None:
        reports: list[object] = []
        pages(desktop)[1].import_finished.connect(reports.append)
        desktop.window.files_dropped.emit([other, good])
        assert desktop.window.current_page == "reconciliation"
        await until(lambda: reports, "the import")
        await until(lambda: pages(desktop)[1].day == day_of(now), "the day")

    desk.signed_in(work)
    assert [words.partition(":")[0] for words in desk.complaints] == ["holiday.csv"]
    assert desk.world.value("SELECT count(*) FROM finance.reconciliation_match") == 1


def test_statements_are_chosen_where_the_last_ones_were(desk: Desk, tmp_path: Path) -> None:
    folder = tmp_path / "from the portal"
    folder.mkdir()
    file = statement(folder / "day.csv", line("UIMAAA0001"))

    def chooser(desktop: Desktop) -> QFileDialog:
        desktop.registry.run("statements.import")
        dialogs = [one for one in desktop.window.findChildren(QFileDialog) if one.isVisible()]
        return dialogs[-1]

    async def work(desktop: Desktop) -> None:
        first = chooser(desktop)
        first.filesSelected.emit([])
        first.filesSelected.emit([str(file)])
        first.reject()
        await until(lambda: desk.world.value("SELECT count(*) FROM finance.statement") == 1, "the import")
        second = chooser(desktop)
        assert Path(second.directory().absolutePath()) == folder
        second.reject()

    desk.signed_in(work)


# What people do -------------------------------------------------------------------------------------------------------


def test_searching_clearing_and_hiding(desk: Desk) -> None:
    desk.paid("UIMAAA0001", passenger_name="Zawadi Mfano")
    desk.paid("UIMAAA0002", passenger_name="Baraka Mfano")
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        payments = pages(desktop)[0]
        desktop.window.show_page("reconciliation")
        desktop.registry.run("payments.find")
        assert desktop.window.current_page == "payments"
        QTest.keyClicks(payments.bar.search, "zawadi")
        await until(lambda: receipts(desktop) == {"UIMAAA0001"}, "the one that is sought")
        desktop.registry.run("payments.clear")
        await until(lambda: len(receipts(desktop)) == 2, "all of them")

        model = payments.grid.model()
        cells = [str(model.index(0, column).data()) for column in range(model.columnCount())]
        assert any("600" in cell for cell in cells)
        desktop.registry.run("window.private")
        cells = [str(model.index(0, column).data()) for column in range(model.columnCount())]
        assert not any("600" in cell for cell in cells)
        desktop.registry.run("window.private")

    desk.signed_in(work)


def test_the_palette_leads_to_the_payment(desk: Desk) -> None:
    desk.paid("UIMAAA0001")
    desk.paid("UIMBBB0002")
    desk.world.project()

    async def work(desktop: Desktop) -> None:
        palette = desktop.window.palette_overlay
        desktop.window.show_page("reconciliation")
        palette.open_palette()
        QTest.keyClicks(palette.query, "UIMBBB0002")
        await until(lambda: palette.model.rowCount() == 1, "the payment")
        QTest.keyClick(palette.query, Qt.Key.Key_Return)
        assert desktop.window.current_page == "payments"
        await until(lambda: receipts(desktop) == {"UIMBBB0002"}, "the payment in the grid")

    desk.signed_in(work)


def test_a_fault_is_said_and_a_bug_is_called_one(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    def fail(error: Exception) -> Callable[[], None]:
        def work() -> None:
            raise error

        return work

    async def work(desktop: Desktop) -> None:
        desktop.tasks.run("a", fail(NotAllowed("Only a manager may do this.")), lambda _: None)
        desktop.tasks.run("b", fail(KeyError("no such column")), lambda _: None)
        desktop.tasks.run("c", fail(Cancelled("The query was cancelled.")), lambda _: None)
        await until(lambda: len(messages(desktop)) == 2, "both messages")
        bug = "Something in the program went wrong. Nothing was lost; the log says more."
        assert set(messages(desktop)) == {("error", "Only a manager may do this."), ("error", bug)}
        details = {strip.text: strip.detail for strip in desktop.window.messages.strips}
        assert details[bug] == "KeyError"

    desk.signed_in(work)
    assert desk.complaints == ["Only a manager may do this."]
    assert "no such column" in caplog.text


# Opening and closing --------------------------------------------------------------------------------------------------


def test_the_window_comes_back_as_it_was_left_until_the_layout_is_reset(desk: Desk) -> None:
    async def arrange(desktop: Desktop) -> None:
        desktop.window.show_page("reconciliation")
        desktop.theme.set_mode("dark")
        header = pages(desktop)[0].grid.horizontalHeader()
        header.resizeSection(0, 171)

    async def look(desktop: Desktop) -> None:
        assert desktop.window.current_page == "reconciliation"
        assert desktop.theme.dark
        header = pages(desktop)[0].grid.horizontalHeader()
        assert header.sectionSize(0) == 171
        desktop.registry.run("window.reset")
        assert header.sectionSize(0) != 171

    desk.signed_in(arrange)
    desk.signed_in(look)


def test_without_a_database_somebody_signs_in(desk: Desk) -> None:
    async def work(desktop: Desktop) -> None:
        await until(lambda: desktop.entrance is not None and desktop.entrance.dialog is not None, "the dialog")
        assert desktop.entrance is not None and desktop.entrance.dialog is not None
        dialog = desktop.entrance.dialog
        dialog.prefill(f"127.0.0.1:{desk.world.server.port}/{desk.world.name}", "test_manager", PASSWORD)
        dialog.submit.click()
        await ready(desktop)
        assert [fleet.id for fleet in session(desktop).fleets] == [desk.fleet]

    assert desk.open(work, url=None) == 0


def _when(condition: Callable[[], bool], then: Callable[[], object]) -> QTimer:
    """Does it once, as soon as it can be done."""
    timer = QTimer(interval=20)

    def look() -> None:
        if condition():
            timer.stop()
            then()

    timer.timeout.connect(look)
    timer.start()
    return timer


def _dialogs() -> list[object]:
    return [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == "SignInDialog"]


def test_closing_the_dialog_closes_the_window_and_ends_the_program(desk: Desk) -> None:
    timer = _when(lambda: bool(_dialogs()), lambda: [dialog.reject() for dialog in _dialogs()])  # type: ignore[attr-defined]
    assert desk.open(None, url=None) == 0
    assert not timer.isActive()


def _windows() -> list[object]:
    found = [widget for widget in QApplication.topLevelWidgets() if type(widget).__name__ == "MainWindow"]
    return [window for window in found if window.isVisible() and window.current_page == "payments"]  # type: ignore[attr-defined]


def test_closing_the_window_ends_the_program_and_keeps_its_layout(desk: Desk) -> None:
    timer = _when(lambda: bool(_windows()), lambda: [window.close() for window in _windows()])  # type: ignore[attr-defined]
    assert desk.open(None) == 0
    assert not timer.isActive()
    assert desk.memory.value("window/page") == "payments"


@pytest.mark.skipif(sys.platform == "win32", reason="signals to a process are POSIX's")
def test_ctrl_c_in_the_terminal_closes_the_window(desk: Desk) -> None:
    timer = _when(lambda: bool(_windows()), lambda: os.kill(os.getpid(), signal.SIGINT))
    assert desk.open(None) == 0
    assert not timer.isActive()


def test_closing_at_once_after_signing_in_builds_nothing_more(desk: Desk) -> None:
    timer = _when(lambda: bool(_windows()), lambda: [window.close() for window in _windows()])  # type: ignore[attr-defined]
    timer.setInterval(1)
    assert desk.open(None) == 0
    QTest.qWait(200)


def test_whoever_closes_before_anybody_is_in_leaves_no_memory(desk: Desk) -> None:
    async def work(desktop: Desktop) -> None:
        await until(lambda: desktop.entrance is not None and desktop.entrance.dialog is not None, "the dialog")

    assert desk.open(work, url=None) == 0
    assert desk.memory.allKeys() == []


def test_the_trail_that_is_opened_holds_what_was_just_done(desk: Desk) -> None:
    async def work(desktop: Desktop) -> None:
        audit = desktop.audit
        assert audit is not None
        await until(lambda: audit.grid.model().rowCount() > 0, "the trail as it was")
        before = audit.grid.model().rowCount()
        desk.world.person(desk.fleet, "viewer", "test_newcomer")
        desktop.window.show_page("audit")
        await until(lambda: audit.grid.model().rowCount() > before, "the newcomer's record")

    desk.signed_in(work)
