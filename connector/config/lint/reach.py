"""How low and how high dimensions and scores can come by rules, whatever people do.

Every bound is a wide one: what lies beyond it can never be, while what lies within may not be
possible either. Only a person's decision may put a score beyond them, so whoever tells of bounds
of scores says that they are those of rules.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from connector.config.lint.possible import Facts, Span, span_of
from connector.domain.rounding import MAX_DIGITS, round_half_away
from connector.domain.values import FieldType
from connector.scoring.model import CountRule, EventRule, InactiveRule, SequenceRule, WhenRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.scoring.model import Model, Rule, Score, Trait

_NOTHING = Span(0.0, 0.0)


def dimension_spans(model: Model) -> Mapping[str, Span]:
    """Return bounds of each dimension, held by its floor and cap."""
    return {
        name: _rounded(_sum_in(name, model).held(each.floor, each.cap), MAX_DIGITS)
        for name, each in model.dimensions.items()
    }


def score_spans(model: Model) -> Mapping[str, Span]:
    """Return bounds of each score as conditions see it: clamped and rounded."""
    facts = _of_dimensions(model)
    return {name: _of_score(each, facts) for name, each in model.scores.items()}


def facts_of_results(model: Model) -> Facts:
    """Return what is known of all that conditions of targets and triggers see."""
    dimensions = _of_dimensions(model)
    traits = {name: span for name, each in model.traits.items() if (span := _of_trait(each))}
    spans = {**dimensions.spans, **score_spans(model), **traits}
    return Facts(spans=spans, never_null=dimensions.never_null)


def rule_span(rule: Rule) -> Span:
    """Return bounds of what `rule` gives in all, before its group."""
    match rule:
        case EventRule():
            return _of_events(rule)
        case SequenceRule(points=points, award=award):
            return _times(points, is_endless=award == "each")
        case InactiveRule(points=points, repeat=repeat):
            return _times(points, is_endless=repeat is not None)
        case CountRule(points=points) | WhenRule(points=points):
            return _times(points, is_endless=False)
    raise TypeError(rule)


def _of_events(rule: EventRule) -> Span:
    if not isinstance(rule.points, (int, float)):
        each = span_of(rule.points, Facts())
        return Span(-inf if each.low < 0 else 0.0, inf if each.high > 0 else 0.0)
    if rule.cap is not None and rule.cap.per == "lifetime":
        most = abs(rule.cap.points)
        return _times(rule.points, is_endless=True).within(Span(-most, most))
    return _times(rule.points, is_endless=True)


def _times(points: float, *, is_endless: bool) -> Span:
    """Return bounds of points that are given at most once, or over and over."""
    most = points * inf if is_endless and points else points
    return Span(min(most, 0.0), max(most, 0.0))


def _sum_in(dimension: str, model: Model) -> Span:
    rules = [each for each in model.rules.values() if each.dimension == dimension]
    total = _total(rule_span(each) for each in rules if each.group is None)
    for group in dict.fromkeys(each.group for each in rules):
        if group is not None:
            total += _of_group(group, dimension, model)
    return total


def _of_group(group: str, dimension: str, model: Model) -> Span:
    """Return bounds of what the rules of a group give to a dimension.

    The ceiling holds their sum over all dimensions. Where some add and some take away elsewhere,
    it says nothing of one dimension alone.
    """
    rules = [each for each in model.rules.values() if each.group == group]
    spans = [rule_span(each) for each in rules]
    here = _total(
        span for each, span in zip(rules, spans, strict=True) if each.dimension == dimension
    )
    is_alone = all(each.dimension == dimension for each in rules)
    is_one_sign = all(span.low >= 0 for span in spans) or all(span.high <= 0 for span in spans)
    most = abs(model.groups[group])
    return here.within(Span(-most, most)) if is_alone or is_one_sign else here


def _total(spans: Iterable[Span]) -> Span:
    return sum(spans, start=_NOTHING)


def _of_dimensions(model: Model) -> Facts:
    return Facts(spans=dimension_spans(model), never_null=frozenset(model.dimensions))


def _of_score(score: Score, facts: Facts) -> Span:
    span = _total(facts.spans.values())
    if score.formula is not None:
        span = span_of(score.formula, facts)
    return _rounded(span.held(score.low, score.high), score.digits)


def _rounded(span: Span, digits: int) -> Span:
    """Return bounds after rounding, which also takes away the noise of adding them up."""
    return Span(round_half_away(span.low, digits), round_half_away(span.high, digits))


def _of_trait(trait: Trait) -> Span | None:
    is_amount = trait.type is FieldType.NUMBER and trait.measure in {"count", "days", "days_since"}
    return Span(0.0, inf) if is_amount else None
