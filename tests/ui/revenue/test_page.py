"""The page as a person uses it: what it says, what opens, what is asked, and how it behaves when things go wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from services.domain.errors import DatabaseUnreachable
from services.domain.money import shown
from services.domain.payment import FAILED, NOBODY, TAKEN
from services.domain.period import Days
from services.feed.event import PaymentEvent
from services.revenue.targets import Target
from tests.ui.revenue.conftest import Open, Opened
from tests.ui.revenue.fake import (
    FLEET,
    OTHER_FLEET,
    ROUTES,
    TODAY,
    FakeOutlook,
    FakeRevenue,
    course,
    forecast,
    takings,
    vehicle_days,
)
from ui.revenue.live import PAUSE_MS
from ui.revenue.table import FiguresTable
from ui.revenue.tile_texts import AVERAGE, REVENUE, SUCCESS, TARGET, TOMORROW
from ui.revenue.tile_texts import TODAY as TODAY_TILE

Key = Qt.Key
NAKURU = UUID(int=100)
AWAY = DatabaseUnreachable("The database does not answer. It is tried again.")


def lines(opened: Opened, name: str) -> tuple[str, str, str]:
    tile = opened.page.board.tiles.tile(name)
    return tile.figure, *tile.details


def click_cell(table: FiguresTable, row: int, key: str) -> None:  # type: ignore[type-arg]
    column = [one.key for one in table.model.columns].index(key)
    at = table.grid.visualRect(table.model.index(row, column)).center()
    QTest.mouseClick(table.grid.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)


def event() -> PaymentEvent:
    return PaymentEvent.__new__(PaymentEvent)


def test_the_figures_are_exact_and_say_what_they_are_compared_with(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast(), course_kept=course()))
    report = opened.report
    assert lines(opened, REVENUE)[0] == shown(report.total.revenue)
    assert opened.page.board.tiles.tile(REVENUE).accessibleName().startswith("Revenue, 42 days KES ")
    assert lines(opened, REVENUE)[2] == "on the 42 days before"
    todays = opened.page.live.figures.today  # type: ignore[union-attr]
    assert lines(opened, TODAY_TILE)[0] == shown(todays.total.revenue)
    assert lines(opened, TODAY_TILE)[2] == "on last Sunday until 14:05"
    assert lines(opened, AVERAGE)[0] == shown(report.total.average or Decimal(0))
    assert lines(opened, TOMORROW) == ("294,000", "279,000 – 310,000", "in 8 of 10 days · ±6.1 %")
    assert lines(opened, SUCCESS)[0] == "97.1 %"
    assert not opened.page.board.tiles.tile(TARGET).isVisible()
    assert opened.page.board.pay.words.startswith("Saturdays up 12 %")
    assert opened.summaries == [f"{report.total.taken_count:,} payments taken in these days"]


def test_tiles_lead_to_their_payments(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    tiles = opened.page.board.tiles
    for name in (REVENUE, TODAY_TILE, SUCCESS):
        tiles.tile(name).click()
    whole, today, ended = opened.opened
    assert (whole.basis, whole.days) == ("taken", Days(TODAY - timedelta(days=41), TODAY))
    assert (today.basis, today.days) == ("taken", Days(TODAY, TODAY))
    assert (ended.basis, ended.statuses) == ("created", TAKEN | {FAILED})
    tiles.tile(TOMORROW).click()
    trend = opened.page.board.charts.trend
    assert trend.place is not None and trend.slots[trend.place].ahead
    assert len(opened.opened) == 3


def test_a_point_of_the_chart_opens_its_day_also_by_keyboard(open_page: Open) -> None:
    opened = open_page()
    trend = opened.page.board.charts.trend
    trend.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(trend, Key.Key_Home)
    QTest.keyClick(trend, Key.Key_Return)
    assert opened.opened[0].days == Days(TODAY - timedelta(days=41), TODAY - timedelta(days=41))


def test_an_hour_opens_its_payments(open_page: Open) -> None:
    opened = open_page()
    opened.page.board.charts.show_view("hours")
    opened.page.board.charts.heat.picked.emit(4, 7)
    found = opened.opened[0]
    assert found.weekdays == frozenset({5})
    assert (found.hour, len(found.days), found.basis) == (7, 42, "taken")


def test_views_of_the_chart_are_chosen_and_explained(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast(), course_kept=course()))
    charts = opened.page.board.charts
    assert charts.legend.words[:2] == ["Revenue", "Previous period, same elapsed part"]
    assert charts.legend.words[2:] == ["Smoothed", "80 / 95 %"]
    charts.views._buttons["methods"].click()
    assert charts.methods.isVisible() and charts.legend.words[0] == "M-Pesa"
    charts.methods.picked.emit(0)
    assert opened.opened[0].days.first == TODAY - timedelta(days=41)
    charts.views._buttons["hours"].click()
    assert charts.heat.isVisible() and not charts.methods.isVisible()
    opened.theme.set_mode("dark")
    assert charts.heat._tokens == opened.theme.tokens


def test_a_breakdown_shares_ranks_and_opens(open_page: Open) -> None:
    opened = open_page()
    table, parts = opened.page.board.breakdown.parts["route"], opened.report.parts["route"]
    assert [row.label for row in table.rows] == [part.label for part in parts]
    assert "No route" in [row.label for row in table.rows]
    assert table.model.text(0, 1) == shown(parts[0].totals.revenue)
    click_cell(table, 0, "label")
    assert opened.opened == []
    click_cell(table, 0, "revenue")
    assert opened.opened[0].routes == {UUID(parts[0].key)}
    none = next(at for at, row in enumerate(table.rows) if row.label == "No route")
    table.grid.selectRow(none)
    QTest.keyClick(table.grid, Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert opened.opened[1].routes == {NOBODY}
    opened.page.board.pay.rows[1].click()
    assert opened.opened[2].methods == {opened.report.parts["method"][1].key}


def test_enter_narrows_the_page_and_goes_on_to_the_vehicles(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    table = opened.page.board.breakdown.parts["route"]
    table.grid.selectRow(0)
    QTest.keyClick(table.grid, Key.Key_Return)
    opened.settle()
    assert opened.revenue.asked[-2].routes == {NAKURU}
    assert opened.page.bar.route.shown == ROUTES[NAKURU]
    assert opened.page.board.breakdown.tab == "vehicle"
    assert opened.outlook.asked[-1] == ("route", NAKURU)
    whole = opened.revenue.report(replace(opened.report.wanted, routes=frozenset()), opened.clock.now)
    assert opened.report.total.revenue < whole.total.revenue
    opened.page._narrow("method", "cash")
    opened.settle()
    assert lines(opened, TOMORROW)[1] == "Forecasts are made for the fleet, one route or one vehicle."
    opened.page.clear_filters()
    opened.settle()
    assert not opened.report.wanted.narrowed


def test_the_rest_opens_and_closes_and_stays_at_the_end(open_page: Open) -> None:
    opened = open_page()
    breakdown = opened.page.board.breakdown
    breakdown.show_tab("vehicle")
    table = breakdown.parts["vehicle"]
    rest = table.rows[-1]
    assert (len(table.rows), rest.label, rest.members) == (9, "Rest (6)", 6)
    whole = sum(row.part.totals.revenue for row in table.rows)
    assert whole == opened.report.total.revenue
    table.activated.emit(rest)
    assert (len(table.rows), table.rows[-1].label) == (15, "Show the first 8 only")
    table.grid.sort_wanted.emit("label", False)
    labels = [row.label for row in table.rows]
    assert labels[:-1] == sorted(labels[:-1]) and labels[-1] == "Show the first 8 only"
    table.opened.emit(table.rows[-1])
    assert len(table.rows) == 9


def test_periods_are_listed_latest_first_with_their_marks(open_page: Open) -> None:
    opened = open_page()
    opened.page.bar.grain._buttons["weekly"].click()
    opened.settle()
    opened.page.board.breakdown.show_tab("periods")
    table = opened.page.board.breakdown.periods
    assert table.model.text(0, 0) == "16 – 22 Nov 2026, until 14:05"
    assert table.model.text(0, 1) == "so far"
    assert table.model.text(1, 4) == shown(opened.report.periods[-2].totals.revenue)
    table.grid.sort_wanted.emit("growth", True)
    growths = [line.row.growth for line in table.rows if line.row.growth is not None]
    assert growths == sorted(growths, reverse=True)
    table.grid.sort_wanted.emit("period", True)
    click_cell(table, 1, "revenue")
    assert opened.opened[0].days == Days(date(2026, 11, 9), date(2026, 11, 15))


def test_vehicle_days_step_back_and_open(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(vehicles=vehicle_days()))
    breakdown = opened.page.board.breakdown
    assert opened.outlook.days_asked == []
    breakdown.tabs._buttons["vehicle_days"].click()
    opened.settle()
    table = breakdown.vehicle_days
    cells = [table.model.text(0, at) for at in range(6)]
    assert cells == ["KDA 123A", "Nairobi – Nakuru", "18,000.00", "0.00", "−18,000.00", "0.0 %"]
    assert table.model.text(len(table.rows) - 1, 2) == "—"
    assert not breakdown.later.isEnabled()
    breakdown.earlier.click()
    opened.settle()
    assert opened.outlook.days_asked == [TODAY, TODAY - timedelta(days=1)] and breakdown.later.isEnabled()
    click_cell(table, 1, "taken")
    assert opened.opened[0].days.first == TODAY - timedelta(days=1)
    assert opened.opened[0].vehicles == {table.rows[1].vehicle_id}
    opened.outlook.fault = AWAY
    breakdown.later.click()
    opened.settle()
    assert (table.rows, table.notice.sentence) == ([], "The vehicles' day could not be read")


def test_outcomes_and_their_reasons(open_page: Open) -> None:
    opened = open_page()
    opened.page.board.breakdown.show_tab("success")
    table = opened.page.board.breakdown.success
    assert [row.label for row in table.rows][:3] == ["Succeeded", "Failed", "Cancelled by the customer"]
    for row in (0, 1, 2):
        table.activated.emit(table.rows[row])
    assert [(one.statuses, one.reasons) for one in opened.opened] == [
        (TAKEN, frozenset()),
        ({FAILED}, frozenset()),
        ({FAILED}, {"1032"}),
    ]
    assert {one.basis for one in opened.opened} == {"created"}


def test_shown_cells_are_copied(open_page: Open) -> None:
    opened = open_page()
    table = opened.page.board.breakdown.parts["route"]
    table.grid.selectRow(0)
    QTest.keyClick(table.grid, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\t")[0] == "Nairobi – Nakuru"


def test_grain_days_and_comparison_are_asked_for(open_page: Open) -> None:
    opened = open_page()
    opened.page.bar.grain._buttons["monthly"].click()
    opened.page.bar.compare.popup.picked.emit("year")
    opened.page.bar.days._pick_preset("this_year")
    opened.settle()
    asked = opened.report.wanted
    assert (asked.grain, asked.compare, asked.days.first) == ("monthly", "year", date(2026, 1, 1))
    assert opened.page.bar.compare.accessibleName() == "Compare: a year earlier, same elapsed part"
    before = len(opened.revenue.asked)
    opened.page.bar.compare.popup.picked.emit("year")
    opened.page.bar.compare.click()
    assert opened.page.bar.compare.popup.list.count() == 4
    opened.page.bar.compare.popup.hide()
    assert len(opened.revenue.asked) == before


def test_payments_are_followed_no_more_often_than_every_two_seconds(open_page: Open) -> None:
    opened = open_page()
    before = len(opened.revenue.asked)
    for _ in range(5):
        opened.page.apply_events([event()])
    opened.page.apply_events([])
    assert len(opened.revenue.asked) == before
    opened.qtbot.waitUntil(lambda: len(opened.revenue.asked) == before + 2, timeout=PAUSE_MS * 3)
    opened.settle()


def test_out_of_sight_nothing_is_asked_until_the_page_is_seen_again(open_page: Open) -> None:
    opened = open_page()
    opened.page.live._pause.stop()
    before = len(opened.revenue.asked)
    opened.page.hide()
    opened.page.apply_events([event()])
    opened.settle()
    assert len(opened.revenue.asked) == before
    opened.page.show()
    opened.settle()
    assert len(opened.revenue.asked) == before + 2


def test_a_slow_answer_is_waited_for_and_not_asked_for_again(open_page: Open) -> None:
    opened = open_page()
    opened.revenue.held.clear()
    opened.page.reload()
    opened.qtbot.waitUntil(lambda: opened.page.live.asking)
    before = len(opened.revenue.asked)
    opened.page.live._pause.stop()
    opened.page.apply_events([event()])
    assert opened.page.live._pause.isActive()
    opened.revenue.let_go()
    opened.settle()
    assert len(opened.revenue.asked) <= before + 2


def test_a_new_minute_asks_again_and_a_new_day_asks_for_new_forecasts(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    forecasts, live = len(opened.outlook.asked), opened.page.live
    live._pause.stop()
    live._ticked()
    before = len(opened.revenue.asked)
    opened.clock.now += timedelta(minutes=1)
    live._ticked()
    opened.settle()
    assert (len(opened.revenue.asked), len(opened.outlook.asked)) == (before + 2, forecasts)
    assert lines(opened, TODAY_TILE)[2] == "on last Sunday until 14:06"
    opened.clock.now += timedelta(hours=12)
    live._ticked()
    opened.settle()
    assert len(opened.outlook.asked) == forecasts + 1


def test_a_late_first_answer_is_announced(open_page: Open, takings_of_a_season: list[object]) -> None:
    revenue = FakeRevenue(takings_of_a_season)  # type: ignore[arg-type]
    revenue.held.clear()
    opened = open_page(revenue, settled=False)
    charts = opened.page.board.charts
    opened.qtbot.waitUntil(lambda: charts.notice.sentence == "Adding up the revenue…")
    assert charts.notice.isVisible() and charts.aside == "adding up…"
    revenue.let_go()
    opened.settle()
    assert charts.chart.isVisible() and charts.aside == ""


def test_a_failure_says_why_and_can_be_retried(open_page: Open) -> None:
    revenue = FakeRevenue(takings(TODAY - timedelta(days=3), TODAY, 2), fault=AWAY)
    opened = open_page(revenue)
    charts = opened.page.board.charts
    assert charts.notice.sentence == "The revenue could not be read"
    assert opened.page.board.breakdown.table.notice.isVisible()
    revenue.fault = None
    charts.notice._button.click()
    opened.settle()
    assert charts.drawn
    revenue.fault = AWAY
    opened.page.reload()
    opened.settle()
    assert charts.drawn and opened.faults == [AWAY]


def test_nothing_taken_says_what_to_do(open_page: Open) -> None:
    opened = open_page(FakeRevenue([]))
    charts = opened.page.board.charts
    assert charts.notice.sentence == "Nothing was taken in these days"
    assert lines(opened, REVENUE) == ("0.00", "nothing before", "")
    assert lines(opened, AVERAGE)[0] == "—"
    opened.page.bar.method.set_values(["card"])
    opened.page.bar.changed.emit()
    opened.settle()
    assert charts.notice.sentence == "Nothing was taken under these filters"
    charts.notice._button.click()
    opened.settle()
    assert opened.page.bar.method.values == ()


def test_offline_is_said_and_read_again_when_it_ends(open_page: Open) -> None:
    opened = open_page()
    opened.revenue.unsummed = 3
    opened.page.set_offline(opened.clock.now)
    assert opened.page.board.charts.aside == "offline, as of 14:05"
    assert not opened.page.bar.targets.popup.save.isEnabled()
    before = len(opened.revenue.asked)
    opened.page.apply_events([event()])
    opened.page.live._pause.stop()
    opened.page.live.happened()
    assert len(opened.revenue.asked) == before
    opened.page.set_offline(None)
    opened.settle()
    assert len(opened.revenue.asked) == before + 2
    assert opened.page.board.charts.aside == "3 in other currencies, not summed"
    assert opened.page.bar.targets.popup.save.isEnabled()


def test_while_payments_stand_still_figures_end_and_are_compared_there(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    tomorrow = lines(opened, TOMORROW)
    since = opened.clock.now - timedelta(hours=2)
    opened.page.set_still(since)
    opened.page.live._pause.stop()
    opened.page.live.happened()
    opened.settle()
    assert opened.page.board.charts.aside == "as of 12:05"
    assert opened.report.span.until == since
    assert opened.report.before_span.until == opened.report.span.until - (
        opened.report.span.last - opened.report.before_span.last
    )
    assert opened.page.board.tiles.tile(TODAY_TILE)._title == "Today until 12:05"
    # Since yesterday: today is still today, and tomorrow tomorrow.
    opened.page.set_still(since - timedelta(days=1))
    opened.page.live._pause.stop()
    opened.page.live.happened()
    opened.settle()
    assert (opened.page.board.tiles.tile(TODAY_TILE)._title, lines(opened, TODAY_TILE)[0]) == (
        "Today until 00:00",
        "0.00",
    )
    assert lines(opened, TOMORROW) == tomorrow
    opened.page.set_offline(opened.clock.now)
    assert opened.page.board.charts.aside == "offline, as of 14:05"
    opened.page.set_offline(None)
    opened.settle()
    opened.page.set_still(None)
    opened.page.live._pause.stop()
    opened.page.live.happened()
    opened.settle()
    assert opened.page.board.charts.aside == ""
    assert opened.report.span.until == opened.clock.now


def test_hidden_amounts_are_hidden_everywhere(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    opened.page.conceal(True)
    board = opened.page.board
    assert lines(opened, REVENUE)[0] == "•••••" and lines(opened, TOMORROW)[1] == "•••••"
    assert lines(opened, SUCCESS)[0] == "97.1 %"
    assert board.breakdown.parts["route"].model.text(0, 1) == "•••••"
    assert "KES" not in board.charts.trend.accessibleDescription()
    assert board.pay.rows[0].toolTip() == "" and board.tiles.tile(REVENUE).toolTip() == ""
    opened.page.conceal(False)
    assert lines(opened, REVENUE)[0] == shown(opened.report.total.revenue)
    assert shown(opened.report.parts["method"][0].totals.revenue) in board.pay.rows[0].toolTip()


def test_another_fleet_has_its_own_currency_names_and_targets(open_page: Open) -> None:
    opened = open_page()
    opened.page._narrow("route", str(NAKURU))
    opened.page.conceal(True)
    opened.settle()
    opened.page.set_fleet(OTHER_FLEET)
    assert opened.page.report is None
    opened.settle()
    board = opened.page.board
    assert opened.report.wanted.fleet_id == OTHER_FLEET.id and not opened.report.wanted.narrowed
    assert board.breakdown.parts["route"].model.columns[1].title == "Revenue UGX"
    assert board.breakdown.parts["route"].model.text(0, 1) == "•••••"
    assert board.breakdown.tab == "vehicle" and board.tiles.isVisible()
    opened.page.set_fleet(FLEET)
    opened.settle()


def test_targets_are_set_and_attained(open_page: Open) -> None:
    opened = open_page()
    panel = opened.page.bar.targets.popup
    panel.amount.setText("300,000")
    QTest.keyClick(panel.amount, Key.Key_Return)
    opened.settle()
    assert opened.outlook.kept == [Target("", None, TODAY, Decimal("300000.00"), "demo_manager")]
    assert panel.amount.text() == "" and not opened.page.board.tiles.tile(TARGET).isVisible()
    opened.outlook.kept = [Target("", None, date(2026, 1, 1), Decimal("300000.00"))]
    opened.page.reload()
    opened.settle()
    attained = opened.page.live.attained
    assert attained is not None and attained.target == 41 * Decimal("300000.00")
    ratio = f"{float(attained.ratio or 0) * 100:.1f} %"
    assert lines(opened, TARGET) == (ratio, shown(attained.revenue), f"of {shown(attained.target)}")
    assert panel.attained.endswith("of the targets of the finished days in this range")
    assert opened.page.board.charts.trend.trend.target[0] == 300_000.0
    opened.page.board.tiles.tile(TARGET).click()
    assert panel.isVisible()
    panel.clear_wanted.emit(opened.outlook.kept[0])
    opened.settle()
    assert opened.outlook.kept == [] and opened.page.live.attained is None
    panel.hide()


def test_a_viewer_is_told_who_may_set_targets(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(manager=False))
    panel = opened.page.bar.targets.popup
    assert not panel.save.isEnabled()
    assert panel.complaint == "Setting targets needs a manager or an approver of the fleet."
    opened.page.live.set_target(Target("", None, TODAY, Decimal(1)))
    opened.settle()
    assert panel.complaint.startswith("Setting a target needs a manager")


def test_weeks_begin_on_the_weekday_that_a_person_chooses(open_page: Open) -> None:
    opened = open_page()
    bar = opened.page.bar
    bar.grain._buttons["weekly"].click()
    opened.settle()
    assert {row.span.first.weekday() for row in opened.report.periods} == {0}
    bar.days.click()
    assert bar.week_start.isVisible() and bar.week_start.choice.value == "0"
    bar.week_start.choice._buttons["6"].click()
    opened.settle()
    assert {row.span.first.weekday() for row in opened.report.periods[1:]} == {6}
    assert {row.before_span.first.weekday() for row in opened.report.periods[1:] if row.before_span} == {6}
    assert bar.days.popup.calendar.firstDayOfWeek() == Qt.DayOfWeek.Sunday
    bar.days.popup.hide()


def test_the_layout_comes_back(open_page: Open) -> None:
    first = open_page()
    first.page.bar.grain._buttons["weekly"].click()
    first.page.bar.compare.set_value("year")
    first.page.bar.week_start.set_value(5)
    first.page.board.charts.show_view("hours")
    first.page.board.breakdown.show_tab("periods")
    first.page.board.breakdown.periods.grid.sort_wanted.emit("revenue", True)
    first.page.board._split.setSizes([200, 400])
    state = first.page.layout_state()
    again = open_page()
    again.page.restore_layout(state)
    again.settle()
    assert again.page.layout_state() == state
    assert (again.report.wanted.grain, again.report.wanted.compare) == ("weekly", "year")
    assert again.report.wanted.week_start == 5
    revenues = [line.row.totals.revenue for line in again.page.board.breakdown.periods.rows]
    assert revenues == sorted(revenues, reverse=True)
    again.page.restore_layout(
        {"bar": {"grain": "hourly", "week_start": 3}, "view": 3, "tab": None, "split": "xyz", "tables": {"route": 1}}
    )
    again.settle()
    assert (again.page.board.charts.view, again.page.board.breakdown.tab) == ("revenue", "route")


def test_everything_can_be_reached_and_has_a_name(open_page: Open) -> None:
    opened = open_page(outlook=FakeOutlook(made=forecast()))
    nameless = [
        widget
        for widget in opened.page.findChildren(QWidget)
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not (widget.accessibleName() or getattr(widget, "text", str)())
    ]
    assert [(widget, widget.parent()) for widget in nameless] == []
    assert opened.page.minimumSizeHint().width() <= 1170 and opened.page.minimumSizeHint().height() <= 728
    corner = opened.page.board.breakdown.mapTo(opened.page, QPoint(0, opened.page.board.breakdown.height()))
    assert corner.y() <= opened.page.height()


def test_before_there_is_a_fleet_nothing_is_asked(open_page: Open) -> None:
    opened = open_page()
    page = type(opened.page)(
        opened.theme, opened.tasks, opened.revenue, opened.revenue, opened.outlook,
        show_task=print, hide_task=print, show_message=print,
    )  # fmt: skip
    opened.qtbot.addWidget(page)
    page.reload()
    page.live.reload()
    page.live.set_target(Target("", None, TODAY, Decimal(1)))
    page.live.ask_vehicles(TODAY)
    page.board.period_opened.emit(0)
    page.board.part_opened.emit("route", "")
    page.board.hour_opened.emit(0, 0)
    page.board.vehicle_day_opened.emit(UUID(int=1), TODAY)
    page.board.tile_picked.emit(REVENUE)
    page._export("png")
    page.set_reduced_motion(True)
    assert page.wanted is None and page.settled
    assert page.board.charts.notice.sentence == "No fleet is chosen"
