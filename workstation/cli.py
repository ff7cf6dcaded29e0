"""The `workstation` command. A fault that the product knows is one line on stderr and exit 2; a bug is a traceback.

Without a command it is the desktop, whose window is painted before anything is loaded that a command would need.
"""

from __future__ import annotations

import sys

from services.domain.errors import WorkstationError
from workstation.early import display_found


def main() -> None:
    """Runs the command line; exit 2 with one line where the surroundings or the input are at fault."""
    try:
        if len(sys.argv) > 1:
            from workstation.commands import app

            app()
        else:
            sys.exit(_desktop())
    except WorkstationError as error:
        print(f"workstation: {error}", file=sys.stderr)
        sys.exit(2)


def _desktop() -> int:
    if not display_found():
        raise WorkstationError(
            "No display was found, so the desktop cannot open. Set DISPLAY or WAYLAND_DISPLAY, or use: workstation demo --no-window"
        )
    # Qt is only loaded by what shows something: the server's processes never see it.
    from workstation.desktop import run_desktop

    return run_desktop()


if __name__ == "__main__":
    main()
