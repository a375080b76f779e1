"""How many calls changes take, and in which limits these count."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from connector.domain.changes import AttributeChange, ListChange

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.values import Written
    from connector.ports.platform import Capabilities

ALONE = "alone"
"""The kind of attributes that go in no batch."""
APART = "apart"
"""The kind of values that are a call of their own each."""
LIST, REMOVAL = "list", "list_removal"
"""Contacts that are put into a list, and those that are taken out."""


def kinds_of_values(values: Mapping[str, Written], able: Capabilities) -> Counter[str]:
    """Return how a contact's attributes with these values are sent, by kind."""
    shared = [value for name, value in values.items() if not able.is_apart(name)]
    kinds = Counter({APART: len(values) - len(shared)})
    if shared:
        kinds[ALONE if any(map(able.goes_alone, shared)) else "attribute"] = 1
    return +kinds


def calls_for(kind: str, count: int, able: Capabilities, limit: str | None = None) -> int:
    """Return how many calls so many changes of a kind take, sent in full batches.

    With `limit` only those that count in the limit of this name.
    """
    batch = able.list_batch if kind in {LIST, REMOVAL} else able.attribute_batch
    full, rest = divmod(count, batch)
    calls = full * calls_of_batch(kind, batch, able, limit) if full else 0
    return calls + (calls_of_batch(kind, rest, able, limit) if rest else 0)


def calls_of_batch(kind: str, count: int, able: Capabilities, limit: str | None = None) -> int:
    """Return how many calls one batch takes, for most platforms one; or how many in `limit`."""
    if limit is not None and able.calls_in is not None:
        return able.calls_in(kind, count, limit)
    if able.calls_of is not None:
        return able.calls_of(kind, count)
    return count if kind in {ALONE, APART} else 1


def calls_of_changes(kind: str, batch: Sequence[object], able: Capabilities) -> int:
    """Return how many calls one batch takes, by what is in it."""
    if able.calls_of is None:
        return 1
    kinds: Counter[str] = Counter()
    for each in batch:
        match each:
            case AttributeChange():
                kinds += kinds_of_values(each.values, able)
            case ListChange(is_member=False):
                kinds[REMOVAL] += 1
            case _:
                kinds[kind] += 1
    return sum(calls_of_batch(each, count, able) for each, count in kinds.items())
