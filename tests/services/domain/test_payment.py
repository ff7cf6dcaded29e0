from __future__ import annotations

import pytest

from services.domain.payment import method_shown, result_in_words, status_shown


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1032", "cancelled by the customer"),
        (" 1037 ", "phone unreachable or no answer"),
        ("77", "code 77"),
        (None, ""),
        ("", ""),
    ],
)
def test_result_codes(code: str | None, words: str) -> None:
    assert result_in_words(code) == words


def test_unknown_statuses_and_methods_keep_their_word() -> None:
    assert [status_shown(s) for s in ("completed", "partially_refunded", "on_hold", "")] == [
        "Completed",
        "Part refunded",
        "On hold",
        "—",
    ]
    assert [method_shown(m) for m in ("mpesa", "airtel_money", "barter")] == ["M-Pesa", "Airtel Money", "Barter"]
