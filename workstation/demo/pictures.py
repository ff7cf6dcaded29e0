"""Draws every page of the real window, with the data that is there, light and dark, at two sizes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from ui.main_window import MainWindow
from ui.theme import Theme

SIZES: Final = ((1366, 768), (1920, 1080))
#: What is drawn, and on which page it is seen: "payment" is one payment, opened.
SCENES: Final = {
    "payments": "payments",
    "payment": "payments",
    "revenue": "revenue",
    "reconciliation": "reconciliation",
    "audit": "audit",
}


async def draw_pages(
    window: MainWindow, theme: Theme, folder: Path, settled: Callable[[str], Awaitable[None]]
) -> list[Path]:
    """Writes `<scene>-<light|dark>-<width>x<height>.png` for every scene; `settled(scene)` waits until it can be drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    before, drawn = theme.mode, list[Path]()
    for scene, page in SCENES.items():
        window.show_page(page)
        await settled(scene)
        for width, height in SIZES:
            window.resize(width, height)
            for mode in ("light", "dark"):
                theme.set_mode("dark" if mode == "dark" else "light")
                # Layout, late polish and the last flash of a changed cell.
                await asyncio.sleep(0.4)
                target = folder / f"{scene}-{mode}-{width}x{height}.png"
                if not window.grab().save(str(target)):
                    raise OSError(f"the picture {target} cannot be written")
                drawn.append(target)
    theme.set_mode(before)
    return drawn
