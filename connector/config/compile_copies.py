"""From `sync` and `create` to what platforms are shown beside the results of scoring."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from connector.config.hints import shown
from connector.scoring.model import Target, TargetCopy

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.config.context import Context
    from connector.domain.attributes import Attribute
    from connector.mapping.document import Document
    from connector.scoring.model import Trigger


def with_copies(
    targets: Mapping[str, Target],
    attributes: Mapping[str, Attribute],
    document: Document,
    context: Context,
) -> dict[str, Target]:
    """Return the targets with what is copied to them and whether contacts are made there.

    A platform to which attributes are copied is a target as well.
    """
    copies = _copies(attributes, context)
    known = dict(targets)
    for platform, found in copies.items():
        target = known.get(platform) or Target(platform=platform)
        known[platform] = replace(target, copies=tuple(found.values()))
    return {
        name: replace(target, creates=_creates(name, document)) for name, target in known.items()
    }


def warn_of_idle_create(
    targets: Mapping[str, Target],
    triggers: Mapping[str, Trigger],
    document: Document,
    context: Context,
) -> None:
    """Warn of `create` where there is nothing for which anybody would be created."""
    deeds = [deed for trigger in triggers.values() for deed in trigger.deeds]
    pushed = {deed.destination for deed in deeds if deed.kind == "push"}
    for name in context.platform_names:
        if _creates(name, document) and name not in targets and name not in pushed:
            message = f"nobody is created: {shown(name)} is neither a target nor in any `sync`"
            context.report.warn(("platforms", name, "create"), message)


def _copies(
    attributes: Mapping[str, Attribute], context: Context
) -> dict[str, dict[str, TargetCopy]]:
    """Return by platform and field what is copied; two attributes for one field are reported."""
    copies: dict[str, dict[str, TargetCopy]] = {}
    for attribute in attributes.values():
        for platform in attribute.sync:
            field = attribute.sources.get(platform)
            if field is None:
                continue
            of_platform = copies.setdefault(platform, {})
            other = of_platform.setdefault(
                field, TargetCopy(field=field, attribute=attribute.name, type=attribute.type)
            )
            if other.attribute != attribute.name:
                message = f"the attribute {shown(other.attribute)} is copied to this field too"
                path = ("attributes", attribute.name, "sync")
                context.report.add(path, message, "copy one of them")
    return copies


def _creates(platform: str, document: Document) -> bool:
    return document.platforms.get(platform, {}).get("create") is True
