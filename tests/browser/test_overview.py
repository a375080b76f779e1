"""The overview of a company that has a yesterday: who moved, how cohorts went, who calls."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from connector.web.dashboard.paths import LEAD, OVERVIEW
from tests.browser.axe import faults
from tests.browser.company import MAPPING, write_company
from tests.browser.conftest import PATIENCE, SIZES, TOKEN, Site, Watched, browsing
from tests.system.daemon import running

SECRET = "a secret that both know"
TOOL = """
  tool:
    adapter: webhook
    proof: bearer
    receives: {events: [{type: kind, contact: email, id: id}]}
"""
SECOND = """
    loyalty: {formula: fit, stages: [{name: new, from: 0}, {name: loyal, from: 15}]}
"""
ENV = {"HEATSYNC_ADMIN_TOKEN": TOKEN, "HEATSYNC_PLATFORMS__TOOL__WEBHOOK_SECRET": SECRET}
expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run a daemon over a company that was scored yesterday, too, until it is scored today."""
    folder = tmp_path_factory.mktemp("company")
    now = datetime.now(UTC)  # noqa: TID251 - a real daemon has a real clock
    before, _, rest = MAPPING.partition("triggers:")[0].partition("attributes:")
    scores, _, targets = rest.partition("targets:")
    mapping = f"{before}{TOOL}attributes:{scores}{SECOND}targets:{targets}"
    mapping = mapping.replace("Europe/Paris", _where_it_is_noon(now))
    write_company(folder, now)
    (folder / "mappings" / "heatsync.yaml").write_text(mapping, encoding="utf-8")
    yesterday = (now - timedelta(hours=25)).isoformat()
    command = [sys.executable, "-m", "connector", "sync", "--at", yesterday]
    subprocess.run(command, cwd=folder, env={**os.environ, **ENV}, check=True, capture_output=True)
    with running(folder, env=ENV) as daemon:
        site = Site(daemon, folder)
        daemon.until(lambda: _is_scored(site))
        yield site
        assert daemon.stop() == 0


def _where_it_is_noon(now: datetime) -> str:
    """Return a zone in which no day ends soon: what is told of is what happened today."""
    # The signs of these names are the other way round.
    return f"Etc/GMT{now.hour - 12:+d}" if now.hour != 12 else "UTC"


def _is_scored(site: Site) -> bool:
    status = site.api("GET", "/status")
    is_read = all(each["completed_at"] for each in status["lags"])
    return is_read and not status["waiting"] and bool(site.api("GET", "/movers")["rose"])


def _section(page: Page, title: str) -> Locator:
    return page.locator("section").filter(has=page.get_by_role("heading", name=title))


def test_who_is_hottest_and_who_moved_is_what_the_api_tells(tab: Watched, site: Site) -> None:
    page = tab.open(OVERVIEW)
    today = site.api("GET", "/movers")
    hottest = site.api("GET", "/leads", params={"limit": 10})["leads"]

    named = _section(page, "Hottest").locator("tbody th")
    expect(named).to_contain_text([each["name"] or each["email"] for each in hottest])
    for title, movers in (("Rose most today", today["rose"]), ("Fell most today", today["fell"])):
        rows = _section(page, title).locator("tbody tr")
        called = [each["name"] or each["email"] for each in movers]
        expect(rows.locator("th")).to_contain_text(called)
        for row, each in zip(rows.all(), movers, strict=True):
            assert f"{each['before']:g} → {each['after']:g}" in row.inner_text()
            changes = [f"{each['stage_before']} → {each['stage']}"]
            is_another = each["stage_before"] != each["stage"]
            assert row.locator(".line").all_inner_texts() == (changes if is_another else [])
    address = _section(page, "Hottest").get_by_role("link").first.get_attribute("href")
    assert address == f"{LEAD}?contact={hottest[0]['id']}"


def test_whoever_does_something_now_rises_on_the_page(tab: Watched, site: Site) -> None:
    page = tab.open(OVERVIEW)
    cold = site.api("GET", "/leads", params={"stage": "cold", "limit": 1})["leads"][0]
    asked = {"contact": cold["email"], "type": "form.submitted", "occurred_at": _now()}
    met = {**asked, "type": "meeting.held"}
    site.api("POST", "/events", json=[asked, met])

    link = page.locator(f'a[href$="{cold["id"]}"]')
    row = _section(page, "Rose most today").locator("tr").filter(has=link)
    expect(row).to_contain_text("+45")
    expect(row).to_contain_text("cold →")


def test_cohorts_are_shown_month_by_month(tab: Watched, site: Site) -> None:
    page = tab.open(OVERVIEW)
    cohorts = site.api("GET", "/cohorts")["cohorts"]

    rows = _section(page, "by month of arrival").locator("tbody tr")
    expect(rows).to_have_count(len(cohorts))
    latest = rows.locator("td").last
    average = cohorts[0]["months"][-1]["average"]
    expect(latest).to_have_text(f"{average:.1f}" if average < 10 else f"{average:.0f}")


def test_calls_are_told_by_platform(tab: Watched, site: Site) -> None:
    page = tab.open(OVERVIEW)
    address = f"{site.address}/webhooks/tool"
    call = {"kind": "page.viewed", "email": "nobody@acme.example", "id": "1"}
    key = {"authorization": f"Bearer {SECRET}"}
    taken = httpx.post(address, json=call, headers=key, timeout=30)
    refused = httpx.post(address, json=call, timeout=30)
    assert (taken.status_code, refused.status_code) == (200, 401)

    cell = _section(page, "Platforms").locator("tr", has_text="tool").locator(".calls")
    expect(cell).to_contain_text("1, 1 refused")
    expect(cell.locator(".spark")).to_be_visible()


def test_another_score_is_chosen(tab: Watched) -> None:
    page = tab.open(OVERVIEW)
    page.get_by_role("navigation", name="Scores").get_by_role("link", name="loyalty").click()

    expect(_section(page, "Stages of loyalty").locator("tbody th")).to_have_text(["loyal", "new"])
    expect(_section(page, "Average of loyalty by month of arrival")).to_be_visible()


def test_it_is_whole_on_a_phone(browser: Browser, site: Site) -> None:
    size = SIZES["phone"]
    with browsing(browser, site, color_scheme="dark", viewport=size, locale="fr-FR") as watched:
        page = watched.open(OVERVIEW)
        page.wait_for_load_state("networkidle")

        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert faults(page) == []
        assert (watched.complaints, watched.elsewhere) == ([], [])


def _now() -> str:
    return datetime.now(UTC).isoformat()  # noqa: TID251 - a real daemon has a real clock
