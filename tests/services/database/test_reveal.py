"""A passenger's name and phone: for a reason, recorded before they are shown, and with no way round."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from services.audit.verification import verify
from services.database.engine import Database
from services.database.people import ROLES, Role, remove_person
from services.domain.errors import NotAllowed, NotFound
from services.payments.revealing import reveal
from tests.world import World

WHY = "the passenger asks for a refund"
_RECORDS = text(
    "SELECT who, op, row_key, reason FROM finance.audit_record WHERE table_name = 'payment_reveal' ORDER BY number"
)
_ASK = text("SELECT finance.ask_to_reveal(:fleet, :payment, 'because of the test')")
_SHOW = text("SELECT * FROM finance.reveal_payment(:fleet, :payment)")


@dataclass
class Office:
    """Two fleets with a payment each."""

    world: World
    fleet: UUID
    payment: UUID
    other_fleet: UUID
    other_payment: UUID

    def records(self) -> list[tuple[object, ...]]:
        """Who revealed what, and why."""
        with self.world.database().read() as connection:
            return [tuple(row) for row in connection.execute(_RECORDS)]

    @property
    def key(self) -> dict[str, UUID]:
        return {"fleet": self.fleet, "payment": self.payment}


@pytest.fixture
def office(world: World) -> Office:
    fleets = [world.fleet("MSAFIRI"), world.fleet("TWIGA")]
    payments = [world.payment(world.booking(fleet, passenger_name="Zawadi Mfano")) for fleet in fleets]
    world.project()
    return Office(world, fleets[0], payments[0], fleets[1], payments[1])


@pytest.mark.parametrize("role", ROLES)
def test_every_member_may_for_a_reason_and_it_is_recorded(office: Office, role: Role) -> None:
    person = office.world.person(office.fleet, role)
    shown = reveal(person, office.fleet, office.payment, f"  {WHY}\n")
    assert (shown.passenger, shown.phone) == ("Zawadi Mfano", "0700000111")
    assert repr(shown) == "Revealed()"
    assert office.records() == [(f"test_{role}", "insert", {"payment_id": str(office.payment)}, WHY)]
    # Every time anew.
    reveal(person, office.fleet, office.payment, WHY)
    assert len(office.records()) == 2


def test_the_operator_may_and_is_named_so(office: Office) -> None:
    assert reveal(office.world.database(), office.fleet, office.payment, WHY).phone == "0700000111"
    assert office.records()[0][0] == "operator"


def test_what_the_booking_system_does_not_know_is_empty(office: Office) -> None:
    booking = office.world.booking(office.fleet, passenger_name=None, passenger_phone=None)
    payment = office.world.payment(booking, payment_method="cash")
    office.world.project()
    shown = reveal(office.world.person(office.fleet), office.fleet, payment, WHY)
    assert (shown.passenger, shown.phone) == ("", "")


@pytest.mark.parametrize("reason", ["", "why", "  w h y  ", "\n\t \n\t  "])
def test_without_a_reason_nothing_is_shown(office: Office, reason: str) -> None:
    person = office.world.person(office.fleet)
    with pytest.raises(NotAllowed, match="at least 5 characters"):
        reveal(person, office.fleet, office.payment, reason)
    with pytest.raises(DBAPIError, match="a reason of at least five characters"), person.write() as connection:
        connection.execute(text("SELECT finance.ask_to_reveal(:fleet, :payment, :r)"), {**office.key, "r": reason})
    assert office.records() == []


def test_a_missing_reason_is_none(office: Office) -> None:
    with (
        pytest.raises(DBAPIError, match="a reason of at least"),
        office.world.person(office.fleet).write() as connection,
    ):
        connection.execute(text("SELECT finance.ask_to_reveal(:fleet, :payment, NULL)"), office.key)


def test_foreign_and_unknown_payments_are_the_same_nothing(office: Office) -> None:
    person = office.world.person(office.fleet, "approver")
    said = set()
    for fleet, payment in (
        (office.other_fleet, office.other_payment),
        (office.other_fleet, uuid4()),
        (office.fleet, office.other_payment),
        (office.fleet, uuid4()),
        (uuid4(), uuid4()),
    ):
        with pytest.raises(NotFound) as refused:
            reveal(person, fleet, payment, WHY)
        said.add(str(refused.value))
    assert said == {"There is no such payment in this fleet. Load the list again."}
    assert office.records() == []


# Ways round -----------------------------------------------------------------------------------------------------------


def shown(connection: Connection, office: Office) -> int:
    return len(connection.execute(_SHOW, office.key).all())


def test_nothing_is_shown_unasked(office: Office) -> None:
    with office.world.person(office.fleet).read() as connection:
        assert shown(connection, office) == 0


@pytest.mark.parametrize(
    "trick",
    [
        (),
        ("SET CONSTRAINTS ALL IMMEDIATE",),
        ("SELECT age('3'::xid)", "SET CONSTRAINTS ALL IMMEDIATE"),
        ("SAVEPOINT one", "SET CONSTRAINTS ALL IMMEDIATE", "RELEASE SAVEPOINT one", "SAVEPOINT two"),
    ],
)
def test_who_could_still_roll_it_back_is_shown_nothing(office: Office, trick: tuple[str, ...]) -> None:
    person = office.world.person(office.fleet)
    for asked_first in (True, False):
        with person.write() as connection:
            steps = [text(step) for step in trick]
            for step in [_ASK, *steps] if asked_first else [*steps, _ASK]:
                connection.execute(step, office.key if step is _ASK else {})
            assert shown(connection, office) == 0
            connection.rollback()
    assert office.records() == []
    with person.read() as connection:
        assert shown(connection, office) == 0


def test_asking_within_a_savepoint_is_no_way_either(office: Office) -> None:
    with office.world.person(office.fleet).write() as connection:
        with connection.begin_nested():
            connection.execute(_ASK, office.key)
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            # The record is there, linked and all, and still it does not count.
            assert connection.execute(_RECORDS).all() != []
            assert shown(connection, office) == 0
        assert shown(connection, office) == 0


def test_what_one_asked_is_shown_to_no_other(office: Office) -> None:
    one, two = (office.world.person(office.fleet, "viewer", login) for login in ("test_one", "test_two"))
    reveal(one, office.fleet, office.payment, WHY)
    with two.read() as connection:
        assert shown(connection, office) == 0
    with one.read() as connection:
        assert shown(connection, office) == 1
        # Another payment is another question.
        assert connection.execute(_SHOW, {"fleet": office.other_fleet, "payment": office.other_payment}).all() == []


def test_it_is_shown_for_a_minute(office: Office) -> None:
    person = office.world.person(office.fleet)
    reveal(person, office.fleet, office.payment, WHY)
    _move_records(office, "59 seconds")
    with person.read() as connection:
        assert shown(connection, office) == 1
    _move_records(office, "2 seconds")
    with person.read() as connection:
        assert shown(connection, office) == 0


def _move_records(office: Office, by: str) -> None:
    office.world.run("ALTER TABLE finance.audit_record DISABLE TRIGGER append_only")
    office.world.run(f"UPDATE finance.audit_record SET at = at - interval '{by}'")


def test_who_was_removed_is_shown_nothing(office: Office) -> None:
    person = office.world.person(office.fleet, "viewer", "test_removed")
    reveal(person, office.fleet, office.payment, WHY)
    remove_person(office.world.database(), office.fleet, "test_removed")
    elsewhere = office.world.person(office.other_fleet, "viewer", "test_removed")
    with elsewhere.read() as connection:
        assert shown(connection, office) == 0


def test_the_columns_themselves_stay_closed(office: Office) -> None:
    person: Database = office.world.person(office.fleet, "approver")
    for column in ("passenger", "phone", "search"):
        with pytest.raises(NotAllowed, match="permission denied"), person.read() as connection:
            connection.execute(text(f"SELECT {column} FROM finance.payment"))


def test_the_trail_is_proven_with_its_reveals(office: Office) -> None:
    reveal(office.world.person(office.fleet), office.fleet, office.payment, WHY)
    proven = verify(office.world.database("finance_owner"))
    assert not proven.first_bad
    office.world.run("ALTER TABLE finance.audit_record DISABLE TRIGGER append_only")
    office.world.run("UPDATE finance.audit_record SET reason = 'another one' WHERE table_name = 'payment_reveal'")
    assert verify(office.world.database("finance_owner")).first_bad
