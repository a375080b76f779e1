"""Scores, their history, and overrides in dicts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING, Any

import polars as pl

from connector.domain.frames import (
    CONTACT,
    NEXT_CHANGE_AT,
    OVERRIDE_SCHEMA,
    SCORE_SCHEMA,
)
from connector.domain.instants import MICROSECOND, from_micros, midnight, to_micros
from connector.domain.leads import LeadPage, LeadPlace
from connector.domain.ledger import HistoryEntry, Lead, Override
from connector.domain.search_words import search_words
from state.counters import STAGE_CHANGES
from state.memory.pictures import arrival, moved, note_move, set_cohorts
from state.memory.tables import Score, Standing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.leads import LeadQuery
    from state.memory.tables import Tables

_LATEST = "latest_at"
_NOTHING = Score(value=None, rounded=None, stage=None)


def raise_latest(tables: Tables, at: datetime) -> None:
    """Remember that something was decided at `at`."""
    tables.counters[_LATEST] = max(to_micros(at), tables.counters.get(_LATEST, to_micros(at)))


def _remember(tables: Tables, number: int, was: Score | None, entry: HistoryEntry) -> None:
    tables.score_history.append((number, entry))
    before = was.stage if was else None
    if before != entry.stage:
        note_move(tables, entry.name, entry.at, before, entry.stage)
        if before is not None:
            tables.next(f"{STAGE_CHANGES}{entry.name}")


def _stand(
    tables: Tables, row: Mapping[str, Any], *, at: datetime, model: str, seen: Mapping[int, int]
) -> None:
    number: int = row[CONTACT]
    stale = tables.standing[number].stale
    tables.standing[number] = Standing(
        stale=0 if stale == seen.get(number, 0) else stale,
        decided_at=at,
        model=model,
        next_change_at=row[NEXT_CHANGE_AT],
        dimensions=row["dimensions"],
        rules=row["rules"],
        cohort=arrival(tables, number, at),
    )


def _entry(name: str, score: Score, *, at: datetime, model: str) -> HistoryEntry:
    return HistoryEntry(
        name=name,
        at=at,
        value=score.value,
        rounded=score.rounded,
        stage=score.stage,
        model=model,
    )


def _told(score: Score) -> tuple[float | None, str | None]:
    return score.rounded, score.stage


def _place(lead: Lead) -> tuple[float, int]:
    return lead.value, lead.contact


class MemoryScores:
    """Keeps the contract of ScoreStore."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    async def current(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return what was last decided, as SCORE_SCHEMA says."""
        wanted = None if contacts is None else frozenset(contacts)
        rows = [
            (number, name, score.value, score.rounded, score.stage)
            for (number, name), score in sorted(self._tables.scores.items())
            if wanted is None or number in wanted
        ]
        return pl.DataFrame(rows, schema=SCORE_SCHEMA, orient="row")

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
        decided = set(decisions[CONTACT])
        tables = self._tables
        # Those who were merged away since they were read have no standing.
        is_here = pl.col(CONTACT).is_in(list(tables.standing))
        kept = {key: each for key, each in tables.scores.items() if key[0] not in decided}
        before = {key: each for key, each in tables.scores.items() if key not in kept}
        now = {
            (number, name): moved(
                Score(value=value, rounded=rounded, stage=stage), before.get((number, name)), day
            )
            for number, name, value, rounded, stage in scores.filter(is_here)
            .select(list(SCORE_SCHEMA))
            .iter_rows()
        }
        tables.scores = kept | now
        for row in decisions.filter(is_here).iter_rows(named=True):
            _stand(tables, row, at=at, model=model, seen=seen)
        for number, name in sorted(now.keys() | before.keys()):
            was, is_now = before.get((number, name)), now.get((number, name))
            if was is None or is_now is None or _told(was) != _told(is_now):
                entry = _entry(name, is_now or _NOTHING, at=at, model=model)
                _remember(tables, number, was, entry)
        set_cohorts(tables, at)
        if decided:
            raise_latest(tables, at)

    async def undo_after(self, at: datetime) -> int:
        """Take back all decisions later than `at`; return for how many persons."""
        tables = self._tables
        undone = {
            number: standing
            for number, standing in tables.standing.items()
            if standing.decided_at is not None and standing.decided_at > at
        }
        before = await self.as_of(undone, at)
        tables.scores = {key: each for key, each in tables.scores.items() if key[0] not in undone}
        for number, name, value, rounded, stage in before.iter_rows():
            tables.scores[number, name] = Score(value=value, rounded=rounded, stage=stage)
        for number, standing in undone.items():
            tables.standing[number] = replace(
                standing, stale=tables.next("stale"), decided_at=at, next_change_at=None
            )
        tables.score_history = [each for each in tables.score_history if each[1].at <= at]
        tables.stage_moves = {key: n for key, n in tables.stage_moves.items() if key[0] <= at}
        set_cohorts(tables, at + MICROSECOND)
        if _LATEST in tables.counters:
            tables.counters[_LATEST] = min(tables.counters[_LATEST], to_micros(at))
        return len(undone)

    async def latest_at(self) -> datetime | None:
        """Return the latest instant of any decision."""
        micros = self._tables.counters.get(_LATEST)
        return None if micros is None else from_micros(micros)

    async def history(self, contact: int, name: str | None = None) -> Sequence[HistoryEntry]:
        """Return the history of one person, oldest first."""
        return sorted(
            (
                entry
                for number, entry in self._tables.score_history
                if number == contact and name in {None, entry.name}
            ),
            key=lambda entry: entry.at,
        )

    async def as_of(self, contacts: Collection[int], at: datetime) -> pl.DataFrame:
        """Return what was decided last and not after `at`, as SCORE_SCHEMA says."""
        wanted = frozenset(contacts)
        latest = {
            (number, entry.name): entry
            for number, entry in sorted(self._tables.score_history, key=lambda each: each[1].at)
            if number in wanted and entry.at <= at
        }
        rows = [
            (number, name, entry.value, entry.rounded, entry.stage)
            for (number, name), entry in sorted(latest.items())
            if entry.value is not None or entry.stage is not None
        ]
        return pl.DataFrame(rows, schema=SCORE_SCHEMA, orient="row")

    async def decided(self, contact: int) -> tuple[datetime, str, datetime | None] | None:
        """Return when a person was last decided, under which model, and the next change."""
        standing = self._tables.standing.get(contact)
        if standing is None or standing.decided_at is None:
            return None
        return standing.decided_at, standing.model, standing.next_change_at

    async def decided_at(self, contacts: Collection[int]) -> Mapping[int, datetime | None]:
        """Return when each of these was last decided, None: never; merged ones are absent."""
        standing = self._tables.standing
        return {each: standing[each].decided_at for each in contacts if each in standing}

    async def scored_under(self, contacts: Collection[int]) -> Mapping[int, str]:
        """Return the model that last scored each person; excluded ones are absent."""
        standing = self._tables.standing
        return {
            each: standing[each].model
            for each in contacts
            if each in standing and standing[each].dimensions is not None
        }

    async def decided_otherwise(self, model: str) -> Mapping[str, int]:
        """Return how many persons were last decided by each other model; empty: by none yet."""
        standing = self._tables.standing.values()
        return Counter(each.model for each in standing if each.model != model)

    async def top(self, score: str, *, stage: str | None = None, limit: int = 10) -> Sequence[Lead]:
        """Return the persons with the highest exact score, ties by our id."""
        leads = [lead for lead in self._leads(score) if stage is None or lead.stage == stage]
        return sorted(leads, key=lambda lead: (-lead.value, lead.key.encode()))[:limit]

    async def leads(self, query: LeadQuery) -> LeadPage:
        """Return a page of the leads that are asked for."""
        found = [each for each in self._leads(query.score) if self._fits(each, query)]
        found.sort(key=_place, reverse=not query.is_ascending)
        if query.after is not None:
            last = query.after.value, query.after.contact
            found = [
                each
                for each in found
                if (_place(each) > last if query.is_ascending else _place(each) < last)
            ]
        page = found[: query.limit]
        is_followed = len(found) > query.limit
        following = (
            LeadPlace(value=page[-1].value, contact=page[-1].contact) if is_followed else None
        )
        return LeadPage(leads=page, following=following)

    def _fits(self, lead: Lead, query: LeadQuery) -> bool:
        records = {
            key
            for key, each in self._tables.records.items()
            if each.contact == lead.contact and each.removed_at is None
        }
        in_list = query.in_list is None or any(
            (*query.in_list, remote_id) in self._tables.memberships
            for platform, remote_id in records
            if platform == query.in_list[0]
        )
        is_there = query.platform is None or query.platform in {key[0] for key in records}
        return (
            query.stage in {None, lead.stage}
            and query.contact in {None, lead.contact}
            and in_list
            and is_there
            and self._has_words(lead.contact, query.words)
        )

    def _has_words(self, contact: int, words: Sequence[str]) -> bool:
        person = self._tables.persons[contact]
        held = f" {search_words(person.email, person.attributes) or ''}"
        return all(f" {word}" in held for word in words)

    async def stages(self) -> Mapping[str, Mapping[str, int]]:
        """Return how many persons stand in each stage of each score; NULL is not counted."""
        counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for (number, name), score in self._tables.scores.items():
            if score.stage is not None and self._tables.persons[number].merged_into is None:
                counts[name][score.stage] += 1
        return counts

    async def overrides(self, contacts: Collection[int] | None) -> pl.DataFrame:
        """Return the overrides in force, as OVERRIDE_SCHEMA says."""
        rows = [
            (each.contact, each.score, each.value)
            for each in self._tables.overrides
            if each.cleared_at is None and (contacts is None or each.contact in contacts)
        ]
        return pl.DataFrame(sorted(rows), schema=OVERRIDE_SCHEMA, orient="row")

    async def override(self, override: Override) -> None:
        """Put an override in force in place of any other of that score."""
        await self.clear_override(override.contact, override.score, override.made_at)
        self._tables.overrides.append(override)

    async def clear_override(self, contact: int, score: str, cleared_at: datetime) -> bool:
        """End an override; return whether there was one."""
        for index, each in enumerate(self._tables.overrides):
            if (each.contact, each.score, each.cleared_at) == (contact, score, None):
                self._tables.overrides[index] = replace(each, cleared_at=cleared_at)
                return True
        return False

    async def all_overrides(self, contact: int) -> Sequence[Override]:
        """Return every override of a person, ended ones included, oldest first."""
        return [each for each in self._tables.overrides if each.contact == contact]

    async def save_model(self, digest: str, source: str, first_used_at: datetime) -> None:
        """Remember what a digest stands for; a known one is left alone."""
        models = self._tables.models
        if digest not in models:
            latest = max((used for used, _ in models.values()), default=None)
            after = first_used_at if latest is None else max(first_used_at, latest + MICROSECOND)
            models[digest] = (after, source)

    async def models(self) -> Mapping[str, tuple[datetime, str]]:
        """Return when each model was first used, and its source."""
        return dict(self._tables.models)

    def _leads(self, name: str) -> Iterator[Lead]:
        for (number, each), score in self._tables.scores.items():
            person = self._tables.persons[number]
            if each == name and score.value is not None and person.merged_into is None:
                yield Lead(
                    contact=number,
                    key=person.key,
                    email=person.email,
                    value=score.value,
                    rounded=score.value if score.rounded is None else score.rounded,
                    stage=score.stage,
                )
