"""`out/tags.csv`: a row per contact and tag."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.files.members import Members
from adapters.files.sheets import HEAD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.files.out import OutFolder
    from connector.domain.changes import Outcome, TagChange


@dataclass(frozen=True, slots=True)
class TagFile:
    """Keeps the part `tag_writer` of the contract."""

    out: OutFolder

    async def write_tags(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        """Write all of `changes` with one replacement of the file."""
        return await asyncio.to_thread(self._write, changes)

    def _write(self, changes: Sequence[TagChange]) -> Sequence[Outcome]:
        with self.out.at("tags.csv", operation="write tags") as path:
            members = Members(path, (*HEAD, "tag"))
            outcomes = [
                members.put(
                    change.to, (change.tag,), is_there=change.is_set, platform=self.out.platform
                )
                for change in changes
            ]
            members.save(self.out)
            return outcomes
