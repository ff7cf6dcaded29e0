"""Keeping goes on through a database that goes away, says so once, and ends when it is told to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import pytest

from services.domain.errors import DatabaseUnreachable
from services.revenue.keeping import Keeping, keeping_analytics, keeping_forecasts
from tests.world import World

_PATIENCE = 30.0


def ran(keeping: Keeping, done: Callable[[], bool]) -> None:
    """Runs it in its thread until `done`, then tells it to stop."""
    stop = Event()
    thread = Thread(target=keeping.run, args=(stop,))
    thread.start()
    try:
        until = datetime.now(UTC) + timedelta(seconds=_PATIENCE)
        while not done():
            assert datetime.now(UTC) < until, "it never came"
            assert thread.is_alive()
            stop.wait(0.01)
    finally:
        stop.set()
        thread.join(_PATIENCE)
    assert not thread.is_alive()


def test_a_fault_is_said_once_and_again_after_it_was_over(caplog: pytest.LogCaptureFixture) -> None:
    outcomes = ["away", "away", "", "away", "busy"]
    seen: list[str] = []

    def work() -> None:
        outcome = outcomes[len(seen)] if len(seen) < len(outcomes) else ""
        seen.append(outcome)
        if outcome:
            raise DatabaseUnreachable(f"The database is {outcome}.")

    with caplog.at_level(logging.WARNING):
        ran(Keeping("forecasts", work, 0.001), lambda: len(seen) > len(outcomes))
    assert caplog.messages == [
        "forecasts: The database is away.",
        "forecasts: The database is away.",
        "forecasts: The database is busy.",
    ]


def test_a_bug_is_no_fault_and_ends_it() -> None:
    def bug() -> None:
        raise KeyError("no such column")

    with pytest.raises(KeyError, match="no such column"):
        Keeping("forecasts", bug, 0.001).run(Event())


def test_analytics_and_forecasts_are_kept_beside_traffic(world: World) -> None:
    booking = world.booking(world.fleet())
    world.payment(booking, "600.00")
    world.project()
    database = world.database("finance_projector")
    total = "SELECT total_revenue FROM finance.revenue_analytics WHERE period_type = 'daily'"

    def paid_again() -> bool:
        if world.value(total) == 600:
            world.payment(booking, "50.00")
            world.project()
        return world.value(total) == 650

    ran(keeping_analytics(database, 0.01), paid_again)
    forecasts = "SELECT count(*) FROM finance.revenue_forecast"
    ran(keeping_forecasts(database, 0.01), lambda: world.value(forecasts) == 1)
