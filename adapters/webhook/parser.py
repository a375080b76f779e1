"""The calls of a tool: proved as the configuration says, and read where it says our things are."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from adapters.mapped.expressions import Inapplicable, Json, found
from adapters.mapped.items import ItemReader, Refused
from adapters.webhook.proof import verifier_of
from adapters.webhook.signing import ID
from adapters.webhook.telling import telling_of
from connector.errors import Problem, UnexpectedAnswer
from connector.ports.webhook import DATED, MOST_BYTES, Notification, Telling

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pydantic import SecretStr

    from adapters.webhook.config import WebhookConfig
    from adapters.webhook.mappings import ReceivesConfig
    from connector.domain.contacts import Contact, Membership, Reading, Removal
    from connector.domain.events import Event
    from connector.ports.webhook import WebhookRequest

    Mapping_ = TypeVar("Mapping_")
    Told = TypeVar("Told", Contact, Event, Membership, Removal)

MOST_ITEMS = 10_000
"""Of one call; one that brings more is refused."""
MOST_PROBLEMS = 20
"""Different ones that are told of one call."""
_DIGEST = 16
_LONGEST_KEY = 64
"""Bytes of a secret that a digest takes."""


class WebhookToolParser:
    """Keeps the part `webhook_parser` of the contract."""

    most_bytes = MOST_BYTES
    unavailable_status = 503

    def __init__(
        self,
        *,
        name: str,
        config: WebhookConfig,
        receives: ReceivesConfig,
        secrets: Sequence[SecretStr],
        reading: Reading | None = None,
    ) -> None:
        """Any of `secrets` proves a call: two, while one takes the place of the other."""
        self.name = name
        self._receives = receives
        self._secrets = tuple(secrets)
        first = secrets[0].get_secret_value() if secrets else ""
        self._hash_key = first.encode("utf-8", "surrogatepass")[:_LONGEST_KEY]
        self._reading = reading
        self._verify = verifier_of(config)
        self._has_ids = config.proof == "standard"

    def __repr__(self) -> str:
        return f"WebhookToolParser({self.name!r})"

    def verify(self, request: WebhookRequest) -> None:
        """Raise BadSignature or TooOld unless the call is proved."""
        self._verify(request, self._secrets)

    def delivery_ids(self, request: WebhookRequest) -> Sequence[str]:
        """Return the id of a Standard Webhook, else a key for each item; raises nothing."""
        message_id = request.headers.get(ID, "")
        if self._has_ids and message_id:
            return (message_id,)
        try:
            items = self._items(request)
        except UnexpectedAnswer:
            items = []
        return [self._key(item) for item in items] or [self._digest(request.body)]

    def telling(self, request: WebhookRequest) -> Telling:
        """Return of whom a call tells, and whether it does so with an id or a time; raises nothing.

        Of an event that has neither, it is the event that it tells of.
        """
        if self._has_ids and request.headers.get(ID):
            return DATED
        try:
            items = [each for each in self._items(request) if self._own_key(each) is None]
        except UnexpectedAnswer:
            return DATED
        about: set[str] = set()
        is_dated = True
        for item in items:
            told = telling_of(item, self._receives)
            about |= {self._about(each) for each in told.names}
            if not told.is_dated and (told.happened or not told.names):
                about.add(self._key(item))
            is_dated = is_dated and told.is_dated
        return Telling(about=tuple(sorted(about)), is_dated=is_dated)

    def parse(self, request: WebhookRequest) -> Notification:
        """Return what a call tells; what of it is no such thing is told among its problems."""
        told = _Told()
        for number, item in enumerate(self._items(request), start=1):
            misfits: list[str] = []
            reader = ItemReader(
                item=item,
                received_at=request.received_at,
                reading=self._reading,
                misfits=misfits,
            )
            before = told.size
            told.contacts += _read(reader.contact, self._receives.contacts, misfits)
            told.events += _read(reader.event, self._receives.events, misfits)
            told.memberships += _read(reader.membership, self._receives.lists, misfits)
            told.removals += _read(reader.removal, self._receives.removals, misfits)
            if told.size == before and not misfits:
                misfits += reader.lacks
            told.problems += (f"item {number}: {each}" for each in misfits)
        return Notification(
            contacts=tuple(told.contacts),
            events=tuple(told.events),
            memberships=tuple(told.memberships),
            removals=tuple(told.removals),
            problems=tuple(
                Problem(message=each, path=f"platforms.{self.name}.receives")
                for each in list(dict.fromkeys(told.problems))[:MOST_PROBLEMS]
            ),
        )

    def _items(self, request: WebhookRequest) -> Sequence[Json]:
        """Return the items of a call; raises UnexpectedAnswer when it cannot hold any."""
        try:
            body = json.loads(request.body)
        except (ValueError, RecursionError):
            raise self._unreadable("is no JSON") from None
        if not isinstance(body, (dict, list)) or not body:
            raise self._unreadable("is neither an object nor a list with anything in it")
        try:
            items = found(self._receives.items, body)
        except Inapplicable as error:
            raise self._unreadable(f"does not fit: {error}") from error
        if isinstance(items, list) and len(items) > MOST_ITEMS:
            raise self._unreadable(f"holds more than {MOST_ITEMS:,} items")
        return items if isinstance(items, list) else [] if items is None else [items]

    def _own_key(self, item: Json) -> Json:
        """Return what the configuration says tells an item from all others, None where nothing."""
        if self._receives.key is None:
            return None
        try:
            key = found(self._receives.key, item)
        except Inapplicable:
            return None
        return None if isinstance(key, (dict, list)) else key

    def _about(self, name: str) -> str:
        return self._digest(name.encode("utf-8", "surrogatepass"))

    def _key(self, item: Json) -> str:
        key = self._own_key(item)
        if key is not None:
            # What counts once does so whatever the secret is by then.
            return hashlib.blake2b(_written(["key", key]), digest_size=_DIGEST).hexdigest()
        return self._digest(_written(item))

    def _digest(self, content: bytes) -> str:
        """Return a digest by the secret: who reads the database must not find out by trying."""
        return hashlib.blake2b(content, digest_size=_DIGEST, key=self._hash_key).hexdigest()

    def _unreadable(self, reason: str) -> UnexpectedAnswer:
        text = f"{self.name}: the body of a webhook {reason}"
        return UnexpectedAnswer(text, platform=self.name, operation="parse a webhook")


@dataclass(slots=True)
class _Told:
    contacts: list[Contact] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    memberships: list[Membership] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Return how many things are told."""
        parts = (self.contacts, self.events, self.memberships, self.removals)
        return sum(len(each) for each in parts)


def _read(
    read: Callable[[Mapping_], Told | None], mappings: Iterable[Mapping_], misfits: list[str]
) -> list[Told]:
    """Return what the mappings find in an item; one that does not fit costs itself alone."""
    told: list[Told] = []
    for each in mappings:
        try:
            one = read(each)
        except Refused as error:
            misfits.append(str(error))
            continue
        if one is not None:
            told.append(one)
    return told


def _written(content: Json) -> bytes:
    """Return what is equal for equal values."""
    try:
        return json.dumps(content, sort_keys=True).encode()
    except (ValueError, RecursionError):
        return repr(content).encode("utf-8", "backslashreplace")
