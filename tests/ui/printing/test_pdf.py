"""Tables on paper, read back as a viewer does: every word, where it stands, and nothing left of what was given up."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Thread

import pytest

from services.database.cancellation import CancelScope
from services.domain.errors import Cancelled, EnvironmentFault
from services.exporting import Field, Row, Table
from tests.ui.printing.paper import pages, texts
from ui.printing.columns import in_words
from ui.printing.pdf import write_pdf
from ui.printing.sheet import A4, MARGIN

NOON = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TABLE = Table(
    "Payments",
    (
        Field("time", "Time", "instant"),
        Field("passenger", "Passenger"),
        Field("receipt", "Receipt"),
        Field("amount", "Amount", "money", summed=True),
        Field("currency", "Currency"),
    ),
    ("Msafiri Express · Sun 22 Nov 2026 · Failed", "Exported by jane, 22 Nov 2026, 12:00 EAT"),
    currency="currency",
)


def row(number: int, **values: object) -> Row:
    """A payment of 1,111.11 a second after the one before."""
    known: dict[str, object] = {
        "time": NOON + timedelta(seconds=number),
        "passenger": f"Passenger {number}",
        "receipt": f"UKM7Q{number:05}",
        "amount": Decimal("1111.11"),
        "currency": "KES",
    }
    return tuple((known | values).values())


def many(count: int) -> Iterator[Row]:
    return (row(number) for number in range(count))


def test_every_word_can_be_found_again(tmp_path: Path) -> None:
    rows = [
        row(1, passenger="Åsa “W.” O'Neil -> fi ffl 11:11", amount=Decimal("-1234567.05")),
        row(2, passenger="0123456789 +254 712 ••• 111 – − … ! ? ; = @ %"),
        row(3, passenger=None, receipt="", currency=None),
    ]
    assert write_pdf(TABLE, rows, tmp_path / "all.pdf") == 3
    (page,) = texts(tmp_path / "all.pdf")
    assert page == [
        "Payments",
        "Msafiri Express · Sun 22 Nov 2026 · Failed",
        "Exported by jane, 22 Nov 2026, 12:00 EAT",
        "Rows: 3",
        "Sum of Amount: 1,111.11",
        "Sum of Amount: KES −1,233,455.94",
        "Times: Africa/Nairobi",
        *("Time", "Passenger", "Receipt", "Amount", "Currency"),
        *("2026-11-22 12:00:01", "Åsa “W.” O'Neil -> fi ffl 11:11", "UKM7Q00001", "−1,234,567.05", "KES"),
        *("2026-11-22 12:00:02", "0123456789 +254 712 ••• 111 – − … ! ? ; = @ %", "UKM7Q00002", "1,111.11", "KES"),
        *("2026-11-22 12:00:03", "1,111.11"),
        *("Total", "1,111.11", "Total KES", "−1,233,455.94"),
        "Page 1 of 1",
    ]


def test_amounts_end_below_each_other_and_figures_are_equally_wide(tmp_path: Path) -> None:
    amounts = [Decimal(text) for text in ("1111.11", "8888.88", "-0.01", "123456789.00")]
    write_pdf(TABLE, [row(n, amount=amount) for n, amount in enumerate(amounts)], tmp_path / "all.pdf")
    (page,) = pages(tmp_path / "all.pdf")
    lefts = {word.text: word.left for word in page}
    assert abs(lefts["1,111.11"] - lefts["8,888.88"]) < 0.1
    assert lefts["123,456,789.00"] < lefts["1,111.11"] < lefts["−0.01"]
    assert all(MARGIN <= word.left < A4.width - MARGIN for word in page)


def test_rows_go_on_from_page_to_page(tmp_path: Path) -> None:
    write_pdf(TABLE, many(100), tmp_path / "all.pdf")
    found = texts(tmp_path / "all.pdf")
    receipts = [text for page in found for text in page if text.startswith("UKM7Q")]
    assert receipts == [f"UKM7Q{number:05}" for number in range(100)]
    assert [page[-1] for page in found] == [f"Page {n} of {len(found)}" for n in range(1, len(found) + 1)]
    assert all(page[0] == "Payments" and "Receipt" in page and TABLE.stamp[0] in page for page in found)
    assert [page for page in found if "Total KES" in page] == [found[-1]]
    baselines = [word.baseline for page in pages(tmp_path / "all.pdf") for word in page]
    assert max(baselines) < 5_953 - MARGIN + 1


def test_no_rows_are_a_page_that_says_so(tmp_path: Path) -> None:
    assert write_pdf(TABLE, (), tmp_path / "none.pdf") == 0
    (page,) = texts(tmp_path / "none.pdf")
    assert "Rows: 0" in page


def test_what_is_too_long_is_cut_and_figures_never_are(tmp_path: Path) -> None:
    long = "Wangari-" + "Mwangi" * 32
    wide = Table(
        "Payments", (Field("a", "A"), Field("b", "B"), Field("m", "Amount", "money"), Field("t", "T", "instant"))
    )
    write_pdf(wide, [(long, long, Decimal("999999999999.99"), NOON)], tmp_path / "all.pdf")
    (page,) = texts(tmp_path / "all.pdf")
    cut = [text for text in page if text.startswith("Wangari")]
    assert len(cut) == 2
    assert all(text.endswith("…") and long.startswith(text[:-1]) and len(text) > 40 for text in cut)
    assert "999,999,999,999.99" in page
    assert "2026-11-22 12:00:00" in page
    assert not any("Total" in text for text in page)


@pytest.mark.parametrize(("columns", "paper"), [(8, (842, 595)), (11, (842, 595)), (18, (1191, 842))])
def test_every_column_is_on_the_paper(tmp_path: Path, columns: int, paper: tuple[int, int]) -> None:
    wide = Table("Payments", tuple(Field(f"m{n}", f"Amount {n}", "money") for n in range(columns)))
    write_pdf(wide, [tuple(Decimal(f"99999999{n:02}.05") for n in range(columns))], tmp_path / "all.pdf")
    (page,) = pages(tmp_path / "all.pdf")
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", (tmp_path / "all.pdf").read_bytes())
    assert box is not None
    assert tuple(round(float(side)) for side in box.groups()) == paper
    amounts = [word for word in page if word.text.endswith(".05")]
    assert [word.text for word in amounts] == [f"{9_999_999_900 + n:,}.05" for n in range(columns)]
    assert max(word.left for word in page) < 10 * paper[0] - MARGIN / 2


def test_a_long_stamp_goes_on_in_the_next_line(tmp_path: Path) -> None:
    stamp = " · ".join(f"Nairobi – Route {number}" for number in range(40))
    write_pdf(Table("Payments", TABLE.columns, (stamp,)), many(5), tmp_path / "all.pdf")
    (page,) = texts(tmp_path / "all.pdf")
    lines = page[1 : page.index("Rows: 5")]
    assert len(lines) > 2
    assert " ".join(lines) == stamp


@pytest.mark.parametrize("name", ["王小明", "عمر", "e\u0301ric", "😀 Alice"])
def test_letters_that_inter_does_not_draw_alone_do_not_stop_it(tmp_path: Path, name: str) -> None:
    assert write_pdf(TABLE, [row(1, passenger=name)], tmp_path / "all.pdf") == 1
    assert (tmp_path / "all.pdf").read_bytes().startswith(b"%PDF")


def test_it_works_in_a_worker_thread_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[int] = []
    worker = Thread(target=write_pdf, args=(TABLE, many(2_500), tmp_path / "all.pdf", told.append))
    worker.start()
    worker.join()
    assert len(texts(tmp_path / "all.pdf")) > 70
    assert told == sorted(told)
    assert told[:2] == [500, 1_000]
    assert told[-1] == 2_500


def test_cancelled_between_pages_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "all.pdf").write_text("earlier")
    scope = CancelScope()

    def tell(rows: int) -> None:
        if rows > 300:
            scope.cancel()

    with scope.entered(), pytest.raises(Cancelled):
        write_pdf(TABLE, many(500), tmp_path / "all.pdf", tell)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("all.pdf", "earlier")]


def test_a_source_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Row]:
        yield row(1)
        raise Cancelled("Cancelled.")

    with pytest.raises(Cancelled):
        write_pdf(TABLE, broken(), tmp_path / "all.pdf")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"all\.pdf could not be written in .*missing"):
        write_pdf(TABLE, (), tmp_path / "missing" / "all.pdf")


_FULL = """
import resource, signal, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from services.domain.errors import EnvironmentFault
from services.exporting import Field, Table
from ui.printing.pdf import write_pdf
from ui.theme import load_fonts
application = QApplication([])
load_fonts()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
before = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, before[1]))
rows = ((f"row {number} of many",) for number in range(5_000))
try:
    write_pdf(Table("T", (Field("a", "A"),)), rows, Path(sys.argv[1]))
except EnvironmentFault as error:
    print(error)
resource.setrlimit(resource.RLIMIT_FSIZE, before)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are POSIX")
def test_a_disk_that_takes_no_more_leaves_no_half_file(tmp_path: Path) -> None:
    path = tmp_path / "all.pdf"
    done = subprocess.run([sys.executable, "-c", _FULL, str(path)], capture_output=True, text=True, check=True)
    assert "all.pdf could not be written" in done.stdout, done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


def test_values_in_words() -> None:
    zone = TABLE.zone
    assert in_words("money", Decimal("NaN"), zone) == "NaN"
    assert in_words("integer", 1_234_567, zone) == "1,234,567"
    assert in_words("ratio", Decimal("0.971"), zone) == "97.1 %"
    assert in_words("date", date(2026, 11, 22), zone) == "2026-11-22"
    assert in_words("text", " two\nlines\tand\0 more ", zone) == "two lines and\0 more"
    assert in_words("text", None, zone) == ""
