"""Pages of a file: what was read of it is known by its content, not by its date."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from connector.domain.pages import Page
from connector.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.files.rows import Row, Table
    from connector.domain.pages import Cursor

PAGE_ROWS = 10_000
"""Rows of a page: one transaction of whoever stores it."""

_END = "end"
_BLOCK = 1024 * 1024

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One content of a file, as something reads it."""

    digest: str
    rows: int | None
    """How many rows it has at most, where lines tell."""

    def cursor(self, row: int | None) -> Cursor:
        """Return the cursor after `row` rows, after all of them when it is None."""
        return f"{self.digest}:{_END if row is None else row}"

    def position(self, cursor: Cursor | None) -> int | None:
        """Return the number of rows already read; None when the whole file was."""
        digest, _, row = (cursor or "").partition(":")
        if digest != self.digest:
            return 0
        if row == _END:
            return None
        return int(row)


def version_of(handle: BinaryIO, reader: str, *, is_text: bool) -> Version:
    """Return the version of the file in `handle`; `reader` says how it will be read."""
    digest = hashlib.blake2b(reader.encode(), digest_size=16)
    lines = 0
    while block := handle.read(_BLOCK):
        digest.update(block)
        lines += block.count(b"\n")
    return Version(digest=digest.hexdigest(), rows=lines if is_text else None)


def pages(
    table: Table,
    version: Version,
    start: int,
    read: Callable[[Row], tuple[Item | None, tuple[Problem, ...]]],
    size: int,
) -> Iterator[Page[Item]]:
    """Yield pages of at most `size` rows after the first `start`; the last may be empty."""
    items: list[Item] = []
    problems = [] if start else list(table.problems)
    count = 0
    for count, row in enumerate(table.rows, start=1):
        if count <= start:
            continue
        if isinstance(row, Problem):
            problems.append(row)
        else:
            item, misfits = read(row)
            problems.extend(misfits)
            if item is not None:
                items.append(item)
        if count % size == 0:
            yield _page(items, problems, version, count)
            items, problems = [], []
    yield _page(items, problems, version, None)


def _page(
    items: list[Item], problems: list[Problem], version: Version, row: int | None
) -> Page[Item]:
    return Page(
        items=tuple(items),
        cursor=version.cursor(row),
        problems=tuple(problems),
        total=version.rows,
    )
