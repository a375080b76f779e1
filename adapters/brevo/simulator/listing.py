"""Lists of contacts, page by page: offsets over whatever there is at that moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.brevo.simulator.memo import Memo
from adapters.brevo.simulator.reading import instant_of, is_ascending, span_of
from adapters.brevo.simulator.refusals import Refused, not_found
from adapters.simulation.messages import raw_json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person
    from adapters.simulation.messages import Reply, Request

_MOST_IDS = 20
_FILTER = re.compile(r'equals\(\s*([A-Z0-9_-]+)\s*,\s*"?([^"]*)"?\s*\)')


class Listing:
    """Pages of contacts.

    Nothing is held still between two pages: when somebody is deleted, the rows after it move up,
    and a walk misses one of them.
    """

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account
        self._memo: Memo[Person] = Memo()

    def contacts(self, request: Request) -> Reply:
        """Return a page of all contacts, or of those that are asked for."""
        span = span_of(request, most=1000)
        rows = self._found(
            ("all", *(each for each in request.params if each[0] not in _PAGING)),
            request,
            lambda: self._asked(request),
        )
        return self._page(span.of(rows), len(rows))

    def of_list(self, request: Request, list_id: str) -> Reply:
        """Return a page of a list."""
        found = self._account.lists.by_id.get(int(list_id)) if list_id.isdigit() else None
        if found is None:
            raise not_found("List")
        span = span_of(request, most=500)
        people = self._account.people.by_id
        rows = self._found(
            ("list", list_id, request.param("modifiedSince")),
            request,
            lambda: self._since(request, (people[each] for each in sorted(found.members))),
        )
        return self._page(span.of(rows), len(rows))

    def _found(
        self,
        question: tuple[object, ...],
        request: Request,
        answer: Callable[[], Iterable[Person]],
    ) -> Sequence[Person]:
        ascending = is_ascending(request)

        def ordered() -> Sequence[Person]:
            rows = list(answer())
            return rows if ascending else rows[::-1]

        version = self._account.people.version
        return self._memo.rows(version, (*question, ascending), ordered)

    def _asked(self, request: Request) -> Iterable[Person]:
        """Return the contacts that are asked for, oldest first."""
        wanted = self._since(request, self._account.people)
        list_ids = [int(each) for each in _parts(request, "listIds") if each.isdigit()]
        if list_ids and request.param("segmentId"):
            raise Refused("Either listIds or segmentId can be passed")
        if list_ids:
            wanted = (each for each in wanted if not each.list_ids.isdisjoint(list_ids))
        ids = _parts(request, "ids")
        if len(ids) > _MOST_IDS:
            raise Refused(f"at most {_MOST_IDS} ids can be passed")
        if ids:
            people = self._account.people.by_id
            asked = sorted({int(each) for each in ids if each.isdigit()})
            wanted = (people[each] for each in asked if each in people)
        return _filtered(request, wanted)

    def _since(self, request: Request, people: Iterable[Person]) -> Iterable[Person]:
        modified = instant_of(request, "modifiedSince")
        created = instant_of(request, "createdSince")
        if modified is not None:
            people = (each for each in people if each.modified_at > modified)
        if created is not None:
            people = (each for each in people if each.created_at > created)
        return people

    def _page(self, rows: Sequence[Person], count: int) -> Reply:
        told = b",".join(map(self._account.people.told, rows))
        return raw_json_reply(
            b'{"contacts":[' + told + b'],"count":' + str(count).encode() + b"}", size=len(rows)
        )


_PAGING = ("limit", "offset", "sort")


def _parts(request: Request, name: str) -> list[str]:
    """Return the values of an array, repeated or parted by commas."""
    return [part for value in request.every(name, f"{name}[]") for part in value.split(",") if part]


def _filtered(request: Request, people: Iterable[Person]) -> Iterable[Person]:
    text = request.param("filter")
    if not text:
        return people
    found = _FILTER.fullmatch(text)
    if found is None:
        raise Refused("filter should be equals(ATTRIBUTE, value)")
    name, value = found.groups()
    return (each for each in people if str(each.values.get(name)) == value)
