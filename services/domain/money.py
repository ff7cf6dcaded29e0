"""Amounts: `Decimal` with two decimals, in a fleet's currency; never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MINUS = "\u2212"
# NUMERIC(14,2) is what the tables hold.
LARGEST = Decimal("999999999999.99")


def amount(value: str | int | Decimal) -> Decimal:
    """An exact amount with two decimals; ValueError when `value` has more, is not finite or does not fit NUMERIC(14,2)."""
    try:
        exact = Decimal(value)
        rounded = exact.quantize(CENT)
    except (InvalidOperation, ValueError) as error:
        raise ValueError(f"not an amount: {value!r}") from error
    if rounded != exact:
        raise ValueError(f"an amount has at most two decimals: {value!r}")
    if abs(rounded) > LARGEST:
        raise ValueError(f"an amount of this size cannot be kept: {value!r}")
    return rounded


def parse(written: str) -> Decimal | None:
    """An amount as people and statements write it ('1,234.50', '-120.0', ' '); None when blank, ValueError otherwise."""
    cleaned = written.strip().replace("\u00a0", "").replace(",", "").replace(MINUS, "-").replace(" ", "")
    return amount(cleaned) if cleaned else None


def shown(value: Decimal, *, decimals: int = 2) -> str:
    """The amount as people read it: '1,234,567.50', with a true minus sign."""
    rounded = value.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return f"{rounded:,.{decimals}f}".replace("-", MINUS)


def stated(value: Decimal) -> str:
    """The amount as programs read it: '1234567.50'."""
    return f"{value:.2f}"


def cents(value: Decimal) -> int:
    """The amount in cents."""
    return int(value.scaleb(2).to_integral_value())
