"""/contacts/lists and /contacts/folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.reading import is_ascending, object_of, span_of
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.lists import ContactList
    from adapters.brevo.simulator.people import Person
    from adapters.simulation.messages import Request

_MOST = 150
_KINDS = {"ids": "contact_id", "emails": "email_id", "extIds": "ext_id"}
_NOBODY_ADDED = "Contact already in list and/or does not exist"
_NOBODY_REMOVED = "Contact already removed from list and/or does not exist"


class ListCalls:
    """Lists, and who is in them."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/contacts/lists", self.all)
        yield Route("POST", "/contacts/lists", self.create)
        yield Route("GET", "/contacts/lists/{list_id}", self.show)
        yield Route("PUT", "/contacts/lists/{list_id}", self.rename)
        yield Route("DELETE", "/contacts/lists/{list_id}", self.delete)
        yield Route("POST", "/contacts/lists/{list_id}/contacts/add", self.add)
        yield Route("POST", "/contacts/lists/{list_id}/contacts/remove", self.remove)
        yield Route("GET", "/contacts/folders", self.folders)
        yield Route("POST", "/contacts/folders", self.create_folder)
        yield Route("GET", "/contacts/folders/{folder_id}/lists", self.of_folder)
        yield Route("GET", "/contacts/segments", self.segments)

    def all(self, request: Request) -> Reply:
        """Return a page of lists."""
        return self._page(request, list(self._account.lists.by_id.values()))

    def of_folder(self, request: Request, folder_id: str) -> Reply:
        """Return a page of a folder's lists."""
        lists = self._account.lists
        if not folder_id.isdigit() or int(folder_id) not in lists.folders:
            raise not_found("Folder ID")
        return self._page(
            request, [each for each in lists.by_id.values() if each.folder_id == int(folder_id)]
        )

    def create(self, request: Request) -> Reply:
        """Make a list."""
        body = object_of(request)
        for name in ("name", "folderId"):
            if not body.get(name):
                raise missing(name)
        if body["folderId"] not in self._account.lists.folders:
            raise Refused("Folder ID does not exist")
        made = self._account.lists.add(str(body["name"]), body["folderId"])
        return json_reply({"id": made.id}, 201)

    def show(self, request: Request, list_id: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return one list."""
        found = self._found(list_id)
        created = {"createdAt": self._account.told_at(found.created_at), "dynamicList": False}
        return json_reply(_as_json(found) | created)

    def rename(self, request: Request, list_id: str) -> Reply:
        """Change the name or the folder of a list."""
        found = self._found(list_id)
        body = object_of(request)
        found.name = str(body.get("name") or found.name)
        found.folder_id = body.get("folderId") or found.folder_id
        return Reply(status=204)

    def delete(self, request: Request, list_id: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Delete a list."""
        self._account.lists.remove(self._found(list_id))
        return Reply(status=204)

    def add(self, request: Request, list_id: str) -> Reply:
        """Put contacts in a list; that some cannot be is told, that none can is an error."""
        into = self._found(list_id)
        named = self._named(object_of(request))
        done = self._account.lists.put_in(into, {each: None for each in named.values() if each})
        if not done:
            raise Refused(_NOBODY_ADDED)
        return _membership_reply(named, done)

    def remove(self, request: Request, list_id: str) -> Reply:
        """Take contacts out of a list, or all of them in the background."""
        out_of = self._found(list_id)
        body = object_of(request)
        if body.get("all") is True:
            people = self._account.people.by_id
            process = self._account.processes.begin(
                self._account,
                "LIST_EXPORT",
                lambda: self._account.lists.take_out(out_of, [people[m] for m in out_of.members]),
            )
            return json_reply({"contacts": {"processId": process.id}}, 201)
        named = self._named(body)
        done = self._account.lists.take_out(out_of, {each: None for each in named.values() if each})
        if not done:
            raise Refused(_NOBODY_REMOVED)
        return _membership_reply(named, done)

    def folders(self, request: Request) -> Reply:
        """Return a page of folders."""
        folders = list(self._account.lists.folders.items())
        rows = folders if is_ascending(request) else folders[::-1]
        told = [
            {
                "id": key,
                "name": name,
                "totalBlacklisted": 0,
                "totalSubscribers": 0,
                "uniqueSubscribers": 0,
            }
            for key, name in span_of(request, most=50, usual=10).of(rows)
        ]
        return json_reply({"count": len(rows), "folders": told}, size=len(told))

    def create_folder(self, request: Request) -> Reply:
        """Make a folder."""
        name = object_of(request).get("name")
        if not name:
            raise missing("name")
        return json_reply({"id": self._account.lists.add_folder(str(name))}, 201)

    def segments(self, request: Request) -> Reply:  # noqa: ARG002 - there are none
        """Return that there are no segments."""
        return json_reply({"count": 0, "segments": []}, size=0)

    def _found(self, list_id: str) -> ContactList:
        found = self._account.lists.by_id.get(int(list_id)) if list_id.isdigit() else None
        if found is None:
            raise not_found("List ID")
        return found

    def _named(self, body: Mapping[str, Any]) -> dict[Any, Person | None]:
        """Return who is meant by each identifier of a request."""
        given = [name for name in _KINDS if body.get(name)]
        if len(given) != 1 or not isinstance(body[given[0]], list):
            raise Refused("Exactly one of emails, ids, extIds should be passed")
        identifiers = body[given[0]]
        if len(identifiers) > _MOST:
            raise Refused(f"at most {_MOST} contacts can be passed")
        find = self._account.people.find
        return {each: find(_KINDS[given[0]], str(each)) for each in identifiers}

    def _page(self, request: Request, lists: list[ContactList]) -> Reply:
        rows = lists if is_ascending(request) else lists[::-1]
        told = [_as_json(each) for each in span_of(request, most=50, usual=10).of(rows)]
        return json_reply({"count": len(rows), "lists": told}, size=len(told))


def _as_json(found: ContactList) -> dict[str, object]:
    # Two of the three totals are always 0 now, whoever is in the list.
    return {
        "id": found.id,
        "name": found.name,
        "folderId": found.folder_id,
        "totalBlacklisted": 0,
        "totalSubscribers": 0,
        "uniqueSubscribers": len(found.members),
    }


def _membership_reply(named: Mapping[Any, Person | None], done: list[Person]) -> Reply:
    successes = [key for key, person in named.items() if person in done]
    failures = [key for key, person in named.items() if person not in done]
    told = {"success": successes, "failure": failures, "total": len(successes)}
    return json_reply({"contacts": told}, 201, size=len(successes))
