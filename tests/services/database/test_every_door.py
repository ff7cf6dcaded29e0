"""Every door there is, from the catalog: who may pass is decided by hand, and nobody sees, hears or guesses another fleet's rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from psycopg import sql
from sqlalchemy import text

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.people import ROLES, end_membership
from tests.services.database.doors import leaning, rights, unforced, wandering
from tests.services.database.expected_rights import BLIND, CALLS, EXPECTED, MANAGER, OF_NO_FLEET, VIEWER
from tests.services.database.neighbours import NEVER_COMMITTED, Relation, Scene, Visitor, session
from tests.world import World

SERVERS = ("finance_projector", "finance_relay", "finance_alerts", "finance_api")
PEOPLE = ("door_viewer", "door_manager", "door_approver", "door_ended", "door_none")


@pytest.fixture(scope="module")
def scene(server: EmbeddedServer) -> Iterator[Scene]:
    """Two fleets and the visitors of the first, for tests that change nothing."""
    postgres = Database(server.operator_url("postgres"))
    outside = postgres.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
    outside.execute(text("CREATE DATABASE every_door TEMPLATE template_workstation STRATEGY file_copy"))
    world = World(server, "every_door")
    try:
        yield _peopled(world)
    finally:
        world.close()
        outside.execute(text("DROP DATABASE every_door WITH (FORCE)"))
        outside.close()
        postgres.close()


@pytest.fixture
def own_scene(world: World) -> Scene:
    """The same for a test that leaves a door open."""
    return _peopled(world)


def _peopled(world: World) -> Scene:
    scene = Scene(world)
    for role in ROLES:
        world.person(scene.mine.id, role, f"door_{role}")
    world.person(scene.mine.id, "approver", "door_ended")
    with world.database().write() as connection:
        # The date alone: the login and its group stay as they were.
        assert end_membership(connection, scene.mine.id, "door_ended") == 1
    world.person(scene.mine.id, "viewer", "door_none")
    world.run("REVOKE finance_viewer FROM door_none")
    world.run("DELETE FROM finance.fleet_member WHERE login = 'door_none'")
    return scene


@contextmanager
def visiting(scene: Scene, name: str) -> Iterator[Visitor]:
    """The login, or the operator under the server's role, of that name."""
    with scene.world.database().read() as connection:
        held = rights(connection, [name])[name]
    server = name in SERVERS
    database = Database(scene.world.operator_url, role=name) if server else Database(scene.world.login_url(name))
    with closing(database), session(database) as connection:
        yield Visitor(connection, scene, held)


# What is decided ------------------------------------------------------------------------------------------------------


def test_every_right_was_decided_by_hand(world: World) -> None:
    """A new table, column, function or sequence fails here until expected_rights.py says who may use it."""
    with world.database().read() as connection:
        found = rights(connection, EXPECTED)
    for role, expected in EXPECTED.items():
        assert found[role] == expected, role


def test_every_login_holds_what_its_group_holds(scene: Scene) -> None:
    with scene.world.database().read() as connection:
        found = rights(connection, PEOPLE)
    assert found == {
        "door_viewer": VIEWER,
        "door_manager": MANAGER,
        "door_approver": EXPECTED["finance_approver"],
        "door_ended": EXPECTED["finance_approver"],
        "door_none": EXPECTED["public"],
    }


def test_no_group_is_more_than_its_groups(world: World) -> None:
    """No group or server role is a superuser, passes row-level security by, or can become another one."""
    query = text("""
        SELECT r.rolname, g.rolname FROM pg_roles r
        LEFT JOIN pg_auth_members m ON m.member = r.oid LEFT JOIN pg_roles g ON g.oid = m.roleid
        WHERE r.rolname = ANY (:names)
          AND (g.oid IS NOT NULL OR r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolcreatedb OR r.rolcanlogin)
    """)
    with world.database().read() as connection:
        found = {tuple(row) for row in connection.execute(query, {"names": [*EXPECTED, "finance_owner"]})}
    assert found == {("finance_manager", "finance_viewer"), ("finance_approver", "finance_manager")}


def test_fleets_are_walled_off_by_force_and_nothing_goes_round(world: World) -> None:
    with world.database().read() as connection:
        assert unforced(connection) == []
        assert leaning(connection) == []
        assert wandering(connection) == []


def test_a_function_of_tomorrow_is_closed_from_birth(world: World) -> None:
    owner = world.database("finance_owner")
    with owner.write() as connection:
        connection.execute(text("CREATE FUNCTION finance.of_tomorrow() RETURNS integer LANGUAGE sql RETURN 1"))
    with world.database().read() as connection:
        assert rights(connection, ["public", "finance_viewer"]) == {
            "public": EXPECTED["public"],
            "finance_viewer": VIEWER,
        }


# What happens when they try -------------------------------------------------------------------------------------------


def _with_rows(scene: Scene) -> list[Relation]:
    return [
        relation
        for relation in scene.relations
        if relation.of_fleets and relation.kind == "r" and not relation.name.startswith("public.")
    ]


def test_both_fleets_have_a_row_in_every_table(scene: Scene) -> None:
    """Without it nothing below could fail: a new table gets its row in neighbours.py."""
    empty = {r.name for r in _with_rows(scene) for fleet in (scene.mine, scene.theirs) if not scene.row_of(r, fleet)}
    assert empty == NEVER_COMMITTED


@pytest.mark.parametrize("name", [*PEOPLE, *SERVERS])
def test_the_doors_are_as_the_catalog_says(scene: Scene, name: str) -> None:
    with visiting(scene, name) as visitor:
        assert list(visitor.doors_unlike_the_catalog()) == []


@pytest.mark.parametrize("name", PEOPLE)
def test_nobody_reaches_another_fleets_rows(scene: Scene, name: str) -> None:
    with visiting(scene, name) as visitor:
        assert list(visitor.foreign_rows()) == []
        assert list(visitor.telling_inserts()) == []
        assert list(visitor.telling_calls(CALLS)) == []


@pytest.mark.parametrize("name", ["door_viewer", "door_manager", "door_approver"])
def test_members_see_all_of_their_own(scene: Scene, name: str) -> None:
    with visiting(scene, name) as visitor:
        seen = set()
        for relation in scene.relations:
            columns = visitor.may("SELECT", relation)
            if "fleet_id" in columns:
                rows = visitor.attempt(f"SELECT DISTINCT fleet_id FROM finance.{relation.name}").rows
                assert rows == ((scene.mine.id,),), relation.name
                seen.add(relation.name)
            elif columns:
                assert relation.name in OF_NO_FLEET
        assert len(seen) > 20


def test_who_was_a_member_sees_nothing(scene: Scene) -> None:
    with visiting(scene, "door_ended") as visitor:
        for relation in scene.relations:
            if "fleet_id" in visitor.may("SELECT", relation):
                assert visitor.attempt(f"SELECT fleet_id FROM finance.{relation.name}").rows == (), relation.name


@pytest.mark.parametrize("name", ["door_approver", "finance_api", "finance_relay"])
def test_functions_and_sequences_that_are_not_theirs_are_closed(scene: Scene, name: str) -> None:
    with visiting(scene, name) as visitor:
        functions = text("""
            SELECT p.proname || '()', format('SELECT finance.%I(%s)', p.proname,
                (SELECT string_agg('NULL::' || format_type(t, NULL), ', ' ORDER BY n) FROM unnest(p.proargtypes) WITH ORDINALITY a(t, n)))
            FROM pg_proc p WHERE p.pronamespace = 'finance'::regnamespace
            UNION ALL
            SELECT relname, format('SELECT nextval(%L)', 'finance.' || relname) FROM pg_class
            WHERE relnamespace = 'finance'::regnamespace AND relkind = 'S'
        """)
        with scene.world.database().read() as connection:
            found = connection.execute(functions).all()
        assert len(found) > 20
        for thing, call in found:
            assert visitor.attempt(call).forbidden is (thing not in visitor.held), call


def test_every_function_of_people_is_tried(world: World) -> None:
    theirs = {name for name in VIEWER | MANAGER if name.endswith("()")}
    assert theirs == CALLS.keys() | BLIND.keys()


def test_nobody_becomes_somebody_else(scene: Scene) -> None:
    with visiting(scene, "door_approver") as visitor:
        for role in (*SERVERS, "finance_owner", "postgres", "of_twiga"):
            assert visitor.attempt(sql.SQL("SET ROLE {}").format(sql.Identifier(role))).forbidden
            answer = visitor.attempt(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(role)))
            assert answer.forbidden
        assert visitor.attempt("SET row_security = off; SELECT * FROM finance.feed").refused
        assert visitor.attempt("CREATE TABLE public.mine (id integer)").forbidden
        assert visitor.attempt("CREATE TABLE finance.mine (id integer)").forbidden


# Broken controls: each door that is left open on purpose must be found --------------------------------------------------


def test_a_table_without_policies_is_found(own_scene: Scene) -> None:
    with visiting(own_scene, "door_manager") as visitor:
        _as_owner(
            own_scene,
            "CREATE TABLE finance.leaky (fleet_id uuid, id integer, PRIMARY KEY (fleet_id, id))",
            "GRANT SELECT, UPDATE, DELETE ON finance.leaky TO finance_viewer",
            f"INSERT INTO finance.leaky VALUES ('{own_scene.mine.id}', 1), ('{own_scene.theirs.id}', 2)",
        )
        visitor.held = {**visitor.held, "leaky": "DELETE SELECT UPDATE"}
        assert [wrong.split(":")[0] for wrong in visitor.foreign_rows()] == [
            "SELECT leaky",
            'UPDATE finance."leaky" SET "fleet_id" = "fleet_id"',
            'UPDATE finance."leaky" SET "id" = "id"',
            'DELETE FROM finance."leaky"',
        ]
        with own_scene.world.database().read() as connection:
            assert unforced(connection) == ["leaky"]
            assert rights(connection, ["finance_viewer"])["finance_viewer"] != VIEWER


def test_a_key_without_the_fleet_is_found(own_scene: Scene) -> None:
    with visiting(own_scene, "door_manager") as visitor:
        allowed = "fleet_id = ANY ((SELECT finance.my_fleets())::uuid[])"
        _as_owner(
            own_scene,
            "CREATE TABLE finance.telling (fleet_id uuid NOT NULL, id uuid PRIMARY KEY)",
            f"INSERT INTO finance.telling VALUES ('{own_scene.theirs.id}', gen_random_uuid())",
            "ALTER TABLE finance.telling ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY members ON finance.telling USING ({allowed}) WITH CHECK ({allowed})",
            "GRANT SELECT, INSERT ON finance.telling TO finance_viewer",
        )
        visitor.held = {**visitor.held, "telling": "INSERT SELECT"}
        assert list(visitor.foreign_rows()) == []
        found = list(visitor.telling_inserts())
        assert len(found) == 2
        assert "duplicate key value violates unique constraint" in found[0]


def test_a_function_that_tells_is_found(own_scene: Scene) -> None:
    with visiting(own_scene, "door_viewer") as visitor:
        _as_owner(
            own_scene,
            "CREATE FUNCTION finance.is_there(sought uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER"
            " RETURN EXISTS (SELECT FROM finance.payment WHERE id = sought)",
            "GRANT EXECUTE ON FUNCTION finance.is_there(uuid) TO finance_viewer",
            "CREATE VIEW finance.leaning AS SELECT * FROM finance.feed",
        )
        assert len(list(visitor.telling_calls({"is_there()": "SELECT finance.is_there(%(payment)s)"}))) == 1
        with own_scene.world.database().read() as connection:
            assert leaning(connection) == ["leaning"]
            assert wandering(connection) == ["is_there"]
            assert "is_there()" in rights(connection, ["finance_viewer"])["finance_viewer"]


def test_a_door_unlike_the_catalog_is_found(own_scene: Scene) -> None:
    with visiting(own_scene, "door_viewer") as visitor:
        visitor.held = {**visitor.held, "feed": "", "payment": "SELECT"}
        found = list(visitor.doors_unlike_the_catalog())
        assert len([wrong for wrong in found if wrong.startswith("SELECT feed.")]) == 4
        assert len([wrong for wrong in found if wrong.startswith("SELECT payment.")]) == 3


def _as_owner(scene: Scene, *statements: str) -> None:
    with scene.world.database("finance_owner").write() as connection:
        for statement in statements:
            connection.execute(text(statement))
