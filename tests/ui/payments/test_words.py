"""Figures and filters in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.domain.payment import NOBODY
from services.domain.period import Days
from services.payments.filters import PaymentFilter
from services.payments.row import Position
from services.payments.summary import Cell, Figures, Summary
from tests.ui.payments.fake import DRIVER, FLEET, KDA, NAKURU, NAMES, NOW, THIKA, TODAY
from ui.payments.filter_words import amounts_in_words, counted_line, counts_in_words, filter_in_words
from ui.payments.words import SUCCESS_RATE, age, change, tile_texts
from ui.rates import failures_in_words, rate_in_words
from ui.widgets.amounts import rounded

EVERYTHING = PaymentFilter(FLEET.id, TODAY)


def summary(cells: dict[Cell, Figures], **values: object) -> Summary:
    made = Summary(Position(1, 1), cells, "KES", {}, None, NOW, None)
    return replace(made, **values)  # type: ignore[arg-type]  # a test's values are what it says


def figures(count: int, amount: str = "0.00", refunded: str = "0.00") -> Figures:
    return Figures(count, Decimal(amount), Decimal(refunded))


@pytest.mark.parametrize(
    ("now", "before", "words"),
    [
        ("106.20", "100.00", "▲ 6.2 %"),
        ("97.00", "100.00", "▼ 3.0 %"),
        ("100.01", "100.00", "± 0.0 %"),
        ("100.00", "0.00", ""),
        ("1100.00", "100.00", "▲ 1,000 %"),
        ("1340.00", "100.00", ""),
        ("0.00", "100.00", "▼ 100 %"),
    ],
)
def test_change(now: str, before: str, words: str) -> None:
    assert change(Decimal(now), Decimal(before)) == words


@pytest.mark.parametrize(
    ("rate", "words"), [(None, "–"), (1.0, "100.0 %"), (0.9999, "99.9 %"), (0.9711, "97.1 %"), (0.0, "0.0 %")]
)
def test_a_rate_is_100_only_when_nothing_failed(rate: float | None, words: str) -> None:
    assert rate_in_words(rate) == words


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=35), "35 s"),
        (timedelta(seconds=-5), "0 s"),
        (timedelta(minutes=4, seconds=59), "4 min"),
        (timedelta(hours=2, minutes=5), "2 h 05 min"),
        (timedelta(hours=25), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_age(ago: timedelta, words: str) -> None:
    assert age(NOW - ago, NOW) == words


def test_the_commonest_reasons_come_first() -> None:
    assert failures_in_words({"1037": 12, "1032": 41, "17": 3, "": 2}) == "41 cancelled, 12 no answer, 5 other"
    assert failures_in_words({"": 1}) == "1 no reason given"
    assert failures_in_words({"17": 1, "1": 0}) == "1 same amount from the same customer within two minutes"
    assert failures_in_words({}) == ""


def test_unknown_figures_are_not_zero() -> None:
    texts = tile_texts(None, EVERYTHING, NOW)
    assert list(texts) == ["completed", "pending", "failed", "refunded", SUCCESS_RATE]
    assert {text.figure for text in texts.values()} == {""}


def test_no_payments_are_zero_and_no_rate() -> None:
    texts = tile_texts(summary({}), EVERYTHING, NOW)
    assert (texts["completed"].figure, texts["completed"].first) == ("0.00", "0 payments")
    assert texts["refunded"].second == ""
    assert (texts[SUCCESS_RATE].figure, texts[SUCCESS_RATE].first) == ("–", "")


def test_yesterday_is_compared_only_with_today() -> None:
    known = summary({(7, "completed", ""): figures(2, "200.00")}, yesterday={"completed": figures(1, "160.00")})
    completed = tile_texts(known, EVERYTHING, NOW)["completed"]
    assert (completed.changed, completed.first) == ("▲ 25.0 %", "2 payments · ▲ 100 %")
    assert completed.second == "against yesterday until 14:05"
    assert completed.tip == "200.00\namount ▲ 25.0 %, payments ▲ 100 %, against yesterday until 14:05"
    assert completed.short == ("2 payments", "▲ 100 % on yesterday")
    week = replace(EVERYTHING, days=Days(TODAY.first - timedelta(days=6), TODAY.last))
    for narrowed, now in (
        (week, NOW),
        (EVERYTHING, NOW + timedelta(days=1)),
        (replace(EVERYTHING, basis="taken"), NOW),
    ):
        text = tile_texts(known, narrowed, now)["completed"]
        assert (text.changed, text.first, text.second, text.tip) == ("", "2 payments", "", "200.00")


def test_failed_and_refunded_compare_and_keep_their_own_line_and_pending_never_compares() -> None:
    cells: dict[Cell, Figures] = {
        (7, "failed", "1032"): figures(2, "90.00"),
        (7, "pending", ""): figures(1, "50.00"),
        (8, "refunded", ""): figures(1, "50.00", "2500.00"),
    }
    before = {name: figures(4, "100.00") for name in ("failed", "pending", "refunded")}
    texts = tile_texts(summary(cells, yesterday=before), EVERYTHING, NOW)
    failed, refunded, pending = (texts[name] for name in ("failed", "refunded", "pending"))
    assert (failed.first, failed.changed, failed.second) == ("2 payments · ▼ 50.0 %", "▼ 10.0 %", "2 cancelled")
    assert (refunded.first, refunded.second) == ("1 payment · ▼ 75.0 %", "2,500.00 given back")
    assert refunded.short == ("1 payment", "≈ 2.5 k back")
    assert (pending.first, pending.changed) == ("1 payment", "")


def test_a_yesterday_with_nothing_to_divide_by_is_no_comparison() -> None:
    known = summary({(7, "failed", ""): figures(1, "90.00")}, yesterday={"failed": figures(0, "0.00")})
    text = tile_texts(known, EVERYTHING, NOW)["failed"]
    assert (text.first, text.changed) == ("1 payment", "")
    far = summary({(7, "completed", ""): figures(3257, "900000.00")}, yesterday={"completed": figures(37, "9000.00")})
    text = tile_texts(far, EVERYTHING, NOW)["completed"]
    assert (text.first, text.second, text.changed) == ("3,257 payments · 37 yesterday", "until 14:05", "")
    assert (text.short, text.tip) == (("3,257 payments", "37 yesterday"), "900,000.00\n37 yesterday until 14:05")
    free = summary({(7, "failed", ""): figures(1, "90.00")}, yesterday={"failed": figures(2, "0.00")})
    text = tile_texts(free, EVERYTHING, NOW)["failed"]
    assert (text.first, text.changed) == ("1 payment · ▼ 50.0 %", "")


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("150.00", "150.00"),
        ("-2500.00", "≈ −2.5 k"),
        ("12345678.00", "≈ 12.3 M"),
        ("945000000000.00", "≈ 945 bn"),
        ("21825000000000.00", "≈ 21.8 tn"),
    ],
)
def test_an_amount_rounded(amount: str, words: str) -> None:
    assert rounded(Decimal(amount)) == words


def test_an_hour_has_its_own_figures_and_no_comparison() -> None:
    cells: dict[Cell, Figures] = {
        (7, "completed", ""): figures(2, "200.00"),
        (8, "completed", ""): figures(1, "50.00"),
        (8, "pending", ""): figures(1, "50.00"),
    }
    known = summary(cells, yesterday={"completed": figures(1, "100.00")}, oldest_pending=NOW)
    texts = tile_texts(known, replace(EVERYTHING, hour=8), NOW)
    assert (texts["completed"].figure, texts["completed"].second) == ("50.00", "")
    assert texts["pending"].second == ""


def test_a_falling_success_rate() -> None:
    known = summary(
        {(7, "completed", ""): figures(9), (7, "failed", ""): figures(1)}, yesterday={"completed": figures(3)}
    )
    text = tile_texts(known, EVERYTHING, NOW)[SUCCESS_RATE]
    assert (text.figure, text.first, text.second) == ("90.0 %", "9 of 10 paid", "▼ 10.0 points on yesterday")


@pytest.mark.parametrize(
    "narrowed", [replace(EVERYTHING, reasons=frozenset({"1032"})), replace(EVERYTHING, basis="taken")]
)
def test_what_holds_only_failures_or_none_has_no_success_rate(narrowed: PaymentFilter) -> None:
    known = summary({(7, "completed", ""): figures(9), (7, "failed", "1032"): figures(1)})
    assert tile_texts(known, narrowed, NOW)[SUCCESS_RATE].figure == "–"


def test_a_filter_in_words() -> None:
    assert filter_in_words(EVERYTHING, NAMES) == ""
    narrowed = replace(
        EVERYTHING,
        statuses=frozenset({"failed", "completed", "other"}),
        routes=frozenset({THIKA, NAKURU}),
        vehicles=frozenset({KDA, FLEET.id}),
        drivers=frozenset({DRIVER}),
        methods=frozenset({"mpesa", "cash"}),
        tills=frozenset({"9990001", "9990002", ""}),
        least=Decimal("100.00"),
        most=Decimal("1500.00"),
        hour=7,
        weekdays=frozenset({7, 2}),
        reasons=frozenset({"1032", "99", ""}),
        search=" alice ",
        basis="refunded",
    )
    names = replace(NAMES, tills={"9990001": "Paybill 9990001"})
    assert filter_in_words(narrowed, names) == (
        "by day of refund · Completed, Failed, Other · Nairobi – Nakuru, Nairobi – Thika · KDA 123A, a vehicle"
        " · Baraka Mfano · Cash, M-Pesa · 9990002, No till, Paybill 9990001 · 100.00 – 1,500.00"
        " · Reason: No reason given, 1032 cancelled by the customer, code 99 · Tuesdays, Sundays · 07:00–07:59 · “alice”"
    )


def test_payments_without_a_route_vehicle_or_driver_have_words() -> None:
    nobody = frozenset({NOBODY})
    narrowed = replace(EVERYTHING, routes=nobody | {THIKA}, vehicles=nobody, drivers=nobody)
    assert filter_in_words(narrowed, NAMES) == "Nairobi – Thika, No route · No vehicle · No driver"


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (None, None, ""),
        ("100", None, "at least 100.00"),
        (None, "1500", "at most 1,500.00"),
        ("600", "600.00", "exactly 600.00"),
        ("-5", "0", "−5.00 – 0.00"),
    ],
)
def test_amounts_in_words(least: str | None, most: str | None, words: str) -> None:
    bounds = [None if bound is None else Decimal(bound) for bound in (least, most)]
    assert amounts_in_words(*bounds) == words


@pytest.mark.parametrize(
    ("rows", "of", "words"),
    [(1204, 18332, "1,204 of 18,332"), (None, 18332, "… of 18,332"), (1204, None, "1,204"), (None, None, "")],
)
def test_counts_in_words(rows: int | None, of: int | None, words: str) -> None:
    assert counts_in_words(rows, of) == words


def test_the_line_of_the_status_bar() -> None:
    assert counted_line(1284, EVERYTHING, NOW) == "1,284 payments today"
    assert counted_line(1, replace(EVERYTHING, hour=3), NOW) == "1 payment today, filtered"
    assert counted_line(0, EVERYTHING, NOW + timedelta(days=1)) == "0 payments yesterday"
    assert counted_line(2, EVERYTHING, NOW + timedelta(days=2)) == "2 payments on 26 Nov 2026"


@pytest.mark.parametrize(
    ("typed", "words"),
    [("alice\twan\njiru ", "“alice wan jiru”"), ("abc\u202edef\u2066\x07", "“abcdef”"), ("\u202e", "")],
)
def test_what_was_pasted_stands_safely_in_a_sentence(typed: str, words: str) -> None:
    assert filter_in_words(replace(EVERYTHING, search=typed), NAMES) == words
