"""`migrate()`: roles, then the chain of Alembic migrations, each in its transaction, as finance_owner."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from services.database.engine import Database
from services.database.migrations.sqltext import run_sql
from services.domain.errors import SchemaMismatch

# One migration at a time, whoever starts it.
_LOCK = 7_261_202_601


def newest() -> str:
    """The revision that this program needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaMismatch("This program carries no migrations; install it again.")
    return head


def current(connection: Connection) -> str | None:
    """The revision that the database has; None where it was never migrated."""
    if connection.execute(text("SELECT to_regclass('finance.alembic_version')")).scalar() is None:
        return None
    context = MigrationContext.configure(connection, opts={"version_table_schema": "finance"})
    return context.get_current_revision()


def migrate(database: Database) -> tuple[str | None, str]:
    """Brings the database to `newest()`; returns (before, after). SchemaMismatch when it is newer than this program.

    `database` connects as a login that may create roles and owns (or may create) the booking system's tables.
    """
    with database.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        _require_known(connection)
        before = current(connection)
        run_sql(connection, "roles")
        connection.execute(text("SET ROLE finance_owner"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("RESET ROLE"))
    return before, newest()


def require_current(database: Database) -> None:
    """Raises SchemaMismatch unless the database's schema is this program's."""
    with database.read() as connection:
        found = current(connection)
        _require_known(connection)
    if found is None:
        raise SchemaMismatch(f"The database at {database.address} has no finance schema. Run: workstation migrate")
    if found != newest():
        raise SchemaMismatch(
            f"The database's schema ({found}) is older than this program needs ({newest()}). Run: workstation migrate"
        )


def _require_known(connection: Connection) -> None:
    found = current(connection)
    script = ScriptDirectory.from_config(_config())
    if found is not None and found not in {revision.revision for revision in script.walk_revisions()}:
        raise SchemaMismatch(
            f"The database's schema ({found}) is newer than this program knows ({newest()}). Install the newer workstation."
        )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
