"""Workbooks, read back by a reader of its own kind."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter.workbook
from python_calamine import CalamineWorkbook
from xlsxwriter.exceptions import FileCreateError

from services.domain.errors import Cancelled, EnvironmentFault
from services.exporting import Field, Row, Table, write_xlsx
from tests.services.exporting.ledger import COLUMNS, TABLE, paid


def sheets(path: Path) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_path(path)
    return {name: [list(row) for row in book.get_sheet_by_name(name).to_python()] for name in book.sheet_names}


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as file:
        return file.read(name).decode()


def test_numbers_and_dates_are_real_in_the_fleets_clock(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(TABLE, [paid("600.25"), (None,) * 7], path) == 2
    read = sheets(path)
    assert list(read) == ["Payments", "About this export"]
    assert read["Payments"][0] == [field.title for field in COLUMNS]
    time, *others = read["Payments"][1]
    assert time == datetime.fromisoformat("2026-09-22 12:00")
    assert others == ["Alice W.", 600.25, 2, date(2026, 9, 22), 0.25, "KES"]
    # An empty row is no row in the file.
    assert len(read["Payments"]) == 2


def test_the_stamp_has_its_own_sheet(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(TABLE, [paid("600.00"), paid("-50.25")], path)
    assert [row[0] for row in sheets(path)["About this export"]] == [
        "Payments", "Filter: Failed", "By: Baraka", "Rows: 2", "Sum of Amount: KES 549.75", "Times: Africa/Nairobi",
    ]  # fmt: skip


def test_the_header_is_frozen_and_can_be_filtered_by(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(TABLE, [paid("1.00")] * 3, path)
    sheet = part(path, "xl/worksheets/sheet1.xml")
    assert re.search(r'<pane ySplit="1"[^>]*state="frozen"', sheet)
    assert '<autoFilter ref="A1:G4"/>' in sheet
    styles = part(path, "xl/styles.xml")
    assert "#,##0.00" in styles
    assert "yyyy\\-mm\\-dd" in styles or "yyyy-mm-dd" in styles


@pytest.mark.parametrize("text", ["=1+1", "+254", "-x", "@SUM(A1)", "\tx", "{=1}", "http://example.org", "＝x", "0123"])
def test_text_is_a_string_cell_and_nothing_else(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(Table("T", (Field("x", text),), (text,)), [(text,)], path)
    assert [row[0] for row in sheets(path)["T"]] == [text, text]
    for name in ("sheet1", "sheet2"):
        sheet = part(path, f"xl/worksheets/{name}.xml")
        assert "<f>" not in sheet
        assert "hyperlink" not in sheet


def test_long_and_strange_text_does_not_break_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    texts = ["x" * 40_000, "Ñandú 😀", "two\nlines", " blank ", "a\x01b", "<b>&"]
    write_xlsx(Table("T", (Field("x", "X"),)), [(text,) for text in texts], path)
    read = [row[0] for row in sheets(path)["T"][1:]]
    assert read[0] == "x" * 32_767
    assert read[1:4] == texts[1:4]
    assert read[5] == texts[5]


def test_a_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    table = Table("Payments: of [all] routes/buses, a long title", (Field("n", "N", "integer"),))
    assert write_xlsx(table, [(number,) for number in range(7)], path, rows_per_sheet=3) == 7
    read = sheets(path)
    *names, about = read
    assert about == "About this export"
    assert names[1:] == [f"{names[0][:29]} 2", f"{names[0][:29]} 3"]
    assert all(len(name) <= 31 for name in names)
    assert [[row[0] for row in read[name]] for name in names] == [["N", 0, 1, 2], ["N", 3, 4, 5], ["N", 6]]


def test_an_empty_table_is_a_workbook_too(tmp_path: Path) -> None:
    write_xlsx(TABLE, [], tmp_path / "a.xlsx")
    write_xlsx(Table("'", ()), [], tmp_path / "b.xlsx")
    assert len(sheets(tmp_path / "a.xlsx")["Payments"]) == 1
    assert list(sheets(tmp_path / "b.xlsx")) == ["Table", "About this export"]


def test_cancelling_leaves_nothing_open_and_nothing_behind(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield from [paid("1.00")] * 5_000
        raise Cancelled("Cancelled; nothing was changed.")

    told: list[int] = []
    with pytest.raises(Cancelled):
        write_xlsx(TABLE, rows(), tmp_path / "a.xlsx", told.append, rows_per_sheet=1_500)
    assert told == [1_000, 2_000, 3_000, 4_000, 5_000]
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_at_the_end_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(book: object) -> None:
        raise FileCreateError(OSError(errno.ENOSPC, "No space left on device"))

    monkeypatch.setattr(xlsxwriter.workbook.Workbook, "close", full)
    with pytest.raises(EnvironmentFault, match=r"a\.xlsx could not be written .*: no space left on device"):
        write_xlsx(TABLE, [paid("1.00")], tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="neither a number nor a time: 'many'"):
        write_xlsx(Table("T", (Field("n", "N", "integer"),)), [("many",)], tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, kind: str) -> None:
    """Ten times the rows cost less than 8 MB more, in a process of its own."""
    small, large = (_peak(kind, rows, tmp_path / f"{rows}.{kind}") for rows in (4_000, 40_000))
    assert large - small < 8_000


_MEASURED = """
import resource, sys
from decimal import Decimal
from pathlib import Path
from services.exporting import Field, Table, write_csv, write_xlsx
kind, count, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
fields = (Field("a", "A"), Field("b", "B"), Field("n", "N", "money", summed=True))
rows = ((f"receipt {number}", f"name {number} " * 8, Decimal(number)) for number in range(count))
{"csv": write_csv, "xlsx": write_xlsx}[kind](Table("T", fields), rows, path)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def _peak(kind: str, rows: int, path: Path) -> int:
    """Peak memory of a child that writes so many rows, kB."""
    pytest.importorskip("resource", reason="peak memory is read from the resource module")
    command = [sys.executable, "-c", _MEASURED, kind, str(rows), str(path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True, check=True)
    return int(done.stdout)


def test_times_before_and_after_midnight_fall_on_the_fleets_day(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    late = datetime(2026, 9, 22, 21, 30, tzinfo=UTC)
    write_xlsx(Table("T", (Field("t", "T", "instant"), Field("m", "M", "money"))), [(late, Decimal("0.10"))], path)
    assert sheets(path)["T"][1] == [datetime.fromisoformat("2026-09-23 00:30"), 0.1]
