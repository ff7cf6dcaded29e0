"""Views kept by name, as people of a fleet, against a real database."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import astuple, replace
from threading import Barrier, Thread
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from services.audit.record import AuditFilter
from services.audit.service import AuditService
from services.audit.words import act
from services.database.engine import Database
from services.domain.errors import NameTaken, NotAllowed, NotFound, WorkstationError
from services.domain.period import Days, today
from services.payments.views import SavedView, ViewService
from tests.world import World

FAILED = {"version": 1, "statuses": ["failed"]}
CASH = {"version": 1, "methods": ["cash"]}


@pytest.fixture
def fleet(world: World) -> UUID:
    fleet = world.fleet()
    world.project()
    return fleet


@pytest.fixture
def viewer(world: World, fleet: UUID) -> ViewService:
    return ViewService(world.person(fleet, "viewer"))


@pytest.fixture
def manager(world: World, fleet: UUID) -> ViewService:
    return ViewService(world.person(fleet, "manager"))


@pytest.fixture
def approver(world: World, fleet: UUID) -> ViewService:
    return ViewService(world.person(fleet, "approver"))


def names(service: ViewService, fleet: UUID) -> list[str]:
    return [view.name for view in service.list(fleet)]


def test_a_view_is_kept_for_oneself(viewer: ViewService, manager: ViewService, fleet: UUID) -> None:
    kept = viewer.save(fleet, "  Failed   today ", False, FAILED)
    assert kept == SavedView(kept.id, "Failed today", False, "test_viewer", True, FAILED)
    assert viewer.list(fleet) == [kept]
    assert manager.list(fleet) == []


def test_a_shared_view_is_seen_by_all(viewer: ViewService, manager: ViewService, fleet: UUID) -> None:
    viewer.save(fleet, "mine", False, CASH)
    kept = manager.save(fleet, "Failed", True, FAILED)
    assert [(view.name, view.mine, view.shared) for view in viewer.list(fleet)] == [
        ("mine", True, False),
        ("Failed", False, True),
    ]
    assert viewer.list(fleet)[1] == replace(kept, mine=False)


def test_only_managers_and_approvers_share(
    viewer: ViewService, manager: ViewService, approver: ViewService, fleet: UUID
) -> None:
    assert [service.may_share(fleet) for service in (viewer, manager, approver)] == [False, True, True]
    assert not manager.may_share(uuid4())
    with pytest.raises(NotAllowed, match="needs a manager or an approver"):
        viewer.save(fleet, "Failed", True, FAILED)
    mine = viewer.save(fleet, "Failed", False, FAILED)
    with pytest.raises(NotAllowed, match="needs a manager or an approver"):
        viewer.share(fleet, mine.id, True)
    assert viewer.list(fleet) == [mine]
    assert approver.share(fleet, approver.save(fleet, "Cash", False, CASH).id, True).shared


def test_sharing_can_be_taken_back(viewer: ViewService, manager: ViewService, fleet: UUID) -> None:
    kept = manager.save(fleet, "Failed", True, FAILED)
    assert not manager.share(fleet, kept.id, False).shared
    assert viewer.list(fleet) == []


def test_nobody_changes_anothers_view(
    viewer: ViewService, manager: ViewService, approver: ViewService, fleet: UUID
) -> None:
    mine, shared = viewer.save(fleet, "mine", False, CASH), manager.save(fleet, "Failed", True, FAILED)
    changes: list[Callable[[ViewService, UUID], SavedView]] = [
        lambda service, key: service.rename(fleet, key, "taken over"),
        lambda service, key: service.update(fleet, key, CASH),
        lambda service, key: service.share(fleet, key, False),
    ]
    for other, view in ((approver, shared), (viewer, shared), (manager, mine), (approver, mine)):
        for change in changes:
            with pytest.raises(NotFound, match="gone, or not yours to change"):
                change(other, view.id)
    assert viewer.list(fleet) == [mine, replace(shared, mine=False)]


def test_who_removes_what(viewer: ViewService, manager: ViewService, approver: ViewService, fleet: UUID) -> None:
    mine, shared = viewer.save(fleet, "mine", False, CASH), manager.save(fleet, "Failed", True, FAILED)
    for other, view in ((viewer, shared), (manager, mine)):
        with pytest.raises(NotFound):
            other.delete(fleet, view.id)
    approver.delete(fleet, shared.id)
    viewer.delete(fleet, mine.id)
    assert viewer.list(fleet) == []
    with pytest.raises(NotFound):
        viewer.delete(fleet, mine.id)


def test_a_name_is_taken_once_by_each_person(viewer: ViewService, manager: ViewService, fleet: UUID) -> None:
    first, second = viewer.save(fleet, "Failed", False, FAILED), viewer.save(fleet, "Cash", False, CASH)
    with pytest.raises(NameTaken, match="You have a view named “Failed” already"):
        viewer.save(fleet, " Failed ", False, CASH)
    with pytest.raises(NameTaken, match="You have a view named “Failed” already"):
        viewer.rename(fleet, second.id, "Failed")
    assert viewer.list(fleet) == [second, first]
    # It says nothing of what others keep for themselves.
    assert manager.save(fleet, "Failed", True, FAILED).name == "Failed"


def test_a_view_is_changed(viewer: ViewService, fleet: UUID) -> None:
    kept = viewer.save(fleet, "Failed", False, FAILED)
    assert viewer.rename(fleet, kept.id, "Cash") == replace(kept, name="Cash")
    assert viewer.rename(fleet, kept.id, "Cash") == replace(kept, name="Cash")
    assert viewer.update(fleet, kept.id, CASH) == replace(kept, name="Cash", definition=CASH)
    assert viewer.save(fleet, "Cash", False, FAILED, replace=True) == replace(kept, name="Cash")
    assert names(viewer, fleet) == ["Cash"]


def test_two_desks_at_once_keep_one_view(world: World, viewer: ViewService, fleet: UUID) -> None:
    """Both save; one wins each round, nobody fails, and there is one view in the end."""
    barrier, failed = Barrier(2), list[Exception]()
    database = Database(world.login_url("test_viewer"), pool_size=1)

    def save(service: ViewService, definition: dict[str, object]) -> None:
        try:
            for _ in range(10):
                barrier.wait(10)
                service.save(fleet, "Failed", False, definition, replace=True)
        except (WorkstationError, ValueError) as error:
            failed.append(error)

    threads = [
        Thread(target=save, args=(service, definition))
        for service, definition in ((viewer, FAILED), (ViewService(database), CASH))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    assert failed == []
    assert names(viewer, fleet) == ["Failed"]


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "Give the view a name"), (" \n\0 ", "Give the view a name"), ("x" * 81, "at most 80 characters")],
)
def test_a_name_is_a_name(viewer: ViewService, fleet: UUID, name: str, why: str) -> None:
    with pytest.raises(WorkstationError, match=why):
        viewer.save(fleet, name, False, FAILED)
    assert viewer.list(fleet) == []


def test_names_are_text(viewer: ViewService, fleet: UUID) -> None:
    for name in ("'; DROP TABLE x; --", "%_\\", "<b>bold</b>", "Jioni 😀", "x" * 80):
        assert viewer.save(fleet, name, False, FAILED).name == name


def test_a_definition_has_a_size(viewer: ViewService, fleet: UUID) -> None:
    big = {"version": 1, "routes": [str(uuid4()) for _ in range(1_400)]}
    assert viewer.save(fleet, "many", False, big).definition == big
    with pytest.raises(WorkstationError, match="too many things"):
        viewer.save(fleet, "more", False, {**big, "search": "x" * 10_000})


def test_pages_and_fleets_keep_their_own(world: World, viewer: ViewService, fleet: UUID) -> None:
    viewer.save(fleet, "Failed", False, FAILED)
    with closing(Database(world.login_url("test_viewer"))) as database:
        assert ViewService(database, "revenue").list(fleet) == []
    other = world.fleet("TWIGA")
    world.project()
    stranger = ViewService(world.person(other, "approver", "of_twiga"))
    with pytest.raises(NotAllowed, match="Only members of the fleet"):
        stranger.save(fleet, "mine", False, FAILED)
    assert stranger.list(fleet) == []


def test_who_was_a_manager_shares_no_longer(world: World, manager: ViewService, fleet: UUID) -> None:
    kept = manager.save(fleet, "Failed", True, FAILED)
    world.run("UPDATE finance.fleet_member SET role = 'viewer' WHERE login = 'test_manager'")
    with pytest.raises(NotAllowed):
        manager.save(fleet, "Failed", False, CASH, replace=True)
    with pytest.raises(NotFound):
        manager.rename(fleet, kept.id, "x")
    with pytest.raises(NotFound):
        manager.delete(fleet, kept.id)
    assert manager.list(fleet) == [kept]


def test_the_operator_is_held_to_the_same_rules(world: World, viewer: ViewService, fleet: UUID) -> None:
    mine = viewer.save(fleet, "mine", False, CASH)
    operator = ViewService(world.database())
    assert operator.may_share(fleet)
    assert operator.list(fleet) == []
    with pytest.raises(NotFound):
        operator.rename(fleet, mine.id, "x")
    with pytest.raises(NotFound):
        operator.delete(fleet, mine.id)


def test_the_database_says_whose_it_is_and_when(world: World, viewer: ViewService, fleet: UUID) -> None:
    kept = viewer.save(fleet, "Failed", False, FAILED)
    with (
        closing(Database(world.login_url("test_viewer"))) as database,
        pytest.raises(NotAllowed),
        database.write() as connection,
    ):
        connection.execute(text("UPDATE finance.saved_view SET owner = 'somebody'"))
    viewer.update(fleet, kept.id, CASH)
    assert world.value("SELECT updated_at > created_at FROM finance.saved_view")


# The trail ------------------------------------------------------------------------------------------------------------


def trail(database: Database, fleet: UUID) -> list[tuple[str, str, str]]:
    """Who did what to which view, oldest first."""
    day = today()
    page = AuditService(database).page(AuditFilter(fleet, Days(day, day), kinds=frozenset({"view"})))
    return [(record.who, *astuple(act(record))) for record in reversed(page.records)]


def test_who_shared_changed_and_deleted_a_view_is_recorded(world: World, fleet: UUID) -> None:
    manager, approver = world.person(fleet, "manager"), world.person(fleet, "approver")
    mine = ViewService(manager)
    kept = mine.save(fleet, "Month end", False, FAILED)
    mine.share(fleet, kept.id, True)
    mine.rename(fleet, kept.id, "June")
    mine.save(fleet, "June", True, CASH, replace=True)
    mine.share(fleet, kept.id, False)
    mine.share(fleet, kept.id, True)
    ViewService(approver).delete(fleet, kept.id)
    assert trail(world.person(fleet, "viewer"), fleet) == [
        ("test_manager", "Shared view", "“Month end”"),
        ("test_manager", "Renamed view", "“June” · before “Month end”"),
        ("test_manager", "Changed view", "“June”"),
        ("test_manager", "Stopped sharing view", "“June”"),
        ("test_manager", "Shared view", "“June”"),
        ("test_approver", "Deleted view", "“June” · kept by test_manager"),
    ]
    assert AuditService(manager).verify(fleet).first_bad == ()


def test_the_trail_tells_nothing_of_a_personal_view_nor_what_anybody_searches_for(
    world: World, viewer: ViewService, manager: ViewService, fleet: UUID
) -> None:
    sought = {**FAILED, "search": "Zawadi Mfano"}
    mine = viewer.save(fleet, "mine", False, sought)
    viewer.update(fleet, mine.id, {**CASH, "search": "Zawadi Mfano"})
    viewer.delete(fleet, mine.id)
    ours = manager.save(fleet, "ours", True, sought)
    manager.update(fleet, ours.id, {**CASH, "search": "Zawadi Mfano"})
    records = world.value(
        "SELECT string_agg(concat_ws(' ', op, before -> 'definition', after -> 'definition'), '; ' ORDER BY number)"
        " FROM finance.audit_record WHERE table_name = 'saved_view'"
    )
    shown = ['{"version": 1, "statuses": ["failed"]}', '{"methods": ["cash"], "version": 1}']
    assert records == f"insert {shown[0]}; update {shown[0]} {shown[1]}"
    assert world.value("SELECT count(*) FROM finance.audit_record a WHERE a::text LIKE '%Zawadi%'") == 0


def test_a_view_that_was_not_saved_leaves_no_record(world: World, viewer: ViewService, fleet: UUID) -> None:
    viewer.save(fleet, "mine", False, FAILED)
    with pytest.raises(NameTaken):
        viewer.save(fleet, "mine", False, CASH)
    with pytest.raises(NotAllowed):
        viewer.save(fleet, "ours", True, CASH)
    assert trail(world.person(fleet, "viewer"), fleet) == []
