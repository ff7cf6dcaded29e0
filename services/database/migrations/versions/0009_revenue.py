"""Analytics rows, forecasts and targets of revenue."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    run_sql(op.get_bind(), "0009_revenue")
