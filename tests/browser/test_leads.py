"""Leads as somebody looks for them: by what they type, a stage, a platform, in any order."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from connector.web.dashboard.paths import LEADS
from tests.browser.company import MAPPING
from tests.browser.conftest import PATIENCE, SIZES, Site, Watched, browsing, served

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]

TWO_SCORES = MAPPING.replace(
    "targets:",
    """
    nearness:
      formula: fit
      range: [0, 40]
      population: country IN ('FR', 'BE')
      stages: [{name: far, from: 0}, {name: close, from: 8}]
targets:""",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(tmp_path_factory.mktemp("two_scores"), TWO_SCORES) as site:
        yield site


def _leads(site: Site, **asked: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any parameter
    found: list[dict[str, Any]] = site.api("GET", "/leads", params=asked)["leads"]
    return found


def _shows(page: Page, names: list[str]) -> None:
    """Wait until the page shows whom it should, in that order."""
    expect(page.locator("tbody tr th a")).to_have_text(names)


def _called(leads: list[dict[str, Any]]) -> list[str]:
    return [each["name"] for each in leads]


def _seek(page: Page, words: str) -> None:
    page.get_by_role("searchbox", name="Search leads").press_sequentially(words)
    page.wait_for_function(
        "words => new URLSearchParams(location.search).get('search') === words", arg=words
    )


def test_leads_are_found_while_one_types_and_the_address_says_whom(
    tab: Watched, site: Site
) -> None:
    page = tab.open(LEADS)
    _seek(page, "kell chl")

    expected = _leads(site, search="kell chl")
    assert expected
    assert {each["name"] for each in expected} == {"Chloé Keller"}
    expect(page.locator("tbody tr")).to_have_count(len(expected))
    expect(page.get_by_role("status")).to_have_text(f"{len(expected)} leads on this page.")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("kell chl")
    again = tab.open(page.url.removeprefix(tab.address))
    _shows(again, _called(expected))
    assert tab.complaints == []


def test_an_address_finds_who_has_it_and_leads_to_them(tab: Watched, site: Site) -> None:
    whom = _leads(site, limit=20)[-1]
    page = tab.open(LEADS)
    page.get_by_role("searchbox").fill(whom["email"])
    page.get_by_role("searchbox").press("Enter")

    expect(page.locator("tbody tr")).to_have_count(1)
    found = page.get_by_role("link", name=whom["name"])
    assert found.get_attribute("href") == f"/lead?contact={whom['id']}"
    assert whom["company"] in page.locator("tbody tr").inner_text()


def test_filters_narrow_down_who_is_shown_and_are_taken_off(tab: Watched, site: Site) -> None:
    page = tab.open(LEADS)
    stages = page.get_by_role("navigation", name="Stages of heat")
    expect(stages.get_by_role("link", name="hot")).to_contain_text(
        str(site.api("GET", "/status")["stages"]["heat"]["hot"])
    )
    stages.get_by_role("link", name="warm").click()
    expect(stages.get_by_role("link", name="warm")).to_have_attribute("aria-current", "true")
    page.get_by_role("combobox", name="Platform").select_option("shop")
    chip = page.get_by_role("link", name="Remove: On shop")
    expect(chip).to_be_visible()
    _shows(page, _called(_leads(site, stage="warm", platform="shop")))

    chip.click()

    _shows(page, _called(_leads(site, stage="warm")))
    assert "stage=warm" in page.url


def test_leads_are_put_in_the_order_of_any_score(tab: Watched, site: Site) -> None:
    page = tab.open(LEADS)
    head = page.locator("thead")
    assert "\N{EN DASH}" in page.locator("td[data-title=nearness]").all_inner_texts()

    head.get_by_role("link", name="nearness").click()
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("nearness")
    _shows(page, _called(_leads(site, score="nearness")))
    head.get_by_role("link", name="nearness").click()
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("nearness")

    _shows(page, _called(_leads(site, score="nearness", lowest_first=True)))


def test_one_goes_through_pages_and_back_with_the_keyboard(tab: Watched, site: Site) -> None:
    everybody = _called(_leads(site, stage="cold", limit=100))
    page = tab.open(f"{LEADS}?stage=cold")
    _shows(page, everybody[:50])
    for number, way in ((2, "Next"), (1, "Previous")):
        page.get_by_role("link", name=way).focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text(f"Page {number}", exact=True)).to_be_visible()
        _shows(page, everybody[50 * (number - 1) : 50 * number])

    expect(page.get_by_role("link", name="Previous")).to_have_count(0)
    page.go_back()
    expect(page.get_by_text("Page 2", exact=True)).to_be_visible()


def test_who_is_shown_is_exported(tab: Watched, site: Site) -> None:
    page = tab.open(f"{LEADS}?stage=hot&search=martin&platform=crm")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()

    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert download.value.suggested_filename == "leads.csv"
    assert [row["name"] for row in rows] == _called(_leads(site, stage="hot", search="martin"))
    assert {row["heat_stage"] for row in rows} == {"hot"}


def test_an_address_that_asks_for_what_there_is_not_says_so(tab: Watched) -> None:
    page = tab.open(f"{LEADS}?stage=<b>boiling&list=nowhere&search=zzzz&cursor=nonsense")

    notes = page.locator(".notice")
    expect(notes).to_contain_text("There is no stage <b>boiling: all of them are shown.")
    expect(notes).to_contain_text("No list is called nowhere")
    expect(page.get_by_text("Nobody fits.")).to_be_visible()
    page.get_by_role("link", name="Show all leads").click()
    expect(page.locator("tbody tr")).to_have_count(50)


def test_on_a_phone_leads_are_found_and_put_in_order(browser: Browser, site: Site) -> None:
    with browsing(browser, site, viewport=SIZES["phone"]) as watched:
        page = watched.open(LEADS)
        page.get_by_role("navigation", name="Order").get_by_role("link", name="nearness").click()
        expect(
            page.get_by_role("navigation", name="Stages of nearness").get_by_role("link").first
        ).to_be_visible()

        _shows(page, _called(_leads(site, score="nearness")))
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"]["width"]
