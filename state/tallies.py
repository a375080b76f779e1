"""Numbers for operators, each told by an index."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from operator import add
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, select

from connector.domain.ledger import FiringState
from connector.domain.tallies import LaneTally, ReplicaTally
from state.counters import STAGE_CHANGES
from state.persons import waiting_apart
from state.schema import COUNTERS, FIRINGS, LANES, REPLICAS, SCORE_HISTORY, STANDINGS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from state.database import Session

_OF_FIRINGS = select(FIRINGS.c.destination, FIRINGS.c.state, func.count()).group_by(
    FIRINGS.c.destination, FIRINGS.c.state
)


def _number_of(condition: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(STANDINGS).where(condition).scalar_subquery()


class Tallies:
    """Keeps the contract of TallyStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def waiting(self, at: datetime, model: str) -> int:
        """Return how many persons are to be scored."""
        first, *others = map(_number_of, waiting_apart(at, model))
        query = select(reduce(add, others, first))
        return await self._session.run(lambda connection: connection.execute(query).scalar_one())

    async def firings(self) -> Mapping[str, Mapping[FiringState, int]]:
        """Return the number of firings per destination and state."""

        def work(connection: Connection) -> Mapping[str, Mapping[FiringState, int]]:
            counts: defaultdict[str, dict[FiringState, int]] = defaultdict(dict)
            for destination, state, count in connection.execute(_OF_FIRINGS):
                counts[destination][FiringState(state)] = count
            return counts

        return await self._session.run(work)

    async def score_changes(self) -> int:
        """Return a number that grows with each score, stage or grade that becomes another."""
        query = select(func.max(SCORE_HISTORY.c.id))
        return await self._session.run(lambda it: it.execute(query).scalar_one() or 0)

    async def stage_changes(self) -> Mapping[str, int]:
        """Return, per score and grade that has any, how often a person left a stage for another."""
        query = select(COUNTERS.c.name, COUNTERS.c.value).where(
            COUNTERS.c.name.startswith(STAGE_CHANGES)
        )

        def work(connection: Connection) -> Mapping[str, int]:
            found = connection.execute(query)
            return {row.name.removeprefix(STAGE_CHANGES): row.value for row in found}

        return await self._session.run(work)

    async def replicas(self, at: datetime) -> Sequence[ReplicaTally]:
        """Return the processes that share the work, the oldest first."""
        query = select(REPLICAS.c.owner, REPLICAS.c.since).where(REPLICAS.c.until > at)

        def work(connection: Connection) -> Sequence[ReplicaTally]:
            found = connection.execute(query.order_by(REPLICAS.c.since, REPLICAS.c.owner))
            return [ReplicaTally(**row) for row in found.mappings()]

        return await self._session.run(work)

    async def lanes(self, at: datetime) -> Sequence[LaneTally]:
        """Return the lanes that a process has, by name."""
        held = LANES.c.owner.is_not(None) & (LANES.c.until > at)
        query = select(LANES.c.lane, LANES.c.owner, LANES.c.until).where(held)

        def work(connection: Connection) -> Sequence[LaneTally]:
            found = connection.execute(query.order_by(LANES.c.lane)).mappings()
            return [LaneTally(**row) for row in found]

        return await self._session.run(work)
