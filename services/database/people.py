"""One PostgreSQL login per person, and the fleets it belongs to; for the operator."""

from __future__ import annotations

import re
from typing import Literal, get_args
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from services.domain.errors import NotAllowed

Role = Literal["viewer", "manager", "approver"]
_LOGIN = re.compile(r"[a-z_][a-z0-9_.\-]{0,62}")


def add_person(connection: Connection, fleet_id: UUID, login: str, password: str | None, role: Role) -> None:
    """Gives `login` the role in the fleet from now on; creates the login where `password` is given, or changes its password.

    An earlier membership of the same fleet ends now. ValueError for a name that cannot be a login.
    """
    if not _LOGIN.fullmatch(login) or login.startswith("finance_"):
        raise ValueError(
            f"not a login name: {login!r} (lower-case letters, digits, _ . -; not beginning with finance_)"
        )
    if role not in get_args(Role):
        raise ValueError(f"no such role: {role!r}")
    raw = _driver(connection)
    if password is not None:
        _set_login(raw, login, password)
    raw.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(f"finance_{role}"), sql.Identifier(login)))
    end_membership(connection, fleet_id, login)
    connection.execute(
        text(
            "INSERT INTO finance.fleet_member (fleet_id, login, role, valid_from) VALUES (:fleet, :login, :role, clock_timestamp())"
        ),
        {"fleet": fleet_id, "login": login, "role": role},
    )


def end_membership(connection: Connection, fleet_id: UUID, login: str) -> int:
    """Ends the login's membership of the fleet now; returns how many were running."""
    return connection.execute(
        text(
            "UPDATE finance.fleet_member SET valid_to = clock_timestamp()"
            " WHERE fleet_id = :fleet AND login = :login AND (valid_to IS NULL OR valid_to > clock_timestamp())"
        ),
        {"fleet": fleet_id, "login": login},
    ).rowcount


def _set_login(raw: psycopg.Connection[object], login: str, password: str) -> None:
    found = raw.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", (login,)).fetchone()
    if isinstance(found, tuple) and found[0]:
        raise NotAllowed(f"The login “{login}” is a superuser of the server; a person needs a login of their own.")
    # The server only ever sees the scram verifier, so no log of it holds the password.
    verifier = raw.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    verb = "ALTER" if found else "CREATE"
    raw.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(sql.SQL(verb), sql.Identifier(login), sql.Literal(verifier))
    )


def _driver(connection: Connection) -> psycopg.Connection[object]:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("a psycopg connection is needed")
    return raw
