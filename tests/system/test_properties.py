"""Declared event properties, from the file to the score."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.system.shell import heatsync

MAPPINGS = """
version: 1
platforms: {past: {adapter: files, path: ../data}}
attributes: {email: {type: email, past: email}}
events: {properties: {price: number, flag: boolean, seen: datetime, sku: text}}
model:
  traits:
    paid: {sum: price, of: order.placed}
    seen_last: {last: seen, of: order.placed}
    flagged: {last: flag, of: order.placed}
    bought: {last: sku, of: order.placed}
  rules:
    order: {event: order.placed, where: "sku = '12'", points: price, decay: none}
"""
CSV = """id,contact,type,occurred_at,price,flag,seen,sku
1,a,order.placed,2026-01-01,1.5,yes,2026-01-01,12
2,a,order.placed,2025-01-01,abc,maybe,yesterday,12
"""
JSONL = """\
{"id":"1","contact":"a","type":"order.placed","occurred_at":"2026-01-01","price":"1.5","flag":1,"seen":1767225600,"sku":12}
{"id":"2","contact":"a","type":"order.placed","occurred_at":"2025-01-01","price":"abc","flag":"maybe","seen":"yesterday","sku":12}
"""


@pytest.mark.parametrize(
    ("name", "text"),
    [pytest.param("events.csv", CSV, id="csv"), pytest.param("events.jsonl", JSONL, id="jsonl")],
)
def test_declared_properties_are_read_as_their_types_and_misfits_told(
    bare: Path, name: str, text: str
) -> None:
    for folder in ("mappings", "data"):
        (bare / folder).mkdir()
    (bare / "mappings" / "model.yaml").write_text(MAPPINGS)
    (bare / "data" / "contacts.csv").write_text("id,email\na,\n")
    (bare / "data" / name).write_text(text)

    synced = heatsync("sync", "--json", "--at", "2026-01-02").json
    explained = heatsync("explain", "past:a", "--json", "--at", "2026-01-02").json

    misfits = [(each["path"], each["line"]) for each in synced["problems"]]
    line = 3 if name.endswith("csv") else 2
    assert misfits == [("price", line), ("flag", line), ("seen", line)]
    assert explained["scores"] == {"score": 1.5}
    assert explained["traits"] == {
        "paid": 1.5,
        "seen_last": "2026-01-01T00:00:00Z",
        "flagged": True,
        "bought": "12",
    }
