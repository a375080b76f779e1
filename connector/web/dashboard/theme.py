"""How the pages look: a light and a dark set of colours, no picture or font.

The folder `style` holds what all pages share in ``base.css``, and what only some need beside it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

Theme: TypeAlias = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
_SHEETS = Path(__file__).parent / "style"
_FIRST = "base.css"
STYLE = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted(_SHEETS.glob("*.css"), key=lambda path: (path.name != _FIRST, path.name))
)
"""Everything in one sheet; the shared part stands first."""
ACCENT = "#d9480f"
"""The one colour that stands for heat; it reads well on both grounds."""


def theme_of(cookie: str | None) -> Theme:
    """Return the theme that somebody chose; that of their system where they did not."""
    return next((each for each in THEMES if each == cookie), "system")
