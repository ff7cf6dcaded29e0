"""What the page says about a verification."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from services.audit.verification import AuditVerification


def proven(found: AuditVerification, now: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """A true trail as a sentence and its detail."""
    here = now.astimezone(zone)
    if not found.records:
        return f"The trail is empty at {here:%H:%M}", "A record appears with the first change."
    count = "1 record is as it was" if found.records == 1 else f"All {found.records:,} records are as they were"
    anchors = (
        f"The trail agrees with {found.anchors_checked:,} anchor{'' if found.anchors_checked == 1 else 's'} outside the database."
        if found.anchors_checked
        else "No anchors can be read from here: whether the trail was rewritten as a whole is proven on the server."
    )
    return f"Proven until No. {found.records:,} at {here:%H:%M}", f"{count} written. {anchors}"


def refuted(now: datetime, zone: ZoneInfo) -> str:
    """The sentence over the first bad record."""
    return f"The audit trail is not true (checked at {now.astimezone(zone):%H:%M})"
