"""What a stream yields is shown item by item, and nobody is asked without need."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters.rest.simulator import KEY, RestSimulator
from adapters.simulation.server import Server
from connector.cli.app import run

ENTRY = """
platforms:
  acme:
    adapter: rest
    url: {url}/v1
    auth: {{type: header, name: X-Api-Key}}
    contacts:
      path: /contacts
      params: {{limit: 2}}
      items: data
      pager: {{type: cursor, param: after, next: meta.next}}
      record: {{id: id, email: email, fields: fields}}
    events:
      path: /events
      items: data
      record: {{type: kind, contact: contact_id, occurred_at: at, id: id}}
    lists: {{path: /lists, record: {{id: id, name: name}}}}
  other: {{adapter: memory}}
"""


@pytest.fixture
def simulator() -> RestSimulator:
    return RestSimulator(now=lambda: datetime(2026, 1, 15, 10, tzinfo=UTC))


@pytest.fixture
def entry(
    simulator: RestSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Give a file whose platform answers."""
    monkeypatch.setenv("HEATSYNC_PLATFORMS__ACME__API_KEY", KEY)
    path = tmp_path / "acme.yaml"
    with Server(simulator.app) as server:
        path.write_text(ENTRY.format(url=server.url), encoding="utf-8")
        yield str(path)


def shown(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, Any]:
    """Return the exit code, and what was printed as JSON."""
    code = run(["rest", "try", *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_items_are_asked_for_up_to_the_limit(
    simulator: RestSimulator, entry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(9):
        simulator.account.create(f"person{number}@x.example.com", {"plan": "pro"})

    code, told = shown(capsys, entry, "--limit", "3")

    assert (code, told["platform"], told["stream"]) == (0, "acme", "contacts")
    assert [each["told"][0]["emails"] for each in told["items"]] == [
        [f"person{number}@x.example.com"] for number in range(3)
    ]
    assert told["items"][0]["told"][0]["attributes"] == {"plan": "pro"}
    assert told["items"][0]["item"]["id"] == "c_1"
    assert len(simulator.trace) == 2


@pytest.mark.parametrize("stream", ["events", "lists"])
def test_other_streams_are_tried_by_name(
    simulator: RestSimulator, entry: str, capsys: pytest.CaptureFixture[str], stream: str
) -> None:
    simulator.account.record("c_1", "email.opened", datetime(2026, 1, 2, tzinfo=UTC), {})
    simulator.account.group("VIP")

    _, told = shown(capsys, entry, "--stream", stream)

    (item,) = told["items"]
    expected = {
        "events": {
            "id": "e_1",
            "type": "email.opened",
            "contact": "c_1",
            "occurred_at": "2026-01-02T00:00:00Z",
            "fields": {},
        },
        "lists": {"id": "l_2", "name": "VIP"},
    }
    assert item["told"] == [expected[stream]]


def test_a_saved_answer_asks_nobody_and_needs_no_key(
    simulator: RestSimulator,
    entry: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.delenv("HEATSYNC_PLATFORMS__ACME__API_KEY")
    answer = tmp_path / "answer.json"
    answer.write_text(json.dumps({"data": [{"email": "no id"}, {"id": 7}]}), encoding="utf-8")

    code, told = shown(capsys, entry, "--from", str(answer))

    first, second = told["items"]
    assert (code, first["told"], second["told"][0]["id"]) == (0, [], "7")
    assert first["misfits"] == ["`email` is not an e-mail address", "it has not an id"]
    assert len(simulator.trace) == 0


def test_an_item_may_be_nested_deep(
    entry: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    answer = tmp_path / "answer.json"
    nested = "[" * 600 + "]" * 600
    answer.write_text(f'{{"data": [{{"id": 1, "fields": {nested}}}]}}', encoding="utf-8")

    code, told = shown(capsys, entry, "--from", str(answer))

    assert (code, told["items"][0]["told"][0]["id"]) == (0, "1")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere.yaml"], "there is no file and no preset `nowhere.yaml`"),
        (["{entry}", "--stream", "removals"], "it says nothing of `removals`"),
        (["{entry}", "--platform", "other"], "names no such platform: `other`"),
        (["{entry}", "--from", "{entry}"], "is no JSON"),
        (["{entry}", "--from", "missing.json"], "cannot be read"),
    ],
)
def test_what_cannot_be_tried_is_told(
    entry: str, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    code, told = shown(capsys, *(word.replace("{entry}", entry) for word in words))

    assert code == 78
    assert said in told["error"]


def test_a_key_that_is_refused_is_told_with_its_code(
    simulator: RestSimulator, entry: str, capsys: pytest.CaptureFixture[str]
) -> None:
    simulator.account.is_closed = True

    code, told = shown(capsys, entry)

    assert code == 69
    assert "answered 401" in told["error"]
    assert "(asked: http://127.0.0.1:" in told["error"]
    assert KEY not in str(told)


@pytest.fixture
def mappings(
    simulator: RestSimulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Give a mappings folder with an entry of a preset that has an address of its own."""
    monkeypatch.setenv("HEATSYNC_PLATFORMS__MAIL__API_KEY", KEY)
    folder = tmp_path / "mappings"
    folder.mkdir()
    with Server(simulator.app) as server:
        mail = f"mail: {{adapter: rest, preset: klaviyo, url: '{server.url}/own'}}"
        crm = "crm: {adapter: hubspot}"
        text = f"version: 1\nplatforms:\n  {mail}\n  {crm}\n"
        (folder / "a.yaml").write_text(text, encoding="utf-8")
        yield folder


def test_the_entry_of_a_preset_is_the_one_in_the_mappings(
    simulator: RestSimulator, mappings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, told = shown(capsys, "klaviyo", "--platform", "mail", "--mappings", str(mappings))

    assert "/own)" in told["error"]
    assert [each.path for each in simulator.trace] == ["/own/profiles"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["plezi", "--platform", "mail"], "`mail` as no entry with `preset: plezi`"),
        (["klaviyo", "--platform", "crm"], "`crm` as no entry with `preset: klaviyo`"),
        (["klaviyo", "--platform", "shop"], "HEATSYNC_PLATFORMS__SHOP__API_KEY is not set"),
    ],
)
def test_a_preset_is_asked_under_no_wrong_name(
    simulator: RestSimulator,
    mappings: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    said: str,
) -> None:
    code, told = shown(capsys, *words, "--mappings", str(mappings))

    assert code == 78
    assert said in told["error"]
    assert len(simulator.trace) == 0


def test_a_file_that_may_name_the_platform_has_to_be_mended_first(
    simulator: RestSimulator, mappings: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (mappings / "a.yaml").write_text("platforms: [", encoding="utf-8")

    code, told = shown(capsys, "klaviyo", "--platform", "mail", "--mappings", str(mappings))

    assert code == 78
    assert "a.yaml:1" in told["error"]
    assert len(simulator.trace) == 0
