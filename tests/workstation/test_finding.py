"""What the palette finds beside actions, over a real fleet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.database.fleets import fleets
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from services.payments.views import ViewService
from tests.world import World
from ui.actions import ActionRegistry
from ui.palette import CommandPalette, Entry
from ui.payments.page import PaymentsPage
from ui.payments.views import SavedViews
from ui.payments.views_menu import ViewsButton
from ui.tasks import Tasks
from ui.theme import Theme
from workstation.finding import Finder


@dataclass
class Found:
    """A palette over a payments page, and the filters that chosen entries asked for."""

    palette: CommandPalette
    page: PaymentsPage
    finder: Finder
    tasks: Tasks
    views: SavedViews
    vehicle: UUID
    route: UUID
    driver: UUID
    wanted: list[PaymentFilter] = field(default_factory=list)

    def entries(self) -> list[Entry]:
        """What the palette lists."""
        return [self.palette.model.entry(row) for row in range(self.palette.model.rowCount())]

    def choose(self, entry: Entry) -> PaymentFilter:
        """The filter that choosing an entry asks for."""
        entry.run()
        return self.wanted[-1]


@pytest.fixture
def found(world: World, qtbot: QtBot) -> Iterator[Callable[[], Found]]:
    now = datetime.now(UTC)
    fleet = world.fleet()
    vehicle, route = world.vehicle(fleet), world.route(fleet)
    driver = world.driver(fleet, "Daudi Jaribio")
    for receipt, name in (("UIMAAA0001", "Alice Mfano"), ("UIMAAA0002", "Zawadi Mfano"), (None, "Baraka Mfano")):
        booking = world.booking(fleet, vehicle_id=vehicle, route_id=route, passenger_name=name, created_at=now)
        world.payment(booking, created_at=now, transaction_id=receipt)
    earlier = now - timedelta(days=40)
    old = world.booking(fleet, vehicle_id=vehicle, driver_id=driver, passenger_name="Ester Mfano", created_at=earlier)
    world.payment(old, created_at=earlier, transaction_id="UHMAAA0009")
    world.till(fleet, "9990001")
    world.project()
    person = world.person(fleet)
    theme, window = Theme("light"), QWidget()
    qtbot.addWidget(window)
    tasks = Tasks(window)
    service = PaymentService(person)
    page = PaymentsPage(theme, tasks, service, parent=window)
    theme.setParent(window)
    window.resize(1100, 700)
    with qtbot.waitExposed(window):
        window.show()

    def opened() -> Found:
        palette = CommandPalette(window, theme, ActionRegistry(parent=window))
        wanted: list[PaymentFilter] = []
        button = ViewsButton(theme)
        button.setParent(window)
        views = SavedViews(button, tasks, ViewService(person))
        finder = Finder(palette, page, service, tasks, wanted.append, views)
        palette.open_palette()
        return Found(palette, page, finder, tasks, views, vehicle, route, driver, wanted)

    def with_fleet() -> Found:
        page.set_fleet(fleets(person)[0])
        qtbot.waitUntil(lambda: page.settled and bool(page.names.vehicles))
        return opened()

    with_fleet.without = opened  # type: ignore[attr-defined]
    yield with_fleet
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))


def test_buses_and_routes_are_found_at_once_by_any_part_of_their_name(found: Callable[[], Found]) -> None:
    here = found()
    here.palette.query.setText("123a")
    (bus,) = here.entries()
    assert (bus.text, bus.hint) == ("KDA 123A", "Bus")
    assert here.choose(bus).vehicles == {here.vehicle}
    here.palette.query.setText("nakuru")
    (route,) = here.entries()
    assert (route.text, route.hint) == ("Nairobi – Nakuru", "Route")
    wanted = here.choose(route)
    assert wanted.routes == {here.route}
    assert not wanted.vehicles


def test_payments_are_looked_up_and_shown_by_their_receipt(found: Callable[[], Found], qtbot: QtBot) -> None:
    here = found()
    here.palette.query.setText("UIMAAA0002")
    qtbot.waitUntil(lambda: bool(here.entries()))
    (payment,) = here.entries()
    assert payment.text.startswith("UIMAAA0002 · ")
    assert payment.hint.startswith("Payment ")
    assert here.choose(payment).search == "UIMAAA0002"


def test_a_payment_without_a_receipt_goes_by_its_booking(found: Callable[[], Found], qtbot: QtBot) -> None:
    here = found()
    here.palette.query.setText("baraka")
    qtbot.waitUntil(lambda: bool(here.entries()))
    (payment,) = here.entries()
    assert payment.text.startswith("BKG")
    assert here.choose(payment).search == payment.text.partition(" ")[0]


def test_drivers_and_tills_are_found_too(found: Callable[[], Found]) -> None:
    here = found()
    here.palette.query.setText("daudi")
    (driver,) = here.entries()
    assert (driver.text, driver.hint, here.choose(driver).drivers) == (
        "Daudi Jaribio",
        "Driver",
        frozenset({here.driver}),
    )
    here.palette.query.setText("9990001")
    till = next(entry for entry in here.entries() if entry.hint == "Till")
    assert here.choose(till).tills == {"9990001"}


def test_a_payment_of_another_day_is_found_and_shown_on_its_day(found: Callable[[], Found], qtbot: QtBot) -> None:
    here = found()
    here.palette.query.setText("UHMAAA0009")
    qtbot.waitUntil(lambda: bool(here.entries()))
    (payment,) = here.entries()
    wanted = here.choose(payment)
    assert here.page.filter is not None
    assert wanted.search == "UHMAAA0009"
    assert len(wanted.days) == 1
    assert wanted.days.last < here.page.filter.days.first


def test_saved_views_are_found_and_shown(found: Callable[[], Found], qtbot: QtBot) -> None:
    here = found()
    assert here.page.filter is not None
    fleet = here.page.filter.fleet_id
    here.views._store.save(fleet, "Failed this week", True, {"version": 1, "statuses": ["failed"]})
    here.views.set_fleet(fleet)
    qtbot.waitUntil(lambda: bool(here.views.views))
    here.palette.query.setText("this week")
    (entry,) = here.entries()
    assert (entry.text, entry.hint) == ("Failed this week", "View shared")
    with qtbot.waitSignal(here.views.chosen) as chosen:
        entry.run()
    assert chosen.args[0].definition["statuses"] == ["failed"]


def test_everything_that_narrows_the_page_is_left_out(found: Callable[[], Found]) -> None:
    here = found()
    assert here.page.filter is not None
    here.page.show_filter(PaymentFilter(here.page.filter.fleet_id, here.page.filter.days, search="zawadi"))
    here.palette.query.setText("KDA")
    wanted = here.choose(here.entries()[0])
    assert wanted == PaymentFilter(wanted.fleet_id, here.page.filter.days, vehicles=frozenset({here.vehicle}))


def test_two_letters_are_too_few_to_look_up(found: Callable[[], Found]) -> None:
    here = found()
    here.finder.look_up("UI")
    assert not here.tasks.busy("palette")
    here.finder.look_up("UIM")
    assert here.tasks.busy("palette")


def test_before_a_fleet_is_shown_nothing_is_found(found: Callable[[], Found]) -> None:
    here: Found = found.without()  # type: ignore[attr-defined]
    assert here.finder.names("KDA") == []
    here.finder.look_up("UIMAAA0001")
    assert not here.tasks.busy("palette")
