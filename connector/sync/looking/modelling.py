"""The model at work: what each rule gives and to how many, what is worth a look, its versions."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.config.lint.checks import advise
from connector.config.places import in_order
from connector.domain.pictures import RuleTally
from connector.scoring.model import CountRule, EventRule, InactiveRule, SequenceRule, WhenRule
from connector.sync.deciding.versions import versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.errors import Problem
    from connector.scoring.model import Model, Rule
    from connector.sync.deciding.versions import ModelVersion
    from connector.sync.workspace import Workspace

_KINDS: Mapping[type[Rule], str] = {
    EventRule: "event",
    SequenceRule: "sequence",
    CountRule: "count",
    InactiveRule: "inactive",
    WhenRule: "when",
}
_NOTHING = RuleTally(persons=0, points=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleAtWork:
    """A rule, and what it gives to those last decided by the model."""

    name: str
    kind: str
    """``event``, ``sequence``, ``count``, ``inactive`` or ``when``."""
    dimension: str
    group: str | None
    persons: int
    """To whom it gives or from whom it takes points."""
    points: float
    share: float
    """Of all points that the dimension's rules give or take, from 0 to 1."""

    def to_json(self) -> dict[str, object]:
        """Return the rule as machines read it."""
        return {
            "name": self.name,
            "kind": self.kind,
            "dimension": self.dimension,
            "group": self.group,
            "persons": self.persons,
            "points": self.points,
            "share": self.share,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAtWork:
    """The model in force."""

    digest: str
    rules: Sequence[RuleAtWork]
    """As they are declared."""
    advice: Sequence[Problem]
    """What is worth a look, by file and line; what all events would tell is for `check`."""
    versions: Sequence[ModelVersion]
    """Every model that decided something, oldest first."""

    def to_json(self) -> dict[str, object]:
        """Return the model as machines read it."""
        return {
            "digest": self.digest,
            "rules": [each.to_json() for each in self.rules],
            "advice": [_advice_json(each) for each in self.advice],
            "versions": [each.to_json() for each in self.versions],
        }


async def model_at_work(workspace: Workspace) -> ModelAtWork:
    """Return what the rules of the model in force give, and what is worth a look in it.

    Points are as last decided. Whoever was last decided by another version is not counted yet.
    """
    configuration = workspace.configuration
    async with workspace.state.read() as tx:
        tallies = await tx.pictures.rules(configuration.digest)
        known = await versions(tx)
    return ModelAtWork(
        digest=configuration.digest,
        rules=rules_at_work(configuration.model, tallies),
        advice=await asyncio.to_thread(_advice, configuration),
        versions=known,
    )


def rules_at_work(model: Model, tallies: Mapping[int, RuleTally]) -> Sequence[RuleAtWork]:
    """Return what each rule gives, of `tallies` by place among the sorted names of the rules."""
    given = {name: tallies.get(place, _NOTHING) for place, name in enumerate(sorted(model.rules))}
    sizes: defaultdict[str, float] = defaultdict(float)
    for name, rule in model.rules.items():
        sizes[rule.dimension] += abs(given[name].points)
    return [
        RuleAtWork(
            name=name,
            kind=_KINDS[type(rule)],
            dimension=rule.dimension,
            group=rule.group,
            persons=given[name].persons,
            points=given[name].points,
            share=abs(given[name].points) / size if (size := sizes[rule.dimension]) else 0.0,
        )
        for name, rule in model.rules.items()
    ]


def _advice(configuration: Configuration) -> Sequence[Problem]:
    return in_order([*configuration.warnings, *advise(configuration)])


def _advice_json(problem: Problem) -> dict[str, object]:
    return {
        "message": problem.message,
        "file": problem.file,
        "line": problem.line,
        "path": problem.path,
        "hint": problem.hint,
    }
