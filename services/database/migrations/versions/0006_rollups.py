"""Totals of payments and of revenue, kept by the projector."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    run_sql(op.get_bind(), "0006_rollups")
