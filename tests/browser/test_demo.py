"""The demo as somebody sees it in a browser: the pages, and what it invites them to try."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from connector.web.dashboard.paths import LEAD, OVERVIEW, PAGES
from tests.browser.axe import faults
from tests.browser.conftest import PATIENCE, SIZES
from tests.system.demo import Demo, shown

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    with shown(folder, "--contacts", "120", "--speed", "4") as demo:
        yield demo


@pytest.fixture
def page(browser: Browser, demo: Demo) -> Iterator[Page]:
    context = browser.new_context(locale="en-GB", base_url=demo.address)
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_each_page_opens_on_a_phone_in_the_dark(browser: Browser, demo: Demo) -> None:
    complaints: list[str] = []
    context = browser.new_context(
        base_url=demo.address, color_scheme="dark", viewport=SIZES["phone"]
    )
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    page = context.new_page()
    for path in (*PAGES, f"{LEAD}?contact={quote(demo.somebody)}"):
        page.goto(path)
        page.wait_for_load_state("networkidle")

        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]
        assert faults(page) == []
    assert complaints == []
    context.close()


def test_somebody_is_found_and_the_rule_that_made_them_hot_is_changed(
    page: Page, demo: Demo
) -> None:
    page.goto(OVERVIEW)
    expect(page.get_by_text("Everything is in order").first).to_be_visible()
    page.get_by_role("link", name="Leads", exact=True).click()
    expect(page.get_by_role("heading", name="Leads", level=1)).to_be_visible()
    page.wait_for_load_state("networkidle")
    search = page.get_by_role("searchbox")
    search.fill(demo.somebody)
    search.press("Enter")
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").click()
    expect(page.get_by_text("What platforms were told")).to_be_visible()
    expect(page.get_by_text(demo.somebody).first).to_be_visible()

    before = _points(demo)
    _edit(demo, "decay: {half_life: 21d}", "decay: none")
    _until_versions(page, demo, 2)

    page.goto(f"{LEAD}?contact={quote(demo.somebody)}")
    expect(page.locator("main")).to_contain_text(re.compile(rf"\b{_points(demo):.0f}\b"))
    assert _points(demo) > before


def test_a_platform_that_is_stopped_is_told_of_until_it_is_started(page: Page, demo: Demo) -> None:
    control = page.context.new_page()
    control.goto(demo.opened["control"])
    control.get_by_role("button", name="Stop HubSpot").click()
    expect(control.get_by_role("button", name="Start HubSpot")).to_be_visible()

    page.goto(OVERVIEW)
    row = page.locator("tr", has_text="crm").first
    in_order = re.compile("In order")
    expect(row).not_to_contain_text(in_order)

    control.get_by_role("button", name="Start HubSpot").click()
    # Each stream that failed is read again in its turn, on a busy machine after minutes.
    expect(row).to_contain_text(in_order, timeout=3 * PATIENCE)


def _points(demo: Demo) -> float:
    told = httpx.get(f"{demo.address}/api/v1/explain/{demo.somebody}", timeout=60).json()
    return float(told["scores"]["heat"])


def _edit(demo: Demo, before: str, after: str) -> None:
    model = demo.folder / "mappings" / "model.yaml"
    text = model.read_text(encoding="utf-8")
    assert before in text
    model.write_text(text.replace(before, after), encoding="utf-8")


def _until_versions(page: Page, demo: Demo, number: int) -> None:
    asked = f"fetch('/api/v1/model').then(a => a.json()).then(m => m.versions.length === {number})"
    page.wait_for_function(f"() => {asked}", polling=500)
