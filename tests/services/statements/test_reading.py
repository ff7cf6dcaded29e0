from __future__ import annotations

import pytest

from services.domain.errors import StatementRefused
from services.statements.reading import RAW_LENGTH, Record, decode, records
from tests.services.statements.ledger import LEDGER, written

TEXT = written(*LEDGER).replace("ASHA", "ASHÁ")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "a.csv") == TEXT


def test_big_endian_with_its_mark() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.csv") == TEXT


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"%PDF-1.7\n", "a.csv", "is a PDF renamed to .csv: export the statement as CSV"),
        (b"%PDF-1.7\n", "a.pdf", "is a PDF: export the statement as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64, "a.csv", "is an Excel 97–2003 workbook renamed to .csv"),
        (b"PK\x03\x04\x14", "a.xlsx", "is an Excel workbook or another zip archive: "),
        (b"\x1f\x8b\x08", "a.csv", "is a gzip archive"),
        (b"\x89PNG\r\n", "a.csv", "is a picture"),
        (b"", "a.csv", "is empty"),
        (b"\xef\xbb\xbf \r\n", "a.csv", "is empty"),
        (b"<!DOCTYPE html><html>", "a.xls", "is a web page or XML renamed to .xls"),
        (b"<html>", "a.html", "is a web page or XML: "),
        (bytes(range(1, 9)) * 100, "a.csv", "is binary data"),
        (b"Receipt No.\n\x81\x8d", "a.csv", r"cannot be read as text \(utf-8, cp1252\), first in row 2"),
        (b"\xff\xfeR\0e", "a.csv", r"cannot be read as text \(utf-16-le\)"),
    ],
)
def test_what_is_no_text_is_refused_by_what_it_is(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(StatementRefused, match=f"{name}: {reason}") as caught:
        decode(data, name)
    assert caught.value.file == name


def test_a_huge_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.statements.reading.LARGEST_FILE", 1 << 20)
    with pytest.raises(StatementRefused, match="larger than 1 MB"):
        decode(b"a" * (1 << 20) + b"a", "a.csv")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_are_physical_rows(end: str) -> None:
    text = end.join(["a,b", "", '"c', 'd",e', "f,g"])
    found = [(record.row, record.blank, len(record.cells)) for record in records(text, ",")]
    assert found == [(1, False, 2), (2, True, 0), (3, False, 2), (5, False, 2)]


def test_an_open_quotation_mark_costs_its_own_row() -> None:
    found = list(records('a,b\n"c,d\ne,f\n', ","))
    assert [record.cells for record in found] == [("a", "b"), (), ("e", "f")]
    assert found[1] == Record(2, (), '"c,d', "a quotation mark is not closed, or text follows a closed one")
    assert not found[1].blank


def test_a_quotation_mark_may_not_swallow_payments() -> None:
    rows = ['R1,25-09-2026,"open', "R2,25-09-2026,x", 'R3,25-09-2026,close",y']
    found = list(records("\n".join(rows), ","))
    assert [record.row for record in found] == [1, 2, 3]
    assert "swallows" in found[0].fault
    assert found[1].cells == ("R2", "25-09-2026", "x")


def test_a_cell_of_ten_megabytes_costs_its_own_row() -> None:
    found = list(records(f"a,b\n{'x' * 10_000_000},c\nd,e\n", ","))
    assert [record.row for record in found] == [1, 2, 3]
    assert found[1].fault == "a cell holds more than 131,072 characters"
    assert len(found[1].raw) == RAW_LENGTH + 1


def test_a_nul_byte_is_shown_in_the_raw_text() -> None:
    assert next(records("a\0b,c", ",")).raw == "a␀b,c"
