"""One PostgreSQL login per person, and the fleets it belongs to; for the operator.

Logins and groups are the server's, memberships the database's: one server keeps the people of one workstation database.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args
from uuid import UUID

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.logins import close_login, end_sessions, keep_login, set_group
from services.domain.errors import NotFound

Role = Literal["viewer", "manager", "approver"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
"""From the least rights to the most."""

_LOGIN = re.compile(r"[a-z_][a-z0-9_.\-]{0,62}")
_JOIN = text("""
    INSERT INTO finance.fleet_member (fleet_id, login, role, valid_from, valid_to)
    VALUES (:fleet, :login, :role, clock_timestamp(), :until)
""")
_END_RUNNING = text("""
    UPDATE finance.fleet_member SET valid_to = clock_timestamp()
    WHERE fleet_id = :fleet AND login = :login AND valid_from <= clock_timestamp()
      AND (valid_to IS NULL OR valid_to > clock_timestamp())
""")
_FORGET_COMING = text("""
    DELETE FROM finance.fleet_member WHERE fleet_id = :fleet AND login = :login AND valid_from > clock_timestamp()
""")
_EVER = text("SELECT EXISTS (SELECT FROM finance.fleet_member WHERE fleet_id = :fleet AND login = :login)")
_HIGHEST = text("""
    SELECT role FROM finance.fleet_member WHERE login = :login AND (valid_to IS NULL OR valid_to > clock_timestamp())
    ORDER BY array_position(:roles, role) DESC LIMIT 1
""")
_PEOPLE = text("""
    SELECT m.login, m.fleet_id, f.code, m.role, m.valid_from, m.valid_to, coalesce(r.rolcanlogin, false)
    FROM finance.fleet_member m
    JOIN finance.fleet f ON f.fleet_id = m.fleet_id
    LEFT JOIN pg_catalog.pg_roles r ON r.rolname = m.login
    WHERE (CAST(:fleet AS uuid) IS NULL OR m.fleet_id = :fleet)
      AND (:ended OR m.valid_to IS NULL OR m.valid_to > clock_timestamp())
    ORDER BY f.code, m.login, m.valid_from
""")


@dataclass(frozen=True, slots=True)
class Membership:
    """A login in a fleet, from … until before …; `can_sign_in` is of the login, whatever the dates say."""

    login: str
    fleet_id: UUID
    fleet: str
    role: str
    valid_from: datetime
    valid_to: datetime | None
    can_sign_in: bool

    def as_json(self) -> dict[str, object]:
        """The stable shape that other programs read."""
        return {
            "login": self.login,
            "fleet": self.fleet,
            "role": self.role,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "can_sign_in": self.can_sign_in,
        }


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing a person did: how many memberships and sessions ended, and whether other fleets still let them sign in."""

    ended: int
    sessions: int
    can_sign_in: bool


def add_person(
    connection: Connection,
    fleet_id: UUID,
    login: str,
    password: str | None,
    role: Role,
    until: datetime | None = None,
) -> None:
    """Gives `login` the role in the fleet from now on (until before `until`), and ends the one it had there.

    Creates the login where `password` is given, or changes its password. ValueError for a name that cannot be a login or an
    end that is past; NotFound, NotAllowed as in keep_login().
    """
    if not _LOGIN.fullmatch(login) or login.startswith(("finance_", "pg_")):
        raise ValueError(
            f"not a login name: {login!r} (lower-case letters, digits, _ . -; not beginning with finance_ or pg_)"
        )
    if role not in ROLES:
        raise ValueError(f"no such role: {role!r}")
    if until is not None and until <= datetime.now(until.tzinfo):
        raise ValueError(f"a membership cannot end in the past: {until:%Y-%m-%d}")
    keep_login(connection, login, password)
    end_membership(connection, fleet_id, login)
    connection.execute(_JOIN, {"fleet": fleet_id, "login": login, "role": role, "until": until})
    set_group(connection, login, _highest(connection, login))


def end_membership(connection: Connection, fleet_id: UUID, login: str) -> int:
    """Ends the login's membership of the fleet now, and one that was to come; returns how many were running."""
    key = {"fleet": fleet_id, "login": login}
    connection.execute(_FORGET_COMING, key)
    return connection.execute(_END_RUNNING, key).rowcount


def remove_person(database: Database, fleet_id: UUID, login: str) -> Removal:
    """Ends the login's membership of the fleet and whatever its sessions are doing, now; safe to repeat.

    Where no fleet is left, the login leaves its group and signs in no more. NotFound where it never was a member.
    """
    with database.write() as connection:
        if not connection.execute(_EVER, {"fleet": fleet_id, "login": login}).scalar_one():
            raise NotFound(f"There is no “{login}” in this fleet. See: workstation people list")
        ended = end_membership(connection, fleet_id, login)
        left = _highest(connection, login)
        set_group(connection, login, left)
        if left is None:
            close_login(connection, login)
    # After the commit: a session that began before it may hold a snapshot in which the person is still a member.
    return Removal(ended, end_sessions(database, login), left is not None)


def people(database: Database, fleet_id: UUID | None = None, *, ended: bool = False) -> list[Membership]:
    """The memberships that the database's login may see, of one fleet or of all; `ended` ones too where asked."""
    with database.read() as connection:
        return [Membership(*row) for row in connection.execute(_PEOPLE, {"fleet": fleet_id, "ended": ended})]


def _highest(connection: Connection, login: str) -> str | None:
    """The highest role that the login has, or will have, in any fleet."""
    return connection.execute(_HIGHEST, {"login": login, "roles": list(ROLES)}).scalar()
