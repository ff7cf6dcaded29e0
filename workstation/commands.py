"""The commands of `workstation`: what they read, which service they call, what they print."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from services.database.engine import Database
from services.database.fleets import Fleet, fleet_by_code
from services.database.fleets import fleets as known_fleets
from services.database.migration import migrate as migrate_database
from services.database.schema import require_current
from services.domain.errors import WorkstationError
from services.feed import verification
from services.feed.capture import install_capture
from services.reconciliation.service import ReconciliationService
from services.revenue.proving import prove_analytics
from services.statements.imported import ImportResult
from services.statements.importer import StatementImporter
from workstation.audit_cli import audit
from workstation.backoffice import required_url, run_backoffice
from workstation.early import display_found
from workstation.logs import start_logging
from workstation.people_cli import people
from workstation.revenue_cli import revenue
from workstation.settings import load_settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(audit, name="audit")
app.add_typer(people, name="people")
app.command()(revenue)
Json = Annotated[bool, typer.Option("--json", help="Print the stable JSON form.")]
FleetCode = Annotated[str, typer.Option("--fleet", help="The fleet's code, e.g. MSAFIRI.")]


@app.callback()
def prepare(context: typer.Context) -> None:
    """The finance workstation; without a command: the desktop."""
    settings = load_settings()
    start_logging(settings.log_level)
    context.obj = settings


@app.command()
def demo(
    context: typer.Context,
    fleet_days: Annotated[int, typer.Option(min=2, max=400, help="Days of history.")] = 90,
    rate: Annotated[float, typer.Option(min=0.0, max=500, help="Live bookings a second.")] = 0.3,
    no_window: Annotated[
        bool, typer.Option("--no-window", help="Run the same job offscreen and print a summary.")
    ] = False,
    seconds: Annotated[float | None, typer.Option(min=1, help="Stop after so many seconds.")] = None,
    screenshots: Annotated[Path | None, typer.Option(help="Draw every page into this folder and exit.")] = None,
) -> None:
    """A living fleet on an embedded PostgreSQL (or the server that WORKSTATION_DATABASE_URL names), to try everything on."""
    from workstation.demo.run import DemoOptions, run_demo

    options = DemoOptions(fleet_days, rate, no_window or screenshots is not None, seconds, screenshots)
    if not options.no_window and not display_found():
        print("No display was found: the demo runs offscreen for 30 seconds.")
        options = DemoOptions(fleet_days, rate, True, seconds or 30.0, Path("screenshots"))
    _leave(run_demo(context.obj, options))


@app.command()
def serve(
    context: typer.Context,
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)] = False,
) -> None:
    """The back office: keeps the read model and offers the live feed. Run one or more beside the database."""
    run_backoffice(context.obj, until_stdin_closes=until_stdin_closes)


@app.command()
def migrate(context: typer.Context) -> None:
    """Brings the database to this program's schema; safe to run again."""
    database = _database(context)
    before, after = migrate_database(database)
    install_capture(database)
    owner = _database(context, "finance_owner")
    if before is None and (found := verification.rebuild(owner)):
        print(f"{found:,} payments were taken in")
    print(f"schema {after}" + ("" if before == after else f" (was {before or 'absent'})"))


@app.command()
def verify(context: typer.Context, as_json: Json = False) -> None:
    """Proves read model, roll-ups and analytics against the booking system's tables, to the cent; exit 1 where they differ."""
    database = _database(context, "finance_owner")
    require_current(database)
    found, proof = verification.verify(database), prove_analytics(database)
    found = replace(found, differences=(*found.differences, *proof.differences))
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        for difference in found.differences:
            print(
                f"{difference.table} {difference.id}: ours {difference.ours or '–'}, theirs {difference.theirs or '–'}"
            )
        if proof.waiting:
            print(f"revenue_analytics: {proof.waiting:,} periods wait for the back office and were passed over")
        print(f"{found.payments:,} payments compared, {len(found.differences)} differences")
    _leave(1 if found.differences else 0)


@app.command()
def rebuild(context: typer.Context) -> None:
    """Makes the read model and the roll-up anew, beside a running back office and booking system."""
    database = _database(context, "finance_owner")
    require_current(database)
    print(f"{verification.rebuild(database):,} payments rebuilt")


@app.command()
def fleets(context: typer.Context, as_json: Json = False) -> None:
    """The fleets that the login may see."""
    found = known_fleets(_ready(context))
    if as_json:
        print(json.dumps([{"id": str(fleet.id), "code": fleet.code, "name": fleet.name} for fleet in found]))
    else:
        for fleet in found:
            print(f"{fleet.code}  {fleet.name}")


@app.command("import")
def import_(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="Statement files.")],
    fleet: FleetCode,
    shortcode: Annotated[str | None, typer.Option(help="Where the file names none and the fleet has several.")] = None,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="Read a PDF's password from standard input.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Imports M-Pesa statements; a file comes in whole or not at all."""
    if password_stdin:
        sys.stdin.readline()  # no layout that this version reads is encrypted
    database = _ready(context)
    importer, found = StatementImporter(database), fleet_by_code(database, fleet)
    refused = 0
    for file in files:
        try:
            _print_import(file, importer.import_file(file, found.id, shortcode), as_json)
        except WorkstationError as error:
            print(f"workstation: {error}", file=sys.stderr)
            refused += 1
    _leave(2 if refused else 0)


def _print_import(file: Path, result: ImportResult, as_json: bool) -> None:
    if as_json:
        print(json.dumps(result.as_json()))
        return
    print(f"{file.name}: {result.rows} rows, {result.imported} imported, {result.duplicates} known already")
    for rejected in result.rejected:
        print(f"  row {rejected.row}, {rejected.field}: {rejected.reason}")
    for control in result.controls:
        print(
            f"  {control.name}: {'agrees' if control.ok else f'stated {control.stated}, computed {control.computed}'}"
        )
    for broken in result.balance_chain.breaks:
        print(f"  balance breaks at row {broken.row}: expected {broken.expected}, found {broken.found}")


@app.command()
def reconcile(
    context: typer.Context,
    fleet: FleetCode,
    day: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="The fleet's calendar day.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be matched; write nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Matches a day's statement lines with its payments and says what is left."""
    database = _ready(context)
    found: Fleet = fleet_by_code(database, fleet)
    result = ReconciliationService(database).reconcile_payments(_date(day), found.id, dry_run=dry_run)
    shape = result.as_json()
    if as_json:
        print(json.dumps(shape))
        return
    for key in ("date", "system_total", "mpesa_total", "difference", "status", "matched", "ambiguous"):
        print(f"{key.replace('_', ' '):14}{shape[key]}")
    exceptions = shape["exceptions"]
    if isinstance(exceptions, dict):
        for name, held in exceptions.items():
            print(f"  {name}: {held['count']} ({held['amount']})")


def _date(day: datetime) -> date:
    return day.date()


def _database(context: typer.Context, role: str | None = None) -> Database:
    database = Database(required_url(context.obj), role=role)
    context.call_on_close(database.close)
    return database


def _ready(context: typer.Context) -> Database:
    database = _database(context)
    require_current(database)
    return database


def _leave(status: int) -> NoReturn:
    raise typer.Exit(status)
