"""Finding payments: one page at a time, and their totals."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    run_sql(op.get_bind(), "0007_finding")
