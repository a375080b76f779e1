"""Scores as last decided, their history, and the overrides of people."""

from __future__ import annotations

from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING

import polars as pl
from sqlalchemy import Connection, func, or_, select

from connector.domain.frames import (
    CONTACT,
    SCORE_SCHEMA,
)
from connector.domain.instants import MICROSECOND, from_micros, midnight, to_micros
from connector.domain.ledger import HistoryEntry, Lead
from state.counters import LATEST_AT, raise_to, value_of
from state.leads import leads
from state.overrides import Overrides
from state.pictures.cohorts import return_to
from state.pictures.moves import note_moves
from state.pictures.standings import standings_of
from state.recording import NAMES, only, replace_scores, stand
from state.schema import MODELS, PERSONS, SCORE_HISTORY, SCORES, STANDINGS
from state.stage_counts import stage_counts
from state.statements import among, frame_of, insert_new, typed
from state.undoing import UNDONE_AT_ONCE, forget_after, undo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from connector.domain.leads import LeadPage, LeadQuery
    from state.database import Session


class Scores(Overrides):
    """Keeps the contract of ScoreStore."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def current(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return what was last decided, as SCORE_SCHEMA says."""
        query = select(SCORES.c.contact, *(SCORES.c[name] for name in NAMES))

        def work(connection: Connection) -> pl.DataFrame:
            chosen = query.order_by(SCORES.c.contact, SCORES.c.name)
            if contacts is not None:
                chosen = chosen.where(among(connection, SCORES.c.contact, contacts))
            return frame_of(connection, chosen, SCORE_SCHEMA, typed(SCORE_SCHEMA))

        return await self._session.run(work)

    async def record(
        self,
        *,
        at: datetime,
        model: str,
        seen: Mapping[int, int],
        decisions: pl.DataFrame,
        scores: pl.DataFrame,
        day: datetime | None = None,
    ) -> None:
        """Replace what is decided for the contacts of `decisions`."""
        day = day or midnight(at, UTC)

        def work(connection: Connection) -> None:
            before = standings_of(connection, decisions[CONTACT].to_list(), at)
            here = before[CONTACT].to_list()
            told = replace_scores(
                connection, before, only(scores, here), at=at, day=day, model=model
            )
            note_moves(connection, told, at)
            stand(connection, only(decisions, here), seen, before, at=at, model=model)
            if not decisions.is_empty():
                raise_to(connection, LATEST_AT, to_micros(at))

        await self._session.run(work)

    async def undo_after(self, at: datetime) -> int:
        """Take back all decisions later than `at`; return for how many persons."""
        query = select(STANDINGS.c.contact).where(STANDINGS.c.decided_at > at)
        contacts = await self._session.run(
            lambda connection: list(connection.execute(query).scalars())
        )
        await self._session.run(partial(return_to, at=at + MICROSECOND))
        for start in range(0, len(contacts), UNDONE_AT_ONCE):
            some = contacts[start : start + UNDONE_AT_ONCE]
            before = await self.as_of(some, at)
            await self._session.run(partial(undo, contacts=some, scores=before, at=at))
        await self._session.run(partial(forget_after, at=at))
        return len(contacts)

    async def latest_at(self) -> datetime | None:
        """Return the latest instant of any decision."""
        micros = await self._session.run(lambda connection: value_of(connection, LATEST_AT))
        return None if micros is None else from_micros(micros)

    async def history(self, contact: int, name: str | None = None) -> Sequence[HistoryEntry]:
        """Return the history of one person, oldest first."""
        wanted = [SCORE_HISTORY.c[each] for each in ("at", "model", *NAMES)]
        query = select(*wanted).where(SCORE_HISTORY.c.contact == contact)
        if name is not None:
            query = query.where(SCORE_HISTORY.c.name == name)
        query = query.order_by(SCORE_HISTORY.c.at, SCORE_HISTORY.c.id)
        return await self._session.run(
            lambda connection: [HistoryEntry(**row) for row in connection.execute(query).mappings()]
        )

    async def as_of(self, contacts: Collection[int], at: datetime) -> pl.DataFrame:
        """Return what was decided last and not after `at`, as SCORE_SCHEMA says."""
        newest = func.row_number().over(
            partition_by=(SCORE_HISTORY.c.contact, SCORE_HISTORY.c.name),
            order_by=(SCORE_HISTORY.c.at.desc(), SCORE_HISTORY.c.id.desc()),
        )
        wanted = [SCORE_HISTORY.c[name] for name in ("contact", *NAMES)]

        def work(connection: Connection) -> pl.DataFrame:
            of_them = among(connection, SCORE_HISTORY.c.contact, contacts)
            entries = (
                select(*wanted, newest.label("place"))
                .where(of_them, SCORE_HISTORY.c.at <= at)
                .subquery()
            )
            is_there = or_(entries.c.value.is_not(None), entries.c.stage.is_not(None))
            query = (
                select(*(entries.c[column.name] for column in wanted))
                .where(entries.c.place == 1, is_there)
                .order_by(entries.c.contact, entries.c.name)
            )
            return frame_of(connection, query, SCORE_SCHEMA, typed(SCORE_SCHEMA))

        return await self._session.run(work)

    async def decided(self, contact: int) -> tuple[datetime, str, datetime | None] | None:
        """Return when a person was last decided, under which model, and the next change."""
        query = select(STANDINGS).where(
            STANDINGS.c.contact == contact, STANDINGS.c.decided_at.is_not(None)
        )
        row = await self._session.run(lambda connection: connection.execute(query).first())
        return None if row is None else (row.decided_at, row.model, row.next_change_at)

    async def decided_at(self, contacts: Collection[int]) -> Mapping[int, datetime | None]:
        """Return when each of these was last decided, None: never; merged ones are absent."""

        def work(connection: Connection) -> Mapping[int, datetime | None]:
            query = select(STANDINGS.c.contact, STANDINGS.c.decided_at)
            chosen = query.where(among(connection, STANDINGS.c.contact, contacts))
            return {row.contact: row.decided_at for row in connection.execute(chosen)}

        return await self._session.run(work)

    async def scored_under(self, contacts: Collection[int]) -> Mapping[int, str]:
        """Return the model that last scored each person; excluded ones are absent."""

        def work(connection: Connection) -> Mapping[int, str]:
            query = select(STANDINGS.c.contact, STANDINGS.c.model).where(
                STANDINGS.c.dimensions.is_not(None),
                among(connection, STANDINGS.c.contact, contacts),
            )
            return {row.contact: row.model for row in connection.execute(query)}

        return await self._session.run(work)

    async def decided_otherwise(self, model: str) -> Mapping[str, int]:
        """Return how many persons were last decided by each other model; empty: by none yet."""
        # An index is walked on both sides of the model, which nearly everybody has.
        sides = (STANDINGS.c.model < model, STANDINGS.c.model > model)

        def work(connection: Connection) -> Mapping[str, int]:
            counted = select(STANDINGS.c.model, func.count()).group_by(STANDINGS.c.model)
            found = [row for side in sides for row in connection.execute(counted.where(side))]
            return {row[0]: row[1] for row in found}

        return await self._session.run(work)

    async def top(self, score: str, *, stage: str | None = None, limit: int = 10) -> Sequence[Lead]:
        """Return the persons with the highest exact score, ties by our id."""
        query = (
            select(
                PERSONS.c.contact,
                PERSONS.c.key,
                PERSONS.c.email,
                SCORES.c.value,
                func.coalesce(SCORES.c.rounded, SCORES.c.value).label("rounded"),
                SCORES.c.stage,
            )
            .join(PERSONS, PERSONS.c.contact == SCORES.c.contact)
            .where(
                SCORES.c.name == score,
                SCORES.c.value.is_not(None),
                PERSONS.c.merged_into.is_(None),
            )
            .order_by(SCORES.c.value.desc(), PERSONS.c.key)
            .limit(limit)
        )
        if stage is not None:
            query = query.where(SCORES.c.stage == stage)
        return await self._session.run(
            lambda connection: [Lead(**row) for row in connection.execute(query).mappings()]
        )

    async def leads(self, query: LeadQuery) -> LeadPage:
        """Return a page of the leads that are asked for."""
        return await self._session.run(partial(leads, query=query))

    async def stages(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many persons stand in each stage of each score; NULL is not counted."""
        return await self._session.run(stage_counts)

    async def save_model(self, digest: str, source: str, first_used_at: datetime) -> None:
        """Remember what a digest stands for; a known one is left alone."""

        def work(connection: Connection) -> None:
            if connection.scalar(select(MODELS.c.digest).where(MODELS.c.digest == digest)):
                return
            latest = connection.scalar(select(func.max(MODELS.c.first_used_at)))
            after = first_used_at if latest is None else max(first_used_at, latest + MICROSECOND)
            row = {"digest": digest, "source": source, "first_used_at": after}
            insert_new(connection, MODELS, [row], keys=["digest"])

        await self._session.run(work)

    async def models(self) -> Mapping[str, tuple[datetime, str]]:
        """Return when each model was first used, and its source."""
        query = select(MODELS)
        return await self._session.run(
            lambda connection: {
                row.digest: (row.first_used_at, row.source) for row in connection.execute(query)
            }
        )
