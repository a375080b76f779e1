"""Answers to a question that is asked page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

Row = TypeVar("Row")
_KEPT = 16


class Memo(Generic[Row]):
    """The rows of the last few questions, kept while nothing changes."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, Sequence[Row]] = {}
        self._version = -1

    def rows(
        self, version: int, question: Hashable, answer: Callable[[], Iterable[Row]]
    ) -> Sequence[Row]:
        """Return the rows that answer `question`; `version` moves with what they come from."""
        if version != self._version or len(self._rows) > _KEPT:
            self._rows.clear()
            self._version = version
        if question not in self._rows:
            self._rows[question] = list(answer())
        return self._rows[question]
