"""Schema finance as SQLAlchemy Core tables, for composed queries. The migrations make them; a test holds the two together."""

from services.database.tables.alerts import payment_alerts
from services.database.tables.audit import audit_head, audit_pending, audit_record
from services.database.tables.base import metadata
from services.database.tables.payments import (
    driver,
    feed,
    fleet,
    payment,
    payment_change,
    payment_change_parked,
    payment_event,
    payment_totals,
    projector,
    relay,
    relay_ticket,
    route,
    till,
    vehicle,
)
from services.database.tables.people import fleet_member
from services.database.tables.reconciliation import (
    match_line,
    match_payment,
    payment_reconciliation,
    reconciliation_exception,
    reconciliation_match,
)
from services.database.tables.revenue import (
    revenue_analytics,
    revenue_daily,
    revenue_due,
    revenue_forecast,
    revenue_target,
    revenue_totals,
)
from services.database.tables.statements import statement, statement_line, statement_rejection
from services.database.tables.views import saved_view

__all__ = [
    "audit_head",
    "audit_pending",
    "audit_record",
    "driver",
    "feed",
    "fleet",
    "fleet_member",
    "match_line",
    "match_payment",
    "metadata",
    "payment",
    "payment_alerts",
    "payment_change",
    "payment_change_parked",
    "payment_event",
    "payment_reconciliation",
    "payment_totals",
    "projector",
    "reconciliation_exception",
    "reconciliation_match",
    "relay",
    "relay_ticket",
    "revenue_analytics",
    "revenue_daily",
    "revenue_due",
    "revenue_forecast",
    "revenue_target",
    "revenue_totals",
    "route",
    "saved_view",
    "statement",
    "statement_line",
    "statement_rejection",
    "till",
    "vehicle",
]
