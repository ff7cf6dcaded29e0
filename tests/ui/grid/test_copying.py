from __future__ import annotations

from ui.grid.copying import as_tsv


def test_cells_stay_cells() -> None:
    assert as_tsv([["Name", "Amount"], ["A\tB\r\nC  D", "1,200.00"]]) == "Name\tAmount\nA B C D\t1,200.00"
