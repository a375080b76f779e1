"""Write attributes, and read back those of whom the answer does not tell what became.

Where that cannot be read, it is read again when they are tried again, and not written again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.errors import PlatformError, Recovery, UnexpectedAnswer
from connector.sync.outbox.item import taken_of
from connector.sync.outbox.reading_back import shows
from connector.sync.pushing.batches import one_each

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.changes import AttributeChange, Outcome
    from connector.ports.writing import AttributeWriter


@dataclass(slots=True, kw_only=True)
class SeenAttributes:
    """Writes attributes in one push."""

    platform: str
    writer: AttributeWriter
    reads: int = 0
    """How many calls reading back took."""
    unread: dict[str, tuple[AttributeChange, Outcome]] = field(default_factory=dict)
    """What could not be read back, by record, and what the answer to the write came to."""

    async def write_attributes(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Return what became of each change, in order."""
        outcomes = await self._written(changes)
        unknown = {
            change.to.remote_id: (change, replace(outcome, remark=None))
            for change, outcome in zip(changes, outcomes, strict=True)
            if isinstance(outcome.error, UnexpectedAnswer)
        }
        if not unknown:
            return outcomes
        self.unread |= unknown
        try:
            present = await self._read(unknown)
        except PlatformError as error:
            if error.recovery is not Recovery.RETRY:
                raise
            return [
                replace(outcome, error=error)
                if isinstance(outcome.error, UnexpectedAnswer)
                else outcome
                for outcome in outcomes
            ]
        for each in unknown:
            del self.unread[each]
        return [
            replace(outcome, error=None)
            if isinstance(outcome.error, UnexpectedAnswer)
            and shows(present.get(change.to.remote_id), taken_of(change, outcome))
            else outcome
            for change, outcome in zip(changes, outcomes, strict=True)
        ]

    async def _written(self, changes: Sequence[AttributeChange]) -> Sequence[Outcome]:
        """Write, but for what was written before and could not be read back."""
        before = [self._before(each) for each in changes]
        left = [each for each, known in zip(changes, before, strict=True) if known is None]
        answers = await self.writer.write_attributes(left) if left else ()
        found = iter(one_each(self.platform, answers, len(left)))
        return [known or next(found) for known in before]

    async def _read(
        self, unknown: Mapping[str, tuple[AttributeChange, Outcome]]
    ) -> Mapping[str, Mapping[str, object]]:
        names = {name for each in unknown.values() for name in taken_of(*each)}
        self.reads += 1
        return await self.writer.read_attributes(list(unknown), sorted(names))

    def _before(self, change: AttributeChange) -> Outcome | None:
        known, outcome = self.unread.get(change.to.remote_id, (None, None))
        return outcome if known == change else None
