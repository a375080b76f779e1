"""How the pages look: one style sheet, a light and a dark set of colours, no picture or font."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

Theme: TypeAlias = Literal["system", "light", "dark"]
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
STYLE = (Path(__file__).parent / "dashboard.css").read_text(encoding="utf-8")
ACCENT = "#d9480f"
"""The one colour that stands for heat; it reads well on both grounds."""


def theme_of(cookie: str | None) -> Theme:
    """Return the theme that somebody chose; that of their system where they did not."""
    return next((each for each in THEMES if each == cookie), "system")
