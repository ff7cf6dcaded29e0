"""From bytes to the cells of each row, whatever the encoding, delimiter or extension.

The standard `csv` module reads here rather than pandas: a rejected row must carry its exact place in the file, and one
broken row (an open quotation mark, a cell of ten megabytes) must cost that row alone.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from services.domain.errors import StatementRefused

LARGEST_FILE = 256 * 1024 * 1024
RAW_LENGTH = 1000
DELIMITERS = (",", ";", "\t")

_EXPORT = "export the statement as CSV from the M-Pesa portal"
_MAGIC = (
    (b"%PDF-", "a PDF", (".pdf",)),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an Excel 97–2003 workbook", (".xls",)),
    (b"PK\x03\x04", "an Excel workbook or another zip archive", (".xlsx", ".xlsm", ".zip")),
    (b"\x1f\x8b", "a gzip archive", (".gz",)),
    (b"\x89PNG", "a picture", (".png",)),
    (b"\xff\xd8\xff", "a picture", (".jpg", ".jpeg")),
)
_MARKUP = re.compile(r"\s*<(!doctype|html|head|body|table|\?xml|meta)\b", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Record:
    """One row: the physical row it begins in (from 1), its cells or why it cannot be split, and its text."""

    row: int
    cells: tuple[str, ...]
    raw: str
    fault: str = ""

    @property
    def blank(self) -> bool:
        """Whether nothing is written in the row."""
        return not self.fault and not any(cell.strip() for cell in self.cells)


def decode(data: bytes, name: str) -> str:
    """The text of a statement file; StatementRefused where the content is something else, whatever it is called."""
    if len(data) > LARGEST_FILE:
        raise StatementRefused(name, f"is larger than {LARGEST_FILE >> 20} MB: export a shorter period")
    _refuse_other_formats(data, name)
    decoded = _decoded(data, name)
    if not decoded.strip():
        raise StatementRefused(name, f"is empty: {_EXPORT}")
    if _MARKUP.match(decoded):
        raise StatementRefused(name, f"is a web page or XML{_renamed(name, ('.html', '.htm', '.xml'))}: {_EXPORT}")
    if len(_CONTROL.findall(decoded[:8192])) > max(8, len(decoded[:8192]) // 50):
        raise StatementRefused(name, f"is binary data, not text: {_EXPORT}")
    return decoded


def _refuse_other_formats(data: bytes, name: str) -> None:
    for magic, what, suffixes in _MAGIC:
        if data.lstrip().startswith(magic):
            raise StatementRefused(name, f"is {what}{_renamed(name, suffixes)}: {_EXPORT}")


def _renamed(name: str, suffixes: tuple[str, ...]) -> str:
    suffix = PurePath(name).suffix.lower()
    return f" renamed to {suffix}" if suffix and suffix not in suffixes else ""


def _decoded(data: bytes, name: str) -> str:
    encodings = _encodings(data)
    for encoding in encodings:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as error:
            row = data.count(b"\n", 0, error.start) + 1
    raise StatementRefused(name, f"cannot be read as text ({', '.join(encodings)}), first in row {row}: {_EXPORT}")


def _encodings(data: bytes) -> tuple[str, ...]:
    if data.startswith(b"\xff\xfe"):
        return ("utf-16-le",)
    if data.startswith(b"\xfe\xff"):
        return ("utf-16-be",)
    head = data[:4096]
    if head[1::2].count(0) > len(head) // 4:
        return ("utf-16-le",)
    if head[0::2].count(0) > len(head) // 4:
        return ("utf-16-be",)
    return ("utf-8", "cp1252")


def records(text: str, delimiter: str) -> Iterator[Record]:
    """Every row of the text, blank ones too; a row that cannot be split is yielded with its fault."""
    lines = list(io.StringIO(text, newline=""))
    inner_row = re.compile(rf'[^{delimiter}"]*{delimiter}\s*"?\d{{1,4}}[-/]\d{{1,2}}[-/]\d{{1,4}}')
    at = 0
    while at < len(lines):
        cells, taken, fault = _split(lines, at, delimiter)
        # An open quotation mark that a later row happens to close would swallow the payments between them.
        if any(inner_row.match(line) for line in lines[at + 1 : at + taken]):
            cells, taken, fault = (), 1, "a quotation mark opened in this row swallows the rows after it"
        yield Record(at + 1, cells, _raw(lines[at : at + taken]), fault)
        at += taken


def _split(lines: list[str], at: int, delimiter: str) -> tuple[tuple[str, ...], int, str]:
    reader = csv.reader((lines[i] for i in range(at, len(lines))), delimiter=delimiter, strict=True)
    try:
        cells = next(reader)
    except csv.Error as error:
        return (), 1, _fault(error)
    return tuple(cells), reader.line_num, ""


def _fault(error: csv.Error) -> str:
    if "field limit" in str(error):
        return f"a cell holds more than {csv.field_size_limit():,} characters"
    return "a quotation mark is not closed, or text follows a closed one"


def _raw(lines: list[str]) -> str:
    # PostgreSQL keeps no NUL in text; its picture shows where one stood.
    joined = "".join(lines).rstrip("\r\n").replace("\0", "\u2400")
    return joined if len(joined) <= RAW_LENGTH else f"{joined[:RAW_LENGTH]}…"
