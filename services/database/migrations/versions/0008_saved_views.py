"""Filters that people keep by name."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    run_sql(op.get_bind(), "0008_saved_views")
