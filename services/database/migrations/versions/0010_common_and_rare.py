"""Finding the common and the rare; totals side by side as they are read; weekdays, hours and reasons; shared views in the audit trail."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    run_sql(op.get_bind(), "0010_common_and_rare")
    run_sql(op.get_bind(), "0010_views_audited")
    run_sql(op.get_bind(), "0010_clocks_and_reasons")
    run_sql(op.get_bind(), "0010_totals_by_start")
