"""What a stream yields, item by item: for whoever writes an entry. Nothing is written anywhere."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, get_args

from adapters.mapped.expressions import Inapplicable, found
from adapters.mapped.items import Refused
from adapters.rest.language.streams import (
    ContactStreamConfig,
    EventStreamConfig,
    ListStreamConfig,
    RemovalStreamConfig,
)
from adapters.rest.paging import Walk
from adapters.rest.related import with_related
from adapters.rest.rows import Rows
from connector.domain.instants import iso
from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.mapped.expressions import Json
    from adapters.rest.account import Account
    from adapters.rest.config import RestConfig
    from adapters.rest.language.streams import StreamConfig
    from connector.domain.contacts import Contact, Removal
    from connector.domain.events import Event

StreamName = Literal["contacts", "events", "removals", "lists"]
STREAM_NAMES: Sequence[StreamName] = get_args(StreamName)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """An item, and what it tells."""

    item: Json
    told: Sequence[Mapping[str, Json]]
    """In our words, as JSON."""
    misfits: Sequence[str]
    """What did not fit, in words."""


def streams_of(config: RestConfig, name: StreamName) -> Sequence[StreamConfig]:
    """Return what an entry says about streams of a name; none where it says nothing."""
    one = {"contacts": config.contacts, "removals": config.removals, "lists": config.lists}
    found_one = one.get(name)
    return list(config.events) if name == "events" else [found_one] if found_one else []


async def tried(
    account: Account, config: RestConfig, name: StreamName, limit: int
) -> Sequence[Tried]:
    """Return what the first items of a stream tell, asked of the account; raises PlatformError."""
    result: list[Tried] = []
    for stream in streams_of(config, name):
        walk = Walk(
            account=account, operation=f"read {name}", stream=stream, context={"since": None}
        )
        async with aclosing(walk.pages()) as pages:
            async for stretch in pages:
                left = stretch.items[: limit - len(result)]
                result += mapped(left, stream, account.clock.now())
                if len(result) >= limit:
                    return result
    return result


def saved(
    body: Json, config: RestConfig, name: StreamName, at: datetime, *, platform: str
) -> Sequence[Tried]:
    """Return what the items of an answer that was saved tell; raises UnexpectedAnswer.

    Of several streams each looks for its items in it.
    """
    result: list[Tried] = []
    for stream in streams_of(config, name):
        try:
            items = found(stream.items, body)
            items = with_related(stream.related, body, items) if isinstance(items, list) else None
        except Inapplicable:
            items = None
        if not isinstance(items, list):
            text = f"{platform}: there is no list where `{stream.items}` should be"
            raise UnexpectedAnswer(text, platform=platform, operation=f"read {name}")
        result += mapped(items, stream, at)
    return result


def mapped(items: Sequence[Json], stream: StreamConfig, at: datetime) -> Sequence[Tried]:
    """Return what items of a stream tell."""
    rows = Rows(received_at=at, path="", is_alone=True)
    return [_tried(rows, item, stream) for item in items]


def _tried(rows: Rows, item: Json, stream: StreamConfig) -> Tried:
    told: list[Mapping[str, Json]] = []
    misfits: list[str] = []
    match stream:
        case ContactStreamConfig():
            contacts, problems = rows.contacts([item], stream.record)
            told = [dict(_contact(each)) for each in contacts]
        case EventStreamConfig():
            events, problems = rows.events([item], stream.record)
            told = [dict(_event(each)) for each in events]
        case RemovalStreamConfig():
            removals, problems = rows.removals([item], stream.record)
            told = [dict(_removal(each)) for each in removals]
        case ListStreamConfig():
            problems = []
            told, misfits = _list(rows, item, stream)
        case _:
            raise TypeError(stream)
    return Tried(item=item, told=told, misfits=[*misfits, *(each.message for each in problems)])


def _list(
    rows: Rows, item: Json, stream: ListStreamConfig
) -> tuple[list[Mapping[str, Json]], list[str]]:
    try:
        (remote_id,) = rows.names([item], stream.record.id, "id")
        (name,) = rows.names([item], stream.record.name, "name")
    except Refused as error:
        return [], [str(error)]
    return [{"id": remote_id, "name": name}], []


def _contact(contact: Contact) -> Iterator[tuple[str, Json]]:
    yield "id", contact.remote_id
    yield "emails", list(contact.emails)
    for name in ("created_at", "modified_at"):
        yield name, _plain(getattr(contact, name))
    is_told = contact.tells is None or "opted_out" in contact.tells
    yield "opted_out", contact.opted_out if is_told else None
    yield "attributes", {name: _plain(each) for name, each in contact.attributes.items()}


def _event(event: Event) -> Iterator[tuple[str, Json]]:
    yield "id", event.id
    yield "type", event.type
    yield "contact", event.subject
    yield "occurred_at", iso(event.occurred_at)
    yield "fields", {name: _plain(each) for name, each in event.fields.items()}


def _removal(removal: Removal) -> Iterator[tuple[str, Json]]:
    yield "contact", removal.remote_id
    yield "merged_into", removal.merged_into
    yield "erased", removal.erased


def _plain(value: object) -> Json:
    return iso(value) if isinstance(value, datetime) else value
