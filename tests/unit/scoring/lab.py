"""What the tests of scoring are made of: events, contacts, models, and one call to score them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import polars as pl

from connector.conditions.expression import Expression, Kind
from connector.conditions.parser import parse
from connector.domain.events import EVENT_COLUMNS
from connector.domain.frames import CONTRIBUTION_SCHEMA, contact_schema, event_schema
from connector.domain.values import FieldType
from connector.scoring.engine import score
from connector.scoring.model import (
    CountRule,
    Decay,
    Dimension,
    EventRule,
    InactiveRule,
    Matcher,
    Measure,
    Model,
    Rule,
    Rung,
    Score,
    SequenceRule,
    Trait,
    Unless,
    WhenRule,
)

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.EMAIL: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATETIME: Kind.INSTANT,
}
PROPERTIES: Mapping[str, FieldType] = {"price": FieldType.NUMBER, "sku": FieldType.TEXT}
ATTRIBUTES: Mapping[str, FieldType] = {
    "country": FieldType.TEXT,
    "age": FieldType.NUMBER,
    "email": FieldType.EMAIL,
}
LISTS = frozenset({("crm", "VIP")})

Named = TypeVar("Named")
_numbers = count(1)


def an_event(
    called: str = "page.viewed", ago: timedelta = timedelta(0), **fields: object
) -> dict[str, object]:
    """Return an event of contact 1, `ago` before NOW, with an id of its own unless given."""
    event = {
        "_contact": 1,
        "_at": NOW - ago,
        "_id": f"event-{next(_numbers):09}",
        "platform": "mail",
        "is_machine": False,
        "type": called,
    }
    return event | fields


def a_contact(number: int = 1, /, **fields: object) -> dict[str, object]:
    return {"_contact": number, "_created_at": None} | fields


def where(text: str, expect: Kind = Kind.BOOLEAN) -> Expression:
    """Return an expression over the columns of an event."""
    names = {name: KINDS[kind] for name, kind in {**EVENT_COLUMNS, **PROPERTIES}.items()}
    return parse(text, names, expect=expect, timezone=PARIS)


def condition(text: str, expect: Kind = Kind.BOOLEAN, **names: Kind) -> Expression:
    """Return an expression over attributes and `names`."""
    known = {name: KINDS[kind] for name, kind in ATTRIBUTES.items()}
    return parse(text, known | names, expect=expect, timezone=PARIS, lists=True)


def formula(text: str, *dimensions: str) -> Expression:
    return parse(text, dict.fromkeys(dimensions, Kind.NUMBER), expect=Kind.NUMBER, timezone=PARIS)


def by_name(values: Iterable[Named]) -> dict[str, Named]:
    return {value.name: value for value in values}  # type: ignore[attr-defined]


def a_dimension(
    name: str = "engagement", *, floor: float | None = None, cap: float | None = None
) -> Dimension:
    return Dimension(name=name, floor=floor, cap=cap)


def a_matcher(pattern: str, text: str | None = None) -> Matcher:
    return Matcher(pattern=pattern, where=None if text is None else where(text))


def an_event_rule(
    pattern: str = "page.viewed",
    points: float | Expression = 1.0,
    *,
    text: str | None = None,
    decay: Decay | None = None,
    **keys: object,
) -> EventRule:
    base: dict[str, Any] = {"name": "seen", "dimension": "engagement", **keys}
    return EventRule(match=a_matcher(pattern, text), points=points, decay=decay, **base)


def an_unless(
    pattern: str = "email.opened",
    *,
    text: str | None = None,
    same: str | None = None,
    after: timedelta = timedelta(0),
) -> Unless:
    return Unless(match=a_matcher(pattern, text), same=same, after=after)


def a_sequence_rule(*steps: str | Matcher, points: float = 30.0, **keys: object) -> SequenceRule:
    base: dict[str, Any] = {"name": "journey", "dimension": "engagement", "decay": None, **keys}
    matchers = tuple(each if isinstance(each, Matcher) else a_matcher(each) for each in steps)
    return SequenceRule(steps=matchers, points=points, **base)


def a_count_rule(
    at_least: int = 3, pattern: str = "page.viewed", *, text: str | None = None, **keys: object
) -> CountRule:
    base: dict[str, Any] = {"name": "often", "dimension": "engagement", "points": 15.0, **keys}
    return CountRule(match=a_matcher(pattern, text), at_least=at_least, **base)


def an_inactive_rule(
    silence: timedelta = 30 * DAY, points: float = -15.0, **keys: object
) -> InactiveRule:
    base: dict[str, Any] = {"name": "silent", "dimension": "engagement", **keys}
    return InactiveRule(silence=silence, points=points, **base)


def a_when_rule(
    text: str, points: float = 20.0, *, names: Mapping[str, Kind] | None = None, **keys: object
) -> WhenRule:
    base: dict[str, Any] = {"name": "profile", "dimension": "engagement", **keys}
    return WhenRule(when=condition(text, **(names or {})), points=points, **base)


def a_trait(
    measure: Measure,
    pattern: str = "page.viewed",
    *,
    text: str | None = None,
    column: str | None = None,
    within: timedelta | None = None,
    type: FieldType = FieldType.NUMBER,  # noqa: A002 - the model's word
) -> Trait:
    return Trait(
        name="fact",
        measure=measure,
        match=a_matcher(pattern, text),
        column=column,
        within=within,
        type=type,
    )


def a_score(name: str = "lead", **keys: object) -> Score:
    base: dict[str, Any] = {"formula": None, "digits": 9, **keys}
    return Score(name=name, **base)


def rungs(*ladder: tuple[str, float] | tuple[str, float, float]) -> tuple[Rung, ...]:
    return tuple(Rung(name=r[0], from_=r[1], leave_below=r[-1]) for r in ladder)


def a_model(
    *rules: Rule,
    traits: Iterable[Trait] = (),
    dimensions: Iterable[Dimension] = (Dimension(name="engagement"),),
    scores: Iterable[Score] = (),
    **sections: object,
) -> Model:
    base: dict[str, Any] = {
        "timezone": PARIS,
        "digest": "test",
        "attributes": ATTRIBUTES,
        "properties": PROPERTIES,
        "lists": LISTS,
        **sections,
    }
    return Model(
        rules=by_name(rules),
        traits=by_name(traits),
        dimensions=by_name(dimensions),
        scores=by_name(scores),
        **base,
    )


def event_frame(events: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    return _frame(events, event_schema(PROPERTIES))


def contact_frame(contacts: Iterable[Mapping[str, object]]) -> pl.DataFrame:
    return _frame(contacts, contact_schema(ATTRIBUTES, sorted(LISTS)))


def _frame(rows: Iterable[Mapping[str, object]], schema: pl.Schema) -> pl.DataFrame:
    known = [{name: row.get(name) for name in schema} for row in rows]
    return pl.DataFrame(known, schema=schema)


@dataclass(frozen=True)
class Outcome:
    """The answer about contacts, easy to ask."""

    contacts: dict[int, dict[str, Any]]
    told: dict[int, list[dict[str, Any]]]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - columns of any type
        return self.contacts[1][name]

    def entry(self, rule: str) -> dict[str, Any]:
        (found,) = (each for each in self.told.get(1, []) if each["rule"] == rule)
        return found

    def rules(self) -> list[str]:
        return [each["rule"] for each in self.told.get(1, [])]


def scored(
    model: Model,
    events: Iterable[Mapping[str, object]] = (),
    *,
    contacts: Iterable[Mapping[str, object]] | None = None,
    at: datetime = NOW,
    memory: pl.DataFrame | None = None,
) -> Outcome:
    """Score `contacts` (by default contact 1 alone) with their contributions."""
    people = [a_contact()] if contacts is None else contacts
    result = score(
        model,
        contacts=contact_frame(people).lazy(),
        events=event_frame(events).lazy(),
        at=at,
        memory=None if memory is None else memory.lazy(),
        explain=True,
    )
    assert result.contributions is not None
    assert result.contributions.schema == CONTRIBUTION_SCHEMA
    told: dict[int, list[dict[str, Any]]] = {}
    for row in result.contributions.iter_rows(named=True):
        told.setdefault(row["_contact"], []).append(row)
    rows = result.contacts.iter_rows(named=True)
    return Outcome(contacts={row["_contact"]: row for row in rows}, told=told)
