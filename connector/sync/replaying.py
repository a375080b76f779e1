"""What a person does about deliveries: have them tried again, or give them up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.instants import iso
from connector.domain.ledger import Firing, FiringState
from connector.domain.outbound import NOT_YET, DeliveryState, Desired, Outbound, overruled_key
from connector.sync.looking.deliveries import find
from connector.sync.outbox.difference import difference
from connector.sync.tasks import SCORE_JOB, inbound_job, push_job

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.ports.control import Job
    from connector.ports.store import Transaction
    from connector.scoring.model import Target
    from connector.sync.looking.deliveries import Delivery
    from connector.sync.workspace import Workspace

_PAGE = 1_000
UNDER_WAY = "it is being delivered at this moment"


@dataclass(slots=True, kw_only=True)
class Handled:
    """What became of deliveries."""

    done: int = 0
    skipped: dict[str, str] = field(default_factory=dict)
    """Those that were left alone, by id, each with the reason."""
    jobs: set[Job] = field(default_factory=set)
    """What has to be done so that they are tried at once."""

    def to_json(self) -> dict[str, object]:
        """Return the shape that `deliveries replay --json` and `drop --json` print."""
        skipped = [{"id": each, "reason": reason} for each, reason in self.skipped.items()]
        return {"done": self.done, "skipped": skipped}


async def replay(workspace: Workspace, ids: Sequence[str]) -> Handled:
    """Have deliveries tried again as if they had not been; raises NotFound for an unknown id.

    A write is made of what is desired now, and its contact is scored anew; an action keeps its
    key, by which its receiver can tell it from another.
    """
    done = Handled()
    async with workspace.state.write() as tx:
        for each in ids:
            await _replay(tx, await find(tx, workspace, each), done)
    return done


async def replay_all(workspace: Workspace, to: str | None = None) -> Handled:
    """Have all that is dead tried again: of one receiver, or of all."""
    done = Handled()
    while True:
        async with workspace.state.write() as tx:
            rows = await tx.outbox.list(platform=to, states=[DeliveryState.DEAD], limit=_PAGE)
            await _replay_rows(tx, rows, done)
            dead = [FiringState.DEAD]
            firings = await tx.triggers.list(destination=to, states=dead, limit=_PAGE)
            await _replay_firings(tx, firings, done)
            calls = await tx.inbound.list(platform=to, is_dead=True, limit=_PAGE)
            done.done += await tx.inbound.replay([(each.platform, each.id) for each in calls])
            done.jobs |= {inbound_job(each.platform) for each in calls}
        if max(len(rows), len(firings), len(calls)) < _PAGE:
            return done


async def drop(workspace: Workspace, ids: Sequence[str]) -> Handled:
    """Give deliveries up; raises NotFound for an unknown id.

    Of a write the platform keeps what it shows until something else is desired there; whoever was
    to be created is not before they are decided anew. An action is called off, and a call counts
    as processed: if it comes again, nothing is done.
    """
    done = Handled()
    now = workspace.clock.now()
    async with workspace.state.write() as tx:
        for each in ids:
            await _drop(tx, workspace, await find(tx, workspace, each), now, done)
    return done


async def _replay(tx: Transaction, delivery: Delivery, done: Handled) -> None:
    if delivery.state == "in_flight":
        done.skipped[delivery.id] = UNDER_WAY
    elif delivery.state == "waiting":
        done.skipped[delivery.id] = "it waits for room within the limit of its trigger"
    elif isinstance(delivery.subject, Outbound):
        await _replay_rows(tx, [delivery.subject], done)
    elif isinstance(delivery.subject, Firing):
        await _replay_firings(tx, [delivery.subject], done)
    elif await tx.inbound.replay([(delivery.subject.platform, delivery.subject.id)]):
        done.done += 1
        done.jobs.add(inbound_job(delivery.to))
    else:
        done.skipped[delivery.id] = "it waits to be processed already"


async def _replay_rows(tx: Transaction, rows: Sequence[Outbound], done: Handled) -> None:
    await tx.outbox.save(
        [replace(row, state=DeliveryState.PENDING, attempts=0, not_before=None) for row in rows]
    )
    # What is desired may be decided otherwise by now: it is looked at again before it is written.
    await tx.contacts.touch({row.contact for row in rows})
    done.done += len(rows)
    done.jobs |= {push_job(row.platform) for row in rows}
    done.jobs |= {SCORE_JOB} if rows else set()


async def _replay_firings(tx: Transaction, firings: Sequence[Firing], done: Handled) -> None:
    await tx.triggers.save([_untried(each) for each in firings])
    done.done += len(firings)
    done.jobs |= {push_job(each.destination) for each in firings}


def _untried(firing: Firing) -> Firing:
    """Return a deed as if it had not been tried, also where nobody saw what became of it."""
    return replace(firing, state=FiringState.PENDING, attempts=0, not_before=None, last_error=None)


async def _drop(
    tx: Transaction, workspace: Workspace, delivery: Delivery, now: datetime, done: Handled
) -> None:
    subject, reason = delivery.subject, f"dropped by a person, {iso(now)}"
    if delivery.state == "in_flight":
        done.skipped[delivery.id] = UNDER_WAY
        return
    if isinstance(subject, Outbound):
        await _drop_row(tx, subject, workspace.configuration.model.targets.get(delivery.to), reason)
    elif isinstance(subject, Firing):
        dropped = replace(subject, state=FiringState.DROPPED, not_before=None, last_error=reason)
        await tx.triggers.save([dropped])
    elif not await tx.inbound.drop([(subject.platform, subject.id)], now=now):
        done.skipped[delivery.id] = "it waits to be processed; only what is dead can be dropped"
        return
    done.done += 1


async def _drop_row(tx: Transaction, row: Outbound, target: Target | None, reason: str) -> None:
    if row.remote_id == NOT_YET:
        await tx.outbox.drop(row.platform, [row.contact])
        return
    await tx.outbox.save(
        [
            replace(
                row,
                confirmed=_as_it_stands(row, target) if target else row.confirmed,
                state=DeliveryState.CLEAN,
                revision=row.revision + 1,
                attempts=0,
                not_before=None,
                last_error=reason,
            )
        ]
    )


def _as_it_stands(row: Outbound, target: Target) -> Desired:
    """Return what is confirmed of a row when others' values stand where it would have written.

    Nothing is written there before something else is desired. Tags and a stage are taken for done.
    """
    left = difference(row, target)
    stands = {overruled_key("attribute", name): value for name, value in left.attributes.items()}
    stands |= {overruled_key("list", name): wanted for name, wanted in left.lists.items()}
    return replace(
        row.confirmed,
        tags={**row.confirmed.tags, **left.tags},
        stage=row.confirmed.stage if left.stage is None else left.stage,
        overruled={**row.confirmed.overruled, **stands},
    )
