"""Pages of rows that come in order, each with the place behind which nothing of it comes again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Row: TypeAlias = "Mapping[str, object]"
"""The values of a row by column, as the driver returns them."""
Key: TypeAlias = "tuple[object, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some rows in order."""

    rows: Sequence[Row]
    behind: Key | None
    """The last key whose rows have all come, with this slice or before it; None: there is none.

    Rows that follow it in the slice come again if reading goes on from there.
    """
    last: Key | None
    """The key of the last row; None where there never was one."""
    is_end: bool = False
    amiss: str | None = None
    """Why rows are missing that belong here, if any are."""


def cut(rows: Iterable[Row], keys: Sequence[str], size: int) -> Iterator[Slice]:
    """Yield slices of at most `size` rows, which are in the order of `keys`; the last may be empty.

    Rows are told apart by more than their keys: of several with one key none is lost where a slice
    ends between them.
    """
    page: list[Row] = []
    behind: Key | None = None
    last: Key | None = None
    for row in rows:
        key = tuple(row[each] for each in keys)
        if last is not None and key != last:
            behind = last
        if len(page) == size:
            yield Slice(rows=page, behind=behind, last=last)
            page = []
        page.append(row)
        last = key
    yield Slice(rows=page, behind=last, last=last, is_end=True)
