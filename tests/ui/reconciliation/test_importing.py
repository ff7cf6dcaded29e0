from __future__ import annotations

from pathlib import Path

import pytest

from services.domain.errors import Cancelled, DatabaseUnreachable, NotAllowed, StatementRefused, WorkstationError
from services.statements.line import Rejected
from tests.ui.reconciliation.fake import FLEET, FRIDAY, SATURDAY, FakeImporter, FakeReconciliation, imported, result
from ui.reconciliation.importing import FileReport, ImportReport, import_all
from ui.reconciliation.summary import report_lines, report_title

A, B, C = Path("a.csv"), Path("b.csv"), Path("c.csv")


def bring(
    importer: FakeImporter, service: FakeReconciliation, *files: Path
) -> tuple[ImportReport, list[tuple[str, float]]]:
    told: list[tuple[str, float]] = []
    return import_all(files, FLEET, importer, service, told.append), told


def test_files_in_turn_then_every_day_they_touch() -> None:
    importer = FakeImporter({"a.csv": imported(A, SATURDAY, FRIDAY), "b.csv": imported(B, FRIDAY)})
    service = FakeReconciliation()
    report, told = bring(importer, service, A, B)
    assert importer.took == ["a.csv", "b.csv"]
    assert service.ran == [FRIDAY, SATURDAY]
    assert report.day == SATURDAY
    assert [words for words, _ in told] == [
        "Importing a.csv (1 of 2)",
        "Importing b.csv (2 of 2)",
        "Matching Fri 20 Nov",
        "Matching Sat 21 Nov",
    ]
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert max(shares) < 1


def test_a_refused_file_stops_nobody_else() -> None:
    refusal = StatementRefused("a.csv", "is a PDF")
    report, _ = bring(FakeImporter({"a.csv": refusal}), FakeReconciliation(), A, B)
    assert report.files[0] == FileReport("a.csv", None, "is a PDF")
    assert report.files[1].result is not None


def test_a_signed_off_day_is_told_and_stops_no_other_day() -> None:
    service = FakeReconciliation(results={FRIDAY: NotAllowed("Friday is signed off.")})
    report, told = bring(FakeImporter({"a.csv": imported(A, FRIDAY, SATURDAY)}), service, A)
    assert (report.refused_days, [run.day for run in report.days]) == (("Friday is signed off.",), [SATURDAY])
    assert told[0][0] == "Importing a.csv"


@pytest.mark.parametrize("error", [Cancelled("Cancelled."), DatabaseUnreachable("Away.")])
def test_cancelling_and_a_lost_database_end_the_work(error: WorkstationError) -> None:
    for importer, service in (
        (FakeImporter({"a.csv": error}), FakeReconciliation()),
        (FakeImporter(), FakeReconciliation(results={FRIDAY: error})),
    ):
        with pytest.raises(type(error)):
            bring(importer, service, A, B)


def test_the_day_to_look_at_is_the_newest_that_is_open() -> None:
    days = (result(FRIDAY), result(SATURDAY, "reconciled"))
    assert ImportReport((), days, ()).day == FRIDAY
    assert ImportReport((), days[1:], ()).day == SATURDAY
    assert ImportReport((), (), ()).day is None


def test_the_summary_names_every_rejected_row() -> None:
    rejected = (Rejected(42, "Paid In", "is negative (-1.00)", ""), Rejected(43, "", "too many cells", ""))
    files = (FileReport("a.csv", imported(A, FRIDAY, rejected=rejected)), FileReport("b.csv", None, "is a PDF"))
    report = ImportReport(files, (result(FRIDAY),), ("Saturday is signed off.",))
    assert report_title(report) == "1 file imported, 1 file refused"
    assert report_lines(report) == [
        "b.csv was refused: is a PDF",
        "a.csv: short code 9990001 · 4 rows · 3 imported · 1 duplicate · 2 rejected",
        "    1 payment · 1 charge · 1 other · 1 of 1 controls agree · balance chain proven (3)",
        "    row 42, Paid In: is negative (-1.00)",
        "    row 43: too many cells",
        "Fri 20 Nov: 1 open",
        "Saturday is signed off.",
    ]
    assert report_title(ImportReport(files[1:], (), ())) == "1 file refused"
