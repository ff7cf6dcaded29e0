"""Schema finance, its tables."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    run_sql(op.get_bind(), "0002_finance")
