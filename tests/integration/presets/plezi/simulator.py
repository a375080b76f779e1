"""Plezi's API as far as it was seen, in this process.

There is no public reference. Seen in public code that calls it: the address, the headers
`X-API-Key` and `X-Tenant-Company`, `GET /create_contact_after_webform` with its parameters, its
statuses 200 and 201 and the shape of its errors. On https://docs.unified.to/integrations/plezi (of
25 October 2026): that contacts are listed by `limit` and `offset` and lists without, and their
fields. Guessed: the paths of both, and that answers look as those of JSON:API do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from adapters.http import Json
from adapters.simulation.front import Front
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Route, Routes
from adapters.simulation.windows import Standing
from connector.domain.instants import iso
from tests.integration.presets.accounts import KEY

PREFIX = "/api/v1"
TENANT, FORM, CONTENT = "Acme", "form-1", "content-1"


@dataclass(slots=True, kw_only=True)
class Person:
    """A contact."""

    id: str
    email: str
    created_at: datetime
    first_name: str = ""
    last_name: str = ""
    forms: list[str] = field(default_factory=list)
    """The forms that it filled in."""

    def shown(self) -> Json:
        """Return the contact as answers show it."""
        attributes = {
            "email": self.email,
            "first_name": self.first_name,
            "last_name": self.last_name,
            "created_at": iso(self.created_at),
        }
        return {"id": self.id, "type": "contacts", "attributes": attributes}


class PleziSimulator:
    """The account of one company."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self.people: dict[str, Person] = {}
        self.lists: list[str] = []
        self.key = KEY
        self.app = Front(_Vendor(self), now=now)
        self.faults = self.app.faults
        self.trace = self.app.trace
        self._now = now
        self._last = 0

    def create(self, email: str, first_name: str = "") -> Person:
        """Make a contact."""
        self._last += 1
        person = Person(
            id=f"c{self._last}", email=email, created_at=self._now(), first_name=first_name
        )
        self.people[person.id] = person
        return person

    def by_email(self, email: str) -> Person | None:
        """Return who has an address."""
        return next((each for each in self.people.values() if each.email == email), None)


class _Vendor:
    """Answers the requests."""

    def __init__(self, account: PleziSimulator) -> None:
        self._account = account
        self._routes = Routes(
            [
                Route("GET", "/contacts", self.contacts),
                Route("GET", "/contact_lists", self.lists),
                Route("GET", "/create_contact_after_webform", self.create),
            ],
            PREFIX,
        )

    def contacts(self, request: Request) -> Reply:
        """List contacts from an offset on."""
        offset, limit = int(request.param("offset", "0")), int(request.param("limit", "20"))
        rows = [*self._account.people.values()][offset : offset + limit]
        return json_reply({"data": [each.shown() for each in rows]}, size=len(rows))

    def lists(self, _: Request) -> Reply:
        """List the lists."""
        rows = [
            {"id": str(number), "type": "contact_lists", "attributes": {"name": name}}
            for number, name in enumerate(self._account.lists)
        ]
        return json_reply({"data": rows})

    def create(self, request: Request) -> Reply:
        """Fill in a form for an address."""
        form, email = request.param("form_id"), request.param("email")
        if (form, request.param("content_web_form_id")) != (FORM, CONTENT) or "@" not in email:
            return _error("Unprocessable", "the form is not known, or the address is none", 422)
        known = self._account.by_email(email)
        person = known or self._account.create(email)
        person.forms.append(form)
        return json_reply({"data": person.shown()}, 200 if known else 201)

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key, or of another company's."""
        told = request.headers
        if (told.get("x-api-key"), told.get("x-tenant-company")) == (self._account.key, TENANT):
            return None
        return _error("Unauthorized", f"{told.get('x-api-key')} is not of this company", 401)

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return nothing: no limit is known."""
        return ()

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        found = self._routes.find(request.method, request.path)
        return (
            found.route.handler(request, **found.names) if found else _error("Not found", "", 404)
        )

    def feign(self, request: Request) -> Reply | None:
        """Return nothing: what is done cannot be told from what is read."""
        return None

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how it says that it cannot."""
        return _error("Unavailable", "try again later", status)

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return nothing."""
        return {}


def _error(title: str, detail: str, status: int) -> Reply:
    return json_reply({"errors": [{"title": title, "detail": detail}]}, status)
