"""`workstation people`: who belongs to which fleet; for the operator."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, time
from typing import Annotated

import typer

from services.database.engine import Database
from services.database.fleets import fleet_by_code
from services.database.people import ROLES, Membership, Role, add_person, remove_person
from services.database.people import people as known_people
from services.database.schema import require_current
from services.domain.errors import WorkstationError
from workstation.backoffice import required_url

people = typer.Typer(no_args_is_help=True, help="Who belongs to which fleet; for the operator.")
FleetCode = Annotated[str, typer.Option("--fleet", help="The fleet's code, e.g. MSAFIRI.")]
Login = Annotated[str, typer.Argument(help="The person's own PostgreSQL login, in lower case.")]
_SHORTEST_PASSWORD = 8


@people.command()
def add(
    context: typer.Context,
    login: Login,
    fleet: FleetCode,
    role: Annotated[str, typer.Option(help=", ".join(ROLES) + ".")],
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read the password from standard input; a new login needs one.")
    ] = False,
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day, by the fleet's clock, without access.")
    ] = None,
) -> None:
    """Gives a person a role in a fleet from now on, instead of the one they had there; makes the login where it is new."""
    password = _password() if password_stdin else None
    with _ready(context) as database:
        found = fleet_by_code(database, fleet)
        end = datetime.combine(until.date(), time(), found.zone) if until else None
        with database.write() as connection:
            try:
                add_person(connection, found.id, login, password, _role(role), end)
            except ValueError as error:
                raise WorkstationError(f"{str(error)[:1].upper()}{str(error)[1:]}.") from error
    print(f"{login} is now {role} of {found.name}{f' until {until:%Y-%m-%d}' if until else ''}")


@people.command()
def remove(context: typer.Context, login: Login, fleet: FleetCode) -> None:
    """Ends a person's access to a fleet now, in open windows too; safe to run again."""
    with _ready(context) as database:
        found = fleet_by_code(database, fleet)
        removal = remove_person(database, found.id, login)
    print(f"{login} {'is no longer' if removal.ended else 'was already no longer'} in {found.name}")
    print(f"open sessions ended: {removal.sessions}")
    print("other fleets remain" if removal.can_sign_in else "no fleet is left: the login is closed")


@people.command("list")
def list_(
    context: typer.Context,
    fleet: Annotated[str | None, typer.Option("--fleet", help="One fleet's code; all fleets without it.")] = None,
    ended: Annotated[bool, typer.Option("--ended", help="Memberships that have ended, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stable JSON form.")] = False,
) -> None:
    """Lists who belongs to which fleet, since when and until when."""
    with _ready(context) as database:
        fleet_id = fleet_by_code(database, fleet).id if fleet else None
        found = known_people(database, fleet_id, ended=ended)
    if as_json:
        print(json.dumps([membership.as_json() for membership in found]))
        return
    for membership in found:
        print(_line(membership))


def _line(membership: Membership) -> str:
    until = f" until {membership.valid_to:%Y-%m-%d %H:%M} UTC" if membership.valid_to else ""
    closed = "" if membership.can_sign_in else "  (login closed)"
    return (
        f"{membership.fleet:12}{membership.login:24}{membership.role:10}"
        f"since {membership.valid_from:%Y-%m-%d %H:%M} UTC{until}{closed}"
    )


def _role(written: str) -> Role:
    for role in ROLES:
        if role == written:
            return role
    raise WorkstationError(f"There is no role {written!r}. Choose one of: {', '.join(ROLES)}.")


def _password() -> str:
    password = sys.stdin.readline().rstrip("\r\n")
    if len(password) < _SHORTEST_PASSWORD:
        raise WorkstationError(
            f"The password on standard input has fewer than {_SHORTEST_PASSWORD} characters; nothing was changed."
        )
    return password


@contextmanager
def _ready(context: typer.Context) -> Iterator[Database]:
    with closing(Database(required_url(context.obj))) as database:
        require_current(database)
        yield database
