"""A payments page's place in the window's history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from services.domain.period import preset
from services.payments.filters import PaymentFilter
from services.payments.row import NEWEST_FIRST, Sort
from ui.history import Place


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; `preset` names days that move on ('' for fixed ones)."""

    wanted: PaymentFilter
    preset: str = ""
    sort: Sort = NEWEST_FIRST

    def wanted_at(self, now: datetime) -> PaymentFilter:
        """The filter at another moment: days that move on are reckoned anew."""
        if not self.preset:
            return self.wanted
        return replace(self.wanted, days=preset(self.preset, self.wanted.days.zone, now))


def only_typed(before: Place, after: Place) -> bool:
    """Whether nothing changed but a search that was already being written."""
    first, second = before.state, after.state
    if before.page != after.page or not isinstance(first, Shown) or not isinstance(second, Shown):
        return False
    same = replace(first, wanted=replace(first.wanted, search=second.wanted.search)) == second
    return same and bool(first.wanted.search.strip()) and bool(second.wanted.search.strip())
