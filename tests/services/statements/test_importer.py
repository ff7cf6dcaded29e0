from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Barrier, Thread
from uuid import UUID

import pytest

from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled, NotAllowed, NotFound, StatementRefused
from services.statements.header import StatementHeader
from services.statements.imported import ImportResult
from services.statements.importer import StatementImporter
from services.statements.line import StatementLine
from services.statements.writing import UTILITY, render_l1, settle
from tests.services.statements.ledger import at, line, row, written
from tests.world import World

HEADER = StatementHeader(
    holder="TAUSI SACCO",
    short_code="850060",
    account=UTILITY,
    period_from=at("00:00:00"),
    period_to=at("23:59:59"),
    opening=Decimal("1000.00"),
)
LINES = [
    line("UIPAAA0001", "08:00:00", "250.00"),
    line("UIPAAA0001", "08:00:00", "-20.00", "Pay Bill Charge"),
    line("UIPAAA0002", "09:00:00", "350.00"),
    line("UIPAAA0003", "23:59:59", "-500.00", "Utility Account to Organization Settlement Account"),
]


@dataclass
class Office:
    """A fleet with one paybill, its manager's importer, and a folder for files."""

    world: World
    fleet: UUID
    folder: Path
    importer: StatementImporter

    def file(
        self, lines: list[StatementLine] | None = None, header: StatementHeader = HEADER, name: str = "a.csv"
    ) -> Path:
        path = self.folder / name
        path.write_bytes(render_l1(*settle(LINES if lines is None else lines, header)))
        return path

    def bring(self, *args: object, **kwargs: object) -> ImportResult:
        return self.importer.import_file(self.file(*args, **kwargs), self.fleet)  # type: ignore[arg-type]

    def count(self, table: str) -> object:
        return self.world.value(f"SELECT count(*) FROM finance.{table}")


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    fleet = world.fleet()
    world.till(fleet, "850060")
    world.project()
    return Office(world, fleet, tmp_path, StatementImporter(world.person(fleet)))


def test_a_file_is_imported_whole(office: Office) -> None:
    shares: list[float] = []
    result = office.importer.import_file(office.file(), office.fleet, progress=shares.append)
    json = result.as_json()
    assert json == {
        "statement_id": str(result.statement_id),
        "layout": "L1",
        "rows": 4,
        "imported": 4,
        "duplicates": 0,
        "rejected": [],
        "by_kind": {
            "payment": 2,
            "charge": 1,
            "reversal": 0,
            "sweep": 1,
            "withdrawal": 0,
            "overdraft": 0,
            "other": 0,
        },
        "total_paid_in": "600.00",
        "total_withdrawn": "520.00",
        "controls": [
            {"name": "total_paid_in", "stated": "600.00", "computed": "600.00", "ok": True},
            {"name": "total_withdrawn", "stated": "520.00", "computed": "520.00", "ok": True},
            {"name": "closing_balance", "stated": "1080.00", "computed": "1080.00", "ok": True},
            {"name": "available_balance", "stated": "1080.00", "computed": "1080.00", "ok": True},
        ],
        "balance_chain": {"checked": 4, "breaks": []},
    }
    assert result.days == {date(2026, 9, 25)}
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)


def test_what_is_kept_is_what_the_file_says(office: Office) -> None:
    office.bring()
    with office.world.database().read() as connection:
        kept = connection.exec_driver_sql(
            "SELECT row, receipt, leg, occurrence, day::text, paid_in, withdrawn, balance, account, short_code"
            " FROM finance.statement_line ORDER BY row"
        ).all()
        statement = connection.exec_driver_sql(
            "SELECT short_code, layout, first_day::text, last_day::text, covered_from, covered_to, opening_balance,"
            " closing_balance, total_paid_in, rows, imported, duplicates, rejected, imported_by FROM finance.statement"
        ).one()
    assert [str(value) for value in kept[0]] == [
        "8", "UIPAAA0003", "sweep:out", "1", "2026-09-25", "None", "500.00", "1080.00", "0012", "850060",
    ]  # fmt: skip
    assert [found.leg for found in kept] == ["sweep:out", "payment:in", "charge:out", "payment:in"]
    assert tuple(statement[:4]) == ("850060", "L1", "2026-09-25", "2026-09-25")
    assert (statement.covered_from, statement.covered_to) == (at("00:00:00"), at("00:00:00", day=26))
    assert [str(value) for value in statement[6:]] == [
        "1000.00", "1080.00", "600.00", "4", "4", "0", "0", "test_manager",
    ]  # fmt: skip


def test_a_file_again_changes_nothing(office: Office) -> None:
    first = office.bring()
    again = office.bring(name="copy (1).csv")
    assert (again.imported, again.duplicates, again.statement_id) == (0, 4, first.statement_id)
    assert (office.count("statement"), office.count("statement_line")) == (1, 4)


def test_overlapping_files_add_what_is_new(office: Office) -> None:
    office.bring(LINES[:2], name="morning.csv")
    equal = [*LINES, LINES[2]]
    second = office.bring(equal, name="day.csv")
    assert (second.imported, second.duplicates) == (3, 2)
    assert office.count("statement_line") == 5
    third = office.bring(equal[1:], name="late.csv")
    assert (third.imported, third.duplicates) == (0, 4)


def test_a_receipt_may_carry_two_charges(office: Office) -> None:
    charges = [line(amount="-5.00", details="Pay Bill Charge"), line(amount="-7.00", details="Pay Bill Charge")]
    assert office.bring(charges).imported == 2
    assert office.bring(charges).duplicates == 2


def test_a_quiet_day_is_proof_once(office: Office) -> None:
    quiet = office.bring([])
    assert quiet.statement_id is not None
    assert quiet.days == {date(2026, 9, 25)}
    assert office.bring([], name="again.csv").statement_id == quiet.statement_id
    assert office.count("statement") == 1
    longer = replace(HEADER, period_to=at("23:59:59", day=26))
    assert office.bring([], longer).days == {date(2026, 9, 25), date(2026, 9, 26)}
    assert office.count("statement") == 2


def test_an_export_at_noon_proves_no_evening(office: Office) -> None:
    text = written(row()).replace("26-09-2026 06:00:00", "25-09-2026 12:00:00")
    path = office.folder / "noon.csv"
    path.write_text(text, newline="")
    office.importer.import_file(path, office.fleet)
    assert office.world.value("SELECT covered_to FROM finance.statement") == at("12:00:01")


def test_rejected_rows_are_kept_with_their_reason(office: Office) -> None:
    path = office.folder / "bad.csv"
    path.write_text(written(row(), row(currency="USD", receipt="UIPAAA0002")), newline="")
    result = office.importer.import_file(path, office.fleet)
    assert (result.rows, result.imported) == (2, 1)
    assert result.as_json()["rejected"] == [
        {"row": 9, "field": "Currency", "reason": "currency USD: only KES statements"}
    ]
    assert office.world.value("SELECT row || ' ' || field FROM finance.statement_rejection") == "9 Currency"


def test_a_file_of_rejected_rows_alone_proves_nothing(office: Office) -> None:
    path = office.folder / "bad.csv"
    path.write_text(written(row(currency="USD")), newline="")
    result = office.importer.import_file(path, office.fleet)
    assert (result.statement_id, len(result.rejected), result.days) == (None, 1, frozenset())
    assert office.count("statement") == 0


def test_without_a_period_the_lines_days_are_covered(office: Office) -> None:
    path = office.folder / "bare.csv"
    path.write_text(written(row(), preamble="Short Code:,850060\n"), newline="")
    assert office.importer.import_file(path, office.fleet).days == {date(2026, 9, 25)}
    assert office.world.value("SELECT covered_to FROM finance.statement") == at("00:00:00", day=26)
    path.write_text(written(preamble="Short Code:,850060\n"), newline="")
    assert office.importer.import_file(path, office.fleet).statement_id is None


def test_a_misprinted_period_names_only_the_lines_days(office: Office) -> None:
    years = replace(HEADER, period_from=at("00:00:00").replace(year=2008))
    assert office.bring(header=years).days == {date(2026, 9, 25)}


def test_a_day_is_the_fleets(world: World, tmp_path: Path) -> None:
    fleet = world.fleet(timezone="Pacific/Auckland")
    world.till(fleet, "850060")
    world.project()
    office = Office(world, fleet, tmp_path, StatementImporter(world.person(fleet)))
    assert office.bring([line(clock="23:00:00")]).days == {date(2026, 9, 25), date(2026, 9, 26)}
    assert str(world.value("SELECT day FROM finance.statement_line")) == "2026-09-26"


def bare(office: Office) -> Path:
    return office.file(header=replace(HEADER, short_code=None), name="unnamed.csv")


def test_a_file_without_a_short_code_is_the_only_tills(office: Office) -> None:
    assert office.importer.import_file(bare(office), office.fleet).short_code == "850060"


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(StatementRefused) as caught:
        act()
    return str(caught.value)


def test_a_file_without_a_short_code_needs_one_where_there_are_several(office: Office) -> None:
    office.world.till(office.fleet, "850061", "till")
    office.world.project()
    said = refused(lambda: office.importer.import_file(bare(office), office.fleet))
    assert said == "unnamed.csv: names no short code: say which of 850060, 850061 it belongs to"
    assert office.importer.import_file(bare(office), office.fleet, " 850061 ").short_code == "850061"


def test_a_fleet_without_a_till_is_told_so(office: Office) -> None:
    office.world.run("DELETE FROM public.shortcodes")
    office.world.project()
    said = refused(lambda: office.importer.import_file(bare(office), office.fleet))
    assert said == "unnamed.csv: names no short code: Msafiri Express has none yet; add it first"


def test_another_fleets_statement_is_refused_without_telling_whose(office: Office) -> None:
    other = office.world.fleet("TAUSI")
    office.world.till(other, "850077")
    office.world.project()
    for code in ("850077", "850099"):
        said = refused(partial(office.bring, header=replace(HEADER, short_code=code)))
        assert said == f"a.csv: short code {code} does not belong to Msafiri Express: import it for its own fleet"
    assert office.count("statement") == 0


def test_an_argument_that_contradicts_the_file_is_refused(office: Office) -> None:
    said = refused(lambda: office.importer.import_file(office.file(), office.fleet, "850061"))
    assert "is the statement of short code 850060, not of 850061" in said


def test_a_fleet_of_others_is_no_fleet(office: Office) -> None:
    other = office.world.fleet("TAUSI")
    office.world.project()
    with pytest.raises(NotFound, match="no such fleet"):
        office.importer.import_file(office.file(), other)


def test_a_viewer_may_not_import(office: Office) -> None:
    viewer = StatementImporter(office.world.person(office.fleet, "viewer"))
    with pytest.raises(NotAllowed):
        viewer.import_file(office.file(), office.fleet)
    assert office.count("statement") == 0


def test_cancelling_leaves_nothing_behind(office: Office) -> None:
    scope = CancelScope()

    def stop_midway(share: float) -> None:
        if share > 0.6:
            scope.cancel()

    with scope.entered(), pytest.raises(Cancelled):
        office.importer.import_file(office.file(), office.fleet, progress=stop_midway)
    assert (office.count("statement"), office.count("statement_line")) == (0, 0)


def test_two_imports_at_once_count_each_line_once(office: Office) -> None:
    gate, results, path = Barrier(2), [], office.file()

    def bring() -> None:
        gate.wait()
        results.append(office.importer.import_file(path, office.fleet).imported)

    threads = [Thread(target=bring) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [0, 4]
    assert office.count("statement_line") == 4
