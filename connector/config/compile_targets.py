"""From how targets are written to what the program is told: only what the platform can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.config.hints import did_you_mean, one_of, shown
from connector.domain.values import FieldType
from connector.mapping.targets import MappedSource
from connector.ports.platform import Part
from connector.scoring.model import RESULT_DIGITS, Target, TargetAttribute, TargetList

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from connector.conditions.expression import Expression
    from connector.config.context import Context
    from connector.config.places import Path
    from connector.domain.attributes import Attribute
    from connector.mapping.targets import TargetEntry, TargetSource
    from connector.ports.adapter import Adapter
    from connector.scoring.model import Grade, Score

STAGE_SUFFIX = "_stage"
_WRITERS: Mapping[str, Part] = {
    "attributes": Part.ATTRIBUTE_WRITER,
    "lists": Part.LIST_WRITER,
    "tags": Part.TAG_WRITER,
    "stage": Part.STAGE_WRITER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetCompiler:
    """Makes targets, knowing what there is to show."""

    context: Context
    scores: Mapping[str, Score]
    grades: Mapping[str, Grade]
    attributes: Mapping[str, Attribute]

    def compile(self, platform: str, entry: TargetEntry) -> Target:
        """Return the desired state on `platform`; what is wrong with it is reported."""
        path: Path = ("targets", platform)
        adapter = self.context.platform(path, platform)
        if adapter:
            self._check_parts(path, entry, adapter)
        return Target(
            platform=platform,
            attributes=tuple(
                self._attribute((*path, "attributes", field), field, source, adapter)
                for field, source in entry.attributes.items()
            ),
            lists=tuple(self._lists(path, entry, adapter)),
            tags=dict(self._tags(path, entry, adapter)),
            stage=self._stage((*path, "stage"), entry.stage),
            repairs_drift=entry.on_drift == "repair",
            change_of=entry.write_when.change_of if entry.write_when else None,
        )

    def _check_parts(self, path: Path, entry: TargetEntry, adapter: Adapter) -> None:
        can = [key for key, part in _WRITERS.items() if part in adapter.capabilities.parts]
        for key in _WRITERS:
            if getattr(entry, key) and key not in can:
                message = f"{adapter.title} cannot be written {key}"
                hint = f"it takes {' and '.join(can)}" if can else "it takes nothing"
                self.context.report.add((*path, key), message, hint)

    def _attribute(
        self, path: Path, field: str, source: TargetSource, adapter: Adapter | None
    ) -> TargetAttribute:
        name = source.from_ if isinstance(source, MappedSource) else source
        words = source.map if isinstance(source, MappedSource) else None
        place = (*path, "from") if isinstance(source, MappedSource) else path
        kind = self._type_of(place, name)
        if words is not None and kind is not None:
            self._check_words((*path, "map"), name, kind, words)
        written = FieldType.TEXT if words is not None else kind or FieldType.TEXT
        if adapter and kind is not None:
            self._check_field(path, field, written, adapter)
        digits = None
        if written is FieldType.NUMBER and kind is not None:
            digits = self._digits_kept(field, name, adapter)
        return TargetAttribute(
            field=field,
            source=name,
            type=written,
            digits=digits,
            map=words,
            score=self._score_behind(name),
        )

    def _type_of(self, path: Path, name: str) -> FieldType | None:
        """Return the type of a result, None when there is no such result, which is reported."""
        names = self.context.names
        results = names.scores | names.stages | names.grades | names.dimensions | names.traits
        if name in results:
            return results[name]
        if name in names.attributes:
            message = f"{shown(name)} is an attribute, which is no result of scoring"
            self.context.report.add(path, message, "copy it with `sync` of the attribute")
        elif name.removesuffix(STAGE_SUFFIX) in names.scores and name not in names.broken:
            score = name.removesuffix(STAGE_SUFFIX)
            self.context.report.add(path, f"the score {shown(score)} has no stages")
        else:
            what = "score, stage, grade, dimension or trait"
            self.context.known(path, name, results, what)
        return None

    def _check_words(
        self, path: Path, name: str, kind: FieldType, words: Mapping[str, str]
    ) -> None:
        if kind is not FieldType.TEXT:
            message = f"`map` is for texts, and {shown(name)} is a {kind.value}"
            self.context.report.add(path, message, "remove `map`")
            return
        values = self._values_of(name)
        for word in words:
            if values is not None and word not in values:
                hint = did_you_mean(word, values) or one_of(values[:12])
                message = f"{shown(name)} is never {shown(word)}"
                self.context.report.add((*path, word), message, hint)

    def _values_of(self, name: str) -> list[str] | None:
        """Return every value a stage or a grade may have; None for a trait, which has any."""
        if name in self.context.names.stages:
            return [rung.name for rung in self.scores[name.removesuffix(STAGE_SUFFIX)].stages]
        if name in self.grades:
            grade = self.grades[name]
            return [
                row + column for row, _ in grade.rows.bands for column, _ in grade.columns.bands
            ]
        return None

    def _check_field(self, path: Path, field: str, kind: FieldType, adapter: Adapter) -> None:
        can = adapter.capabilities
        if can.is_fixed(field):
            message = f"{adapter.title} does not let {shown(field)} be written"
            self.context.report.add(path, message, "name another field")
        if Part.ATTRIBUTE_WRITER in can.parts and kind not in can.writable_types:
            message = f"{adapter.title} takes no {kind.value} values"
            self.context.report.add(
                path, message, one_of(sorted(each.value for each in can.writable_types))
            )
        for attribute in self.attributes.values():
            if attribute.sources.get(str(path[1])) == field:
                message = f"the field {shown(field)} is read as the attribute `{attribute.name}`"
                hint = "what we write is no input: write to a field of its own"
                self.context.report.add(path, message, hint)

    def _digits_kept(self, field: str, name: str, adapter: Adapter | None) -> int:
        """Return how many decimals of a result are written to a field."""
        digits = self.scores[name].digits if name in self.scores else RESULT_DIGITS
        kept = adapter.capabilities.decimals_of(field) if adapter else None
        return digits if kept is None else min(digits, kept)

    def _score_behind(self, name: str) -> str | None:
        """Return the score whose population decides whether a result is written at all."""
        if name in self.scores:
            return name
        if name in self.context.names.stages:
            return name.removesuffix(STAGE_SUFFIX)
        if name not in self.grades:
            return None
        sides = (self.grades[name].rows.of, self.grades[name].columns.of)
        behind = [self.scores[of] for of in sides if of in self.scores]
        limited = [score.name for score in behind if score.population is not None]
        return next(iter([*limited, *(score.name for score in behind)]), None)

    def _lists(
        self, path: Path, entry: TargetEntry, adapter: Adapter | None
    ) -> Iterable[TargetList]:
        for name, each in entry.lists.items():
            here = (*path, "lists", name)
            if adapter and each.create and Part.LISTS not in adapter.capabilities.parts:
                message = f"{adapter.title} cannot make lists"
                self.context.report.add((*here, "create"), message, "make it there by hand")
            when = self._result_condition((*here, "when"), each.when)
            if when:
                yield TargetList(
                    name=name, when=when, keep=each.keep, create=each.create, own=each.own
                )

    def _tags(
        self, path: Path, entry: TargetEntry, adapter: Adapter | None
    ) -> Iterable[tuple[str, Expression]]:
        for name, text in entry.tags.items():
            here = (*path, "tags", name)
            if adapter and (reason := adapter.capabilities.refuses_tag(name)):
                self.context.report.add(here, reason, "name another tag")
            when = self._result_condition(here, text)
            if when:
                yield name, when

    def _result_condition(self, path: Path, text: str) -> Expression | None:
        return result_condition(path, text, self.context)

    def _stage(self, path: Path, name: str | None) -> str | None:
        """Return the score whose stage `name` is."""
        if name is None:
            return None
        score = name.removesuffix(STAGE_SUFFIX)
        is_told = f"{score}{STAGE_SUFFIX}" in self.context.names.broken
        if name not in self.context.names.stages and score in self.scores and not is_told:
            message = f"the score {shown(score)} has no stages"
            hint = None
            if self.scores[score].stages:
                message = f"{shown(name)} is a score, not a stage"
                hint = f"did you mean `{name}{STAGE_SUFFIX}`?"
            self.context.report.add(path, message, hint)
        else:
            self.context.known(path, name, self.context.names.stages, "stage")
        return score


def result_condition(path: Path, text: str, context: Context) -> Expression | None:
    """Return a condition over all results and lists; None when it is wrong, which is reported."""
    expression = context.condition(path, text, context.names.results, lists=True)
    for platform, name in sorted(expression.lists) if expression else ():
        adapter = context.platform(path, platform)
        if adapter and Part.MEMBERSHIPS not in adapter.capabilities.parts:
            message = f"{adapter.title} does not tell who is in the list {shown(name)}"
            context.report.add(path, message)
    return expression
