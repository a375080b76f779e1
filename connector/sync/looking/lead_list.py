"""Leads page by page, forth and back, each with all of their scores."""

from __future__ import annotations

import base64
import binascii
import json
import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from connector.domain.frames import CONTACT
from connector.domain.instants import iso
from connector.domain.leads import LeadPlace, LeadQuery
from connector.domain.names import company_of, name_of
from connector.domain.search_words import words_in
from connector.errors import ConfigError, Problem
from connector.sync.looking.ranking import known_score

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from connector.domain.ledger import Lead
    from connector.domain.records import Person
    from connector.ports.store import Transaction
    from connector.scoring.model import Model
    from connector.sync.workspace import Workspace

PAGE = 50
_WALKS = 40
"""How often the store is asked for one page, each time for as many leads as are there in time."""
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
    name: str
    """Empty where nobody knows; so is the company."""
    company: str
    platforms: Sequence[str]
    """Those that know them now, by name."""
    arrived_at: datetime | None
    scores: Mapping[str, Mapping[str, Any]]
    """Per score its exact value, the rounded one, and the stage; absent outside the population."""
    grades: Mapping[str, str | None]

    def to_json(self) -> dict[str, object]:
        """Return the lead as machines read it."""
        return {
            "id": self.key,
            "email": self.email,
            "name": self.name or None,
            "company": self.company or None,
            "platforms": list(self.platforms),
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
    before: str | None
    """The cursor of the page before; None: there is none that is known of."""
    is_back: bool = False
    """Whether this is the page before another one."""

    @property
    def further(self) -> str | None:
        """Return the cursor of those who are looked through next; None: there is nobody more."""
        return self.before if self.is_back else self.cursor

    def joined(self, more: LeadLines) -> LeadLines:
        """Return this page with what was found further on."""
        if self.is_back:
            lines = [*more.lines, *self.lines]
            return replace(self, lines=lines, before=more.before, cursor=self.cursor or more.cursor)
        before = self.before if self.lines else more.before
        return replace(self, lines=[*self.lines, *more.lines], cursor=more.cursor, before=before)

    def to_json(self) -> dict[str, object]:
        """Return the page as machines read it."""
        leads = [each.to_json() for each in self.lines]
        return {"score": self.score, "leads": leads, "cursor": self.cursor, "before": self.before}


async def lead_page(
    workspace: Workspace, wanted: Wanted, *, cursor: str | None = None, limit: int = PAGE
) -> LeadLines:
    """Return at most `limit` leads, from where the page with `cursor` ended, or up to its begin.

    Raises ConfigError where there is no such score, stage, platform or list, or where the cursor
    is none of ours, or is of leads that were asked for otherwise.
    """
    query = _query(workspace, wanted, limit)
    walk = query if cursor is None else _going_on(query, cursor)
    is_back = walk.is_ascending is not query.is_ascending
    async with workspace.state.read() as tx:
        if wanted.search is not None:
            walk = await _named(tx, walk, wanted.search)
        page = await tx.scores.leads(walk)
        leads = page.leads[::-1] if is_back else page.leads
        lines = await _lines(tx, workspace, [each.contact for each in leads])
    before, after = page.following if is_back else None, None if is_back else page.following
    if leads and is_back:
        after = _place(leads[-1])
    elif leads and cursor is not None:
        before = _place(leads[0])
    return LeadLines(
        score=query.score,
        lines=lines,
        cursor=None if after is None else _cursor(query, after, is_back=False),
        before=None if before is None else _cursor(query, before, is_back=True),
        is_back=is_back,
    )


async def filling(
    workspace: Workspace, wanted: Wanted, *, cursor: str | None = None, limit: int = PAGE
) -> AsyncIterator[LeadLines]:
    """Yield a page as it is at once, and again whenever more is found, until it is full.

    It may stay short where those who fit are few and far between. Raises as `lead_page`.
    """
    page = await lead_page(workspace, wanted, cursor=cursor, limit=limit)
    yield page
    for _ in range(_WALKS - 1):
        missing = limit - len(page.lines)
        if page.further is None or not missing:
            return
        more = await lead_page(workspace, wanted, cursor=page.further, limit=missing)
        # Whoever is looked through for the first page comes behind nobody else.
        page = page.joined(more if cursor else replace(more, before=None))
        if more.lines or page.further is None:
            yield page
    yield page


async def _named(tx: Transaction, query: LeadQuery, text: str) -> LeadQuery:
    """Return the query of whom a text names, or of whom its words find; of nobody without any."""
    person = await tx.contacts.find(text.strip())
    if person is not None:
        return replace(query, words=(), contact=person.contact)
    return query if query.words else replace(query, contact=_NOBODY)


async def _lines(
    tx: Transaction, workspace: Workspace, numbers: Sequence[int]
) -> Sequence[LeadLine]:
    """Return the leads with these numbers, in their order."""
    model = workspace.configuration.model
    persons = await tx.contacts.persons(numbers)
    platforms = await tx.contacts.platforms_of(numbers)
    current: dict[int, dict[str, Mapping[str, Any]]] = {number: {} for number in numbers}
    for row in (await tx.scores.current(numbers)).iter_rows(named=True):
        current[row[CONTACT]][row["name"]] = row
    return [
        _line(model, persons[number], platforms.get(number, ()), current[number])
        for number in numbers
    ]


def _line(
    model: Model, person: Person, platforms: Sequence[str], found: Mapping[str, Mapping[str, Any]]
) -> LeadLine:
    return LeadLine(
        contact=person.contact,
        key=person.key,
        email=person.email,
        name=name_of(person.attributes),
        company=company_of(person.attributes),
        platforms=platforms,
        arrived_at=person.created_at,
        scores={
            name: {key: found[name][key] for key in _SHOWN}
            for name in model.scores
            if name in found
        },
        grades={name: found[name]["stage"] for name in model.grades if name in found},
    )


def _query(workspace: Workspace, wanted: Wanted, limit: int) -> LeadQuery:
    name = known_score(workspace, wanted.score, wanted.stage)
    if wanted.platform is not None:
        _known_platform(workspace, wanted.platform)
    return LeadQuery(
        score=name,
        stage=wanted.stage,
        platform=wanted.platform,
        in_list=None if wanted.in_list is None else _known_list(workspace, wanted.in_list),
        words=words_in(wanted.search or ""),
        is_ascending=wanted.is_ascending,
        limit=limit,
    )


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


def _place(lead: Lead) -> LeadPlace:
    return LeadPlace(value=lead.value, contact=lead.contact)


def _cursor(query: LeadQuery, place: LeadPlace, *, is_back: bool) -> str:
    told = json.dumps([*_asked(query), is_back, place.value, place.contact], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _going_on(query: LeadQuery, cursor: str) -> LeadQuery:
    """Return `query` for the page that `cursor` leads to; for one before, in the other order."""
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        told = None
    match told:
        case [*asked, bool() as is_back, float() | int() as value, int() as contact] if (
            # Compared, since a whole number of JSON may be too large to become a float.
            asked == _asked(query) and abs(value) <= sys.float_info.max and 0 <= contact < _LARGEST
        ):
            after = LeadPlace(value=float(value), contact=contact)
        case _:
            told = "this cursor is not of leads that are asked for so: begin without one"
            raise ConfigError([Problem(message=told, path="cursor")])
    return replace(query, after=after, is_ascending=query.is_ascending is not is_back)
