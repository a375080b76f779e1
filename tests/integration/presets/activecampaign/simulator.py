"""The calls of ActiveCampaign's API that its entry names, in this process.

Paths, parameters, bodies and answers are those of https://developers.activecampaign.com/reference
(list-all-contacts, get-contact, update-a-contact-new, sync-a-contacts-data, retrieve-all-lists,
rate-limits; as they stood in August 2026), with fewer keys. Guessed: that the filter of dates takes
whole days of the account's own time zone and leaves out the day itself, that values of fields which
are not there are ignored, and `include=fieldValues` for many contacts, which public clients use and
the reference does not name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from adapters.http import Json
from adapters.simulation.front import Front
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Route, Routes
from adapters.simulation.windows import FixedWindow, Standing, Windows
from tests.integration.presets.accounts import KEY
from tests.integration.presets.activecampaign.account import ZONE, Account, Person

PREFIX = "/api/3"
BUCKET, MOST_REQUESTS = "requests", 5
_USUAL, _MOST = 20, 100
_ANY = "-1"


def per_second() -> Windows:
    """Return the limit that every account has."""
    return Windows([FixedWindow(BUCKET, MOST_REQUESTS, timedelta(seconds=1))])


class ActiveCampaignSimulator:
    """One account, spoken to below `/api/3`."""

    def __init__(self, *, now: Callable[[], datetime], windows: Windows | None = None) -> None:
        """Without `windows` it takes any number of requests; `per_second()` is the limit it has."""
        self.account = Account(now, token=KEY)
        self.app = Front(_Vendor(self.account), now=now, windows=windows)
        self.faults = self.app.faults
        self.trace = self.app.trace


class _Vendor:
    """Answers the requests to one account."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._routes = Routes(
            [
                Route("GET", "/contacts", self.contacts),
                Route("GET", "/contacts/{contact_id}", self.contact),
                Route("PUT", "/contacts/{contact_id}", self.update),
                Route("POST", "/contact/sync", self.sync),
                Route("GET", "/lists", self.lists),
            ],
            PREFIX,
        )

    def contacts(self, request: Request) -> Reply:
        """List contacts by their id, or in no order that would help to page."""
        people = [each for each in self._account.people.values() if _is_wanted(each, request)]
        is_ordered = request.param("orders[id]").upper() == "ASC"
        people.sort(key=(lambda each: each.id) if is_ordered else (lambda each: -each.id))
        page = people[_offset(request) :][: _limit(request)]
        content = {"scoreValues": [], "contacts": [each.shown() for each in page]}
        if request.param("include") == "fieldValues":
            content["fieldValues"] = [row for each in page for row in each.shown_values()]
        return json_reply({**content, "meta": {"total": str(len(people))}}, size=len(page))

    def contact(self, _: Request, contact_id: str) -> Reply:
        """Show one contact, with the values of its custom fields."""
        person = self._person(contact_id)
        return _whole(person) if person else _nobody(contact_id)

    def update(self, request: Request, contact_id: str) -> Reply:
        """Change one contact."""
        person = self._person(contact_id)
        if person is None:
            return _nobody(contact_id)
        self._write(person, request.json["contact"])
        return _whole(person)

    def sync(self, request: Request) -> Reply:
        """Make a contact, or change whoever has that address."""
        told = request.json["contact"]
        if "@" not in str(told.get("email")):
            title = "Contact Email Address is not valid."
            return json_reply({"errors": [{"title": title, "code": "email_invalid"}]}, 422)
        known = self._account.by_email(told["email"])
        person = known or self._account.create(told["email"])
        self._write(person, told)
        reply = _whole(person)
        return Reply(status=200 if known else 201, body=reply.body, headers=reply.headers)

    def lists(self, request: Request) -> Reply:
        """List the lists."""
        rows = [{"id": each, "name": name} for each, name in self._account.lists.items()]
        page = rows[_offset(request) :][: _limit(request)]
        return json_reply({"lists": page, "meta": {"total": str(len(rows))}}, size=len(page))

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key."""
        if request.headers.get("api-token") == self._account.token:
            return None
        return json_reply({"message": "You must be authenticated"}, 403)

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the one limit."""
        return (BUCKET,)

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        found = self._routes.find(request.method, request.path)
        if found is None:
            return json_reply({"message": "No Route found"}, 404)
        return found.route.handler(request, **found.names)

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        contact_id = request.path.rpartition("/")[2]
        if request.method != "PUT":
            return None
        person = self._person(contact_id)
        return _whole(person) if person else _nobody(contact_id)

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how it says that it cannot."""
        waits = [each.resets_after.total_seconds() for each in standings]
        headers = {"retry-after": str(max(1, int(max(waits, default=1))))} if status == 429 else {}
        reply = json_reply({"message": "Try again later"}, status)
        return Reply(status=status, body=reply.body, headers={**reply.headers, **headers})

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return what an answer says of the limit."""
        left = min((each.remaining for each in standings), default=MOST_REQUESTS)
        return {"ratelimit-limit": str(MOST_REQUESTS), "ratelimit-remaining": str(left)}

    def _person(self, contact_id: str) -> Person | None:
        return self._account.people.get(int(contact_id)) if contact_id.isdecimal() else None

    def _write(self, person: Person, told: Mapping[str, Json]) -> None:
        person.email = told.get("email", person.email)
        for name in ("firstName", "lastName", "phone"):
            person.standard[name] = told.get(name, person.standard.get(name, ""))
        values = {str(each["field"]): str(each["value"]) for each in told.get("fieldValues", [])}
        self._account.write(person, values)


def _is_wanted(person: Person, request: Request) -> bool:
    status, list_id = request.param("status", _ANY), request.param("listid")
    statuses = {person.lists.get(list_id)} if list_id else {*person.lists.values()}
    after, since = request.param("id_greater", "0"), request.param("filters[updated_after]")
    # As text the contact's day would be compared with a time of day too.
    is_new = not since or person.udate.astimezone(ZONE).date() > date.fromisoformat(since)
    is_in = not list_id or list_id in person.lists
    return person.id > int(after) and is_new and is_in and (status == _ANY or status in statuses)


def _offset(request: Request) -> int:
    return int(request.param("offset", "0"))


def _limit(request: Request) -> int:
    return min(int(request.param("limit", str(_USUAL))), _MOST)


def _whole(person: Person) -> Reply:
    return json_reply({"fieldValues": person.shown_values(), "contact": person.shown()})


def _nobody(contact_id: str) -> Reply:
    return json_reply({"message": f"No Result found for Subscriber with id {contact_id}"}, 404)
