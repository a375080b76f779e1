"""Leads page by page, each with all of their scores, and all that fit as a table."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connector.domain.frames import CONTACT
from connector.domain.instants import iso
from connector.domain.leads import LeadPlace, LeadQuery
from connector.domain.search_words import words_in
from connector.domain.spreadsheets import guarded
from connector.errors import ConfigError, Problem
from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from connector.ports.store import Transaction
    from connector.sync.workspace import Workspace

PAGE = 50
_AT_ONCE = 2_000
"""Leads that a table reads in one go; it holds no transaction between two."""
_SHOWN = ("value", "rounded", "stage")
_LARGEST = 2**63
_NOBODY = 0
"""Persons are numbered from 1 on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which leads somebody asks for, in their words."""

    score: str | None = None
    """None: the first of the model."""
    stage: str | None = None
    platform: str | None = None
    in_list: str | None = None
    """``<platform>:<list>``."""
    search: str | None = None
    """A whole address, our id or ``<platform>:<id>``; else beginnings of words of their address,
    name and company, which have to be there all."""
    is_ascending: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLine:
    """A lead as last decided."""

    contact: int
    key: str
    email: str | None
    arrived_at: datetime | None
    scores: Mapping[str, Mapping[str, Any]]
    """Per score its exact value, the rounded one, and the stage; absent outside the population."""
    grades: Mapping[str, str | None]

    def to_json(self) -> dict[str, object]:
        """Return the lead as machines read it."""
        return {
            "id": self.key,
            "email": self.email,
            "arrived_at": iso(self.arrived_at) if self.arrived_at else None,
            "scores": {name: dict(each) for name, each in self.scores.items()},
            "grades": dict(self.grades),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadLines:
    """A page of leads. It may be short, or empty, and yet be followed by another."""

    score: str
    lines: Sequence[LeadLine]
    cursor: str | None
    """Where the next page begins; None: there is nobody more."""

    def to_json(self) -> dict[str, object]:
        """Return the page as machines read it."""
        leads = [each.to_json() for each in self.lines]
        return {"score": self.score, "leads": leads, "cursor": self.cursor}


async def lead_page(
    workspace: Workspace, wanted: Wanted, *, cursor: str | None = None, limit: int = PAGE
) -> LeadLines:
    """Return at most `limit` leads, from where the page with `cursor` ended.

    Raises ConfigError where there is no such score, stage, platform or list, or where the cursor
    is none of ours, or is of leads that were asked for otherwise.
    """
    query = _query(workspace, wanted, cursor, limit)
    async with workspace.state.read() as tx:
        if wanted.search is not None:
            query = await _named(tx, query, wanted.search)
        page = await tx.scores.leads(query)
        lines = await _lines(tx, workspace, [each.contact for each in page.leads])
    following = None if page.following is None else _cursor(query, page.following)
    return LeadLines(score=query.score, lines=lines, cursor=following)


async def _named(tx: Transaction, query: LeadQuery, text: str) -> LeadQuery:
    """Return the query of whom a text names, or of whom its words find; of nobody without any."""
    person = await tx.contacts.find(text.strip())
    if person is not None:
        return replace(query, words=(), contact=person.contact)
    return query if query.words else replace(query, contact=_NOBODY)


async def lead_table(workspace: Workspace, wanted: Wanted) -> AsyncIterator[str]:
    """Return all leads that fit as lines of CSV, safe to open in a spreadsheet, a page at a time.

    Whoever is scored while it is read may be there as before or as after. Raises as `lead_page`.
    """
    first = await lead_page(workspace, wanted, limit=_AT_ONCE)
    return _table(workspace, wanted, first)


async def _table(workspace: Workspace, wanted: Wanted, page: LeadLines) -> AsyncIterator[str]:
    model = workspace.configuration.model
    scores = {name: bool(each.stages) for name, each in model.scores.items()}
    head = ["id", "email", "arrived_at"]
    for name, has_stages in scores.items():
        head += [name, f"{name}_stage"] if has_stages else [name]
    yield _text([[*head, *model.grades]])
    while True:
        yield _text([_cells(each, scores, list(model.grades)) for each in page.lines])
        if page.cursor is None:
            return
        page = await lead_page(workspace, wanted, cursor=page.cursor, limit=_AT_ONCE)


def _cells(
    line: LeadLine, scores: Mapping[str, bool], grades: Sequence[str]
) -> Sequence[str | float | None]:
    cells: list[str | float | None] = [line.key, line.email]
    cells.append(iso(line.arrived_at) if line.arrived_at else None)
    for name, has_stages in scores.items():
        told = line.scores.get(name, {})
        cells.append(told.get("rounded"))
        if has_stages:
            cells.append(told.get("stage"))
    return [*cells, *(line.grades.get(name) for name in grades)]


def _text(rows: Sequence[Sequence[str | float | None]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(
        [guarded(each) if isinstance(each, str) else each for each in row] for row in rows
    )
    # Half a surrogate pair, which strangers send, cannot be written.
    return written.getvalue().encode(errors="replace").decode()


async def _lines(
    tx: Transaction, workspace: Workspace, numbers: Sequence[int]
) -> Sequence[LeadLine]:
    """Return the leads with these numbers, in their order."""
    model = workspace.configuration.model
    persons = await tx.contacts.persons(numbers)
    current: dict[int, dict[str, Mapping[str, Any]]] = {number: {} for number in numbers}
    for row in (await tx.scores.current(numbers)).iter_rows(named=True):
        current[row[CONTACT]][row["name"]] = row
    return [
        LeadLine(
            contact=number,
            key=persons[number].key,
            email=persons[number].email,
            arrived_at=persons[number].created_at,
            scores={
                name: {key: current[number][name][key] for key in _SHOWN}
                for name in model.scores
                if name in current[number]
            },
            grades={
                name: current[number][name]["stage"]
                for name in model.grades
                if name in current[number]
            },
        )
        for number in numbers
    ]


def _query(workspace: Workspace, wanted: Wanted, cursor: str | None, limit: int) -> LeadQuery:
    name = known_score(workspace, wanted.score, wanted.stage)
    if wanted.platform is not None:
        _known_platform(workspace, wanted.platform)
    query = LeadQuery(
        score=name,
        stage=wanted.stage,
        platform=wanted.platform,
        in_list=None if wanted.in_list is None else _known_list(workspace, wanted.in_list),
        words=words_in(wanted.search or ""),
        is_ascending=wanted.is_ascending,
        limit=limit,
    )
    return query if cursor is None else _going_on(query, cursor)


def _known_platform(workspace: Workspace, name: str) -> None:
    known = workspace.order
    if name not in known:
        told = f"there is no platform {name}; known: {', '.join(known) or 'none'}"
        raise ConfigError([Problem(message=told)])


def _known_list(workspace: Workspace, text: str) -> tuple[str, str]:
    platform, colon, name = text.partition(":")
    if not colon or not name:
        told = f"{text} names no list: write it as <platform>:<list>"
        raise ConfigError([Problem(message=told)])
    _known_platform(workspace, platform)
    return platform, name


def _asked(query: LeadQuery) -> list[object]:
    """Return what has to be asked alike for a page to follow another."""
    in_list = None if query.in_list is None else list(query.in_list)
    words = list(query.words)
    return [query.score, query.stage, query.platform, in_list, words, query.is_ascending]


def _cursor(query: LeadQuery, place: LeadPlace) -> str:
    told = json.dumps([*_asked(query), place.value, place.contact], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _going_on(query: LeadQuery, cursor: str) -> LeadQuery:
    """Return `query` for the page after the one that ended with `cursor`."""
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        told = None
    match told:
        case [*asked, float() | int() as value, int() as contact] if (
            asked == _asked(query) and math.isfinite(value) and 0 <= contact < _LARGEST
        ):
            after = LeadPlace(value=float(value), contact=contact)
        case _:
            told = "this cursor is not of leads that are asked for so: begin without one"
            raise ConfigError([Problem(message=told, path="cursor")])
    return replace(query, after=after)
