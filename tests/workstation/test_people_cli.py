"""`workstation people` as the operator types it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import closing
from uuid import UUID

import pytest
import typer
from sqlalchemy import text

from services.database.engine import Database
from services.domain.errors import WorkstationError
from tests.workstation.command import Outcome
from tests.world import PASSWORD, World
from workstation.people_cli import people
from workstation.settings import load_settings

Typed = Callable[..., Outcome]


@pytest.fixture
def fleet(world: World) -> UUID:
    fleet = world.fleet("MSAFIRI", name="Msafiri Express")
    world.fleet("TWIGA", name="Twiga Sacco")
    world.project()
    return fleet


@pytest.fixture
def typed(world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Typed:
    """Runs `people …` as the `workstation` command mounts it."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.add_typer(people, name="people")

    @app.callback()
    def settings(context: typer.Context) -> None:
        context.obj = load_settings()

    def typed(*arguments: str, stdin: str = "", url: str = "") -> Outcome:
        monkeypatch.setenv("WORKSTATION_DATABASE_URL", url or world.operator_url)
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        capsys.readouterr()
        try:
            app(["people", *arguments], standalone_mode=False)
        except WorkstationError as error:
            return Outcome(2, capsys.readouterr().out, f"workstation: {error}\n")
        return Outcome(0, *capsys.readouterr())

    return typed


def fleets_of(world: World, login: str) -> list[str]:
    with closing(Database(world.login_url(login), pool_size=1)) as database, database.read() as connection:
        return list(connection.execute(text("SELECT code FROM finance.fleet ORDER BY code")).scalars())


def test_add_list_and_remove(world: World, fleet: UUID, typed: Typed) -> None:
    added = typed(
        "add", "amina", "--fleet", "msafiri", "--role", "manager", "--password-stdin", stdin=f"{PASSWORD}\r\n"
    )
    assert added == Outcome(0, "amina is now manager of Msafiri Express\n", "")
    assert fleets_of(world, "amina") == ["MSAFIRI"]
    typed("add", "amina", "--fleet", "TWIGA", "--role", "viewer")
    assert fleets_of(world, "amina") == ["MSAFIRI", "TWIGA"]

    listed = typed("list").out.splitlines()
    assert [line.split()[:3] for line in listed] == [["MSAFIRI", "amina", "manager"], ["TWIGA", "amina", "viewer"]]

    assert typed("remove", "amina", "--fleet", "MSAFIRI").out.splitlines() == [
        "amina is no longer in Msafiri Express",
        "open sessions ended: 0",
        "other fleets remain",
    ]
    assert fleets_of(world, "amina") == ["TWIGA"]
    assert typed("remove", "amina", "--fleet", "TWIGA").out.splitlines()[-1] == "no fleet is left: the login is closed"
    again = typed("remove", "amina", "--fleet", "TWIGA")
    assert (again.status, again.out.splitlines()[0]) == (0, "amina was already no longer in Twiga Sacco")
    assert typed("list").out == ""


def test_list_json_is_stable(world: World, fleet: UUID, typed: Typed) -> None:
    typed("add", "juma", "--fleet", "MSAFIRI", "--role", "viewer", "--password-stdin", stdin=PASSWORD)
    typed("add", "juma", "--fleet", "MSAFIRI", "--role", "approver", "--until", "2099-01-31")
    typed("remove", "juma", "--fleet", "MSAFIRI")
    assert json.loads(typed("list", "--fleet", "TWIGA", "--ended", "--json").out) == []
    viewer, approver = json.loads(typed("list", "--fleet", "MSAFIRI", "--ended", "--json").out)
    assert viewer.keys() == {"login", "fleet", "role", "valid_from", "valid_to", "can_sign_in"}
    assert (viewer["login"], viewer["fleet"], viewer["role"]) == ("juma", "MSAFIRI", "viewer")
    assert (approver["role"], approver["can_sign_in"]) == ("approver", False)
    assert viewer["valid_from"] < viewer["valid_to"] <= approver["valid_from"] < approver["valid_to"] < "2099"
    assert typed("list", "--ended").out.splitlines()[0].endswith("(login closed)")


def test_an_end_is_a_day_of_the_fleet(world: World, fleet: UUID, typed: Typed) -> None:
    added = typed(
        "add", "auditor", "--fleet", "MSAFIRI", "--role", "viewer", "--until", "2099-02-01", "--password-stdin",
        stdin=PASSWORD,
    )  # fmt: skip
    assert added.out == "auditor is now viewer of Msafiri Express until 2099-02-01\n"
    (one,) = json.loads(typed("list", "--json").out)
    assert one["valid_to"] == "2099-01-31T21:00:00+00:00"
    assert "until 2099-01-31 21:00 UTC" in typed("list").out
    past = typed("add", "auditor", "--fleet", "MSAFIRI", "--role", "viewer", "--until", "2026-01-01")
    assert past.refusal == "A membership cannot end in the past: 2026-01-01."


@pytest.mark.parametrize(
    ("arguments", "stdin", "said"),
    [
        (("add", "amina", "--fleet", "SIMBA", "--role", "viewer"), "", "There is no fleet 'SIMBA' for this login."),
        (("add", "amina", "--fleet", "TWIGA", "--role", "boss"), "", "There is no role 'boss'. Choose one of: viewer"),
        (("add", "nobody_yet", "--fleet", "TWIGA", "--role", "viewer"), "", "There is no login “nobody_yet” yet."),
        (("add", "Amina W", "--fleet", "TWIGA", "--role", "viewer"), "", "Not a login name: 'Amina W'"),
        (
            ("add", "amina", "--fleet", "TWIGA", "--role", "viewer", "--password-stdin"),
            "short\n",
            "The password on standard input has fewer than 8 characters; nothing was changed.",
        ),
        (("remove", "stranger", "--fleet", "TWIGA"), "", "There is no “stranger” in this fleet."),
    ],
)
def test_what_cannot_be_done_is_one_line(
    fleet: UUID, typed: Typed, arguments: tuple[str, ...], stdin: str, said: str
) -> None:
    refused = typed(*arguments, stdin=stdin)
    assert refused.refusal.startswith(said)
    assert "short" not in refused.err


def test_a_person_may_list_their_own_and_change_nothing(world: World, fleet: UUID, typed: Typed) -> None:
    world.person(fleet, "approver", "test_curious")
    url = world.login_url("test_curious").render_as_string(hide_password=False)
    assert [one["login"] for one in json.loads(typed("list", "--json", url=url).out)] == ["test_curious"]
    for act in (
        ("add", "test_friend", "--fleet", "MSAFIRI", "--role", "viewer", "--password-stdin"),
        ("add", "test_curious", "--fleet", "MSAFIRI", "--role", "viewer"),
    ):
        assert typed(*act, stdin=PASSWORD, url=url).refusal.startswith("Only the server's operator keeps people")
    assert "not allowed" in typed("remove", "test_curious", "--fleet", "MSAFIRI", url=url).refusal
    assert world.value("SELECT count(*) FROM finance.fleet_member WHERE valid_to IS NULL") == 1
