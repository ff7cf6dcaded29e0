"""Names are read once, and again as soon as one of them has changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import event

from services.database.engine import Database
from services.domain.period import Days
from services.feed.verification import rebuild
from services.payments.filters import PaymentFilter
from services.payments.naming import NameBook
from services.payments.row import Names, PaymentRow, Sort
from services.payments.service import PaymentService
from tests.services.payments.scattered import FIRST, FLEET, ROUTES, named
from tests.world import World

WANTED = PaymentFilter(FLEET, Days(FIRST, FIRST + timedelta(days=3)))
ROAD = next(iter(ROUTES))


@pytest.fixture
def person(world: World) -> Database:
    named(world)
    world.till(FLEET, "9990001")
    world.till(FLEET, "9990002", "till")
    world.payment(world.booking(FLEET, route_id=ROAD))
    world.project()
    return world.person(FLEET, "viewer")


def reads_of_names(database: Database) -> list[str]:
    told: list[str] = []

    @event.listens_for(database.engine, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "finance.vehicle" in statement:
            told.append(statement)

    return told


def test_every_kind_of_name(person: Database) -> None:
    names = PaymentService(person).names(FLEET)
    assert names.routes == ROUTES
    assert sorted(names.vehicles.values()) == ["KDA 001A", "KDB 002B"]
    assert sorted(names.drivers.values()) == ["Baraka Mfano", "Chao Mfano"]
    assert names.tills == {"9990001": "Paybill 9990001", "9990002": "Till 9990002"}


def test_pages_read_names_once(person: Database) -> None:
    told, service = reads_of_names(person), PaymentService(person)
    for sort in (Sort(), Sort(), Sort("status")):
        assert service.page(WANTED, sort=sort).rows[0].route == ROUTES[ROAD]
    assert service.page_at(WANTED, 0).rows[0].route == ROUTES[ROAD]
    assert service.rows(WANTED, [service.page(WANTED).rows[0].id])[0].route == ROUTES[ROAD]
    assert len(told) == 1


def test_a_renamed_route_is_shown_at_once_by_every_door(world: World, person: Database) -> None:
    service = PaymentService(person)
    payment = service.page(WANTED).rows[0].id
    doors: tuple[Callable[[], PaymentRow], ...] = (
        lambda: service.page(WANTED).rows[0],
        lambda: service.page(WANTED, sort=Sort("status")).rows[0],
        lambda: service.page_at(WANTED, 0).rows[0],
        lambda: service.rows(WANTED, [payment])[0],
        lambda: next(service.every(WANTED))[0],
    )
    for number, ask in enumerate(doors):
        world.run("UPDATE public.routes SET name = :name WHERE id = :id", id=ROAD, name=f"Road {number}")
        world.project()
        assert ask().route == f"Road {number}"


def test_a_rebuild_that_tells_no_names_is_noticed_by_its_epoch(world: World, person: Database) -> None:
    service = PaymentService(person)
    service.page(WANTED)
    world.run("UPDATE public.routes SET name = 'Anew' WHERE id = :id", id=ROAD)
    rebuild(world.database("finance_owner"))
    assert service.page(WANTED).rows[0].route == "Anew"


def test_a_book_knows_a_fleets_names_of_one_event() -> None:
    book = NameBook()
    lettering = book.learn(FLEET, (1, 7), Names({ROAD: "A"}, {}, {}))
    assert book.known(FLEET, (1, 7)) is lettering
    assert book.known(FLEET, (1, 8)) is None
    assert book.known(FLEET, (2, 7)) is None
    assert book.known(ROAD, (1, 7)) is None
