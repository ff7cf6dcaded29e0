"""Payments by the moment at which they were taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_

from services.database.tables import payment

_P = payment.c


def taken_between(since: datetime, until: datetime) -> ColumnElement[bool]:
    """The taken set's payments whose coalesce(completed_at, created_at) lies in `since` ≤ … < `until`; name the fleet beside it.

    Spelled so that payment_by_taken_at serves it under row-level security, where coalesce is not trusted.
    """
    completed = and_(_P.completed_at >= since, _P.completed_at < until)
    created = and_(_P.completed_at.is_(None), _P.created_at >= since, _P.created_at < until)
    return and_(_P.taken_day.is_not(None), or_(completed, created))
