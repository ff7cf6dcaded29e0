"""Search as people type it, against LIKE '%…%' over the same columns, and where LIKE need not look far, against bare SQL.

LIKE walks the list by time until a page is full: soon where many have the name, and to the end where fewer have it than fill a page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from psycopg import sql

from services.payments.filters import PaymentFilter, status_group
from tests.benchmarks.asked import Asked, Bare, Sides, rows, sides, timed
from tests.benchmarks.dataset import datasets
from tests.benchmarks.harness import Contest, Result
from tests.benchmarks.invented import FIRST_NAMES, FLEET, LAST_NAMES, NOW, YEAR
from tests.benchmarks.pages import LIMIT

_GOAL = 25.0
_NEAR = 1.3
_ROUNDS = 5
# The operator's: no row-level security and no names to join stand in the peer's way.
_WHERE = """
FROM finance.payment
WHERE fleet_id = %(fleet)s AND created_at >= %(start)s AND created_at < %(end)s
  AND ({conditions})
"""
_COLUMNS = """
       id, created_at, completed_at, passenger_shown, phone_shown, route_id, vehicle_id, driver_id, method, receipt,
       booking_reference, amount, refunded_amount, currency, status, result_code, failure_reason
"""
_ORDERED = "ORDER BY created_at DESC, id DESC LIMIT %(limit)s"
_PAGE = f"SELECT {_COLUMNS} {_WHERE} {_ORDERED}"
_PAGE_BY_WORDS = f"WITH found AS MATERIALIZED (SELECT {_COLUMNS} {_WHERE}) SELECT * FROM found {_ORDERED}"
_TOTALS = """
SELECT extract(hour FROM created_at AT TIME ZONE 'Africa/Nairobi')::int AS hour, status,
       CASE WHEN status = 'failed' THEN coalesce(result_code, '') ELSE '' END AS code, count(*), sum(amount), sum(refunded_amount)
""" + _WHERE + "GROUP BY 1, 2, 3"  # fmt: skip
_SPAN = {"fleet": FLEET, "start": YEAR.start, "end": YEAR.end, "limit": LIMIT}
_SOMEBODY = """
SELECT passenger, finance.local_phone(phone), receipt FROM finance.payment
WHERE fleet_id = %(fleet)s AND receipt LIKE 'U%%' AND created_at < %(end)s ORDER BY fleet_id, created_at DESC OFFSET 40000 LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is typed, and the fragments of which LIKE must find one; `alone` is the bare SQL of a page that LIKE finds early."""

    name: str
    typed: str
    fragments: Sequence[str]
    alone: str = ""

    def asked(self, head: str) -> Asked:
        """The peer's statement."""
        columns = ("passenger", "phone", "receipt", "booking_reference")
        conditions = [f"{column} LIKE %(f{n})s" for n in range(len(self.fragments)) for column in columns]
        values = {f"f{n}": f"%{fragment}%" for n, fragment in enumerate(self.fragments)}
        return Asked(head.format(conditions=" OR ".join(conditions)), {**values, **_SPAN})

    def asked_alone(self, operator: Bare) -> Asked:
        """The bare SQL; its words are made ready, and all its values stand in it, so that the server plans for what they find."""
        sought = PaymentFilter(FLEET, YEAR, search=self.typed).sought
        assert sought is not None
        made = "SELECT finance.sought(%s::text[], %s::text[])::text"
        ((words,),) = operator.execute(made, (list(sought.words), list(sought.digits))).fetchall()
        span = {name: sql.Literal(value).as_string() for name, value in _SPAN.items()}
        return Asked((self.alone % span).format(conditions=f"search @@ {sql.Literal(words).as_string()}::tsquery"), {})


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
        Sought("rare surname", LAST_NAMES[-1], [LAST_NAMES[-1]], _PAGE_BY_WORDS),
        Sought("most common name", FIRST_NAMES[0], [FIRST_NAMES[0]], _PAGE),
    ]


def _results(both: Sides, sought: Sought) -> list[Result]:
    wanted = PaymentFilter(FLEET, YEAR, search=sought.typed)
    page = partial(_ids, both, sought.asked(_PAGE))
    figures = partial(_figures, both, sought)
    peer, bare_peer = "LIKE '%…%' by the operator", "bare SQL by the operator, words made ready"
    work = f"search, {both.dataset.size}, {sought.name}"

    def our_page() -> tuple[float, object]:
        seconds, found = timed(lambda: both.service.page(wanted, None, LIMIT))
        return seconds, [row.id for row in found.rows]

    def our_figures() -> tuple[float, object]:
        seconds, found = timed(lambda: both.service.summary(wanted, NOW))
        return seconds, {cell: (sums.count, sums.amount, sums.refunded) for cell, sums in found.cells.items()}

    goal = None if sought.alone else _GOAL
    contests = [
        Contest(f"{work}: first page", our_page, peer, page, "peer/ours", goal, _ROUNDS),
        Contest(f"{work}: figures", our_figures, peer, figures, "peer/ours", _GOAL, _ROUNDS),
    ]
    if sought.alone:
        bare = partial(_ids, both, sought.asked_alone(both.operator))
        contests.append(Contest(f"{work}: first page", our_page, bare_peer, bare, "ours/peer", _NEAR, 3 * _ROUNDS))
    return [contest.run() for contest in contests]


def _ids(both: Sides, asked: Asked) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.operator, asked))
    return seconds, [row[0] for row in found]


def _figures(both: Sides, sought: Sought) -> tuple[float, object]:
    seconds, found = timed(lambda: rows(both.operator, sought.asked(_TOTALS)))
    return seconds, {(hour, status_group(status), code): tuple(sums) for hour, status, code, *sums in found}
