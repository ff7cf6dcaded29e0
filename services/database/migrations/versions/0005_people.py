"""Memberships that end on time, and the recorded door to a passenger's name and phone."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    run_sql(op.get_bind(), "0005_people")
