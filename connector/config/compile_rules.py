"""From how rules are written to what the engine is told, with every default resolved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from connector.conditions.expression import Expression, Kind
from connector.config.compile_decay import check_decay, effective_decay
from connector.domain.durations import parse_duration
from connector.mapping.rules import (
    CountRuleEntry,
    EventRuleEntry,
    GuardedEntry,
    InactiveRuleEntry,
    RuleEntry,
    SequenceRuleEntry,
    WhenRuleEntry,
)
from connector.scoring.model import (
    Cap,
    CountRule,
    Decay,
    EventRule,
    InactiveRule,
    Matcher,
    Rule,
    SequenceRule,
    Unless,
    WhenRule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.context import Context
    from connector.config.places import Path
    from connector.mapping.decay import DecayChoice
    from connector.mapping.scores import DimensionEntry

_DAY = "day"


class _Shared(TypedDict):
    name: str
    dimension: str
    group: str | None
    guard: Expression | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCompiler:
    """Makes rules, knowing what they fall back on."""

    context: Context
    dimensions: Mapping[str, DimensionEntry]
    """Those whose entries are right."""
    dimension_names: tuple[str, ...]
    """All of them, the default one first."""
    group_names: tuple[str, ...]
    decay: DecayChoice | None
    """The model's."""

    def compile(self, name: str, entry: RuleEntry) -> Rule | None:
        """Return the rule `name`, None when it cannot be made; what is wrong is reported."""
        path: Path = ("model", "rules", name)
        shared = self._shared(path, name, entry)
        match entry:
            case EventRuleEntry():
                return self._event(path, entry, shared)
            case SequenceRuleEntry():
                return self._sequence(path, entry, shared)
            case CountRuleEntry():
                return self._count(path, entry, shared)
            case InactiveRuleEntry():
                return self._inactive(path, entry, shared)
            case WhenRuleEntry():
                return self._when(path, entry, shared)
        raise TypeError(entry)

    def _shared(self, path: Path, name: str, entry: RuleEntry) -> _Shared:
        context = self.context
        dimension = entry.dimension or self.dimension_names[0]
        context.known((*path, "dimension"), dimension, self.dimension_names, "dimension")
        if entry.group is not None:
            context.known((*path, "group"), entry.group, self.group_names, "group")
        guard = None
        if isinstance(entry, GuardedEntry) and entry.when is not None:
            guard = context.condition((*path, "when"), entry.when, context.names.guard)
        return _Shared(name=name, dimension=dimension, group=entry.group, guard=guard)

    def _decay(self, path: Path, choice: DecayChoice | None, shared: _Shared) -> Decay | None:
        check_decay((*path, "decay"), choice, self.context.report)
        dimension = self.dimensions.get(shared["dimension"])
        return effective_decay(choice, dimension.decay if dimension else None, self.decay)

    def _event(self, path: Path, entry: EventRuleEntry, shared: _Shared) -> Rule | None:
        context = self.context
        points: float | Expression | None = None
        if isinstance(entry.points, str):
            place = (*path, "points")
            points = context.condition(
                place, entry.points, context.names.columns, expect=Kind.NUMBER
            )
        else:
            points = entry.points
        context.column((*path, "once_per"), entry.once_per)
        match = context.matcher(path, entry.event, entry.where, "event")
        decay = self._decay(path, entry.decay, shared)
        unless = self._unless(path, entry)
        if points is None:
            return None
        return EventRule(
            **shared,
            match=match,
            points=points,
            decay=decay,
            once_per=entry.once_per,
            unless=unless,
            cap=Cap(points=entry.cap.points, per=entry.cap.per) if entry.cap else None,
        )

    def _unless(self, path: Path, entry: EventRuleEntry) -> Unless | None:
        if entry.unless is None:
            return None
        here = (*path, "unless")
        self.context.column((*here, "same"), entry.unless.same)
        return Unless(
            match=self.context.matcher(here, entry.unless.event, entry.unless.where, "event"),
            same=entry.unless.same,
            after=_span(entry.unless.after) or timedelta(),
        )

    def _sequence(self, path: Path, entry: SequenceRuleEntry, shared: _Shared) -> Rule:
        self.context.column((*path, "same"), entry.same)
        common = self.context.event_condition((*path, "where"), entry.where)
        return SequenceRule(
            **shared,
            steps=self._steps(path, entry, common),
            points=entry.points,
            decay=self._decay(path, entry.decay, shared),
            same=entry.same,
            within=_span(entry.within),
            award=entry.award,
        )

    def _steps(
        self, path: Path, entry: SequenceRuleEntry, common: Expression | None
    ) -> tuple[Matcher, ...]:
        """Return the steps; the rule's own condition is one more on each."""
        steps: list[Matcher] = []
        for index, step in enumerate(entry.sequence):
            here = (*path, "sequence", index)
            if isinstance(step, str):
                self.context.pattern(here, step)
                steps.append(Matcher(pattern=step, where=common))
                continue
            matcher = self.context.matcher(here, step.event, step.where, "event")
            where = matcher.where or common
            if matcher.where and common:
                where = self._both(here, matcher.where, common)
            steps.append(Matcher(pattern=step.event, where=where))
        return tuple(steps)

    def _both(self, path: Path, own: Expression, common: Expression) -> Expression | None:
        text = f"({own.text}) AND ({common.text})"
        return self.context.event_condition((*path, "where"), text)

    def _count(self, path: Path, entry: CountRuleEntry, shared: _Shared) -> Rule:
        context = self.context
        if entry.distinct is not None and entry.same is not None:
            context.report.add((*path, "same"), "`same` and `distinct` exclude each other")
        if entry.distinct != _DAY:
            context.column((*path, "distinct"), entry.distinct)
        context.column((*path, "same"), entry.same)
        is_standing = entry.award == "standing"
        if is_standing and entry.decay is not None:
            message = "`decay` has no meaning while points stand"
            context.report.add((*path, "decay"), message, "add `award: once`, or remove it")
        return CountRule(
            **shared,
            match=context.matcher(path, entry.count, entry.where, "count"),
            at_least=entry.at_least,
            points=entry.points,
            within=_span(entry.within),
            distinct=entry.distinct,
            same=entry.same,
            award=entry.award,
            decay=None if is_standing else self._decay(path, entry.decay, shared),
        )

    def _inactive(self, path: Path, entry: InactiveRuleEntry, shared: _Shared) -> Rule:
        match = None
        if entry.of is not None:
            match = self.context.matcher(path, entry.of, entry.where, "of")
        elif entry.where is not None:
            message = "`where` needs `of`, the events it is about"
            self.context.report.add((*path, "where"), message, "for example `of: '*'`")
        return InactiveRule(
            **shared,
            silence=parse_duration(entry.inactive),
            points=entry.points,
            match=match,
            repeat=_span(entry.repeat),
        )

    def _when(self, path: Path, entry: WhenRuleEntry, shared: _Shared) -> Rule | None:
        names = self.context.names.guard
        when = self.context.condition((*path, "when"), entry.when, names)
        return WhenRule(**shared, when=when, points=entry.points) if when else None


def _span(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None
