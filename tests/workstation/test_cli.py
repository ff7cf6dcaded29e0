"""The command line as scripts use it: stable JSON, exit statuses, and one line on stderr for what is refused."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest

from services.database.schema import newest
from services.revenue.analytics import refresh_analytics
from services.statements.writing import render_l1, settle
from tests.workstation.command import ROOT, Run, header, line, statement
from tests.world import World
from workstation.early import display_found


@dataclass(frozen=True)
class Office:
    """A fleet with one paid fare, its manager's and the operator's addresses, and a folder for statements."""

    world: World
    fleet: UUID
    payment: UUID
    manager: str
    operator: str
    folder: Path


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    fleet = world.fleet(name="Msafiri Express")
    world.till(fleet)
    payment = world.payment(world.booking(fleet, reference="BKG1"), transaction_id="UIMAAA0001", shortcode="9990001")
    world.project()
    world.person(fleet)
    manager = world.login_url("test_manager").render_as_string(hide_password=False)
    return Office(world, fleet, payment, manager, world.operator_url, tmp_path)


# The database ---------------------------------------------------------------------------------------------------------


def test_migrate_takes_in_what_was_paid_before_and_is_safe_to_run_again(office: Office, run: Run) -> None:
    office.world.run("DROP SCHEMA finance CASCADE")
    first = run("migrate", url=office.operator)
    assert (first.status, first.err) == (0, "")
    assert first.out == f"1 payments were taken in\nschema {newest()} (was absent)\n"
    assert office.world.value("SELECT count(*) FROM finance.payment") == 1
    again = run("migrate")
    assert (again.status, again.out) == (0, f"schema {newest()}\n")
    office.world.payment(office.world.booking(office.fleet))
    assert office.world.value("SELECT count(*) FROM finance.payment_change WHERE source = 'payment'") == 1


def test_migrate_of_a_booking_system_without_payments_says_only_the_schema(world: World, run: Run) -> None:
    world.run("DROP SCHEMA finance CASCADE")
    assert run("migrate", url=world.operator_url).out == f"schema {newest()} (was absent)\n"


def test_verify_says_how_many_agree_and_names_what_does_not(office: Office, run: Run) -> None:
    good = run("verify", url=office.operator)
    assert good.status == 0
    assert good.out.splitlines() == [
        "revenue_analytics: 3 periods wait for the back office and were passed over",
        "1 payments compared, 0 differences",
    ]
    refresh_analytics(office.world.database("finance_projector"))
    assert run("verify").out == "1 payments compared, 0 differences\n"
    office.world.run("UPDATE finance.payment SET failure_reason = 'wrong' WHERE id = :id", id=office.payment)
    bad = run("verify")
    assert bad.status == 1
    assert bad.out.splitlines()[0].startswith(f"payment {office.payment}: ours ")
    assert bad.out.splitlines()[-1] == "1 payments compared, 1 differences"


def test_verify_json_is_stable(office: Office, run: Run) -> None:
    good = run("verify", "--json", url=office.operator)
    assert (good.status, json.loads(good.out)) == (0, {"payments": 1, "differences": []})
    office.world.run("DELETE FROM finance.payment WHERE id = :id", id=office.payment)
    bad = run("verify", "--json")
    assert bad.status == 1
    found = json.loads(bad.out)
    assert found.keys() == {"payments", "differences"}
    (missing,) = [one for one in found["differences"] if one["table"] == "payment"]
    assert missing.keys() == {"table", "id", "ours", "theirs"}
    assert (missing["id"], missing["ours"]) == (str(office.payment), "")
    assert missing["theirs"]


def test_verify_proves_the_analytics_too(office: Office, run: Run) -> None:
    refresh_analytics(office.world.database("finance_projector"))
    office.world.run(
        "UPDATE finance.revenue_analytics SET total_revenue = total_revenue + 0.01 WHERE period_type = 'weekly'"
    )
    bad = json.loads(run("verify", "--json", url=office.operator).out)
    assert [(one["table"], one["id"].split()[1]) for one in bad["differences"]] == [("revenue_analytics", "weekly")]


def test_rebuild_makes_it_agree_again(office: Office, run: Run) -> None:
    office.world.run("DELETE FROM finance.payment")
    assert run("verify", url=office.operator).status == 1
    assert run("rebuild").out == "1 payments rebuilt\n"
    assert run("verify").status == 0


def test_fleets_are_those_of_the_login(office: Office, run: Run) -> None:
    other = office.world.fleet("TAUSI", name="Tausi Sacco")
    office.world.project()
    mine = {"id": str(office.fleet), "code": "MSAFIRI", "name": "Msafiri Express"}
    assert json.loads(run("fleets", "--json", url=office.manager).out) == [mine]
    everybody = [mine, {"id": str(other), "code": "TAUSI", "name": "Tausi Sacco"}]
    assert json.loads(run("fleets", "--json", url=office.operator).out) == everybody
    assert run("fleets").out == "MSAFIRI  Msafiri Express\nTAUSI  Tausi Sacco\n"


# Statements -----------------------------------------------------------------------------------------------------------


def test_import_json_is_stable(office: Office, run: Run) -> None:
    file = statement(office.folder / "monday.csv", line("UIMAAA0001"), line("UIMAAA0002", "250.00"))
    first = run("import", file, "--fleet", "MSAFIRI", "--json", url=office.manager)
    assert (first.status, first.err) == (0, "")
    told = json.loads(first.out)
    assert told == {
        "statement_id": str(office.world.value("SELECT id FROM finance.statement")),
        "layout": "L1",
        "rows": 2,
        "imported": 2,
        "duplicates": 0,
        "rejected": [],
        "by_kind": {
            "payment": 2, "charge": 0, "reversal": 0, "sweep": 0, "withdrawal": 0, "overdraft": 0, "other": 0
        },
        "total_paid_in": "850.00",
        "total_withdrawn": "0.00",
        "controls": told["controls"],
        "balance_chain": {"checked": 2, "breaks": []},
    }  # fmt: skip
    assert {"name": "closing_balance", "stated": "1850.00", "computed": "1850.00", "ok": True} in told["controls"]
    again = json.loads(run("import", file, "--fleet", "msafiri", "--json").out)
    assert (again["imported"], again["duplicates"], again["statement_id"]) == (0, 2, told["statement_id"])


def test_of_several_files_the_good_one_is_in_and_the_other_named(office: Office, run: Run) -> None:
    good = statement(office.folder / "good.csv", line("UIMAAA0001"))
    other = office.folder / "holiday.csv"
    other.write_text("Dear colleague,\nthe office is closed on Friday.\n")
    done = run("import", other, good, "--fleet", "MSAFIRI", url=office.manager)
    assert done.refusal.startswith("holiday.csv: ")
    assert done.out.splitlines()[0] == "good.csv: 1 rows, 1 imported, 0 known already"
    assert office.world.value("SELECT count(*) FROM finance.statement") == 1
    assert office.world.value("SELECT count(*) FROM finance.statement_line") == 1


def test_import_names_rejected_rows_wrong_controls_and_breaks(office: Office, run: Run) -> None:
    lines, head = settle([line("UIMAAA0001"), line("UIMAAA0002", "250.00")], header())
    wrong = render_l1(lines, head).decode().replace(",1850.00,true", ",1900.00,true")
    wrong = (
        wrong.replace("Total Paid In:,850.00", "Total Paid In:,900.00")
        + "UIMAAA0003,yesterday,,x,Completed,1.00,,,,,,,,KES\r\n"
    )
    file = office.folder / "wrong.csv"
    file.write_bytes(wrong.encode())
    done = run("import", file, "--fleet", "MSAFIRI", url=office.manager)
    assert done.status == 0, done
    said = done.out.splitlines()
    assert said[0] == "wrong.csv: 3 rows, 2 imported, 0 known already"
    assert any(words.startswith("  row 10, Completion Time: ") for words in said), said
    assert any("stated 900.00, computed 850.00" in words for words in said), said
    assert any(words.endswith(" agrees") for words in said), said
    assert "  balance breaks at row 8: expected 1850.00, found 1900.00" in said


def test_a_password_is_read_from_standard_input_and_never_shown(
    office: Office, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = statement(office.folder / "monday.csv", line("UIMAAA0001"))
    monkeypatch.setattr(sys, "stdin", io.StringIO("an invented secret\nnot read\n"))
    done = run("import", file, "--fleet", "MSAFIRI", "--password-stdin", url=office.manager)
    assert done.status == 0
    assert "secret" not in done.out + done.err
    assert sys.stdin.read() == "not read\n"


def test_a_file_without_a_short_code_takes_the_one_that_is_named(office: Office, run: Run) -> None:
    office.world.till(office.fleet, "9990002", "till")
    office.world.project()
    lines, head = settle([line("UIMAAA0001")], header(short_code=None))
    file = office.folder / "nameless.csv"
    file.write_bytes(render_l1(lines, head))
    assert "9990001, 9990002" in run("import", file, "--fleet", "MSAFIRI", url=office.manager).refusal
    assert run("import", file, "--fleet", "MSAFIRI", "--shortcode", "9990002").status == 0
    assert office.world.value("SELECT short_code FROM finance.statement") == "9990002"


def test_a_viewer_may_not_import(office: Office, run: Run) -> None:
    office.world.person(office.fleet, "viewer")
    file = statement(office.folder / "monday.csv", line("UIMAAA0001"))
    viewer = office.world.login_url("test_viewer").render_as_string(hide_password=False)
    assert "“test_viewer” is not allowed" in run("import", file, "--fleet", "MSAFIRI", url=viewer).refusal
    assert office.world.value("SELECT count(*) FROM finance.statement") == 0


# Reconciling ----------------------------------------------------------------------------------------------------------


def test_reconcile_json_is_stable_and_a_dry_run_writes_nothing(office: Office, run: Run) -> None:
    file = statement(office.folder / "day.csv", line("UIMAAA0001"), line("UIMAAA0009", "250.00"))
    run("import", file, "--fleet", "MSAFIRI", url=office.manager)
    asked = ("reconcile", "--fleet", "MSAFIRI", "--date", "2026-09-22", "--json")
    dry = json.loads(run(*asked, "--dry-run").out)
    assert office.world.value("SELECT count(*) FROM finance.reconciliation_match") == 0
    done = run(*asked)
    assert (done.status, done.err) == (0, "")
    told = json.loads(done.out)
    assert told == dry
    (pair,) = told.pop("matches")
    assert told == {
        "fleet": "MSAFIRI",
        "date": "2026-09-22",
        "system_total": "600.00",
        "mpesa_total": "850.00",
        "difference": "-250.00",
        "status": "open",
        "matched": 1,
        "suggested": 0,
        "ambiguous": 0,
        "exceptions": {
            "missing_in_system": {"count": 1, "amount": "250.00"},
            "unattributed": {"count": 1, "amount": "600.00"},
        },
    }
    assert pair.keys() == {"payment_ids", "receipts", "state", "pass", "score", "reasons"}
    assert (pair["payment_ids"], pair["receipts"]) == ([str(office.payment)], ["UIMAAA0001"])
    assert json.loads(run(*asked).out)["matched"] == 1
    assert office.world.value("SELECT count(*) FROM finance.reconciliation_match") == 1


def test_reconcile_in_words(office: Office, run: Run) -> None:
    file = statement(office.folder / "day.csv", line("UIMAAA0001"), line("UIMAAA0009", "250.00"))
    run("import", file, "--fleet", "MSAFIRI", url=office.manager)
    said = run("reconcile", "--fleet", "MSAFIRI", "--date", "2026-09-22").out.splitlines()
    assert [words.split(maxsplit=2)[:2] for words in said[:3]] == [
        ["date", "2026-09-22"], ["system", "total"], ["mpesa", "total"]
    ]  # fmt: skip
    assert "difference    -250.00" in said
    assert "  missing_in_system: 1 (250.00)" in said


@pytest.mark.parametrize("day", ["22-09-2026", "2026-02-30", "yesterday"])
def test_a_date_that_is_none_is_refused(day: str, office: Office, run: Run) -> None:
    done = run("reconcile", "--fleet", "MSAFIRI", "--date", day, url=office.manager)
    assert done.status == 2
    assert day in done.err and "Traceback" not in done.err


# What is refused ------------------------------------------------------------------------------------------------------

COMMANDS = [
    ("migrate",),
    ("verify",),
    ("rebuild",),
    ("fleets",),
    ("serve",),
    ("import", "a.csv", "--fleet", "MSAFIRI"),
    ("reconcile", "--fleet", "MSAFIRI", "--date", "2026-09-22"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_without_a_database_every_command_says_how_to_name_one(command: tuple[str, ...], run: Run) -> None:
    assert run(*command).refusal == (
        "No database is named. Set WORKSTATION_DATABASE_URL, or database_url in the settings file."
    )


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_a_database_that_does_not_answer_is_one_line(command: tuple[str, ...], run: Run) -> None:
    refusal = run(*command, url="postgresql://amina:secret@127.0.0.1:1/fleet").refusal
    assert refusal.startswith("The database at 127.0.0.1:1/fleet does not answer")
    assert "secret" not in refusal


def test_a_wrong_password_and_an_address_that_is_none_are_one_line(office: Office, run: Run) -> None:
    wrong = office.world.login_url("test_manager").set(password="wrong").render_as_string(hide_password=False)
    assert "refused the login “test_manager”" in run("fleets", url=wrong).refusal
    assert "is not a URL" in run("fleets", url="finance.example").refusal
    assert "must be PostgreSQL" in run("fleets", url="mysql://localhost/x").refusal


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != ("migrate",)], ids=lambda command: command[0])
def test_a_database_that_was_never_migrated_says_what_to_run(command: tuple[str, ...], world: World, run: Run) -> None:
    world.run("DROP SCHEMA finance CASCADE")
    assert run(*command, url=world.operator_url).refusal.endswith("has no finance schema. Run: workstation migrate")


@pytest.mark.parametrize("command", [COMMANDS[-2], COMMANDS[-1]], ids=["import", "reconcile"])
def test_a_fleet_that_is_not_theirs_is_answered_with_those_that_are(
    command: tuple[str, ...], office: Office, run: Run
) -> None:
    office.world.fleet("TAUSI")
    office.world.project()
    asked = [argument.replace("MSAFIRI", "TAUSI") for argument in command]
    assert run(*asked, url=office.manager).refusal == ("There is no fleet 'TAUSI' for this login. It may see: MSAFIRI.")


def test_a_setting_that_cannot_be_used_stops_every_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WORKSTATION_RELAY_PORT", "many")
    assert run("fleets").refusal.startswith("The setting relay_port (WORKSTATION_RELAY_PORT) cannot be used: ")


# Displays and the demo ------------------------------------------------------------------------------------------------


@pytest.fixture
def no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server without a screen."""
    monkeypatch.setattr(sys, "platform", "linux")
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("name", ["QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"])
def test_a_display_is_found_by_its_name(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not display_found()
    monkeypatch.setenv(name, "offscreen")
    assert display_found()


@pytest.mark.usefixtures("no_display")
@pytest.mark.parametrize("system", ["win32", "darwin"])
def test_windows_and_mac_always_have_one(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    assert display_found()


@pytest.mark.usefixtures("no_display")
def test_the_desktop_without_a_display_says_so(run: Run) -> None:
    assert run().refusal == (
        "No display was found, so the desktop cannot open. Set DISPLAY or WAYLAND_DISPLAY, or use:"
        " workstation demo --no-window"
    )


def test_the_demo_writes_nothing_where_somebody_elses_fleet_lives(
    world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fleet("TAUSI", name="Tausi Sacco")
    world.run("DROP SCHEMA finance CASCADE")
    monkeypatch.setenv("WORKSTATION_DATA_FOLDER", str(tmp_path / "data"))
    refusal = run("demo", "--no-window", "--fleet-days", "2", url=world.operator_url).refusal
    assert refusal.startswith("This database holds the fleet TAUSI (Tausi Sacco), which the demo did not create")
    assert world.value("SELECT count(*) FROM public.fleets") == 1
    assert world.value("SELECT to_regnamespace('finance')") is None
    assert not list((tmp_path / "data" / "demo").iterdir())


@pytest.mark.usefixtures("no_display")
def test_the_demo_without_a_display_says_what_it_does_instead(
    world: World, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.fleet("TAUSI")
    monkeypatch.setenv("WORKSTATION_DATA_FOLDER", str(tmp_path / "data"))
    monkeypatch.setenv("QT_QPA_PLATFORM", "")  # put back at the end, whatever the demo makes of it
    done = run("demo", url=world.operator_url)
    assert done.out == "No display was found: the demo runs offscreen for 30 seconds.\n"
    assert "TAUSI" in done.refusal
    assert os.environ["QT_QPA_PLATFORM"] == "offscreen"


def test_a_command_starts_as_a_process_and_without_qt(office: Office) -> None:
    program = (
        "import sys; sys.argv = ['workstation', 'fleets']\n"
        "from workstation.cli import main\n"
        "try: main()\n"
        "finally: print(sorted(name for name in sys.modules if name.startswith('PySide6')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "WORKSTATION_DATABASE_URL": office.manager},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "MSAFIRI  Msafiri Express\n[]\n"
