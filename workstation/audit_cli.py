"""`workstation audit`: proves the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy import text

from services.audit.anchors import AnchorFile
from services.audit.verification import AuditVerification
from services.audit.verification import verify as verify_trail
from services.database.engine import Database
from services.database.fleets import fleets
from services.database.schema import require_current
from services.domain.errors import NotFound
from workstation.backoffice import required_url

audit = typer.Typer(no_args_is_help=True, help="The audit trail.")


@audit.callback()
def _group() -> None:
    """The audit trail."""


@audit.command()
def verify(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stable JSON form.")] = False,
    anchors: Annotated[
        Path | None,
        typer.Option(
            envvar="WORKSTATION_AUDIT_ANCHORS", help="The back office's file of anchors; finds a rewritten trail."
        ),
    ] = None,
) -> None:
    """Proves every record of every fleet that the login sees; exit 1 and the first bad record where one is wrong."""
    # Read before the database: an anchor noted afterwards may name a record that this look at the trail does not see yet.
    known = AnchorFile(anchors).read() if anchors else None
    if anchors and not known:
        raise NotFound(f"There are no anchors in {anchors}. Name the file that the back office writes.")
    with _reader(required_url(context.obj)) as database:
        codes = {fleet.id: fleet.code for fleet in fleets(database)}
        found = verify_trail(database, anchors=known)
    if not found.fleets:
        raise NotFound("This login sees no fleet, so there is no audit trail to prove. Name another login in the URL.")
    if as_json:
        print(json.dumps(found.as_json()))
    else:
        _print(found, codes, anchored=known is not None)
    raise typer.Exit(1 if found.first_bad else 0)


@contextmanager
def _reader(url: str) -> Iterator[Database]:
    """The database as the schema's owner, who sees every fleet, where the login may act as it; else with its own rights."""
    with closing(Database(url, pool_size=1)) as database:
        require_current(database)
        with database.read() as connection:
            owner = connection.execute(text("SELECT pg_has_role(session_user, 'finance_owner', 'MEMBER')")).scalar_one()
    with closing(Database(url, role="finance_owner" if owner else None, pool_size=1)) as database:
        yield database


def _print(found: AuditVerification, codes: dict[UUID, str], *, anchored: bool) -> None:
    for proof in found.fleets:
        fleet = codes.get(proof.fleet_id, str(proof.fleet_id))
        said = proof.first_bad.why if proof.first_bad else f"{proof.records:,} records, all proven"
        print(f"{fleet}: {said}")
    if not anchored:
        print("Without --anchors a trail that was rewritten as a whole cannot be told from a true one.")
    elif not found.first_bad:
        print(f"{found.anchors_checked:,} anchors agree")
