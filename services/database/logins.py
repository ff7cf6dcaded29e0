"""PostgreSQL logins as the operator keeps them: passwords, groups, limits, sessions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import Connection, text

from services.database.engine import Database, first_line
from services.domain.errors import EnvironmentFault, NotAllowed, NotFound

LIMITS: Final = {
    # A laptop that sleeps in mid-edit holds a lock for less than 30 seconds.
    "idle_in_transaction_session_timeout": "25s",
    "lock_timeout": "10s",
    # A longer work says so itself: SET LOCAL statement_timeout.
    "statement_timeout": "60s",
    # Also one that sleeps while an answer is on its way to it.
    "tcp_keepalives_idle": "10s",
    "tcp_keepalives_interval": "5s",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}
"""What a person's sessions begin with; settings of a group do not reach its members, so each login has its own."""

_GROUPS: Final = ("finance_viewer", "finance_manager", "finance_approver")
_TOO_MIGHTY = text("""
    SELECT r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolreplication OR EXISTS (
        SELECT FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
        WHERE m.member = r.oid AND starts_with(g.rolname, 'finance_') AND g.rolname <> ALL (:groups))
    FROM pg_catalog.pg_roles r WHERE r.rolname = :login
""")
_THERE = text("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = :login)")
_HELD = text("""
    SELECT g.rolname, m.grantor::regrole::text
    FROM pg_catalog.pg_auth_members m
    JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
    JOIN pg_catalog.pg_roles r ON r.oid = m.member
    WHERE r.rolname = :login AND g.rolname = ANY (:groups)
""")
_END = text("""
    SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_catalog.pg_stat_activity
    WHERE usename = :login AND datname = current_database() AND backend_type = 'client backend'
""")
_ROUNDS: Final = 5


def keep_login(connection: Connection, login: str, password: str | None) -> None:
    """Lets the login sign in, under the limits of a person; creates it where `password` is given, or changes its password.

    NotFound where there is none and no password for a new one; NotAllowed where it is no person's, or the caller no operator.
    """
    mighty = connection.execute(_TOO_MIGHTY, {"login": login, "groups": list(_GROUPS)}).scalar()
    if mighty:
        raise NotAllowed(
            f"The login “{login}” is a superuser, a server role or one that administers the server; a person needs a login"
            " of their own."
        )
    if mighty is None and password is None:
        raise NotFound(f"There is no login “{login}” yet. Give the password that it shall have.")
    raw = _driver(connection)
    with _operators_right():
        verb, secret = sql.SQL("CREATE" if mighty is None else "ALTER"), _secret(raw, login, password)
        raw.execute(sql.SQL("{} ROLE {} LOGIN{}").format(verb, sql.Identifier(login), secret))
        _limit(raw, login)


def close_login(connection: Connection, login: str) -> None:
    """Lets the login sign in no more; its password stays. A login that was dropped is closed already."""
    if not connection.execute(_THERE, {"login": login}).scalar_one():
        return
    with _operators_right():
        _driver(connection).execute(sql.SQL("ALTER ROLE {} NOLOGIN").format(sql.Identifier(login)))


def set_group(connection: Connection, login: str, role: str | None) -> None:
    """Makes the login a member of the role's group and of no other one; of none where `role` is None."""
    wanted = f"finance_{role}" if role else None
    held = connection.execute(_HELD, {"login": login, "groups": list(_GROUPS)}).all()
    raw = _driver(connection)
    with _operators_right():
        for group, grantor in held:
            if group != wanted:
                revoke = sql.SQL("REVOKE {} FROM {} GRANTED BY {}")
                # regrole's text is an identifier already.
                raw.execute(revoke.format(sql.Identifier(group), sql.Identifier(login), sql.SQL(grantor)))
        if wanted and wanted not in {group for group, _ in held}:
            raw.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(wanted), sql.Identifier(login)))


def end_sessions(database: Database, login: str) -> int:
    """Ends the login's sessions in this database, whatever they are doing, and returns how many there were.

    Call it once that what keeps the login out is committed. EnvironmentFault where a session does not end.
    """
    ended = 0
    for _ in range(_ROUNDS):
        # Each in a transaction of its own, which sees the sessions anew: one may just have been signing in.
        with database.write() as connection:
            found = connection.execute(_END, {"login": login}).scalar_one()
        if not found:
            return ended
        ended += found
    raise EnvironmentFault(f"Sessions of the login “{login}” go on. End them on the server: pg_terminate_backend.")


def _secret(raw: psycopg.Connection[object], login: str, password: str | None) -> sql.Composable:
    if password is None:
        return sql.SQL("")
    # The server only ever sees the scram verifier, so no log of it holds the password.
    verifier = raw.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256").decode()
    return sql.SQL(" PASSWORD {}").format(sql.Literal(verifier))


def _limit(raw: psycopg.Connection[object], login: str) -> None:
    for name, value in LIMITS.items():
        setting = sql.SQL("ALTER ROLE {} IN DATABASE {} SET {} = {}")
        here, it = sql.Identifier(raw.info.dbname), sql.Identifier(login)
        raw.execute(setting.format(it, here, sql.Identifier(name), sql.Literal(value)))


@contextmanager
def _operators_right() -> Iterator[None]:
    # These statements go to the driver itself, so that not even the verifier reaches a log; so do their errors.
    try:
        yield
    except psycopg.errors.InsufficientPrivilege as error:
        said = first_line(str(error))
        raise NotAllowed(f"Only the server's operator keeps people and their logins ({said}).") from error


def _driver(connection: Connection) -> psycopg.Connection[object]:
    raw = connection.connection.driver_connection
    if not isinstance(raw, psycopg.Connection):
        raise TypeError("a psycopg connection is needed")
    return raw
