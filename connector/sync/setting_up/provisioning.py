"""What a platform lacks of the fields and lists that a configuration names; told, and made."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from connector.config.hints import did_you_mean, one_of, shown
from connector.config.places import Report
from connector.domain.values import FieldType
from connector.errors import PlatformError, Problem, Recovery
from connector.ports.platform import RemoteField
from connector.sync.setting_up.wanted import wanted_fields, wanted_lists, wanted_stages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from connector.config.configuration import Configuration
    from connector.ports.platform import Fields, Lists, Platform, RemoteList
    from connector.ports.writing import StageWriter
    from connector.sync.setting_up.wanted import WantedField, WantedList

MENDED = "heatsync check --fix makes it"
ADDED = "heatsync check --fix adds them"
_MOST_OPTIONS = 12
"""Options of a field that a hint names."""
_Trouble: TypeAlias = "tuple[str, str | None]"
"""What is wrong, and what mends it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """What one platform lacks."""

    fields: tuple[RemoteField, ...] = ()
    """Fields that are written to, and can be made."""
    options: tuple[RemoteField, ...] = ()
    """Fields that do not take all that is written to them and can be made to, each with what."""
    lists: tuple[str, ...] = ()
    """Lists that are written to, and can be made."""
    problems: tuple[Problem, ...] = ()
    """What keeps values and members from arriving, whether it can be made or not."""

    def __bool__(self) -> bool:
        """Return whether anything can be made."""
        return bool(self.fields or self.options or self.lists)

    def without(self, other: Lacking) -> Lacking:
        """Return what is missing here and not in `other`; problems are left out."""
        return Lacking(
            fields=tuple(each for each in self.fields if each not in other.fields),
            options=tuple(each for each in self.options if each not in other.options),
            lists=tuple(each for each in self.lists if each not in other.lists),
        )


async def lacking(platform: Platform, configuration: Configuration) -> Lacking:
    """Return what `platform` lacks of what `configuration` reads and writes there.

    Stages are people's to make. A place that is ours alone gets its fields and lists when they are
    written.
    """
    is_ours = configuration.platform(platform.name).adapter.capabilities.is_ours
    report = Report(places=configuration.places)
    of_fields = of_lists = Lacking()
    if platform.fields is not None:
        named = wanted_fields(configuration, platform.name)
        fields = [each for each in named if not (is_ours and each.is_written)]
        of_fields = await _of_fields(platform.name, platform.fields, fields, report)
    if platform.lists is not None and not is_ours:
        lists = wanted_lists(configuration, platform.name)
        of_lists = await _of_lists(platform.name, platform.lists, lists, report)
    if platform.stage_writer is not None:
        await _check_stages(platform.name, platform.stage_writer, configuration, report)
    return Lacking(
        fields=of_fields.fields,
        options=of_fields.options,
        lists=of_lists.lists,
        problems=tuple(report.problems),
    )


async def provide(platform: Platform, missing: Lacking) -> Sequence[Problem]:
    """Make what is missing and can be made; return why something was not.

    What is there already is left as it is. Raises PlatformError when the platform makes nothing.
    """
    steps: list[Callable[[], Awaitable[object]]] = []
    if platform.fields is not None:
        fields = (*missing.fields, *missing.options)
        steps += [partial(platform.fields.create_field, each) for each in fields]
    if platform.lists is not None:
        steps += [partial(platform.lists.create_list, name) for name in missing.lists]
    problems = []
    for step in steps:
        try:
            await step()
        except PlatformError as error:
            if error.recovery is not Recovery.SKIP:
                raise
            problems.append(Problem(message=str(error), path=platform.name))
    return problems


async def _of_fields(
    platform: str, part: Fields, wanted: Sequence[WantedField], report: Report
) -> Lacking:
    if not wanted:
        return Lacking()
    present = {each.name: each for each in await part.fields()}
    absent = [each for each in wanted if each.is_written and each.name not in present]
    never = {each.name: why for each in absent if (why := await part.cannot_make(each.name))}
    for each in wanted:
        if why := never.get(each.name):
            message = f"{platform} has no field {shown(each.name)}, and none can be made: "
            report.add(each.path, message + why.message, why.hint)
        elif trouble := _misfit(platform, each, present):
            report.add(each.path, *trouble)
    return Lacking(
        fields=tuple(
            RemoteField(name=each.name, type=each.type, decimals=each.decimals)
            for each in absent
            if each.name not in never
        ),
        options=tuple(
            RemoteField(name=each.name, type=each.type, options=tuple(odd))
            for each in wanted
            if (found := present.get(each.name))
            and found.may_grow
            and (odd := _odd_values(each, found))
        ),
    )


def _misfit(
    platform: str, wanted: WantedField, present: Mapping[str, RemoteField]
) -> _Trouble | None:
    """Return what keeps a field from being read or written as it is meant to be."""
    found = present.get(wanted.name)
    name = shown(wanted.name)
    if found is None and wanted.is_written:
        return f"{platform} has no field {name}: nothing can be written there", MENDED
    if found is None:
        message = f"{platform} has no field {wanted.name}: the attribute stays empty"
        return message, did_you_mean(wanted.name, present)
    if not wanted.is_written:
        return None
    if not found.is_writable:
        return f"{platform} does not let the field {name} be written", "name another field"
    if found.type not in {wanted.type, FieldType.TEXT}:
        message = f"the field {name} is a {found.type.value}, and a {wanted.type.value} is written"
        return message, f"name another field, or change the type of this one on {platform}"
    return _misfit_of_options(wanted, found) or _misfit_of_decimals(platform, wanted, found)


def _misfit_of_decimals(platform: str, wanted: WantedField, found: RemoteField) -> _Trouble | None:
    if wanted.decimals is None or found.decimals is None or wanted.decimals <= found.decimals:
        return None
    kept = found.decimals or "no"
    message = (
        f"the field {shown(found.name)} keeps {kept} decimals, and {wanted.decimals} are written"
    )
    return message, f"let it keep them on {platform}, or round the score to fewer"


def _misfit_of_options(wanted: WantedField, found: RemoteField) -> _Trouble | None:
    odd = _odd_values(wanted, found)
    if not odd:
        return None
    message = f"the field {shown(found.name)} does not take {', '.join(map(shown, odd))}"
    taken = one_of((found.options or ())[:_MOST_OPTIONS])
    mended = ADDED if found.may_grow else "add the option there"
    return message, f"{taken}; {mended}, or write one of these with `map`"


def _odd_values(wanted: WantedField, found: RemoteField) -> Sequence[str]:
    """Return what may be written to a field that it does not take."""
    if found.options is None or not wanted.is_written:
        return ()
    return [each for each in wanted.values or () if each not in found.options]


async def _check_stages(
    platform: str, part: StageWriter, configuration: Configuration, report: Report
) -> None:
    """Report the stages that contacts are to be in and cannot."""
    wanted = wanted_stages(configuration, platform)
    present = await part.stages() if wanted else None
    if present is None:
        return
    absent = [each for each in wanted if each not in present]
    if not absent:
        return
    what = "stage" if len(absent) == 1 else "stages"
    message = (
        f"{platform} has no {what} {', '.join(map(shown, absent))}: who is to be in one stays "
        "where they are"
    )
    meant = did_you_mean(absent[0], present)
    hint = "make it there by that name, or write the stage to a field, under `attributes`"
    report.add(("targets", platform, "stage"), message, f"{meant} Or {hint}" if meant else hint)


async def _of_lists(
    platform: str, part: Lists, wanted: Sequence[WantedList], report: Report
) -> Lacking:
    if not wanted:
        return Lacking()
    present = {each.name: each for each in await part.lists()}
    for each in wanted:
        if trouble := _trouble(platform, each, present):
            report.add(each.path, *trouble)
    absent = [each for each in wanted if each.is_written and each.name not in present]
    return Lacking(lists=tuple(each.name for each in absent))


def _trouble(
    platform: str, wanted: WantedList, present: Mapping[str, RemoteList]
) -> _Trouble | None:
    """Return what keeps a list from being read or written as it is meant to be."""
    found, name = present.get(wanted.name), shown(wanted.name)
    if found is None and wanted.is_made:
        return None
    if found is None and wanted.is_written:
        hint = f"{MENDED}; so does `create: true`, once somebody belongs in it"
        return f"{platform} has no list {name}", hint
    if found is None:
        message = f"{platform} has no list {name}: nobody is ever in it"
        return message, did_you_mean(wanted.name, present)
    if wanted.is_written and not found.is_writable:
        hint = "name another list, or one that is made by hand"
        return f"{platform} decides itself who is in the list {name}", hint
    return None
