"""What calls said last of whom: a repeat is told from what is said anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, delete, select, tuple_

from connector.domain.tellings import Said, news
from state.schema import TELLINGS
from state.statements import among, is_sqlite, upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from connector.domain.ledger import Inbound

_KEYS = ("platform", "about")
_TURN = "SELECT pg_advisory_xact_lock(1413827404)"
"""Of two replicas that store the same call at once, the second sees what the first has stored."""


def without_repeats(connection: Connection, calls: Sequence[Inbound]) -> Sequence[Inbound]:
    """Return the calls that repeat none of what was said minutes before, and keep what they say.

    Those of which a key alone tells whether they are repeats are all among them.
    """
    telling = [call for call in calls if call.about]
    if not telling:
        return calls
    _take_turn(connection)
    last = _last(connection, telling)
    before = dict(last)
    told = news(telling, last)
    rows = [
        {
            "platform": platform,
            "about": about,
            "content": said.content,
            "received_at": said.received_at,
        }
        for (platform, about), said in last.items()
        if before.get((platform, about)) is not said
    ]
    upsert(connection, TELLINGS, rows, keys=_KEYS)
    kept = {(call.platform, call.id) for call in told}
    return [call for call in calls if not call.about or (call.platform, call.id) in kept]


def forget_tellings(connection: Connection, before: datetime, *, limit: int) -> int:
    """Delete at most `limit` of what was said before an instant; return how many."""
    _take_turn(connection)
    keys = (TELLINGS.c.platform, TELLINGS.c.about)
    old = select(*keys).where(TELLINGS.c.received_at < before).limit(limit)
    return connection.execute(delete(TELLINGS).where(tuple_(*keys).in_(old))).rowcount


def _last(connection: Connection, calls: Sequence[Inbound]) -> dict[tuple[str, str], Said]:
    """Return what was said last of whom the calls are about."""
    asked: dict[str, set[str]] = {}
    for call in calls:
        asked.setdefault(call.platform, set()).update(call.about)
    return {
        (row.platform, row.about): Said(content=row.content, received_at=row.received_at)
        for platform, about in asked.items()
        for row in connection.execute(
            select(TELLINGS).where(
                TELLINGS.c.platform == platform, among(connection, TELLINGS.c.about, about)
            )
        )
    }


def _take_turn(connection: Connection) -> None:
    if not is_sqlite(connection):
        connection.exec_driver_sql(_TURN)
