"""Batches of contacts: many at once, each with an outcome of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.mautic.simulator import saving
from adapters.mautic.simulator.editing import Editor, Submission
from adapters.mautic.simulator.listing import BASE
from adapters.mautic.simulator.php import array_of, entries, whole
from adapters.mautic.simulator.refusals import Refusal, denied, not_found
from adapters.mautic.simulator.rendering import contact_told
from adapters.simulation.messages import json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.mautic.simulator.account import Account
    from adapters.mautic.simulator.call import Call
    from adapters.mautic.simulator.contacts import Contact
    from adapters.simulation.messages import Reply

_Item: TypeAlias = "tuple[str, Mapping[str, Any]]"
"""The key of an item, and what was sent for it."""

_NO_ID = "mautic.api.call.id_missing"


class BatchCalls:
    """Contacts, many at once."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._editor = Editor(account)

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("POST", "/contacts/batch/new", self.create)
        yield Route("PATCH", "/contacts/batch/edit", self.edit)
        yield Route("PUT", "/contacts/batch/edit", self.edit)
        yield Route("DELETE", "/contacts/batch/delete", self.delete)

    def create(self, call: Call) -> Reply:
        """Make contacts, or write into those that are known by their e-mail address."""
        if not call.user.may(BASE, "create"):
            raise denied()
        outcome = _Outcome(self._account)
        for key, sent in self._items(call):
            known = self._editor.known(sent)
            contact = known or self._account.contacts.fresh(self._account.now())
            if known is not None and not call.user.may_with(BASE, "edit", known.belongs_to):
                outcome.fail(key, denied(), is_flat=True)
                continue
            submission = Submission(sent=sent, method="POST", clears=known is None, by=call.user)
            self._submit(key, contact, submission, 200 if known else 201, outcome)
        return outcome.reply(201)

    def edit(self, call: Call) -> Reply:
        """Change contacts; PUT makes those that are not there."""
        method = call.request.method
        outcome = _Outcome(self._account)
        items = self._items(call)
        found = self._by_key(items)
        for key, sent in items:
            if "id" not in sent:
                outcome.errors[key] = Refusal(400, _NO_ID), True
        outcome.contacts |= found
        done: set[int] = set()
        for key, sent in items:
            contact = found.get(key)
            if contact is not None and contact.id in done:
                # What was saved is let go of, and what is not held is saved as somebody new.
                outcome.contacts[key] = self._doubled(contact, sent)
                outcome.statuses[key] = 200
                continue
            status = 200 if contact is not None else 201
            if contact is None:
                if method == "PATCH":
                    outcome.fail(key, not_found(), is_flat=True)
                    continue
                contact = self._account.contacts.fresh(self._account.now())
            elif not call.user.may_with(BASE, "edit", contact.belongs_to):
                outcome.fail(key, denied(), is_flat=True)
                continue
            done.add(contact.id)
            submission = Submission(sent=sent, method=method, clears=call.clears, by=call.user)
            self._submit(key, contact, submission, status, outcome)
        return outcome.reply(200)

    def delete(self, call: Call) -> Reply:
        """Delete contacts."""
        outcome = _Outcome(self._account)
        told = {}
        for key, contact_id in enumerate(call.words("ids")):
            contact = self._account.contacts.by_id.get(whole(contact_id))
            if contact is None:
                outcome.fail(str(key), not_found(), is_flat=True)
            elif not call.user.may_with(BASE, "delete", contact.belongs_to):
                outcome.fail(str(key), denied(), is_flat=True)
            else:
                told[str(key)] = contact_told(self._account, contact)
                saving.delete(self._account, contact, call.user)
        content: dict[str, Any] = {"contacts": array_of(told)}
        if outcome.errors:
            content["errors"] = outcome.rows()
        return json_reply(content, size=len(told))

    def _items(self, call: Call) -> list[_Item]:
        items: list[_Item] = [(key, dict(entries(each))) for key, each in entries(call.body)]
        limit = self._account.batch_limit
        if len(items) > limit:
            status = 500 if self._account.quirks.batches_too_long_are_errors else 400
            raise Refusal(status, f"A max of {limit} entities are supported at a time.")
        return items

    def _by_key(self, items: list[_Item]) -> dict[str, Contact]:
        """Return the contacts that are there, by the keys that their items have.

        The n-th id is taken for that of the n-th item: one without an id moves all behind it.
        """
        keys = [key for key, _ in items]
        ids = [whole(sent["id"]) for _, sent in items if "id" in sent]
        known = self._account.contacts.by_id
        return {
            key: known[contact_id]
            for key, contact_id in zip(keys, ids, strict=False)
            if contact_id in known
        }

    def _doubled(self, contact: Contact, sent: Mapping[str, Any]) -> Contact:
        """Return another contact with the values of one, and with what was sent for it."""
        made = self._account.contacts.fresh(self._account.now())
        made.identified_at, made.values = contact.identified_at, {**contact.values}
        self._account.contacts.add(made)
        self._account.contacts.reindex(made)
        known = self._account.fields.by_alias
        self._account.set(made, **{alias: each for alias, each in sent.items() if alias in known})
        return made

    def _submit(
        self, key: str, contact: Contact, submission: Submission, status: int, outcome: _Outcome
    ) -> None:
        try:
            outcome.blanked[key] = self._editor.submit(contact, submission)
        except Refusal as refusal:
            outcome.fail(key, refusal, is_flat=False)
        else:
            outcome.contacts[key] = contact
            outcome.statuses[key] = status


class _Outcome:
    """What became of each item, by its key."""

    def __init__(self, account: Account) -> None:
        self.contacts: dict[str, Contact] = {}
        self.blanked: dict[str, frozenset[str]] = {}
        self.statuses: dict[str, int] = {}
        self.errors: dict[str, tuple[Refusal, bool]] = {}
        self._account = account

    def fail(self, key: str, refusal: Refusal, *, is_flat: bool) -> None:
        """Note that an item was not done; a flat error has no details."""
        if is_flat:
            # What a form refuses stays among the contacts as it was.
            self.contacts.pop(key, None)
        self.statuses[key] = refusal.status
        self.errors[key] = (refusal, is_flat)

    def rows(self) -> object:
        """Return the errors by the keys of their items."""
        rows = {}
        for key, (refusal, is_flat) in self.errors.items():
            flat = {"message": refusal.message, "code": refusal.status, "type": "api"}
            rows[key] = flat if is_flat else refusal.row()
        return array_of(rows)

    def reply(self, status: int) -> Reply:
        """Return the answer, whose status says nothing of the items."""
        told = {key: self._told(key, each) for key, each in self.contacts.items()}
        content: dict[str, Any] = {
            "contacts": array_of(told),
            "statusCodes": array_of(self.statuses),
        }
        if self.errors:
            content["errors"] = self.rows()
        return json_reply(content, status, size=len(told))

    def _told(self, key: str, contact: Contact) -> dict[str, Any]:
        """Return a contact; of one that a form refused no field is told flat."""
        told = contact_told(self._account, contact, blanked=self.blanked.get(key, ()))
        if key in self.errors:
            del told["fields"]["all"]
        return told
