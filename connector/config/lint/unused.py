"""What was declared and serves nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.compile_targets import STAGE_SUFFIX
from connector.config.lint.conditions import conditions
from connector.config.lint.possible import Span
from connector.config.lint.subject import Remark
from connector.domain.search_words import SEARCHED
from connector.domain.values import FieldType
from connector.scoring.conditions import wishes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.lint.subject import Subject
    from connector.scoring.model import Model


def dimensions_without_rules(subject: Subject) -> Iterator[Remark]:
    """Find dimensions that no rule gives points to."""
    model = subject.model
    fed = {rule.dimension for rule in model.rules.values()}
    for name, dimension in model.dimensions.items():
        if model.rules and name not in fed:
            value = Span(0.0, 0.0).held(dimension.floor, dimension.cap).low
            message = f"no rule gives points to this dimension: it is always {value:.12g}"
            hint = f"write `dimension: {name}` in the rules that should"
            yield Remark(path=("model", "dimensions", name), message=message, hint=hint)


def dimensions_without_use(subject: Subject) -> Iterator[Remark]:
    """Find dimensions whose points are in no score, grade, condition or target."""
    model = subject.model
    used = _names_in_use(model)
    for name in dict.fromkeys(rule.dimension for rule in model.rules.values()):
        if name not in used:
            message = "no score, grade, condition or target uses this dimension"
            yield Remark(path=("model", "dimensions", name), message=message)


def groups_without_rules(subject: Subject) -> Iterator[Remark]:
    """Find groups that no rule names: their ceiling holds nothing."""
    named = {rule.group for rule in subject.model.rules.values()}
    for name in subject.model.groups:
        if name not in named:
            message = "no rule names this group"
            hint = f"write `group: {name}` in the rules that share its ceiling"
            yield Remark(path=("model", "groups", name), message=message, hint=hint)


def traits_without_use(subject: Subject) -> Iterator[Remark]:
    """Find traits that no condition, target or trigger uses."""
    used = _names_in_use(subject.model)
    for name in subject.model.traits:
        if name not in used:
            message = "no condition, target or trigger uses this trait"
            yield Remark(path=("model", "traits", name), message=message)


def attributes_without_use(subject: Subject) -> Iterator[Remark]:
    """Find attributes that are read, but neither used by a condition or trigger nor copied.

    Those by which leads are found and shown are of use as they are.
    """
    model = subject.model
    pushes = any(deed.kind == "push" for each in model.triggers.values() for deed in each.deeds)
    creates = any(entry.config.create for entry in subject.configuration.platforms)
    if not subject.configuration.has_model or pushes or creates:
        return
    used = {*SEARCHED, *_names_in_use(model)}
    for name, attribute in subject.configuration.attributes.items():
        is_identity = attribute.type is FieldType.EMAIL
        if name not in used and not attribute.sync and not is_identity:
            message = "no condition or trigger uses this attribute, and it is not copied"
            yield Remark(path=("attributes", name), message=message)


def results_without_use(subject: Subject) -> Iterator[Remark]:
    """Find scores and grades that no target or trigger uses."""
    model = subject.model
    if not subject.configuration.has_model:
        return
    if not model.targets and not model.triggers:
        message = "there are neither targets nor triggers: scores are computed and shown, no more"
        yield Remark(path=("model",), message=message, hint="write them to a platform: `targets`")
        return
    used = _names_of_outputs(model)
    for name in model.scores:
        if not used & {name, f"{name}{STAGE_SUFFIX}"}:
            message = f"no target, trigger or grade uses the score `{name}`"
            yield Remark(path=("model", "scores", name), message=message)
    for name in model.grades:
        if name not in used:
            message = f"no target or trigger uses the grade `{name}`"
            yield Remark(path=("model", "grades", name), message=message)


def _names_in_use(model: Model) -> set[str]:
    """Return all names of attributes, traits, dimensions and results that anything looks at."""
    used = _names_of_outputs(model)
    for each in conditions(model):
        if each.about == "contact":
            used |= each.expression.names
    for score in model.scores.values():
        used |= set(model.dimensions) if score.formula is None else score.formula.names
    return used


def _names_of_outputs(model: Model) -> set[str]:
    """Return all names that targets, triggers and grades look at."""
    used = {side.of for each in model.grades.values() for side in (each.rows, each.columns)}
    for target in model.targets.values():
        used |= {each.source for each in target.attributes}
        used |= {f"{target.stage}{STAGE_SUFFIX}"} if target.stage else set()
    for wish in wishes(model):
        used |= wish.when.names
    for trigger in model.triggers.values():
        used |= {ours for deed in trigger.deeds for ours in deed.names.values()}
    return used
