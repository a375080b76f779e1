"""Which fields and lists of a platform a configuration reads and writes; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from connector.conditions.expression import Expression
    from connector.config.configuration import Configuration
    from connector.config.places import Path
    from connector.scoring.model import Model, TargetAttribute

STAGE_SUFFIX = "_stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedField:
    """A field that a configuration names."""

    name: str
    """As the platform calls it."""
    type: FieldType
    path: Path
    """Where the configuration names it."""
    is_written: bool
    values: tuple[str, ...] | None = None
    """The texts that are written to it, where they are known beforehand."""
    decimals: int | None = None
    """How many a number has that is written to it, where that is known beforehand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedList:
    """A list that a configuration names."""

    name: str
    path: Path
    is_written: bool
    is_made: bool = False
    """Whether it is made by itself as soon as somebody belongs in it."""


def wanted_fields(configuration: Configuration, platform: str) -> Sequence[WantedField]:
    """Return every field of `platform` that the configuration names, those it writes first."""
    return [*_targets(configuration, platform), *_attributes(configuration, platform)]


def wanted_lists(configuration: Configuration, platform: str) -> Sequence[WantedList]:
    """Return every list of `platform` that the configuration names, those it writes first."""
    target = configuration.model.targets.get(platform)
    written = [
        WantedList(
            name=each.name,
            path=("targets", platform, "lists", each.name),
            is_written=True,
            is_made=each.create,
        )
        for each in (target.lists if target else ())
    ]
    named = {each.name for each in written}
    looked_at = sorted(name for of, name in configuration.watched_lists if of == platform)
    return [
        *written,
        *(
            WantedList(name=name, path=_asked_by(configuration, platform, name), is_written=False)
            for name in looked_at
            if name not in named
        ),
    ]


def wanted_stages(configuration: Configuration, platform: str) -> Sequence[str]:
    """Return the names of the stages of `platform` that contacts are to be in."""
    target = configuration.model.targets.get(platform)
    if target is None or target.stage is None:
        return ()
    return [rung.name for rung in configuration.model.scores[target.stage].stages]


def _asked_by(configuration: Configuration, platform: str, name: str) -> Path:
    """Return where a condition first asks who is in a list."""
    model = configuration.model
    conditions: dict[Path, Expression] = {}
    for target in model.targets.values():
        for each in target.lists:
            conditions["targets", target.platform, "lists", each.name, "when"] = each.when
        for tag, condition in target.tags.items():
            conditions["targets", target.platform, "tags", tag] = condition
    conditions |= {
        ("triggers", trigger, "when"): each.when for trigger, each in model.triggers.items()
    }
    return next((path for path, each in conditions.items() if (platform, name) in each.lists), ())


def _targets(configuration: Configuration, platform: str) -> Iterator[WantedField]:
    target = configuration.model.targets.get(platform)
    for each in target.attributes if target else ():
        yield WantedField(
            name=each.field,
            type=each.type,
            path=("targets", platform, "attributes", each.field),
            is_written=True,
            values=_values(each, configuration.model),
            decimals=each.digits,
        )


def _attributes(configuration: Configuration, platform: str) -> Iterator[WantedField]:
    for name, attribute in configuration.attributes.items():
        if theirs := attribute.sources.get(platform):
            yield WantedField(
                name=theirs,
                type=attribute.type,
                path=("attributes", name, platform),
                is_written=platform in attribute.sync,
            )


def _values(attribute: TargetAttribute, model: Model) -> tuple[str, ...] | None:
    """Return the texts that a target attribute may come to hold; None where anything may."""
    if attribute.map is not None:
        return tuple(dict.fromkeys(attribute.map.values()))
    score = attribute.source.removesuffix(STAGE_SUFFIX)
    if attribute.source not in model.scores and score in model.scores:
        return tuple(rung.name for rung in model.scores[score].stages)
    if grade := model.grades.get(attribute.source):
        rows = [label for label, _ in grade.rows.bands]
        return tuple(row + label for row in rows for label, _ in grade.columns.bands)
    return None
