"""Plans, summaries and leads as people read them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from connector.cli.rendering.leads import show_leads
from connector.cli.rendering.plan import plan_json, show_plan
from connector.cli.rendering.summary import Shown, show_summary
from connector.domain.values import Written
from connector.errors import AccessRefused, PlatformUnavailable, Problem
from connector.sync.asking.pace import Pace
from connector.sync.cycle import Steps
from connector.sync.pushing.plan import Plan, PlannedChange
from connector.sync.summary import Summary

AT = datetime(2026, 3, 1, tzinfo=UTC)


def a_change(kind: str, name: str, before: Written, after: Written) -> PlannedChange:
    return PlannedChange(
        contact=1,
        remote_id="c1",
        email="ada@example.com",
        kind=kind,
        name=name,
        before=before,
        after=after,
    )


def a_plan(*changes: PlannedChange) -> Plan:
    counts = {f"{each.kind} {each.name}": 1 for each in changes}
    return Plan(platform="crm", contacts=1, changes=list(changes), counts=counts, calls=1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (a_change("attribute", "heat", None, Decimal("12.50")), "heat  nothing → 12.50"),
        (a_change("attribute", "heat", Decimal(3), None), "heat  3 → nothing"),
        (a_change("attribute", "seen", None, AT), "seen  nothing → 2026-03-01T00:00:00Z"),
        (a_change("list", "Hot", False, True), "list Hot  out → in"),
        (a_change("tag", "vip", True, False), "tag vip  in → out"),
        (a_change("stage", "stage", "cold", "hot"), "stage  cold → hot"),
        (a_change("stage", "stage", None, "hot"), "stage  (no stage) → hot"),
        (a_change("stage", "stage", "cold", None), "stage  cold → (no stage)"),
    ],
    ids=[
        *("new", "taken away", "an instant", "into a list", "a tag off"),
        *("stage", "a first stage", "out of stages"),
    ],
)
def test_a_change_shows_old_and_new(
    change: PlannedChange, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_plan([(a_plan(change), Pace())])

    assert f"ada@example.com  {said}\n" in capsys.readouterr().out


def test_a_contact_who_is_created_has_no_old_value(capsys: pytest.CaptureFixture[str]) -> None:
    show_plan([(a_plan(a_change("contact", "created", None, "ada@example.com")), Pace())])

    assert "ada@example.com  is created\n" in capsys.readouterr().out


def test_a_plan_names_each_contact_once(capsys: pytest.CaptureFixture[str]) -> None:
    changes = [a_change("attribute", name, None, "x") for name in ("a", "b", "c")]

    show_plan([(a_plan(*changes), Pace())])

    assert capsys.readouterr().out.count("ada@example.com") == 1


def test_a_plan_says_with_which_options_all_of_it_is_shown(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plan = replace(a_plan(a_change("attribute", "a", None, "x")), counts={"attribute a": 3})

    show_plan([(plan, Pace())])
    show_plan([(plan, Pace())], all_with="--json shows all")

    told = capsys.readouterr().out
    assert "  ... and 2 more (--limit shows more, --json all)\n" in told
    assert "  ... and 2 more (--json shows all)\n" in told


@pytest.mark.parametrize(
    ("pace", "said"),
    [
        (Pace(), "no limit on calls: at once"),
        (Pace(left={"all": 5}), "at once within its limits"),
        (
            Pace(left={"all": 0}, takes=timedelta(hours=2, seconds=90), binds="all"),
            "2 h 2 min within its limit all",
        ),
    ],
    ids=["no limit", "room", "time"],
)
def test_a_plan_says_how_long_its_calls_take(
    pace: Pace, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_plan([(a_plan(a_change("stage", "stage", None, "hot")), pace)])

    assert f"crm: 1 change of 1 contact in 1 call ({said})" in capsys.readouterr().out


def test_a_plan_for_machines_keeps_numbers_numbers() -> None:
    pace = Pace(left={"all": 5}, takes=timedelta(minutes=3), binds="all")

    planned = plan_json(a_plan(a_change("attribute", "heat", None, Decimal("12.50"))), pace)

    changes = planned["changes"]
    assert isinstance(changes, list)
    assert (changes[0]["before"], changes[0]["after"]) == (None, 12.5)
    assert (planned["limits"], planned["seconds"]) == ({"all": 5}, 180)
    assert planned["binds"] == "all"


@pytest.mark.parametrize(
    ("is_pulled", "is_decided", "told"),
    [
        (False, False, "crm: nothing to write, as nothing was pulled from it yet"),
        (True, False, "crm: nothing to write, as nothing was decided yet (heatsync score)"),
        (True, True, "crm: nothing to write\n"),
    ],
)
def test_a_plan_that_is_empty_says_why(
    is_pulled: bool, is_decided: bool, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    show_plan([(Plan(platform="crm", is_pulled=is_pulled, is_decided=is_decided), Pace())])

    assert told in capsys.readouterr().out


def test_no_target_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    show_plan([])

    assert "Nothing is a target" in capsys.readouterr().out


def a_summary() -> Summary:
    return Summary(
        at=AT,
        pulled={"crm": {"contacts": 1, "events": 0}, "shop": {"contacts": 0, "events": 0}},
        scored=1,
        stages={"lead": {"cold": 3, "hot": 0}},
        deliveries={
            "crm": {"delivered": 1, "unchanged": 2, "failed": 3, "dead": 4, "calls": 5},
            "shop": {"delivered": 0, "unchanged": 0, "failed": 0, "dead": 0, "calls": 0},
        },
    )


def test_a_summary_is_sentences_in_their_number(capsys: pytest.CaptureFixture[str]) -> None:
    pushed = (
        "1 contact updated, 2 already right, 3 failed (tried again next time), "
        "4 refused for good, 5 calls"
    )

    show_summary(a_summary(), Steps(), Shown())

    assert capsys.readouterr().out.splitlines() == [
        "Synced, as of 2026-03-01 00:00 UTC",
        "",
        "  pulled from crm   1 contact, 0 events",
        "  pulled from shop  nothing new",
        "  scored            1 contact",
        f"  pushed to crm     {pushed}",
        "  pushed to shop    nothing to update",
        "",
        "lead by stage",
        "  hot   0",
        f"  cold  3  {'█' * 30}",
    ]


def test_of_a_platform_that_is_only_told_no_pull_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = a_summary()
    summary.unpulled = {"shop"}

    show_summary(summary, Steps(), Shown())

    assert "pulled from shop" not in capsys.readouterr().out


def test_who_was_created_and_what_others_changed_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    summary = a_summary()
    summary.deliveries["shop"]["created"] = 2
    summary.drift = {"crm": {"repaired": 3, "kept": 0}}

    show_summary(summary, Steps(), Shown())

    told = capsys.readouterr().out
    assert "  pushed to shop    2 contacts created\n" in told
    assert "  changed on crm    values of ours, by somebody else: 3 written again\n" in told


def test_whom_a_platform_erased_is_told_by_number(capsys: pytest.CaptureFixture[str]) -> None:
    summary = a_summary()
    summary.erased["crm"] = 1

    show_summary(summary, Steps(), Shown())

    assert "  erased for crm    1 person, as it did\n" in capsys.readouterr().out


def test_what_was_tried_and_waits_is_no_update(capsys: pytest.CaptureFixture[str]) -> None:
    summary = a_summary()
    summary.deliveries["shop"]["calls"] = 2
    summary.failed("shop", [PlatformUnavailable("no", platform="shop", operation="write lists")])

    show_summary(summary, Steps(), Shown())

    told = capsys.readouterr().out
    assert "  pulled from shop  nothing new\n" in told
    assert "  pushed to shop    nothing updated, 2 calls\n" in told


def test_trouble_is_told_first_and_problems_last(capsys: pytest.CaptureFixture[str]) -> None:
    summary = a_summary()
    summary.failed("crm", [PlatformUnavailable("gone", platform="crm", operation="events")] * 2)
    summary.problems += [Problem(message=f"odd {number}") for number in range(11)]

    show_summary(summary, Steps(), Shown())

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Synced, with trouble, as of 2026-03-01 00:00 UTC"
    assert lines[-12:-10] == ["12 problems", "  crm: gone"]
    assert lines[-1] == "  ... and 2 more (--json shows all)"


def test_a_platform_that_refuses_us_is_told_first(capsys: pytest.CaptureFixture[str]) -> None:
    summary = a_summary()
    summary.pulled["mail"] = {"contacts": 0, "events": 0}
    summary.deliveries["mail"] = dict.fromkeys(summary.deliveries["shop"], 0)
    for name, error in (("mail", AccessRefused), ("shop", PlatformUnavailable)):
        summary.failed(name, [error("no", platform=name, operation="read")])
        summary.unread.add(name)

    show_summary(summary, Steps(), Shown())

    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("  refused by mail   nothing more is asked of it in this run")
    assert "  pulled from shop  nothing: see below" in lines
    assert not any("from mail" in each or "to mail" in each for each in lines)
    assert lines[-2] == "  mail: no (`heatsync check` says what to do)"


def test_a_pull_tells_nothing_of_stages(capsys: pytest.CaptureFixture[str]) -> None:
    show_summary(a_summary(), Steps(command="pull", scores=False, pushes=False), Shown())

    told = capsys.readouterr().out
    assert told.startswith("Pulled, ")
    assert "stage" not in told
    assert "pushed" not in told


def test_nobody_to_show_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    show_leads("lead", "hot", [])

    assert capsys.readouterr().out.startswith("Nobody stands in hot yet")
