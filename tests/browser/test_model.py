"""The pages of the model and of its drafts, as somebody uses them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

from connector.web.dashboard.paths import MODEL, SIMULATE
from tests.browser.axe import faults
from tests.browser.conftest import PATIENCE, SIZES, Site, Watched, browsing

expect.set_options(timeout=PATIENCE)
pytestmark = [pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]

CLICKED = "clicked: {event: email.clicked, points: 4}"
RAISED = "clicked: {event: email.clicked, points: 14}"


def _text(site: Site) -> str:
    return (site.folder / "mappings" / "heatsync.yaml").read_text(encoding="utf-8")


def _simulate(page: Page, old: str, new: str) -> None:
    """Change the draft, and have it simulated as of now."""
    area = page.locator(".editor textarea")
    text = area.input_value()
    assert old in text
    area.fill(text.replace(old, new))
    page.get_by_label("Replay").select_option("0")
    page.get_by_role("button", name="Simulate", exact=True).click()


def test_rules_tell_what_they_give_as_the_api_does(tab: Watched, site: Site) -> None:
    page = tab.open(MODEL)
    told = site.api("GET", "/model")

    rows = page.locator(".rules tbody tr")
    expect(rows).to_have_count(len(told["rules"]))
    for rule in told["rules"]:
        row = rows.filter(has=page.get_by_text(rule["name"], exact=True))
        if rule["persons"]:
            expect(row.locator("td").nth(1)).to_have_text(f"{rule['persons']:,}")
        else:
            expect(row.get_by_text("reaches nobody")).to_be_visible()
    for advice in told["advice"]:
        expect(page.locator(".remarks li", has_text=advice["message"]).first).to_be_visible()
    expect(page.locator(".versions tbody tr")).to_have_count(len(told["versions"]))


def test_a_draft_shows_whom_it_moves(tab: Watched, site: Site) -> None:
    page = tab.open(MODEL)
    page.get_by_role("link", name="Try a draft").click()
    _simulate(page, CLICKED, RAISED)

    expect(page.get_by_role("heading", name="Who moves most in heat")).to_be_visible()
    trial = page.url.partition("id=")[2]
    told = site.api("GET", f"/simulations/{trial}")["result"]
    movers = page.locator(".movers tbody tr")
    assert movers.locator("th").all_inner_texts() == [
        each["contact"]["email"] for each in told["movers"]["heat"]
    ]
    moved = sum(
        each["contacts"]
        for each in told["scores"]["heat"]["moves"]
        if each["before"] != each["after"]
    )
    expect(page.locator(".moved")).to_have_text(f"{moved:,} contacts change stage.")
    assert told["edits"] == [{"path": "rules.clicked.points", "before": 4, "after": 14}]
    expect(page.locator(".changes th", has_text="rules.clicked.points")).to_be_visible()
    assert RAISED in page.locator(".editor textarea").input_value()
    assert CLICKED in _text(site)
    assert (tab.complaints, tab.elsewhere) == ([], [])


def test_a_broken_draft_leads_to_its_line(tab: Watched) -> None:
    page = tab.open(SIMULATE)
    _simulate(page, "points: 25}", "pionts: 25}")

    expect(page.get_by_text("did you mean `points`?")).to_be_visible()
    area = page.locator(".editor textarea")
    page.get_by_role("button", name="Show line").first.click()
    expect(area).to_be_focused()
    chosen = area.evaluate("each => each.value.slice(each.selectionStart, each.selectionEnd)")
    assert "pionts" in chosen
    assert "\n" not in chosen
    lines = page.locator(".lines")
    assert area.bounding_box()["height"] == pytest.approx(lines.bounding_box()["height"], abs=30)  # type: ignore[index]
    expect(page.locator(".marks span")).to_have_count(1)


def test_each_file_of_a_draft_is_shown_by_itself_and_stays_in_it(tab: Watched, site: Site) -> None:
    draft = {"files": {"extra.yaml": "model:\n  rules: {odd: {}}\n"}, "weeks": 0}
    asked = site.api("POST", "/simulations", json=draft)["id"]
    page = tab.open(f"{SIMULATE}?id={asked}")
    expect(page.get_by_role("button", name="Show line 2")).to_be_visible()
    extra, rules = (
        page.get_by_label(f"Text of {each}") for each in ("extra.yaml", "heatsync.yaml")
    )
    expect(extra).to_be_visible()
    expect(rules).to_be_hidden()

    page.get_by_role("radio", name="heatsync.yaml").check()
    expect(rules).to_be_visible()
    expect(extra).to_be_hidden()
    page.get_by_role("button", name="Simulate", exact=True).click()

    page.wait_for_url(lambda url: "id=" in url and asked not in url)
    expect(extra).to_have_value(draft["files"]["extra.yaml"])  # type: ignore[index]


def test_a_file_is_opened_in_place_of_the_one_in_force(
    tab: Watched, site: Site, tmp_path: Path
) -> None:
    mine, huge = tmp_path / "heatsync.yaml", tmp_path / "huge.yaml"
    mine.write_text(_text(site).replace(CLICKED, RAISED), encoding="utf-8")
    huge.write_text("#" * 1_000_001, encoding="utf-8")
    page = tab.open(SIMULATE)
    area, chooser = page.locator(".editor textarea"), page.locator("input[type=file]")

    chooser.set_input_files(huge)
    expect(page.get_by_role("alert").filter(has_text="at most 1,000,000 bytes")).to_be_visible()
    assert CLICKED in area.input_value()
    chooser.set_input_files(mine)

    expect(page.get_by_role("alert").filter(has_text="at most")).to_have_count(0)
    expect(area).to_have_value(mine.read_text(encoding="utf-8"))
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download").click()
    assert saved.value.suggested_filename == "heatsync.yaml"
    page.get_by_role("button", name="As in force").click()
    expect(area).to_have_value(_text(site))


def test_a_file_of_another_name_is_told_of_and_what_is_no_text_left_out(
    tab: Watched, tmp_path: Path
) -> None:
    other, binary = tmp_path / "mine.yaml", tmp_path / "photo.yaml"
    other.write_text("version: 1\n", encoding="utf-8")
    binary.write_bytes(b"\x89PNG\x00\x01")
    page = tab.open(SIMULATE)
    area, chooser = page.locator(".editor textarea"), page.locator("input[type=file]")

    chooser.set_input_files(binary)
    expect(page.locator(".said")).to_have_text("photo.yaml holds no text, and was left out.")
    assert CLICKED in area.input_value()

    chooser.set_input_files(other)
    expect(page.locator(".said")).to_contain_text("mine.yaml stands in place of heatsync.yaml now")
    expect(area).to_have_value("version: 1\n")


def test_whoever_leaves_with_a_draft_is_asked_first(tab: Watched) -> None:
    page = tab.open(SIMULATE)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator(".editor textarea").fill("version: 1\n")

    page.get_by_role("link", name="Leads").click(no_wait_after=True)

    expect(page.locator(".editor textarea")).to_have_value("version: 1\n")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.url.endswith(SIMULATE)


def test_one_waits_for_the_other_and_can_be_cancelled(tab: Watched, site: Site) -> None:
    files = {"heatsync.yaml": _text(site).replace(CLICKED, RAISED)}
    first = site.api("POST", "/simulations", json={"files": files, "weeks": 52})["id"]
    page = tab.open(SIMULATE)
    _simulate(page, CLICKED, RAISED)
    expect(page.get_by_text("Another simulation is under way")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".notice", has_text="Cancelled")).to_be_visible()

    tab.go(page, f"{SIMULATE}?id={first}")
    cancel = page.get_by_role("button", name="Cancel").element_handle()
    bar = page.locator("progress")
    expect(bar).not_to_have_attribute("value", bar.get_attribute("value") or "")
    cancel.click()

    expect(page.locator(".notice", has_text="Cancelled")).to_be_visible()
    assert site.api("GET", f"/simulations/{first}")["state"] == "cancelled"


def test_a_draft_that_is_not_taken_stays_in_sight(tab: Watched) -> None:
    page = tab.open(SIMULATE)
    area, said = page.locator(".editor textarea"), page.locator(".said")
    kept = tab.context.cookies()

    tab.context.clear_cookies()
    _simulate(page, CLICKED, RAISED)
    expect(said).to_contain_text("Your session has ended")
    assert RAISED in area.input_value()

    tab.context.add_cookies(kept)  # type: ignore[arg-type]  # as they were told
    tab.context.route("**/simulate", lambda route: route.abort())
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(said).to_contain_text("The daemon does not answer")

    tab.context.unroute("**/simulate")
    page.get_by_role("button", name="Simulate", exact=True).click()
    expect(page.get_by_role("heading", name="Who moves most in heat")).to_be_visible()
    assert RAISED in area.input_value()


def test_too_many_drafts_are_refused_in_words(tab: Watched, site: Site) -> None:
    draft = {"files": {"heatsync.yaml": _text(site).replace(CLICKED, RAISED)}, "weeks": 52}
    page = tab.open(SIMULATE)
    site.daemon.until(lambda: _is_at_rest(site))
    waiting = [site.api("POST", "/simulations", json=draft)["id"] for _ in range(5)]

    try:
        _simulate(page, CLICKED, RAISED)

        expect(page.locator(".said")).to_contain_text("Too many simulations wait already.")
        assert RAISED in page.locator(".editor textarea").input_value()
    finally:
        for each in waiting:
            site.api("DELETE", f"/simulations/{each}")


def _is_at_rest(site: Site) -> bool:
    kept = site.api("GET", "/simulations")["simulations"]
    return all(each["state"] not in {"waiting", "running"} for each in kept)


def test_a_new_line_keeps_the_indentation(tab: Watched) -> None:
    page = tab.open(SIMULATE)
    area = page.locator(".editor textarea")
    area.fill("model:\n  rules:")
    area.press("End")
    area.press("Enter")

    expect(area).to_have_value("model:\n  rules:\n  ")
    expect(page.locator(".lines")).to_have_text("1\n2\n3", use_inner_text=True)


def test_a_simulation_that_is_gone_is_told_of(tab: Watched) -> None:
    page = tab.open(f"{SIMULATE}?id=<b>nobody")

    expect(page.get_by_text("This simulation is not known any more.")).to_be_visible()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_draft_and_its_effect_are_whole_on_each_screen_and_in_each_light(
    browser: Browser, site: Site, scheme: str, size: str
) -> None:
    trial = _done(site)
    with browsing(browser, site, color_scheme=scheme, viewport=SIZES[size]) as watched:
        page = watched.open(f"{SIMULATE}?id={trial}")
        expect(page.get_by_role("heading", name="Who moves most in heat")).to_be_visible()

        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"]
        assert faults(page) == []
        assert (watched.complaints, watched.elsewhere) == ([], [])


def _done(site: Site) -> str:
    """Return a simulation that is done: one that is kept, or another."""
    kept = site.api("GET", "/simulations")["simulations"]
    done = [each["id"] for each in kept if each["state"] == "done"]
    if not done:
        files = {"heatsync.yaml": _text(site).replace(CLICKED, RAISED)}
        asked = site.api("POST", "/simulations", json={"files": files, "weeks": 0})["id"]
        site.daemon.until(lambda: site.api("GET", f"/simulations/{asked}")["state"] == "done")
        done = [asked]
    return str(done[0])
