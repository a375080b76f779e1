"""From how attributes are written to what the program is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.config.hints import did_you_mean, one_of, shown
from connector.domain.attributes import Attribute
from connector.domain.values import FieldType
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.context import Context
    from connector.config.places import Path
    from connector.mapping.sources import AttributeEntry

_KEYS = ("type", "prefer", "sync")


def compile_attributes(
    entries: Mapping[str, AttributeEntry], context: Context
) -> dict[str, Attribute]:
    """Return the attributes by name; what is wrong with them is reported."""
    attributes = {name: _attribute(name, entry, context) for name, entry in entries.items()}
    _check_types_agree(attributes, context)
    return attributes


def _attribute(name: str, entry: AttributeEntry, context: Context) -> Attribute:
    path: Path = ("attributes", name)
    sources = dict(entry.__pydantic_extra__ or {})
    for platform in sources:
        _check_platform((*path, platform), platform, context)
    if not sources:
        context.report.warn(path, "no platform has this attribute, so it never has a value")
    attribute = Attribute(
        name=name,
        type=FieldType(entry.type),
        sources=sources,
        prefer=entry.prefer,
        sync=tuple(sorted(set(entry.sync))),
    )
    if entry.prefer is not None:
        _check_has((*path, "prefer"), entry.prefer, attribute, context)
    for index, platform in enumerate(entry.sync):
        _check_sync((*path, "sync", index), platform, attribute, context)
    return attribute


def _check_platform(path: Path, name: str, context: Context) -> None:
    if name in context.platform_names:
        return
    if name == "create":
        message = "`create` stands under a platform, not here"
        context.report.add(path, message, "write `create: true` in the platform's entry")
        return
    choices = (*context.platform_names, *_KEYS)
    hint = did_you_mean(name, choices) or one_of(context.platform_names)
    context.report.add(path, f"there is no platform {shown(name)}", hint)


def _check_has(path: Path, platform: str, attribute: Attribute, context: Context) -> None:
    if platform in attribute.sources:
        return
    if platform in context.platform_names:
        message = f"the platform {shown(platform)} has no name for this attribute"
        context.report.add(path, message, f"add `{platform}: <its field>`")
    else:
        context.known(path, platform, attribute.sources, "platform of this attribute")


def _check_sync(path: Path, platform: str, attribute: Attribute, context: Context) -> None:
    _check_has(path, platform, attribute, context)
    if attribute.type is FieldType.EMAIL:
        context.report.add(path, "heatsync never changes an e-mail address", "remove `sync`")
        return
    adapter = context.adapters.get(platform)
    if adapter is None:
        return
    can = adapter.capabilities
    if Part.ATTRIBUTE_WRITER not in can.parts:
        message = f"{adapter.title} cannot be written to"
        context.report.add(path, message, "leave it out of `sync`")
    elif can.is_fixed(attribute.sources.get(platform, "")):
        message = f"{adapter.title} does not let {shown(attribute.sources[platform])} be written"
        context.report.add(path, message, "leave it out of `sync`")
    elif attribute.type not in can.writable_types:
        message = f"{adapter.title} takes no {attribute.type.value} values"
        context.report.add(path, message, "leave it out of `sync`")


def _check_types_agree(attributes: Mapping[str, Attribute], context: Context) -> None:
    """Report a field of a platform that is read as two different types."""
    readers: dict[tuple[str, str], Attribute] = {}
    for attribute in attributes.values():
        for platform, theirs in attribute.sources.items():
            first = readers.setdefault((platform, theirs), attribute)
            if first.type is not attribute.type:
                context.report.add(
                    ("attributes", attribute.name, platform),
                    f"this field is also the attribute {shown(first.name)}, of another type",
                    f"make both {first.type.value}",
                )
