"""What the demo stands on: a database (embedded unless one is named), its schema, its history, a back office and live traffic."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from services.database.embedded import EmbeddedServer
from services.database.engine import Database
from services.database.migration import migrate
from services.domain.errors import EnvironmentFault
from services.domain.period import today
from services.feed.capture import install_capture
from services.feed.verification import rebuild
from services.reconciliation.service import ReconciliationService
from services.statements.importer import StatementImporter
from workstation.demo.backoffice import start_backoffice
from workstation.demo.fleet import Fleet, demo_fleet
from workstation.demo.history import recent_plans, top_up, unfinished
from workstation.demo.ownership import refuse_foreign
from workstation.demo.people import Login, demo_people
from workstation.demo.statements import mpesa_record, write_statements
from workstation.demo.traffic import LiveTraffic
from workstation.settings import Settings

SEED = 20_261_122
_DATABASE = "demo"
#: From so many new payments on, making the read model anew is quicker than projecting them one by one.
_MANY = 3_000
#: How many days before yesterday the office has reconciled when the demo begins.
_EARLIER_DAYS = 3
_RELAY_LIVES = "SELECT count(*) > 0 FROM finance.relay WHERE beat_at > now() - interval '10 seconds'"
_ALL_PROJECTED = "SELECT count(*) = 0 FROM finance.payment_change"


@dataclass(frozen=True, slots=True)
class Ground:
    """A running demo: the operator's URL, a person's URL, the live traffic and yesterday's statements."""

    operator_url: str
    person_url: str
    fleet: Fleet
    traffic: LiveTraffic
    statements: tuple[Path, ...]
    folder: Path


def lay_ground(
    settings: Settings, fleet_days: int, rate: float, stack: ExitStack, say: Callable[[str], None]
) -> Ground:
    """Starts everything; what was started ends with `stack`, in reverse order."""
    folder = settings.data_folder / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    operator_url, url_for = _server(settings, folder, stack, say)
    fleet, operator = demo_fleet(), Database(operator_url, pool_size=2, application="demo")
    stack.callback(operator.close)
    with operator.read() as connection:
        refuse_foreign(connection, fleet)
    migrate(operator)
    install_capture(operator)
    until = datetime.now(UTC)
    _load(operator, fleet, until, fleet_days, say)
    people = demo_people(operator, fleet, folder)
    person_url, yesterday = url_for(people["demo_manager"]), today(now=until) - timedelta(days=1)
    start_backoffice(operator_url, folder, stack, say)
    _wait_for(operator, _RELAY_LIVES)
    _wait_for(operator, _ALL_PROJECTED)
    earlier = [yesterday - timedelta(days=back) for back in range(min(_EARLIER_DAYS, fleet_days - 1), 0, -1)]
    _work_through(operator, person_url, folder / "earlier statements", fleet, earlier, say)
    statements = _write_statements(operator, folder / "statements", fleet, yesterday)
    traffic = LiveTraffic(
        operator_url, fleet, SEED, rate, unfinished=unfinished(recent_plans(SEED, fleet, until), until)
    )
    traffic.start()
    stack.callback(traffic.stop)
    return Ground(operator_url, person_url, fleet, traffic, statements, folder)


def _server(
    settings: Settings, folder: Path, stack: ExitStack, say: Callable[[str], None]
) -> tuple[str, Callable[[Login], str]]:
    if settings.database_url is not None:
        url = make_url(settings.database_url.get_secret_value())

        def at_named_server(login: Login) -> str:
            return url.set(username=login.name, password=login.password).render_as_string(hide_password=False)

        return url.render_as_string(hide_password=False), at_named_server
    say("starting the embedded PostgreSQL…")
    server = stack.enter_context(EmbeddedServer(folder / "postgres"))
    _create_database(server)
    return server.operator_url(_DATABASE), lambda login: server.url(login.name, login.password, _DATABASE)


def _create_database(server: EmbeddedServer) -> None:
    database = Database(server.operator_url("postgres"), pool_size=1)
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": _DATABASE})
        if known.first() is None:
            connection.execute(text(f"CREATE DATABASE {_DATABASE}"))
    database.close()


def _load(operator: Database, fleet: Fleet, until: datetime, days: int, say: Callable[[str], None]) -> None:
    began = time.monotonic()
    loaded = top_up(operator, fleet, SEED, until, days=days)
    owner = Database(operator.url, role="finance_owner", pool_size=1, application="demo")
    if loaded.payments >= _MANY:
        rebuild(owner)
    owner.close()
    if loaded.payments:
        say(f"{loaded.payments:,} payments of history loaded in {time.monotonic() - began:.0f} s")


def _write_statements(operator: Database, folder: Path, fleet: Fleet, day: date) -> tuple[Path, ...]:
    """The statements of one day, in a folder of their own; older ones are removed."""
    for old in folder.glob("*.csv"):
        old.unlink()
    with operator.read() as connection:
        entries = mpesa_record(connection, fleet, SEED, day)
    return tuple(write_statements(folder, fleet, day, entries))


def _work_through(
    operator: Database, person_url: str, folder: Path, fleet: Fleet, days: Sequence[date], say: Callable[[str], None]
) -> None:
    """The office has done its work until yesterday: earlier days are imported and matched, once, as the manager."""
    with closing(Database(person_url, pool_size=2, application="demo")) as person:
        importer, reconciliation = StatementImporter(person), ReconciliationService(person)
        for day in days:
            if reconciliation.days(fleet.id, day, day)[0].reconciled_at is not None:
                continue
            say(f"the office reconciles {day:%a %d %b}…")
            for file in _write_statements(operator, folder, fleet, day):
                importer.import_file(file, fleet.id)
            reconciliation.reconcile_payments(day, fleet.id)


def _wait_for(operator: Database, query: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with operator.read() as connection:
            if connection.execute(text(query)).scalar_one():
                return
        time.sleep(0.1)
    raise EnvironmentFault("The demo's back office did not start within 30 seconds; its log is backoffice.log.")
