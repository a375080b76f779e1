"""What a push would write, and what it would cost; nothing is written."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING

from connector.sync.difference import difference, without
from connector.sync.guards import blocked_lists, unfinished

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from connector.domain.outbound import Outbound
    from connector.domain.values import Written
    from connector.errors import Problem
    from connector.ports.platform import Capabilities
    from connector.sync.difference import Difference
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedChange:
    """One value that would become another."""

    contact: int
    remote_id: str
    email: str | None
    kind: str
    """attribute, list, tag or stage."""
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
    """Every change, by ``kind name``."""
    calls: int = 0
    """The least number of calls that can carry them."""
    problems: Sequence[Problem] = ()
    """What the guards would stop."""


async def plan(workspace: Workspace, name: str, *, limit: int = 1000) -> Plan:
    """Return what a push to the platform `name` would write now, `limit` changes in full."""
    target = workspace.configuration.model.targets.get(name)
    planned = Plan(platform=name)
    if target is None:
        return planned
    blocked, planned.problems = await blocked_lists(workspace, target)
    for_attributes = 0
    sizes: dict[str, Counter[object]] = defaultdict(Counter)
    async for row in unfinished(workspace.state, name):
        left = without(blocked, difference(row, target))
        planned.contacts += bool(left)
        for_attributes += bool(left.attributes)
        for change in _changes(row, left):
            key = f"{change.kind} {change.name}"
            planned.counts[key] = planned.counts.get(key, 0) + 1
            sizes[change.kind][change.name, change.after is False] += 1
            if len(planned.changes) < limit:
                planned.changes.append(change)
    capabilities = workspace.configuration.platform(name).adapter.capabilities
    planned.calls = _calls(for_attributes, sizes, capabilities)
    return planned


def _changes(row: Outbound, left: Difference) -> Iterator[PlannedChange]:
    def change(kind: str, name: str, before: Written, after: Written) -> PlannedChange:
        return PlannedChange(
            contact=row.contact,
            remote_id=row.remote_id,
            email=row.email,
            kind=kind,
            name=name,
            before=before,
            after=after,
        )

    known = row.confirmed
    for name, value in left.attributes.items():
        yield change("attribute", name, known.attributes.get(name), value)
    for name, wanted in left.lists.items():
        yield change("list", name, known.lists.get(name, False), wanted)
    for tag, wanted in left.tags.items():
        yield change("tag", tag, known.tags.get(tag, False), wanted)
    if left.stage is not None:
        yield change("stage", "stage", known.stage, left.stage)


def _calls(
    for_attributes: int, sizes: Mapping[str, Counter[object]], capabilities: Capabilities
) -> int:
    """Return the calls of full batches, as they are sent: see `connector.sync.writing`."""
    together = [for_attributes, *(sum(sizes[kind].values()) for kind in ("tag", "stage"))]
    return sum(ceil(count / capabilities.attribute_batch) for count in together) + sum(
        ceil(count / capabilities.list_batch) for count in sizes["list"].values()
    )
