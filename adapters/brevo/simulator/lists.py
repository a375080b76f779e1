"""The lists of an account, and the folders they are in."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from adapters.brevo.simulator.payloads import list_addition

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person


@dataclass(slots=True, kw_only=True, eq=False)
class ContactList:
    """A list of contacts, in a folder."""

    id: int
    name: str
    folder_id: int
    created_at: datetime
    members: dict[int, None] = field(default_factory=dict)
    """Ids of contacts."""


class Lists:
    """All lists and folders. Nothing keeps two of them from having one name."""

    def __init__(self, account: BrevoAccount) -> None:
        self.by_id: dict[int, ContactList] = {}
        self.folders: dict[int, str] = {}
        self._account = account

    def add_folder(self, name: str) -> int:
        """Make a folder; return its id."""
        folder_id = self._account.next_id()
        self.folders[folder_id] = name
        return folder_id

    def add(self, name: str, folder_id: int | None = None) -> ContactList:
        """Make a list, in the first folder where none is named."""
        made = ContactList(
            id=self._account.next_id(),
            name=name,
            folder_id=next(iter(self.folders)) if folder_id is None else folder_id,
            created_at=self._account.now(),
        )
        self.by_id[made.id] = made
        return made

    def remove(self, gone: ContactList) -> None:
        """Delete a list; its contacts stay."""
        self.take_out(gone, [self._account.people.by_id[each] for each in gone.members])
        del self.by_id[gone.id]

    def put_in(self, into: ContactList, people: Iterable[Person]) -> list[Person]:
        """Put contacts in a list; return who was not there.

        Whoever is put in is told as changed, though no attribute is; who had left the list is
        subscribed to it again.
        """
        account = self._account
        added = [each for each in people if each.id not in into.members]
        for person in added:
            into.members[person.id] = None
            person.left_ids.discard(into.id)
            account.people.change(person, partial(person.list_ids.add, into.id), account.now())
            account.outbox.tell(
                "marketing", "listAddition", list_addition(account, person, into.id)
            )
        return added

    def take_out(self, out_of: ContactList, people: Iterable[Person]) -> list[Person]:
        """Take contacts out of a list; return who was there, each told as changed."""
        account = self._account
        removed = [each for each in people if each.id in out_of.members]
        for person in removed:
            del out_of.members[person.id]
            account.people.change(
                person, partial(person.list_ids.discard, out_of.id), account.now()
            )
        return removed
