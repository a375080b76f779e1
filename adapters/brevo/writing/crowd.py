"""Many contacts read at once, in as few requests as can be."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from adapters.brevo.contacts import PAGE_ROWS, changed
from adapters.brevo.walking import Footing, walk_on
from adapters.brevo.wire import remote_id_of
from adapters.brevo.writing.cost import READ_BACK
from adapters.brevo.writing.people import people_of
from adapters.together import ask_each
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.brevo.walking import Stretch


@dataclass(slots=True, kw_only=True)
class Crowd:
    """The contacts of an account, of whom some are looked for; nobody else is kept in mind."""

    account: Account
    page_rows: int = PAGE_ROWS
    total: int | None = None
    """How many there are, once it is known."""
    start: Footing = field(default_factory=Footing)
    """Where the last of those were met who were looked for before. One push looks for one part of
    its contacts after the other, mostly in the order in which they were made."""

    async def meet(
        self, remote_ids: Iterable[str], note: Callable[[str, Row], None]
    ) -> Mapping[str, PlatformError]:
        """Hand over whoever of these contacts there is, each with its id.

        Everybody is walked, or these are asked for by their ids where that takes fewer requests.
        Returns of whom it is not known, and why; raises PlatformError where that goes for all.
        """
        left = set(remote_ids)
        is_known = self.total is not None
        if not self._is_walk_longer(len(left)):
            async for stretch in self._round():
                self.total = stretch.total if stretch.total is not None else self.total
                _hand_over(stretch, left, note)
                if not left:
                    return {}
                if not is_known and self._is_walk_longer(len(left)):
                    break
                is_known = True
            else:
                return {}
        return await self._ask_for(sorted(left), note)

    async def _round(self) -> AsyncIterator[Stretch]:
        """Yield everybody, from where the last were met to the end, and then from the beginning."""
        listing, start = changed(self.page_rows, None), self.start
        async for stretch in self._noted(walk_on(self.account, listing, start), start):
            yield stretch
        if not start.offset:
            return
        async for stretch in self._noted(walk_on(self.account, listing), Footing()):
            yield stretch
            if stretch.footing.offset >= start.offset:
                return

    async def _noted(
        self, stretches: AsyncIterator[Stretch], before: Footing
    ) -> AsyncIterator[Stretch]:
        """Yield stretches, and remember where the last of them began."""
        async for stretch in stretches:
            self.start, before = before, stretch.footing
            yield stretch

    def _is_walk_longer(self, count: int) -> bool:
        """Return whether a walk takes more requests than asking for so many by their ids."""
        asked = ceil(count / READ_BACK)
        return asked <= 1 if self.total is None else self.total / self.page_rows > asked

    async def _ask_for(
        self, remote_ids: Sequence[str], note: Callable[[str, Row], None]
    ) -> Mapping[str, PlatformError]:
        size = READ_BACK
        groups = [remote_ids[start : start + size] for start in range(0, len(remote_ids), size)]
        unknown: dict[str, PlatformError] = {}
        answers = await ask_each(groups, lambda each: people_of(self.account, each))
        for group, answer in zip(groups, answers, strict=True):
            if isinstance(answer, PlatformError):
                unknown |= dict.fromkeys(group, answer)
                continue
            for remote_id in group:
                if remote_id in answer:
                    note(remote_id, answer[remote_id])
        return unknown


def _hand_over(stretch: Stretch, left: set[str], note: Callable[[str, Row], None]) -> None:
    for row in stretch.rows:
        remote_id = remote_id_of(row)
        if remote_id in left:
            left.discard(remote_id)
            note(remote_id, row)
