"""Which schema a database has, and which one this program needs; known without loading the machinery that migrates."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text

from services.database.engine import Database
from services.domain.errors import SchemaMismatch


def known_revisions() -> tuple[str, ...]:
    """The chain's revisions in order; a migration's file is named '<revision>_<what>.py'."""
    folder = Path(__file__).parent / "migrations" / "versions"
    found = sorted(file.name.split("_")[0] for file in folder.iterdir() if file.suffix in (".py", ".pyc"))
    if not found:
        raise SchemaMismatch("This program carries no migrations; install it again.")
    return tuple(found)


def newest() -> str:
    """The revision that this program needs."""
    return known_revisions()[-1]


def current(connection: Connection) -> str | None:
    """The revision that the database has; None where it was never migrated."""
    if connection.execute(text("SELECT to_regclass('finance.alembic_version')")).scalar() is None:
        return None
    return connection.execute(text("SELECT version_num FROM finance.alembic_version")).scalar()


def require_known(connection: Connection) -> None:
    """Raises SchemaMismatch where the database's schema is newer than this program."""
    found = current(connection)
    if found is not None and found not in known_revisions():
        raise SchemaMismatch(
            f"The database's schema ({found}) is newer than this program knows ({newest()}). Install the newer workstation."
        )


def require_current(database: Database) -> None:
    """Raises SchemaMismatch unless the database's schema is this program's."""
    with database.read() as connection:
        found = current(connection)
        require_known(connection)
    if found is None:
        raise SchemaMismatch(f"The database at {database.address} has no finance schema. Run: workstation migrate")
    if found != newest():
        raise SchemaMismatch(
            f"The database's schema ({found}) is older than this program needs ({newest()}). Run: workstation migrate"
        )
