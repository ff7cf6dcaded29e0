"""The page over the real service and the real feed, signed in as a viewer."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import UUID

from pytestqt.qtbot import QtBot
from shiboken6 import isValid
from sqlalchemy import text

from services.feed.event import PaymentEvent, event_from_json
from services.payments.row import Sort
from services.payments.service import PaymentService
from tests.ui.payments.conftest import settle
from tests.ui.payments.fake import Clock, SmallFleet
from tests.world import MORNING, World
from ui.payments.figures import overall
from ui.payments.page import PaymentsPage
from ui.tasks import Tasks
from ui.theme import Theme


def events_after(world: World, fleet_id: UUID, seq: int) -> list[PaymentEvent]:
    query = text("SELECT to_json(e) FROM finance.payment_event e WHERE fleet_id = :fleet AND seq > :seq ORDER BY seq")
    with world.database().read() as connection:
        found = connection.execute(query, {"fleet": fleet_id, "seq": seq}).scalars().all()
    read = [json.loads(value) if isinstance(value, str) else value for value in found]
    return [event_from_json(fleet_id, value) for value in read]


def agrees(page: PaymentsPage, service: PaymentService) -> None:
    assert page.filter is not None
    assert page.live.summary is not None
    assert tuple(page._model.rows) == service.page(page.filter).rows
    assert page.live.summary.cells == service.summary(overall(page.filter), MORNING).cells


def test_a_morning(world: World, qtbot: QtBot) -> None:
    fleet, clock = world.fleet(), Clock(MORNING + timedelta(hours=1))
    route, bus, other_bus = world.route(fleet), world.vehicle(fleet), world.vehicle(fleet, "KDB 771J")
    booking = world.booking(fleet, route_id=route, vehicle_id=bus)
    paid, waiting = world.payment(booking), world.payment(booking, "150.00", "pending")
    world.project()
    service = PaymentService(world.person(fleet, "viewer"))
    theme = Theme("light")
    page = PaymentsPage(theme, tasks := Tasks(theme), service, clock)
    theme.setParent(page)
    qtbot.addWidget(page)
    bugs: list[object] = []
    tasks.bug.connect(bugs.append)
    page.set_fleet(SmallFleet(id=fleet))
    settle(qtbot, page)
    agrees(page, service)
    assert page.tiles.tile("completed").details[0] == "1 payment"

    seq = 0
    for change in (
        lambda: world.change(waiting, status="completed", completed_at=MORNING, transaction_id="UIM1TEST01"),
        lambda: world.payment(booking, "300.00", "failed", result_code="1032"),
        lambda: world.run("UPDATE public.bookings SET vehicle_id = :bus WHERE id = :id", bus=other_bus, id=booking),
        lambda: world.run("UPDATE public.routes SET name = 'Nairobi – Naivasha' WHERE id = :id", id=route),
        lambda: world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=paid),
    ):
        change()
        world.project()
        told = events_after(world, fleet, seq)
        seq = told[-1].seq
        page.apply_events(told)
        settle(qtbot, page)
        agrees(page, service)
    assert {row.vehicle for row in page._model.rows} == {"KDB 771J"}
    assert {row.route for row in page._model.rows} == {"Nairobi – Naivasha"}
    assert "UIM1TEST01" in {row.receipt for row in page._model.rows}

    assert page.filter is not None
    for sort in (Sort("amount"), Sort("status"), Sort("time", False), Sort("amount", False), Sort()):
        page.show_filter(page.filter, sort)
        settle(qtbot, page)
        assert tuple(page.rows) == service.page(page.filter, sort=sort).rows
    assert page.counts() == (2, 2)
    page.live.go_to(1)
    settle(qtbot, page)
    agrees(page, service)

    page.bar.search.setText("uim1")
    page.bar.search.returnPressed.emit()
    settle(qtbot, page)
    assert [row.receipt for row in page._model.rows] == ["UIM1TEST01"]
    assert bugs == []
    mailbox = tasks._mailbox
    tasks.stop()
    qtbot.waitUntil(lambda: not isValid(mailbox))
