"""What the records of the CRM mean as events; pure.

A record says what is true now, and an event needs the instant at which it came true. Where a
property says when, that is it; else the history of another one does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from adapters.hubspot.wire import read_instant
from connector.domain.values import FieldType, Misfit, Value, read_value

if TYPE_CHECKING:
    from datetime import datetime

Properties: TypeAlias = Mapping[str, str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """Something that a record says was done."""

    type: str
    at: str = ""
    """The property that says when."""
    turned: str | None = None
    """The property whose history says when, where no property does: when it first was so."""
    is_done: Callable[[Properties], bool] = lambda _: True


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A type of records."""

    name: str
    """As paths name it."""
    title: str
    created: str
    scope: str
    """The right to read them."""
    deeds: Sequence[Deed]
    fields: Mapping[str, str]
    """Ours: theirs."""
    others: Sequence[str] = field(default=())
    """Further properties that deeds look at."""

    def properties(self) -> Sequence[str]:
        """Return what to ask for of each record."""
        at = [each.at for each in self.deeds if each.at]
        return tuple(dict.fromkeys((*at, self.created, *self.fields.values(), *self.others)))


def _is(name: str, *values: str) -> Callable[[Properties], bool]:
    return lambda properties: (properties.get(name) or "").lower() in values


def _is_refunded(properties: Properties) -> bool:
    refund = _number(properties.get(_REFUND))
    return refund is not None and refund > 0


_REFUND = "hs_refund_amount"
_PRICED = {"amount": "hs_total_price", "currency": "hs_currency_code"}

KINDS: Sequence[Kind] = (
    Kind(
        name="meetings",
        title="meetings",
        scope="crm.objects.contacts.read",
        created="hs_createdate",
        deeds=(
            Deed(type="meeting.booked", at="hs_createdate"),
            Deed(
                type="meeting.held",
                at="hs_meeting_start_time",
                is_done=_is("hs_meeting_outcome", "completed"),
            ),
        ),
        fields={"title": "hs_meeting_title"},
        others=("hs_meeting_outcome",),
    ),
    Kind(
        name="calls",
        title="calls",
        scope="crm.objects.contacts.read",
        created="hs_createdate",
        deeds=(Deed(type="call.logged", at="hs_timestamp"),),
        fields={"title": "hs_call_title"},
    ),
    Kind(
        name="deals",
        title="deals",
        scope="crm.objects.deals.read",
        created="createdate",
        deeds=(
            Deed(type="deal.won", at="closedate", is_done=_is("hs_is_closed_won", "true")),
            Deed(
                type="deal.lost",
                at="closedate",
                is_done=lambda properties: (
                    _is("hs_is_closed", "true")(properties)
                    and not _is("hs_is_closed_won", "true")(properties)
                ),
            ),
        ),
        fields={"title": "dealname", "amount": "amount", "currency": "deal_currency_code"},
        others=("hs_is_closed", "hs_is_closed_won"),
    ),
    Kind(
        name="orders",
        title="orders",
        scope="crm.objects.orders.read",
        created="hs_createdate",
        deeds=(
            Deed(type="order.placed", at="hs_external_created_date"),
            Deed(type="order.refunded", turned=_REFUND, is_done=_is_refunded),
        ),
        fields={"title": "hs_order_name", **_PRICED},
        others=(_REFUND,),
    ),
    Kind(
        name="carts",
        title="carts",
        scope="crm.objects.carts.read",
        created="hs_createdate",
        deeds=(
            Deed(type="cart.item_added", at="hs_external_created_date"),
            Deed(
                type="cart.abandoned",
                turned="hs_external_status",
                is_done=_is("hs_external_status", "abandoned"),
            ),
        ),
        fields={"title": "hs_cart_name", "url": "hs_cart_url", **_PRICED},
        others=("hs_external_status",),
    ),
)


def when(deed: Deed, kind: Kind, properties: Properties, history: object) -> datetime | None:
    """Return when `deed` was done: what its property says, else its history, else the record."""
    if deed.turned is not None:
        return _first(deed, history)
    return _instant(properties.get(deed.at)) or _instant(properties.get(kind.created))


def values_of(deed: Deed, kind: Kind, properties: Properties) -> Mapping[str, Value | None]:
    """Return the fields of the event of a deed."""
    found: dict[str, Value | None] = {
        ours: _number(raw) if ours == "amount" else raw
        for ours, theirs in kind.fields.items()
        if (raw := properties.get(theirs))
    }
    if deed.type == "order.refunded":
        found["amount"] = _number(properties.get(_REFUND))
    return found


def _first(deed: Deed, history: object) -> datetime | None:
    """Return the earliest instant at which a property had a value that makes the deed done."""
    instants = [
        at
        for value, timestamp in _versions(history)
        if deed.turned is not None
        and deed.is_done({deed.turned: value})
        and (at := _instant(timestamp))
    ]
    return min(instants, default=None)


def _versions(history: object) -> Iterator[tuple[str, str]]:
    for each in history if isinstance(history, list) else ():
        if isinstance(each, dict) and isinstance(each.get("timestamp"), str):
            yield str(each.get("value") or ""), each["timestamp"]


def _instant(raw: str | None) -> datetime | None:
    try:
        found = read_instant(raw) if raw else None
    except Misfit:
        return None
    return found  # type: ignore[return-value]  # instants are what it reads


def _number(raw: str | None) -> float | None:
    try:
        found = read_value(raw, FieldType.NUMBER)
    except Misfit:
        return None
    return found if isinstance(found, float) else None
