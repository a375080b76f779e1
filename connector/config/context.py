"""What every part of the compilation is handed: the names there are, and where to complain."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connector.conditions.expression import ConditionError, Kind
from connector.conditions.parser import parse
from connector.config.hints import did_you_mean, one_of, shown
from connector.domain.events import CANONICAL_TYPES, CUSTOM, EVENT_COLUMNS
from connector.domain.values import FieldType
from connector.scoring.model import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from connector.conditions.expression import Expression
    from connector.config.places import Path, Report
    from connector.ports.adapter import Adapter

KINDS: Mapping[FieldType, Kind] = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.EMAIL: Kind.TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.BOOLEAN: Kind.BOOLEAN,
    FieldType.DATETIME: Kind.INSTANT,
}

FAMILIES = frozenset(each.partition(".")[0] for each in CANONICAL_TYPES) | {"custom"}

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that conditions may use, with their types; filled as they become known."""

    properties: dict[str, FieldType] = field(default_factory=dict)
    attributes: dict[str, FieldType] = field(default_factory=dict)
    traits: dict[str, FieldType] = field(default_factory=dict)
    dimensions: dict[str, FieldType] = field(default_factory=dict)
    scores: dict[str, FieldType] = field(default_factory=dict)
    stages: dict[str, FieldType] = field(default_factory=dict)
    grades: dict[str, FieldType] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Names that were given to something wrong: what uses them is not blamed as well."""
    has_gaps: bool = False
    """Whether a whole section could not be read, so that nobody knows which names there are."""

    @property
    def columns(self) -> dict[str, FieldType]:
        """Return the columns of events."""
        return dict(EVENT_COLUMNS) | self.properties

    @property
    def guard(self) -> dict[str, FieldType]:
        """Return what the `when` of a rule sees."""
        return self.attributes | self.traits

    @property
    def population(self) -> dict[str, FieldType]:
        """Return what a `population` sees."""
        return self.guard | self.dimensions

    @property
    def results(self) -> dict[str, FieldType]:
        """Return what conditions of targets and triggers see."""
        return self.population | self.scores | self.stages | self.grades


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The names, the platforms, the calendar, and the report."""

    report: Report
    names: Names
    timezone: ZoneInfo
    adapters: Mapping[str, Adapter]
    """By platform, where the platform names one that exists."""
    platform_names: tuple[str, ...]
    """All that are named, right or wrong."""

    def condition(
        self,
        path: Path,
        text: str,
        names: Mapping[str, FieldType],
        *,
        expect: Kind = Kind.BOOLEAN,
        lists: bool = False,
    ) -> Expression | None:
        """Return the expression at `path`, None when it is wrong, which is reported."""
        kinds = {name: KINDS[kind] for name, kind in names.items()}
        try:
            expression = parse(
                text,
                kinds,
                expect=expect,
                timezone=self.timezone,
                lists=lists,
                never_null=self.names.dimensions.keys() - self.names.columns.keys(),
            )
        except ConditionError as error:
            is_known = not self.names.broken.intersection(_WORD.findall(text))
            if is_known and not self.names.has_gaps:
                self.report.add_in_text(path, text, error.position, error.message, error.hint)
            return None
        for warning in expression.warnings:
            self.report.warn(path, warning)
        return expression

    def event_condition(self, path: Path, text: str | None) -> Expression | None:
        """Return the condition on an event at `path`, None when there is none or it is wrong."""
        return None if text is None else self.condition(path, text, self.names.columns)

    def pattern(self, path: Path, text: str) -> None:
        """Report a pattern of events that is neither a type, a family nor everything."""
        if _is_pattern(text):
            return
        known = [*sorted(CANONICAL_TYPES), *(f"{family}.*" for family in sorted(FAMILIES))]
        hint = did_you_mean(text, known)
        if hint is None and "*" not in text:
            hint = f"an event of your own is written `{CUSTOM}<name>`"
        self.report.add(path, f"{shown(text)} is no type of event", hint)

    def matcher(self, path: Path, pattern: str, where: str | None, key: str | int) -> Matcher:
        """Return which events are meant; `key` holds the pattern, `where` the condition."""
        self.pattern((*path, key), pattern)
        return Matcher(pattern=pattern, where=self.event_condition((*path, "where"), where))

    def column(
        self, path: Path, name: str | None, types: Iterable[FieldType] = tuple(FieldType)
    ) -> None:
        """Report a column that events do not have, or that is not of one of `types`."""
        columns = self.names.columns
        if name is None or name in self.names.broken or self.names.has_gaps:
            return
        if name not in columns:
            hint = did_you_mean(name, columns) or "declare it under `events.properties`"
            self.report.add(path, f"events have no column {shown(name)}", hint)
        elif columns[name] not in set(types):
            wanted = " or ".join(kind.value for kind in types)
            message = f"the column {shown(name)} is a {columns[name].value}, not a {wanted}"
            self.report.add(path, message)

    def known(self, path: Path, name: str, names: Iterable[str], what: str) -> bool:
        """Return whether `name` is one of `names`; report it as no `what` when it is not."""
        choices = list(names)
        if name in choices:
            return True
        if name not in self.names.broken and not self.names.has_gaps:
            hint = did_you_mean(name, [*choices, *self.names.broken]) or one_of(choices[:12])
            self.report.add(path, f"there is no {what} {shown(name)}", hint)
        return False

    def platform(self, path: Path, name: str) -> Adapter | None:
        """Return the adapter of the platform `name`; report one that does not exist."""
        self.known(path, name, self.platform_names, "platform")
        return self.adapters.get(name)


def _is_pattern(text: str) -> bool:
    if text == "*" or text in CANONICAL_TYPES:
        return True
    if text.endswith(".*"):
        return text[:-2] in FAMILIES
    return text.startswith(CUSTOM) and len(text) > len(CUSTOM) and "*" not in text
