"""The audit trail: records, their chain, and the triggers that write it."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    run_sql(op.get_bind(), "0004_audit")
