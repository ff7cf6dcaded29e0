"""Who may do what, decided by hand: a new table, column or function belongs here before anybody may touch it.

Written as `tests.services.database.doors.rights()` reads it. What is not named is refused to everybody.
"""

from __future__ import annotations

from typing import Final

_READ = "SELECT"
_RUN = "EXECUTE"
#: All of a payment but passenger, phone and the search words made of both.
_PAYMENT = (
    "SELECT(amount amount_cents booking_id booking_reference checkout_request_id completed_at created_at created_day currency"
    " driver_id failure_reason fleet_id id method passenger_shown phone_shown receipt refunded_amount refunded_at refunded_day"
    " result_code route_id short_code status taken_day updated_at vehicle_id)"
)
_ALL = "DELETE INSERT SELECT UPDATE"

#: PostgreSQL's own default; nobody may create anything there.
PUBLIC: Final = {"schema public": "USAGE"}

VIEWER: Final = {
    **PUBLIC,
    "schema finance": "USAGE",
    "alembic_version": _READ,
    "audit_head": _READ,
    "audit_record": _READ,
    "driver": _READ,
    "feed": _READ,
    "fleet": _READ,
    "fleet_member": _READ,
    "match_line": _READ,
    "match_payment": _READ,
    "payment": _PAYMENT,
    "payment_alerts": _READ,
    "payment_event": _READ,
    "payment_reconciliation": _READ,
    "payment_summary": _READ,
    "payment_totals": _READ,
    "projector": _READ,
    "reconciliation_exception": _READ,
    "reconciliation_match": _READ,
    "relay": _READ,
    "revenue_analytics": _READ,
    "revenue_daily": _READ,
    "revenue_forecast": _READ,
    "revenue_target": _READ,
    "revenue_totals": _READ,
    "route": _READ,
    # Whose it is and when it changed are the server's word.
    "saved_view": "DELETE INSERT(definition fleet_id name page shared) SELECT UPDATE(definition name shared)",
    "statement": _READ,
    "statement_line": _READ,
    "statement_rejection": _READ,
    "till": _READ,
    "vehicle": _READ,
    "ask_to_reveal()": _RUN,
    "audit_hash()": _RUN,
    "audit_of_payment()": _RUN,
    "is_operator()": _RUN,
    "issue_relay_ticket()": _RUN,
    "my_fleets()": _RUN,
    "person()": _RUN,
    "reveal_payment()": _RUN,
    "role_rank()": _RUN,
    "find_payments()": _RUN,
    "find_totals()": _RUN,
    "stamp_reconciliation()": _RUN,
    "statement_digest()": _RUN,
}

MANAGER: Final = {
    **VIEWER,
    "match_line": "DELETE INSERT SELECT",
    "match_payment": "DELETE INSERT SELECT",
    # Who and when are the server's word.
    "payment_reconciliation": (
        "INSERT(difference fleet_id id mpesa_total notes reconciliation_date status system_total) SELECT"
        " UPDATE(difference mpesa_total notes status system_total)"
    ),
    "reconciliation_exception": "DELETE INSERT SELECT",
    "reconciliation_match": "INSERT(day fleet_id id pass reasons score state) SELECT UPDATE(state)",
    "revenue_target": "DELETE INSERT(dimension fleet_id from_day member per_day) SELECT UPDATE(per_day)",
    "statement": (
        "INSERT(balance_chain closing_balance controls covered_from covered_to duplicates file_name first_day fleet_id holder id"
        " imported last_day layout opening_balance rejected rows sha256 short_code total_paid_in total_withdrawn) SELECT"
    ),
    "statement_line": "INSERT SELECT",
    "statement_rejection": "INSERT SELECT",
}

APPROVER: Final = {**MANAGER}

PROJECTOR: Final = {
    **PUBLIC,
    "schema finance": "USAGE",
    "alembic_version": _READ,
    # The booking system's truth, read only.
    "public.bookings": _READ,
    "public.drivers": _READ,
    "public.fleets": _READ,
    "public.payment_transactions": _READ,
    "public.routes": _READ,
    "public.shortcodes": _READ,
    "public.vehicles": _READ,
    "payment_source": _READ,
    "revenue_source": _READ,
    "payment_totals_source": _READ,
    "revenue_totals_source": _READ,
    "payment_change": "DELETE INSERT SELECT",
    "payment_change_parked": _ALL,
    "payment": _ALL,
    "revenue_daily": _ALL,
    "payment_totals": _ALL,
    "revenue_totals": _ALL,
    "fleet": _ALL,
    "route": _ALL,
    "vehicle": _ALL,
    "driver": _ALL,
    "till": _ALL,
    "feed": _ALL,
    "projector": _ALL,
    "payment_event": "INSERT SELECT",
    # Its process keeps what is calculated of revenue.
    "revenue_due": "DELETE INSERT(day fleet_id) SELECT",
    "revenue_analytics": (
        "DELETE INSERT(average_transaction calculated_at fleet_id period_end period_start period_type revenue_by_driver"
        " revenue_by_payment_method revenue_by_route revenue_by_vehicle total_revenue transaction_count) SELECT"
        " UPDATE(average_transaction calculated_at period_end revenue_by_driver revenue_by_payment_method revenue_by_route"
        " revenue_by_vehicle total_revenue transaction_count)"
    ),
    "revenue_forecast": "DELETE INSERT SELECT",
    # Its process writes the anchors.
    "audit_head": _READ,
    "local_phone()": _RUN,
    "passenger_shown()": _RUN,
    "payment_dimensions()": _RUN,
    "payment_grains()": _RUN,
    "payment_state()": _RUN,
    "phone_shown()": _RUN,
    "revenue_dimensions()": _RUN,
    "revenue_entries()": _RUN,
    "revenue_grains()": _RUN,
    "search_words()": _RUN,
}

RELAY: Final = {
    **PUBLIC,
    "schema finance": "USAGE",
    "alembic_version": _READ,
    "feed": _READ,
    "payment_event": _READ,
    "projector": _READ,
    "relay": _ALL,
    "consume_relay_ticket()": _RUN,
    "fleets_of()": _RUN,
}

ALERTS: Final = {**PUBLIC, "schema finance": "USAGE", "alembic_version": _READ}
API: Final = {**PUBLIC, "schema finance": "USAGE", "alembic_version": _READ}

EXPECTED: Final = {
    "public": PUBLIC,
    "finance_viewer": VIEWER,
    "finance_manager": MANAGER,
    "finance_approver": APPROVER,
    "finance_projector": PROJECTOR,
    "finance_relay": RELAY,
    "finance_alerts": ALERTS,
    "finance_api": API,
}

#: What members may read that belongs to no fleet, and what it tells.
OF_NO_FLEET: Final = {
    "alembic_version": "the schema's revision",
    "projector": "which back office leads, and how far behind it is",
    "relay": "where the live feed is",
}

#: How each function is called that a person may call, with a fleet and what belongs to it.
CALLS: Final = {
    "ask_to_reveal()": "SELECT finance.ask_to_reveal(%(fleet)s, %(payment)s, 'asked by a test')",
    "audit_of_payment()": "SELECT finance.audit_of_payment(%(fleet)s, %(payment)s)",
    "my_fleets()": "SELECT %(fleet)s = ANY (finance.my_fleets())",
    "reveal_payment()": "SELECT * FROM finance.reveal_payment(%(fleet)s, %(payment)s)",
    "find_payments()": (
        "SELECT * FROM finance.find_payments(%(fleet)s, ARRAY['alice'], ARRAY[NULL], '{}', '{\"descending\": true, \"limit\": 9}')"
    ),
    "find_totals()": (
        "SELECT * FROM finance.find_totals(%(fleet)s, ARRAY['alice'], ARRAY[NULL], '{}', 'Africa/Nairobi')"
    ),
    "statement_digest()": "SELECT finance.statement_digest(%(fleet)s, %(statement)s)",
}
#: Those that take nothing of a fleet.
BLIND: Final = {
    "audit_hash()": "computes from its arguments alone",
    "is_operator()": "of the caller alone",
    "issue_relay_ticket()": "of the caller alone",
    "person()": "of the caller alone",
    "role_rank()": "computes from its argument alone",
    "stamp_reconciliation()": "a trigger, which nobody can call",
}
