"""The trail page by page: newest first, narrowed in SQL, one record by its number."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.audit.anchors import AnchorFile, anchor_heads
from services.audit.record import AuditFilter
from services.audit.service import AuditService
from services.audit.words import act
from services.domain.errors import NotFound
from services.domain.period import Days, today
from tests.services.audit.conftest import Office
from tests.world import World

TODAY = Days(today(), today())


def numbers(office: Office, **narrowed: object) -> list[int]:
    return [record.number for record in office.records(**narrowed)]


def test_pages_join_without_a_gap_or_a_double(office: Office) -> None:
    office.act(*range(1, 8))
    wanted = AuditFilter(office.fleet, TODAY)
    first = office.service.page(wanted, limit=3)
    assert [record.number for record in first.records] == [8, 7, 6]
    second = office.service.page(wanted, first.more, limit=3)
    assert [record.number for record in second.records] == [5, 4, 3]
    third = office.service.page(wanted, second.more, limit=3)
    assert ([record.number for record in third.records], third.more) == ([2, 1], None)


def test_days_narrow(office: Office) -> None:
    office.act(1)
    office.tamper("UPDATE finance.audit_record SET at = :at WHERE number = 1", at=datetime.now(UTC) - timedelta(days=3))
    assert numbers(office) == [2]
    days = Days(today() - timedelta(days=3), today())
    assert len(office.service.page(AuditFilter(office.fleet, days)).records) == 2
    yesterday = today() - timedelta(days=1)
    assert office.service.page(AuditFilter(office.fleet, Days(yesterday, yesterday))).records == ()


def test_who_what_and_text_narrow(office: Office) -> None:
    office.act(20, reason="Wanjiru called")
    with office.manager.write() as connection:
        office.imported(connection)
    office.world.run("CREATE TABLE finance.thing (fleet_id uuid, id uuid PRIMARY KEY, name text)")
    office.world.run("SELECT finance.audit_table('finance.thing')")
    office.world.run("INSERT INTO finance.thing VALUES (:f, :i, 'a spanner')", f=office.fleet, i=uuid4())
    assert numbers(office) == [1, 2, 3, 4]
    assert numbers(office, who=frozenset({"operator"})) == [1, 4]
    assert numbers(office, who=frozenset({"operator", "test_manager"})) == [1, 2, 3, 4]
    assert numbers(office, kinds=frozenset({"member"})) == [1]
    assert numbers(office, kinds=frozenset({"import", "day"})) == [2, 3]
    assert numbers(office, kinds=frozenset({"other"})) == [4]
    assert numbers(office, kinds=frozenset({"other", "member"})) == [1, 4]
    assert numbers(office, text="WANJIRU called") == [2]
    assert numbers(office, text="september.csv") == [3]
    assert numbers(office, text="spanner") == [4]
    assert numbers(office, text="100% spanner\0") == []
    assert numbers(office, text="  ") == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("narrowed", "is_narrowed"),
    [({}, False), ({"text": " "}, False), ({"text": "x"}, True), ({"who": frozenset("a")}, True)],
)
def test_a_filter_knows_whether_it_narrows(narrowed: dict[str, object], is_narrowed: bool) -> None:
    assert AuditFilter(uuid4(), TODAY, **narrowed).narrowed is is_narrowed  # type: ignore[arg-type]


def test_amounts_stay_decimals(office: Office) -> None:
    office.act(20)
    record = office.service.record(office.fleet, 2)
    assert record.after is not None
    assert isinstance(record.after["system_total"], Decimal)
    assert act(record).details == "20 Sep 2026: difference 600.00, open"


def test_a_record_that_is_not_there_is_said(office: Office) -> None:
    assert office.service.record(office.fleet, 1).table == "fleet_member"
    with pytest.raises(NotFound, match="no record 2"):
        office.service.record(office.fleet, 2)


def test_another_fleets_trail_is_empty(office: Office, world: World) -> None:
    other = world.fleet("TWIGA")
    world.project()
    world.person(other, "manager", "test_other")
    assert office.service.page(AuditFilter(other, TODAY)).records == ()
    with pytest.raises(NotFound):
        office.service.record(other, 1)


def test_people_are_members_and_whoever_acted(office: Office) -> None:
    office.world.person(office.fleet, "viewer", "test_looking")
    assert office.service.people(office.fleet) == ["operator", "test_looking", "test_manager"]


def test_the_service_proves_its_fleet_with_anchors(office: Office) -> None:
    file = AnchorFile(office.folder / "anchors.jsonl")
    anchor_heads(office.world.database("finance_projector"), file)
    told: list[float] = []
    found = AuditService(office.manager, file).verify(office.fleet, told.append)
    assert (found.records, found.anchors_checked, found.first_bad, told[-1]) == (1, 1, (), 1.0)
    assert office.service.verify(office.fleet).anchors_checked == 0


def test_a_page_is_read_from_the_index_as_a_viewer(office: Office) -> None:
    """Under row-level security only leakproof operators reach an index: no sort, no scan of the whole trail."""
    office.act(*range(1, 8))
    viewer = office.world.person(office.fleet, "viewer", "test_looking")
    with viewer.read() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(
            connection.execute(
                text(
                    "EXPLAIN SELECT number FROM finance.audit_record WHERE fleet_id = :f AND at >= :a AND at < :b"
                    " AND (at, number) < (:b, 9) ORDER BY at DESC, number DESC LIMIT 5"
                ),
                {"f": office.fleet, "a": TODAY.start, "b": TODAY.end},
            ).scalars()
        )
    assert "audit_record_by_time" in plan and "Sort" not in plan
    assert "Index Cond" in plan and "ROW(at, number)" in plan
