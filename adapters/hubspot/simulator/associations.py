"""Which objects belong to which."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

USER_DEFINED = "USER_DEFINED"
HUBSPOT_DEFINED = "HUBSPOT_DEFINED"


class Associations:
    """The pairs of objects, kept from both ends."""

    def __init__(self) -> None:
        self._ends: dict[tuple[str, str], dict[int, dict[int, int]]] = defaultdict(dict)

    def join(self, kind: str, record_id: int, to: str, other_id: int, type_id: int) -> None:
        """Note that two objects belong together; twice is as good as once."""
        self._ends[kind, to].setdefault(record_id, {})[other_id] = type_id
        self._ends[to, kind].setdefault(other_id, {})[record_id] = type_id

    def of(self, kind: str, record_id: int, to: str) -> Mapping[int, int]:
        """Return the objects of type `to` that belong to a record, with the type of the tie."""
        return self._ends[kind, to].get(record_id, {})

    def forget(self, kind: str, record_id: int, successor: int | None = None) -> None:
        """Take a record out of all pairs; the one it was merged into takes its place."""
        for (ours, theirs), ends in list(self._ends.items()):
            if ours != kind:
                continue
            for other_id, type_id in ends.pop(record_id, {}).items():
                self._ends[theirs, kind].get(other_id, {}).pop(record_id, None)
                if successor is not None:
                    self.join(kind, successor, theirs, other_id, type_id)
