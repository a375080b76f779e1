"""What happened to a person on all platforms, and what each event gave by which rule."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.frames import AT, CONTACT, EVENT_ID, IS_EXCLUDED
from connector.domain.instants import from_micros, iso, to_micros
from connector.errors import ConfigError, Problem
from connector.scoring.engine import score
from connector.scoring.past import ORDER
from connector.scoring.rules.gifts import CAP, ONCE_PER, UNLESS, WAITS
from connector.scoring.timeline import RULE, timeline
from connector.sync.deciding.results import memory
from connector.sync.looking.explaining import known_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.records import Person
    from connector.scoring.model import Model
    from connector.scoring.timeline import Timeline
    from connector.sync.looking.explaining import Knowledge
    from connector.sync.workspace import Workspace

PAGE = 50
GUARD, GROUP, EXCLUDED = "guard", "group", "excluded"
WHY: Mapping[str, str] = {
    ONCE_PER: "another event of the same kind counted before it",
    UNLESS: "another event took it back",
    WAITS: "it counts from then on, if nothing takes it back",
    CAP: "the most that the rule gives in its span was reached",
    GUARD: "what the rule asks of the contact does not hold",
    GROUP: "the ceiling of the rule's group is reached",
    EXCLUDED: "the contact is not scored",
}
"""Why an event gives other points than its rule says, in words."""
TO_COME, TOO_OLD, IGNORED = "to_come", "too_old", "ignored"
_APART = (CONTACT, AT, EVENT_ID, "platform", "type")
_LARGEST = 2**63
_WHOLE = 1.0 - 1e-9
"""A share that sums of floats cannot tell from all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gift:
    """What an event gave by one rule."""

    rule: str
    dimension: str
    asked: float
    """What the rule says, before any limit."""
    given: float
    """What it gave: after `once_per`, `unless` and the cap."""
    left: float
    """What is left of it, cooled, and held by the ceiling of the rule's group."""
    since: datetime | None
    """From when on it counts; None for never."""
    reason: str | None
    """One of WHY; None where nothing stood against it."""

    def to_json(self) -> dict[str, object]:
        """Return the gift as machines read it."""
        return {
            "rule": self.rule,
            "dimension": self.dimension,
            "asked": self.asked,
            "given": self.given,
            "left": self.left,
            "since": iso(self.since) if self.since else None,
            "reason": self.reason,
            "why": WHY[self.reason] if self.reason else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of a person, as the model sees it."""

    platform: str
    id: str
    type: str
    at: datetime
    fields: Mapping[str, object]
    """What is known of it."""
    unseen: str | None
    """Why no rule sees it: ``to_come``, ``too_old`` or ``ignored``; None where rules do."""
    gifts: Sequence[Gift]
    """As the rules are declared."""
    part_of: Mapping[str, float]
    """Rules that look at several events, this one among them, and what they give for all."""

    @property
    def place(self) -> tuple[datetime, bytes, bytes]:
        """Return where it stands in the order of events."""
        return self.at, self.platform.encode(), self.id.encode()

    def to_json(self) -> dict[str, object]:
        """Return the event as machines read it."""
        return {
            "platform": self.platform,
            "id": self.id,
            "type": self.type,
            "at": iso(self.at),
            "fields": {name: _plain(value) for name, value in self.fields.items()},
            "unseen": self.unseen,
            "gave": [each.to_json() for each in self.gifts],
            "part_of": [{"rule": name, "points": given} for name, given in self.part_of.items()],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Happenings:
    """Some events of a person, newest first."""

    person: Person
    events: Sequence[Happening]
    total: int
    """How many there are in all."""
    cursor: str | None
    """Where the next page begins; None: there are no earlier ones."""

    def to_json(self) -> dict[str, object]:
        """Return the page as machines read it."""
        return {
            "contact": {"id": self.person.key, "email": self.person.email},
            "events": [each.to_json() for each in self.events],
            "total": self.total,
            "cursor": self.cursor,
        }


async def happenings(
    workspace: Workspace, text: str, now: datetime, *, cursor: str | None = None, limit: int = PAGE
) -> Happenings:
    """Return events of the person named by `text`, from where the page with `cursor` ended.

    Points are as of `now`; what is left of an event rule adds up to what `explain` tells of it.
    Raises NotFound, and ConfigError where the cursor is none of ours.
    """
    after = None if cursor is None else _place(cursor)
    async with workspace.state.read() as tx:
        known = await known_of(tx, workspace, text, now)
    told = await asyncio.to_thread(_happenings, workspace.configuration.model, known, now)
    rest = told if after is None else [each for each in told if each.place < after]
    page = rest[:limit]
    following = _cursor(page[-1]) if len(rest) > limit else None
    return Happenings(person=known.person, events=page, total=len(told), cursor=following)


def _happenings(model: Model, known: Knowledge, now: datetime) -> Sequence[Happening]:
    """Return all events, newest first."""
    events = known.events.collect()
    told = timeline(model, events=events.lazy(), at=now)
    gifts, parts = _given(model, known, told, now)
    seen = {_key(row): row for row in told.seen.iter_rows(named=True)}
    found = []
    for stored in events.iter_rows(named=True):
        key = _key(stored)
        row = seen.get(key, stored)
        found.append(
            Happening(
                platform=row["platform"],
                id=row[EVENT_ID],
                type=row["type"],
                at=row[AT],
                fields={n: v for n, v in row.items() if n not in _APART and v is not None},
                unseen=None if key in seen else _unseen(model, row[AT], now),
                gifts=gifts.get(key, ()),
                part_of=parts.get(key, {}),
            )
        )
    return sorted(found, key=lambda each: each.place, reverse=True)


def _given(
    model: Model, known: Knowledge, told: Timeline, now: datetime
) -> tuple[Mapping[object, Sequence[Gift]], Mapping[object, Mapping[str, float]]]:
    """Return by event what it gives by which rule, and which rules look at it among others."""
    held = memory(model, [known.person.contact], known.decided, known.overrides)
    scored = score(
        model,
        contacts=known.contacts,
        events=known.events,
        at=now,
        memory=held,
        explain=True,
        foresee=False,
    )
    lines = () if scored.contributions is None else scored.contributions.iter_rows(named=True)
    points = {each["rule"]: each["points"] for each in lines}
    is_excluded = scored.contacts.row(0, named=True)[IS_EXCLUDED]
    gifts: defaultdict[object, list[Gift]] = defaultdict(list)
    for name, rows in _by_rule(told.gifts).items():
        of_rule = [_gift(model, row) for row in rows]
        factor, reason = _held_back(model, name, of_rule, points)
        if is_excluded:
            factor, reason = 0.0, EXCLUDED
        for row, gift in zip(rows, of_rule, strict=True):
            is_cut = reason is not None and gift.left != 0.0
            cut = replace(gift, left=gift.left * factor, reason=gift.reason or reason)
            gifts[_key(row)].append(cut if is_cut else gift)
    parts: defaultdict[object, dict[str, float]] = defaultdict(dict)
    for row in told.parts.iter_rows(named=True):
        parts[_key(row)][row[RULE]] = points.get(row[RULE], 0.0)
    return gifts, parts


def _held_back(
    model: Model, name: str, gifts: Sequence[Gift], points: Mapping[str, float]
) -> tuple[float, str | None]:
    """Return which share of a rule's gifts counts, and why it is not all of them."""
    if name not in points:
        # A rule of which events count is told of, whatever it gives: unless its guard is not true.
        counts = any(each.reason in {None, CAP} for each in gifts)
        return (0.0, GUARD) if counts else (1.0, None)
    computed = sum(each.left for each in gifts)
    if model.rules[name].group is None or not computed:
        return 1.0, None
    share = points[name] / computed
    return (share, GROUP) if share < _WHOLE else (1.0, None)


def _key(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in ORDER)


def _by_rule(gifts: pl.DataFrame) -> Mapping[str, Sequence[Mapping[str, object]]]:
    found: defaultdict[str, list[Mapping[str, object]]] = defaultdict(list)
    for row in gifts.iter_rows(named=True):
        found[row[RULE]].append(row)
    return found


def _gift(model: Model, row: Mapping[str, object]) -> Gift:
    told = {name: row[name] for name in ("rule", "asked", "given", "left", "since", "reason")}
    return Gift(dimension=model.rules[str(row[RULE])].dimension, **told)  # type: ignore[arg-type]  # as GIFT_SCHEMA says


def _unseen(model: Model, at: datetime, now: datetime) -> str:
    if at > now:
        return TO_COME
    if model.keep_events is not None and at <= now - model.keep_events:
        return TOO_OLD
    return IGNORED


def _cursor(last: Happening) -> str:
    told = json.dumps([to_micros(last.at), last.platform, last.id], separators=(",", ":"))
    return base64.urlsafe_b64encode(told.encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[datetime, bytes, bytes]:
    try:
        told = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        match told:
            case [int() as at, str() as platform, str() as name] if abs(at) < _LARGEST:
                return from_micros(at), platform.encode(), name.encode()
            case _:
                pass
    except (binascii.Error, ValueError, OverflowError, RecursionError):
        pass
    raise ConfigError([Problem(message="this is no cursor: begin without one", path="cursor")])


def _plain(value: object) -> object:
    return iso(value) if isinstance(value, datetime) else value
