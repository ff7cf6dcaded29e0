"""The back office: projector, relay and what is kept of revenue, one supervised process. Run several; others stand by."""

from __future__ import annotations

import asyncio
import os
import signal
import ssl
import sys
from collections.abc import Callable
from contextlib import closing
from threading import Event, Thread

from services.audit.anchors import AnchorFile, Anchoring
from services.database.engine import Database
from services.database.schema import require_current
from services.domain.errors import EnvironmentFault, RelayUnreachable
from services.feed.projector import Projector
from services.feed.sweep import Sweeping
from services.relay.server import RelayServer
from services.revenue.keeping import keeping_analytics, keeping_forecasts
from workstation.settings import Settings


def run_backoffice(settings: Settings, *, until_stdin_closes: bool = False) -> None:
    """Serves until SIGINT, SIGTERM or (as somebody's child) the end of standard input.

    Raises what keeps it from starting; a projector that dies ends the process, so that a supervisor starts it again.
    """
    url = required_url(settings)
    with closing(Database(url, application="back office")) as database:
        require_current(database)
    with (
        closing(Database(url, role="finance_relay", pool_size=3, application="relay")) as for_relay,
        closing(Database(url, role="finance_projector", pool_size=4, application="projector")) as for_projector,
        closing(Database(url, role="finance_projector", pool_size=3, application="revenue")) as for_revenue,
    ):
        asyncio.run(_serve(settings, for_relay, for_projector, for_revenue, until_stdin_closes))


def required_url(settings: Settings) -> str:
    """The configured database, or EnvironmentFault."""
    if settings.database_url is None:
        raise EnvironmentFault(
            "No database is named. Set WORKSTATION_DATABASE_URL, or database_url in the settings file."
        )
    return settings.database_url.get_secret_value()


async def _serve(
    settings: Settings, for_relay: Database, for_projector: Database, for_revenue: Database, until_stdin_closes: bool
) -> None:
    stopped, stop = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(stopped.set)

    _on_signals(loop, end)
    if until_stdin_closes:
        Thread(target=_wait_for_eof, args=(end,), name="parent", daemon=True).start()
    relay = await _started_relay(settings, for_relay)
    projector = Projector(for_projector, published=relay.hint)
    print(f"back office: live feed at {relay.url}", flush=True)
    anchoring = Anchoring(for_projector, AnchorFile(settings.anchors_file))
    works = [
        asyncio.create_task(relay.watch(), name="relay"),
        asyncio.create_task(asyncio.to_thread(projector.run, stop), name="projector"),
        asyncio.create_task(asyncio.to_thread(anchoring.run, stop), name="audit anchors"),
        asyncio.create_task(asyncio.to_thread(Sweeping(for_projector).run, stop), name="sweep"),
        asyncio.create_task(asyncio.to_thread(keeping_analytics(for_revenue).run, stop), name="revenue analytics"),
        asyncio.create_task(asyncio.to_thread(keeping_forecasts(for_revenue).run, stop), name="forecasts"),
    ]
    for work in works:
        work.add_done_callback(lambda _: stopped.set())
    try:
        await stopped.wait()
        for work in works:
            if work.done():
                # A bug ended it: the process ends with its traceback, so that a supervisor starts it again.
                work.result()
    finally:
        stop.set()
        works[0].cancel()
        await asyncio.wait(works)
        await relay.stop()


async def _started_relay(settings: Settings, database: Database) -> RelayServer:
    relay = RelayServer(
        database,
        settings.relay_host,
        settings.relay_port,
        origins=settings.relay_origins,
        announce_url=settings.relay_announce,
        ssl=_tls(settings),
    )
    try:
        await relay.start()
    except OSError as error:
        raise RelayUnreachable(
            f"The live feed cannot listen on {settings.relay_host}:{settings.relay_port}: {error.strerror or error}."
            " Set WORKSTATION_RELAY_PORT to a free port."
        ) from error
    return relay


def _on_signals(loop: asyncio.AbstractEventLoop, end: Callable[[], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, end)
        except NotImplementedError:  # Windows: the loop takes no signals, the interpreter does
            signal.signal(number, lambda *_: end())


def _wait_for_eof(end: Callable[[], None]) -> None:
    # Not sys.stdin itself: a thread that waits in it would keep the interpreter from ending on a signal.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    end()


def _tls(settings: Settings) -> ssl.SSLContext | None:
    if settings.relay_certificate is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.relay_certificate, settings.relay_key)
    except OSError as error:
        raise EnvironmentFault(
            f"The live feed's certificate {settings.relay_certificate} cannot be used: {error}."
        ) from error
    return context
