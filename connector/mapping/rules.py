"""The kinds of rule, as they are written: a rule is of the kind whose key it has."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Discriminator, Field

from connector.mapping.base import (
    BY_SHAPE,
    MAPPING,
    NUMBER,
    TAG_PREFIX,
    TEXT,
    Condition,
    Duration,
    FromList,
    Language,
    Number,
    Text,
    Whole,
    kind_tag,
)
from connector.mapping.decay import DecayChoice

Per: TypeAlias = Literal["hour", "day", "week", "month", "lifetime"]

Pattern: TypeAlias = Text
"""A canonical type, ``custom.<name>``, ``family.*`` or ``*``."""

_EVENT = "Which events count: a type such as `email.opened`, a family `email.*`, or `*`."
_WHERE = "A condition on the columns of the event, in SQL."


class RuleEntry(Language):
    """What every rule may say."""

    dimension: Text | None = Field(
        default=None, description="The dimension that gets the points; default: the first one."
    )
    group: Text | None = Field(
        default=None, description="A group whose ceiling this rule shares with others."
    )


class GuardedEntry(RuleEntry):
    """What every rule but `when` may say."""

    when: Condition | None = Field(
        default=None,
        description="A guard over attributes and traits: while it is not true, nothing is given.",
    )


class CapEntry(Language):
    """The most that a rule gives in a span of the local calendar."""

    points: Number = Field(description="The most points, counted by their size.")
    per: Per = Field(description="The span: hour, day, week, month, or lifetime.")


class UnlessEntry(Language):
    """What takes the points of an event back."""

    event: Pattern = Field(description="The event that takes the points back.")
    where: Condition | None = Field(default=None, description=_WHERE)
    same: Text | None = Field(
        default=None, description="A column in which both events must have the same value."
    )
    after: Duration | None = Field(
        default=None, description="How long to wait for it before the points count; default: 0."
    )


class EventRuleEntry(GuardedEntry):
    """Points for each event that matches."""

    event: Pattern = Field(description=_EVENT)
    points: Annotated[
        Annotated[Condition, TEXT] | Annotated[Number, NUMBER],
        BY_SHAPE,
    ] = Field(description="Points for each event: a number, or SQL over the event's columns.")
    where: Condition | None = Field(default=None, description=_WHERE)
    once_per: Text | None = Field(
        default=None, description="A column: only the first event of each of its values counts."
    )
    unless: UnlessEntry | None = Field(
        default=None, description="Another event that takes the points back."
    )
    cap: CapEntry | None = Field(default=None, description="The most it gives in a span.")
    decay: DecayChoice | None = Field(
        default=None, description="How its points cool; default: as its dimension, then the model."
    )


class StepPattern(Language):
    """One step of a sequence with a condition of its own."""

    event: Pattern = Field(description=_EVENT)
    where: Condition | None = Field(default=None, description=_WHERE)


class SequenceRuleEntry(GuardedEntry):
    """Points for events that happen one after the other."""

    sequence: Annotated[
        tuple[Annotated[Annotated[Text, TEXT] | Annotated[StepPattern, MAPPING], BY_SHAPE], ...],
        FromList,
        Field(min_length=2),
    ] = Field(description="Two or more steps: types, or `{event, where}`.")
    points: Number = Field(description="Points for each completion that counts.")
    where: Condition | None = Field(
        default=None, description="A condition that applies to every step, in SQL."
    )
    same: Text | None = Field(
        default=None, description="A column in which all steps must have the same value."
    )
    within: Duration | None = Field(
        default=None, description="The last step must come less than this after the first."
    )
    award: Literal["once", "each"] = Field(
        default="once", description="Once per contact, or for each completion."
    )
    decay: DecayChoice | None = Field(
        default=None, description="How its points cool; default: as its dimension, then the model."
    )


class CountRuleEntry(GuardedEntry):
    """Points while, or from when, enough events match."""

    count: Pattern = Field(description=_EVENT)
    at_least: Annotated[Whole, Field(ge=1)] = Field(description="How many there must be.")
    points: Number = Field(description="Points while, or once, there are enough.")
    where: Condition | None = Field(default=None, description=_WHERE)
    within: Duration | None = Field(
        default=None, description="Only events younger than this count; default: all."
    )
    distinct: Text | None = Field(
        default=None,
        description="Count different values of this column, or `day` for local calendar days.",
    )
    same: Text | None = Field(
        default=None, description="Count the events that share one value of this column."
    )
    award: Literal["standing", "once"] = Field(
        default="standing", description="While there are enough, or once when there first were."
    )
    decay: DecayChoice | None = Field(
        default=None, description="How its points cool; only with `award: once`."
    )


class InactiveRuleEntry(GuardedEntry):
    """Points, usually negative, for silence."""

    inactive: Duration = Field(description="The silence after which the points are given.")
    points: Number = Field(description="Points for the silence, usually negative.")
    of: Pattern | None = Field(
        default=None,
        description="Which events end the silence; default: what the contact did, not mails sent.",
    )
    where: Condition | None = Field(default=None, description=_WHERE)
    repeat: Duration | None = Field(
        default=None, description="Give the points again after each further span of silence."
    )


class WhenRuleEntry(RuleEntry):
    """Points while a condition on attributes and traits holds."""

    when: Condition = Field(description="A condition over attributes and traits, in SQL.")
    points: Number = Field(description="Points while the condition is true.")


KINDS = ("event", "sequence", "count", "inactive", "when")
"""The keys that say of which kind a rule is; `when` beside another one is a guard."""


def rule_kinds(rule: object) -> tuple[str, ...]:
    """Return the kinds that `rule`, as it was written, could be of."""
    if isinstance(rule, dict):
        found = tuple(kind for kind in KINDS if kind in rule)
    else:
        found = tuple(kind for kind in KINDS if kind in type(rule).model_fields)  # type: ignore[attr-defined]
    return tuple(kind for kind in found if kind != "when") or found


def _only_kind(rule: object) -> str | None:
    kinds = rule_kinds(rule) if isinstance(rule, (dict, RuleEntry)) else ()
    return f"{TAG_PREFIX}{kinds[0]}" if len(kinds) == 1 else None


RuleChoice: TypeAlias = Annotated[
    Annotated[EventRuleEntry, kind_tag("event")]
    | Annotated[SequenceRuleEntry, kind_tag("sequence")]
    | Annotated[CountRuleEntry, kind_tag("count")]
    | Annotated[InactiveRuleEntry, kind_tag("inactive")]
    | Annotated[WhenRuleEntry, kind_tag("when")],
    Discriminator(
        _only_kind, custom_error_type="rule_kind", custom_error_message="is of no single kind"
    ),
]
