"""Take pictures of each page, light and dark, on a desk and on a phone.

python -m tests.browser.screenshots FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from playwright.sync_api import sync_playwright

from connector.web.dashboard.paths import PAGES
from tests.browser.conftest import CHROMIUM, FLAGS, MISSING, SIZES, browsing, served

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def take(folder: Path) -> None:
    """Write ``<page>-<scheme>-<size>.png`` for all of them into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory() as company,
        served(Path(company)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for scheme in SCHEMES:
            for size, viewport in SIZES.items():
                with browsing(browser, site, color_scheme=scheme, viewport=viewport) as watched:
                    for path in PAGES:
                        page = watched.open(path)
                        page.wait_for_load_state("networkidle")
                        name = path.strip("/") or "overview"
                        page.screenshot(path=folder / f"{name}-{scheme}-{size}.png")
        browser.close()


if __name__ == "__main__":
    if CHROMIUM is None:
        sys.exit(MISSING)
    take(Path(sys.argv[1]))
