"""A whole instance of Mautic, with methods to fill it and to look inside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import payloads, saving
from adapters.mautic.simulator.contacts import Contact, Contacts
from adapters.mautic.simulator.engagement import Engagement
from adapters.mautic.simulator.fields import Field, Fields
from adapters.mautic.simulator.hooks import TRIGGERS, Hooks
from adapters.mautic.simulator.segments import Segments
from adapters.mautic.simulator.tables import Tables
from adapters.mautic.simulator.users import Keys
from adapters.mautic.simulator.values import Value, column_text, parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from adapters.mautic.simulator.quirks import Quirks
    from adapters.mautic.simulator.releases import Release
    from adapters.mautic.simulator.tables import Row
    from adapters.mautic.simulator.users import User

KINDS = (
    "stages", "tags", "notes", "campaigns", "emails", "forms", "assets", "pages", "pointGroups",
)  # fmt: skip
"""What is kept beside contacts, by the name that answers have for it."""
CONTACTABLE, UNSUBSCRIBED = 0, 1
"""Reasons of do-not-contact, and that there is none."""


class Account:
    """Everything that one instance holds.

    What the methods here do is done by its people, or by contacts, not by callers of its API.
    """

    is_api_enabled = True
    is_basic_enabled = True
    batch_limit = 200
    page_limit = 30
    zone: tzinfo = UTC
    """Of its configuration: the database keeps UTC whatever it is."""

    def __init__(
        self, *, now: Callable[[], datetime], release: Release, quirks: Quirks, url: str
    ) -> None:
        self.now = now
        self.release = release
        self.quirks = quirks
        self.url = url
        self.keys = Keys(now)
        self.fields = Fields(release.letters)
        self.contacts = Contacts()
        self.tables = Tables()
        self.entities: dict[str, dict[int, dict[str, Any]]] = {kind: {} for kind in KINDS}
        self.stages = self.entities["stages"]
        self.segments = Segments(self)
        self.hooks = Hooks(self)
        self.engagement = Engagement(self)
        self._ids = {kind: count(1) for kind in (*KINDS, "hooks")}

    @property
    def merges_on_edit(self) -> bool:
        """Return whether an edit that names another's unique value merges the two."""
        return self.release.merges_on_edit or self.quirks.edits_merge

    def next_id(self, kind: str) -> int:
        """Return the id of the next thing of a kind."""
        return next(self._ids[kind])

    def add_contact(
        self, email: str | None = None, /, *, by: User | None = None, **values: object
    ) -> Contact:
        """Make a contact with values by alias; without any it is an anonymous visitor."""
        made = self.contacts.fresh(self.now())
        given = {"email": email, **values} if email else values
        made.points = int(str(given.pop("points", 0)))
        for alias, value in given.items():
            made.values[alias] = parsed(self.fields.by_alias[alias], value)
        saving.save(self, made, {"fields": {alias: [None, given[alias]] for alias in given}}, by)
        return made

    def seed_contacts(
        self,
        number: int,
        *,
        over: timedelta = timedelta(days=365),
        values: Callable[[int], Mapping[str, Value]] | None = None,
    ) -> None:
        """Put in contacts of old that nobody was told of, added evenly over the time before now.

        Each has the address `personN@example.com`, and what `values` says of it: numbers as floats.
        """
        now = self.now()
        for each in range(number):
            made = self.contacts.fresh(now - over + over * each / number)
            made.identified_at = made.added_at
            if self.release.dates_creation_as_modification:
                made.modified_at = made.added_at
            made.values = {"email": f"person{each}@example.com"}
            made.values |= values(each) if values is not None else {}
            self.contacts.add(made)
            self.contacts.reindex(made)

    def set(self, contact: Contact, /, *, by: User | None = None, **values: object) -> None:
        """Write values to a contact; None empties a field."""
        changes: dict[str, Any] = {}
        for alias, value in values.items():
            old, new = self.raw_value_of(contact, alias), parsed(self.fields.by_alias[alias], value)
            if new == old:
                continue
            changes.setdefault("fields", {})[alias] = [old, new]
            if alias == "points":
                changes["points"] = [contact.points, int(new or 0)]
                contact.points = int(new or 0)
            else:
                self.contacts.put(contact, alias, new)
        if changes:
            saving.save(self, contact, changes, by)

    def delete(self, contact: Contact) -> None:
        """Delete a contact."""
        saving.delete(self, contact)

    def merge(self, victor: Contact, loser: Contact) -> None:
        """Merge a contact into another."""
        saving.merge(self, victor, loser)

    def identify(self, visitor: Contact, email: str) -> Contact:
        """Let a visitor say who it is; whoever is known by that address is merged into it."""
        known = [each for each in self.contacts.with_value("email", email) if each is not visitor]
        if known:
            self.merge(visitor, known[0])
        else:
            self.set(visitor, email=email)
        return visitor

    def add_field(self, alias: str, kind: str = "number", **more: Any) -> Field:  # noqa: ANN401
        """Make a field whose column is there at once."""
        made = self.fields.add(alias, kind, added_at=self.now(), **more)
        if made.is_unique:
            self.contacts.watch(alias)
        return made

    def add_entity(self, kind: str, **values: Any) -> dict[str, Any]:  # noqa: ANN401
        """Make something of a kind, such as one of `emails`; return it with its id."""
        made = {
            "isPublished": True,
            "dateAdded": self.now(),
            "dateModified": None,
            "id": self.next_id(kind),
            "name": None,
            "description": None,
            "category": None,
            **values,
        }
        self.entities[kind][made["id"]] = made
        return made

    def add_stage(self, name: str, weight: int) -> int:
        """Make a stage; return its id."""
        return int(self.add_entity("stages", name=name, weight=weight)["id"])

    def add_hook(
        self, url: str, triggers: Iterable[str] = TRIGGERS, secret: str | None = None
    ) -> dict[str, Any]:
        """Register a webhook; with a null secret its calls carry no signature."""
        known = self.hooks.triggers()
        made: dict[str, Any] = {
            "isPublished": True,
            "dateAdded": self.now(),
            "dateModified": None,
            "id": self.next_id("hooks"),
            "name": "heatsync",
            "description": None,
            "webhookUrl": url,
            "secret": secret,
            "eventsOrderbyDir": None,
            "category": None,
            "triggers": [each for each in triggers if each in known],
        }
        self.hooks.by_id[made["id"]] = made
        return made

    def tag(self, name: str) -> dict[str, Any]:
        """Return a tag by its name, made where there is none yet."""
        tags = self.entities["tags"].values()
        found = next((each for each in tags if each["tag"] == name), None)
        return found or self.add_entity("tags", tag=name)

    def block(
        self,
        contact: Contact,
        channel: str,
        reason: int,
        comments: str = "",
        channel_id: int | None = None,
        *,
        at: datetime | None = None,
    ) -> Row:
        """Let a contact not be reached over a channel, for one reason.

        Who unsubscribed stays so; any other reason is replaced in the row that there is.
        """
        known = next((row for row in self.blocks(contact) if row["channel"] == channel), None)
        if known is not None and known["reason"] in {reason, UNSUBSCRIBED}:
            return known
        old = known["reason"] if known is not None else CONTACTABLE
        values = {"reason": reason, "comments": comments, "channel_id": channel_id}
        values["date_added"] = at or self.now()
        if known is not None:
            known |= values
        else:
            known = self.tables.add(
                "lead_donotcontact", lead_id=contact.id, channel=channel, **values
            )
        self._tell_subscription(contact, channel, old, reason)
        return known

    def unblock(self, contact: Contact, channel: str) -> bool:
        """Let a contact be reached again; return whether it was not."""
        gone = self.tables.remove(
            "lead_donotcontact", contact.id, lambda row: bool(row["channel"] == channel)
        )
        if gone:
            self._tell_subscription(contact, channel, gone[0]["reason"], CONTACTABLE)
        return bool(gone)

    def blocks(self, contact: Contact) -> list[Row]:
        """Return over which channels a contact must not be reached."""
        return self.tables.of("lead_donotcontact", contact.id)

    def may_move(self, contact: Contact, stage: int | None) -> bool:
        """Return whether a contact can get into a stage, out of the one that it is in."""
        if not self.release.stages_go_forward_only or stage is None or contact.stage is None:
            return True
        return bool(self.stages[stage]["weight"] >= self.stages[contact.stage]["weight"])

    def log_stage(self, contact: Contact, stage: int, event: str, action: str) -> None:
        """Note that a contact entered a stage, or left it."""
        self.tables.add(
            "lead_stages_change_log",
            lead_id=contact.id,
            stage_id=stage,
            event_name=event,
            action_name=action,
            date_added=self.now(),
        )

    def follow_notes(self, loser: int, victor: int) -> None:
        """Give the notes of a contact to the one that it was merged into."""
        for note in self.entities["notes"].values():
            if note["lead"] == loser:
                note["lead"] = victor

    def raw_value_of(self, contact: Contact, alias: str) -> Value:
        """Return what the column of a field holds."""
        if alias == "points":
            return float(contact.points)
        return contact.values.get(alias)

    def value_of(self, contact: Contact, alias: str) -> Value:
        """Return the value of a field."""
        if alias == "last_active":
            return column_text(contact.active_at) if contact.active_at else None
        return self.raw_value_of(contact, alias)

    def name_of(self, user_id: int | None) -> str | None:
        """Return how a user is called."""
        user = self.keys.users.get(user_id or 0)
        return user.full_name if user else None

    def _tell_subscription(self, contact: Contact, channel: str, old: int, new: int) -> None:
        status = {"reason": new, "old_reason": old}
        saving.save(self, contact, {"dnc_channel_status": {channel: status}}, None)
        more = {"channel": channel, "old_status": _verb(old), "new_status": _verb(new)}
        told = payloads.contact(self, contact, **more)
        self.hooks.tell("mautic.lead_channel_subscription_changed", told)


def _verb(reason: int) -> str:
    verbs = {CONTACTABLE: "contactable", UNSUBSCRIBED: "unsubscribed", 2: "bounced"}
    return verbs.get(reason, "manual")
