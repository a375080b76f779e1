"""Triggers as people and machines meet them: a line in a file, once, and what is told of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.inbox import Inbox, open_inbox
from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: files, path: ../crm}
attributes:
  email: {type: email, crm: email}
  job: {type: text, crm: job}
model:
  rules: {opened: {event: email.opened, points: 30}}
  scores:
    heat: {stages: [{name: cold, from: 0}, {name: hot, from: 60}]}
triggers:
  call_hot:
    when: "heat_stage = 'hot'"
    do:
      - email: {platform: crm, template: 12, params: {score: heat}}
      - push: {platform: crm}
      - notify: SALES
    limit: {per: day, of: 1}
"""
PEOPLE = "id,email,job\n1,ann@example.com,boss\n2,ben@example.com,cook\n"
MONDAY, TUESDAY = "2026-03-02T09:00:00Z", "2026-03-03T09:00:00Z"
WEDNESDAY = "2026-03-04T09:00:00Z"


@pytest.fixture
def sales() -> Iterator[Inbox]:
    with open_inbox() as inbox:
        yield inbox


@pytest.fixture
def alarming(bare: Path, sales: Inbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a company where nobody was hot on Monday and everybody was by Tuesday."""
    monkeypatch.setenv("HEATSYNC_NOTIFY__SALES", sales.address)
    (bare / "mappings").mkdir()
    (bare / "mappings" / "heatsync.yaml").write_text(MAPPINGS)
    (bare / "crm").mkdir()
    (bare / "crm" / "contacts.csv").write_text(PEOPLE)
    rows = [
        f"{contact},email.opened,2026-03-02T1{hour}:00:00Z" for contact in "12" for hour in "012"
    ]
    text = "\n".join(["contact,type,occurred_at", *rows])
    (bare / "crm" / "events.csv").write_text(f"{text}\n")
    assert heatsync("sync", "--at", MONDAY).code == 0
    return bare


def lines(folder: Path) -> list[dict[str, str]]:
    file = folder / "crm" / "out" / "triggers.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_nothing_is_done_for_a_baseline(alarming: Path) -> None:
    assert lines(alarming) == []


def test_what_fires_becomes_a_line_per_deed_and_no_second_one(alarming: Path) -> None:
    ran = heatsync("sync", "--at", TUESDAY, "--json")
    again = heatsync("sync", "--at", TUESDAY, "--json")

    assert (ran.json["triggers"], again.json["triggers"]) == ({"call_hot": 1}, {"call_hot": 0})
    email, push = lines(alarming)
    assert set(email) == {"trigger", "contact", "email", "action", "at", "key"}
    assert (email["trigger"], email["at"]) == ("call_hot", TUESDAY)
    assert {"1": "ann@example.com", "2": "ben@example.com"}[email["contact"]] == email["email"]
    assert (email["action"], push["action"]) == ("email", "push")
    assert email["key"] != push["key"]


def test_who_is_over_the_limit_follows_the_day_after(alarming: Path) -> None:
    heatsync("sync", "--at", TUESDAY)

    ran = heatsync("sync", "--at", WEDNESDAY, "--json")

    assert (ran.json["scored"], ran.json["triggers"]) == (0, {"call_hot": 1})
    assert {each["contact"] for each in lines(alarming)} == {"1", "2"}


def test_a_dry_run_tells_who_would_fire_and_writes_nothing(alarming: Path, sales: Inbox) -> None:
    ran = heatsync("sync", "--at", TUESDAY, "--dry-run", "--json")

    assert ran.json["triggers"] == {"call_hot": 1}
    assert (lines(alarming), sales.messages) == ([], [])
    assert heatsync("sync", "--at", TUESDAY, "--json").json["triggers"] == {"call_hot": 1}


def test_a_person_is_told_what_fired(alarming: Path) -> None:
    ran = heatsync("sync", "--at", TUESDAY)

    assert "triggered call_hot" in ran.out
    assert "told notify SALES 1 message sent, 1 call" in " ".join(ran.out.split())


def test_sales_is_told_once_of_who_is_hot(alarming: Path, sales: Inbox) -> None:
    for _ in range(2):
        heatsync("sync", "--at", TUESDAY)

    (message,) = sales.messages
    (email, _) = lines(alarming)
    assert message["title"] == f"call_hot: {email['email']}"
    assert "heat: 90\nheat_stage: hot\n" in message["message"]


def test_the_status_counts_what_is_done_and_what_waits(alarming: Path) -> None:
    heatsync("sync", "--at", TUESDAY)

    counts = heatsync("status", "--json").json["triggers"]

    assert counts == {"call_hot": {"done": 3, "waiting": 3}}
    assert "waiting for room in the limit" in heatsync("status").out


def test_a_message_that_was_not_taken_is_sent_by_a_later_run(alarming: Path, sales: Inbox) -> None:
    sales.statuses = [500]

    ran = heatsync("sync", "--at", TUESDAY, "--json")

    assert sales.messages == []
    assert any("notify SALES" in each["message"] for each in ran.json["problems"])
    assert heatsync("status", "--json").json["triggers"]["call_hot"]["pending"] == 1
