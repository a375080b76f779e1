"""A daemon under strangers and platforms that repeat secrets: it logs and answers none of them."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from adapters.simulation.server import Server
from tests.system.canaries import (
    PEOPLE,
    PERSON,
    SECRETS,
    Parrot,
    found_installation,
    met,
    told,
    variables,
)
from tests.system.daemon import Daemon, running

pytestmark = pytest.mark.xdist_group("canaries")

TOKEN = {"authorization": f"Bearer {SECRETS['ADMIN_TOKEN']}"}
PROVED = {"authorization": f"Bearer {SECRETS['PLATFORMS__MAIL__WEBHOOK_TOKEN']}"}
GARBAGE = (
    b"",
    b"{",
    b"\xff\xfe",
    f'{{"event": "opened", "email": "{PERSON}", "date": "never"}}'.encode(),
    f'[{{"email": "{PERSON}", "event": 7, "phone": "{PEOPLE[-1]}"}}, "{PERSON}"]'.encode(),
    f"{PERSON} {PEOPLE[2]}".encode(),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRun:
    """What a daemon wrote, answered and kept."""

    folder: Path
    lines: Sequence[str]
    answers: Mapping[str, str] = field(default_factory=dict)
    """What it answered, by what was asked."""


@pytest.fixture(scope="module")
def long_run(tmp_path_factory: pytest.TempPathFactory) -> LongRun:
    """Let a daemon meet everything that could make it talk."""
    folder = tmp_path_factory.mktemp("daemon")
    answers: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch, Server(Parrot()) as server:
        for name in [each for each in os.environ if each.startswith("HEATSYNC_")]:
            patch.delenv(name)
        found_installation(folder, server.url)
        with running(folder, env=variables(server.url)) as daemon:
            with httpx.Client(base_url=daemon.address, timeout=30) as client:
                _ask(client, answers)
                _call(client, answers)
            _break_the_configuration(folder, daemon)
            daemon.event("turn ended", action="inbound", platform="mail")
            for courier in ("notify SALES", "webhook HOOK"):
                daemon.event("problem", job=f"push {courier}")
            daemon.stop()
    with sqlite3.connect(folder / "heatsync.db") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return LongRun(folder=folder, lines=daemon.lines, answers=answers)


def _ask(client: httpx.Client, answers: dict[str, str]) -> None:
    """Ask as those who look after it do, and as those who guess."""
    wrong = {"authorization": f"Bearer {PERSON}"}
    for path in ("/healthz", "/readyz", "/metrics", "/api/v1/status", "/nope", "/api/openapi.json"):
        for headers in (TOKEN, {}):
            answers[f"GET {path} {len(headers)}"] = client.get(path, headers=headers).text
    answers["a wrong token"] = client.get("/metrics", headers=wrong).text
    for body in GARBAGE:
        sent = client.post("/api/v1/events", headers=TOKEN, content=body)
        answers[f"POST /api/v1/events {body!r}"] = sent.text
    answers["a page of another name"] = client.get("/", headers={"host": PERSON}).text


def _call(client: httpx.Client, answers: dict[str, str]) -> None:
    """Call as platforms do, and as those who pretend to be one."""
    for number, body in enumerate(GARBAGE):
        for kind, headers in (("proved", PROVED), ("unproved", {"x-hubspot-signature-v3": "x"})):
            for name in ("mail", "crm", PERSON):
                sent = client.post(
                    f"/webhooks/{name}?email={PERSON}", headers=headers, content=body
                )
                answers[f"{kind} {name} {number}"] = sent.text


def _break_the_configuration(folder: Path, daemon: Daemon) -> None:
    secret = SECRETS["PLATFORMS__MAIL__API_KEY"]
    text = f"platforms: {{more: {{adapter: brevo, api_key: {secret}}}}}\ncontacts: {{exclude: 7}}\n"
    (folder / "mappings" / "more.yaml").write_text(text)
    daemon.tell(signal.SIGHUP)
    daemon.event("configuration is broken, the running one stays")


def test_it_was_met_with_everything(long_run: LongRun) -> None:
    assert "ok" in long_run.answers["GET /healthz 1"]
    assert json.loads(long_run.answers["a wrong token"])["error"]
    assert [line for line in long_run.lines if '"warning"' in line and "answered " in line]
    assert [line for line in long_run.lines if "cannot be taken in, and" in line]


def test_no_line_of_its_log_tells_a_secret_or_of_a_person(long_run: LongRun) -> None:
    assert [line for line in long_run.lines if told(line) or met(line)] == []


def test_no_answer_tells_a_secret_or_of_a_person(long_run: LongRun) -> None:
    leaks = {asked: text for asked, text in long_run.answers.items() if told(text) or met(text)}

    assert leaks == {}


def test_no_secret_is_kept(long_run: LongRun) -> None:
    files = [each for each in long_run.folder.rglob("*") if each.is_file()]

    kept = {
        each.name: told(each.read_bytes().decode("latin-1"))
        for each in files
        if each.parent.name != "mappings"
    }

    assert "heatsync.db" in kept
    assert {name: secrets for name, secrets in kept.items() if secrets} == {}
