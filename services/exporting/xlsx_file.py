"""Tables as Excel workbooks: real numbers and dates, further sheets where one is full, the stamp on a sheet of its own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Final
from zoneinfo import ZoneInfo

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.worksheet import Worksheet

from services.exporting.table import STEP, Field, Kind, Progress, Row, Table, Tally
from services.exporting.whole_file import whole_file

#: What a sheet holds beside its header.
ROWS_PER_SHEET: Final = 1_048_575
ABOUT: Final = "About this export"
_LONGEST_TEXT: Final = 32_767
_LONGEST_NAME: Final = 31
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
#: Excel counts days from here.
_EPOCH: Final = date(1899, 12, 30)
_FORMATS: Final[dict[Kind, str]] = {
    "money": "#,##0.00",
    "integer": "#,##0",
    "instant": "yyyy-mm-dd hh:mm:ss",
    "date": "yyyy-mm-dd",
    "ratio": "0.0%",
}
_WIDTHS: Final[dict[Kind, int]] = {"text": 22, "money": 14, "integer": 12, "instant": 19, "date": 12, "ratio": 10}


def write_xlsx(
    table: Table,
    rows: Iterable[Row],
    path: Path,
    progress: Progress | None = None,
    *,
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> int:
    """Writes the rows as they come and returns their number; whatever `rows` raises (Cancelled, say) leaves no file behind."""
    tally = Tally(table)
    with whole_file(path) as part, _Book(part, table, rows_per_sheet) as book:
        for row in rows:
            book.write(row)
            tally.add(row)
            if progress is not None and tally.rows % STEP == 0:
                progress(tally.rows)
        book.finish(tally.stamp())
        if progress is not None:
            progress(tally.rows)
    return tally.rows


class _Book:
    """A workbook in the writing; only one row of it is in memory."""

    def __init__(self, path: Path, table: Table, rows_per_sheet: int) -> None:
        self._table, self._most = table, rows_per_sheet
        options = {"constant_memory": True, "tmpdir": str(path.parent), "use_zip64": True}
        self._book = Workbook(str(path), options)
        self._header = self._book.add_format({"bold": True, "bottom": 1})
        self._cells = [self._cell(field) for field in table.columns]
        self._sheets: list[Worksheet] = []
        self._row = 0
        self._begin_sheet()

    def __enter__(self) -> _Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # A workbook that is given up still holds the files of its rows open.
        for sheet in self._book.worksheets():
            sheet.row_data_fh.close()

    def write(self, row: Row) -> None:
        """One row more, on a new sheet where the last is full."""
        if self._row == self._most:
            self._begin_sheet()
        self._row += 1
        sheet = self._sheets[-1]
        for column, (cell, value) in enumerate(zip(self._cells, row, strict=True)):
            if value is not None:
                cell(sheet, self._row, column, value)

    def finish(self, stamp: list[str]) -> None:
        """Adds the stamp and closes the file; OSError where the disk says no."""
        self._end_sheet()
        about = self._book.add_worksheet(ABOUT)
        about.set_column(0, 0, 100)
        for number, line in enumerate((self._table.title, *stamp)):
            about.write_string(number, 0, line[:_LONGEST_TEXT], self._header if number == 0 else None)
        try:
            self._book.close()
        except FileCreateError as error:
            raise OSError(*getattr(error.args[0], "args", error.args)) from error

    def _begin_sheet(self) -> None:
        self._end_sheet()
        number = f" {len(self._sheets) + 1}" if self._sheets else ""
        name = _FORBIDDEN.sub(" ", self._table.title).strip()[: _LONGEST_NAME - len(number)] or "Table"
        sheet = self._book.add_worksheet(name + number)
        sheet.freeze_panes(1, 0)
        for column, field in enumerate(self._table.columns):
            sheet.set_column(column, column, _WIDTHS[field.kind])
            sheet.write_string(0, column, field.title, self._header)
        self._sheets.append(sheet)
        self._row = 0

    def _end_sheet(self) -> None:
        if self._sheets and self._table.columns:
            self._sheets[-1].autofilter(0, 0, self._row, len(self._table.columns) - 1)

    def _cell(self, field: Field) -> Callable[[Worksheet, int, int, object], object]:
        """How a column's values are written. Text goes as a string cell, which no program calculates."""
        zone = self._table.zone
        if field.kind == "text":
            return lambda sheet, row, column, value: sheet.write_string(row, column, str(value)[:_LONGEST_TEXT])
        style = self._book.add_format({"num_format": _FORMATS[field.kind]})
        return lambda sheet, row, column, value: sheet.write_number(row, column, _number(value, zone), style)


def _number(value: object, zone: ZoneInfo) -> float:
    """A value as Excel counts it: times as days since its epoch, in the clock of the zone."""
    if isinstance(value, datetime):
        local = value.astimezone(zone)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return (local.date() - _EPOCH).days + seconds / 86_400
    if isinstance(value, date):
        return (value - _EPOCH).days
    if isinstance(value, Decimal | int | float):
        return float(value)
    raise TypeError(f"neither a number nor a time: {value!r}")
