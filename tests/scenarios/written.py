"""What heatsync has written for a contact, as whoever opens the files sees it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.scenarios.timeline import remote_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Written:
    """The folders that heatsync writes to, on all platforms that are files."""

    folders: Sequence[Path]

    def fields(self, name: str) -> dict[str, str]:
        """Return the fields of a contact."""
        rows = self._rows_of(name, "contacts.csv")
        return {field: value for row in rows for field, value in row.items()}

    def lists(self, name: str) -> list[str]:
        """Return the lists whose file holds a contact."""
        return sorted(
            path.stem
            for folder in self.folders
            for path in (folder / "lists").glob("*.csv")
            if any(row["id"] == remote_id(name) for row in _rows(path))
        )

    def tags(self, name: str) -> list[str]:
        """Return the tags that a contact carries."""
        return sorted(row["tag"] for row in self._rows_of(name, "tags.csv"))

    def actions(self, name: str) -> list[str]:
        """Return the actions for a contact, for whoever takes them up."""
        paths = [folder / "triggers.jsonl" for folder in self.folders]
        texts = [path.read_text(encoding="utf-8") for path in paths if path.exists()]
        lines = [json.loads(line) for text in texts for line in text.splitlines()]
        return [line["action"] for line in lines if line["contact"] == remote_id(name)]

    def _rows_of(self, name: str, file: str) -> Iterator[dict[str, str]]:
        rows = (row for folder in self.folders for row in _rows(folder / file))
        return (row for row in rows if row["id"] == remote_id(name))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            yield from csv.DictReader(file)
