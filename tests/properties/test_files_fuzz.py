"""Damaged files: always a clear error or counted problems, and no row beside the damage is lost."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest

from adapters.files.adapter import FilesPlatform
from connector.domain.contacts import Contact, Reading
from connector.domain.events import Event
from connector.domain.values import FieldType
from connector.errors import PlatformError, Problem

ROWS = 12
FILES = 500
SHARDS = 10
READING = Reading(fields={"note": FieldType.TEXT, "age": FieldType.NUMBER})
CONTACT_COLUMNS = ("id", "email", "note", "age", "created_at")
EVENT_COLUMNS = ("id", "contact", "type", "occurred_at", "amount", "note")

NOTES = (
    *("", "plain", "Zoë", "a, b", 'said "yes"', 'screen 27"', "two\nlines", "x\r\n\r\ny, z"),
    *("=1+1", "; semi", "'quoted'", "ends\n"),
)
Mutation: TypeAlias = Callable[[random.Random, bytes], bytes]
Item: TypeAlias = Contact | Event


def _insert(piece: bytes) -> Mutation:
    def mutate(chance: random.Random, row: bytes) -> bytes:
        at = chance.randrange(len(row) + 1)
        return row[:at] + piece + row[at:]

    return mutate


def _delete(chance: random.Random, row: bytes) -> bytes:
    at = chance.randrange(len(row))
    return row[:at] + row[at + chance.randrange(1, 4) :]


def _noise(chance: random.Random, row: bytes) -> bytes:
    return bytes(byte for byte in chance.randbytes(len(row)) if byte not in b"\n")


def _cell(content: bytes) -> Mutation:
    """Replace a part of the row by `content`, in quotes as CSV and JSON have them."""

    def mutate(chance: random.Random, row: bytes) -> bytes:
        parts = row.split(b",")
        parts[chance.randrange(len(parts))] = content
        return b",".join(parts)

    return mutate


MUTATIONS: dict[str, Mutation] = {
    "a stray quote": _insert(b'"'),
    "invalid UTF-8": _insert(b"\xff\xfe"),
    "a NUL byte": _insert(b"\0"),
    "a lone carriage return": _insert(b"\r"),
    "a surplus delimiter": _insert(b",,,"),
    "another row end": _insert(b"\n"),
    "missing bytes": _delete,
    "noise": _noise,
    "nothing": lambda _, __: b"",
    "a huge cell": _cell(b"x" * 200_000),
    "a huge quoted cell": _cell(b'"' + b"x,\n" * 1_500 + b'"'),
    "a formula": _cell(b"=cmd|' /C calc'!A0"),
    "a wrong type": _cell(b'"[object Object]"'),
    "a huge number": _cell(b"9" * 5_000),
    "not a number": _cell(b"NaN"),
    "an overflow": _cell(b'"age":1e999'),
    "deep nesting": lambda _, __: b'{"id":' + b"[" * 50_000,
    "a deep property": _cell(b'"note":' + b"[" * 900 + b"]" * 900),
    "half a surrogate": _cell(b'"note":"\\ud800"'),
    "another shape": lambda _, __: b'["id", 1]',
    "a name that cannot be kept": _cell(b'"\\ud800":1'),
}


def _contact(chance: random.Random, number: int) -> dict[str, str]:
    return {
        "id": f"c{number}",
        "email": f"person{number}@mail.example.com",
        "note": chance.choice(NOTES),
        "age": str(chance.randrange(100)),
        "created_at": f"2026-01-{number % 28 + 1:02}",
    }


def _event(chance: random.Random, number: int) -> dict[str, str]:
    return {
        "id": f"e{number}",
        "contact": f"c{chance.randrange(9)}",
        "type": chance.choice(["order.placed", "page.viewed", "odd"]),
        "occurred_at": str(1_768_471_200 + number),
        "amount": f"{chance.random() * 100:.2f}",
        "note": chance.choice(NOTES),
    }


def _encoded(row: Sequence[str] | dict[str, str], suffix: str) -> bytes:
    if suffix == ".jsonl":
        return json.dumps(row).encode()
    sink = io.StringIO(newline="")
    csv.writer(sink, lineterminator="\r\n").writerow(row.values() if isinstance(row, dict) else row)
    return sink.getvalue()[:-2].encode()


def _rows(chance: random.Random, stream: str, suffix: str) -> list[bytes]:
    make = _contact if stream == "contacts" else _event
    columns = CONTACT_COLUMNS if stream == "contacts" else EVENT_COLUMNS
    header = [] if suffix == ".jsonl" else [_encoded(columns, suffix)]
    return header + [_encoded(make(chance, number), suffix) for number in range(ROWS)]


async def _read(path: Path, stream: str) -> tuple[dict[str, Item], list[Problem]]:
    items: dict[str, Item] = {}
    problems: list[Problem] = []
    platform = FilesPlatform("past", path, page_rows=5)
    if stream == "contacts":
        async for page in platform.contacts.contacts(READING, None):
            items.update((each.remote_id, each) for each in page.items)
            problems.extend(page.problems)
    else:
        async for found in platform.events.events(None):
            items.update((each.id, each) for each in found.items)
            problems.extend(found.problems)
    return items, problems


async def _read_or_error(path: Path, stream: str) -> tuple[dict[str, Item], list[str]]:
    """Return what was read, and what was said about the rest."""
    try:
        items, problems = await _read(path, stream)
    except PlatformError as error:
        return {}, [str(error)]
    return items, [str(problem) for problem in problems]


@pytest.mark.parametrize("shard", range(SHARDS))
async def test_a_damaged_row_costs_itself_alone(tmp_path: Path, shard: int) -> None:
    for seed in range(shard, FILES, SHARDS):
        chance = random.Random(seed)
        stream, suffix = chance.choice(["contacts", "events"]), chance.choice([".csv", ".jsonl"])
        rows = _rows(chance, stream, suffix)
        path = tmp_path / f"{stream}{suffix}"
        path.write_bytes(b"\n".join(rows) + b"\n")
        sound, none = await _read(tmp_path, stream)
        assert (len(sound), none) == (ROWS, [])
        name = chance.choice(list(MUTATIONS))
        hit = chance.randrange(ROWS)
        place = hit + (suffix == ".csv")
        rows[place] = MUTATIONS[name](chance, rows[place])
        path.write_bytes(b"\n".join(rows) + b"\n")

        left, problems = await _read(tmp_path, stream)

        del sound[f"{stream[0]}{hit}"]
        lost = {key for key, item in sound.items() if left.get(key) != item}
        assert not lost, f"seed {seed}, {name}: {problems}"
        path.unlink()


@pytest.mark.parametrize("seed", range(60))
async def test_a_cut_file_keeps_the_rows_before_the_cut(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    stream, suffix = chance.choice(["contacts", "events"]), chance.choice([".csv", ".jsonl"])
    rows = _rows(chance, stream, suffix)
    whole = b"\n".join(rows) + b"\n"
    path = tmp_path / f"{stream}{suffix}"
    path.write_bytes(whole)
    sound, _ = await _read(tmp_path, stream)
    cut = chance.randrange(len(rows[0]) + 1, len(whole))
    path.write_bytes(whole[:cut])

    left, _ = await _read(tmp_path, stream)

    first = 1 if suffix == ".csv" else 0
    ends = [len(b"\n".join(rows[: place + 1])) for place in range(len(rows))]
    before = [
        f"{stream[0]}{place - first}" for place in range(first, len(rows)) if ends[place] <= cut
    ]
    assert {key: left.get(key) for key in before} == {key: sound[key] for key in before}


@pytest.mark.parametrize("seed", range(60))
async def test_a_damaged_header_is_a_clear_error_or_read(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    stream = chance.choice(["contacts", "events"])
    rows = _rows(chance, stream, ".csv")
    rows[0] = chance.choice(list(MUTATIONS.values()))(chance, rows[0])
    path = tmp_path / f"{stream}.csv"
    path.write_bytes(b"\n".join(rows) + b"\n")

    _, told = await _read_or_error(tmp_path, stream)

    assert all(path.name in text for text in told)


@pytest.mark.parametrize("seed", range(60))
async def test_noise_is_a_clear_error_or_counted(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    stream = chance.choice(["contacts", "events"])
    path = tmp_path / f"{stream}{chance.choice(['.csv', '.jsonl', '.parquet'])}"
    alphabet = chance.choice([bytes(range(256)), b'",\n', b'{}[]":,1e\\u\n', b"id,\x00\r\n;"])
    header = chance.choice([b"", b"id,contact,type,occurred_at\n"])
    path.write_bytes(header + bytes(chance.choices(alphabet, k=chance.randrange(5_000))))

    _, told = await _read_or_error(tmp_path, stream)

    assert all(path.name in text for text in told)
