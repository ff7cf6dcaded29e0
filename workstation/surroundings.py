"""What a desktop is started with, beside its settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSettings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The environment's name, the window's memory, and where statements are looked for first."""

    environment: str
    memory: QSettings
    statements: Path | None = None
    #: Says on stderr what the window says too.
    complain: Callable[[str], None] = lambda sentence: print(f"workstation: {sentence}", file=sys.stderr)
