"""What is seen as pictures, data and pages: read back from real files."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from PySide6.QtGui import QImage, QPagedPaintDevice
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QApplication, QFileDialog

from services.domain.errors import EnvironmentFault
from tests.ui.printing.paper import texts
from tests.ui.revenue.conftest import Open, Opened
from tests.ui.revenue.fake import FakeOutlook, course, forecast, vehicle_days
from ui.revenue.exporting import Shown
from ui.revenue.picture import WIDTH
from ui.theme import LIGHT


@pytest.fixture
def opened(open_page: Open, qapp: QApplication) -> Opened:
    made = open_page(outlook=FakeOutlook(made=forecast(), course_kept=course(), vehicles=vehicle_days()))
    made.theme.apply(qapp)
    return made


def shown(opened: Opened, kind: str = "png") -> Shown:
    """What the page hands over for an export."""
    seen: list[Shown] = []
    opened.page.exports.ask = lambda kind, shown: seen.append(shown)  # type: ignore[method-assign]
    opened.page.bar.export.wanted.emit(kind)
    return seen[0]


def write(opened: Opened, path: Path) -> None:
    kind = path.suffix[1:]
    opened.page.exports.export_to(path, kind, shown(opened, kind))  # type: ignore[arg-type]
    opened.settle()


@pytest.mark.parametrize("view", ["revenue", "methods", "hours"])
def test_a_picture_has_the_chart_in_light_colours(opened: Opened, tmp_path: Path, view: str) -> None:
    opened.theme.set_mode("dark")
    opened.page.board.charts.show_view(view)  # type: ignore[arg-type]
    write(opened, tmp_path / "chart.png")
    image = QImage(str(tmp_path / "chart.png"))
    assert image.width() == 2 * WIDTH
    assert image.pixelColor(4, 4).name().upper() == LIGHT.surface
    found = {image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 3) for y in range(100, 900, 3)}
    assert LIGHT.accent in found
    assert opened.told[-1][:2] == ("success", "Revenue exported to chart.png")


def test_a_drawing_says_what_it_shows(opened: Opened, tmp_path: Path) -> None:
    write(opened, tmp_path / "chart.svg")
    drawing = (tmp_path / "chart.svg").read_text(encoding="utf-8")
    words = re.sub(r"<[^>]+>", "", drawing)
    for said in ("Revenue over time", "KES 500k", "Msafiri Express", "forecast, error ±6.1 % in back-test", "so far"):
        assert said in words
    assert drawing.count("<polyline") + drawing.count("<path") > 20


def test_a_pdf_has_the_chart_and_every_row(opened: Opened, tmp_path: Path) -> None:
    opened.page.board.breakdown.show_tab("periods")
    write(opened, tmp_path / "revenue.pdf")
    pages = texts(tmp_path / "revenue.pdf")
    assert len(pages) == 2
    assert any("Revenue over time" in text for text in pages[0])
    assert sum(text.startswith("First day") for text in pages[0] + pages[1]) == 2
    days = {text for page in pages for text in page if text.startswith("2026-")}
    assert {"2026-10-12", "2026-11-22"} <= days and len(days) == 42


@pytest.mark.parametrize(
    ("tab", "rows", "summed"),
    [("route", 6, "Revenue"), ("vehicle", 14, "Revenue"), ("periods", 42, "Revenue"), ("vehicle_days", 14, "Taken"), ("success", 5, "")],
)  # fmt: skip
def test_data_holds_every_row_exactly(opened: Opened, tmp_path: Path, tab: str, rows: int, summed: str) -> None:
    opened.page.board.breakdown.tabs._buttons[tab].click()
    opened.settle()
    write(opened, tmp_path / "table.csv")
    lines = (tmp_path / "table.csv").read_text(encoding="utf-8-sig").splitlines()
    assert f"Rows: {rows}" in lines and any("demo_manager" in line for line in lines)
    if summed == "Revenue":
        frame = pd.read_csv(tmp_path / "table.csv", nrows=rows, dtype=str)
        assert sum(map(Decimal, frame[summed])) == opened.report.total.revenue
    write(opened, tmp_path / "table.xlsx")
    assert len(pd.read_excel(tmp_path / "table.xlsx", engine="calamine")) == rows
    assert opened.running == []


def test_narrowed_files_say_so(opened: Opened) -> None:
    opened.page._narrow("method", "cash")
    opened.settle()
    said = shown(opened).picture.stamp
    assert "Cash" in said[0] and "12 Oct – 22 Nov 2026 until 14:05" in said[0]
    assert "previous period, same elapsed part" in said[0]


def test_files_of_weeks_that_do_not_begin_on_monday_say_so(opened: Opened) -> None:
    opened.page.bar.week_start.set_value(6)
    for grain, said in (("daily", False), ("weekly", True)):
        opened.page.bar.grain.set_value(grain)
        opened.page.bar.changed.emit()
        opened.settle()
        assert ("weeks begin on Sunday" in shown(opened).picture.stamp[0]) is said


def test_a_file_that_cannot_be_written_is_said(opened: Opened, tmp_path: Path) -> None:
    for kind in ("png", "svg", "pdf", "csv"):
        opened.told.clear()
        write(opened, tmp_path / "absent" / f"chart.{kind}")
        assert opened.told[0][:2] == ("error", "The export stopped, no file was written.")


def test_the_name_is_asked_for_and_the_folder_remembered(opened: Opened, tmp_path: Path) -> None:
    exports, heard = opened.page.exports, list[str]()
    exports.folder_chosen.connect(heard.append)
    opened.page.bar.export.click()
    opened.page.bar.export.choices["csv"].click()
    dialog = exports.dialog
    assert isinstance(dialog, QFileDialog)
    assert dialog.selectedFiles()[0].endswith("Revenue by route 2026-10-12 to 2026-11-22.csv")
    dialog.fileSelected.emit(str(tmp_path / "chosen.csv"))
    dialog.close()
    opened.settle()
    assert (tmp_path / "chosen.csv").exists() and heard == [str(tmp_path)]
    assert exports._start_folder() == str(tmp_path)


def test_printing_asks_for_a_printer_and_paints_its_pages(opened: Opened, tmp_path: Path) -> None:
    exports = opened.page.exports
    shown_now = shown(opened, "print")
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    exports.print_on(printer, shown_now)
    # Qt takes a tab for a blank, which looks the same on paper.
    assert "Revenue over time" in {text.replace("\t", " ") for text in texts(tmp_path / "printed.pdf")[0]}
    type(exports).ask(exports, "print", shown_now)
    assert isinstance(exports.dialog, QPrintDialog)
    exports.dialog.reject()


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_no_page_is_said(opened: Opened, tmp_path: Path) -> None:
    printer = QPrinter()
    printer.setOutputFileName(str(tmp_path / "absent" / "printed.pdf"))
    opened.page.exports.print_on(printer, shown(opened, "print"))
    assert opened.told[-1][:2] == ("error", "Nothing was printed.")


def test_faults_have_a_sentence(tmp_path: Path) -> None:
    from ui.revenue.picture import _unwritten

    assert isinstance(_unwritten(tmp_path / "x.png"), EnvironmentFault)
    assert issubclass(QPrinter, QPagedPaintDevice)
