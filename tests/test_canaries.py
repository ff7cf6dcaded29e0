"""A passenger whose name, phone and account nobody else has goes the whole way; so does a password. Neither comes out anywhere.

Where a person asked for it (a revealed payment, the rejected rows of their own statement) is another matter and not looked at.
"""

from __future__ import annotations

import asyncio
import json
import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from services.database.engine import Database
from services.database.people import add_person, remove_person
from services.domain.errors import WorkstationError
from services.domain.period import NAIROBI, Days, day_of
from services.feed import verification
from services.feed.projector import Projector
from services.payments.filters import PaymentFilter
from services.payments.revealing import reveal
from services.payments.service import PaymentService
from services.relay.doors import relay_ticket
from services.statements.importer import StatementImporter
from services.statements.writing import write_l1
from tests.services.relay.ledger import joined, relaying, until
from tests.workstation.command import header, line
from tests.world import MORNING, World
from ui.application import tell_bugs
from ui.sign_in.request import SignInRequest
from workstation.credentials import url_of
from workstation.logs import start_logging
from workstation.settings import Settings

NAME = "Xochitlkanari Njambizolu"
PHONE = "0798765432"
PASSWORD = "kanari-Wq7!vZ2p"
#: Each in every spelling that our code or the database could give it; the masked phone keeps 0798 and 432.
_OF_PASSENGERS = re.compile(r"xochitlkanari|njambizolu|0?798[ -]?765[ -]?432|98765", re.IGNORECASE)
_OF_PASSWORDS = re.compile(r"wq7!vz2p|wq7%21vz2p", re.IGNORECASE)


def found(told: str) -> list[str]:
    """The lines that a canary got into."""
    return [line[:300] for line in told.splitlines() if _OF_PASSENGERS.search(line) or _OF_PASSWORDS.search(line)]


@dataclass
class Caught:
    """Everything that was logged, at every level, as a log file would hold it."""

    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines)


@pytest.fixture
def caught() -> Iterator[Caught]:
    """The product's own logging at its most talkative, and a second pair of ears on the root."""
    caught = Caught()
    root = logging.getLogger()
    before = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("websockets", "alembic", "sqlalchemy")}
    start_logging("DEBUG")

    class Ears(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            caught.lines.append(self.format(record))

    ears = Ears()
    root.addHandler(ears)
    try:
        yield caught
    finally:
        root.handlers[:], level = before
        root.setLevel(level)
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)


@dataclass(frozen=True)
class Office:
    """A fleet whose only passenger is the canary."""

    world: World
    fleet: UUID
    booking: UUID
    payment: UUID


@pytest.fixture
def office(world: World) -> Office:
    fleet = world.fleet()
    world.till(fleet)
    booking = world.booking(fleet, passenger_name=NAME, passenger_phone=f"+254{PHONE[1:]}")
    payment = world.payment(booking, transaction_id="UKANAR0001", shortcode="9990001", phone_number=PHONE)
    world.project()
    return Office(world, fleet, booking, payment)


@contextmanager
def crash() -> Iterator[list[str]]:
    """The text of what the block raises, as a crash report would hold it; it must raise."""
    told: list[str] = []
    try:
        yield told
    except Exception as error:  # noqa: BLE001  whatever it is, its text is what is looked at
        told.append("".join(traceback.format_exception(error)))
    else:
        raise AssertionError("nothing was raised")


def test_the_canaries_sing(office: Office, caught: Caught) -> None:
    """The broken control: what looks for them finds them, where they may be."""
    logging.getLogger("services.somewhere").debug("paid by %s", NAME)
    assert len(found(caught.text)) == 1
    stored = office.world.value("SELECT p::text FROM finance.payment p")
    assert found(str(stored))
    assert found(f"the password is {PASSWORD}")
    assert found("0798 765 432") and found("+254798765432") and found("798765432")
    assert not found("0798 ••• 432")
    shown = reveal(office.world.person(office.fleet), office.fleet, office.payment, "the canary sings")
    assert found(shown.passenger) and found(shown.phone)


# The way of a payment ---------------------------------------------------------------------------------------------------


def test_projecting_searching_revealing_and_verifying_say_nothing(office: Office, caught: Caught) -> None:
    world = office.world
    person = world.person(office.fleet)
    world.change(office.payment, status="refunded", refunded_amount=600)
    world.run("UPDATE public.bookings SET passenger_name = passenger_name || ' II' WHERE id = :id", id=office.booking)
    caught.lines.clear()  # the booking system is played by these tests; its statements are not ours
    world.project()
    service = PaymentService(person)
    wanted = PaymentFilter(office.fleet, Days(day_of(MORNING), day_of(MORNING), NAIROBI), search=PHONE)
    page = service.page(wanted)
    assert len(page.rows) == 1
    assert len(service.page(PaymentFilter(office.fleet, wanted.days, search="njambizolu")).rows) == 1
    service.summary(wanted, MORNING + timedelta(hours=1))
    reveal(person, office.fleet, office.payment, "asked by a test")
    assert verification.verify(world.database("finance_owner")).differences == ()
    verification.rebuild(world.database("finance_owner"))
    assert found(caught.text) == []


def test_the_relay_never_hears_of_them(office: Office, caught: Caught) -> None:
    world, frames = office.world, []

    async def run() -> None:
        person = world.person(office.fleet)
        async with relaying(world) as relay, joined(relay.url, relay_ticket(person)) as connection:

            async def listen() -> None:
                async for frame in connection:
                    frames.append(str(frame))  # noqa: PERF401  it is cancelled with the frames so far

            listening = asyncio.create_task(listen())
            await until(lambda: frames, "the welcome")
            await asyncio.to_thread(_live, office)
            caught.lines.clear()
            await asyncio.to_thread(world.project)
            await until(lambda: any('"removed"' in frame for frame in frames), "the last event")
            listening.cancel()
            await asyncio.wait((listening,))

    asyncio.run(run())
    kinds = {event["kind"] for frame in frames for event in json.loads(frame).get("events", [])}
    assert {"payment", "booking", "removed"} <= kinds
    assert found("\n".join(frames)) == []
    assert found(caught.text) == []


def _live(office: Office) -> None:
    world = office.world
    payment = world.payment(office.booking, status="pending", phone_number=PHONE)
    world.project()
    world.change(payment, status="failed", result_code="1032", failure_reason="Request cancelled by user")
    world.project()
    world.run("UPDATE public.bookings SET passenger_phone = '0798 765 432' WHERE id = :id", id=office.booking)
    world.project()
    world.run("DELETE FROM public.payment_transactions WHERE id = :id", id=payment)


def test_stored_events_hold_none_of_them(office: Office) -> None:
    _live(office)
    office.world.project()
    events = office.world.value("SELECT string_agg(e::text, E'\\n') FROM finance.payment_event e")
    assert "pending" in str(events)
    assert found(str(events)) == []


def test_verify_names_what_differs_but_not_who_paid(office: Office, caught: Caught) -> None:
    world = office.world
    for wrong in ("failure_reason = 'wrong'", "passenger = 'Somebody Else'", "phone = NULL", "search = ''"):
        world.run(f"UPDATE finance.payment SET {wrong}")
        verified = verification.verify(world.database("finance_owner"))
        (different,) = [one for one in verified.differences if one.table == "payment"]
        assert different.id == str(office.payment)
        assert different.ours != different.theirs
        assert found(json.dumps(verified.as_json(), ensure_ascii=False)) == []
        verification.rebuild(world.database("finance_owner"))
    world.run("DELETE FROM finance.payment")
    verified = verification.verify(world.database("finance_owner"))
    assert verified.differences
    assert found(json.dumps(verified.as_json(), ensure_ascii=False)) == []
    assert found(caught.text) == []


def test_a_note_that_cannot_be_projected_is_set_aside_without_them(office: Office, caught: Caught) -> None:
    """A row that breaks a rule of ours: PostgreSQL then tells the whole row."""
    world = office.world
    world.run("ALTER TABLE public.payment_transactions ALTER currency DROP NOT NULL")
    world.run("UPDATE public.payment_transactions SET currency = NULL")
    caught.lines.clear()
    Projector(world.database("finance_projector")).drain()
    assert world.value("SELECT count(*) FROM finance.payment_change_parked") == 1
    verified = verification.verify(world.database("finance_owner"))
    assert any("violates not-null constraint" in one.ours for one in verified.differences)
    assert found(json.dumps(verified.as_json(), ensure_ascii=False)) == []
    assert "set aside" in caught.text
    assert found(caught.text) == []


# Statements --------------------------------------------------------------------------------------------------------------


def _statement(folder: Path, *, unreadable: bool = False) -> Path:
    told = f"Pay Bill from 254{PHONE[1:]} - {NAME} Acc. x"
    lines = [replace(line(receipt), details=told, other_party=told) for receipt in ("UKANAR0001", "UKANAR0002")]
    file = folder / "canary.csv"
    write_l1(lines, header(), file)
    if unreadable:
        rows = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(r.replace("600.00", "six hundred") if "UKANAR0002" in r else r for r in rows), "utf-8")
    return file


def test_importing_says_nothing(office: Office, caught: Caught, tmp_path: Path) -> None:
    person = office.world.person(office.fleet)
    imported = StatementImporter(person).import_file(_statement(tmp_path), office.fleet)
    assert imported.imported == 2
    assert found(str(office.world.value("SELECT details FROM finance.statement_line")))
    assert found(caught.text) == []
    caught.lines.clear()
    assert StatementImporter(person).import_file(_statement(tmp_path), office.fleet).duplicates == 2
    assert found(caught.text) == []


def test_an_import_that_breaks_says_what_broke_and_not_whose_line(office: Office, tmp_path: Path) -> None:
    person = office.world.person(office.fleet)
    office.world.run("ALTER TABLE finance.statement_line ADD CHECK (false) NOT VALID")
    with crash() as told:
        StatementImporter(person).import_file(_statement(tmp_path), office.fleet)
    assert "statement_line" in told[0]
    assert found(told[0]) == []


def test_a_rejection_that_cannot_be_kept_does_not_tell_its_row(office: Office, tmp_path: Path) -> None:
    person = office.world.person(office.fleet)
    file = _statement(tmp_path, unreadable=True)
    assert len(StatementImporter(person).import_file(file, office.fleet).rejected) >= 1
    office.world.run("ALTER TABLE finance.statement_rejection ADD CHECK (false) NOT VALID")
    file.write_text(file.read_text("utf-8").replace("UKANAR", "UKANBR"), "utf-8")
    with crash() as told:
        StatementImporter(person).import_file(file, office.fleet)
    assert "statement_rejection" in told[0]
    assert found(told[0]) == []


# Crash reports -----------------------------------------------------------------------------------------------------------


def test_a_query_that_breaks_tells_no_parameters(office: Office) -> None:
    person = office.world.person(office.fleet)
    wanted = PaymentFilter(office.fleet, Days(day_of(MORNING), day_of(MORNING), NAIROBI), search=f"{NAME} {PHONE}")
    office.world.run("DROP FUNCTION finance.find_payments CASCADE")
    with crash() as told:
        PaymentService(person).page(wanted)
    assert found(told[0]) == []
    with crash() as told, person.read() as connection:
        connection.execute(text("SELECT CAST(:name AS integer)"), {"name": 1, "unused": PHONE})
        connection.execute(text("SELECT 1 / CAST(:zero AS integer), CAST(:name AS text)"), {"zero": 0, "name": NAME})
    assert "division by zero" in told[0]
    assert found(told[0]) == []


def test_a_bug_with_a_revealed_passenger_in_its_hands(office: Office, caught: Caught) -> None:
    shown = reveal(office.world.person(office.fleet), office.fleet, office.payment, "asked by a test")
    told: list[BaseException] = []
    restore = tell_bugs(told.append)
    try:
        try:
            raise KeyError(shown)
        except KeyError:
            kind, error, trace = sys.exc_info()
            assert kind is not None and error is not None
            sys.excepthook(kind, error, trace)
    finally:
        restore()
    assert "KeyError: Revealed()" in caught.text
    assert found(caught.text) == []
    assert found(repr(told)) == []


# Passwords ---------------------------------------------------------------------------------------------------------------


def test_no_password_in_errors_logs_or_texts_of_things(office: Office, caught: Caught) -> None:
    world = office.world
    with world.database().write() as connection:
        add_person(connection, office.fleet, "test_kanari", PASSWORD, "viewer")
    url = world.login_url("test_kanari").set(password=PASSWORD)
    with closing(Database(url, pool_size=1)) as database:
        database.ping()
        told = [repr(database.url), str(database.url), database.address, repr(database.engine)]
    with closing(Database(url.set(password=f"{PASSWORD}x"), pool_size=1)) as wrong, crash() as refused:
        wrong.ping()
    with closing(Database(url.set(port=1), pool_size=1)) as nowhere, crash() as unreachable:
        nowhere.ping()
    remove_person(world.database(), office.fleet, "test_kanari")
    with closing(Database(url, pool_size=1)) as closed, crash() as kept_out:
        closed.ping()
    request = SignInRequest("localhost/finance", "test_kanari", PASSWORD)
    told += [repr(request), repr(url_of(request)), str(url_of(request))]
    told += [repr(Settings(database_url=url.render_as_string(hide_password=False)))]
    assert found("\n".join([*told, *refused, *unreachable, *kept_out])) == []
    assert found(caught.text) == []


@pytest.mark.parametrize(
    "written",
    [
        f"postgres:/kanari:{PASSWORD}@server/db",
        f"postgresql://kanari:{PASSWORD}@server:port/db",
        f"mysql://kanari:{PASSWORD}@server/db",
        f"kanari:{PASSWORD}",
    ],
)
def test_a_misspelt_address_is_refused_without_its_password(written: str) -> None:
    with crash() as told, suppress(AssertionError), closing(Database(written, pool_size=1)) as database:
        database.ping()
    assert found(told[0]) == []


def test_the_server_is_told_no_password(office: Office) -> None:
    world = office.world
    with world.database().write() as connection:
        add_person(connection, office.fleet, "test_kanari", PASSWORD, "viewer")
    kept = world.value(
        "SELECT string_agg(query, E'\\n') || (SELECT string_agg(rolpassword, ' ') FROM pg_authid) FROM pg_stat_activity"
    )
    assert "SCRAM-SHA-256" in str(kept)
    assert found(str(kept)) == []


def test_messages_for_people_name_no_passenger(office: Office) -> None:
    person = office.world.person(office.fleet)
    said = []
    for attempt in (
        lambda: reveal(person, office.fleet, office.fleet, "asked by a test"),
        lambda: StatementImporter(person).import_file(Path(f"{PHONE}.csv"), office.fleet),
        lambda: _select_passenger(person),
    ):
        with pytest.raises(WorkstationError) as refused:
            attempt()
        said.append(str(refused.value))
    # The file's own name is the person's, whatever they called it.
    assert found("\n".join(line.replace(f"{PHONE}.csv", "") for line in said)) == []


def _select_passenger(person: Database) -> None:
    with person.read() as connection:
        connection.execute(text("SELECT passenger FROM finance.payment"))
