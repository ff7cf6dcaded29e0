"""CSV as accountants' tools read it."""

from __future__ import annotations

import csv
import errno
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from services.domain.errors import Cancelled, EnvironmentFault
from services.exporting import Field, Row, Table, write_csv
from tests.services.exporting.ledger import COLUMNS, NOON, TABLE, paid


def cells(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_every_kind_is_written_as_programs_read_it(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    rows: list[Row] = [paid("600.00"), (None,) * len(COLUMNS)]
    assert write_csv(TABLE, rows, path) == 2
    assert cells(path)[:3] == [
        ["Time", "Passenger", "Amount", "Seats", "Day", "Share", "Currency"],
        ["2026-09-22 12:00:00", "Alice W.", "600.00", "2", "2026-09-22", "0.25", "KES"],
        [""] * 7,
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfTime,")
    assert b"KES\r\n" in path.read_bytes()


def test_the_stamp_stands_below_the_rows_with_what_was_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(TABLE, [paid("600.00"), paid("-50.25"), paid("9.00", currency="USD")], path)
    assert cells(path)[4:] == [
        [],
        ["Filter: Failed"],
        ["By: Baraka"],
        ["Rows: 3"],
        ["Sum of Amount: KES 549.75"],
        ["Sum of Amount: USD 9.00"],
        ["Times: Africa/Nairobi"],
    ]


def test_pandas_finds_the_header_first_and_numbers_below_it(tmp_path: Path) -> None:
    """The stamp is in the first column alone, so that no other column loses its type, and a sum counts nothing twice."""
    path = tmp_path / "a.csv"
    write_csv(TABLE, [paid("600.00"), paid("-50.25")], path)
    read = pd.read_csv(path)
    assert list(read.columns) == [field.title for field in COLUMNS]
    assert read["Amount"].sum() == 549.75
    data = read[read["Currency"].notna()]
    assert pd.to_datetime(data["Time"]).tolist() == [pd.Timestamp("2026-09-22 12:00:00")] * 2
    whole = pd.read_csv(path, skipfooter=6, engine="python")
    assert len(whole) == 2
    assert whole["Seats"].tolist() == [2, 2]


@pytest.mark.parametrize("text", ["=1+1", "+254", "-x", "@SUM(A1)", "\tx", " \u00a0=x", "＝cmd", "\u200b＠x", "\r=x"])
def test_formulas_are_neutralised_and_numbers_are_not(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.csv"
    table = Table("T", (Field("x", text), Field("n", "n", "money"), Field("i", "i", "integer")), (text,))
    write_csv(table, [(text, Decimal("-5.00"), -5)], path)
    read = cells(path)
    assert read[0][0] == read[1][0] == read[3][0] == f"'{text}"
    assert read[1][1:] == ["-5.00", "-5"]


def test_text_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    texts = ['a "quoted" name', "one, two", "two\nlines", "Ñandú 😀", "0712 ••• 111", "a=b", "x" * 200, ""]
    write_csv(Table("T", (Field("x", "X"), Field("y", "Y"))), [(text, "y") for text in texts], path)
    assert [row[0] for row in cells(path)[1 : len(texts) + 1]] == texts


def test_an_error_leaves_no_file_and_keeps_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("old", "utf-8")

    def rows() -> Iterator[Row]:
        yield paid("1.00")
        raise Cancelled("Cancelled; nothing was changed.")

    with pytest.raises(Cancelled):
        write_csv(TABLE, rows(), path)
    assert [(file.name, file.read_text("utf-8")) for file in tmp_path.iterdir()] == [("a.csv", "old")]


def test_a_row_of_another_length_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="shorter"):
        write_csv(TABLE, [(NOON, "Alice")], tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_and_may_end_it(tmp_path: Path) -> None:
    told: list[int] = []
    rows = [paid("1.00")] * 2_500
    write_csv(TABLE, rows, tmp_path / "a.csv", told.append)
    assert told == [1_000, 2_000, 2_500]

    def stop(written: int) -> None:
        raise Cancelled(f"after {written}")

    with pytest.raises(Cancelled, match="after 1000"):
        write_csv(TABLE, rows, tmp_path / "b.csv", stop)
    assert [file.name for file in tmp_path.iterdir()] == ["a.csv"]


def test_what_the_disk_says_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"a\.csv could not be written in .*nowhere: no such file or directory"):
        write_csv(TABLE, [], tmp_path / "nowhere" / "a.csv")

    def full() -> Iterator[Row]:
        yield paid("1.00")
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(EnvironmentFault, match=r"no space left on device\. Nothing was kept"):
        write_csv(TABLE, full(), tmp_path / "a.csv")
    assert list(tmp_path.iterdir()) == []


def test_values_of_another_kind_are_written_plainly(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    fields = (Field("m", "M", "money"), Field("t", "T", "instant"), Field("d", "D", "date"))
    write_csv(Table("T", fields), [(7, "later", datetime(2026, 9, 22, tzinfo=UTC)), (1, "x", date(2026, 9, 22))], path)
    assert cells(path)[1] == ["7", "later", "2026-09-22T00:00:00+00:00"]
