"""`migrate()`: roles, then the chain of Alembic migrations, each in its transaction, as finance_owner."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from services.database.engine import Database
from services.database.migrations.sqltext import run_sql
from services.database.schema import current, newest, require_known

# One migration at a time, whoever starts it.
_LOCK = 7_261_202_601


def migrate(database: Database) -> tuple[str | None, str]:
    """Brings the database to `newest()`; returns (before, after). SchemaMismatch when it is newer than this program.

    `database` connects as a login that may create roles and owns (or may create) the booking system's tables.
    """
    with database.write() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        require_known(connection)
        before = current(connection)
        run_sql(connection, "roles")
        connection.execute(text("SET ROLE finance_owner"))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.execute(text("RESET ROLE"))
    return before, newest()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config
