"""The contract that every adapter keeps: a platform, spoken to in our words.

A platform offers parts. What it lacks altogether is None, so that the type checker makes every
caller ask; what varies in degree is a capability. Reading hands out pages whose cursor resumes
after them; writing answers item by item. Every write is safe to repeat, since an answer may be
lost after the write was done. Every method may be called while other calls of it are under way, and
each call gets its own result. An adapter keeps no state but its connection: cursors, retries and
schedules belong to the core.

All methods may raise PlatformError (see `connector.errors`); what goes wrong with a single item
is in its Outcome instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Protocol

from connector.domain.values import FieldType

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence

    from connector.domain.contacts import Contact, Membership, Reading, Removal
    from connector.domain.events import Event
    from connector.domain.pages import Cursor, Page
    from connector.domain.values import Written
    from connector.errors import Problem
    from connector.ports.webhook import WebhookParser
    from connector.ports.writing import (
        Actions,
        AttributeWriter,
        ContactCreator,
        Eraser,
        ListWriter,
        StageWriter,
        TagWriter,
    )


class Part(Enum):
    """Something a platform may offer or not; the value is its name on `Platform`."""

    CONTACTS = "contacts"
    EVENTS = "events"
    LOOKUP = "lookup"
    MEMBERSHIPS = "memberships"
    REMOVALS = "removals"
    IDS = "ids"
    FIELDS = "fields"
    LISTS = "lists"
    WEBHOOKS = "webhooks"
    ATTRIBUTE_WRITER = "attribute_writer"
    CONTACT_CREATOR = "contact_creator"
    LIST_WRITER = "list_writer"
    TAG_WRITER = "tag_writer"
    STAGE_WRITER = "stage_writer"
    ACTIONS = "actions"
    ERASER = "eraser"
    WEBHOOK_PARSER = "webhook_parser"


def _none_is(_: str) -> bool:
    return False


def _all_of(_: str) -> None:
    return None


def _nothing_does(_: Written) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What every platform of one adapter can do. The default is that it cannot."""

    parts: frozenset[Part] = frozenset()
    event_types: frozenset[str] | None = frozenset()
    """The canonical types it can send; None: any, so nothing can be ruled out."""
    action_kinds: frozenset[str] = frozenset()
    """Which actions of triggers it performs: email, campaign, push, notify, task, note."""
    writable_types: frozenset[FieldType] = frozenset()
    """The types of field a value can be written to."""
    is_fixed: Callable[[str], bool] = _none_is
    """Returns whether a field says who a contact is or what they consented to: never written."""
    decimals_of: Callable[[str], int | None] = _all_of
    """Returns how many decimals a field keeps, where its name tells that; None: it does not.

    Numbers that are written there are rounded before.
    """
    refuses_tag: Callable[[str], str | None] = _all_of
    """Returns why a tag cannot be set, for people; None: it can."""
    guarded_fields: frozenset[str] = frozenset()
    """Fields that are moved back only where what we wrote still stands: it is remembered."""
    attribute_batch: int = 1
    """The most contacts that one attribute write takes."""
    list_batch: int = 1
    """The most contacts that one list write takes."""
    action_batch: int = 1
    """The most actions that one request takes; after a crash as many may be done again."""
    in_flight: int = 1
    """How many writes of one push may be under way at once; another push may run beside it."""
    calls_of: Callable[[str, int], int] | None = None
    """How many requests so many changes of a kind take at least; None: as many as batches.

    Kinds are attribute, alone, apart, contact, list, list_removal, tag and stage.
    """
    calls_in: Callable[[str, int, str], int] | None = None
    """How many of these requests count in the limit of a name.

    None: all of them, in each limit that counts writes.
    """
    goes_alone: Callable[[Written], bool] = _nothing_does
    """Returns whether a value has its contact's attributes written by themselves, in no batch."""
    is_apart: Callable[[str], bool] = _none_is
    """Returns whether the values of a field are written apart: in a request of its own each."""
    walk_every: timedelta = timedelta()
    """How often all ids are walked for those that are gone; zero: whenever contacts changed."""
    is_ours: bool = False
    """Whether what we write there is ours alone, as in a folder of files.

    No member of a list is adopted then, the addresses beside our values are kept up to date, and
    what we wrote of a record that is not written to any more is taken out.
    """
    is_sink: bool = False
    """Whether nobody has a record there: everybody is written to, under our own id.

    What is written there is ours alone as well.
    """
    retries: tuple[timedelta, ...] = ()
    """How long after each failed attempt the next one is made; after the last it is given up.

    None at all: whatever failed is tried again by every later run.
    """


class ContactSource(Protocol):
    """Contacts that were created or changed."""

    def contacts(self, reading: Reading, since: Cursor | None) -> AsyncIterator[Page[Contact]]:
        """Yield pages of contacts changed after `since`, all of them when it is None."""
        ...


class EventSource(Protocol):
    """The past of a platform that keeps one."""

    def events(self, since: Cursor | None) -> AsyncIterator[Page[Event]]:
        """Yield pages of events that became known after `since`, all when it is None."""
        ...


class ContactLookup(Protocol):
    """Contacts by their id."""

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        """Return those of the contacts that exist, in any order.

        It is believed: who is not among them, and in no walk of ids either, is taken for gone.
        Where calls of the platform name people by their addresses, one may stand for an id.
        """
        ...


class MembershipSource(Protocol):
    """Who is in which list."""

    def memberships(
        self, list_names: frozenset[str], since: Cursor | None
    ) -> AsyncIterator[Page[Membership]]:
        """Yield pages of memberships of the named lists changed after `since`.

        Whoever came and went between two readings need not be told, where the list is told whole.
        """
        ...


class RemovalSource(Protocol):
    """Deletions and merges that the platform tells about."""

    def removals(self, since: Cursor | None) -> AsyncIterator[Page[Removal]]:
        """Yield pages of removals that became known after `since`."""
        ...


class IdWalk(Protocol):
    """Every record there is, by id: what is missing from a whole walk is gone.

    Where there is a lookup too, it is asked before that is believed.
    """

    def ids(self, since: Cursor | None = None) -> AsyncIterator[Page[str]]:
        """Yield pages of the ids of all live records, those behind `since` when it is given.

        Ends only when the walk is complete. An id may come twice.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteField:
    """A field of a platform's contacts."""

    name: str
    type: FieldType
    is_writable: bool = True
    options: tuple[str, ...] | None = None
    """The values it takes, when it takes only some."""
    may_grow: bool = False
    """Whether it can be made to take others."""
    decimals: int | None = None
    """Of a number: how many it keeps; None: all, or nobody has said."""


class Fields(Protocol):
    """The fields of a platform's contacts."""

    async def fields(self) -> Sequence[RemoteField]:
        """Return all fields."""
        ...

    async def cannot_make(self, name: str) -> Problem | None:
        """Return why no field can be made under this name, with a hint what to do; None: it can.

        Nothing is written.
        """
        ...

    async def create_field(self, wanted: RemoteField) -> None:
        """Create a field; an equal one that exists is fine.

        One that exists and `may_grow` takes the options of `wanted` as well from then on.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteList:
    """A list of a platform."""

    name: str
    remote_id: str
    is_writable: bool = True
    size: int | None = None


class Lists(Protocol):
    """The lists of a platform."""

    async def lists(self) -> Sequence[RemoteList]:
        """Return all lists."""
        ...

    async def create_list(self, name: str) -> RemoteList:
        """Return the list `name`, made if it was absent."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteWebhook:
    """A webhook that a platform is set to call."""

    remote_id: str
    url: str
    events: tuple[str, ...] = ()


class Webhooks(Protocol):
    """The webhooks of a platform, where it lets us manage them."""

    async def webhooks(self) -> Sequence[RemoteWebhook]:
        """Return all webhooks."""
        ...

    async def register(self, url: str) -> Sequence[RemoteWebhook]:
        """Make the platform call `url` for all we can use; twice is as once."""
        ...

    async def remove(self, remote_id: str) -> None:
        """Remove a webhook; one that is gone is fine."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContact:
    """A person to be created on a platform."""

    email: str = field(repr=False)
    attributes: Mapping[str, object] = field(default_factory=dict, repr=False)


class Platform(Protocol):
    """One account of a platform."""

    @property
    def name(self) -> str:
        """Return the name the configuration gives it."""
        ...

    @property
    def location(self) -> str | None:
        """Return where a person finds what we write: a folder or an address; None if nowhere."""
        ...

    @property
    def contacts(self) -> ContactSource | None: ...
    @property
    def events(self) -> EventSource | None: ...
    @property
    def lookup(self) -> ContactLookup | None: ...
    @property
    def memberships(self) -> MembershipSource | None: ...
    @property
    def removals(self) -> RemovalSource | None: ...
    @property
    def ids(self) -> IdWalk | None: ...
    @property
    def fields(self) -> Fields | None: ...
    @property
    def lists(self) -> Lists | None: ...
    @property
    def webhooks(self) -> Webhooks | None: ...
    @property
    def attribute_writer(self) -> AttributeWriter | None: ...
    @property
    def contact_creator(self) -> ContactCreator | None: ...
    @property
    def list_writer(self) -> ListWriter | None: ...
    @property
    def tag_writer(self) -> TagWriter | None: ...
    @property
    def stage_writer(self) -> StageWriter | None: ...
    @property
    def actions(self) -> Actions | None: ...
    @property
    def eraser(self) -> Eraser | None: ...
    @property
    def webhook_parser(self) -> WebhookParser | None: ...

    async def check(self) -> Sequence[Problem]:
        """Return what keeps this account from working, in plain words; nothing is written.

        What is only worth a look is marked as advice.
        Raises PlatformError when the account cannot be asked at all.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections and files."""
        ...


class NoParts:
    """A platform without any part: the base on which an adapter declares what it has."""

    location: str | None = None
    contacts: ContactSource | None = None
    events: EventSource | None = None
    lookup: ContactLookup | None = None
    memberships: MembershipSource | None = None
    removals: RemovalSource | None = None
    ids: IdWalk | None = None
    fields: Fields | None = None
    lists: Lists | None = None
    webhooks: Webhooks | None = None
    attribute_writer: AttributeWriter | None = None
    contact_creator: ContactCreator | None = None
    list_writer: ListWriter | None = None
    tag_writer: TagWriter | None = None
    stage_writer: StageWriter | None = None
    actions: Actions | None = None
    eraser: Eraser | None = None
    webhook_parser: WebhookParser | None = None
