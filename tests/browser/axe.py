"""What axe-core finds in a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from playwright.sync_api import Page

_GRAVE = {"serious", "critical"}


def faults(page: Page) -> list[str]:
    """Return what would keep somebody from using a page, each with the first element it is in."""
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['html'][:200]}"
        for each in found
        if each["impact"] in _GRAVE
    ]
