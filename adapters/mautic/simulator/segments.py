"""The segments of an instance, and who is in them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import payloads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.tables import Row

_TABLE = "lead_lists_leads"


class Segments:
    """Segments by their ids. Those with filters fill themselves when they are rebuilt."""

    def __init__(self, account: Account) -> None:
        self.by_id: dict[int, dict[str, Any]] = {}
        self._account = account
        self._rules: dict[int, Callable[[Contact], bool]] = {}
        self._ids = count(1)

    def add(
        self,
        name: str,
        alias: str | None = None,
        members: Iterable[Contact] = (),
        *,
        rule: Callable[[Contact], bool] | None = None,
    ) -> dict[str, Any]:
        """Make a segment; with a `rule` it is one that fills itself."""
        filters = [{"glue": "and", "field": "points", "object": "lead", "type": "number"}]
        made: dict[str, Any] = {
            "isPublished": True,
            "dateAdded": self._account.now(),
            "dateModified": None,
            "id": next(self._ids),
            "name": name,
            "publicName": name,
            "alias": alias or self.free_alias(name),
            "description": None,
            "category": None,
            "filters": filters if rule else [],
            "isGlobal": True,
            "isPreferenceCenter": False,
        }
        self.by_id[made["id"]] = made
        if rule is not None:
            self._rules[made["id"]] = rule
        for each in members:
            self.enter(made["id"], each)
        return made

    def free_alias(self, name: str) -> str:
        """Return the alias that a name is given, with a number where that is taken."""
        wanted = "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
        taken = {each["alias"] for each in self.by_id.values()}
        alias, number = wanted or "segment", 1
        while alias in taken:
            alias, number = f"{wanted}{number}", number + 1
        return alias

    def enter(self, segment_id: int, contact: Contact, *, by_hand: bool = True) -> None:
        """Put a contact into a segment; who was taken out by hand is only let in by hand."""
        row = self.row(segment_id, contact.id)
        if row is None:
            self._account.tables.add(
                _TABLE,
                leadlist_id=segment_id,
                lead_id=contact.id,
                date_added=self._account.now(),
                manually_added=by_hand,
                manually_removed=False,
            )
        elif by_hand and row["manually_removed"]:
            row["manually_removed"], row["manually_added"] = False, True
        else:
            return
        self._tell(segment_id, contact, "added")

    def leave(self, segment_id: int, contact: Contact, *, by_hand: bool = True) -> None:
        """Take a contact out of a segment."""
        row = self.row(segment_id, contact.id)
        if row is None:
            return
        if by_hand is bool(row["manually_added"]):
            self._drop(row)
        elif by_hand:
            row["manually_removed"] = True
        else:
            return
        self._tell(segment_id, contact, "removed")

    def members(self, segment_id: int) -> set[int]:
        """Return who is in a segment."""
        return {
            row["lead_id"]
            for row in self._account.tables.rows[_TABLE]
            if row["leadlist_id"] == segment_id and not row["manually_removed"]
        }

    def of(self, contact_id: int) -> list[Row]:
        """Return the segments that a contact is in."""
        rows = self._account.tables.of(_TABLE, contact_id)
        return [row for row in rows if not row["manually_removed"]]

    def rebuild(self) -> None:
        """Let the segments with filters take in and leave out whom they should."""
        for segment_id, rule in self._rules.items():
            for contact in self._account.contacts:
                row = self.row(segment_id, contact.id)
                if rule(contact):
                    if row is not None and not self._account.quirks.removals_stick:
                        row["manually_removed"] = False
                    self.enter(segment_id, contact, by_hand=False)
                elif row is not None:
                    self.leave(segment_id, contact, by_hand=False)

    def row(self, segment_id: int, contact_id: int) -> Row | None:
        """Return the row of a contact in a segment, even of one that was taken out."""
        rows = self._account.tables.of(_TABLE, contact_id)
        return next((row for row in rows if row["leadlist_id"] == segment_id), None)

    def _drop(self, row: Row) -> None:
        self._account.tables.remove(_TABLE, row["lead_id"], lambda each: each is row)

    def _tell(self, segment_id: int, contact: Contact, action: str) -> None:
        segment = {name: self.by_id[segment_id][name] for name in ("id", "name", "alias")}
        told = payloads.contact(self._account, contact, segment=segment, action=action)
        self._account.hooks.tell("mautic.lead_list_change", told)
