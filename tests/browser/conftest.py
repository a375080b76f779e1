"""A real Chromium before a real daemon with a company in files."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    ViewportSize,
    sync_playwright,
)

from tests.browser.company import MAPPING, write_company
from tests.system.daemon import Daemon, running

TOKEN = "open sesame"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
MISSING = "no Chromium is installed: `apt-get install chromium` brings it"
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
SIZES: dict[str, ViewportSize] = {
    "desk": {"width": 1280, "height": 900},
    "phone": {"width": 390, "height": 844},
}
PATIENCE = 60_000
"""Milliseconds until a test gives up on a page."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if CHROMIUM is None and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.skip(reason=MISSING))


class Receiver(BaseHTTPRequestHandler):
    """What triggers call; it refuses all calls but those that tell of whom it is to take."""

    takes = "nobody"
    """The address of a person."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200 if type(self).takes.encode() in body else 422)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - as it is called
        return


@contextmanager
def receiving() -> Iterator[str]:
    """Receive calls while the block runs; give the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Site:
    """The daemon, and its company."""

    daemon: Daemon
    folder: Path

    @property
    def address(self) -> str:
        return self.daemon.address

    def api(self, method: str, path: str, **more: Any) -> Any:  # noqa: ANN401 - any JSON
        headers = {"authorization": f"Bearer {TOKEN}"}
        url = f"{self.address}/api/v1{path}"
        answer = httpx.request(method, url, headers=headers, timeout=30, **more)
        answer.raise_for_status()
        return answer.json()


@contextmanager
def served(folder: Path, mapping: str = MAPPING) -> Iterator[Site]:
    """Run a daemon over the company in `folder`, until everybody is scored and refused."""
    now = datetime.now(UTC)  # noqa: TID251 - a real daemon has a real clock
    write_company(folder, now, mapping)
    with receiving() as hook:
        env = {
            "HEATSYNC_ADMIN_TOKEN": TOKEN,
            "HEATSYNC_WEBHOOKS__SALES__URL": hook,
            "HEATSYNC_WEBHOOKS__SALES__SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "HEATSYNC_ALLOW_PRIVATE_WEBHOOKS": "true",
        }
        with running(folder, env=env) as daemon:
            site = Site(daemon, folder)
            daemon.event("turn ended", job="push webhook SALES")
            yield site
            assert daemon.stop() == 0


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("company")) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


class Watched:
    """A browser without a past, and what it complained of or asked of others."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context = context
        self.address = address
        self.complaints: list[str] = []
        self.elsewhere: list[str] = []
        context.set_default_timeout(PATIENCE)
        context.on("request", lambda request: self._asked(request.url))
        context.on("console", lambda message: self._said(message.type, message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _asked(self, url: str) -> None:
        if not url.startswith((self.address, "data:")):
            self.elsewhere.append(url)

    def _said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)

    def open(self, path: str) -> Page:
        """Open a page in a new tab, and wait until it can be used."""
        page = self.context.new_page()
        self.go(page, path)
        return page

    def go(self, page: Page, path: str) -> None:
        page.goto(f"{self.address}{path}")
        page.wait_for_selector("h1")

    def login(self) -> None:
        """Have the cookie of a session, without looking at a page for it."""
        headers = {"origin": self.address}
        answer = self.context.request.post(
            f"{self.address}/login", form={"token": TOKEN}, headers=headers, max_redirects=0
        )
        assert answer.status == 303


@contextmanager
def browsing(browser: Browser, site: Site, **options: Any) -> Iterator[Watched]:  # noqa: ANN401 - any option
    """Give a browser that has logged in."""
    context = browser.new_context(**{"locale": "en-GB", **options})
    try:
        watched = Watched(context, site.address)
        watched.login()
        yield watched
    finally:
        context.close()


@pytest.fixture
def tab(browser: Browser, site: Site) -> Iterator[Watched]:
    with browsing(browser, site) as watched:
        yield watched
