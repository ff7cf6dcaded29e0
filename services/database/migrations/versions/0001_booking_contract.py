"""The booking system's tables, where they are absent, and what our owner and projector may do with them."""

from alembic import op

from services.database.migrations.sqltext import run_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    # Schema public is the booking system's: its tables belong to the login that migrates, never to finance_owner.
    op.execute("RESET ROLE")
    run_sql(op.get_bind(), "0001_booking_contract")
    op.execute("GRANT USAGE ON SCHEMA public TO finance_owner, finance_projector")
    op.execute(
        "GRANT SELECT ON public.fleets, public.routes, public.vehicles, public.drivers, public.shortcodes, public.bookings,"
        " public.payment_transactions TO finance_owner, finance_projector"
    )
    op.execute("SET ROLE finance_owner")
