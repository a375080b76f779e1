"""A scoring model, checked and complete: what the engine is told.

The models of the mapping file (`connector.mapping`) are what people write; `connector.config`
makes these values of them, with every default resolved and every condition parsed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from connector.conditions.expression import Expression
    from connector.domain.values import FieldType

RESULT_DIGITS = 2
"""Decimals of dimensions and numeric traits where they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HalfLife:
    """Half of the points are left after each `span`: ``p * 2^(-age/span)``."""

    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """Points fade evenly to nothing over `span`: ``p * max(0, 1 - age/span)``."""

    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Expires:
    """Points stand while age < `span`, then are gone."""

    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A share `keep` is left after each whole `every`: ``p * keep^floor(age/every)``."""

    every: timedelta
    keep: float


Decay: TypeAlias = HalfLife | Linear | Expires | Step
"""How points cool; None stands for points that stay."""

Per: TypeAlias = Literal["hour", "day", "week", "month", "lifetime"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matcher:
    """Which events are meant: a type, ``family.*`` or ``*``, and a condition on their columns."""

    pattern: str
    where: Expression | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cap:
    """The most that one rule gives per span of the local calendar; `points` counts by its size."""

    points: float
    per: Per


@dataclass(frozen=True, slots=True, kw_only=True)
class Unless:
    """What takes an event's points back."""

    match: Matcher
    same: str | None = None
    after: timedelta
    """Zero when not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBase:
    """What all kinds of rule share."""

    name: str
    dimension: str
    group: str | None = None
    guard: Expression | None = None
    """``when`` as a second key: nothing is given while it is not true."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRule(RuleBase):
    """Points for each event that matches."""

    match: Matcher
    points: float | Expression
    decay: Decay | None
    once_per: str | None = None
    unless: Unless | None = None
    cap: Cap | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SequenceRule(RuleBase):
    """Points for events that happen one after the other."""

    steps: tuple[Matcher, ...]
    points: float
    decay: Decay | None
    same: str | None = None
    within: timedelta | None = None
    award: Literal["once", "each"] = "once"


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRule(RuleBase):
    """Points while, or from when, enough events match."""

    match: Matcher
    at_least: int
    points: float
    within: timedelta | None = None
    distinct: str | None = None
    """``day`` for local calendar days, else a column."""
    same: str | None = None
    award: Literal["standing", "once"] = "standing"
    decay: Decay | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InactiveRule(RuleBase):
    """Points, usually negative, for silence."""

    silence: timedelta
    points: float
    match: Matcher | None = None
    """None: every interaction."""
    repeat: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhenRule(RuleBase):
    """Points while a condition on attributes and traits holds."""

    when: Expression
    points: float


Rule: TypeAlias = EventRule | SequenceRule | CountRule | InactiveRule | WhenRule

Measure: TypeAlias = Literal[
    "count", "sum", "min", "max", "avg", "first", "last", "mode", "days", "days_since", "has"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """A fact about a contact computed from their events."""

    name: str
    measure: Measure
    match: Matcher
    column: str | None = None
    """The column measured; None counts events, or gives instants for first and last."""
    within: timedelta | None = None
    type: FieldType
    """The type of its values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One axis of a score."""

    name: str
    floor: float | None = None
    cap: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One stage of a ladder."""

    name: str
    from_: float
    leave_below: float
    """Equal to `from_` when not given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A number over dimensions, and the ladder of stages it climbs."""

    name: str
    formula: Expression | None
    """None: the sum of all dimensions."""
    low: float | None = None
    high: float | None = None
    digits: int = 0
    """Decimals it is rounded to, 0 to 9."""
    population: Expression | None = None
    stages: tuple[Rung, ...] = ()
    """Ascending; empty when the score has none."""
    is_up_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side of a grade's matrix: bands by descending threshold of a dimension or a score."""

    of: str
    bands: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """A cell of a matrix: the row's label, then the column's."""

    name: str
    rows: Side
    columns: Side


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentTag:
    """A catalogue entry: what matches gets a phase and a kind."""

    match: Expression
    phase: str | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetAttribute:
    """A field of a platform and which of our results it shows."""

    field: str
    """The platform's name."""
    source: str
    """A score, ``<score>_stage``, a grade, a dimension or a trait."""
    type: FieldType
    digits: int | None = None
    """Decimals of a number; None for other types."""
    map: Mapping[str, str] | None = None
    """What is written for each value; values that are not in it are not written."""
    score: str | None = None
    """The score whose population decides whether this is written at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCopy:
    """A field of a platform into which the winning value of an attribute is copied."""

    field: str
    """The platform's name."""
    attribute: str
    type: FieldType


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetList:
    """A list that holds exactly those for whom a condition holds."""

    name: str
    when: Expression
    keep: bool = False
    create: bool = False
    own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The desired state on one platform."""

    platform: str
    attributes: tuple[TargetAttribute, ...] = ()
    copies: tuple[TargetCopy, ...] = ()
    lists: tuple[TargetList, ...] = ()
    tags: Mapping[str, Expression] = field(default_factory=dict)
    stage: str | None = None
    """The score whose stage becomes the platform's own."""
    repairs_drift: bool = True
    change_of: float | None = None
    """The smallest move of a result of ours that is worth a write."""
    creates: bool = False
    """Whether contacts who have no record there are created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """One thing a trigger does."""

    kind: Literal["notify", "webhook", "email", "campaign", "push", "task", "note"]
    destination: str
    """A platform's name, or for notify and webhook a name in the environment."""
    params: Mapping[str, str | int] = field(default_factory=dict)
    """Template, campaign id, texts with placeholders and the like, as written."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Parameters and placeholders that are filled from our results: theirs, ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """What is done once when a condition becomes true."""

    name: str
    when: Expression
    deeds: tuple[Deed, ...]
    again_after: timedelta | None = None
    backfill: bool = False
    limit: int | None = None
    limit_per: Per | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Everything the engine and the decisions after it need to know."""

    timezone: ZoneInfo
    digest: str
    """Of the whole scoring configuration; every decision carries it."""
    attributes: Mapping[str, FieldType] = field(default_factory=dict)
    properties: Mapping[str, FieldType] = field(default_factory=dict)
    """Event columns declared beyond the built-in ones."""
    exclude: Expression | None = None
    """Contacts that are neither scored nor written."""
    rename: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Platform: its event type as stored, and the canonical one meant."""
    content: tuple[ContentTag, ...] = ()
    ignore: Expression | None = None
    dimensions: Mapping[str, Dimension] = field(default_factory=dict)
    groups: Mapping[str, float] = field(default_factory=dict)
    """The ceiling shared by the rules of each group."""
    traits: Mapping[str, Trait] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    scores: Mapping[str, Score] = field(default_factory=dict)
    grades: Mapping[str, Grade] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    lists: frozenset[tuple[str, str]] = frozenset()
    """Platform and name of every list that a condition asks about."""
    keep_events: timedelta | None = None
    """Events of this age or more do not exist."""
