"""The demo's three logins, with passwords made once and kept beside the demo's data for the next start."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.people import Role, add_person
from services.domain.errors import EnvironmentFault
from workstation.demo.fleet import Fleet

#: The demo's logins and their roles; the desktop signs in as the first.
LOGINS: Final[dict[str, Role]] = {"demo_manager": "manager", "demo_approver": "approver", "demo_viewer": "viewer"}
_FILE: Final = "demo_people.json"


@dataclass(frozen=True, slots=True)
class Login:
    """A login of the demo; its password is not shown."""

    name: str
    role: Role
    password: str

    def __repr__(self) -> str:
        return f"Login({self.name!r}, {self.role!r})"


def demo_people(database: Database, fleet: Fleet, folder: Path) -> dict[str, Login]:
    """The demo's logins by name, created in `database` (the operator's) and in `folder` where they are not there yet."""
    known = _read(folder / _FILE)
    people = {name: Login(name, role, known.get(name) or secrets.token_urlsafe(18)) for name, role in LOGINS.items()}
    with database.write() as connection:
        for login in people.values():
            if login.name not in known or not _belongs(connection, fleet, login):
                add_person(connection, fleet.id, login.name, login.password, login.role)
        if known.keys() < people.keys():
            # Kept before the commit: a password that only the server knows would be lost.
            _write(folder / _FILE, {login.name: login.password for login in people.values()})
    return people


def _belongs(connection: Connection, fleet: Fleet, login: Login) -> bool:
    found = connection.execute(
        text(
            "SELECT count(*) FROM finance.fleet_member JOIN pg_catalog.pg_roles ON rolname = login"
            " WHERE fleet_id = :fleet AND login = :login AND role = :role AND valid_to IS NULL"
        ),
        {"fleet": fleet.id, "login": login.name, "role": login.role},
    ).scalar_one()
    return bool(found)


def _read(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise EnvironmentFault(
            f"{file}: cannot be read ({error}). Delete it; the demo then makes new passwords."
        ) from error
    return {name: str(password) for name, password in kept.items() if name in LOGINS}


def _write(file: Path, passwords: dict[str, str]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as out:
        json.dump(passwords, out, indent=2)
    part.replace(file)
