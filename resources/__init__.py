"""What is not code: icons, fonts, themes, SQL texts; every room may read it, it imports nothing."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The file `name` ('icons/payments.svg') on disk; FileNotFoundError names it when it is not part of the product."""
    found = _HERE / name
    if not found.exists():
        raise FileNotFoundError(f"resource not found: {name}")
    return found


def text(name: str) -> str:
    """The UTF-8 text of the resource `name`."""
    return path(name).read_text(encoding="utf-8")
