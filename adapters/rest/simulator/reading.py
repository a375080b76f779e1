"""The calls that read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.rest.simulator.refusals import Refused
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Route
from connector.domain.instants import BadInstant, iso, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from adapters.http import Json
    from adapters.rest.simulator.account import Account, Gone, Happening, Person

MOST_ROWS = 100
PREFIX = "/v1"


class Reading:
    """Contacts by a cursor, events by the address of the next page, members by an offset."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def routes(self) -> Sequence[Route]:
        """Return what is answered where."""
        return (
            Route("GET", "/contacts", self.contacts),
            Route("GET", "/contacts/{contact_id}", self.contact),
            Route("GET", "/events", self.events),
            Route("GET", "/deletions", self.deletions),
            Route("GET", "/lists", self.lists),
            Route("GET", "/lists/{list_id}/members", self.members),
        )

    def contacts(self, request: Request) -> Reply:
        """List contacts by their number; by address, by ids, or changed since an instant."""
        people: Iterable[Person] = self._account.people.values()
        email, ids = request.param("email"), request.param("ids")
        if email:
            people = [each for each in people if each.email.lower() == email.lower()]
        if ids:
            people = [each for each in people if each.id in ids.split(",")]
        since = _since(request, "updated_since")
        if since is not None:
            people = [each for each in people if each.updated_at >= since]
        after = _whole(request, "after", 0)
        behind = [each for each in people if each.number > after]
        rows = behind[: _limit(request)]
        more = str(rows[-1].number) if len(rows) < len(behind) else None
        content = {"data": [shown(each) for each in rows], "meta": {"next": more}}
        return json_reply(content, size=len(rows))

    def contact(self, _: Request, contact_id: str) -> Reply:
        """Show one contact."""
        person = self._account.people.get(contact_id)
        if person is None:
            raise Refused("no such contact", 404)
        return json_reply({"data": shown(person)})

    def events(self, request: Request) -> Reply:
        """List events in the order in which they were taken down."""
        rows = self._account.happenings
        since = _since(request, "recorded_since")
        if since is not None:
            rows = [each for each in rows if each.recorded_at >= since]
        return self._linked(request, rows, _event)

    def deletions(self, request: Request) -> Reply:
        """List who is gone."""
        rows = self._account.gone
        since = _since(request, "since")
        if since is not None:
            rows = [each for each in rows if each.at >= since]
        return self._linked(request, rows, _deletion)

    def lists(self, request: Request) -> Reply:
        """List the lists, page by page."""
        page, limit = _whole(request, "page", 1), _limit(request)
        rows = [*self._account.groups.values()][(page - 1) * limit :][:limit]
        return json_reply([{"id": each.id, "name": each.name} for each in rows], size=len(rows))

    def members(self, request: Request, list_id: str) -> Reply:
        """List the members of a list, from an offset on."""
        found = self._account.groups.get(list_id)
        if found is None:
            raise Refused("no such list", 404)
        offset, limit = _whole(request, "offset", 0), _limit(request)
        rows = [*found.members][offset : offset + limit]
        content = {"members": [{"contact_id": each} for each in rows], "count": len(found.members)}
        return json_reply(content, size=len(rows))

    def _linked(
        self,
        request: Request,
        rows: Sequence[Happening] | Sequence[Gone],
        show: Callable[..., Json],
    ) -> Reply:
        """Return rows with a header that leads to those behind them."""
        after = _whole(request, "after", 0)
        behind = [each for each in rows if each.number > after]
        page = behind[: _limit(request)]
        reply = json_reply({"data": [show(each) for each in page]}, size=len(page))
        if len(page) == len(behind):
            return reply
        kept = "&".join(f"{k}={v}" for k, v in request.params if k != "after")
        address = f"{PREFIX}{request.path.removeprefix(PREFIX)}?{kept}&after={page[-1].number}"
        headers = {**reply.headers, "link": f'<{address}>; rel="next"'}
        return Reply(body=reply.body, headers=headers, size=reply.size)


def shown(person: Person) -> Json:
    """Return a contact as the API shows it."""
    return {
        "id": person.id,
        "email": person.email,
        "unsubscribed": person.is_unsubscribed,
        "created_at": iso(person.created_at),
        "updated_at": iso(person.updated_at),
        "fields": person.fields,
    }


def _event(each: Happening) -> Json:
    return {
        "id": f"e_{each.number}",
        "contact_id": each.contact_id,
        "kind": each.kind,
        "at": iso(each.at),
        "details": each.details,
    }


def _deletion(each: Gone) -> Json:
    return {"contact_id": each.contact_id, "merged_into": each.into, "at": iso(each.at)}


def _limit(request: Request) -> int:
    return min(_whole(request, "limit", MOST_ROWS), MOST_ROWS)


def _whole(request: Request, name: str, default: int) -> int:
    text = request.param(name) or str(default)
    if not text.isdecimal():
        raise Refused(f"{name} is no whole number")
    return int(text)


def _since(request: Request, name: str) -> datetime | None:
    try:
        return parse_instant(request.param(name)) if request.param(name) else None
    except BadInstant:
        raise Refused(f"{name} is no instant") from None
