"""What a configuration makes use of on a platform: rights that nothing needs are not missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from connector.domain.ledger import COURIERS
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from connector.config.configuration import Configuration

_ALWAYS = frozenset(
    {Part.CONTACTS, Part.EVENTS, Part.LOOKUP, Part.REMOVALS, Part.IDS, Part.WEBHOOK_PARSER}
)


def parts_used(configuration: Configuration, platform: str) -> frozenset[Part]:
    """Return the parts of its adapter that `configuration` uses on `platform`."""
    return _ALWAYS | frozenset(_used(configuration, platform))


def deeds_used(configuration: Configuration, platform: str) -> frozenset[str]:
    """Return the kinds of action that triggers do on `platform`."""
    return frozenset(
        deed.kind
        for trigger in configuration.model.triggers.values()
        for deed in trigger.deeds
        if deed.destination == platform and deed.kind not in COURIERS
    )


def _used(configuration: Configuration, platform: str) -> Iterator[Part]:
    target = configuration.model.targets.get(platform)
    copied = any(platform in each.sync for each in configuration.attributes.values())
    deeds = deeds_used(configuration, platform)
    if copied or (target and target.attributes):
        yield from (Part.ATTRIBUTE_WRITER, Part.FIELDS)
    if target and target.lists:
        yield from (Part.LIST_WRITER, Part.LISTS)
    if target and target.tags:
        yield Part.TAG_WRITER
    if target and target.stage is not None:
        yield Part.STAGE_WRITER
    if any(of == platform for of, _ in configuration.watched_lists):
        yield Part.MEMBERSHIPS
    if configuration.platform(platform).config.create or "push" in deeds:
        yield Part.CONTACT_CREATOR
    if deeds:
        yield Part.ACTIONS
