"""The dashboard as somebody uses it: with eyes, a keyboard, a phone, or a screen reader."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

from connector.web.dashboard.paths import DELIVERIES, OVERVIEW, PAGES, RUNS
from tests.browser.axe import faults
from tests.browser.conftest import PATIENCE, SIZES, TOKEN, Receiver, Site, Watched, browsing

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


@pytest.fixture
def _resting(site: Site) -> None:
    """Wait until what is refused was tried twice: nothing is tried again for five minutes then."""

    def is_resting() -> bool:
        found = site.api("GET", "/deliveries", params={"limit": 1000})["deliveries"]
        return all(each["state"] == "pending" and each["attempts"] > 1 for each in found)

    site.daemon.until(is_resting)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_on_each_screen_and_in_each_light(
    browser: Browser, site: Site, path: str, scheme: str, size: str
) -> None:
    with browsing(browser, site, color_scheme=scheme, viewport=SIZES[size]) as watched:
        page = watched.open(path)
        page.wait_for_load_state("networkidle")

        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        assert faults(page) == []
        assert (watched.complaints, watched.elsewhere) == ([], [])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_has_no_serious_fault(
    browser: Browser, site: Site, scheme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{site.address}/login")

    assert faults(page) == []
    context.close()


def test_whoever_follows_a_link_logs_in_and_is_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.goto(f"{site.address}{DELIVERIES}")
    page.fill("#token", "guess")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("This is not the admin token.")
    page.fill("#token", TOKEN)
    page.get_by_role("button", name="Log in").click()

    expect(page.get_by_role("heading", name="Deliveries", level=1)).to_be_visible()
    assert page.url == f"{site.address}{DELIVERIES}"
    context.close()


def test_the_overview_tells_of_everybody_and_follows_what_happens(tab: Watched, site: Site) -> None:
    page = tab.open(OVERVIEW)
    status = site.api("GET", "/status")
    events = page.locator(".number", has_text="Events").locator("dd")
    expect(events).to_have_text(f"{status['events']:,}")
    stages = page.locator("section", has_text="Stages of heat").locator("tbody tr")
    expect(stages).to_have_count(3)
    counts = [
        int(each.replace(",", "")) for each in stages.locator("td:nth-child(2)").all_inner_texts()
    ]
    assert sum(counts) == status["contacts"]
    expect(page.locator(".chart canvas")).to_be_visible()

    visit = {"contact": "crm:1", "type": "page.viewed", "occurred_at": _now()}
    site.api("POST", "/events", json=[visit])

    expect(events).to_have_text(f"{status['events'] + 1:,}")


@pytest.mark.usefixtures("_resting")
def test_a_refused_delivery_is_tried_again(tab: Watched, site: Site) -> None:
    page = tab.open(f"{DELIVERIES}?state=pending")
    rows = page.locator("tbody tr")
    count = rows.count()
    assert "answered 422" in rows.first.inner_text()
    contact = rows.first.locator("td").nth(2).inner_text()
    Receiver.takes = contact

    page.get_by_role("button", name=f"Try again: {contact}").click()

    expect(page.get_by_text("1 delivery is tried again")).to_be_visible()
    site.daemon.until(lambda: _of(site, contact) == [])
    tab.go(page, f"{DELIVERIES}?state=pending")
    expect(page.locator("tbody tr")).to_have_count(count - 1)


@pytest.mark.usefixtures("_resting")
def test_a_delivery_is_dropped_with_the_keyboard_and_only_when_meant(
    tab: Watched, site: Site
) -> None:
    page = tab.open(DELIVERIES)
    contact = page.locator("tbody tr").last.locator("td").nth(2).inner_text()
    drop = page.get_by_role("button", name=f"Drop: {contact}")
    drop.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    assert len(_of(site, contact)) == 1

    drop.click()
    page.get_by_role("dialog").get_by_role("button", name="Drop").click()

    expect(page.get_by_role("button", name=f"Drop: {contact}")).to_have_count(0)
    assert _of(site, contact) == []


def test_runs_tell_what_was_done(tab: Watched) -> None:
    page = tab.open(RUNS)

    expect(page.get_by_text("400 contacts read from crm")).to_be_visible()
    expect(page.get_by_text("webhook SALES: tell of a trigger: answered 422").first).to_be_visible()


def test_the_first_key_leads_past_the_head(tab: Watched) -> None:
    page = tab.open(RUNS)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.locator("#content")).to_be_focused()


def test_language_and_theme_stay_chosen(browser: Browser, site: Site) -> None:
    with browsing(browser, site, color_scheme="light") as watched:
        page = watched.open(RUNS)
        light = _ground(page)
        page.get_by_role("button", name="Français").click()
        expect(page.get_by_role("heading", name="Exécutions", level=1)).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "fr"
        for following in ("Clair", "Sombre"):
            page.get_by_role("button", name="Thème").click()
            expect(page.locator("button.theme")).to_have_text(following)

        again = watched.open(OVERVIEW)

        expect(again.get_by_role("heading", name="Aperçu", level=1)).to_be_visible()
        assert _ground(again) != light


def test_a_page_that_was_left_open_ends_with_its_session(tab: Watched) -> None:
    page = tab.open(OVERVIEW)
    page.get_by_role("button", name="Log out").click()
    expect(page.locator("#token")).to_be_visible()

    page.goto(f"{tab.address}{RUNS}")

    expect(page.locator("#token")).to_be_visible()


def _of(site: Site, contact: str) -> list[object]:
    found = site.api("GET", "/deliveries", params={"limit": 1000})["deliveries"]
    return [each for each in found if each["contact"] == contact]


def _ground(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def _now() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251 - a real daemon has a real clock
