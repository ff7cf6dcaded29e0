"""The demo's logins: made once, kept for the next start, readable by nobody else."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.database.fleets import fleet_by_code
from services.domain.errors import EnvironmentFault
from tests.world import World
from workstation.demo.fleet import demo_fleet
from workstation.demo.history import write_fleet
from workstation.demo.people import LOGINS, Login, demo_people

FLEET = demo_fleet()


@pytest.fixture
def people(world: World, tmp_path: Path) -> dict[str, Login]:
    with world.database().write() as connection:
        write_fleet(connection, FLEET)
    world.project()
    return demo_people(world.database(), FLEET, tmp_path / "data")


def _signs_in(world: World, login: Login) -> bool:
    database = Database(world.server.url(login.name, login.password, world.name), pool_size=1)
    try:
        return fleet_by_code(database, FLEET.code).id == FLEET.id
    finally:
        database.close()


def test_manager_approver_and_viewer_sign_in_and_see_the_fleet(world: World, people: dict[str, Login]) -> None:
    assert {login.name: login.role for login in people.values()} == LOGINS
    assert all(_signs_in(world, login) for login in people.values())


def test_a_second_start_signs_in_with_the_same_passwords(
    world: World, people: dict[str, Login], tmp_path: Path
) -> None:
    again = demo_people(world.database(), FLEET, tmp_path / "data")

    assert again == people
    assert world.value("SELECT count(*) FROM finance.fleet_member") == 3
    assert _signs_in(world, again["demo_manager"])


def test_where_the_file_was_lost_new_passwords_are_set(world: World, people: dict[str, Login], tmp_path: Path) -> None:
    new = demo_people(world.database(), FLEET, tmp_path / "elsewhere")

    assert new != people
    assert all(_signs_in(world, login) for login in new.values())


def test_a_membership_that_ended_is_given_again(world: World, people: dict[str, Login], tmp_path: Path) -> None:
    world.run("UPDATE finance.fleet_member SET valid_to = clock_timestamp() WHERE login = 'demo_viewer'")

    demo_people(world.database(), FLEET, tmp_path / "data")

    assert _signs_in(world, people["demo_viewer"])


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are POSIX's")
def test_the_passwords_are_readable_by_their_owner_alone(people: dict[str, Login], tmp_path: Path) -> None:
    (kept,) = (tmp_path / "data").iterdir()

    assert kept.stat().st_mode & 0o777 == 0o600
    assert set(json.loads(kept.read_text())) == set(LOGINS)


def test_a_password_is_long_of_its_own_and_never_shown(people: dict[str, Login]) -> None:
    passwords = {login.password for login in people.values()}

    assert len(passwords) == 3 and min(map(len, passwords)) >= 20
    assert not any(password in repr(people) for password in passwords)


def test_a_broken_file_is_named_with_what_to_do(world: World, people: dict[str, Login], tmp_path: Path) -> None:
    (kept,) = (tmp_path / "data").iterdir()
    kept.write_text("{")

    with pytest.raises(EnvironmentFault, match=r"demo_people\.json.*Delete it"):
        demo_people(world.database(), FLEET, tmp_path / "data")


def test_the_server_knows_no_password_in_the_clear(world: World, people: dict[str, Login]) -> None:
    with world.database().read() as connection:
        known = connection.execute(text("SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'demo\\_%'")).scalars()
        assert all(verifier.startswith("SCRAM-SHA-256$") for verifier in known)
