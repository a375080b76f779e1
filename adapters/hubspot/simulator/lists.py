"""Lists of contacts, and who is in them since when."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.refusals import Refusal, invalid, not_found
from adapters.hubspot.simulator.times import DAY, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from adapters.hubspot.simulator.records import Records

PROCESSING_TYPES = ("MANUAL", "SNAPSHOT", "DYNAMIC")
_RESTORABLE = 90 * DAY
_LEGACY = 5000
"""The ids of the old lists API, which is gone, counted from here."""


@dataclass(slots=True, kw_only=True)
class ContactList:
    """A list."""

    id: str
    name: str
    processing_type: str
    object_type_id: str
    created_ms: int
    updated_ms: int
    version: int = 1
    deleted_ms: int | None = None
    added_ms: int | None = None
    """When a record was last put in."""
    removed_ms: int | None = None
    """When a record was last taken out."""
    members: dict[int, int] = field(default_factory=dict)
    """When each record joined, by its id; in that order."""
    ids: list[int] = field(default_factory=list)
    """The members, ascending."""

    @property
    def legacy_id(self) -> str:
        """The id that the old lists API had for it."""
        return str(_LEGACY + int(self.id))

    def as_json(self) -> dict[str, Any]:
        """Return it as HubSpot tells it."""
        content: dict[str, Any] = {
            "listId": self.id,
            "listVersion": self.version,
            "name": self.name,
            "objectTypeId": self.object_type_id,
            "processingType": self.processing_type,
            "processingStatus": "COMPLETE",
            "size": len(self.members),
            "createdAt": iso(self.created_ms),
            "updatedAt": iso(self.updated_ms),
        }
        if self.deleted_ms is not None:
            content["deletedAt"] = iso(self.deleted_ms)
        return content

    def extras(self) -> Mapping[str, str | None]:
        """Return the properties that a search for lists gives when they are asked for."""
        return {
            "hs_list_size": str(len(self.members)),
            "hs_last_record_added_at": _text(self.added_ms),
            "hs_last_record_removed_at": _text(self.removed_ms),
        }


def _text(ms: int | None) -> str | None:
    return None if ms is None else str(ms)


class Lists:
    """All lists of the account."""

    def __init__(
        self,
        contacts: Records,
        now_ms: Callable[[], int],
        tell: Callable[[ContactList, int, bool], None],
    ) -> None:
        """`tell` is called with each record that joins (True) or leaves."""
        self._contacts = contacts
        self._now_ms = now_ms
        self._tell = tell
        self._by_id: dict[str, ContactList] = {}
        self._numbers = count(1)

    def __iter__(self) -> Iterator[ContactList]:
        return (each for each in self._by_id.values() if each.deleted_ms is None)

    def named(self, name: str) -> ContactList | None:
        """Return the list of that name, whatever the case of its letters."""
        return next((each for each in self if each.name.lower() == name.lower()), None)

    def get(self, list_id: str) -> ContactList:
        """Return a list, or raise Refusal."""
        found = self._by_id.get(list_id)
        if found is None or found.deleted_ms is not None:
            raise not_found(f"List does not exist with ID {list_id}.")
        return found

    def create(
        self, name: str, processing_type: str = "MANUAL", object_type_id: str = "0-1"
    ) -> ContactList:
        """Make a list; raises Refusal when there is one of that name."""
        if processing_type not in PROCESSING_TYPES:
            raise invalid(f"Unknown processing type: {processing_type}")
        if not name:
            raise invalid("A list needs a name")
        if self.named(name):
            message = f"A list already exists with the name {name}"
            raise invalid(message, subCategory="ILS.DUPLICATE_LIST_NAMES")
        now_ms = self._now_ms()
        made = ContactList(
            id=str(next(self._numbers)),
            name=name,
            processing_type=processing_type,
            object_type_id=object_type_id,
            created_ms=now_ms,
            updated_ms=now_ms,
        )
        self._by_id[made.id] = made
        return made

    def delete(self, list_id: str) -> None:
        """Delete a list; it can be restored for 90 days."""
        self.get(list_id).deleted_ms = self._now_ms()

    def restore(self, list_id: str) -> None:
        """Take back a deletion."""
        found = self._by_id.get(list_id)
        if found is None or self._now_ms() - (found.deleted_ms or self._now_ms()) > _RESTORABLE:
            raise not_found(f"List does not exist with ID {list_id}.")
        found.deleted_ms = None

    def change(
        self, list_id: str, add: Sequence[str] = (), remove: Sequence[str] = ()
    ) -> Mapping[str, list[str]]:
        """Put records in a list and take others out; return what became of each.

        Whoever is in already, or was never in, is passed over without a word. Raises Refusal for a
        list that fills itself.
        """
        found = self.get(list_id)
        if found.processing_type == "DYNAMIC":
            message = f"List {list_id} has processing type DYNAMIC and cannot be changed by hand."
            raise Refusal(400, "VALIDATION_ERROR", message, subCategory="ILS.INVALID_PROCESSING")
        asked = dict.fromkeys((*add, *remove))
        known = {each for each in asked if self._contacts.get(each) is not None}
        added = [each for each in add if each in known and self.join(found, int(each))]
        removed = [each for each in remove if each in known and self.leave(found, int(each))]
        # The misspelling of the first name is HubSpot's.
        return {
            "recordsIdsAdded": added,
            "recordIdsRemoved": removed,
            "recordIdsMissing": [each for each in asked if each not in known],
        }

    def join(self, members_of: ContactList, record_id: int) -> bool:
        """Put a record in a list of any type; return whether it was not there."""
        if record_id in members_of.members:
            return False
        members_of.updated_ms = members_of.added_ms = self._now_ms()
        members_of.members[record_id] = members_of.added_ms
        insort(members_of.ids, record_id)
        members_of.version += 1
        self._tell(members_of, record_id, True)
        return True

    def leave(self, members_of: ContactList, record_id: int) -> bool:
        """Take a record out of a list of any type; return whether it was there."""
        if members_of.members.pop(record_id, None) is None:
            return False
        del members_of.ids[bisect_left(members_of.ids, record_id)]
        members_of.updated_ms = members_of.removed_ms = self._now_ms()
        members_of.version += 1
        self._tell(members_of, record_id, False)
        return True

    def forget(self, record_id: int, successor: int | None = None) -> None:
        """Take a record out of all lists; the one it was merged into takes its place."""
        for each in self:
            if self.leave(each, record_id) and successor is not None:
                self.join(each, successor)
