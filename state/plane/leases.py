"""Lanes and replicas as rows: who has what, until when by the database's own clock."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from state.plane.schema import LANES_CHANNEL
from state.plane.sharing import Sharing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import timedelta
    from typing import Any

    from psycopg import AsyncConnection

_NOW = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
_TELL = f"SELECT pg_notify('{LANES_CHANNEL}', '')"
_REGISTER = f"""
INSERT INTO replicas (owner, lanes, since, until)
SELECT %(owner)s, %(lanes)s, {_NOW}, {_NOW} + %(lease)s
ON CONFLICT (owner) DO UPDATE SET lanes = excluded.lanes, until = excluded.until
"""
_ADD = "INSERT INTO lanes (lane, fence) SELECT unnest(%(lanes)s::text[]), 0 ON CONFLICT DO NOTHING"
_RENEW = f"""
UPDATE lanes SET until = {_NOW} + %(lease)s
FROM unnest(%(lanes)s::text[], %(fences)s::bigint[]) AS held (lane, fence)
WHERE lanes.lane = held.lane AND lanes.fence = held.fence AND lanes.owner = %(owner)s
RETURNING lanes.lane
"""  # noqa: S608 - constants
_LANES = f"SELECT lane, owner, coalesce(until, 0) - {_NOW} FROM lanes"  # noqa: S608 - constants
_REPLICAS = f"SELECT owner, lanes FROM replicas WHERE until > {_NOW}"  # noqa: S608 - constants
_TAKE = f"""
UPDATE lanes SET owner = %(owner)s, until = {_NOW} + %(lease)s, fence = lanes.fence + 1
FROM (SELECT lane, owner FROM lanes WHERE lane = %(lane)s FOR UPDATE) AS before
WHERE lanes.lane = before.lane AND coalesce(lanes.until, 0) <= {_NOW}
RETURNING lanes.fence, before.owner
"""  # noqa: S608 - constants
# With another fence, so that a renewal that was asked for before does not take it again.
_RELEASE = f"""
UPDATE lanes SET until = {_NOW}, fence = fence + 1
WHERE lane = %(lane)s AND fence = %(fence)s AND owner = %(owner)s
"""  # noqa: S608 - constants
_LEAVE = "DELETE FROM replicas WHERE owner = %(owner)s"
_FORGET = f"DELETE FROM replicas WHERE until < {_NOW} - %(lease)s"  # noqa: S608 - constants


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A lane that was taken."""

    fence: int
    last_owner: str | None
    """Who had it before, which may have been the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a replica is told when it tells that it lives."""

    renewed: frozenset[str]
    """The lanes that it still has."""
    free: frozenset[str]
    """The lanes that nobody has."""
    orphaned: frozenset[str]
    """Those of them that nobody has had for as long as a lease."""
    sharing: Sharing


class Leases:
    """The rows of one replica, and its view of the others'."""

    def __init__(self, owner: str, lease: timedelta) -> None:
        """Take a name that no other process ever had, and how long a lease lasts."""
        self.owner = owner
        self._micros = lease.total_seconds() * 1_000_000
        self._given = {"owner": owner, "lease": int(self._micros)}

    async def beat(
        self, connection: AsyncConnection[Any], able: Collection[str], held: Mapping[str, int]
    ) -> Seen:
        """Tell that this replica lives, and what it can have; renew the lanes held, by fence."""
        lanes = sorted(able)
        await connection.execute(_REGISTER, {**self._given, "lanes": json.dumps(lanes)})
        await connection.execute(_ADD, {"lanes": lanes})
        mine = {**self._given, "lanes": list(held), "fences": list(held.values())}
        renewed = await (await connection.execute(_RENEW, mine)).fetchall()
        rows = await (await connection.execute(_LANES)).fetchall()
        replicas = await (await connection.execute(_REPLICAS)).fetchall()
        await connection.execute(_FORGET, self._given)
        return Seen(
            renewed=frozenset(lane for (lane,) in renewed),
            free=frozenset(lane for lane, _, left in rows if left <= 0),
            orphaned=frozenset(lane for lane, _, left in rows if left <= -self._micros),
            sharing=Sharing(
                me=self.owner,
                replicas={owner: frozenset(json.loads(lanes)) for owner, lanes in replicas},
                holders={lane: owner for lane, owner, left in rows if left > 0},
            ),
        )

    async def take(self, connection: AsyncConnection[Any], lane: str) -> Taken | None:
        """Take a lane that is free; None when somebody else was quicker."""
        found = await connection.execute(_TAKE, {**self._given, "lane": lane})
        row = await found.fetchone()
        return None if row is None else Taken(fence=row[0], last_owner=row[1])

    async def release(self, connection: AsyncConnection[Any], lane: str, fence: int) -> None:
        """Let go of a lane, and tell the others."""
        await connection.execute(_RELEASE, {"owner": self.owner, "lane": lane, "fence": fence})
        await connection.execute(_TELL)

    async def leave(self, connection: AsyncConnection[Any]) -> None:
        """Be no replica any more."""
        await connection.execute(_LEAVE, {"owner": self.owner})
        await connection.execute(_TELL)
