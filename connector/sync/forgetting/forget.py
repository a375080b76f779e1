"""Erase a person everywhere in our state, and remember never to take them in again.

What is written to a folder of files is ours alone, and they are taken out of it. What platforms
hold is theirs: heatsync deletes nobody there. All of it may be asked for again after a crash, and
then finishes what was begun.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.changes import Addressee
from connector.domain.emails import BadEmail, read_email
from connector.domain.forgetting import Traces
from connector.domain.instants import to_micros
from connector.domain.outbound import NOTHING
from connector.errors import NotFound, PlatformError, Problem
from connector.sync.records.forgotten import erase, expunging, note_expunging

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

REMEMBERED = timedelta(days=1)
"""So long it is known by number who was erased: what is under way is not done for them, and the
copy of events is looked through again, as another process may have been writing it."""


@dataclass(slots=True, kw_only=True)
class Forgetting:
    """What erasing somebody came to. It names nobody."""

    erased: Counter[str] = field(default_factory=Counter)
    """How many rows are gone, by kind; ``rows`` are those of files we wrote."""
    elsewhere: Mapping[str, int] = field(default_factory=dict)
    """How many records of theirs are still on each platform: to be erased there, by a person."""
    ways: Mapping[str, str] = field(default_factory=dict)
    """How a person does that, by platform."""
    problems: list[Problem] = field(default_factory=list)

    @property
    def was_known(self) -> bool:
        """Return whether there was anything of them."""
        return any(self.erased.values())

    def to_json(self) -> dict[str, object]:
        """Return the shape that `forget --json` prints."""
        return {
            "erased": {kind: count for kind, count in self.erased.items() if count},
            "elsewhere": [
                {"platform": name, "records": count, "to_erase": self.ways[name]}
                for name, count in self.elsewhere.items()
            ],
            "problems": [
                {"message": each.message, "path": each.path, "hint": each.hint}
                for each in self.problems
            ],
        }


async def forget(workspace: Workspace, text: str) -> Forgetting:
    """Erase whom an e-mail address, our id, or ``<platform>:<id>`` names.

    Somebody unknown by an address or a record is remembered all the same, and never taken in.
    Raises NotFound when `text` is neither. Only for the one who owns the cycles.
    """
    done = Forgetting()
    async with workspace.state.read() as tx:
        traces = await _whom(tx, workspace, text)
        done.elsewhere = await _elsewhere(tx, workspace, traces)
    # Before the state forgets under which names they were written, lest a crash leave them there.
    await _take_out(workspace, traces, done)
    async with workspace.state.write() as tx:
        traces = _together(traces, await _whom(tx, workspace, text))
        erased = await erase(tx, traces, workspace.clock.now())
    done.erased += Counter(erased.counts)
    adapters = {each.name: each.adapter for each in workspace.configuration.platforms}
    done.ways = {name: adapters[name].erasure for name in done.elsewhere}
    # A write that was under way may have come in between.
    await _take_out(workspace, traces, done)
    done.problems += await finish_forgetting(workspace, traces.emails | traces.keys)
    return done


async def finish_forgetting(workspace: Workspace, texts: Collection[str] = ()) -> Sequence[Problem]:
    """Remove the events of erased people from the columnar copy, and traces from the files.

    `texts` are looked for in the files. Without any, nothing is to be done where nobody was erased
    lately. Only for the one who owns the cycles.
    """
    async with workspace.state.read() as tx:
        pending = await expunging(tx)
    if not pending and not texts:
        return ()
    if pending:
        await workspace.state.expunge_events(pending)
    if not await workspace.state.wipe_traces(texts):
        message = "something of what was erased may be left in free parts of the database's files"
        hint = "run `heatsync db vacuum` when there is little to do"
        return [Problem(message=message, hint=hint, is_advice=True)]
    recent = to_micros(workspace.clock.now() - REMEMBERED)
    async with workspace.state.write() as tx:
        left = await expunging(tx)
        await note_expunging(
            tx,
            {
                contact: since
                for contact, since in left.items()
                if since > recent or contact not in pending
            },
        )
    return ()


async def _whom(tx: Transaction, workspace: Workspace, text: str) -> Traces:
    """Return by what somebody is found whom a person named."""
    person = await tx.contacts.find(text)
    if person is None:
        return _by_name(workspace, text)
    return await tx.forgotten.traces([person.contact])


def _by_name(workspace: Workspace, text: str) -> Traces:
    """Return the traces of somebody whom we do not know, by what a person typed."""
    platform, _, remote_id = text.partition(":")
    if remote_id and platform in workspace.platforms:
        return _nobody_but(records={(platform, remote_id)})
    try:
        return _nobody_but(emails={read_email(text)})
    except BadEmail:
        msg = "nobody is known by that name (give an e-mail address, our id, or platform:id)"
        raise NotFound(msg) from None


def _nobody_but(
    records: set[tuple[str, str]] | None = None, emails: set[str] | None = None
) -> Traces:
    return Traces(
        contacts=frozenset(), records=frozenset(records or ()), emails=frozenset(emails or ())
    )


def _together(one: Traces, other: Traces) -> Traces:
    """Return the traces of both: what came in while people were taken out of files goes too."""
    return replace(
        one,
        contacts=one.contacts | other.contacts,
        records=one.records | other.records,
        emails=one.emails | other.emails,
        keys=one.keys | other.keys,
    )


async def _elsewhere(tx: Transaction, workspace: Workspace, traces: Traces) -> Mapping[str, int]:
    """Return how many records platforms hold of them; a receiver that is only told has one."""
    records = await tx.contacts.records_of(traces.contacts)
    held = Counter(each.platform for each in records if each.removed_at is None)
    for name in workspace.sinks:
        rows = await tx.outbox.rows(name, traces.contacts)
        held[name] += any(row.confirmed != NOTHING for row in rows.values())
    return {name: held[name] for name in workspace.order if held[name]}


async def _take_out(workspace: Workspace, traces: Traces, done: Forgetting) -> None:
    """Take them out of what is ours alone; a folder that cannot be written to is told."""
    for name, platform in workspace.platforms.items():
        if platform.eraser is None:
            continue
        ids = traces.ids_on(name) | traces.keys
        people = [Addressee(remote_id=each) for each in sorted(ids)]
        people += [Addressee(remote_id="", email=each) for each in sorted(traces.emails)]
        try:
            done.erased["rows"] += await platform.eraser.erase(people)
        except PlatformError as error:
            problem = Problem(message=str(error), path=name)
            done.problems += [] if problem in done.problems else [problem]
