"""Tables as CSV: UTF-8 with a byte order mark, comma, CRLF; numbers plain, times in the table's zone, the stamp at the end."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from services.domain.money import stated
from services.exporting.neutral import neutral
from services.exporting.table import STEP, Field, Progress, Row, Table, Tally
from services.exporting.whole_file import whole_file


def write_csv(table: Table, rows: Iterable[Row], path: Path, progress: Progress | None = None) -> int:
    """Writes the rows as they come and returns their number; whatever `rows` raises (Cancelled, say) leaves no file behind.

    After the last row follow an empty line and the stamp, one line a row: a file without its 'Rows: …' is not whole.
    """
    tally, cells = Tally(table), [_cell(field, table.zone) for field in table.columns]
    with whole_file(path) as part, part.open("w", encoding="utf-8-sig", errors="replace", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(neutral(field.title) for field in table.columns)
        for row in rows:
            writer.writerow(["" if value is None else cell(value) for cell, value in zip(cells, row, strict=True)])
            tally.add(row)
            if progress is not None and tally.rows % STEP == 0:
                progress(tally.rows)
        writer.writerow(())
        writer.writerows((neutral(line),) for line in tally.stamp())
        if progress is not None:
            progress(tally.rows)
    return tally.rows


def _cell(field: Field, zone: ZoneInfo) -> Callable[[object], str]:
    """How a column's values are written."""

    def instant(value: object) -> str:
        return f"{value.astimezone(zone):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)

    if field.kind == "text":
        return lambda value: neutral(str(value))
    return {"money": _money, "instant": instant, "date": _date}.get(field.kind, str)


def _money(value: object) -> str:
    return stated(value) if isinstance(value, Decimal) else str(value)


def _date(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
