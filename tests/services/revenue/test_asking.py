"""Questions that go to the server together: each gets its own rows, and a fault is told in words."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from sqlalchemy import text

from services.database.cancellation import CancelScope
from services.database.engine import Database
from services.domain.errors import Cancelled, SchemaMismatch
from services.payments.statement import Statement
from services.revenue.asking import Round
from tests.world import World


@pytest.fixture
def viewer(world: World) -> Database:
    return world.person(world.fleet(), "viewer")


def number(world: World, value: int) -> Statement:
    made = Statement(world.fleet(f"F{value}"))
    made.text = f"SELECT {made.apart(value)}::integer"
    return made


def test_each_question_learns_what_its_statements_found(world: World, viewer: Database) -> None:
    with viewer.read() as connection:
        together = Round(connection)
        both = together.ask([number(world, 1), number(world, 2)], lambda found: [rows[0][0] for rows in found])
        none = together.ask([], len)
        third = together.ask([number(world, 3)], lambda found: found[0])
        with pytest.raises(IndexError):
            _ = both.value
        together.send()
    assert (both.value, none.value, third.value) == ([1, 2], 0, [(3,)])


def test_a_fault_among_them_is_told_and_the_connection_serves_again(world: World, viewer: Database) -> None:
    wrong = number(world, 4)
    wrong.text = "SELECT %(v1)s::integer FROM finance.nowhere"
    with pytest.raises(SchemaMismatch, match=r"finance\.nowhere"), viewer.read() as connection:
        together = Round(connection)
        for one in (number(world, 5), wrong, number(world, 6)):
            together.ask([one], len)
        together.send()
    with viewer.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1


def test_all_of_them_are_cancelled_at_once(world: World, viewer: Database) -> None:
    slow = number(world, 7)
    slow.text = "SELECT pg_sleep(60), %(v1)s::integer"
    scope = CancelScope()
    began = Event()

    def ask() -> None:
        with scope.entered(), viewer.read() as connection:
            together = Round(connection)
            for _ in range(2):
                together.ask([slow], len)
            began.set()
            together.send()

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask)
        began.wait(10)
        while not asked.done():
            scope.cancel()
            wait([asked], 0.2)
        with pytest.raises(Cancelled):
            asked.result()
