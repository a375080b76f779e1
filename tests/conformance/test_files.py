"""A folder of files keeps every promise, in each of its formats."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from adapters.files.adapter import CAPABILITIES, FilesPlatform
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.instants import iso
from connector.domain.values import FieldType, Value, read_value
from connector.ports.platform import Platform
from tests.conformance.platform_suite import PlatformConformance
from tests.conformance.world import AT, Fault, World

Row = dict[str, Value]


class FilesWorld(World):
    """A folder, written and read without the adapter."""

    capabilities = CAPABILITIES
    page_items = 3
    faults = frozenset({Fault.CUT_ANSWER})

    def __init__(self, folder: Path, suffix: str) -> None:
        self.fields = {kind: f"a_{kind.value}" for kind in FieldType}
        self._folder = folder
        self._suffix = suffix
        self._made = 0
        self._rows: dict[str, list[Row]] = {"contacts": [], "events": []}

    def connect(self) -> Platform:
        return FilesPlatform("past", self._folder, page_rows=self.page_items)

    def play(self, fault: Fault) -> None:
        """Cut the file that is read, and the one that is written, in the middle of a character."""
        for path in (self._path("contacts"), self._folder / "out" / "contacts.csv"):
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(b"\xff\xfei\x00d")

    def add_contact(self, email: str, values: Mapping[str, Value] | None = None) -> str:
        self._made += 1
        remote_id = f"c{self._made}"
        self._rows["contacts"].append({"id": remote_id, "email": email, **(values or {})})
        self._save("contacts")
        return remote_id

    def change_contact(self, remote_id: str, values: Mapping[str, Value]) -> None:
        for row in self._rows["contacts"]:
            if row["id"] == remote_id:
                row.update(values)
        self._save("contacts")

    def remove_contact(self, remote_id: str) -> None:
        self._rows["contacts"] = [row for row in self._rows["contacts"] if row["id"] != remote_id]
        self._save("contacts")

    def add_event(
        self,
        remote_id: str,
        kind: str,
        at: datetime = AT,
        values: Mapping[str, Value] | None = None,
    ) -> None:
        row = {"contact": remote_id, "type": kind, "occurred_at": at, **(values or {})}
        self._rows["events"].append(row)
        self._save("events")

    def add_list(self, name: str) -> None:
        """Do nothing: a list is made when it is written."""

    def value(self, remote_id: str, name: str, kind: FieldType) -> Value | None:
        rows = {row["id"]: row for row in self._out("contacts.csv")}
        cell = rows.get(remote_id, {}).get(name)
        return read_value(cell.removeprefix("'") if cell else None, kind)

    def members(self, name: str) -> set[str]:
        return {row["id"] for row in self._out(f"lists/{name}.csv")}

    def tags(self, remote_id: str) -> set[str]:
        return {row["tag"] for row in self._out("tags.csv") if row["id"] == remote_id}

    def done(self) -> Sequence[str]:
        path = self._folder / "out" / "triggers.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line)["key"] for line in lines]

    def refused_change(self) -> AttributeChange:
        return AttributeChange(to=Addressee(remote_id="c1"), values={"id": "another"})

    def _path(self, stream: str) -> Path:
        return self._folder / f"{stream}{self._suffix}"

    def _out(self, name: str) -> list[dict[str, str]]:
        path = self._folder / "out" / name
        if not path.exists():
            return []
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def _save(self, stream: str) -> None:
        rows, path = self._rows[stream], self._path(stream)
        columns = list(dict.fromkeys(name for row in rows for name in row)) or ["id", "email"]
        if self._suffix == ".parquet":
            pl.DataFrame(rows, schema=None if rows else columns).write_parquet(path)
        elif self._suffix == ".jsonl":
            lines = [
                json.dumps({name: _plain(value) for name, value in row.items()}) for row in rows
            ]
            path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, columns)
                writer.writeheader()
                writer.writerows({n: _plain(value) for n, value in row.items()} for row in rows)


def _plain(value: Value) -> str | float | bool:
    return iso(value) if isinstance(value, datetime) else value


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
class TestFiles(PlatformConformance):
    @pytest.fixture
    def world(self, tmp_path: Path, suffix: str) -> World:
        return FilesWorld(tmp_path, suffix)
