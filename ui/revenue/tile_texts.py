"""What the tiles above the charts say."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from services.domain.money import shown
from services.revenue.figures import Rates, RevenueReport, growth
from services.revenue.forecasting.result import Forecast
from services.revenue.targets import Attainment
from ui.rates import failures_in_words, rate_in_words
from ui.revenue.tiles import TileText
from ui.revenue.words import (
    about,
    average_growth,
    before_words,
    counted,
    growth_spoken,
    growth_words,
    share_words,
    until_words,
    weekday_before,
)

REVENUE: Final = "revenue"
TODAY: Final = "today"
AVERAGE: Final = "average"
SUCCESS: Final = "success"
TOMORROW: Final = "tomorrow"
TARGET: Final = "target"
ATTAINED: Final = "Revenue of the finished days that had a target, of these targets"
_NO_BEFORE: Final = "nothing before"


def revenue_tile(report: RevenueReport) -> TileText:
    """Revenue of the range, against what it is compared with."""
    days = (report.span.last - report.span.first).days + 1
    moved = growth(report.total.revenue, report.before.revenue)
    on = before_words(report.wanted.compare, report.span, report.before_span)
    until = until_words(report.before_span, report.wanted.days.zone)
    tip = (
        f"Taken {shown(report.total.taken)} − refunded {shown(report.total.refunded)}\n"
        f"Before: {shown(report.before.revenue)} ({growth_spoken(moved)} {on} {until})".rstrip()
    )
    return TileText(
        title=f"Revenue, {counted(days, 'day', 'days')}",
        figure=shown(report.total.revenue),
        first=growth_words(moved) or _NO_BEFORE,
        second=on if moved is not None else "",
        tip=tip,
        moved=moved,
    )


def today_tile(today: RevenueReport | None) -> TileText:
    """Today until now against the same weekday a week ago until the same time."""
    if today is None:
        return TileText(title="Today")
    zone = today.wanted.days.zone
    moved = growth(today.total.revenue, today.before.revenue)
    return TileText(
        title=f"Today {until_words(today.span, zone)}",
        figure=shown(today.total.revenue),
        first=growth_words(moved) or _NO_BEFORE,
        second=weekday_before(today.before_span, zone) if moved is not None else "",
        tip=f"{counted(today.total.taken_count)}; then {shown(today.before.revenue)}",
        moved=moved,
    )


def average_tile(report: RevenueReport) -> TileText:
    """What a payment brought on average."""
    moved = average_growth(report.total.average, report.before.average)
    average = report.total.average
    return TileText(
        title="Average fare",
        figure="" if average is None else shown(average),
        first=growth_words(moved) or _NO_BEFORE,
        second=counted(report.total.taken_count),
        tip="Taken ÷ number of payments taken",
        moved=moved,
    )


def success_tile(rates: Rates, before: Rates) -> TileText:
    """How many payments succeeded, and why the others did not."""
    first = counted(rates.succeeded + rates.failed)
    if rates.success is not None and before.success is not None:
        points = round((rates.success - before.success) * 100, 1)
        arrow = "▲" if points > 0 else "▼" if points < 0 else "±"
        first = f"{arrow} {abs(points):.1f} points"
    return TileText(
        title="Success rate",
        figure=rate_in_words(rates.success),
        first=first,
        second=failures_in_words(rates.reasons, 1).partition(", ")[0] or "none failed",
        tip=f"Payments that brought money, of these and the failed ones\n{failures_in_words(rates.reasons, 8)}".strip(),
    )


def tomorrow_tile(today: RevenueReport, forecast: Forecast | None, why: str = "") -> TileText:
    """The forecast of the day after today's report, and its 80 % band in words; `why` there is none."""
    tomorrow = today.wanted.days.last + timedelta(days=1)
    found = next((day for day in forecast.days if day.day == tomorrow), None) if forecast else None
    if found is None or forecast is None:
        words = why or (forecast.words if forecast is not None else "No forecast is made yet.")
        return TileText(title="Tomorrow, forecast", first=words, tip=words)
    error = forecast.error
    missed = f" · ±{error.wape:.1%}".replace("%", " %") if error is not None and error.wape == error.wape else ""
    return TileText(
        title="Tomorrow, forecast",
        figure=about(found.mean),
        first=f"{about(found.low80)} – {about(found.high80)}",
        second=f"in 8 of 10 days{missed}",
        tip=f"{forecast.words}\nIn 19 of 20 days {about(found.low95)} – {about(found.high95)}",
    )


def target_tile(attained: Attainment | None) -> TileText | None:
    """How far the targets of the finished days were attained; None without one."""
    if attained is None:
        return None
    return TileText(
        title="Of target",
        figure=share_words(attained.ratio),
        first=shown(attained.revenue),
        second=f"of {shown(attained.target)}",
        tip=f"{ATTAINED}\n{shown(attained.revenue)} of {shown(attained.target)}",
    )
