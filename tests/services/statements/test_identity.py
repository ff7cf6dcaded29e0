from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from services.statements.identity import LineKey, identify
from services.statements.line import StatementLine
from tests.services.statements.ledger import line

LINES = st.lists(
    st.builds(
        line,
        receipt=st.sampled_from(["UIPAAA0001", "UIPAAA0002"]),
        clock=st.sampled_from(["08:00:00", "09:00:00", "10:00:00"]),
        amount=st.sampled_from(["100.00", "-100.00", "50.00"]),
        details=st.sampled_from(["Pay Bill from x", "Pay Bill Charge"]),
    ),
    max_size=12,
)


def test_a_receipt_is_shared_by_a_payment_and_its_charge() -> None:
    keys = identify([line(amount="-5.00", details="Pay Bill Charge"), line(amount="100.00")])
    assert keys == [LineKey("UIPAAA0001", "charge:out", 1), LineKey("UIPAAA0001", "payment:in", 1)]


def test_both_legs_of_a_sweep_are_lines_of_their_own() -> None:
    sweep = "Organization Settlement Account to Organization MMF Account"
    keys = identify([line(amount="100.00", details=sweep), line(amount="-100.00", details=sweep)])
    assert [key.leg for key in keys] == ["sweep:in", "sweep:out"]


def test_equal_lines_are_counted() -> None:
    assert [key.occurrence for key in identify([line(), line(), line(clock="09:00:00"), line(amount="1.00")])] == [
        1,
        2,
        1,
        1,
    ]


def known(lines: list[StatementLine]) -> list[tuple[object, ...]]:
    return sorted((key, entry.completed_at, entry.amount) for key, entry in zip(identify(lines), lines, strict=True))


@given(LINES)
def test_a_file_that_runs_the_other_way_has_the_same_keys(lines: list[StatementLine]) -> None:
    assert known(lines) == known(lines[::-1])


@given(LINES, st.sampled_from(["08:00:00", "09:00:00", "10:00:00"]))
def test_overlapping_files_agree(lines: list[StatementLine], until: str) -> None:
    def early(found: list[tuple[object, ...]]) -> list[tuple[object, ...]]:
        return [entry for entry in found if f"{entry[1]:%H:%M:%S}" <= until]

    part = [entry for entry in lines if f"{entry.completed_at:%H:%M:%S}" <= until]
    assert known(part) == early(known(lines))
