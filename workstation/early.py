"""What must be known before the window is painted, read without the machinery of `settings` (which checks it afterwards)."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import platformdirs

APPLICATION = "fleet-finance-workstation"


def settings_file() -> Path:
    """Where the settings file is, whether it exists or not."""
    return Path(platformdirs.user_config_dir(APPLICATION)) / "settings.toml"


def early(name: str, default: str) -> str:
    """A setting's text from the environment, else from the settings file, else `default`; faults are told by `settings`."""
    said = os.environ.get(f"WORKSTATION_{name.upper()}")
    if said is not None:
        return said
    try:
        return str(tomllib.loads(settings_file().read_text("utf-8")).get(name, default))
    except (OSError, ValueError):
        return default
