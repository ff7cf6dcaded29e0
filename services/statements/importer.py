"""Brings a statement file into the database: once, whole or not at all, and never a line twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, insert, text

from services.database.cancellation import CancelScope
from services.database.certainty import act
from services.database.engine import Database
from services.database.tables import statement as statements
from services.database.tables import statement_rejection
from services.domain.errors import NotFound, StatementRefused
from services.domain.money import stated
from services.domain.period import day_of
from services.statements.identity import LineKey, identify
from services.statements.imported import ImportResult, chain_json, controls_json, kinds_of, totals_of
from services.statements.line import StatementLine
from services.statements.statement import Statement, read_statement

_BATCH: Final = 2_000
_LONGEST: Final = 400  # days; a longer period is a misprint, and only the days of its lines are named
_COLUMNS: Final = {
    "row": "integer",
    "receipt": "text",
    "leg": "text",
    "occurrence": "integer",
    "kind": "text",
    "status": "text",
    "completed_at": "timestamptz",
    "initiated_at": "timestamptz",
    "day": "date",
    "paid_in": "numeric(14,2)",
    "withdrawn": "numeric(14,2)",
    "balance": "numeric(14,2)",
    "details": "text",
    "reason_type": "text",
    "other_party": "text",
    "linked_receipt": "text",
    "account": "text",
    "currency": "text",
}
_NAMES: Final = ", ".join(_COLUMNS)
_TYPED: Final = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
_STAGE = text(f"CREATE TEMPORARY TABLE incoming_line ({_TYPED}) ON COMMIT DROP")
_FILL = text(
    f"INSERT INTO pg_temp.incoming_line SELECT {_NAMES} FROM jsonb_to_recordset(CAST(:lines AS jsonb)) AS line({_TYPED})"
)
_DROP_KNOWN = text("""
    DELETE FROM pg_temp.incoming_line i
    USING finance.statement_line l
    WHERE l.fleet_id = :fleet AND l.short_code = :short_code AND l.receipt = i.receipt AND l.leg = i.leg
      AND l.completed_at = i.completed_at AND coalesce(l.paid_in, 0) = coalesce(i.paid_in, 0)
      AND coalesce(l.withdrawn, 0) = coalesce(i.withdrawn, 0) AND l.occurrence = i.occurrence
""")
_KEEP = text(f"""
    INSERT INTO finance.statement_line (fleet_id, statement_id, short_code, {_NAMES})
    SELECT :fleet, :statement, :short_code, {_NAMES} FROM pg_temp.incoming_line
""")
# Two imports of one short code at once would both count the same lines as new.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('statement import ' || :fleet || ' ' || :short_code, 0))")
_FLEET = text("SELECT name, timezone FROM finance.fleet WHERE fleet_id = :fleet")
_TILLS = text("SELECT short_code FROM finance.till WHERE fleet_id = :fleet ORDER BY short_code")
_COVERED = text("""
    SELECT EXISTS (SELECT FROM finance.statement
                   WHERE fleet_id = :fleet AND short_code = :short_code AND covered_from <= :start AND covered_to >= :end)
""")
_EARLIER = text("""
    SELECT id FROM finance.statement
    WHERE fleet_id = :fleet AND short_code = :short_code AND sha256 = :sha256 ORDER BY imported_at LIMIT 1
""")

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Task:
    """One file for one short code of one fleet."""

    fleet_id: UUID
    zone: ZoneInfo
    short_code: str
    statement: Statement

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """The covered span, its end exclusive; the lines' whole days where the file states no period."""
        if covered := self.statement.covered:
            # The portal writes the last second that it covers.
            return covered[0], covered[1] + timedelta(seconds=1)
        days = self.line_days
        if not days:
            return None
        end = datetime.combine(max(days) + timedelta(days=1), time.min, self.zone)
        return datetime.combine(min(days), time.min, self.zone), end

    @property
    def line_days(self) -> set[date]:
        """The fleet's days on which lines completed."""
        return {day_of(line.completed_at, self.zone) for line in self.statement.lines}


class StatementImporter:
    """Imports statement files with the rights of the database's login."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def import_file(
        self, path: Path, fleet_id: UUID, short_code: str | None = None, *, progress: Progress | None = None
    ) -> ImportResult:
        """Imports one file for the fleet, in one transaction.

        Lines that are known already count as duplicates; a file without news writes nothing. StatementRefused where the
        file cannot be read or is not this fleet's, NotFound where file or fleet is absent. Cancelling leaves nothing behind.
        """
        tell = _checked(progress)
        tell(0.0)
        statement = read_statement(path)
        tell(0.2)

        def work(connection: Connection) -> ImportResult:
            task = _task(connection, fleet_id, statement, short_code)
            connection.execute(_LOCK, {"fleet": str(fleet_id), "short_code": task.short_code})
            result = _import(connection, task, tell)
            tell(1.0)
            return result

        return act(self._database, work)


def _checked(progress: Progress | None) -> Progress:
    def tell(share: float) -> None:
        scope = CancelScope.current()
        if scope is not None:
            scope.check()
        if progress is not None:
            progress(share)

    return tell


def _task(connection: Connection, fleet_id: UUID, statement: Statement, asked: str | None) -> _Task:
    fleet = connection.execute(_FLEET, {"fleet": fleet_id}).one_or_none()
    if fleet is None:
        raise NotFound("There is no such fleet for this login. Choose one of your fleets.")
    tills = list(connection.execute(_TILLS, {"fleet": fleet_id}).scalars())
    short_code = _short_code(statement, asked.strip() if asked else None, tills, fleet.name)
    return _Task(fleet_id, ZoneInfo(fleet.timezone), short_code, statement)


def _short_code(statement: Statement, asked: str | None, tills: list[str], fleet: str) -> str:
    file, named = statement.file_name, statement.short_code
    if named and asked and named != asked:
        raise StatementRefused(file, f"is the statement of short code {named}, not of {asked}: choose the other file")
    chosen = named or asked or (tills[0] if len(tills) == 1 else None)
    if chosen is None:
        known = f"say which of {', '.join(tills)} it belongs to" if tills else f"{fleet} has none yet; add it first"
        raise StatementRefused(file, f"names no short code: {known}")
    if chosen not in tills:
        raise StatementRefused(file, f"short code {chosen} does not belong to {fleet}: import it for its own fleet")
    return chosen


def _import(connection: Connection, task: _Task, tell: Progress) -> ImportResult:
    known = _stage(connection, task, tell)
    new = len(task.statement.lines) - known
    statement_id = None
    if _has_news(connection, task, new):
        statement_id = _keep(connection, task, new)
        days = task.line_days | _covered_days(task)
    else:
        key = {"fleet": task.fleet_id, "short_code": task.short_code, "sha256": task.statement.sha256}
        statement_id = connection.execute(_EARLIER, key).scalar()
        days = task.line_days
    return _result(task, statement_id, new, days)


def _stage(connection: Connection, task: _Task, tell: Progress) -> int:
    """Lays the lines beside the table, drops those that it has, and returns how many these were."""
    connection.execute(_STAGE)
    lines = list(zip(task.statement.lines, identify(task.statement.lines), strict=True))
    for start in range(0, len(lines), _BATCH):
        rows = [_row(line, key, task.zone) for line, key in lines[start : start + _BATCH]]
        connection.execute(_FILL, {"lines": json.dumps(rows)})
        tell(0.2 + 0.5 * (start + len(rows)) / len(lines))
    connection.execute(text("ANALYZE pg_temp.incoming_line"))
    return connection.execute(_DROP_KNOWN, {"fleet": task.fleet_id, "short_code": task.short_code}).rowcount


def _has_news(connection: Connection, task: _Task, new: int) -> bool:
    """New lines, or proof of a time (a quiet Sunday) that no earlier statement covers."""
    if new or task.span is None:
        return new > 0
    if not task.statement.lines and task.statement.rejected:
        return False
    start, end = task.span
    key = {"fleet": task.fleet_id, "short_code": task.short_code, "start": start, "end": end}
    return not connection.execute(_COVERED, key).scalar()


def _keep(connection: Connection, task: _Task, new: int) -> UUID:
    file, statement_id = task.statement, uuid4()
    start, end = task.span or (None, None)
    if start is None or end is None:  # _has_news() says no where there is neither period nor line
        raise StatementRefused(file.file_name, "states no period and holds no line: nothing can be imported")
    paid_in, withdrawn = totals_of(file)
    connection.execute(
        insert(statements).values(
            fleet_id=task.fleet_id,
            id=statement_id,
            short_code=task.short_code,
            layout=file.layout,
            file_name=file.file_name,
            sha256=file.sha256,
            holder=file.holder,
            first_day=day_of(start, task.zone),
            last_day=day_of(end - timedelta(seconds=1), task.zone),
            covered_from=start,
            covered_to=end,
            opening_balance=file.opening,
            closing_balance=file.closing,
            total_paid_in=paid_in,
            total_withdrawn=withdrawn,
            rows=file.rows,
            imported=new,
            duplicates=len(file.lines) - new,
            rejected=len(file.rejected),
            controls=controls_json(file.controls),
            balance_chain=chain_json(file.balance_chain),
        )
    )
    connection.execute(_KEEP, {"fleet": task.fleet_id, "statement": statement_id, "short_code": task.short_code})
    _keep_rejections(connection, task, statement_id)
    return statement_id


def _keep_rejections(connection: Connection, task: _Task, statement_id: UUID) -> None:
    # A preamble row can be unreadable twice under one name; the first reason stands for both.
    found = {(bad.row, bad.field): bad for bad in reversed(task.statement.rejected)}
    rows = [
        {
            "fleet_id": task.fleet_id,
            "statement_id": statement_id,
            "row": bad.row,
            "field": bad.field,
            "reason": bad.reason,
            "raw": bad.raw,
        }
        for bad in found.values()
    ]
    if rows:
        connection.execute(insert(statement_rejection), rows)


def _row(line: StatementLine, key: LineKey, zone: ZoneInfo) -> dict[str, object]:
    return {
        "row": line.row,
        "receipt": key.receipt,
        "leg": key.leg,
        "occurrence": key.occurrence,
        "kind": line.kind,
        "status": line.status,
        "completed_at": line.completed_at.isoformat(),
        "initiated_at": line.initiated_at.isoformat() if line.initiated_at else None,
        "day": day_of(line.completed_at, zone).isoformat(),
        "paid_in": _money(line.paid_in),
        "withdrawn": _money(line.withdrawn),
        "balance": _money(line.balance),
        "details": line.details,
        "reason_type": line.reason_type,
        "other_party": line.other_party,
        "linked_receipt": line.linked_receipt,
        "account": line.account,
        "currency": line.currency,
    }


def _money(value: Decimal | None) -> str | None:
    return None if value is None else stated(value)


def _covered_days(task: _Task) -> set[date]:
    if task.span is None:
        return set()
    first = day_of(task.span[0], task.zone)
    last = day_of(task.span[1] - timedelta(seconds=1), task.zone)
    if (last - first).days > _LONGEST:
        return set()
    return {first + timedelta(days=number) for number in range((last - first).days + 1)}


def _result(task: _Task, statement_id: UUID | None, new: int, days: set[date]) -> ImportResult:
    file = task.statement
    paid_in, withdrawn = totals_of(file)
    return ImportResult(
        file_name=file.file_name,
        short_code=task.short_code,
        statement_id=statement_id,
        layout=file.layout,
        rows=file.rows,
        imported=new,
        duplicates=len(file.lines) - new,
        rejected=file.rejected,
        by_kind=kinds_of(file),
        total_paid_in=paid_in,
        total_withdrawn=withdrawn,
        controls=file.controls,
        balance_chain=file.balance_chain,
        days=frozenset(days),
    )
