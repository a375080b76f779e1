"""Of whom an item says something, and whether anything in it says which time it is of.

This is asked while the caller waits, so no more is looked at than that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.mapped.expressions import Inapplicable, Json, found, holds
from adapters.mapped.items import address_or
from connector.domain.instants import BadInstant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.mapped.mappings import ContactMapping, EventMapping
    from adapters.webhook.mappings import ReceivesConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTelling:
    """What is to be known of an item to tell it from a repeat."""

    names: frozenset[str]
    """Of whom it says how they are, by id or address."""
    is_dated: bool
    """Whether an id or an instant in it says which of all equal things happened."""
    happened: bool
    """Whether it is of an event that nothing in it tells from an equal one."""


def telling_of(item: Json, receives: ReceivesConfig) -> ItemTelling:
    """Return what is to be known of an item; raises nothing."""
    contacts = [each for each in receives.contacts if _applies(each.when, item)]
    events = [each for each in receives.events if _applies(each.when, item)]
    names = {
        *(_identity(each, item) for each in contacts),
        *(_name(each.contact, item) for each in receives.lists if _applies(each.when, item)),
        *(_name(each.contact, item) for each in receives.removals if _applies(each.when, item)),
    }
    is_dated = any(_instant(each.modified_at, item) for each in contacts)
    return ItemTelling(
        names=frozenset(each for each in names if each is not None),
        is_dated=is_dated or any(_is_one(each, item) for each in events),
        happened=bool(events),
    )


def undated_events(receives: ReceivesConfig) -> Iterator[int]:
    """Yield the places of the mappings of events of which an item tells neither id nor instant."""
    for place, mapping in enumerate(receives.events):
        if mapping.occurred_at is None and mapping.id is None:
            yield place


def _applies(when: str | None, item: Json) -> bool:
    try:
        return holds(when, item)
    except Inapplicable:
        return False


def _identity(mapping: ContactMapping, item: Json) -> str | None:
    return _name(mapping.id if mapping.id is not None else mapping.email, item)


def _is_one(mapping: EventMapping, item: Json) -> bool:
    return _name(mapping.id, item) is not None or _instant(mapping.occurred_at, item)


def _name(expression: str | None, item: Json) -> str | None:
    raw = _found(expression, item)
    if isinstance(raw, bool) or not isinstance(raw, (str, int)):
        return None
    # As many digits as no id has could not even be written down.
    text = raw.strip() if isinstance(raw, str) else str(raw) if abs(raw) < 10**18 else ""
    return address_or(text) if text else None


def _instant(expression: str | None, item: Json) -> bool:
    """Return whether the item tells that instant."""
    try:
        return parse_instant(_found(expression, item)) is not None
    except BadInstant:
        return False


def _found(expression: str | None, item: Json) -> Json:
    if expression is None:
        return None
    try:
        return found(expression, item)
    except Inapplicable:
        return None
