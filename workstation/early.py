"""What must be known before the window is painted, read without the machinery of `settings` (which checks it afterwards)."""

from __future__ import annotations

import os
import sys
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


def display_found() -> bool:
    """Whether a window can be shown here (an explicit QT_QPA_PLATFORM counts)."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
