"""Cycles, held against what each of them may write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from connector.domain.outbound import DeliveryState, Outbound
from connector.sync.outbox.reading_back import shows
from connector.sync.summary import Summary
from tests.integration.platforms.company import NAMES, Company
from tests.integration.platforms.ending import SHOWN


@dataclass
class Watch:
    """Runs cycles; each write needs a reason, and each repetition a request that failed."""

    company: Company
    cycles: int = 0

    async def cycle(self, *, force: bool = False) -> Summary:
        gone = await self.gone()
        before = {name: await self._rows(name) for name in NAMES}
        overwritten = {name: self._overwritten(name, before[name]) for name in NAMES}
        seen = {name: len(each.trace) for name, each in self.company.simulators.items()}
        for way in self.company.ways.values():
            way.writes.clear()
        summary = await self.company.sync(force=force)
        self.cycles += 1
        for name in NAMES:
            failed = sum(
                1 for each in list(self.company.simulators[name].trace)[seen[name] :] if each.fault
            )
            written = self._written(name, failed)
            after = await self._rows(name)
            idle = _contacts(written, before[name], after) - overwritten[name]
            idle -= {each for each in idle if _has_news(before[name].get(each), after.get(each))}
            assert not idle, (name, self.cycles, [after[each] for each in idle])
        written_to = {(name, each.to) for name in NAMES for each in self.company.ways[name].writes}
        to_nobody = written_to & gone & await self.gone()
        assert not to_nobody, (self.cycles, to_nobody)
        return summary

    async def gone(self) -> frozenset[tuple[str, str]]:
        """Return the records, by platform and id, that are known to be gone."""
        async with self.company.state.read() as tx:
            records = await tx.contacts.records_of(await tx.contacts.all_numbers())
        return frozenset((each.platform, each.remote_id) for each in records if each.removed_at)

    def _written(self, name: str, failed: int) -> Collection[str]:
        """Return to whom values were written, nothing more often than requests failed."""
        writes = self.company.ways[name].writes
        for write, times in Counter(writes).items():
            assert times <= 1 + failed, (name, self.cycles, write, times, failed)
        return {each.to for each in writes if each.what == "values"}

    def _overwritten(self, name: str, rows: Mapping[int, Outbound]) -> set[int]:
        """Return who does not show what was decided: somebody else wrote there."""
        shown = SHOWN[name](self.company)
        return {
            contact
            for contact, row in rows.items()
            if not shows(shown.get(str(row.email), {}), row.desired.attributes)
        }

    async def _rows(self, name: str) -> Mapping[int, Outbound]:
        async with self.company.state.read() as tx:
            return await tx.outbox.rows(name, await tx.contacts.all_numbers())


def _contacts(
    written: Collection[str], before: Mapping[int, Outbound], after: Mapping[int, Outbound]
) -> set[int]:
    """Return whom writes were about."""
    names: dict[str, int] = {}
    for rows in (before, after):
        for contact, row in rows.items():
            names |= {str(each): contact for each in (row.remote_id, row.email) if each}
    return {names[each] for each in written if each in names}


def _has_news(before: Outbound | None, after: Outbound | None) -> bool:
    """Return whether something was decided, or had been left to do."""
    if before is None or after is None or before.decided_at != after.decided_at:
        return True
    return before.state is not DeliveryState.CLEAN
