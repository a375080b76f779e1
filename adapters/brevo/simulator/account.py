"""What an account of Brevo holds, and what happens when it changes."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.brevo.simulator.attributes import (
    CLEARED,
    DROPPED,
    Attribute,
    of_a_new_account,
)
from adapters.brevo.simulator.campaigns import Campaigns
from adapters.brevo.simulator.lists import Lists
from adapters.brevo.simulator.mail import Mail
from adapters.brevo.simulator.outbox import Outbox
from adapters.brevo.simulator.payloads import contact_deleted, contact_updated
from adapters.brevo.simulator.people import People, Person, Unleft
from adapters.brevo.simulator.processes import Processes
from adapters.brevo.simulator.records import Records

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

KEY = "xkeysib-simulated"


class BrevoAccount:
    """One account. What is done here by hand has the effects that it has in Brevo."""

    def __init__(self, now: Callable[[], datetime], zone: str = "Europe/Paris") -> None:
        """`zone` is where the account lives: its days begin there, and instants are told so."""
        self.now = now
        self.zone = ZoneInfo(zone)
        self.key = KEY
        self.is_address_blocked = False
        """Whether Brevo takes the caller's network for a stranger's."""
        self.unsubscribes_by_list = False
        """Whether a contact may leave one list and stay subscribed to the others."""
        self.unleft = Unleft.EMPTY
        self.people = People(self)
        self.attributes: dict[str, Attribute] = of_a_new_account()
        self.lists = Lists(self)
        self.processes = Processes()
        self.mail = Mail(self)
        self.campaigns = Campaigns(self)
        self.records = Records()
        self.outbox = Outbox(now)
        self.busy_until: dict[int, datetime] = {}
        """Contacts that are still being processed: writing to them comes too early."""
        self._ids = count(1)
        self.lists.add_folder("Your first folder")

    def told_at(self, at: datetime) -> str:
        """Return an instant as this account writes it."""
        return at.astimezone(self.zone).isoformat(timespec="milliseconds")

    def settle(self) -> None:
        """Finish the processes whose time has come."""
        self.processes.settle(self.now())

    def next_id(self) -> int:
        """Return an id that nothing has yet."""
        return next(self._ids)

    def define(self, *attributes: Attribute) -> None:
        """Add attributes to those that every account has."""
        self.attributes |= {each.name: each for each in attributes}

    def create(self, email: str | None = None, **values: object) -> Person:
        """Make a contact; the values are as an answer gives them."""
        now = self.now()
        person = Person(
            id=self.next_id(), email=email, values=values, created_at=now, modified_at=now
        )
        self.people.add(person)
        return person

    def write(
        self, person: Person, given: Mapping[str, object], *, is_import: bool = False
    ) -> None:
        """Write attributes; what is unknown or has the wrong type is dropped without a word."""
        changes = self._kept(given, is_import=is_import)

        def change() -> None:
            for name, value in changes.items():
                if value is CLEARED:
                    person.values.pop(name, None)
                else:
                    person.values[name] = value

        self.people.change(person, change, self.now())
        if changes:
            self._tell("contactUpdated", contact_updated(self, person, given))

    def readdress(self, person: Person, email: str) -> None:
        """Change an address. It is a new one, so nobody has unsubscribed it."""

        def change() -> None:
            person.email = email
            person.is_email_blocked = False

        self.people.change(person, change, self.now())
        self._tell("contactUpdated", contact_updated(self, person, {"EMAIL": email}))

    def block(self, person: Person, *, email: bool | None = None, sms: bool | None = None) -> None:
        """Put a contact on a blocklist, or take it off."""

        def change() -> None:
            person.is_email_blocked = person.is_email_blocked if email is None else email
            person.is_sms_blocked = person.is_sms_blocked if sms is None else sms

        self.people.change(person, change, self.now())

    def touch(self, person: Person) -> None:
        """Move when a contact was changed, and nothing else, as a dynamic list does."""
        self.people.change(person, lambda: None, self.now())

    def remove(self, person: Person) -> None:
        """Delete a contact."""
        list_ids = sorted(person.list_ids)
        for list_id in list_ids:
            self.lists.by_id[list_id].members.pop(person.id, None)
        self.people.remove(person)
        self._tell("contactDeleted", contact_deleted(self, person, list_ids))

    def merge(self, one: Person, other: Person) -> Person:
        """Merge two contacts; return who is left: the one that was changed last."""
        loser, winner = sorted((one, other), key=lambda each: each.modified_at)
        values, lists = dict(loser.values), sorted(loser.list_ids)
        self.remove(loser)
        self.people.change(winner, lambda: winner.values.update(values | winner.values), self.now())
        for list_id in lists:
            self.lists.put_in(self.lists.by_id[list_id], [winner])
        return winner

    def _tell(self, event: str, payload: Mapping[str, object]) -> None:
        self.outbox.tell("marketing", event, payload)

    def _kept(self, given: Mapping[str, object], *, is_import: bool) -> dict[str, object]:
        """Return what becomes of values: those that are kept, and CLEARED."""
        found = {
            name: self.attributes[name].accepted(value, is_import=is_import)
            for name, value in given.items()
            if name in self.attributes and value is not None
        }
        return {name: value for name, value in found.items() if value is not DROPPED}
