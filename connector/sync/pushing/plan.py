"""What a push would write, and what it would cost; nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.domain.outbound import NOT_YET
from connector.sync.asking.costs import LIST, REMOVAL, calls_for, kinds_of_values
from connector.sync.outbox.allowance import held_back
from connector.sync.outbox.difference import cleared_copies, difference, without
from connector.sync.outbox.guards import unfinished
from connector.sync.pushing.creating import too_many

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from connector.domain.outbound import Outbound
    from connector.domain.values import Written
    from connector.errors import Problem
    from connector.ports.platform import Capabilities
    from connector.scoring.model import Target
    from connector.sync.outbox.difference import Difference
    from connector.sync.workspace import Workspace

_KINDS = ("contact", "attribute", "list", "tag", "stage")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One value that would become another."""

    contact: int
    remote_id: str
    email: str | None
    kind: str
    """contact (who is created), attribute, list, tag or stage."""
    name: str
    before: Written
    after: Written


@dataclass(slots=True, kw_only=True)
class Plan:
    """What a push to one platform would do."""

    platform: str
    contacts: int = 0
    changes: list[PlannedChange] = field(default_factory=list)
    """At most as many as asked for."""
    counts: dict[str, int] = field(default_factory=dict)
    """Every change, by ``kind name``, in the order of the configuration."""
    calls: int = 0
    """The least number of calls that can carry them."""
    calls_in: Mapping[str, int] = field(default_factory=dict)
    """How many of them count in each limit of the account, by the limit's name."""
    problems: Sequence[Problem] = ()
    """What the guards would stop."""
    is_pulled: bool = False
    """Whether anything was ever pulled from the platform, or nothing has to be before a push."""
    is_decided: bool = False
    """Whether it was ever decided what platforms shall show."""


async def plan(workspace: Workspace, name: str, *, limit: int = 1000) -> Plan:
    """Return what a push to the platform `name` would write now, `limit` changes in full.

    Those who would be created come first, then what would be cleared.
    """
    target = workspace.configuration.model.targets.get(name)
    planned = Plan(platform=name)
    if target is None:
        return planned
    entry = workspace.configuration.platform(name)
    able = entry.adapter.capabilities
    held, problems = await held_back(workspace, target)
    planned.is_pulled, planned.is_decided = await _is_begun(workspace, name)
    # Where nobody has a record, everybody is told under our own id.
    planned.is_pulled |= able.is_sink
    crowd = await too_many(workspace, target)
    planned.problems = [*problems, *([crowd] if crowd else [])]
    drafting = _Drafting(planned=planned, limit=limit)
    if target.creates and not crowd:
        async for row in unfinished(workspace.state, name, remote_id=NOT_YET):
            drafting.add([_change(row, "contact", "created", None, row.email)])
    if target.copies:
        async for row in unfinished(workspace.state, name):
            drafting.add(_clearings(row, without(held, difference(row, target)), target))
    async for row in unfinished(workspace.state, name):
        if row.remote_id != NOT_YET or not crowd:
            left = without(held, difference(row, target))
            planned.contacts += bool(left) or row.remote_id == NOT_YET
            drafting.count_attributes(left, able)
            drafting.add(_changes(row, left, cleared_copies(left, target)))
    planned.counts = _in_order(planned.counts, target)
    planned.calls = drafting.calls(able)
    planned.calls_in = {
        each.name: drafting.calls(able, each.name)
        for each in entry.adapter.buckets(entry.config)
        if each.counts_writes
    }
    return planned


async def _is_begun(workspace: Workspace, name: str) -> tuple[bool, bool]:
    """Return whether anything was pulled from a platform, and decided for it."""
    async with workspace.state.read() as tx:
        streams = await tx.cursors.all()
        is_decided = await tx.scores.latest_at() or name in await tx.outbox.counts()
    return any(each.platform == name for each in streams), bool(is_decided)


@dataclass(slots=True, kw_only=True)
class _Drafting:
    """A plan in the making, and what its cost depends on."""

    planned: Plan
    limit: int
    values: Counter[str] = field(default_factory=Counter)
    """How attributes are sent, by kind."""
    sizes: dict[str, Counter[tuple[str, bool]]] = field(
        default_factory=lambda: defaultdict(Counter)
    )

    def add(self, changes: Iterable[PlannedChange]) -> None:
        """Count changes, and show those for which there is room."""
        for change in changes:
            key = f"{change.kind} {change.name}"
            self.planned.counts[key] = self.planned.counts.get(key, 0) + 1
            self.sizes[change.kind][change.name, change.after is False] += 1
            if len(self.planned.changes) < self.limit:
                self.planned.changes.append(change)

    def count_attributes(self, left: Difference, able: Capabilities) -> None:
        """Count a contact by how its attributes are sent."""
        self.values += kinds_of_values(left.attributes, able)

    def calls(self, able: Capabilities, limit: str | None = None) -> int:
        """Return the calls of full batches, as `connector.sync.pushing.writing` sends them.

        With `limit` only those that count in the limit of this name.
        """
        counts = list(self.values.items())
        counts += [(each, sum(self.sizes[each].values())) for each in ("contact", "tag", "stage")]
        counts += [
            (REMOVAL if is_removal else LIST, count)
            for (_, is_removal), count in self.sizes["list"].items()
        ]
        return sum(calls_for(kind, count, able, limit) for kind, count in counts)


def _in_order(counts: Mapping[str, int], target: Target) -> dict[str, int]:
    """Return counts in the order in which the configuration names what changes."""
    named = [
        *(f"attribute {each.field}" for each in target.attributes),
        *(f"attribute {each.field}" for each in target.copies),
        *(f"list {each.name}" for each in target.lists),
        *(f"tag {tag}" for tag in target.tags),
    ]
    places = {name: place for place, name in enumerate(named)}

    def rank(key: str) -> tuple[int, int, str]:
        return _KINDS.index(key.partition(" ")[0]), places.get(key, len(places)), key

    return {key: counts[key] for key in sorted(counts, key=rank)}


def _change(row: Outbound, kind: str, name: str, before: Written, after: Written) -> PlannedChange:
    return PlannedChange(
        contact=row.contact,
        remote_id=row.remote_id,
        email=row.email,
        kind=kind,
        name=name,
        before=before,
        after=after,
    )


def _clearings(row: Outbound, left: Difference, target: Target) -> Iterator[PlannedChange]:
    for name in sorted(cleared_copies(left, target)):
        yield _change(row, "attribute", name, row.confirmed.attributes.get(name), None)


def _changes(row: Outbound, left: Difference, told: frozenset[str]) -> Iterator[PlannedChange]:
    """Yield the changes of a row, but for the fields that were `told` already."""
    known = row.confirmed
    for name, value in left.attributes.items():
        if name not in told:
            yield _change(row, "attribute", name, known.attributes.get(name), value)
    for name, wanted in left.lists.items():
        yield _change(row, "list", name, known.lists.get(name, False), wanted)
    for tag, wanted in left.tags.items():
        yield _change(row, "tag", tag, known.tags.get(tag, False), wanted)
    if left.stage is not None:
        yield _change(row, "stage", "stage", known.stage or None, left.stage or None)
