"""Take pictures of each page over the demo, light and dark, on a desk and on a phone.

python -m tests.browser.screenshots FOLDER [--docs]

With ``--docs`` those that the documentation shows are made anew too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from urllib.parse import quote

import httpx
from playwright.sync_api import Browser, FloatRect, Page, sync_playwright

from connector.web.dashboard.paths import LEAD, PAGES, SIMULATE
from tests.browser.conftest import CHROMIUM, FLAGS, MISSING, PATIENCE, SIZES
from tests.system.demo import Demo, shown, until

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
SHOWN = Path(__file__).parents[2] / "docs" / "images"
IN_DOCS = frozenset(
    {
        "overview-light-desk",
        "overview-dark-desk",
        "leads-light-desk",
        "lead-light-desk",
        "lead-dark-desk",
        "model-light-desk",
    }
)
"""The pictures that the documentation shows."""

ASKED = "{event: form.submitted, points: 20}"
CHARTS = {"overview": 1, "lead": 1}
"""How many charts a page has at least; some come after the rest."""
TOP: FloatRect = {"x": 0, "y": 0, "width": 1280, "height": 840}
"""What the documentation shows of a page."""
_DRAWN = "least => document.querySelectorAll('.chart canvas').length >= least"
_GROWN = 1_500
"""Milliseconds in which charts grow to what they show."""


def take(folder: Path, shown_in: Path | None = None) -> None:
    """Write ``<page>-<scheme>-<size>.png`` into `folder`, and those of the docs into `shown_in`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as place,
        shown(Path(place), "--speed", "4") as demo,
        sync_playwright() as playwright,
    ):
        for _ in range(25):  # so that there are moves of the day to be seen
            demo.told("happened")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for name, page in _pages(browser, demo):
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            if shown_in is not None and name in IN_DOCS:
                page.screenshot(path=shown_in / f"{name}.png", clip=TOP)
        browser.close()


def _pages(browser: Browser, demo: Demo) -> Iterator[tuple[str, Page]]:
    """Yield each page as it looks once it stands still, with the name of its picture."""
    paths = {path.strip("/") or "overview": path for path in PAGES}
    paths["lead"] = f"{LEAD}?contact={quote(demo.somebody)}"
    paths["simulate"] = f"{SIMULATE}?id={_simulated(demo)}"
    for scheme in SCHEMES:
        for size, viewport in SIZES.items():
            context = browser.new_context(locale="en-GB", color_scheme=scheme, viewport=viewport)
            context.set_default_timeout(PATIENCE)
            page = context.new_page()
            for name, path in paths.items():
                _open(page, f"{demo.address}{path}")
                page.wait_for_load_state("networkidle")
                page.wait_for_function(_DRAWN, arg=CHARTS.get(name, 0))
                page.wait_for_timeout(_GROWN)
                yield f"{name}-{scheme}-{size}", page
            context.close()


def _simulated(demo: Demo) -> str:
    """Return the id of a simulation of a draft in which a sent form gives more."""
    name, api = "model.yaml", f"{demo.address}/api/v1/simulations"
    text = (demo.folder / "mappings" / name).read_text(encoding="utf-8")
    draft = text.replace(ASKED, ASKED.replace("20", "60"))
    assert draft != text
    asked = httpx.post(api, json={"files": {name: draft}, "weeks": 1}, timeout=30)
    address = f"{api}/{asked.raise_for_status().json()['id']}"
    until(lambda: bool(httpx.get(address, timeout=30).json()["state"] == "done"))
    return address.rpartition("/")[2]


def _open(page: Page, address: str) -> None:
    """Open a page; a daemon that still writes for the first time may have no time for it yet."""
    until(lambda: bool((answer := page.goto(address)) and answer.ok))
    page.wait_for_selector("h1")


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(MISSING)
    take(Path(sys.argv[1]), SHOWN if "--docs" in sys.argv else None)
