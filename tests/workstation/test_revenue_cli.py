"""`workstation revenue`: the stable shape, the table people read, and refusals in one line."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from typer import Typer
from typer.testing import CliRunner, Result

from services.domain.errors import NotFound, NotUnderstood
from services.domain.period import NAIROBI, today
from services.revenue.forecasts import keep_forecasts
from tests.world import MORNING, World
from workstation.revenue_cli import revenue
from workstation.settings import Settings

APP = Typer()
APP.command()(revenue)
DAY = timedelta(days=1)


class Office:
    """A fleet that took 1,000.00 on Monday, and on Tuesday 750.50 of which 50.50 were given back; half of it on no route."""

    def __init__(self, world: World) -> None:
        self.world, self.fleet = world, world.fleet(name="Msafiri Express")
        self.route = world.route(self.fleet)
        on, off = world.booking(self.fleet, route_id=self.route), world.booking(self.fleet)
        world.payment(on, "1000.00", created_at=MORNING - DAY)
        world.payment(on, "600.00", status="partially_refunded", refunded_amount=50.5, refunded_at=MORNING)
        world.payment(off, "150.50", payment_method="cash")
        world.project()
        world.person(self.fleet, "viewer")

    def ask(self, *arguments: object, login: str = "test_viewer", fleet: str = "msafiri") -> Result:
        """Runs the command as a person's login, or as the operator."""
        url = self.world.login_url(login).render_as_string(hide_password=False) if login else self.world.operator_url
        settings = Settings(database_url=SecretStr(url))
        return CliRunner().invoke(APP, ["--fleet", fleet, *map(str, arguments)], obj=settings)

    def read(self, *arguments: object) -> dict[str, Any]:
        """Its JSON."""
        done = self.ask(*arguments, "--json")
        assert done.exit_code == 0, (done.output, done.exception)
        read: dict[str, Any] = json.loads(done.output)
        return read


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


TWO_DAYS = ("--period", "daily", "--from", "2026-09-21", "--to", "2026-09-22")


def row(first: str, of: tuple[UUID | None, str], **more: object) -> dict[str, object]:
    """A row of a single whole day with nothing in it, but for `more`."""
    nothing = dict.fromkeys(("taken", "refunded", "revenue", "previous", "change"), "0.00")
    rest = {"transactions": 0, "growth": None, "partial": False}
    key, label = str(of[0]) if of[0] else None, of[1]
    return {"period_start": first, "period_end": first, "key": key, "label": label, **nothing, **rest, **more}


def test_weeks_begin_on_the_weekday_that_is_asked_for(office: Office) -> None:
    asked = ("--period", "weekly", "--from", "2026-09-14", "--to", "2026-09-26", "--week-start")
    begun = {
        day: [found["period_start"] for found in office.read(*asked, day)["rows"]]
        for day in ("monday", "sunday", "saturday")
    }
    assert begun == {
        "monday": ["2026-09-14", "2026-09-21"],
        "sunday": ["2026-09-14", "2026-09-20"],
        "saturday": ["2026-09-14", "2026-09-19", "2026-09-26"],
    }
    assert office.ask(*asked, "friday").exit_code == 2


@pytest.mark.parametrize("login", ["", "test_viewer"])
def test_the_fleets_days(office: Office, login: str) -> None:
    done = office.ask(*TWO_DAYS, "--json", login=login)
    monday = {"taken": "1000.00", "revenue": "1000.00", "transactions": 1, "change": "1000.00"}
    tuesday = {"taken": "750.50", "refunded": "50.50", "revenue": "700.00", "transactions": 2, "previous": "1000.00"}
    assert json.loads(done.output) == {
        "rows": [
            row("2026-09-21", (office.fleet, "Msafiri Express"), **monday),
            row("2026-09-22", (office.fleet, "Msafiri Express"), **tuesday, change="-300.00", growth=-0.3),
        ],
        "forecast": [],
    }


def test_by_route_largest_first_with_what_only_was_there_before(office: Office) -> None:
    shape = office.read(*TWO_DAYS[:2], "--from", "2026-09-22", "--to", "2026-09-23", "--by", "route")
    route, none = (office.route, "Nairobi – Nakuru"), (None, "No route")
    sums = {"taken": "600.00", "refunded": "50.50", "revenue": "549.50", "transactions": 1}
    assert shape["rows"] == [
        row("2026-09-22", route, **sums, previous="1000.00", change="-450.50", growth=-0.4505),
        row("2026-09-22", none, taken="150.50", revenue="150.50", transactions=1, change="150.50"),
        row("2026-09-23", route, previous="549.50", change="-549.50", growth=-1.0),
        row("2026-09-23", none, previous="150.50", change="-150.50", growth=-1.0),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [("method", {"M-Pesa": "1549.50", "Cash": "150.50"}), ("vehicle", {"No vehicle": "1700.00"}), ("driver", {"No driver": "1700.00"})],
)  # fmt: skip
def test_a_month_by_other_members(office: Office, by: str, expected: dict[str, str]) -> None:
    shape = office.read("--period", "monthly", "--from", "2026-09-01", "--to", "2026-09-30", "--by", by)
    assert {row["label"]: row["revenue"] for row in shape["rows"]} == expected
    assert {(row["period_start"], row["period_end"], row["partial"]) for row in shape["rows"]} == {
        ("2026-09-01", "2026-09-30", False)
    }


def test_a_part_of_a_week_is_marked_and_compared_with_the_same_days(office: Office) -> None:
    office.world.payment(office.world.booking(office.fleet), "80.00", created_at=MORNING - 7 * DAY)
    office.world.payment(office.world.booking(office.fleet), "9.00", created_at=MORNING - 4 * DAY)
    office.world.project()
    (found,) = office.read("--period", "weekly", "--from", "2026-09-21", "--to", "2026-09-22")["rows"]
    assert (found["partial"], found["period_end"], found["previous"]) == (True, "2026-09-22", "80.00")


def test_the_forecast_of_days_weeks_and_months(office: Office) -> None:
    now = datetime.now(UTC)
    last = today(NAIROBI, now) - DAY
    booking = office.world.booking(office.fleet)
    for ago in range(1, 120):
        at = now - ago * DAY
        office.world.payment(booking, f"{1000 + at.weekday() * 100}.00", created_at=at)
    office.world.project()
    assert keep_forecasts(office.world.database("finance_projector"), now)
    range_ = ("--from", last - 2 * DAY, "--to", last)
    for grain, periods in (("daily", 28), ("weekly", 4), ("monthly", 3)):
        forecast = office.read("--period", grain, *range_)["forecast"]
        assert len(forecast) == periods
        assert all(float(one["low"]) <= float(one["revenue"]) <= float(one["high"]) for one in forecast)
        starts = [datetime.fromisoformat(one["period_start"]).date() for one in forecast]
        assert starts == sorted(set(starts))
        assert starts[0] <= last + DAY < starts[1]
    days = {row["period_start"]: row for row in office.read("--period", "daily", *range_)["forecast"]}
    first = days[(last + DAY).isoformat()]
    assert 1000 <= float(first["revenue"]) <= 1700
    assert "expected from" in office.ask("--period", "daily", *map(str, range_)).output


def test_too_little_history_gives_no_forecast(office: Office) -> None:
    assert keep_forecasts(office.world.database("finance_projector"), MORNING + DAY)
    assert office.read(*TWO_DAYS)["forecast"] == []


def test_what_people_read(office: Office) -> None:
    lines = office.ask(*TWO_DAYS).output.splitlines()
    assert lines == [
        "period                        revenue     taken  refunded  payments  previous    change   growth",
        "2026-09-21  Msafiri Express  1,000.00  1,000.00      0.00         1      0.00  1,000.00        –",
        "2026-09-22  Msafiri Express    700.00    750.50     50.50         2  1,000.00   −300.00  −30.0 %",
        "Amounts in KES. A running period is compared with the same part of the one before it.",
    ]
    assert "partial" in office.ask("--period", "weekly", "--from", "2026-09-21", "--to", "2026-09-22").output


def test_a_range_to_come(office: Office) -> None:
    ahead = today(NAIROBI) + 2 * DAY
    assert office.read("--period", "daily", "--from", ahead, "--to", ahead)["rows"] == []
    done = office.ask("--period", "daily", "--from", ahead, "--to", ahead)
    assert done.output == "The range lies in the future: nothing was earned in it yet.\n"


def test_what_is_refused(office: Office) -> None:
    done = office.ask("--period", "daily", "--from", "2026-09-22", "--to", "2026-09-21")
    assert isinstance(done.exception, NotUnderstood)
    assert str(done.exception) == "--to 2026-09-21 lies before --from 2026-09-22. Give the earlier day first."
    assert isinstance(office.ask(*TWO_DAYS, fleet="TAUSI").exception, NotFound)
    for wrong in (("--period", "yearly"), ("--by", "passenger"), ("--from", "today")):
        assert office.ask(*TWO_DAYS, *wrong).exit_code == 2


def test_another_fleet_is_not_seen(office: Office) -> None:
    office.world.fleet("TAUSI")
    office.world.project()
    assert isinstance(office.ask(*TWO_DAYS, fleet="TAUSI").exception, NotFound)
    assert office.ask(*TWO_DAYS, fleet="TAUSI", login="").exit_code == 0
