"""The `workstation` command. A fault that the product knows is one line on stderr and exit 2; a bug is a traceback.

Without a command it is the desktop, whose window is painted before anything is loaded that a command would need; with a link
(workstation://payment/…) it is the desktop that shows that payment, the one that is open already where there is one.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from services.domain.errors import WorkstationError
from workstation.early import display_found

if TYPE_CHECKING:
    from uuid import UUID


def main() -> None:
    """Runs the command line; exit 2 with one line where the surroundings or the input are at fault."""
    try:
        if len(sys.argv) == 1:
            sys.exit(_desktop())
        if sys.argv[1].casefold().startswith(("workstation:", "--open")):
            sys.exit(_follow(sys.argv[1:]))
        from workstation.commands import app

        app()
    except WorkstationError as error:
        print(f"workstation: {error}", file=sys.stderr)
        sys.exit(2)


def _follow(arguments: list[str]) -> int:
    from workstation.early import early
    from workstation.link import handed_over, link_among, target

    link = link_among(arguments)
    if link is not None and handed_over(link, early("database_url", "")):
        return 0
    return _desktop(None if link is None else target(link))


def _desktop(payment: tuple[UUID, UUID] | None = None) -> int:
    if not display_found():
        raise WorkstationError(
            "No display was found, so the desktop cannot open. Set DISPLAY or WAYLAND_DISPLAY, or use: workstation demo --no-window"
        )
    # Qt is only loaded by what shows something: the server's processes never see it.
    from workstation.desktop import run_desktop

    return run_desktop(payment=payment)


if __name__ == "__main__":
    main()
