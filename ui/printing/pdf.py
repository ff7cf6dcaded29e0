"""A table as a PDF, A4 landscape (A3 where its columns need it): read once, kept on disk, and painted page by page in a worker thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFile, QIODevice, QMarginsF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter

from services.database.cancellation import CancelScope
from services.exporting import Progress, Row, Table, Tally, whole_file
from ui.printing.characters import put_right
from ui.printing.columns import Column, Totals, words_of
from ui.printing.glyphs import private_codes
from ui.printing.page import Inks, PageArtist
from ui.printing.sheet import UNITS, Sheet
from ui.printing.spool import Spool, spool

_DPI: Final = 72 * UNITS
_CREATOR: Final = "Fleet Finance Workstation"
#: How many rows are read between two calls of Progress.
_STEP: Final = 1_000


def write_pdf(table: Table, rows: Iterable[Row], path: Path, progress: Progress | None = None) -> int:
    """Writes the rows and returns their number; works in every thread once there is an application.

    `progress` hears rows, the first half of them while they are read and the second while they are painted. Whatever `rows`
    raises (Cancelled, say), or a cancelled scope while pages are painted, leaves no file behind.
    """
    tell = progress or _nobody
    inks = Inks()
    columns = [Column(field, inks.cell, inks.head) for field in table.columns]
    with whole_file(path) as part, spool() as kept:
        tally, totals = _read(table, rows, columns, kept, tell)
        artist = PageArtist(table.title, tally.stamp(), columns, totals.lines(), inks, tally.rows)
        with _paper(part, table.title, artist.sheet) as (paper, painter):
            _paint(paper, painter, artist, kept, tell)
    return tally.rows


def _read(
    table: Table, rows: Iterable[Row], columns: list[Column], kept: Spool, tell: Progress
) -> tuple[Tally, Totals]:
    tally, totals, words = Tally(table), Totals(table), words_of(table)
    for row in rows:
        cells = words(row)
        for column, text in zip(columns, cells, strict=True):
            column.widen(text)
        tally.add(row)
        totals.add(row)
        kept.add(cells)
        if tally.rows % _STEP == 0:
            tell(tally.rows // 2)
    return tally, totals


def _paint(paper: QPdfWriter, painter: QPainter, artist: PageArtist, kept: Spool, tell: Progress) -> None:
    rows, done = kept.rows(), 0
    for number, count in enumerate(artist.pages):
        if (scope := CancelScope.current()) is not None:
            scope.check()
        if number:
            paper.newPage()
        artist.draw(painter, number, list(islice(rows, count)))
        done += count
        tell((len(kept) + done) // 2)


@contextmanager
def _paper(part: Path, title: str, sheet: Sheet) -> Iterator[tuple[QPdfWriter, QPainter]]:
    """Paper to paint on; OSError where the disk does not take it."""
    file = QFile(str(part))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise OSError(0, file.errorString())
    paper = QPdfWriter(file)
    paper.setResolution(_DPI)
    paper.setTitle(title)
    paper.setCreator(_CREATOR)
    size = QPageSize(QPageSize.PageSizeId.A4 if sheet.name == "A4" else QPageSize.PageSizeId.A3)
    paper.setPageLayout(QPageLayout(size, QPageLayout.Orientation.Landscape, QMarginsF(0, 0, 0, 0)))
    painter = QPainter(paper)
    try:
        yield paper, painter
    finally:
        before_fonts = file.pos()
        painter.end()
        written = file.flush() and file.error() == QFile.FileError.NoError
        why = file.errorString()
        file.close()
    if not written:
        raise OSError(0, why)
    put_right(part, before_fonts, private_codes())


def _nobody(_rows: int) -> None:
    """Nobody listens."""
