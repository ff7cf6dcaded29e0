"""Whether a filter shows a payment, asked many times."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.domain.period import Days
from services.payments.filters import PaymentFilter
from tests.ui.payments.fake import FLEET, NAKURU, THIKA, TODAY, paid
from ui.payments.deciding import decider

NARROW = PaymentFilter(FLEET.id, TODAY)
FILTERS = st.builds(
    lambda **values: replace(NARROW, **values),
    days=st.sampled_from([TODAY, Days(date(2026, 11, 20), date(2026, 11, 26))]),
    statuses=st.sampled_from([frozenset(), frozenset({"failed", "other"})]),
    routes=st.sampled_from([frozenset(), frozenset({NAKURU})]),
    least=st.sampled_from([None, Decimal(100)]),
    hour=st.sampled_from([None, 12]),
    search=st.sampled_from(["", "  ", "alice"]),
    basis=st.sampled_from(["created", "taken", "refunded"]),
    weekdays=st.sampled_from([frozenset(), frozenset({4}), frozenset({5, 6})]),
    reasons=st.sampled_from([frozenset(), frozenset({"1032"}), frozenset({""})]),
)
STATES = st.builds(
    lambda status, route, amount, later: (
        paid(1, status=status, route_id=route, amount=amount, created_at=TODAY.start + later).state
    ),
    st.sampled_from(["completed", "failed", "on_hold", "refunded"]),
    st.sampled_from([None, NAKURU, THIKA]),
    st.sampled_from([Decimal(50), Decimal(-1), Decimal(100)]),
    st.sampled_from([timedelta(hours=hours) for hours in (-24, -1, 0, 12, 23)])
    | st.just(timedelta(days=1))
    | st.just(timedelta(days=1, microseconds=-1)),
)


@given(FILTERS, STATES)
def test_it_decides_as_the_filter_does(narrowed: PaymentFilter, state: object) -> None:
    assert decider(narrowed)(state) == narrowed.holds(state)  # type: ignore[arg-type]
