"""From the language to the engine: names resolved, conditions parsed, defaults filled in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from connector.config.compile_attributes import compile_attributes
from connector.config.compile_copies import warn_of_idle_create, with_copies
from connector.config.compile_decay import check_decay
from connector.config.compile_events import (
    compile_content,
    compile_renames,
    declared_properties,
)
from connector.config.compile_rules import RuleCompiler
from connector.config.compile_scores import compile_dimension, compile_grade, compile_score
from connector.config.compile_targets import STAGE_SUFFIX, TargetCompiler
from connector.config.compile_traits import compile_trait
from connector.config.compile_triggers import compile_trigger
from connector.config.context import Context, Names
from connector.config.digest import digest_of, source_of
from connector.config.files import is_section
from connector.config.hints import did_you_mean, shown
from connector.config.namespace import (
    DEFAULT_DIMENSION,
    DEFAULT_SCORE,
    check_names_of_rules,
    check_namespace,
)
from connector.domain.values import FieldType
from connector.mapping.model import ModelEntry
from connector.scoring.model import Dimension, Model, Score

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from connector.conditions.expression import Expression
    from connector.config.files import Written
    from connector.config.places import Report
    from connector.config.validation import Checked
    from connector.domain.attributes import Attribute
    from connector.ports.adapter import Adapter
    from connector.scoring.model import Target, Trigger

_SCORES = ("model", "scores")
_UTC = ZoneInfo("UTC")


def compile_model(
    written: Written,
    checked: Checked,
    adapters: Mapping[str, Adapter],
    keep_events: timedelta | None,
    report: Report,
) -> tuple[Model, dict[str, Attribute], str]:
    """Return the model, the attributes, and what the digest is of.

    They are of use only when nothing is reported.

    `adapters` are those of the platforms, by platform.
    """
    entry = checked.document.model
    context = Context(
        report=report,
        names=_names(checked, report),
        timezone=_timezone(entry, report),
        adapters=adapters,
        platform_names=written.names("platforms"),
    )
    check_namespace(written, report)
    check_names_of_rules(written, report)
    attributes = compile_attributes(checked.document.attributes, context)
    model = _inputs(checked, context, keep_events)
    if entry is not None:
        model = _scoring(model, entry, written, context)
    model = _outputs(model, checked, context, attributes)
    source = source_of(model, attributes)
    return replace(model, digest=digest_of(source)), attributes, source


def _names(checked: Checked, report: Report) -> Names:
    names = Names(has_gaps=any(is_section(path) for path in checked.broken))
    names.properties.update(declared_properties(checked.document.events, report))
    for name, entry in checked.document.attributes.items():
        names.attributes[name] = FieldType(entry.type)
    for path in checked.broken:
        score = path[2] if path[:2] == _SCORES and len(path) > len(_SCORES) else None
        if score is not None:
            names.broken.add(f"{score}{STAGE_SUFFIX}")
        # A score without one of its keys is still compiled: only its stages are in doubt.
        if score in (None, path[-1]):
            names.broken.add(str(path[-1]))
    return names


def _timezone(entry: ModelEntry | None, report: Report) -> ZoneInfo:
    name = entry.timezone if entry else "UTC"
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = did_you_mean(name, available_timezones()) or "for example `Europe/Paris`"
        report.add(("model", "timezone"), f"there is no time zone {shown(name)}", hint)
        return _UTC


def _inputs(checked: Checked, context: Context, keep_events: timedelta | None) -> Model:
    """Return what is known of contacts and events before any scoring."""
    document = checked.document
    names = context.names
    exclude = ignore = None
    if document.contacts.exclude is not None:
        place = ("contacts", "exclude")
        exclude = context.condition(place, document.contacts.exclude, names.attributes)
    if document.events.ignore is not None:
        ignore = context.event_condition(("events", "ignore"), document.events.ignore)
    return Model(
        timezone=context.timezone,
        digest="",
        attributes=dict(names.attributes),
        properties=dict(names.properties),
        exclude=exclude,
        rename=compile_renames(document.events, context),
        content=compile_content(checked.content, context),
        ignore=ignore,
        keep_events=keep_events,
    )


def _scoring(model: Model, entry: ModelEntry, written: Written, context: Context) -> Model:
    names = context.names
    check_decay(("model", "decay"), entry.decay, context.report)
    dimensions = {
        name: compile_dimension(name, each, context) for name, each in entry.dimensions.items()
    }
    dimension_names = written.names("model", "dimensions") or (DEFAULT_DIMENSION,)
    if not written.names("model", "dimensions"):
        dimensions = {DEFAULT_DIMENSION: Dimension(name=DEFAULT_DIMENSION)}
    traits = {name: compile_trait(name, each, context) for name, each in entry.traits.items()}
    names.traits.update({name: each.type for name, each in traits.items() if each})
    names.broken.update(name for name, each in traits.items() if each is None)
    names.dimensions.update(dict.fromkeys(dimensions, FieldType.NUMBER))
    scores = _scores(entry, written, context)
    grades = {name: compile_grade(name, each, context) for name, each in entry.grades.items()}
    names.grades.update(dict.fromkeys(grades, FieldType.TEXT))
    compiler = RuleCompiler(
        context=context,
        dimensions=entry.dimensions,
        dimension_names=dimension_names,
        group_names=written.names("model", "groups"),
        decay=entry.decay,
    )
    rules = {name: compiler.compile(name, each) for name, each in entry.rules.items()}
    return replace(
        model,
        dimensions=dimensions,
        groups={name: group.cap for name, group in entry.groups.items()},
        traits={name: each for name, each in traits.items() if each},
        rules={name: each for name, each in rules.items() if each},
        scores=scores,
        grades=grades,
    )


def _scores(entry: ModelEntry, written: Written, context: Context) -> dict[str, Score]:
    """Return the scores, and make their names and those of their stages known."""
    scores = {name: compile_score(name, each, context) for name, each in entry.scores.items()}
    if not written.names("model", "scores"):
        scores = {DEFAULT_SCORE: Score(name=DEFAULT_SCORE, formula=None)}
    context.names.scores.update(dict.fromkeys(scores, FieldType.NUMBER))
    for name, score in scores.items():
        if score.stages:
            context.names.stages[f"{name}{STAGE_SUFFIX}"] = FieldType.TEXT
    return scores


def _outputs(
    model: Model, checked: Checked, context: Context, attributes: Mapping[str, Attribute]
) -> Model:
    document = checked.document
    compiler = TargetCompiler(
        context=context, scores=model.scores, grades=model.grades, attributes=attributes
    )
    written = {name: compiler.compile(name, each) for name, each in document.targets.items()}
    targets = with_copies(written, attributes, document, context)
    triggers = {
        name: compile_trigger(name, each, context) for name, each in document.triggers.items()
    }
    sound = {name: each for name, each in triggers.items() if each}
    warn_of_idle_create(targets, sound, document, context)
    return replace(model, targets=targets, triggers=sound, lists=_asked(targets, sound))


def _asked(
    targets: Mapping[str, Target], triggers: Mapping[str, Trigger]
) -> frozenset[tuple[str, str]]:
    """Return every list that a condition asks about."""
    conditions: list[Expression] = [each.when for each in triggers.values()]
    for target in targets.values():
        conditions += [each.when for each in target.lists]
        conditions += target.tags.values()
    return frozenset().union(*(each.lists for each in conditions))
