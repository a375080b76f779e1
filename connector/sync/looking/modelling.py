"""The model at work: what each rule gives and to how many, what is worth a look, its versions."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.conditions.expression import Expression
from connector.config.lint.checks import advise
from connector.config.lint.cooling import Cooling, coolings
from connector.config.places import in_order
from connector.domain.pictures import RuleTally
from connector.errors import NotFound
from connector.scoring.model import EventRule
from connector.sync.deciding.versions import changes_between, version_called, versions
from connector.sync.looking.rule_words import ENGLISH, Words, ceiling, cooling, guard, kind_of
from connector.sync.looking.rule_words import purpose as purpose_of
from connector.sync.summary import placed_json
from connector.sync.upkeep.seen import seen_of_late

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.config.lint.subject import Seen
    from connector.errors import Problem
    from connector.scoring.model import Rule
    from connector.sync.deciding.versions import ModelChange, ModelVersion
    from connector.sync.workspace import Workspace

_NOTHING = RuleTally(persons=0, points=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAtWork:
    """A rule, and what it gives to those last decided by the model."""

    rule: Rule
    cooling: Cooling
    persons: int
    """To whom it gives or from whom it takes points."""
    points: float
    share: float
    """Of all points that the dimension's rules give or take, from 0 to 1."""

    @property
    def name(self) -> str:
        """Return the name of the rule."""
        return self.rule.name

    @property
    def each(self) -> float | str:
        """Return the points it gives each time, or the SQL that tells them."""
        points = self.rule.points
        return points.text if isinstance(points, Expression) else points

    def purpose(self, words: Words = ENGLISH) -> str:
        """Return what it looks for."""
        return purpose_of(self.rule, words)

    def limits(self, words: Words = ENGLISH) -> Sequence[str]:
        """Return how its points cool, what bounds them, and when it counts at all."""
        told = [cooling(self.cooling, words)]
        if isinstance(self.rule, EventRule):
            if self.rule.cap is not None:
                told.append(ceiling(self.rule.cap, words))
            if self.rule.once_per is not None:
                told.append(words.text("once per {column}", column=self.rule.once_per))
        if (only := guard(self.rule, words)) is not None:
            told.append(only)
        return told

    def to_json(self) -> dict[str, object]:
        """Return the rule as machines read it."""
        return {
            "name": self.name,
            "kind": kind_of(self.rule),
            "dimension": self.rule.dimension,
            "group": self.rule.group,
            "purpose": self.purpose(),
            "each": self.each,
            "limits": self.limits(),
            "persons": self.persons,
            "points": self.points,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionAtWork:
    """A model that decided something, and for how many it is the last that did."""

    version: ModelVersion
    persons: int

    def to_json(self) -> dict[str, object]:
        """Return the version as machines read it."""
        return {**self.version.to_json(), "persons": self.persons}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAtWork:
    """The model in force."""

    digest: str
    rules: Sequence[RuleAtWork]
    """As they are declared."""
    advice: Sequence[Problem]
    """What is worth a look, by file and line."""
    counted_at: str | None
    """When events were last counted for the advice (ISO); None: what they tell is not in it."""
    versions: Sequence[VersionAtWork]
    """Every model that decided something, oldest first."""
    undecided: int
    """How many contacts no model has decided yet."""

    def to_json(self) -> dict[str, object]:
        """Return the model as machines read it."""
        return {
            "digest": self.digest,
            "rules": [each.to_json() for each in self.rules],
            "advice": [placed_json(each) for each in self.advice],
            "counted_at": self.counted_at,
            "versions": [each.to_json() for each in self.versions],
            "undecided": self.undecided,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What became another from one version of the model to another."""

    before: ModelVersion
    after: ModelVersion
    changes: Sequence[ModelChange]

    def to_json(self) -> dict[str, object]:
        """Return the changes as `models diff --json` prints them."""
        return {
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            "changes": [
                {"path": each.path, "before": each.before, "after": each.after}
                for each in self.changes
            ],
        }


async def model_at_work(workspace: Workspace) -> ModelAtWork:
    """Return what the rules of the model in force give, and what is worth a look in it.

    Points are as last decided. Whoever was last decided by another version is not counted yet.
    Which events there are is told by the last count of them.
    """
    configuration = workspace.configuration
    async with workspace.state.read() as tx:
        tallies = await tx.pictures.rules(configuration.digest)
        known = await versions(tx)
        others = await tx.scores.decided_otherwise(configuration.digest)
        everybody = await tx.contacts.count()
        seen, counted_at = await seen_of_late(tx) or (None, None)
    persons = {**others, configuration.digest: everybody - sum(others.values())}
    return ModelAtWork(
        digest=configuration.digest,
        rules=rules_at_work(configuration, tallies),
        advice=await asyncio.to_thread(_advice, configuration, seen),
        counted_at=counted_at,
        versions=[
            VersionAtWork(version=each, persons=persons.get(each.digest, 0)) for each in known
        ],
        undecided=others.get("", 0),
    )


async def edited(workspace: Workspace, which: str, other: str | None = None) -> Edited:
    """Return what changed to version `which`, a number or digest, from `other` or that before it.

    Raises NotFound.
    """
    async with workspace.state.read() as tx:
        after = await version_called(tx, which)
        if other is None and after.number == 1:
            raise NotFound("the first version of the model has none before it")
        before = await version_called(tx, other or str(after.number - 1))
    changes = await asyncio.to_thread(changes_between, before.source, after.source)
    return Edited(before=before, after=after, changes=changes)


def rules_at_work(
    configuration: Configuration, tallies: Mapping[int, RuleTally]
) -> Sequence[RuleAtWork]:
    """Return what each rule gives, of `tallies` by place among the sorted names of the rules."""
    rules = configuration.model.rules
    given = {name: tallies.get(place, _NOTHING) for place, name in enumerate(sorted(rules))}
    cooled = coolings(configuration)
    sizes: defaultdict[str, float] = defaultdict(float)
    for name, rule in rules.items():
        sizes[rule.dimension] += abs(given[name].points)
    return [
        RuleAtWork(
            rule=rule,
            cooling=cooled[name],
            persons=given[name].persons,
            points=given[name].points,
            share=abs(given[name].points) / size if (size := sizes[rule.dimension]) else 0.0,
        )
        for name, rule in rules.items()
    ]


def _advice(configuration: Configuration, seen: Seen | None) -> Sequence[Problem]:
    return in_order([*configuration.warnings, *advise(configuration, seen)])
