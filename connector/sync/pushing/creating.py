"""Make the records that are wanted on a platform and are not there, before it is written to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.outbound import NOT_YET, DeliveryState
from connector.errors import PlatformError, Problem, RateLimited, Recovery
from connector.sync.deciding.newcomers import unwanted
from connector.sync.outbox.difference import is_work
from connector.sync.outbox.guards import unfinished
from connector.sync.records.completeness import is_everybody_read
from connector.sync.triggers.creating import create_absent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from connector.domain.outbound import Outbound
    from connector.scoring.model import Target
    from connector.sync.workspace import Workspace

AT_ONCE = 1_000
GUARDED_FROM = 1_000
"""More newcomers than that are let in only where the platform has twice as many contacts."""


@dataclass(slots=True, kw_only=True)
class Made:
    """What became of those who were to be created."""

    created: int = 0
    calls: int = 0
    problems: list[Problem] = field(default_factory=list)
    errors: list[PlatformError] = field(default_factory=list)
    """What made us stop asking this platform."""


async def create_missing(workspace: Workspace, target: Target, *, force: bool) -> Made:
    """Create whoever waits for it on the platform of `target`; their rows then name the record.

    `force` lets any number of them in. Nobody is missing where not everybody was read once.
    """
    made = Made()
    if not target.creates or not await is_everybody_read(workspace, target.platform):
        return made
    if not force and (problem := await too_many(workspace, target)):
        made.problems.append(problem)
        return made
    reasons: Counter[str] = Counter()
    page: list[Outbound] = []
    async for row in unfinished(workspace.state, target.platform, remote_id=NOT_YET):
        page.append(row)
        if len(page) == AT_ONCE:
            await _create(workspace, target, page, made, reasons)
            page = []
            if made.errors:
                break
    if page:
        await _create(workspace, target, page, made, reasons)
    made.problems += [
        Problem(
            message=f"{count} contact{'s' if count > 1 else ''} not created: {reason}",
            path=target.platform,
        )
        for reason, count in reasons.items()
        if reason not in {str(error) for error in made.errors}
    ]
    return made


async def too_many(workspace: Workspace, target: Target) -> Problem | None:
    """Return what keeps newcomers out, when they are suspiciously many; None: nothing."""
    if not target.creates:
        return None
    async with workspace.state.read() as tx:
        wanted = await tx.outbox.count_newcomers(target.platform)
        if wanted <= GUARDED_FROM:
            return None
        present = await tx.contacts.count_live(target.platform)
    if wanted * 2 <= present:
        return None
    return Problem(
        message=f"{wanted} contacts would be created, and {present} are there; nobody was",
        path=f"platforms.{target.platform}.create",
        hint="if that is right, run again with --force",
    )


async def _create(
    workspace: Workspace,
    target: Target,
    rows: Sequence[Outbound],
    made: Made,
    reasons: Counter[str],
) -> None:
    name = target.platform
    async with workspace.state.write() as tx:
        # Whoever was merged away meanwhile is wanted as somebody else, if at all.
        unmerged = await tx.contacts.unmerged([row.contact for row in rows])
        others = await unwanted(tx, name, unmerged)
        contacts = [each for each in unmerged if each not in others]
        await tx.outbox.drop(name, {row.contact for row in rows} - set(contacts))
    created = await create_absent(workspace, name, contacts)
    made.calls += created.calls
    made.errors += [created.error] if created.error else []
    async with workspace.state.write() as tx:
        # Whoever turned out to be somebody else has gone on as that person.
        present = await tx.outbox.rows(name, contacts)
        addressees = await tx.contacts.addressees(name, contacts)
        settled: list[Outbound] = []
        for row in present.values():
            if row.remote_id != NOT_YET:
                continue
            error = created.outcomes[row.contact].error
            if to := addressees.get(row.contact):
                there = replace(row, remote_id=to.remote_id, email=to.email, attempts=0)
                settled.append(_due(replace(there, last_error=None), target))
            elif error is not None:
                reasons[str(error)] += 1
                settled.append(_failed(row, error))
        await tx.outbox.save(settled)
    made.created += sum(1 for row in settled if row.remote_id)


def _due(row: Outbound, target: Target) -> Outbound:
    is_due = is_work(row, target)
    state = DeliveryState.PENDING if is_due else DeliveryState.CLEAN
    return replace(row, state=state, revision=row.revision + 1)


def _failed(row: Outbound, error: PlatformError) -> Outbound:
    """Return the row of somebody who was not created: tried again unless refused for good."""
    if error.recovery is Recovery.SKIP:
        return replace(
            row, state=DeliveryState.DEAD, attempts=row.attempts + 1, last_error=str(error)
        )
    tried = not isinstance(error, RateLimited)
    return replace(row, attempts=row.attempts + tried, last_error=str(error))
