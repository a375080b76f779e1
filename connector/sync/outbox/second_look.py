"""A second look at contacts just read, before anything is made of what seems to be missing.

Whether the fields are there at all is asked once a run, when an attribute is read from elsewhere
than before, or seems to have been cleared. A contact that shows something else than what we wrote
is read by its id where what is at hand may be of before our write.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.errors import PlatformError, Recovery, RightMissing, UnsupportedByPlatform
from connector.sync.giving_way import giving_way
from connector.sync.outbox.drift import doubtful
from connector.sync.records.revision import cleared
from connector.sync.records.sources import Sources, are_copied, remember_sources, sources_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.contacts import Contact, Reading
    from connector.domain.pages import Page
    from connector.errors import Problem
    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace


def may_not_be_asked(error: PlatformError) -> bool:
    """Return whether what was read is all there will be, as a platform answers no more than that.

    Else it is read anew by the next pull: what may be of before our write would undo it.
    """
    is_final = isinstance(error, RightMissing | UnsupportedByPlatform)
    return is_final or error.recovery is Recovery.SKIP


@dataclass(slots=True, kw_only=True)
class SecondLook:
    """What one pull of the contacts of a platform knows of its fields."""

    workspace: Workspace
    name: str
    target: Target | None
    """What is kept true on the platform, where others may change it as well."""
    sources: Sources = field(default_factory=Sources)
    has_compared: bool = False
    has_written: bool = False
    """Whether anything of ours can be there: if not, no page need be looked at for it."""

    async def begin(self) -> None:
        """Take up what is remembered; fields that were not there are looked for again."""
        async with self.workspace.state.read() as tx:
            await self.recall(tx)
            self.has_written = bool(await tx.outbox.list(platform=self.name, limit=1))
        if self.sources.paused:
            await self.compare()

    async def recall(self, tx: Transaction) -> None:
        """Take up what is remembered, and ask for nothing."""
        self.sources = await sources_of(tx, self.name)

    async def compare(self) -> None:
        """Ask which fields there are, once; where that may not be asked, all are believed.

        Raises PlatformError.
        """
        part = self.workspace.platforms[self.name].fields
        attributes = self.workspace.configuration.attributes
        if self.has_compared or part is None or not are_copied(self.name, attributes):
            return
        try:
            present = await self.workspace.patience(self.name)(part.fields)
        except (RightMissing, UnsupportedByPlatform):
            self.has_compared = True
            return
        self.has_compared = True
        await self._remember(self.sources.compared(self.name, attributes, present))

    async def finish(self) -> None:
        """Remember that all contacts were read from the fields that are named now."""
        attributes = self.workspace.configuration.attributes
        await self._remember(self.sources.read_whole(self.name, attributes))

    def without_paused(self, reading: Reading) -> Reading:
        """Return `reading` but for the fields that are not to be believed."""
        paused = self._paused()
        fields = {name: kind for name, kind in reading.fields.items() if name not in paused}
        return replace(reading, fields=fields) if paused else reading

    async def at(self, reading: Reading, page: Page[Contact]) -> Page[Contact]:
        """Return `page` as it may be believed, by what its contacts show when asked for by id."""
        page = await self._read_again(reading, page)
        return replace(page, items=tuple(await self.at_present(page.items)))

    async def at_present(self, contacts: Sequence[Contact]) -> Sequence[Contact]:
        """Return contacts that were read by their ids as they may be believed."""
        if not self.has_compared and await self._seems_cleared(contacts):
            await self.compare()
        if not (paused := self._paused()):
            return contacts
        return [
            replace(
                each,
                attributes={
                    name: value for name, value in each.attributes.items() if name not in paused
                },
            )
            for each in contacts
        ]

    @property
    def problems(self) -> Sequence[Problem]:
        """Return what is wrong with fields."""
        return self.sources.problems(self.name, self.workspace.configuration.attributes)

    async def _read_again(self, reading: Reading, page: Page[Contact]) -> Page[Contact]:
        """Return `page`, contacts that may be of before our write as they are now."""
        lookup = self.workspace.platforms[self.name].lookup
        if not self.has_written or self.target is None or lookup is None or not page.items:
            return page
        async with self.workspace.state.read() as tx:
            ids = await doubtful(tx, self.target, page.items)
        if not ids:
            return page
        try:
            found = await self.workspace.patience(self.name)(lambda: lookup.fetch(ids, reading))
        except PlatformError as error:
            if not may_not_be_asked(error):
                raise
            return page
        now = {each.remote_id: each for each in found}
        return replace(page, items=tuple(now.get(each.remote_id, each) for each in page.items))

    def _paused(self) -> frozenset[str]:
        return self.sources.fields(self.name, self.workspace.configuration.attributes)

    async def _seems_cleared(self, contacts: Sequence[Contact]) -> bool:
        """Return whether a value that is copied elsewhere is not there any more."""
        attributes = self.workspace.configuration.attributes
        if not are_copied(self.name, attributes):
            return False
        empty = {
            each.remote_id: names
            async for each in giving_way(contacts)
            if (names := cleared(self.name, each, attributes))
        }
        if not empty:
            return False
        async with self.workspace.state.read() as tx:
            known = await tx.contacts.records(self.name, empty)
        return any(not known[each].attributes.keys().isdisjoint(empty[each]) for each in known)

    async def _remember(self, sources: Sources) -> None:
        if sources != self.sources:
            async with self.workspace.state.write() as tx:
                await remember_sources(tx, self.name, sources)
            self.sources = sources
