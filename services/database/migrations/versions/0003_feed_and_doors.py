"""Capture, source views, functions, rights and forced row-level security."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    run_sql(op.get_bind(), "0003_feed_and_doors")
