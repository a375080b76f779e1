"""Where a walk stands that counts rows; pure.

When a row is deleted, all behind it move a place forward, past a reader who goes on where the last
page ended. So a page begins with a row that was read before; where it does not, rows may have been
passed over, and the next one is asked for from further back, at last from the start. As long as
rows keep their order, nobody is passed over, whoever comes and goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.http import Json

MARKS = 32
"""Rows before an offset that are known again: as many as the longest step back."""
_STEPS = {0: 1, 1: 8, 8: MARKS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Footing:
    """How far a walk has come."""

    first: int
    offset: int
    marks: tuple[str, ...] = ()
    """The keys of the last rows read."""
    overlap: int = 1
    """Rows before the offset with which the next page begins."""

    @classmethod
    def of(cls, plain: object, first: int) -> Footing:
        """Return what `plain` has written down; the start for None."""
        match plain:
            case [int(offset), *marks] if offset >= first:
                return cls(first=first, offset=offset, marks=tuple(map(str, marks)))
            case _:
                return cls(first=first, offset=first)

    def plain(self) -> list[Json]:
        """Return it as it stands in a cursor."""
        return [self.offset, *self.marks]

    @property
    def begin(self) -> int:
        """Return from where on rows are asked for."""
        return max(self.first, self.offset - self.overlap) if self.marks else self.first

    @property
    def is_restart(self) -> bool:
        """Return whether the walk begins all over again."""
        return bool(self.marks) and self.begin == self.first

    def stands_on(self, keys: Sequence[str]) -> bool:
        """Return whether no row can have been passed over before those with these keys."""
        if self.begin == self.first or not self.overlap:
            return True
        return bool(keys) and keys[0] in self.marks

    def back(self) -> Footing:
        """Return it further back."""
        return replace(self, overlap=_STEPS.get(self.overlap, self.offset))

    def behind(self, keys: Sequence[str], *, is_alone: bool) -> Footing:
        """Return it behind the rows with these keys.

        `is_alone` says that pages hold one row, so that none can begin with one that is known.
        """
        kept = [each for each in self.marks if each not in keys]
        return Footing(
            first=self.first,
            offset=self.begin + len(keys),
            marks=(*kept, *keys)[-MARKS:],
            overlap=0 if is_alone else 1,
        )
