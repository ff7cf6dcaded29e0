"""`workstation audit verify`: exit 0 for a true trail, 1 with the first bad record, 2 where nothing can be proven."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.audit.anchors import AnchorFile, anchor_heads
from services.domain.errors import NotFound
from tests.world import World
from workstation.audit_cli import audit
from workstation.settings import Settings


@pytest.fixture
def fleet(world: World) -> UUID:
    """A fleet whose manager's membership is record 1."""
    fleet = world.fleet()
    world.project()
    world.person(fleet)
    return fleet


def prove(world: World, *arguments: object, login: str = "") -> Result:
    url = world.login_url(login).render_as_string(hide_password=False) if login else world.operator_url
    settings = Settings(database_url=SecretStr(url))
    return CliRunner().invoke(audit, ["verify", *map(str, arguments)], obj=settings)


def anchored(world: World, folder: Path) -> Path:
    file = AnchorFile(folder / "anchors.jsonl")
    anchor_heads(world.database("finance_projector"), file)
    return file.path


@pytest.mark.parametrize("login", ["", "test_manager"])
def test_a_true_trail(world: World, fleet: UUID, tmp_path: Path, login: str) -> None:
    done = prove(world, "--anchors", anchored(world, tmp_path), login=login)
    assert (done.exit_code, done.output) == (0, "MSAFIRI: 1 records, all proven\n1 anchors agree\n")
    done = prove(world, login=login)
    assert done.exit_code == 0 and "Without --anchors" in done.output


def test_the_stable_form(world: World, fleet: UUID) -> None:
    done = prove(world, "--json")
    proof = {"fleet_id": str(fleet), "records": 1, "anchors_checked": 0, "first_bad": None}
    assert json.loads(done.output) == {"records": 1, "anchors_checked": 0, "fleets": [proof]}


def test_a_bad_record_is_named(world: World, fleet: UUID, tmp_path: Path) -> None:
    anchors = anchored(world, tmp_path)
    with world.database().write() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("UPDATE finance.audit_record SET who = 'x'"))
    done = prove(world, "--anchors", anchors)
    assert (done.exit_code, done.output) == (
        1,
        "MSAFIRI: Record 1 is not what was written: its hash does not fit its contents.\n",
    )
    done = prove(world, "--json")
    assert done.exit_code == 1
    assert json.loads(done.output)["fleets"][0]["first_bad"]["number"] == 1


def test_nothing_is_proven_where_nothing_is_seen(world: World, fleet: UUID, tmp_path: Path) -> None:
    with world.database().write() as connection:
        connection.execute(text("UPDATE finance.fleet_member SET valid_to = clock_timestamp()"))
    assert isinstance(prove(world, login="test_manager").exception, NotFound)
    done = prove(world, "--anchors", tmp_path / "nowhere.jsonl")
    assert isinstance(done.exception, NotFound) and "no anchors" in str(done.exception)
