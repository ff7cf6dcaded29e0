"""The demo keeps out of other people's databases."""

from __future__ import annotations

import pytest

from tests.world import World
from workstation.demo.fleet import demo_fleet
from workstation.demo.history import write_fleet
from workstation.demo.ownership import DemoRefused, refuse_foreign

FLEET = demo_fleet()


def test_an_empty_database_and_the_demos_own_are_welcome(world: World) -> None:
    with world.database().write() as connection:
        refuse_foreign(connection, FLEET)
        write_fleet(connection, FLEET)
        refuse_foreign(connection, FLEET)


def test_a_database_without_the_booking_systems_tables_is_welcome(world: World) -> None:
    with world.database().write() as connection:
        connection.exec_driver_sql("ALTER TABLE public.fleets RENAME TO fleets_elsewhere")
        refuse_foreign(connection, FLEET)


def test_a_foreign_fleet_is_named_and_left_alone_even_under_the_demos_code(world: World) -> None:
    world.fleet(FLEET.code, name="Somebody's Buses")

    with (
        world.database().write() as connection,
        pytest.raises(DemoRefused, match=r"Somebody's Buses.*nothing was written"),
    ):
        refuse_foreign(connection, FLEET)
