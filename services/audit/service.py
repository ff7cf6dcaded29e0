"""AuditService: a fleet's trail, page by page, with the rights of the login."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, Text, and_, cast, func, or_, select, text, tuple_

from services.audit.anchors import AnchorFile
from services.audit.record import KINDS, OTHER, AuditFilter, AuditPage, AuditRecord, Key
from services.audit.verification import AuditVerification, Progress, verify
from services.database.engine import Database
from services.database.tables import audit_record
from services.domain.errors import NotFound

# As text, so that an amount stays the decimal that it is.
_ROWS = ("row_key", "before", "after")
_COLUMNS = tuple(
    cast(column, Text).label(column.key) if column.key in _ROWS else column
    for column in audit_record.c
    if column.key != "previous"
)
_LOOKED_BACK = 5_000
# Members, whoever acted lately (the operator, say), nobody twice.
_PEOPLE = text(f"""
    SELECT login FROM finance.fleet_member WHERE fleet_id = :fleet
    UNION SELECT who FROM (SELECT who FROM finance.audit_record WHERE fleet_id = :fleet
                           ORDER BY at DESC, number DESC LIMIT {_LOOKED_BACK}) lately
    ORDER BY 1
""")


class AuditService:
    """Reads and proves trails; `anchors` is the file of anchors where this process can read it."""

    def __init__(self, database: Database, anchors: AnchorFile | None = None) -> None:
        self._database = database
        self._anchors = anchors

    def page(self, wanted: AuditFilter, after: Key | None = None, limit: int = 200) -> AuditPage:
        """The next `limit` records under the filter, newest first."""
        with self._database.read() as connection:
            records = [_record(row) for row in connection.execute(_page_query(wanted, after, limit + 1))]
        shown = tuple(records[:limit])
        more = Key(shown[-1].at, shown[-1].number) if len(records) > limit else None
        return AuditPage(shown, more)

    def record(self, fleet_id: UUID, number: int) -> AuditRecord:
        """One record; NotFound where the fleet's trail, as the login sees it, has none of this number."""
        query = select(*_COLUMNS).where(audit_record.c.fleet_id == fleet_id, audit_record.c.number == number)
        with self._database.read() as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            raise NotFound(f"The audit trail has no record {number:,}.")
        return _record(found)

    def people(self, fleet_id: UUID) -> list[str]:
        """Who may be found in the trail: the fleet's logins and whoever acted lately, by name."""
        with self._database.read() as connection:
            return list(connection.execute(_PEOPLE, {"fleet": fleet_id}).scalars())

    def verify(self, fleet_id: UUID, progress: Progress | None = None) -> AuditVerification:
        """Proves the fleet's trail, against the anchors too where there is a file of them."""
        anchors = self._anchors.read() if self._anchors else None
        return verify(self._database, [fleet_id], progress, anchors)


def records_of_payment(connection: Connection, fleet_id: UUID, payment_id: UUID) -> tuple[AuditRecord, ...]:
    """The records that concern a payment (its matches, what freed it, who saw its passenger), newest first."""
    numbers = select(func.finance.audit_of_payment(fleet_id, payment_id)).scalar_subquery()
    query = select(*_COLUMNS).where(
        audit_record.c.fleet_id == fleet_id, audit_record.c.number == func.any(func.array(numbers))
    )
    return tuple(_record(row) for row in connection.execute(query.order_by(audit_record.c.number.desc())))


def _page_query(wanted: AuditFilter, after: Key | None, limit: int) -> Select[Any]:
    record = audit_record.c
    query = select(*_COLUMNS).where(
        record.fleet_id == wanted.fleet_id, record.at >= wanted.days.start, record.at < wanted.days.end
    )
    if wanted.who:
        query = query.where(record.who.in_(sorted(wanted.who)))
    if wanted.kinds:
        query = query.where(_of_kinds(wanted.kinds))
    if sought := wanted.text.replace("\0", "").strip():
        query = query.where(_holding(sought))
    if after is not None:
        query = query.where(tuple_(record.at, record.number) < tuple_(after.at, after.number))
    return query.order_by(record.at.desc(), record.number.desc()).limit(limit)


def _of_kinds(kinds: frozenset[str]) -> Any:
    named = {table for kind, (_, tables) in KINDS.items() if kind in kinds for table in tables}
    inside = audit_record.c.table_name.in_(sorted(named))
    if OTHER not in kinds:
        return inside
    known = {table for _, tables in KINDS.values() for table in tables}
    return or_(inside, audit_record.c.table_name.not_in(sorted(known)))


def _holding(sought: str) -> Any:
    """Every word of what is sought stands somewhere in the record."""
    record = audit_record.c
    parts = (record.who, record.table_name, record.reason, cast(record.before, Text), cast(record.after, Text))
    told = func.lower(func.concat_ws(" ", *parts))
    return and_(*(func.strpos(told, word) > 0 for word in sought.lower().split()[:8]))


def _record(row: Row[Any]) -> AuditRecord:
    key, before, after = (_parsed(getattr(row, name)) for name in _ROWS)
    return AuditRecord(
        row.fleet_id, row.number, row.at, row.who, row.table_name, row.op, key or {}, before, after,
        row.reason, bytes(row.hash),
    )  # fmt: skip


def _parsed(written: str | None) -> dict[str, Any] | None:
    if written is None:
        return None
    parsed = json.loads(written, parse_float=Decimal)
    return parsed if isinstance(parsed, dict) else {"value": parsed}
