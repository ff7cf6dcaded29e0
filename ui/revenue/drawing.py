"""A report as what charts draw. Numbers become floats here, for pixels only; every amount that is read stays exact words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from services.domain.money import ZERO, shown
from services.domain.payment import method_shown
from services.domain.period import Days
from services.revenue.course import Course
from services.revenue.figures import PeriodRow, RevenueReport, Span, Totals, growth
from services.revenue.forecasting.result import Forecast
from services.revenue.periods import Period, periods
from services.revenue.targets import Target
from ui.charts.series import Mix, Slot, Told, Trend, Values
from ui.revenue.attainment import target_over
from ui.revenue.words import COMPARES, about, growth_words, partial_words, period_title, span_words
from ui.theme import Tokens

#: How far ahead each grain looks, in days; only whole periods are shown.
_AHEAD: Final = {"daily": 14, "weekly": 35, "monthly": 100}
#: Each method has its own colour; those after the last share one.
_METHODS_COLOURED: Final = 5
_Ahead = tuple[Period, float, tuple[float, float], tuple[float, float]]


def trend(
    report: RevenueReport,
    forecast: Forecast | None = None,
    course: Course | None = None,
    targets: Sequence[Target] = (),
) -> Trend:
    """The periods, what they are compared with, their targets, and the forecast where the range reaches until today."""
    rows = report.periods
    ahead = _ahead(report, forecast)
    known = len(rows)
    running = bool(rows) and rows[-1].running
    blank: Values = (None,) * len(ahead)
    spans = [(row.span.first, row.span.last) for row in rows] + [(p.first, p.last) for p, *_ in ahead]
    whole = [*spans[: known - 1], (rows[-1].span.first, _natural_last(report)), *spans[known:]] if running else spans
    wanted = [target_over(targets, first, last) for first, last in whole]
    smoothed = [_smoothed(course, first, last) for first, last in spans[:known]]
    band80, band95 = _bands(report, forecast, ahead)
    return Trend(
        slots=(
            *(_slot(report, at, wanted[at], smoothed[at]) for at in range(known)),
            *(_slot_ahead(report, one) for one in ahead),
        ),
        grain=report.wanted.grain,
        unit=report.currency,
        revenue=tuple(float(row.totals.revenue) for row in rows) + blank,
        compared=_compared(report) + blank,
        smoothed=(*smoothed, *blank) if any(one is not None for one in smoothed) else (),
        target=tuple(None if one is None else float(one) for one in wanted) if any(wanted) else (),
        expected=_expected(report, forecast, ahead),
        band80=band80,
        band95=band95,
        changes=_changes(rows, course),
        now=known - 1 if running else None,
        note=forecast_note(forecast) if ahead else "",
    )


def mix(report: RevenueReport, tokens: Tokens) -> Mix:
    """Revenue by method in each period, the method with most of it on the ground."""
    names = method_order(report)
    slots = [
        Slot(
            row.span.first,
            period_title(row, report.wanted.grain, report.wanted.days.zone),
            (*_told_methods(report, methods, names, tokens), _told_total(report, methods)),
            partial_words(row, report.wanted.grain),
        )
        for row, methods in zip(report.periods, report.method_periods, strict=True)
    ]
    layers = [
        (
            method_shown(name),
            method_colour(tokens, at),
            tuple(float(methods.get(name, Totals()).revenue) for methods in report.method_periods),
        )
        for at, name in enumerate(names)
    ]
    return Mix(tuple(slots), report.wanted.grain, report.currency, tuple(layers))


def method_order(report: RevenueReport) -> list[str]:
    """The methods of the report, the one with the most revenue first."""
    sums: dict[str, Decimal] = {}
    for methods in report.method_periods:
        for name, totals in methods.items():
            sums[name] = sums.get(name, ZERO) + totals.revenue
    return sorted(sums, key=lambda name: (-sums[name], name))


def method_colour(tokens: Tokens, rank: int) -> str:
    """The colour of the method with this rank, from 0."""
    colours = (tokens.accent, tokens.info, tokens.refunded, tokens.pending, tokens.strong)
    return colours[min(rank, _METHODS_COLOURED - 1)]


def forecast_note(forecast: Forecast | None) -> str:
    """What stands beside the forecast: 'forecast, error ±6.1 % in back-test'."""
    if forecast is None or not forecast.days:
        return ""
    name = "last week repeated" if forecast.model == "seasonal_naive" else "forecast"
    error = forecast.error
    if error is None or error.wape != error.wape:
        return f"{name}, not back-tested yet"
    return f"{name}, error ±{error.wape:.1%} in back-test".replace("%", " %")


def _slot(report: RevenueReport, at: int, target: Decimal | None, smoothed: float | None) -> Slot:
    row, aligned, unit = report.periods[at], report.aligned[at], report.currency
    change = growth_words(growth(row.totals.revenue, aligned.revenue))
    told = [
        Told("Revenue", f"{unit} {shown(row.totals.revenue)}", "line"),
        Told(COMPARES[report.wanted.compare].capitalize(), f"{unit} {shown(aligned.revenue)}", "dashed"),
    ]
    if change:
        told.append(Told("Change", change, public=True))
    if row.totals.refunded:
        told.append(Told("Refunded of it", f"{unit} {shown(row.totals.refunded)}"))
    told.append(Told("Payments", f"{row.totals.taken_count:,}", public=True))
    if target is not None:
        told.append(Told("Target", f"{unit} {shown(target)}", "target"))
    if smoothed is not None:
        told.append(Told("Smoothed", f"{unit} {about(smoothed)}", "smooth"))
    grain = report.wanted.grain
    title = period_title(row, grain, report.wanted.days.zone)
    return Slot(row.span.first, title, tuple(told), partial_words(row, grain))


def _slot_ahead(report: RevenueReport, one: _Ahead) -> Slot:
    period, mean, (low, high), (low95, high95) = one
    first = period.first
    if report.wanted.grain == "daily":
        title = f"{first:%a} {first.day} {first:%b %Y}"
    else:
        title = f"{first:%B %Y}" if report.wanted.grain == "monthly" else span_words(Span(period.first, period.last))
    told = (
        Told("Forecast", f"{report.currency} {about(mean)}", "dashed"),
        Told("In 8 of 10", f"{about(low)} – {about(high)}", "band"),
        Told("In 19 of 20", f"{about(low95)} – {about(high95)}", "band"),
    )
    return Slot(first, f"{title}, forecast", told, ahead=True)


def _compared(report: RevenueReport) -> Values:
    """What stood at each period's place; not of the running one, of which it is a part, and not before there was anything."""
    began = next((at for at, one in enumerate(report.aligned) if one.taken_count or one.refunded_count), None)
    return tuple(
        None if row.running or began is None or at < began else float(one.revenue)
        for at, (row, one) in enumerate(zip(report.periods, report.aligned, strict=True))
    )


def _ahead(report: RevenueReport, forecast: Forecast | None) -> list[_Ahead]:
    """The whole periods after the range that were forecast; none where the range ended before yesterday."""
    if forecast is None or not forecast.days or not report.periods:
        return []
    days = report.wanted.days
    last = report.span.last
    if report.wanted.grain != "daily":
        last = _natural_last(report)
    known = {day.day: day for day in forecast.days}
    first = last + timedelta(days=1)
    if first not in known:
        return []
    end = min(forecast.days[-1].day, first + timedelta(days=_AHEAD[report.wanted.grain] - 1))
    found = periods(Days(first, end, days.zone), report.wanted.grain, report.wanted.week_start)
    sums = [(period, forecast.total(period.first, period.last)) for period in found if not period.cut]
    return [(period, sum_.mean, (sum_.low80, sum_.high80), (sum_.low95, sum_.high95)) for period, sum_ in sums]


def _natural_last(report: RevenueReport) -> date:
    days, wanted = report.span, report.wanted
    return periods(Days(days.last, days.last, wanted.days.zone), wanted.grain, wanted.week_start)[-1].whole_last


def _today(
    report: RevenueReport, forecast: Forecast | None
) -> tuple[float, tuple[float, float], tuple[float, float]] | None:
    """What was forecast for the day that runs, where days are shown."""
    running = report.periods and report.periods[-1].running and report.wanted.grain == "daily"
    found = next((d for d in forecast.days if d.day == report.span.last), None) if forecast and running else None
    return None if found is None else (found.mean, (found.low80, found.high80), (found.low95, found.high95))


def _expected(report: RevenueReport, forecast: Forecast | None, ahead: Sequence[_Ahead]) -> Values:
    """The dashed line: it sets out from the last whole period."""
    if not ahead:
        return ()
    today = _today(report, forecast)
    line: list[float | None] = [None] * len(report.periods)
    if today is not None:
        line[-1] = today[0]
    start = len(line) - 2 if line[-1] is not None else len(line) - 1
    if start >= 0 and not report.periods[start].running:
        line[start] = float(report.periods[start].totals.revenue)
    return (*line, *(mean for _, mean, _, _ in ahead))


def _bands(
    report: RevenueReport, forecast: Forecast | None, ahead: Sequence[_Ahead]
) -> tuple[tuple[Values, Values], tuple[Values, Values]]:
    if not ahead:
        return ((), ()), ((), ())
    today = _today(report, forecast)
    blank: Values = (None,) * (len(report.periods) - (today is not None))
    each80 = [*([today[1]] if today else []), *(band for _, _, band, _ in ahead)]
    each95 = [*([today[2]] if today else []), *(band for _, _, _, band in ahead)]
    return _edges(blank, each80), _edges(blank, each95)


def _edges(blank: Values, bands: Sequence[tuple[float, float]]) -> tuple[Values, Values]:
    return (*blank, *(low for low, _ in bands)), (*blank, *(high for _, high in bands))


def _smoothed(course: Course | None, first: date, last: date) -> float | None:
    """The smoothed line summed over a period; None where it does not reach."""
    if course is None or not course.smoothed:
        return None
    days = [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]
    values = [course.smoothed.get(day) for day in days]
    return None if None in values else sum(value for value in values if value is not None)


def _changes(rows: Sequence[PeriodRow], course: Course | None) -> tuple[tuple[int, str], ...]:
    found = []
    for change in course.changes if course is not None else ():
        words = growth_words(round(Decimal(change.ratio) - 1, 4))
        place = next((at for at, row in enumerate(rows) if row.span.first <= change.day <= row.span.last), None)
        if place is not None:
            found.append((place, words))
    return tuple(found)


def _told_methods(
    report: RevenueReport, methods: dict[str, Totals], names: Sequence[str], tokens: Tokens
) -> list[Told]:
    return [
        Told(method_shown(name), f"{report.currency} {shown(methods[name].revenue)}", colour=method_colour(tokens, at))
        for at, name in enumerate(names)
        if name in methods
    ]


def _told_total(report: RevenueReport, methods: dict[str, Totals]) -> Told:
    return Told("Together", f"{report.currency} {shown(sum((t.revenue for t in methods.values()), ZERO))}")
