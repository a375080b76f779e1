"""A whole account of HubSpot, with methods to fill it and to look inside."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.hubspot.simulator.associations import Associations
from adapters.hubspot.simulator.catalogue import CONTACTS, KINDS
from adapters.hubspot.simulator.definitions import Definition, default_field_type
from adapters.hubspot.simulator.engagement import Engagement
from adapters.hubspot.simulator.feed import Change, Feed
from adapters.hubspot.simulator.journal import Journal
from adapters.hubspot.simulator.keys import Keys
from adapters.hubspot.simulator.lists import ContactList, Lists
from adapters.hubspot.simulator.objects import Objects
from adapters.hubspot.simulator.records import BY_HAND, Ids, Record
from adapters.hubspot.simulator.times import to_ms
from adapters.hubspot.simulator.webhooks import Webhooks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapters.hubspot.simulator.quirks import Quirks
    from adapters.simulation.windows import Standing

FIRST_ID = 951
"""Low enough that ids grow a digit soon: as text they are out of order then."""
_NAMELESS = 3
"""Writes at each such millisecond do not name their app."""


class Account:
    """Everything one account holds.

    What the methods here do is done by its people, not by callers of its interface.
    """

    portal_id = 62515
    app_id = 1160452
    scopes: set[str] | None = None
    """What a token may do; None: everything."""
    has_single_send = True
    """Whether the account has the add-on for transactional e-mail."""
    phantoms = 0
    """Rows at the head of the present search whose records are gone."""

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        quirks: Quirks,
        tier: str,
        zone: str = "UTC",
        seed: int = 0,
    ) -> None:
        self.now = now
        self.quirks = quirks
        self.tier = tier
        self.zone = ZoneInfo(zone)
        self.keys = Keys(self.now_ms)
        self.feed = Feed()
        self._ids = Ids(FIRST_ID)
        self.objects = {
            kind.name: Objects(
                kind, now_ms=self.now_ms, ids=self._ids, feed=self.feed, quirks=quirks, seed=seed
            )
            for kind in KINDS
        }
        self.contacts = self.objects["contacts"]
        self.lists = Lists(self.contacts.records, self.now_ms, self._tell_membership)
        self.associations = Associations()
        self.engagement = Engagement(self.portal_id, seed)
        self.journal = Journal(self.now_ms, self.portal_id)
        self.webhooks = Webhooks(self, are_unordered=quirks.webhooks_are_unordered, seed=seed)
        self.feed.listeners += [self.journal.take, self.webhooks.take]
        self.daily: Callable[[], Standing] = _no_day
        """Where the requests of the day stand."""

    def now_ms(self) -> int:
        """Return the present in milliseconds."""
        return to_ms(self.now())

    @property
    def source(self) -> str:
        """What the history of a record says of a write through the interface."""
        if self.quirks.sources_are_unreliable and self.now_ms() % _NAMELESS == 0:
            return "API"
        return f"INTEGRATION:{self.app_id}"

    def add(self, kind: str = "contacts", /, *contacts: str, **properties: object) -> str:
        """Make an object, perhaps one of some contacts; return its id."""
        objects = self.objects[kind]
        record = objects.create(objects.checked(properties), BY_HAND)
        for each in contacts:
            type_id = objects.kind.to_contact or 1
            self.associate((kind, record.id), (CONTACTS.name, int(each)), type_id, BY_HAND)
        return str(record.id)

    def associate(
        self, one: tuple[str, int], other: tuple[str, int], type_id: int, source: str
    ) -> None:
        """Note that two objects, each told by its type and id, belong together."""
        self.associations.join(*one, *other, type_id)
        first, second = (self.objects[name].kind for name, _ in (one, other))
        more = {
            "associationType": f"{first.singular.upper()}_TO_{second.singular.upper()}",
            "fromObjectId": one[1],
            "toObjectId": other[1],
            "associationRemoved": False,
            "isPrimaryAssociation": False,
        }
        self.feed.tell(
            Change(
                kind=first,
                action="associationChange",
                record_id=one[1],
                at_ms=self.now_ms(),
                source=source,
                more=more,
            )
        )

    def seed_contacts(
        self,
        number: int,
        *,
        over: timedelta = timedelta(days=365),
        properties: Callable[[int], Mapping[str, str]] | None = None,
    ) -> None:
        """Put in contacts of old, modified evenly over the time before now, and found by searches.

        Each has the address `personN@example.com`, and what `properties` says of it.
        """
        now_ms = self.now_ms()
        span = over // timedelta(milliseconds=1)
        records, index = self.contacts.records, self.contacts.index
        start = self._ids.take(number)
        for each in range(number):
            values = {"email": f"person{each}@example.com"}
            if properties is not None:
                values |= properties(each)
            record = Record(start + each, now_ms - span + span * each // number, values)
            records.add(record)
            index.see(record)

    def set(self, record_id: str, kind: str = "contacts", /, **properties: object) -> None:
        """Write values to an object."""
        objects = self.objects[kind]
        record = self._record(record_id, kind)
        objects.update(record, objects.checked(properties, record), BY_HAND)

    def derive(self, record_id: str, kind: str = "contacts", /, **properties: str | None) -> None:
        """Write values that only HubSpot itself sets, such as `hs_email_optout`."""
        self.objects[kind].update(self._record(record_id, kind), properties, BY_HAND)

    def archive(self, record_id: str, kind: str = "contacts") -> None:
        """Delete an object; it can be restored."""
        self.forget(kind, int(record_id))
        self.objects[kind].archive(self._record(record_id, kind), BY_HAND)

    def restore(self, record_id: str, kind: str = "contacts") -> None:
        """Take back a deletion."""
        self.objects[kind].restore(self._record(record_id, kind, archived=True))

    def erase(self, record_id: str) -> None:
        """Delete a contact for good."""
        self.forget("contacts", int(record_id))
        self.contacts.erase(self._record(record_id), BY_HAND)

    def merge(self, primary_id: str, other_id: str, source: str = BY_HAND) -> str:
        """Merge a contact into another; return the id of the one that is left."""
        primary, other = self._record(primary_id), self._record(other_id)
        winner = self.contacts.merge(primary, other, source)
        for each in {primary.id, other.id} - {winner.id}:
            self.forget("contacts", each, winner.id)
        return str(winner.id)

    def forget(self, kind: str, record_id: int, successor: int | None = None) -> None:
        """Take a record out of lists and pairs; its successor takes its place."""
        self.associations.forget(kind, record_id, successor)
        if kind == CONTACTS.name:
            self.lists.forget(record_id, successor)

    def values(self, record_id: str, kind: str = "contacts") -> Mapping[str, str]:
        """Return the properties that an object has."""
        return self._record(record_id, kind).version.properties

    def ids(self, kind: str = "contacts") -> list[str]:
        """Return the ids of all objects that are not archived."""
        return [str(each) for each in self.objects[kind].records.live]

    def define(self, name: str, value_type: str = "string", kind: str = "contacts") -> None:
        """Make a property of text, numbers or whatever has no options."""
        objects = self.objects[kind]
        objects.define(
            Definition(
                name=name,
                label=name.capitalize(),
                type=value_type,
                field_type=default_field_type(value_type),
                group=f"{objects.kind.singular}information",
                created_ms=self.now_ms(),
                updated_ms=self.now_ms(),
            )
        )

    def settle(self) -> None:
        """Let searches see everything that was written."""
        for each in self.objects.values():
            each.index.settle()

    def add_list(
        self, name: str, processing_type: str = "MANUAL", members: Iterable[str] = ()
    ) -> ContactList:
        """Make a list, perhaps one that fills itself, with members."""
        made = self.lists.create(name, processing_type)
        for each in members:
            self.lists.join(made, int(each))
        return made

    def _record(self, record_id: str, kind: str = "contacts", *, archived: bool = False) -> Record:
        found = self.objects[kind].records.get(record_id, archived=archived)
        if found is None:
            raise KeyError(record_id)
        return found

    def _tell_membership(self, members_of: ContactList, record_id: int, joined: bool) -> None:  # noqa: FBT001
        self.feed.tell(
            Change(
                kind=CONTACTS,
                action="listMembership",
                record_id=record_id,
                at_ms=self.now_ms(),
                more={"listId": members_of.id, "isMember": joined},
            )
        )


def _no_day() -> Standing:
    raise RuntimeError("the account has no front door")
