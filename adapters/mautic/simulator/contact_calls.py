"""/contacts: reading and writing them one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import saving
from adapters.mautic.simulator.editing import Editor, Submission
from adapters.mautic.simulator.listing import BASE, Listing
from adapters.mautic.simulator.php import is_numeric, whole
from adapters.mautic.simulator.refusals import Refusal, denied, not_found
from adapters.mautic.simulator.rendering import contact_told, dnc_told
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.contacts import Contact
    from adapters.simulation.messages import Reply


def found_contact(call: Call, contact_id: object, action: str) -> Contact:
    """Return a contact that somebody may do something with; raises Refusal."""
    contact = call.account.contacts.by_id.get(whole(contact_id))
    if contact is None:
        raise not_found()
    if not call.user.may_with(BASE, action, contact.belongs_to):
        raise denied()
    return contact


class ContactCalls:
    """Contacts, one at a time."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._editor = Editor(account)
        self._listing = Listing(account)

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/contacts", self._listing.contacts)
        yield Route("POST", "/contacts/new", self.create)
        yield Route("GET", "/contacts/{contact_id}", self.show)
        yield Route("PATCH", "/contacts/{contact_id}/edit", self.edit)
        yield Route("PUT", "/contacts/{contact_id}/edit", self.edit)
        yield Route("DELETE", "/contacts/{contact_id}/delete", self.delete)
        yield Route("POST", "/contacts/{contact_id}/points/{operator}/{delta}", self.points)
        yield Route("POST", "/contacts/{contact_id}/dnc/{channel}/add", self.block)
        yield Route("POST", "/contacts/{contact_id}/dnc/{channel}/remove", self.unblock)

    def show(self, call: Call, contact_id: str) -> Reply:
        """Return one contact."""
        contact = found_contact(call, contact_id, "view")
        selected = call.words("select") or None
        return json_reply({"contact": contact_told(self._account, contact, selected=selected)})

    def create(self, call: Call) -> Reply:
        """Make a contact, or write into the one that has its e-mail address."""
        known = self._editor.known(call.sent)
        if not call.user.may(BASE, "create"):
            raise denied()
        contact = known or self._account.contacts.fresh(self._account.now())
        blanked = self._editor.submit(contact, self._submission(call))
        told = contact_told(self._account, contact, blanked=blanked)
        return json_reply({"contact": told}, 200 if known else 201)

    def edit(self, call: Call, contact_id: str) -> Reply:
        """Change a contact; PUT makes one where there is none."""
        is_known = whole(contact_id) in self._account.contacts.by_id
        if not is_known and call.request.method == "PUT":
            if not call.user.may(BASE, "create"):
                raise denied()
            contact = self._account.contacts.fresh(self._account.now())
        else:
            contact = found_contact(call, contact_id, "edit")
        blanked = self._editor.submit(contact, self._submission(call))
        told = contact_told(self._account, contact, blanked=blanked)
        return json_reply({"contact": told}, 200 if is_known else 201)

    def delete(self, call: Call, contact_id: str) -> Reply:
        """Delete a contact."""
        contact = found_contact(call, contact_id, "delete")
        saving.delete(self._account, contact, call.user)
        told = contact_told(self._account, contact) | {"id": None}
        return json_reply({"contact": told})

    def points(self, call: Call, contact_id: str, operator: str, delta: str) -> Reply:
        """Change points by a number without a fraction; 0 does nothing."""
        contact = found_contact(call, contact_id, "edit")
        if operator not in _OPERATORS or not is_numeric(delta):
            raise Refusal(400, "Invalid operator")
        number, old = whole(delta), contact.points
        if number:
            contact.points = int(_OPERATORS[operator](old, number))
            # The log has the number as it was sent: points taken away look like points gained.
            self._account.tables.add(
                "lead_points_change_log",
                lead_id=contact.id,
                type="API",
                event_name=call.sent.get("eventName") or operator,
                action_name=call.sent.get("actionName") or "via API",
                delta=number,
                date_added=self._account.now(),
            )
            changes: dict[str, Any] = {"points": [old, contact.points]}
            saving.save(self._account, contact, changes, call.user)
        return json_reply({"success": 1})

    def block(self, call: Call, contact_id: str, channel: str) -> Reply:
        """Let a contact not be reached over a channel."""
        contact = found_contact(call, contact_id, "edit")
        reason = whole(call.sent.get("reason", 3))
        if reason == 0:
            message = "Reason code needs to be an integer and higher than 0."
            raise Refusal(400, "Invalid reason code given", details={"0": [message]})
        comments = str(call.sent.get("comments") or "")
        channel_id = whole(call.sent.get("channelId")) or None
        self._account.block(contact, channel, reason, comments, channel_id)
        return json_reply({"contact": contact_told(self._account, contact)})

    def unblock(self, call: Call, contact_id: str, channel: str) -> Reply:
        """Let a contact be reached over a channel again."""
        contact = found_contact(call, contact_id, "edit")
        known = [dnc_told(row) for row in self._account.blocks(contact)]
        is_known = self._account.unblock(contact, channel)
        told = {"recordFound": is_known and bool(known)}
        return json_reply(told | {"contact": contact_told(self._account, contact)})

    def _submission(self, call: Call) -> Submission:
        method = call.request.method
        return Submission(sent=call.sent, method=method, clears=call.clears, by=call.user)


_OPERATORS: dict[str, Callable[[int, int], float]] = {
    "plus": lambda old, delta: old + delta,
    "minus": lambda old, delta: old - delta,
    "times": lambda old, delta: old * delta,
    "divide": lambda old, delta: old / delta,
}
