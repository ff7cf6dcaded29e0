"""Importing files one after another and reconciling every day they touch; runs in a worker thread and knows no Qt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from services.domain.errors import Cancelled, EnvironmentFault, WorkstationError
from services.reconciliation.results import DayDetail, DayResult, DayRow
from services.statements.imported import ImportResult


class Reconciliation(Protocol):
    """What the page asks of the reconciliation service."""

    def days(self, fleet_id: UUID, first: dt.date, last: dt.date) -> list[DayRow]:
        """Days with payments or lines."""
        ...

    def day(self, fleet_id: UUID, date: dt.date) -> DayDetail:
        """A day in full."""
        ...

    def reconcile_payments(self, date: dt.date, fleet_id: UUID) -> DayResult:
        """Matches a day."""
        ...


class Importer(Protocol):
    """What the page asks of the importer."""

    def import_file(
        self,
        path: Path,
        fleet_id: UUID,
        short_code: str | None = None,
        *,
        progress: Callable[[float], None] | None = None,
    ) -> ImportResult:
        """Imports one file."""
        ...


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file: its result, or why there is none."""

    file: str
    result: ImportResult | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of several files and of the days they touch; `refused_days` could not be reconciled."""

    files: tuple[FileReport, ...]
    days: tuple[DayResult, ...]
    refused_days: tuple[str, ...]

    @property
    def day(self) -> dt.date | None:
        """The day to look at: the newest that is still open, else the newest."""
        unsettled = [result.day for result in self.days if result.status != "reconciled"]
        return max(unsettled or [result.day for result in self.days], default=None)


Told = Callable[[tuple[str, float]], None]


def import_all(
    files: Sequence[Path], fleet_id: UUID, importer: Importer, service: Reconciliation, tell: Told
) -> ImportReport:
    """Imports the files in order, then reconciles; `tell` hears (what is done, share from 0 to 1).

    A refused file is reported and the next one goes on; a cancelled import or a lost database ends the work.
    """
    reports = []
    for place, path in enumerate(files):
        words = f"Importing {path.name}" + (f" ({place + 1} of {len(files)})" if len(files) > 1 else "")
        reports.append(_import(path, fleet_id, importer, _share(tell, words, place, len(files) + 1)))
    days = sorted({day for report in reports if report.result for day in report.result.days})
    results, refused = [], []
    for place, day in enumerate(days):
        tell((f"Matching {day:%a} {day.day} {day:%b}", (len(files) + place / len(days)) / (len(files) + 1)))
        try:
            results.append(service.reconcile_payments(day, fleet_id))
        except (Cancelled, EnvironmentFault):
            raise
        except WorkstationError as error:
            refused.append(str(error))
    return ImportReport(tuple(reports), tuple(results), tuple(refused))


def _import(path: Path, fleet_id: UUID, importer: Importer, progress: Callable[[float], None]) -> FileReport:
    try:
        return FileReport(path.name, importer.import_file(path, fleet_id, progress=progress))
    except (Cancelled, EnvironmentFault):
        raise
    except WorkstationError as error:
        return FileReport(path.name, None, str(error).removeprefix(f"{path.name}: "))


def _share(tell: Told, words: str, place: int, parts: int) -> Callable[[float], None]:
    return lambda share: tell((words, (place + share) / parts))
