"""What is written to a folder keeps up with who is who."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms: {past: {adapter: files, path: ../data}}
attributes: {email: {type: email, past: email}}
model:
  rules: {order: {event: order.placed, points: 1, decay: none}}
targets:
  past:
    attributes: {points: score}
    lists: {Buyers: {when: "score > 0", create: true}}
    tags: {buyer: "score > 0"}
"""
EVENTS = "contact,type,occurred_at\na,order.placed,2026-01-01\nb,order.placed,2026-01-01\n"


def _sync(folder: Path, contacts: str, at: str) -> dict[str, list[str]]:
    (folder / "data" / "contacts.csv").write_text(f"id,email\n{contacts}")
    assert heatsync("sync", "--at", at).code == 0
    out = folder / "data" / "out"
    names = ("contacts.csv", "lists/Buyers.csv", "tags.csv")
    return {name: (out / name).read_text().splitlines()[1:] for name in names}


def _found(folder: Path) -> None:
    for name in ("mappings", "data"):
        (folder / name).mkdir()
    (folder / "mappings" / "model.yaml").write_text(MAPPINGS)
    (folder / "data" / "events.csv").write_text(EVENTS)


def test_a_new_address_reaches_every_file(bare: Path) -> None:
    _found(bare)
    _sync(bare, "a,old@example.com\n", "2026-01-02")

    assert _sync(bare, "a,new@example.com\n", "2026-01-03") == {
        "contacts.csv": ["a,new@example.com,1"],
        "lists/Buyers.csv": ["a,new@example.com"],
        "tags.csv": ["a,new@example.com,buyer"],
    }


def test_an_address_that_is_gone_is_gone_from_every_file(bare: Path) -> None:
    _found(bare)
    _sync(bare, "a,old@example.com\n", "2026-01-02")

    assert _sync(bare, "a,\n", "2026-01-03") == {
        "contacts.csv": ["a,,1"],
        "lists/Buyers.csv": ["a,"],
        "tags.csv": ["a,,buyer"],
    }


def test_a_value_that_ends_with_an_old_address_is_cleared(bare: Path) -> None:
    _found(bare)
    traits = "  traits: {ordered: {last: order.placed, within: 3d}}\n"
    text = MAPPINGS.replace("model:\n", f"model:\n{traits}")
    text = text.replace("points: score", "ordered: ordered")
    (bare / "mappings" / "model.yaml").write_text(text)
    before = _sync(bare, "a,old@example.com\n", "2026-01-02")
    assert before["contacts.csv"] == ["a,old@example.com,2026-01-01T00:00:00Z"]

    assert _sync(bare, "a,new@example.com\n", "2026-01-05")["contacts.csv"] == []


def test_two_records_that_become_one_person_become_one_row(bare: Path) -> None:
    _found(bare)
    before = _sync(bare, "a,one@example.com\nb,two@example.com\n", "2026-01-02")
    assert len(before["contacts.csv"]) == 2

    assert _sync(bare, "a,one@example.com\nb,one@example.com\n", "2026-01-03") == {
        "contacts.csv": ["a,one@example.com,2"],
        "lists/Buyers.csv": ["a,one@example.com"],
        "tags.csv": ["a,one@example.com,buyer"],
    }


def test_what_was_deleted_is_written_again(bare: Path) -> None:
    _found(bare)
    contacts = "a,one@example.com\nb,two@example.com\n"
    before = _sync(bare, contacts, "2026-01-02")
    shutil.rmtree(bare / "data" / "out")

    synced = heatsync("sync", "--at", "2026-01-02", "--json").json

    assert ["is gone" in each["message"] for each in synced["problems"]] == [True]
    assert _sync(bare, contacts, "2026-01-02") == before
