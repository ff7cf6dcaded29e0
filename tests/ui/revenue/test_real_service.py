"""The page over the real services, signed in as a viewer: what it shows, and that a click leads to exactly those payments."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from services.domain.money import shown
from services.payments.filters import PaymentFilter
from services.payments.service import PaymentService
from services.revenue.outlook import OutlookService
from services.revenue.service import RevenueService
from tests.ui.revenue.fake import Clock, Fleet
from tests.world import MORNING, World
from ui.revenue.page import RevenuePage
from ui.revenue.tile_texts import REVENUE
from ui.tasks import Tasks
from ui.theme import Theme


def test_revenue_and_the_payments_behind_it(world: World, qtbot: QtBot) -> None:
    fleet = world.fleet()
    route, bus = world.route(fleet), world.vehicle(fleet)
    booking, unrouted = world.booking(fleet, route_id=route, vehicle_id=bus), world.booking(fleet)
    for at, amount in enumerate(("600.00", "150.50", "90.25")):
        moment = MORNING - timedelta(days=at)
        world.payment(booking, amount, created_at=moment, completed_at=moment)
    world.payment(unrouted, "300.00", created_at=MORNING, completed_at=MORNING)
    world.payment(booking, "75.00", "failed", created_at=MORNING, result_code="1032")
    world.project()
    viewer, clock = world.person(fleet, "viewer"), Clock()
    clock.now = MORNING + timedelta(hours=2)
    theme, payments = Theme("light"), PaymentService(viewer)
    page = RevenuePage(
        theme, tasks := Tasks(theme), RevenueService(viewer), payments, OutlookService(viewer),
        show_task=print, hide_task=print, show_message=print, clock=clock,
    )  # fmt: skip
    theme.setParent(page)
    qtbot.addWidget(page)
    bugs: list[object] = []
    faults: list[object] = []
    opened: list[PaymentFilter] = []
    tasks.bug.connect(bugs.append)
    tasks.fault.connect(faults.append)
    page.payments_wanted.connect(opened.append)
    page.set_fleet(Fleet(fleet))
    qtbot.waitUntil(lambda: page.settled and page.report is not None, timeout=10_000)

    assert page.board.tiles.tile(REVENUE).figure == shown(Decimal("1140.75"))
    table = page.board.breakdown.parts["route"]
    assert [row.label for row in table.rows] == ["Nairobi – Nakuru", "No route"]
    assert not page.bar.targets.popup.save.isEnabled()
    table.opened.emit(table.rows[1])
    table.opened.emit(table.rows[0])
    sums = [sum(row.amount for row in payments.page(behind).rows) for behind in opened]
    assert sums == [Decimal("300.00"), Decimal("840.75")]

    world.payment(booking, "59.25", created_at=clock.now, completed_at=clock.now)
    world.project()
    clock.now += timedelta(minutes=1)
    page.reload()
    qtbot.waitUntil(lambda: page.settled, timeout=10_000)
    assert page.board.tiles.tile(REVENUE).figure == shown(Decimal("1200.00"))
    assert (bugs, faults) == ([], [])
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))
