"""Targets: who may set them, what stands in the audit, and how far they were attained."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.domain.errors import NotAllowed, NotFound, WorkstationError
from services.domain.period import Days
from services.revenue.figures import Totals
from services.revenue.targets import Attainment, Target, TargetService, attainment, target_on, usually_passed
from tests.world import World

_ROUTE = UUID(int=7)
SEPTEMBER = Target("", None, date(2026, 9, 1), Decimal("40000.00"))
LATER = Target("", None, date(2026, 9, 20), Decimal("50000.00"))
OF_A_ROUTE = Target("route", _ROUTE, date(2026, 9, 1), Decimal("9000.00"))


def told(targets: list[Target]) -> list[Target]:
    """The targets without who set them and when."""
    return [Target(t.scope, t.member, t.from_day, t.per_day) for t in targets]


def test_a_manager_sets_replaces_and_takes_away(world: World) -> None:
    fleet = world.fleet()
    world.project()
    service = TargetService(world.person(fleet, "manager", "mfano"))
    for target in (LATER, OF_A_ROUTE, SEPTEMBER):
        service.set_target(fleet, target)
    assert told(service.targets(fleet)) == [SEPTEMBER, LATER, OF_A_ROUTE]
    assert {target.set_by for target in service.targets(fleet)} == {"mfano"}
    raised = Target("", None, LATER.from_day, Decimal("55000.50"))
    service.set_target(fleet, raised)
    service.clear_target(fleet, SEPTEMBER)
    assert told(service.targets(fleet)) == [raised, OF_A_ROUTE]
    with pytest.raises(NotFound, match="gone already"):
        service.clear_target(fleet, SEPTEMBER)


def test_who_set_it_and_every_change_is_the_servers_word(world: World) -> None:
    fleet = world.fleet()
    world.project()
    TargetService(world.person(fleet, "manager", "mfano")).set_target(fleet, SEPTEMBER)
    approver = TargetService(world.person(fleet, "approver", "mkuu"))
    approver.set_target(fleet, Target("", None, SEPTEMBER.from_day, Decimal("41000.00")))
    (target,) = approver.targets(fleet)
    assert target.set_by == "mkuu"
    approver.clear_target(fleet, target)
    query = text("SELECT who, op, before -> 'per_day', after -> 'per_day' FROM finance.audit_record"
                 " WHERE table_name = 'revenue_target' ORDER BY number")  # fmt: skip
    with world.database().read() as connection:
        assert [tuple(row) for row in connection.execute(query)] == [
            ("mfano", "insert", None, 40000),
            ("mkuu", "update", 40000, 41000),
            ("mkuu", "delete", 41000, None),
        ]


def test_a_viewer_reads_and_is_told_who_may_set(world: World) -> None:
    fleet, other = world.fleet(), world.fleet("TWIGA")
    world.project()
    manager = TargetService(world.person(fleet, "manager", "mfano"))
    manager.set_target(fleet, SEPTEMBER)
    viewer = TargetService(world.person(fleet, "viewer", "mtazamaji"))
    assert told(viewer.targets(fleet)) == [SEPTEMBER]
    assert (viewer.may_set_targets(fleet), manager.may_set_targets(fleet)) == (False, True)
    for attempt in (viewer.set_target, viewer.clear_target):
        with pytest.raises(NotAllowed, match="needs a manager or an approver of the fleet"):
            attempt(fleet, SEPTEMBER)
    with pytest.raises(NotAllowed, match="manager or an approver"):
        manager.set_target(other, SEPTEMBER)
    assert manager.targets(other) == []


@pytest.mark.parametrize(
    ("per_day", "said"),
    [("0", "more than nothing"), ("-5", "more than nothing"), ("1.005", "no amount"), ("NaN", "no amount")],
)
def test_an_amount_that_is_no_target_is_refused_in_words(world: World, per_day: str, said: str) -> None:
    service = TargetService(world.database())
    with pytest.raises(WorkstationError, match=said):
        service.set_target(uuid4(), Target("", None, date(2026, 9, 1), Decimal(per_day)))


# Attainment ------------------------------------------------------------------------------------------------------------


def test_a_target_holds_from_its_day_until_the_next() -> None:
    targets = [LATER, SEPTEMBER, OF_A_ROUTE]
    days = [date(2026, 8, 31), date(2026, 9, 1), date(2026, 9, 19), date(2026, 9, 20), date(2027, 1, 1)]
    assert [target_on(targets, day) for day in days] == [None, 40000, 40000, 50000, 50000]
    assert target_on(targets, days[-1], "route", _ROUTE) == 9000
    assert target_on(targets, days[-1], "vehicle", _ROUTE) is None


#: 14:00 in Nairobi on Tuesday 22 September 2026.
_NOW = datetime(2026, 9, 22, 11, 0, tzinfo=UTC)


def taken(**days: str) -> dict[date, Totals]:
    """Revenue by day of September: taken(d21='100') is 100 on the 21st."""
    return {date(2026, 9, int(day[1:])): Totals(Decimal(amount), 1) for day, amount in days.items()}


def test_finished_days_count_whole_and_those_to_come_not_at_all() -> None:
    days = Days(date(2026, 9, 18), date(2026, 9, 30))
    totals = taken(d18="41000", d20="60000", d22="20000")
    assert attainment([SEPTEMBER, LATER], totals, days, _NOW) == Attainment(Decimal(180000), Decimal(101000))


def test_of_the_running_day_only_the_part_that_usually_passed_is_due() -> None:
    days = Days(date(2026, 9, 22), date(2026, 9, 22))
    totals = taken(d22="21000")
    found = attainment([LATER], totals, days, _NOW, passed=Decimal("0.4"))
    assert found == Attainment(Decimal(20000), Decimal(21000))
    assert found is not None and found.ratio == Decimal("1.05")
    assert attainment([LATER], totals, days, _NOW) is None
    at_midnight = attainment([LATER], {}, days, _NOW, passed=Decimal(0))
    assert at_midnight is not None and at_midnight.ratio is None


def test_days_without_a_target_count_on_neither_side() -> None:
    days = Days(date(2026, 9, 19), date(2026, 9, 20))
    totals = taken(d19="99000", d20="25000")
    assert attainment([LATER], totals, days, _NOW) == Attainment(Decimal(50000), Decimal(25000))
    assert attainment([OF_A_ROUTE], totals, days, _NOW) is None
    assert attainment([LATER], {}, Days(date(2026, 9, 25), date(2026, 9, 26)), _NOW) is None


def test_what_usually_passed_follows_the_hours_of_the_day() -> None:
    hours = [Totals()] * 24
    hours[6], hours[14], hours[18] = (Totals(Decimal(amount), 1) for amount in (500, 200, 300))
    clocks = [time(0), time(6), time(7), time(14, 30), time(23, 59, 59)]
    assert [usually_passed(hours, clock) for clock in clocks] == [
        0, 0, Decimal("0.5"), Decimal("0.6"), 1,
    ]  # fmt: skip
    assert usually_passed([Totals()] * 24, time(12)) is None
