"""Search as people type it, against LIKE '%…%' over the same columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from services.payments.filters import PaymentFilter, status_group
from tests.benchmarks.asked import Asked, Bare, Sides, rows, sides, timed
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Contest, Result
from tests.benchmarks.invented import FIRST_NAMES, FLEET, LAST_NAMES, NOW, YEAR
from tests.benchmarks.pages import LIMIT

_GOAL = 25.0
_ROUNDS = 5
# The operator's: no row-level security and no names to join stand in the peer's way.
_WHERE = """
FROM finance.payment
WHERE fleet_id = %(fleet)s AND created_at >= %(start)s AND created_at < %(end)s
  AND ({conditions})
"""
_PAGE = """
SELECT id, created_at, completed_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt,
       booking_reference, amount, refunded_amount, currency, status, result_code, failure_reason
""" + _WHERE + "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"  # fmt: skip
_TOTALS = """
SELECT extract(hour FROM created_at AT TIME ZONE 'Africa/Nairobi')::int AS hour, status,
       CASE WHEN status = 'failed' THEN coalesce(result_code, '') ELSE '' END AS code, count(*), sum(amount), sum(refunded_amount)
""" + _WHERE + "GROUP BY 1, 2, 3"  # fmt: skip
_SOMEBODY = """
SELECT passenger, finance.local_phone(phone), receipt FROM finance.payment
WHERE fleet_id = %(fleet)s AND receipt LIKE 'U%%' AND created_at < %(end)s ORDER BY fleet_id, created_at DESC OFFSET 40000 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is typed, and the fragments of which LIKE must find one."""

    name: str
    typed: str
    fragments: Sequence[str]

    def asked(self, head: str) -> Asked:
        """The peer's statement."""
        columns = ("passenger", "phone", "receipt", "booking_reference")
        conditions = [f"{column} LIKE %(f{n})s" for n in range(len(self.fragments)) for column in columns]
        values = {f"f{n}": f"%{fragment}%" for n, fragment in enumerate(self.fragments)}
        span = {"fleet": FLEET, "start": YEAR.start, "end": YEAR.end, "limit": LIMIT}
        return Asked(head.format(conditions=" OR ".join(conditions)), {**values, **span})


def search(size: str) -> list[Result]:
    """Each kind of search: its first page, and its figures."""
    with datasets(size) as (dataset,), sides(dataset) as both:
        return [result for sought in _typed(both.operator) for result in _results(both, sought)]


def _typed(operator: Bare) -> list[Sought]:
    found = operator.execute(_SOMEBODY, {"fleet": FLEET, "end": YEAR.end}).fetchone()
    assert found is not None
    name, phone, receipt = found
    spaced = f"+254 {phone[1:4]} {phone[4:8]}"
    return [
        Sought("part of a phone", spaced, [phone[:8], "254" + phone[1:8]]),
        Sought("beginning of a receipt", receipt[:7], [receipt[:7]]),
        Sought("name and surname", name, [name]),
        Sought("rare surname", LAST_NAMES[-1], [LAST_NAMES[-1]]),
        Sought("most common name", FIRST_NAMES[0], [FIRST_NAMES[0]]),
    ]


def _results(both: Sides, sought: Sought) -> list[Result]:
    wanted = PaymentFilter(FLEET, YEAR, search=sought.typed)
    page = partial(_page, both, sought)
    figures = partial(_figures, both, sought)
    peer = "LIKE '%…%' by the operator"
    work = f"search, {both.dataset.size}, {sought.name}"

    def our_page() -> tuple[float, object]:
        seconds, found = timed(lambda: both.service.page(wanted, None, LIMIT))
        return seconds, [row.id for row in found.rows]

    def our_figures() -> tuple[float, object]:
        seconds, found = timed(lambda: both.service.summary(wanted, NOW))
        return seconds, {cell: (sums.count, sums.amount, sums.refunded) for cell, sums in found.cells.items()}

    return [
        Contest(f"{work}: first page", our_page, peer, page, "peer/ours", _GOAL, _ROUNDS).run(),
        Contest(f"{work}: figures", our_figures, peer, figures, "peer/ours", _GOAL, _ROUNDS).run(),
    ]


def _page(both: Sides, sought: Sought) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.operator, sought.asked(_PAGE)))
    return seconds, [row[0] for row in found]


def _figures(both: Sides, sought: Sought) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.operator, sought.asked(_TOTALS)))
    return seconds, {(hour, status_group(status), code): tuple(sums) for hour, status, code, *sums in found}
