"""A file of who is in a list or carries a tag: the contact, and what else makes a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.files.refusals import DONE, UNCHANGED, misfit_of, refused
from adapters.files.sheets import Sheet, read_sheet, sheet_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.files.out import OutFolder
    from connector.domain.changes import Addressee, Outcome


class Members:
    """The file in memory: rows of an id, an e-mail address and `rest`, by all but the address."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        sheet = read_sheet(path, columns)
        self._path = path
        self._columns = sheet.columns
        self._emails = {(key, *rest): email for key, email, *rest in sheet.rows}
        self._is_changed = not path.exists()

    def __len__(self) -> int:
        return len(self._emails)

    def put(
        self, to: Addressee, rest: tuple[str, ...], *, is_there: bool, platform: str
    ) -> Outcome:
        """Put a row in, or take it out."""
        if reason := misfit_of(to, rest):
            return refused(reason, platform=platform, operation="write rows")
        key = (to.remote_id, *rest)
        had = key in self._emails
        if is_there:
            email = to.email or ""
            self._is_changed = self._is_changed or self._emails.get(key) != email
            self._emails[key] = email
        elif had:
            del self._emails[key]
            self._is_changed = True
        return UNCHANGED if had == is_there else DONE

    def save(self, out: OutFolder) -> None:
        """Replace the file when it would change, by rows in order."""
        if self._is_changed:
            rows = [[key[0], email, *key[1:]] for key, email in sorted(self._emails.items())]
            out.write(self._path, sheet_text(Sheet(list(self._columns), rows)))
            self._is_changed = False
