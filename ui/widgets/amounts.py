"""Amounts where there is little room."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from PySide6.QtGui import QFontMetrics

from services.domain.money import MINUS, shown

_SIZES: Final = ((10**12, "tn"), (10**9, "bn"), (10**6, "M"), (10**3, "k"))


def fitting(figure: str, room: int, metrics: QFontMetrics) -> str:
    """The figure, its whole shillings, or '≈ 123.5 bn', whatever there is room for: what is left of a cut figure reads as another."""
    whole, point, _ = figure.rpartition(".")
    if not point or metrics.horizontalAdvance(figure) <= room or "%" in figure:
        return figure
    return (
        whole
        if metrics.horizontalAdvance(whole) <= room
        else rounded(Decimal(figure.replace(",", "").replace(MINUS, "-")))
    )


def rounded(amount: Decimal) -> str:
    """An amount where there is no room for all of it: '≈ 12.3 M', '≈ 945 bn'; '150.00' stays as it is."""
    for size, unit in _SIZES:
        if abs(amount) >= size:
            return f"≈ {shown(amount / size, decimals=1 if abs(amount) < 100 * size else 0)} {unit}"
    return shown(amount)
