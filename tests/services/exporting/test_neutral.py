"""What spreadsheets would calculate."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.exporting.neutral import may_be_formula, neutral


@pytest.mark.parametrize("text", ["", "Alice", "a=b", "1-2", "0712 ••• 111", "'=1", "— none", "(=1)", "KES -5"])
def test_ordinary_text_stays(text: str) -> None:
    assert neutral(text) == text


@given(
    blanks=st.text(" \u00a0\u2003\t\r\n\u200b\ufeff\x0b", max_size=4),
    sign=st.sampled_from("=+-@＝＋－＠"),
    rest=st.text(),
)
def test_no_blank_hides_a_formula(blanks: str, sign: str, rest: str) -> None:
    assert neutral(blanks + sign + rest) == "'" + blanks + sign + rest


@given(st.text())
def test_what_is_written_is_never_a_formula_and_loses_nothing(text: str) -> None:
    written = neutral(text)
    assert not may_be_formula(written)
    assert written.endswith(text)
    assert len(written) <= len(text) + 1


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=5))
def test_quoting_opens_no_way_back(cells: list[str]) -> None:
    """No comma, quotation mark or line break in a cell begins another cell or line that could be a formula."""
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerow(neutral(cell) for cell in cells)
    buffer.seek(0)
    (read,) = csv.reader(buffer)
    assert not any(may_be_formula(cell) for cell in read)
