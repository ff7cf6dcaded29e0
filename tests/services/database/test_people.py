"""People come, change and go: logins with limits, memberships with dates, and an end that is one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from websockets.asyncio.client import ClientConnection

from services.database import logins
from services.database.engine import Database
from services.database.fleets import fleets
from services.database.logins import LIMITS, end_sessions
from services.database.people import ROLES, Role, add_person, end_membership, people, remove_person
from services.domain.errors import DatabaseUnreachable, EnvironmentFault, NotAllowed, NotFound
from services.relay.doors import relay_ticket
from services.relay.messages import Welcome
from tests.services.relay.ledger import end, frame, joined, relaying
from tests.world import PASSWORD, World

_KEPT_OUT = "not permitted to log in|refused the login"
_GROUPS = text(
    "SELECT g.rolname FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member"
    " WHERE r.rolname = :login ORDER BY 1"
)


@pytest.fixture
def fleet(world: World) -> UUID:
    fleet = world.fleet()
    world.project()
    return fleet


@pytest.fixture
def made(world: World) -> Iterator[list[str]]:
    """Roles of the test's own making, dropped at the end."""
    names: list[str] = []
    yield names
    for name in names:
        world.run(f'DROP OWNED BY "{name}"')
        world.run(f'DROP ROLE "{name}"')


def add(
    world: World, fleet: UUID, login: str, role: Role, password: str | None = PASSWORD, until: datetime | None = None
) -> None:
    with world.database().write() as connection:
        add_person(connection, fleet, login, password, role, until)


def groups(world: World, login: str) -> list[str]:
    with world.database().read() as connection:
        return list(connection.execute(_GROUPS, {"login": login}).scalars())


def sign_in(world: World, login: str) -> None:
    with closing(Database(world.login_url(login), pool_size=1)) as database:
        database.ping()


# Coming -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_a_person_is_in_the_group_of_their_role_alone(world: World, fleet: UUID, role: Role) -> None:
    add(world, fleet, "test_coming", "approver")
    add(world, fleet, "test_coming", role)
    assert groups(world, "test_coming") == [f"finance_{role}"]


def test_the_group_is_that_of_the_highest_role(world: World, fleet: UUID) -> None:
    other = world.fleet("TWIGA")
    add(world, fleet, "test_twofold", "manager")
    add(world, other, "test_twofold", "viewer")
    assert groups(world, "test_twofold") == ["finance_manager"]
    remove_person(world.database(), fleet, "test_twofold")
    assert groups(world, "test_twofold") == ["finance_viewer"]


def test_a_new_login_needs_a_password_and_a_known_one_keeps_its_own(world: World, fleet: UUID) -> None:
    with pytest.raises(NotFound, match=r"There is no login “test_nobody” yet\. Give the password"):
        add(world, fleet, "test_nobody", "viewer", None)
    add(world, fleet, "test_known", "viewer")
    add(world, fleet, "test_known", "manager", None)
    sign_in(world, "test_known")


@pytest.mark.parametrize(
    "made_as",
    ["SUPERUSER", "BYPASSRLS", "CREATEROLE", "REPLICATION", "IN ROLE finance_projector", "IN ROLE finance_owner"],
)
def test_who_has_a_servers_rights_is_no_person(world: World, fleet: UUID, made: list[str], made_as: str) -> None:
    world.run(f"CREATE ROLE test_mighty LOGIN {made_as}")
    made.append("test_mighty")
    with pytest.raises(NotAllowed, match="a person needs a login of their own"):
        add(world, fleet, "test_mighty", "viewer", None)


def test_a_superuser_named_like_a_person_is_refused_before_their_password_changes(world: World, fleet: UUID) -> None:
    before = world.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'")
    with pytest.raises(NotAllowed, match="superuser"):
        add(world, fleet, "postgres", "viewer")
    assert world.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'postgres'") == before


def test_only_the_operator_keeps_people(world: World, fleet: UUID) -> None:
    approver = world.person(fleet, "approver")
    with pytest.raises(NotAllowed, match="Only the server's operator"), approver.write() as connection:
        add_person(connection, fleet, "test_friend", PASSWORD, "viewer")
    with pytest.raises(NotAllowed, match="Only the server's operator"), approver.write() as connection:
        add_person(connection, fleet, "test_approver", None, "approver")
    with pytest.raises(NotAllowed):
        remove_person(approver, fleet, "test_approver")


def test_a_membership_can_have_an_end(world: World, fleet: UUID) -> None:
    until = datetime.now(UTC) + timedelta(days=30)
    add(world, fleet, "test_auditor", "viewer", until=until)
    (found,) = people(world.database(), fleet)
    assert (found.login, found.role, found.valid_to, found.can_sign_in) == ("test_auditor", "viewer", until, True)
    with pytest.raises(ValueError, match="cannot end in the past: 2026-01-01"):
        add(world, fleet, "test_auditor", "viewer", until=datetime(2026, 1, 1, tzinfo=UTC))


def test_people_are_listed_with_their_dates(world: World, fleet: UUID) -> None:
    other = world.fleet("TWIGA")
    world.project()
    add(world, fleet, "test_b", "viewer")
    add(world, fleet, "test_a", "manager")
    add(world, other, "test_a", "viewer")
    add(world, fleet, "test_b", "approver")
    operator = world.database()
    now = [(one.fleet, one.login, one.role) for one in people(operator)]
    assert now == [("MSAFIRI", "test_a", "manager"), ("MSAFIRI", "test_b", "approver"), ("TWIGA", "test_a", "viewer")]
    before = [one for one in people(operator, fleet, ended=True) if one.login == "test_b"]
    assert [(one.role, one.valid_to is None) for one in before] == [("viewer", False), ("approver", True)]
    ended = before[0].valid_to
    assert ended is not None and ended <= before[1].valid_from
    told = before[0].as_json()
    assert told == {
        "login": "test_b", "fleet": "MSAFIRI", "role": "viewer", "can_sign_in": True,
        "valid_from": before[0].valid_from.isoformat(), "valid_to": ended.isoformat(),
    }  # fmt: skip
    person = Database(world.login_url("test_b"), pool_size=1)
    assert {one.fleet for one in people(person)} == {"MSAFIRI"}
    person.close()


# Limits -----------------------------------------------------------------------------------------------------------------


def test_every_session_of_a_person_begins_with_limits(world: World, fleet: UUID) -> None:
    with world.person(fleet, "viewer").read() as connection:
        rows = connection.execute(
            text("SELECT name, reset_val, unit FROM pg_settings WHERE name = ANY (:names)"), {"names": list(LIMITS)}
        )
        found = {name: (int(value), unit) for name, value, unit in rows}
    assert found["idle_in_transaction_session_timeout"] == (25_000, "ms")
    assert found["lock_timeout"] == (10_000, "ms")
    assert found["statement_timeout"] == (60_000, "ms")
    assert {found[f"tcp_keepalives_{name}"][0] for name in ("idle", "interval", "count")} == {10, 5, 3}
    assert found["tcp_user_timeout"] == (20_000, "ms")


def _wants_the_day(connection: Connection, fleet: UUID) -> None:
    connection.execute(
        text(
            "INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)"
            " VALUES (:fleet, '2026-09-22', 0, 0, 0, 'open')"
            " ON CONFLICT (fleet_id, reconciliation_date) DO UPDATE SET notes = 'mine'"
        ),
        {"fleet": fleet},
    )


def test_a_laptop_that_falls_asleep_in_mid_edit_lets_go(world: World, fleet: UUID) -> None:
    asleep, awake = world.person(fleet, "manager", "test_asleep"), world.person(fleet, "manager", "test_awake")
    world.run(f"ALTER ROLE test_asleep IN DATABASE {world.name} SET idle_in_transaction_session_timeout = '500ms'")
    with pytest.raises(DatabaseUnreachable), asleep.write() as sleeping:
        _wants_the_day(sleeping, fleet)
        # Waits for the lock, for less than its own ten seconds, and gets it.
        with awake.write() as connection:
            _wants_the_day(connection, fleet)
        _wants_the_day(sleeping, fleet)
    assert world.value("SELECT count(*) FROM finance.payment_reconciliation") == 1


def test_without_that_limit_the_other_waits_in_vain(world: World, fleet: UUID) -> None:
    asleep, awake = world.person(fleet, "manager", "test_asleep"), world.person(fleet, "manager", "test_awake")
    world.run(f"ALTER ROLE test_asleep IN DATABASE {world.name} SET idle_in_transaction_session_timeout = 0")
    world.run(f"ALTER ROLE test_awake IN DATABASE {world.name} SET lock_timeout = '700ms'")
    with asleep.write() as sleeping:
        _wants_the_day(sleeping, fleet)
        with pytest.raises(Exception, match=r"lock timeout|Somebody else") as waited, awake.write() as connection:
            _wants_the_day(connection, fleet)
    assert not isinstance(waited.value, DatabaseUnreachable)


# Going ------------------------------------------------------------------------------------------------------------------


def test_removing_ends_login_group_and_what_is_going_on(world: World, fleet: UUID) -> None:
    person = world.person(fleet, "manager", "test_going")
    # A snapshot of before: nothing that is committed later would ever reach it.
    with pytest.raises(DatabaseUnreachable), person.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM finance.fleet")).scalar() == 1
        removal = remove_person(world.database(), fleet, "test_going")
        assert (removal.ended, removal.sessions, removal.can_sign_in) == (1, 1, False)
        connection.execute(text("SELECT count(*) FROM finance.fleet"))
    with pytest.raises(EnvironmentFault, match=_KEPT_OUT):
        person.ping()
    assert groups(world, "test_going") == []
    assert people(world.database(), fleet) == []


def test_removing_from_one_fleet_leaves_the_other(world: World, fleet: UUID) -> None:
    other = world.fleet("TWIGA")
    world.project()
    world.person(other, "viewer", "test_half")
    person = world.person(fleet, "approver", "test_half")
    assert [mine.code for mine in fleets(person)] == ["MSAFIRI", "TWIGA"]
    removal = remove_person(world.database(), fleet, "test_half")
    assert (removal.ended, removal.can_sign_in) == (1, True)
    with pytest.raises(DatabaseUnreachable):
        fleets(person)
    assert [mine.code for mine in fleets(person)] == ["TWIGA"]


def test_removing_can_be_repeated_and_undone(world: World, fleet: UUID) -> None:
    add(world, fleet, "test_back", "viewer")
    operator = world.database()
    assert remove_person(operator, fleet, "test_back").ended == 1
    again = remove_person(operator, fleet, "test_back")
    assert (again.ended, again.sessions, again.can_sign_in) == (0, 0, False)
    add(world, fleet, "test_back", "viewer", None)
    sign_in(world, "test_back")


def test_removing_a_stranger_or_a_login_that_is_gone(world: World, fleet: UUID) -> None:
    operator = world.database()
    with pytest.raises(NotFound, match="There is no “postgres” in this fleet"):
        remove_person(operator, fleet, "postgres")
    world.run(
        "INSERT INTO finance.fleet_member (fleet_id, login, role) VALUES (:fleet, 'test_dropped', 'viewer')",
        fleet=fleet,
    )
    removal = remove_person(operator, fleet, "test_dropped")
    assert (removal.ended, removal.can_sign_in) == (1, False)


def test_a_membership_that_was_to_come_never_comes(world: World, fleet: UUID) -> None:
    world.run(
        "INSERT INTO finance.fleet_member (fleet_id, login, role, valid_from)"
        " VALUES (:fleet, 'test_coming', 'viewer', now() + interval '1 day')",
        fleet=fleet,
    )
    with world.database().write() as connection:
        assert end_membership(connection, fleet, "test_coming") == 0
    assert people(world.database(), fleet, ended=True) == []


def test_a_transaction_that_is_kept_open_does_not_outlive_the_membership(world: World, fleet: UUID) -> None:
    person = world.person(fleet, "viewer", "test_open")
    count = text("SELECT count(*) FROM finance.fleet")
    with person.write() as connection:
        assert connection.execute(count).scalar() == 1
        # The date alone, as it also comes by itself: no session is ended.
        with world.database().write() as operator:
            end_membership(operator, fleet, "test_open")
        assert connection.execute(count).scalar() == 0


def test_a_session_that_does_not_end_is_said(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "_ROUNDS", 0)
    with pytest.raises(EnvironmentFault, match="pg_terminate_backend"):
        end_sessions(world.database(), "test_endless")


def test_an_open_window_loses_feed_and_database(world: World, fleet: UUID) -> None:
    """The relay's own re-check, shortened: 30 seconds in earnest."""
    person = world.person(fleet, "viewer", "test_window")
    bystander = world.person(fleet, "viewer", "test_bystander")

    async def run() -> None:
        async with (
            relaying(world) as relay,
            joined(relay.url, relay_ticket(person)) as window,
            joined(relay.url, relay_ticket(bystander)) as other,
        ):
            assert set((await _welcome(window)).fleets) == {fleet}
            await _welcome(other)
            await asyncio.to_thread(remove_person, world.database(), fleet, "test_window")
            assert await end(window) == (1012, "your fleets have changed")
            with pytest.raises(DatabaseUnreachable):
                relay_ticket(person)
            with pytest.raises(EnvironmentFault, match=_KEPT_OUT):
                relay_ticket(person)
            await other.ping()
            assert other.close_code is None

    asyncio.run(run())


async def _welcome(connection: ClientConnection) -> Welcome:
    found = await frame(connection, Welcome)
    assert isinstance(found, Welcome)
    return found
