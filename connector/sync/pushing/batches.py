"""Changes in batches for one call each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeAlias, TypeVar

from connector.domain.changes import AttributeChange, ListChange, Outcome, StageChange, TagChange
from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Sequence

    from connector.sync.outbox.item import Item

Change: TypeAlias = AttributeChange | ListChange | TagChange | StageChange
C = TypeVar("C", AttributeChange, ListChange, TagChange, StageChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch(Generic[C]):
    """Changes for one call, and whose they are."""

    pairs: Sequence[tuple[Item, C]]
    is_last: bool = False
    """Whether nothing more of its part is written."""


async def in_batches(
    groups: Sequence[Sequence[tuple[Item, C]]], size: int
) -> AsyncGenerator[Batch[C]]:
    """Yield changes in batches as large as the platform takes, none of two groups in one."""
    batches = [
        pairs[start : start + size] for pairs in groups for start in range(0, len(pairs), size)
    ]
    for pairs in batches:
        yield Batch(pairs=pairs, is_last=pairs is batches[-1])


def halves(pairs: Sequence[tuple[Item, C]]) -> list[Sequence[tuple[Item, C]]]:
    """Return both halves, the first one last: what is to be tried next is taken from the end."""
    half = len(pairs) // 2
    return [pairs[half:], pairs[:half]]


def one_each(platform: str, outcomes: Sequence[Outcome], count: int) -> Sequence[Outcome]:
    """Return `outcomes`; when they are not `count`, none of them can be told whose it is."""
    if len(outcomes) == count:
        return outcomes
    msg = f"{len(outcomes)} outcomes came for {count} changes"
    error = UnexpectedAnswer(msg, platform=platform, operation="write")
    return [Outcome(error=error)] * count
