"""What a record says, in the words of the finance office."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from services.audit.record import AuditRecord
from services.domain.money import shown

_MOST_RECEIPTS: Final = 3
_STATUSES: Final = {
    "no_statement": "no statement",
    "open": "open",
    "reconciled": "reconciled",
    "signed_off": "signed off",
}
_DONE: Final = {"insert": "Added", "update": "Changed", "delete": "Removed"}


@dataclass(frozen=True, slots=True)
class Act:
    """What was done ('Matched') and to what ('2 lines: UKM7Q2AB1C, UKM7Q2AB1D')."""

    what: str
    details: str


def act(record: AuditRecord) -> Act:
    """The record in words; a table that has none of its own is told by its name and key."""
    tell = _TOLD.get(record.table, _other)
    return tell(record, record.after or record.before or {})


def _statement(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    lines = _counted(row.get("imported"), "line")
    if record.op == "insert":
        parts = [str(row.get("file_name", "")), lines, _unless_none(row.get("rejected"), "rejected")]
        return Act("Imported statement", " · ".join(part for part in parts if part))
    word = "Removed statement" if record.op == "delete" else "Changed statement"
    lines_differ = record.op == "update" and "digest" not in (record.before or {}) and _same_row(record)
    return Act(word, f"{row.get('file_name', '')}{' · its lines' if lines_differ else ''}")


def _match(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    if record.op == "insert":
        receipts = [str(receipt) for receipt in row.get("receipts") or ()]
        how = str(row.get("pass", ""))
        return Act("Matched", " · ".join(filter(None, (_listed(receipts), _day(row.get("day")), how and f"by {how}"))))
    if record.op == "update" and row.get("state") == "undone":
        return Act("Undid match", _day(row.get("day")))
    return Act("Removed match" if record.op == "delete" else "Changed match", _day(row.get("day")))


def _link(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    side = "line" if record.table == "match_line" else "payment"
    verb = {"insert": "Added", "update": "Changed", "delete": "Freed"}[record.op]
    return Act(f"{verb} {side}", f"{row.get(f'{side}_id', '')}, match {row.get('match_id', '')}")


def _reconciliation(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    day, status = _day(row.get("reconciliation_date")), str(row.get("status", ""))
    if record.op == "delete":
        return Act("Removed reconciliation", day)
    what = "Signed off" if status == "signed_off" else "Reconciled"
    if (record.before or {}).get("status") == "signed_off" and status != "signed_off":
        what = "Reopened"
    return Act(what, f"{day}: difference {_money(row.get('difference'))}, {_STATUSES.get(status, status)}")


def _member(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    login, role = row.get("login", ""), row.get("role", "")
    if record.op == "insert":
        return Act("Added member", f"made {login} {role}")
    if record.op == "update" and row.get("valid_to") and not (record.before or {}).get("valid_to"):
        return Act("Ended membership", f"{login}, {role} until now")
    return Act("Removed member" if record.op == "delete" else "Changed member", f"{login}, {role}")


def _rule(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    active = "" if record.op == "delete" or row.get("is_active", True) else ", switched off"
    return Act(f"{_DONE[record.op]} alert rule", f"{row.get('alert_name', '')}{active}")


def _target(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    verb = {"insert": "Set", "update": "Changed", "delete": "Cleared"}[record.op]
    whose = f"{row.get('dimension') or 'fleet'} {str(row.get('member') or '')[:8]}".strip()
    return Act(
        f"{verb} revenue target", f"{_money(row.get('per_day'))} a day from {_day(row.get('from_day'))} · {whose}"
    )


def _view(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    before, name, whose = record.before or {}, f"“{row.get('name', '')}”", str(row.get("owner", ""))
    if record.op == "insert":
        return Act("Shared view", name)
    if record.op == "delete":
        return Act("Deleted view", name if whose in ("", record.who) else f"{name} · kept by {whose}")
    renamed = before.get("name") != row.get("name")
    what = "Renamed view" if renamed else "Changed view"
    if before.get("shared") != row.get("shared"):
        what = "Shared view" if row.get("shared") else "Stopped sharing view"
    return Act(what, f"{name} · before “{before.get('name', '')}”" if renamed else name)


def _reveal(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    del record
    return Act("Saw name and phone", f"payment {row.get('payment_id', '')}")


def _other(record: AuditRecord, row: Mapping[str, Any]) -> Act:
    del row
    key = ", ".join(str(value) for value in record.key.values())
    return Act(f"{_DONE[record.op]} {record.table.replace('_', ' ')}", key)


_TOLD: Final[Mapping[str, Callable[[AuditRecord, Mapping[str, Any]], Act]]] = {
    "statement": _statement,
    "reconciliation_match": _match,
    "match_line": _link,
    "match_payment": _link,
    "payment_reconciliation": _reconciliation,
    "fleet_member": _member,
    "payment_alerts": _rule,
    "payment_reveal": _reveal,
    "revenue_target": _target,
    "saved_view": _view,
}


def _same_row(record: AuditRecord) -> bool:
    after = {name: value for name, value in (record.after or {}).items() if name != "digest"}
    return after == record.before


def _counted(number: object, noun: str) -> str:
    if not isinstance(number, int):
        return ""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _unless_none(number: object, word: str) -> str:
    return f"{number:,} {word}" if isinstance(number, int) and number else ""


def _listed(receipts: list[str]) -> str:
    count = _counted(len(receipts), "line")
    if not receipts:
        return count
    more = "" if len(receipts) <= _MOST_RECEIPTS else " …"
    return f"{count}: {', '.join(receipts[:_MOST_RECEIPTS])}{more}"


def _day(written: object) -> str:
    try:
        day = date.fromisoformat(str(written))
    except ValueError:
        return str(written or "")
    return f"{day.day} {day:%b %Y}"


def _money(value: object) -> str:
    try:
        return shown(Decimal(str(value)))
    except InvalidOperation:
        return str(value or "")
