"""How everything stands: what is stored, what waits, what the last runs did."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from connector.domain.instants import iso
from connector.sync.outbox.drift import drift_of
from connector.sync.troubles import troubles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from connector.domain.event_copy import EventCopy
    from connector.domain.ledger import FiringState, Run, StoredCursor
    from connector.domain.outbound import DeliveryState
    from connector.sync.troubles import Trouble
    from connector.sync.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The present state of an installation."""

    contacts: int
    events: int
    waiting: int
    """Persons to be scored now."""
    decided_at: datetime | None
    troubles: Sequence[Trouble]
    """What the last runs were kept from, of platforms in the configuration."""
    streams: Sequence[StoredCursor]
    backlog: Mapping[str, Mapping[str, int]]
    """Outbound rows per platform and state."""
    drift: Mapping[str, Mapping[str, object]]
    """Per platform where values of ours were changed by somebody: how many were repaired, how
    many kept, and when the last of them was noticed."""
    triggers: Mapping[str, Mapping[str, int]]
    """What triggers want done, per trigger and state."""
    stages: Mapping[str, Mapping[str, int]]
    orphans: Mapping[str, int]
    """Events of contacts nobody knows, per platform."""
    runs: Sequence[Run]
    budgets: Mapping[str, Mapping[str, int | None]]
    """Requests that may be made at once, per platform with limits and per limit."""
    opens: Mapping[str, Mapping[str, datetime]]
    """From when on a request may be made, per platform and limit that lets none through now."""
    copy: EventCopy | None
    """The columnar copy of events; None when there is none."""

    def to_json(self) -> dict[str, object]:
        """Return the shape that `status --json` prints."""
        return {
            "contacts": self.contacts,
            "events": self.events,
            "waiting": self.waiting,
            "decided_at": _text(self.decided_at),
            "troubles": {each.platform: each.to_json() for each in self.troubles},
            "streams": [
                {
                    "platform": each.platform,
                    "stream": each.stream,
                    "pulled_at": iso(each.updated_at),
                }
                for each in self.streams
            ],
            "deliveries": self.backlog,
            "drift": self.drift,
            "triggers": self.triggers,
            "stages": self.stages,
            "orphans": self.orphans,
            "budgets": self.budgets,
            "budgets_open": {
                platform: {name: iso(opens) for name, opens in limits.items()}
                for platform, limits in self.opens.items()
            },
            "event_copy": asdict(self.copy) if self.copy else None,
            "runs": [
                {
                    "command": run.command,
                    "at": iso(run.at),
                    "started_at": iso(run.started_at),
                    "finished_at": _text(run.finished_at),
                    "error": run.error,
                    "problems": problems_of(run),
                }
                for run in self.runs
            ],
        }


async def standing(workspace: Workspace) -> Standing:
    """Return how everything stands now."""
    digest = workspace.configuration.model.digest
    copy = await workspace.state.event_copy()
    async with workspace.state.read() as tx:
        counts = await tx.outbox.counts()
        firings = await tx.triggers.counts()
        return Standing(
            contacts=await tx.contacts.count(),
            events=await tx.events.count(),
            waiting=len(await tx.contacts.waiting(workspace.clock.now(), digest)),
            decided_at=await tx.scores.latest_at(),
            troubles=await troubles(tx, workspace.order),
            streams=await tx.cursors.all(),
            backlog=_by_state(counts),
            drift={
                name: found
                for name in workspace.configuration.model.targets
                if (found := await drift_of(tx, name))
            },
            triggers=_by_state(firings),
            stages=await tx.scores.stages(),
            orphans=await tx.contacts.orphans(),
            runs=await tx.runs.last(5),
            budgets={
                name: left for name, each in workspace.budgets.items() if (left := each.left())
            },
            opens={
                name: opens for name, each in workspace.budgets.items() if (opens := each.opens())
            },
            copy=copy,
        )


def problems_of(run: Run) -> list[dict[str, Any]]:
    """Return the problems that a run told, in the shape of `sync --json`."""
    told = json.loads(run.summary) if run.summary else {}
    return list(told.get("problems", ()))


def _by_state(
    counts: Mapping[str, Mapping[DeliveryState, int]] | Mapping[str, Mapping[FiringState, int]],
) -> Mapping[str, Mapping[str, int]]:
    return {
        name: {state.value: count for state, count in states.items() if count}
        for name, states in counts.items()
    }


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None
