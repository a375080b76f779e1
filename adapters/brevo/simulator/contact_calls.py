"""/contacts: who there is."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.attributes import PHONES, phone_of
from adapters.brevo.simulator.listing import Listing
from adapters.brevo.simulator.people import KINDS
from adapters.brevo.simulator.reading import days_of, ids_of, object_of
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, compact_json, json_reply, raw_json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person
    from adapters.simulation.messages import Request


class ContactCalls:
    """Reading and writing contacts one at a time, and listing them."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account
        self._listing = Listing(account)

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/contacts", self._listing.contacts)
        yield Route("GET", "/contacts/lists/{list_id}/contacts", self._listing.of_list)
        yield Route("POST", "/contacts", self.create)
        yield Route("POST", "/contacts/batch", self.batch)
        yield Route("GET", "/contacts/{identifier}/campaignStats", self.campaign_statistics)
        yield Route("GET", "/contacts/{identifier}", self.show)
        yield Route("PUT", "/contacts/{identifier}", self.update)
        yield Route("DELETE", "/contacts/{identifier}", self.delete)

    def show(self, request: Request, identifier: str) -> Reply:
        """Return one contact, with what campaigns did to it in the last 90 days."""
        person = self._person(request, identifier)
        statistics = compact_json(self._statistics(request, person))
        told = self._account.people.told(person)[:-1] + b',"statistics":' + statistics + b"}"
        return raw_json_reply(told)

    def campaign_statistics(self, request: Request, identifier: str) -> Reply:
        """Return what campaigns did to a contact."""
        return json_reply(self._statistics(request, self._person(request, identifier)))

    def create(self, request: Request) -> Reply:
        """Make a contact, or update it where the caller says so."""
        body = object_of(request)
        given = self._attributes(body)
        identifiers = self._identifiers(body, given)
        if "EMAIL" in given:
            raise Refused("email is already associated with this contact")
        if not identifiers:
            raise missing("email, ext_id or SMS")
        known = self._account.people.clashes(identifiers, but=None)
        if known and not body.get("updateEnabled"):
            raise _duplicate(known)
        people = set(known.values())
        if len(people) > 1:
            raise _duplicate(known)
        if people:
            return self._updated(people.pop(), body, given | identifiers)
        person = self._account.create(identifiers.get("email"))
        self._write(person, body, given | identifiers)
        return json_reply({"id": person.id}, 201)

    def update(self, request: Request, identifier: str) -> Reply:
        """Change a contact."""
        person = self._person(request, identifier)
        body = object_of(request)
        given = self._attributes(body)
        if str(given.get("EMAIL", "")).lower() == (person.email or "-").lower():
            raise Refused("email is already associated with this contact")
        return self._updated(person, body, given)

    def delete(self, request: Request, identifier: str) -> Reply:
        """Delete a contact."""
        self._account.remove(self._person(request, identifier))
        return Reply(status=204)

    def batch(self, request: Request) -> Reply:  # noqa: ARG002 - a route
        """Refuse what has passed its end date."""
        raise Refused("This endpoint is no longer available", code="not_acceptable", status=410)

    def _person(self, request: Request, identifier: str) -> Person:
        kind = request.param("identifierType")
        if kind and kind != "contact_id" and kind not in KINDS:
            raise Refused("Invalid identifierType passed")
        people = self._account.people
        found = people.find(kind, identifier) if kind else people.guess(identifier)
        if found is None:
            raise not_found("Contact")
        return found

    def _statistics(self, request: Request, person: Person) -> Mapping[str, Any]:
        zone = self._account.zone
        today = self._account.now().astimezone(zone).date()
        days = days_of(request, today, most=90, usual=90)
        if days[1] > today:
            raise Refused("endDate must not be greater than the current date")
        first, last = (datetime.combine(each, time(), zone) for each in days)
        return self._account.campaigns.statistics(person, first, last + timedelta(days=1))

    def _attributes(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the attributes of a body; what else is wrong with it is refused here as well."""
        for key in ("listIds", "unlinkListIds"):
            for list_id in ids_of(body.get(key) or [], key):
                if list_id not in self._account.lists.by_id:
                    raise Refused(f"{key} are not valid")
        given = body.get("attributes") or {}
        if not isinstance(given, dict):
            raise Refused("attributes should be an object")
        if any(given.get(name) and phone_of(given[name]) is None for name in PHONES):
            raise Refused("Invalid phone number")
        return given

    def _identifiers(self, body: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, str]:
        found = _identifying(given)
        found |= {name: body[key] for name, key in _IN_BODY.items() if body.get(key)}
        if not all(isinstance(value, str) for value in found.values()):
            raise Refused("identifiers should be text")
        if "@" not in found.get("email", "@"):
            raise Refused("Invalid email address")
        return found

    def _updated(self, person: Person, body: Mapping[str, Any], given: Mapping[str, Any]) -> Reply:
        account = self._account
        if account.busy_until.get(person.id, account.now()) > account.now():
            raise Refused("Contact is still being processed", code="account_in_process", status=425)
        identifiers = {"email": given["EMAIL"]} if given.get("EMAIL") else {}
        identifiers |= _identifying(given)
        clashes = account.people.clashes(identifiers, but=person)
        if clashes and not body.get("forceMerge"):
            raise _duplicate(clashes)
        for other in set(clashes.values()):
            person = account.merge(person, other)
        self._write(person, body, given)
        return json_reply({"id": person.id}, 200) if body.get("getId") else Reply(status=204)

    def _write(self, person: Person, body: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        account = self._account
        if given.get("EMAIL"):
            account.readdress(person, str(given["EMAIL"]))
        account.write(person, {key: value for key, value in given.items() if key != "email"})
        flags = {"email": body.get("emailBlacklisted"), "sms": body.get("smsBlacklisted")}
        if any(each is not None for each in flags.values()):
            account.block(person, **flags)
        for list_id in body.get("listIds") or []:
            account.lists.put_in(account.lists.by_id[list_id], [person])
        for list_id in body.get("unlinkListIds") or []:
            account.lists.take_out(account.lists.by_id[list_id], [person])


_IN_BODY = {"email": "email", "EXT_ID": "ext_id"}


def _identifying(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the attributes that a contact is known by, as they are kept."""
    found = {name: given[name] for name in KINDS.values() if given.get(name)}
    return {name: phone_of(each) if name in PHONES else each for name, each in found.items()}


def _duplicate(clashes: Mapping[str, Person]) -> Refused:
    names = sorted(clashes)
    return Refused(
        "Unable to create contact, " + " and ".join(names) + " already associated with another one",
        code="duplicate_parameter",
        metadata={"duplicate_identifiers": names},
    )
