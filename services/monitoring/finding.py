"""One payment by what a person has at hand: a link, an id, a receipt, a booking reference."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from sqlalchemy import Connection, TextClause, text

from services.payments.codec import parse_link

# Of a payment that was removed, its events are left.
_BY_ID: Final = text("""
    SELECT id FROM finance.payment WHERE fleet_id = :fleet AND id = :payment
    UNION ALL SELECT payment_id FROM finance.payment_event WHERE fleet_id = :fleet AND payment_id = :payment LIMIT 1
""")
_BY_RECEIPT: Final = text("""
    SELECT id FROM finance.payment WHERE fleet_id = :fleet AND receipt = ANY (:spellings) ORDER BY created_at DESC, id LIMIT 1
""")
_BY_REFERENCE: Final = text("""
    SELECT id FROM finance.payment WHERE fleet_id = :fleet AND booking_reference = ANY (:spellings)
    ORDER BY created_at DESC, id LIMIT 1
""")
# A payment whose callback was lost has no receipt; the line that it is matched to has.
_BY_LINE: Final = text("""
    SELECT mp.payment_id
    FROM finance.statement_line l
    JOIN finance.match_line ml ON ml.fleet_id = l.fleet_id AND ml.line_id = l.id
    JOIN finance.match_payment mp ON mp.fleet_id = ml.fleet_id AND mp.match_id = ml.match_id
    WHERE l.fleet_id = :fleet AND l.receipt = ANY (:spellings)
    ORDER BY l.completed_at DESC, mp.payment_id LIMIT 1
""")


def find_payment(connection: Connection, fleet_id: UUID, typed: str) -> UUID | None:
    """The fleet's payment that is meant, the newest of several; None where there is none."""
    typed = typed.replace("\0", " ").strip()
    if "://" in typed or _is_id(typed):
        return _first(connection, _BY_ID, fleet=fleet_id, payment=_linked(fleet_id, typed))
    spellings = [typed, typed.upper()]
    found = (
        _first(connection, query, fleet=fleet_id, spellings=spellings)
        for query in (_BY_RECEIPT, _BY_REFERENCE, _BY_LINE)
        if typed
    )
    return next(filter(None, found), None)


def _first(connection: Connection, query: TextClause, **values: object) -> UUID | None:
    found = connection.execute(query, values).scalar()
    return found if isinstance(found, UUID) else None


def _is_id(typed: str) -> bool:
    try:
        return bool(UUID(typed))
    except ValueError:
        return False


def _linked(fleet_id: UUID, typed: str) -> UUID | None:
    """The payment's id; None where the text links to another fleet, or to something else."""
    if _is_id(typed):
        return UUID(typed)
    try:
        fleet, payment = parse_link(typed)
    except ValueError:
        return None
    return payment if fleet == fleet_id else None
