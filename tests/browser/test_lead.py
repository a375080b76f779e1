"""The page of one lead, as somebody reads it and decides by it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from connector.web.dashboard.language import Language
from connector.web.dashboard.paths import LEAD
from tests.browser.axe import faults
from tests.browser.conftest import PATIENCE, SIZES, Site, Watched, browsing

HOSTILE = "<img src=x onerror=alert(1)>{{7*7}}"
WHO = "crm:stranger"
CLICKS, VISITS = 12, 60
ENGLISH = Language(code="en")
expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module", autouse=True)
def _stranger(site: Site) -> None:
    """Let somebody come whose name and visits are written by an enemy."""
    path = site.folder / "mappings" / "crm" / "contacts.csv"
    with path.open(newline="", encoding="utf-8") as file:
        fields = csv.DictReader(file).fieldnames or ()
    row = {"id": "stranger", "email": "stranger@x.example", "first_name": HOSTILE, "country": "FR"}
    with path.open("a", newline="", encoding="utf-8") as file:
        csv.DictWriter(file, fields).writerow(row)
    site.api("POST", "/pull", json={"platform": "crm"})
    site.daemon.until(lambda: _is_known(site))
    now = datetime.now(UTC)  # noqa: TID251 - a real daemon has a real clock
    clicks = [_an_event("email.clicked", now - timedelta(days=day)) for day in range(CLICKS)]
    visits = [_an_event("page.viewed", now - timedelta(hours=hour)) for hour in range(VISITS)]
    site.api("POST", "/events", json=[*clicks, *visits])
    site.daemon.until(lambda: _shows(site) > 50)


def _an_event(kind: str, at: datetime) -> dict[str, str]:
    return {"contact": WHO, "type": kind, "occurred_at": at.isoformat(), "title": HOSTILE}


def _is_known(site: Site) -> bool:
    return bool(site.api("GET", "/contacts", params={"search": WHO})["contacts"])


def _shows(site: Site) -> float:
    (crm,) = site.api("GET", f"/told/{WHO}")["platforms"]
    return float(next((each["confirmed"] or 0 for each in crm["attributes"]), 0))


def _open(watched: Watched, who: str = WHO) -> Page:
    """Open somebody's page, and wait until it can be used."""
    page = watched.open(f"{LEAD}?contact={who}")
    expect(page.locator(".event").first).to_be_visible()
    return page


def _explained(site: Site) -> Any:  # noqa: ANN401 - any JSON
    return site.api("GET", f"/explain/{WHO}")


@pytest.mark.parametrize(("scheme", "size"), [("light", "desk"), ("dark", "phone")])
def test_the_page_is_whole_on_each_screen_and_in_each_light(
    browser: Browser, site: Site, scheme: str, size: str
) -> None:
    with browsing(browser, site, color_scheme=scheme, viewport=SIZES[size]) as watched:
        page = _open(watched)
        expect(page.locator(".course canvas")).to_be_visible()

        assert faults(page) == []
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        assert (watched.complaints, watched.elsewhere) == ([], [])


def test_what_is_shown_is_what_the_api_explains(tab: Watched, site: Site) -> None:
    page = _open(tab)
    told = _explained(site)
    page.get_by_text("As a table").click()
    expect(page.locator(".course tbody tr")).to_have_count(37)

    expect(page.locator(".score-value")).to_have_text(ENGLISH.number(told["rounded"]["heat"]))
    expect(page.locator(".score .stage")).to_have_text(told["stages"]["heat"])
    for each in told["contributions"]:
        if each["rule"] != "(limit)":
            row = page.locator("tr.rule", has=page.get_by_text(each["rule"], exact=True))
            assert _number(row.locator("td").first.inner_text()) == pytest.approx(
                each["points"], abs=0.02
            )
    total = page.locator("tr.total td").first
    expect(total).to_have_text(ENGLISH.number(told["rounded"]["heat"]))


def test_what_others_wrote_is_text_and_nothing_more(tab: Watched) -> None:
    page = _open(tab)

    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE)
    expect(page.locator(".event", has_text=HOSTILE).first).to_be_visible()
    assert page.locator("img").count() == 0
    assert tab.complaints == []


def test_one_goes_back_through_what_happened(tab: Watched) -> None:
    page = _open(tab)
    events = page.locator(".event")
    expect(events).to_have_count(50)

    page.get_by_role("button", name="Earlier events").click()

    expect(events).to_have_count(CLICKS + VISITS)
    expect(page.get_by_text(f"{CLICKS + VISITS} of {CLICKS + VISITS} shown.")).to_be_visible()
    expect(page.get_by_role("button", name="Earlier events")).to_have_count(0)
    first = page.locator(".event", has_text="clicked").first
    expect(first.locator(".given")).to_have_text("+4")


def test_a_score_is_set_by_hand_with_a_reason_and_computed_again(tab: Watched, site: Site) -> None:
    page, other = _open(tab), _open(tab)
    before = page.locator(".score-value").inner_text()
    page.get_by_role("button", name="hot, from 50").click()
    page.get_by_role("button", name="Set by hand").click()
    # Nothing is sent without a reason: the browser asks for it.
    assert page.evaluate("document.activeElement.name") == "reason"
    page.get_by_label("Set heat to").fill("77")
    page.get_by_label("Reason").fill(HOSTILE)
    page.keyboard.press("Enter")

    expect(page.locator(".score-value")).to_have_text("77")
    expect(page.locator(".decided")).to_contain_text(HOSTILE)
    expect(page.locator("tr.by_hand")).to_contain_text("set by hand")
    expect(other.locator(".score-value")).to_have_text("77")
    assert [each["reason"] for each in _explained(site)["overrides"]] == [HOSTILE]
    site.daemon.until(lambda: _shows(site) == 77)

    page.get_by_role("button", name="Take back: heat").click()

    expect(page.locator(".score-value")).to_have_text(before)
    expect(page.locator(".decided")).to_have_count(0)
    assert _explained(site)["overrides"] == []
    site.daemon.until(lambda: _shows(site) == float(before))


def test_a_number_outside_the_range_is_told(tab: Watched, site: Site) -> None:
    page = _open(tab)
    # Whoever gets around the browser's own check is told by ours.
    page.evaluate("document.querySelector('.by-hand-form').noValidate = true")
    page.get_by_label("Set heat to").fill("900")
    page.get_by_label("Reason").fill("too much")
    page.get_by_role("button", name="Set by hand").click()

    expect(page.get_by_role("alert")).to_contain_text("0 to 140")
    assert _explained(site)["overrides"] == []


def test_a_link_leads_into_the_platform(tab: Watched) -> None:
    page = _open(tab, "crm:1")
    link = page.get_by_role("link", name="crm 1, opens the platform")

    expect(link).to_have_attribute("href", "https://crm.example.com/people/1")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")


@pytest.mark.parametrize("who", ["nobody@x.example", "", "%3Cb%3E"])
def test_whoever_is_unknown_is_told_of_as_such(tab: Watched, who: str) -> None:
    page = tab.open(f"{LEAD}?contact={who}")

    expect(page.get_by_role("heading", level=1)).to_have_text("Nobody is known by that")
    link = page.get_by_role("link", name="Search all leads")
    search = httpx.URL(link.get_attribute("href") or "").params.get("search", "")
    assert search == httpx.QueryParams(f"who={who}")["who"]


def _number(told: str) -> float:
    return float(told.replace("\N{MINUS SIGN}", "-").replace(",", ""))
