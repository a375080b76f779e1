"""What operators were told, kept from one look to the next by all processes together."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.instants import iso, parse_instant
from connector.sync.alerting.alarms import Condition

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from connector.ports.store import Transaction

UNWATCHED = timedelta(minutes=5)
"""Where nobody looked for so long, no daemon ran: what was not done meanwhile is no news."""
_NOTE = "alerts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What operators were last told of something."""

    condition: Condition
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What is known of earlier looks."""

    watched_at: datetime | None = None
    watching_since: datetime | None = None
    """From when on somebody looked again and again."""
    awaited: Mapping[str, datetime] = field(default_factory=dict)
    """By subject of a stream that was never read to its end: since when it is waited for."""
    told: Mapping[str, Told] = field(default_factory=dict)
    """By subject; of one that is well there is nothing."""
    moves: Mapping[datetime, timedelta] = field(default_factory=dict)
    """When the clock was found to have been moved, and by how much; until that is told."""
    sending_until: datetime | None = None
    """Until then whoever took it on tells what is to be told, and nobody else does."""

    def watched(self, at: datetime, unread: Collection[str]) -> Ledger:
        """Return it as of one more look, at which these streams were never read to their end."""
        last, since = self.watched_at, self.watching_since
        is_kept = last is not None and timedelta() <= at - last <= UNWATCHED
        return replace(
            self,
            watched_at=at,
            watching_since=since if since and is_kept else at,
            awaited={subject: self.awaited.get(subject, at) for subject in unread},
        )

    def to_json(self) -> dict[str, object]:
        """Return what is kept."""
        return {
            "watched_at": _text(self.watched_at),
            "watching_since": _text(self.watching_since),
            "awaited": {subject: iso(at) for subject, at in self.awaited.items()},
            "told": {
                subject: {"condition": each.condition.value, "since": iso(each.since)}
                for subject, each in self.told.items()
            },
            "moves": {iso(at): by.total_seconds() for at, by in self.moves.items()},
            "sending_until": _text(self.sending_until),
        }


async def read_ledger(tx: Transaction) -> Ledger:
    """Return what is known of earlier looks."""
    kept = await tx.notes.get(_NOTE)
    if not kept:
        return Ledger()
    known = json.loads(kept)
    return Ledger(
        watched_at=_instant(known["watched_at"]),
        watching_since=_instant(known["watching_since"]),
        awaited={subject: parse_instant(at) for subject, at in known["awaited"].items()},
        told={
            subject: Told(
                condition=Condition(each["condition"]), since=parse_instant(each["since"])
            )
            for subject, each in known["told"].items()
        },
        moves={parse_instant(at): timedelta(seconds=by) for at, by in known["moves"].items()},
        sending_until=_instant(known["sending_until"]),
    )


async def keep_ledger(tx: Transaction, ledger: Ledger) -> None:
    """Keep it for the next look, by whatever process."""
    await tx.notes.put(_NOTE, json.dumps(ledger.to_json()))


def _text(instant: datetime | None) -> str | None:
    return iso(instant) if instant else None


def _instant(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None
