"""What a daemon does at a time: one stream pulled, those who wait scored, one receiver served.

A turn does one thing, says what came of it, and what is to be done next. Turns of one platform run
side by side, and so does scoring: what they share is kept whole by transactions and leases.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.ledger import lane_of
from connector.errors import NotFound
from connector.sync.amiss import end_amiss
from connector.sync.deciding.future import present
from connector.sync.pulling.pull import EVERYTHING, offered
from connector.sync.receiving.taking_in import take_in
from connector.sync.steps.reading import compare_lists, count_drift, read
from connector.sync.steps.scoring import score
from connector.sync.steps.writing import act, create, write
from connector.sync.summary import Summary
from connector.sync.tasks import pull_job, push_job

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from connector.ports.control import Job
    from connector.scoring.model import Model
    from connector.sync.deciding.rescore import Rescored, Share
    from connector.sync.pulling.pull import Stream
    from connector.sync.receiving.taking_in import TakenIn
    from connector.sync.workspace import Workspace

__all__ = ["EVERYTHING"]

TRIES = 5
"""How often those are scored whom somebody else decided meanwhile, before they wait for others."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """What one turn did, and what is to be done next."""

    summary: Summary
    is_to_score: bool = False
    """Whether anybody may wait to be scored."""
    lanes: set[str] = field(default_factory=set)
    """Receivers that something is to be brought to."""
    are_few: bool = False
    """Whether that is for few people, who wait for nobody else."""
    taken: TakenIn | None = None
    """What webhooks brought."""


async def pull_turn(
    workspace: Workspace, name: str, stream: Stream, *, force: bool = False
) -> Turn:
    """Pull a stream of the platform `name`, and remember that its first pull has ended.

    `force` passes the guards.
    """
    summary = Summary(at=workspace.clock.now())
    await read(workspace, name, summary, streams=(stream,), force=force)
    if stream == "contacts":
        await compare_lists(workspace, name, summary)
    await _note_first_pull(workspace, name, stream)
    return Turn(summary=summary, is_to_score=True, lanes={name})


def pulls_of(workspace: Workspace, only: str | None = None, *, force: bool = False) -> list[Job]:
    """Return the jobs that pull from all platforms, or from the one named `only`."""
    return [
        pull_job(name, stream, force=force)
        for name in _named(workspace.order, only)
        for stream in offered(workspace.platforms[name])
    ]


def pushes_of(workspace: Workspace, only: str | None = None, *, force: bool = False) -> list[Job]:
    """Return the jobs that write to all platforms that are written to, or to the one."""
    targets = tuple(workspace.configuration.model.targets)
    return [push_job(name, force=force) for name in _named(targets, only)]


async def unread_streams(workspace: Workspace) -> Collection[tuple[str, Stream]]:
    """Return the streams whose first pull has not ended yet, well or not.

    Nobody is scored for the first time before: that is the baseline of triggers, and a past that is
    read later would look like news.
    """
    async with workspace.state.read() as tx:
        return [
            (name, stream)
            for name in workspace.order
            for stream in offered(workspace.platforms[name])
            if await tx.notes.get(_first_pull(name, stream)) is None
        ]


async def inbound_turn(
    workspace: Workspace, name: str, *, scores: bool = True, unread: Collection[str] = ()
) -> Turn:
    """Process calls of the platform `name` that wait, and score whom they are about.

    Unless somebody else `scores`; while platforms are `unread`, only those who were scored before
    and are unknown to them.
    """
    taken = await take_in(workspace, name)
    at, found = await present(workspace)
    summary = Summary(at=at, problems=[*taken.problems, *found])
    count_drift(summary, name, taken.drift)
    summary.erased += Counter({name: taken.erased})
    summary.failed(name, taken.errors)
    turn = Turn(summary=summary, taken=taken)
    chosen: Collection[int] = taken.contacts if scores else ()
    for _ in range(TRIES):
        if not chosen:
            break
        rescored = await score(workspace, (), summary, chosen, unread=unread)
        turn.lanes |= _lanes(workspace, rescored)
        turn.are_few = rescored.is_urgent
        if rescored.is_superseded:
            # They were not scored: those who are `chosen` still are to be, by the rules in force.
            break
        # Who scores everybody meanwhile may have read them before the calls came.
        chosen = rescored.overtaken
        if chosen:
            summary.at, _ = await present(workspace)
    turn.is_to_score = bool(chosen if scores else taken.contacts)
    return turn


async def count_waiting(workspace: Workspace, unread: Collection[str] = ()) -> int:
    """Return how many are to be scored, be it that platforms are `unread`."""
    at, digest = workspace.clock.now(), workspace.configuration.model.digest
    async with workspace.state.read() as tx:
        return len(await tx.contacts.waiting(at, digest, unread=unread))


async def score_turn(
    workspace: Workspace, share: Share | None = None, *, unread: Collection[str] = ()
) -> Turn:
    """Score whoever waits for it; only those in `share`, when given.

    While platforms are `unread`, only those who were scored before and are unknown to them.
    """
    at, found = await present(workspace)
    summary = Summary(at=at, problems=[*found])
    rescored = await score(workspace, (), summary, share=share, unread=unread)
    return Turn(summary=summary, lanes=_lanes(workspace, rescored), are_few=rescored.is_urgent)


async def fold_turn(workspace: Workspace) -> Turn:
    """Bring the columnar copy of events up to date where that is worth it."""
    summary = Summary(at=workspace.clock.now())
    properties = workspace.configuration.model.properties
    summary.problems += await workspace.state.fold_events(properties, workspace.progress)
    return Turn(summary=summary)


async def push_turn(workspace: Workspace, lane: str, *, force: bool = False) -> Turn:
    """Bring a platform or a courier what it shall have by now; `force` passes the guards."""
    turn = Turn(summary=(summary := Summary(at=workspace.clock.now())))
    if not force and not await _is_due(workspace, lane):
        await end_amiss(workspace, lane)
        return turn
    if lane in workspace.couriers:
        await act(workspace, lane, summary)
        return turn
    if (left_alone := workspace.left_alone(lane)) is not None:
        summary.failed(lane, [left_alone])
        return turn
    # Those who are there first: to create many takes hours where it goes one by one.
    if await write(workspace, lane, summary, force=force):
        await act(workspace, lane, summary)
        created, is_refused = await create(workspace, lane, summary, force=force)
        turn.is_to_score = created > 0
        if created and not is_refused:
            await write(workspace, lane, summary, force=force)
    return turn


async def urgent_turn(workspace: Workspace, lane: str) -> Turn:
    """Bring a platform what is urgent, be it beside a longer push; then do what triggers want."""
    turn = Turn(summary=(summary := Summary(at=workspace.clock.now())))
    if (left_alone := workspace.left_alone(lane)) is not None:
        summary.failed(lane, [left_alone])
    elif await write(workspace, lane, summary, urgent=True):
        await act(workspace, lane, summary, urgent=True)
        # Who is to be created, or was refused before, waits for no longer than until now.
        turn.lanes = {lane} if await _is_due(workspace, lane) else set()
    return turn


async def is_urgent_in_hand(workspace: Workspace, lane: str) -> bool:
    """Return whether somebody urgent is in the hands of another push."""
    async with workspace.state.read() as tx:
        return await tx.outbox.is_urgent_in_hand(lane, workspace.clock.now())


async def _is_due(workspace: Workspace, lane: str) -> bool:
    now = workspace.clock.now()
    async with workspace.state.read() as tx:
        return await tx.outbox.is_due(lane, now) or await tx.triggers.is_due(lane, now)


def _named(known: Sequence[str], only: str | None) -> Sequence[str]:
    if only is not None and only not in known:
        msg = f"there is no such platform; known: {', '.join(known) or 'none'}"
        raise NotFound(msg)
    return known if only is None else (only,)


def _lanes(workspace: Workspace, rescored: Rescored) -> set[str]:
    """Return the receivers for which a scoring made work."""
    written = {name for name, count in rescored.pending.items() if count}
    return written.union(_told(workspace.configuration.model, rescored.fired))


def _told(model: Model, fired: Mapping[str, int]) -> Iterator[str]:
    for name, count in fired.items():
        for deed in model.triggers[name].deeds if count else ():
            yield lane_of(deed.kind, deed.destination)


async def _note_first_pull(workspace: Workspace, name: str, stream: Stream) -> None:
    async with workspace.state.read() as tx:
        known = await tx.notes.get(_first_pull(name, stream))
    if known is None:
        async with workspace.state.write() as tx:
            await tx.notes.put(_first_pull(name, stream), iso(workspace.clock.now()))


def _first_pull(name: str, stream: Stream) -> str:
    return f"first pull:{name} {stream}"
