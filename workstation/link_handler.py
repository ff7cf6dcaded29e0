"""Makes the desktop of a Linux computer open `workstation:` links with this program; done when a person asks for it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from services.domain.errors import EnvironmentFault
from workstation.early import APPLICATION

FILE: Final = f"{APPLICATION}.desktop"
_MIME: Final = "x-scheme-handler/workstation"
_PATIENCE_SECONDS: Final = 10
#: What a shell or the desktop's own field codes would read as something else.
_ESCAPES: Final = (("\\", "\\\\"), ('"', '\\"'), ("`", "\\`"), ("$", "\\$"))


def program() -> tuple[str, ...]:
    """The command that starts this program again."""
    return (sys.executable,) if getattr(sys, "frozen", False) else (sys.executable, "-m", "workstation.cli")


def desktop_entry(command: Sequence[str], icon: Path | None = None) -> str:
    """The text of the .desktop file, as the freedesktop.org specification writes it."""
    lines = [
        "[Desktop Entry]",
        "Type=Application",
        "Version=1.1",
        "Name=Fleet Finance",
        "Comment=Live payments, revenue and M-Pesa reconciliation of a fleet",
        f"Exec={' '.join(map(_quoted, command))} --open %u",
        *([f"Icon={icon}"] if icon is not None else []),
        "Terminal=false",
        "Categories=Office;Finance;",
        f"MimeType={_MIME};",
    ]
    return "\n".join(lines) + "\n"


def install_link_handler(applications: Path, command: Sequence[str], icon: Path | None = None) -> Path:
    """Writes the .desktop file into the user's folder of applications, makes it the one for links, and returns its path.

    EnvironmentFault where the folder cannot be written.
    """
    file = applications / FILE
    try:
        applications.mkdir(parents=True, exist_ok=True)
        file.write_text(desktop_entry(command, icon), "utf-8")
    except OSError as error:
        raise EnvironmentFault(f"Links could not be set up: {file} cannot be written ({error.strerror}).") from error
    _tell_desktop("xdg-mime", "default", FILE, _MIME)
    _tell_desktop("update-desktop-database", str(applications))
    return file


def _tell_desktop(tool: str, *arguments: str) -> None:
    """Runs a tool of the desktop where it is installed; a desktop without it finds the file by itself."""
    found = shutil.which(tool)
    if found is None:
        return
    try:
        subprocess.run([found, *arguments], check=True, capture_output=True, timeout=_PATIENCE_SECONDS)
    except (subprocess.SubprocessError, OSError) as error:
        raise EnvironmentFault(f"The file for links was written, but {tool} failed: {error}.") from error


def _quoted(argument: str) -> str:
    # Escaped twice: once as a quoted argument, once as a string of the file; a percent sign begins a field code.
    for plain, escaped in _ESCAPES:
        argument = argument.replace(plain, escaped)
    return '"{}"'.format(argument.replace("\\", "\\\\").replace("%", "%%"))
