"""The calls that write."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.rest.simulator.reading import shown
from adapters.rest.simulator.refusals import Refused
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.http import Json
    from adapters.rest.simulator.account import Account, Group, Person

MOST_IN_A_BATCH = 50


class Writing:
    """Values in batches with a result for each, members in batches with one status for all."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Sequence[Route]:
        """Return what is answered where."""
        return (
            Route("POST", "/contacts", self.create),
            Route("POST", "/contacts/update", self.update),
            Route("PATCH", "/contacts/{contact_id}", self.update_one),
            Route("PUT", "/contacts/{contact_id}/tags/{tag}", self.set_tag),
            Route("DELETE", "/contacts/{contact_id}/tags/{tag}", self.clear_tag),
            Route("POST", "/lists", self.create_list),
            Route("POST", "/lists/{list_id}/add", self.add),
            Route("POST", "/lists/{list_id}/remove", self.remove),
            Route("POST", "/contacts/{contact_id}/notes", self.note),
        )

    def create(self, request: Request) -> Reply:
        """Make a contact; an address is there once."""
        body = _object(request)
        email = body.get("email")
        if not isinstance(email, str) or "@" not in email:
            raise Refused("email is no address", 422)
        if self._account.by_email(email) is not None:
            raise Refused("there is a contact with this address", 409)
        person = self._account.create(email, body.get("fields") or {})
        return json_reply({"data": shown(person)}, 201)

    def update(self, request: Request) -> Reply:
        """Write values of several contacts; each has a result."""
        rows = _object(request).get("contacts")
        if not isinstance(rows, list) or len(rows) > MOST_IN_A_BATCH:
            raise Refused(f"contacts is a list of at most {MOST_IN_A_BATCH}")
        results = [self._update(each) for each in rows]
        return json_reply({"results": results}, size=len(results))

    def update_one(self, request: Request, contact_id: str) -> Reply:
        """Write values of one contact."""
        person = self._person(contact_id)
        self._account.write(person, _object(request).get("fields") or {})
        return json_reply({"data": shown(person)})

    def set_tag(self, _: Request, contact_id: str, tag: str) -> Reply:
        """Give a contact a tag."""
        self._person(contact_id).tags.add(tag)
        return Reply(status=204)

    def clear_tag(self, _: Request, contact_id: str, tag: str) -> Reply:
        """Take a tag from a contact; 404 where it has none."""
        tags = self._person(contact_id).tags
        if tag not in tags:
            raise Refused("the contact has no such tag", 404)
        tags.remove(tag)
        return Reply(status=204)

    def create_list(self, request: Request) -> Reply:
        """Make a list."""
        found = self._account.group(str(_object(request)["name"]))
        return json_reply({"id": found.id, "name": found.name}, 201)

    def add(self, request: Request, list_id: str) -> Reply:
        """Put contacts into a list."""
        group = self._group(list_id)
        for each in _object(request).get("ids", ()):
            if each in self._account.people:
                group.members.setdefault(each)
        return json_reply({"status": "ok"})

    def remove(self, request: Request, list_id: str) -> Reply:
        """Take contacts out of a list."""
        group = self._group(list_id)
        for each in _object(request).get("ids", ()):
            group.members.pop(each, None)
        return json_reply({"status": "ok"})

    def note(self, request: Request, contact_id: str) -> Reply:
        """Take a note, once for each key."""
        self._person(contact_id)
        key = request.headers.get("idempotency-key", "")
        body = _object(request)
        if not key:
            raise Refused("the header Idempotency-Key is missing")
        self._account.notes.setdefault(key, {"contact_id": contact_id, **body})
        return json_reply({"status": "ok"})

    def _update(self, row: Json) -> Json:
        remote_id = row.get("id") if isinstance(row, dict) else None
        person = self._account.people.get(str(remote_id))
        if person is None:
            return {"id": remote_id, "status": "not_found", "message": "no such contact"}
        self._account.write(person, row.get("fields") or {})
        return {"id": person.id, "status": "ok", "fields": person.fields}

    def _person(self, contact_id: str) -> Person:
        person = self._account.people.get(contact_id)
        if person is None:
            raise Refused("no such contact", 404)
        return person

    def _group(self, list_id: str) -> Group:
        found = self._account.groups.get(list_id)
        if found is None:
            raise Refused("no such list", 404)
        return found


def _object(request: Request) -> Mapping[str, Json]:
    try:
        body = request.json
    except ValueError:
        raise Refused("the body is no JSON") from None
    if not isinstance(body, dict):
        raise Refused("the body is no object")
    return body
