"""Who may see and do what: row-level security forced from the first migration, no rights but the ones that are needed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.database.fleets import fleet_by_code, fleets
from services.database.people import Role, add_person, end_membership
from services.domain.errors import NotAllowed, NotFound
from tests.world import PASSWORD, World

_FLEET_TABLES = text(
    "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity FROM pg_class c"
    " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'fleet_id' AND NOT a.attisdropped"
    " WHERE c.relnamespace = 'finance'::regnamespace AND c.relkind IN ('r', 'p')"
)


def test_every_table_with_a_fleet_forces_row_level_security(world: World) -> None:
    with world.database().read() as connection:
        rows = connection.execute(_FLEET_TABLES).all()
    assert len(rows) > 15
    assert [name for name, enabled, forced in rows if not (enabled and forced)] == []


def test_public_may_do_nothing(world: World) -> None:
    query = text(
        "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'finance'::regnamespace"
        " AND has_function_privilege('public', p.oid, 'EXECUTE')"
    )
    with world.database().read() as connection:
        assert connection.execute(query).scalars().all() == []


def test_views_act_with_the_rights_of_who_asks(world: World) -> None:
    query = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'finance'::regnamespace AND relkind = 'v'"
        " AND NOT coalesce(reloptions @> ARRAY['security_invoker=true'], false)"
    )
    with world.database().read() as connection:
        assert connection.execute(query).scalars().all() == []


@pytest.fixture
def neighbour(world: World) -> Database:
    """An approver of one fleet, beside another fleet with payments."""
    mine, theirs = world.fleet("MSAFIRI"), world.fleet("TWIGA")
    for fleet in (mine, theirs):
        world.till(fleet, f"999000{1 if fleet == mine else 2}")
        world.payment(world.booking(fleet, route_id=world.route(fleet), vehicle_id=world.vehicle(fleet)))
    world.project()
    return world.person(mine, "approver")


@pytest.mark.parametrize(
    "table", ["fleet", "route", "vehicle", "till", "revenue_daily", "feed", "payment_event", "payment_summary"]
)
def test_a_person_sees_their_own_fleet_alone(world: World, neighbour: Database, table: str) -> None:
    with neighbour.read() as connection:
        seen = connection.execute(text(f"SELECT DISTINCT fleet_id FROM finance.{table}")).scalars().all()
    assert seen == [world.value("SELECT id FROM public.fleets WHERE code = 'MSAFIRI'")]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT passenger FROM finance.payment",
        "SELECT phone FROM finance.payment",
        "SELECT * FROM finance.payment",
        "SELECT count(*) FROM public.payment_transactions",
        "SELECT count(*) FROM public.bookings",
        "SELECT count(*) FROM finance.payment_change",
        "SELECT * FROM finance.relay_ticket",
        "UPDATE finance.payment SET amount = 0",
        "DELETE FROM finance.payment_event",
        "INSERT INTO finance.fleet_member (fleet_id, login, role) SELECT fleet_id, session_user, 'approver' FROM finance.fleet",
        "UPDATE finance.statement SET imported_by = 'somebody else'",
        "SELECT finance.consume_relay_ticket('x')",
        "SELECT finance.fleets_of('test_approver', true)",
        "SET ROLE finance_projector",
        "SET ROLE finance_owner",
        "TRUNCATE finance.statement_line CASCADE",
    ],
)
def test_what_no_person_may_do(neighbour: Database, sql: str) -> None:
    with pytest.raises(NotAllowed, match="not allowed"), neighbour.write() as connection:
        connection.execute(text(sql))


def test_a_manager_cannot_write_into_another_fleet(world: World, neighbour: Database) -> None:
    theirs = world.value("SELECT id FROM public.fleets WHERE code = 'TWIGA'")
    with pytest.raises(NotAllowed), neighbour.write() as connection:
        connection.execute(
            text(
                "INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)"
                " VALUES (:f, '2026-09-22', 0, 0, 0, 'open')"
            ),
            {"f": theirs},
        )


def test_who_reconciled_is_the_servers_word(world: World, neighbour: Database) -> None:
    mine = world.value("SELECT id FROM public.fleets WHERE code = 'MSAFIRI'")
    with neighbour.write() as connection:
        connection.execute(
            text(
                "INSERT INTO finance.payment_reconciliation (fleet_id, reconciliation_date, system_total, mpesa_total, difference, status)"
                " VALUES (:f, '2026-09-22', 0, 0, 0, 'open')"
            ),
            {"f": mine},
        )
    assert world.value("SELECT reconciled_by FROM finance.payment_reconciliation") == "test_approver"


def test_a_membership_that_ended_shows_nothing(world: World, neighbour: Database) -> None:
    mine = world.value("SELECT id FROM public.fleets WHERE code = 'MSAFIRI'")
    assert [fleet.code for fleet in fleets(neighbour)] == ["MSAFIRI"]
    with world.database().write() as connection:
        assert end_membership(connection, mine, "test_approver") == 1  # type: ignore[arg-type]
    assert fleets(neighbour) == []


def test_the_operator_sees_every_fleet_and_is_named_so(world: World, neighbour: Database) -> None:
    assert [fleet.code for fleet in fleets(world.database())] == ["MSAFIRI", "TWIGA"]
    assert world.value("SELECT finance.person()") == "operator"
    with neighbour.read() as connection:
        assert connection.execute(text("SELECT finance.person()")).scalar() == "test_approver"


def test_an_unknown_fleet_names_the_known_ones(neighbour: Database) -> None:
    assert fleet_by_code(neighbour, "msafiri").name == "Msafiri Express"
    with pytest.raises(NotFound, match=r"no fleet 'TWIGA' for this login. It may see: MSAFIRI\."):
        fleet_by_code(neighbour, "TWIGA")


@pytest.mark.parametrize("login", ["", "Robert'); DROP", "finance_owner", "a" * 64, "1st"])
def test_a_login_has_a_plain_name(world: World, login: str) -> None:
    fleet = world.fleet()
    with pytest.raises(ValueError, match="not a login name"), world.database().write() as connection:
        add_person(connection, fleet, login, PASSWORD, "viewer")


def test_a_role_is_one_of_three(world: World) -> None:
    fleet, role = world.fleet(), "owner"
    with pytest.raises(ValueError, match="no such role"), world.database().write() as connection:
        add_person(connection, fleet, "test_somebody", PASSWORD, role)  # type: ignore[arg-type]


def test_a_superuser_is_no_person(world: World) -> None:
    fleet = world.fleet()
    with pytest.raises(NotAllowed, match="superuser"), world.database().write() as connection:
        add_person(connection, fleet, "postgres", PASSWORD, "viewer")


@pytest.mark.parametrize("role", ["viewer", "manager"])
def test_a_new_role_replaces_the_old_membership(world: World, role: Role) -> None:
    fleet = world.fleet()
    world.project()
    world.person(fleet, "approver", "test_changing")
    person = world.person(fleet, role, "test_changing")
    with person.read() as connection:
        rights = connection.execute(
            text("SELECT cardinality(finance.my_fleets(r)) FROM unnest(ARRAY['viewer','manager','approver']) r")
        )
        assert rights.scalars().all() == [1, int(role == "manager"), 0]


def test_the_server_never_hears_a_password(world: World) -> None:
    world.person(world.fleet(), "viewer", "test_scram")
    stored = str(world.value("SELECT rolpassword FROM pg_authid WHERE rolname = 'test_scram'"))
    assert stored.startswith("SCRAM-SHA-256$")
    assert PASSWORD not in stored
