"""A file that is there whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.domain.errors import EnvironmentFault


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write to, in a folder of its own beside `path`; it becomes `path` at the end, and is gone on any error.

    What stood at `path` stays until then. EnvironmentFault where the disk says no.
    """
    try:
        with tempfile.TemporaryDirectory(prefix=".export-", dir=path.parent) as folder:
            part = Path(folder) / "part"
            yield part
            part.replace(path)
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise EnvironmentFault(
            f"{path.name} could not be written in {path.parent}: {why}. Nothing was kept; choose another folder."
        ) from error
