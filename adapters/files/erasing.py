"""Taking people out of every file in `out/`, as if nothing had ever been written of them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.files.errors import BadFile
from adapters.files.out import LISTS
from adapters.files.sheets import HEAD, Sheet, read_own, read_sheet, sheet_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.files.out import OutFolder
    from connector.domain.changes import Addressee

_OPERATION = "erase people"


@dataclass(frozen=True, slots=True)
class Erasing:
    """Keeps the part `eraser` of the contract."""

    out: OutFolder

    async def erase(self, people: Sequence[Addressee]) -> int:
        """Take out every row and line that has the id or the address of one of these."""
        return await asyncio.to_thread(self._erase, people)

    def _erase(self, people: Sequence[Addressee]) -> int:
        ids = frozenset(each.remote_id for each in people if each.remote_id)
        emails = frozenset(each.email for each in people if each.email)
        with self.out.at("", operation=_OPERATION) as folder:
            sheets = (*folder.glob("[!.]*.csv"), *(folder / LISTS).glob("[!.]*.csv"))
            counts = [self._from_sheet(path, ids, emails) for path in sheets]
            return sum(counts) + self._from_lines(folder / "triggers.jsonl", ids, emails)

    def _from_sheet(self, path: Path, ids: frozenset[str], emails: frozenset[str]) -> int:
        try:
            sheet = read_sheet(path, HEAD)
        except BadFile:
            # Spreadsheets put files of their own beside one that is open.
            return 0
        kept = [row for row in sheet.rows if row[0] not in ids and row[1] not in emails]
        if len(kept) < len(sheet.rows):
            self.out.write(path, sheet_text(Sheet(sheet.columns, kept)))
        return len(sheet.rows) - len(kept)

    def _from_lines(self, path: Path, ids: frozenset[str], emails: frozenset[str]) -> int:
        # splitlines() would also split at characters that may stand inside a JSON text.
        lines = [line for line in (read_own(path) or "").split("\n") if line.strip()]
        kept = [line for line in lines if not _is_about(line, ids, emails)]
        if len(kept) < len(lines):
            self.out.write(path, "".join(f"{line}\n" for line in kept))
        return len(lines) - len(kept)


def _is_about(line: str, ids: frozenset[str], emails: frozenset[str]) -> bool:
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError):
        return False
    # The key of a deed names the person by our id.
    named = str(fields.get("key", "")).split(":") if isinstance(fields, dict) else []
    return isinstance(fields, dict) and (
        fields.get("contact") in ids or fields.get("email") in emails or not ids.isdisjoint(named)
    )
