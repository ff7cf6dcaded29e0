"""The ground of the demo on a named server: everything stands, a second start adds nothing, and all of it ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy.engine import make_url

from services.domain.errors import EnvironmentFault
from services.domain.period import day_of, today
from services.statements.statement import read_statement
from tests.world import World
from workstation.demo import ground as module
from workstation.demo.fleet import demo_fleet
from workstation.demo.ground import lay_ground
from workstation.session import open_session
from workstation.settings import Settings

SCALE = 0.03
PATIENCE = 60.0


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fleet with some forty payments a day."""
    for name in ("top_up", "recent_plans", "mpesa_record"):
        monkeypatch.setattr(module, name, partial(getattr(module, name), scale=SCALE))


@pytest.fixture
def settings(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that name the world's server, over TCP as a deployment does."""
    world.run("DROP SCHEMA finance CASCADE")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    return Settings(database_url=SecretStr(world.operator_url), data_folder=tmp_path / "data")


def wait_for(condition: Callable[[], object], what: str) -> None:
    """Waits until it is so; fails where it never would be."""
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"{what} did not happen"
        time.sleep(0.02)


@pytest.mark.usefixtures("small")
def test_everything_stands_goes_on_and_ends(world: World, settings: Settings) -> None:
    said: list[str] = []
    fleet, yesterday = demo_fleet(), today() - timedelta(days=1)
    with ExitStack() as stack:
        ground = lay_ground(settings, 5, 50.0, stack, said.append)
        assert ground.operator_url == world.operator_url
        assert len(ground.statements) == len(fleet.short_codes)
        for file in ground.statements:
            covered = read_statement(file).covered
            assert covered is not None and {day_of(instant) for instant in covered} == {yesterday}
        # The booking system is at work, and the back office brings it in.
        seen = world.value("SELECT count(*) FROM finance.payment")
        wait_for(lambda: world.value("SELECT count(*) > :seen FROM finance.payment", seen=seen), "live traffic")

        with_password = make_url(ground.person_url)
        assert with_password.username == "demo_manager" and with_password.password
        assert "demo: " not in "".join(said)
        assert [words for words in said if "payments of history loaded in" in words]
        assert len([words for words in said if words.startswith("the office reconciles")]) == 3

    assert world.value("SELECT count(*) FROM finance.relay") == 0
    assert ground.traffic.fault is None
    after = world.value("SELECT count(*) FROM public.payment_transactions")
    earlier = "SELECT count(*) FROM finance.payment_reconciliation WHERE reconciled_at IS NOT NULL"
    assert world.value(earlier) == 3
    assert world.value("SELECT max(reconciliation_date) FROM finance.payment_reconciliation") == yesterday - timedelta(
        1
    )
    assert world.value("SELECT count(*) FROM public.payment_transactions") == after

    said.clear()
    with ExitStack() as stack:
        again = lay_ground(settings, 5, 0.0, stack, said.append)
        assert not [words for words in said if words.startswith("the office reconciles")]
        assert again.person_url == ground.person_url
        assert again.statements == ground.statements
        tcp = make_url(world.server.url("demo_manager", str(make_url(again.person_url).password), world.name))
        session = open_session(tcp, None)
        assert [one.id for one in session.fleets] == [fleet.id]
        session.database.close()


def test_a_back_office_that_never_announces_itself_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 1_000, 20))
    monkeypatch.setattr("workstation.demo.ground.time.monotonic", lambda: next(clock))
    with pytest.raises(EnvironmentFault, match=r"did not start within 30 seconds; its log is .*backoffice\.log"):
        module._wait_for(world.database(), module._RELAY_LIVES)
