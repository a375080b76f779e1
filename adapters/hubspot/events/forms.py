"""Form submissions, newest first, form by form.

There is nothing that tells of new submissions, but contacts know when they last sent a form: one
search says whether any form has to be asked at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.http import Call, Json
from adapters.hubspot.asking import Row, ask_search, next_of, rows_of, unexpected
from adapters.hubspot.cursor_validity import WALK
from adapters.hubspot.events.source import Piece, filled
from adapters.hubspot.legacy import submissions
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.milliseconds import instant_at, milliseconds, milliseconds_in
from connector.domain.emails import normalise_email
from connector.domain.events import Event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Sequence

    from adapters.cursors import Place
    from adapters.hubspot.account import Account

SUBMITTED = "form.submitted"
_SENT_AT = "recent_conversion_date"
_OVERLAP = milliseconds_in(timedelta(hours=1))
"""How far back is looked at each time: contacts and searches learn of a submission late."""
_DAILY = milliseconds_in(timedelta(days=1))
"""How seldom all forms are asked although no contact sent any."""
_FORMS_PAGE = 100
_PAGE = 50
_LIST = "list forms"
_READ = "read form submissions"
_HINT = "search who sent a form"
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class FormSource:
    """What was sent with forms, by the address among what was entered."""

    account: Account
    properties: Collection[str]
    """Entered values to keep, as far as conditions may name them."""
    name = "forms"
    pauses = False
    title = "form submissions (scope `forms`)"

    @property
    def wanted(self) -> frozenset[str]:
        """Return the one type, and the values that are kept."""
        return frozenset({SUBMITTED, *self.properties})

    async def pieces(self, place: Place) -> AsyncIterator[Piece]:
        """Yield pages of submissions, form by form."""
        walk = place.get(WALK) or await self._next(place)
        end: Place = {"seen": walk["top"], "daily": walk["daily"]}
        if not walk["is_needed"]:
            yield Piece(events=(), place=end)
            return
        for form in await self._forms():
            if form[0] <= walk["done"]:
                continue
            after = walk["after"] if walk["form"] == form[0] else None
            while True:
                events, after = await self._submissions(form, walk["start"], after)
                walk = {**walk, "form": form[0], "after": after}
                if after is None:
                    break
                yield Piece(events=events, place={**place, WALK: walk})
            walk = {**walk, "done": form[0]}
            yield Piece(events=events, place={**place, WALK: walk})
        yield Piece(events=(), place=end)

    async def probe(self) -> None:
        """Ask for one form."""
        await self.account.session.send(self._call([("limit", 1)]))

    async def _next(self, place: Place) -> Place:
        now = milliseconds(self.account.clock.now())
        seen, daily = place.get("seen"), place.get("daily", 0)
        walk: Place = {"start": 0, "top": now, "daily": now, "is_needed": True}
        walk |= {"done": "", "form": "", "after": None}
        if seen is None:
            return walk
        is_daily = now - daily >= _DAILY
        start = max(0, seen - (_DAILY if is_daily else _OVERLAP))
        is_needed = is_daily or await self._is_anybody_since(start)
        return {**walk, "start": start, "daily": now if is_daily else daily, "is_needed": is_needed}

    async def _is_anybody_since(self, start: int) -> bool:
        filters = [{"propertyName": _SENT_AT, "operator": "GTE", "value": str(start)}]
        body = await ask_search(self.account, "contacts", _HINT, filters=filters, limit=1)
        return bool(rows_of(self.account, _HINT, body))

    async def _forms(self) -> Sequence[tuple[str, str]]:
        """Return id and name of all forms, by id."""
        found: list[tuple[str, str]] = []
        after: str | None = None
        while True:
            params: list[tuple[str, str | int]] = [("limit", _FORMS_PAGE)]
            params += [("after", after)] if after else []
            body = (await self.account.session.send(self._call(params))).body
            for row in rows_of(self.account, _LIST, body):
                if not isinstance(row.get("id"), str):
                    raise unexpected(self.account, _LIST, "answered a form without an id")
                found.append((row["id"], str(row.get("name") or "")))
            before, after = after, next_of(body)
            if after is None:
                return sorted(found)
            if after == before:
                raise unexpected(self.account, _LIST, "goes round in a circle")

    async def _submissions(
        self, form: tuple[str, str], start: int, after: str | None
    ) -> tuple[Sequence[Event], str | None]:
        """Return a page of what was sent from `start` on, and where the next one begins."""
        params: list[tuple[str, str | int]] = [("limit", _PAGE)]
        params += [("after", after)] if after else []
        call = Call(
            operation=_READ,
            method="GET",
            path=submissions(quote(form[0], safe="")),
            params=params,
            buckets=REQUEST,
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.session.send(call)
        if answer.status == _NOT_FOUND:  # deleted since it was listed, or of a kind of its own
            return (), None
        rows, following = rows_of(self.account, _READ, answer.body), next_of(answer.body)
        if not all(isinstance(row.get("submittedAt"), int) for row in rows):
            raise unexpected(self.account, _READ, "answered no submissions")
        if following is not None and following == after:
            raise unexpected(self.account, _READ, "goes round in a circle")
        recent = [row for row in rows if row["submittedAt"] >= start]
        try:
            events = [event for row in recent if (event := self._event(row, form))]
        except ValueError:
            raise unexpected(self.account, _READ, "answered no submissions") from None
        return events, following if len(recent) == len(rows) else None

    def _event(self, row: Row, form: tuple[str, str]) -> Event | None:
        values = row.get("values")
        entered = {
            each["name"]: each.get("value")
            for each in (values if isinstance(values, list) else ())
            if isinstance(each, dict) and isinstance(each.get("name"), str)
        }
        address = entered.get("email")
        if not isinstance(address, str) or not address.strip():
            return None
        further = {name: _text(entered[name]) for name in self.properties if name in entered}
        url, (form_id, form_name) = _text(row.get("pageUrl")), form
        fields = {**further, "form_id": form_id, "form_name": form_name, "url": url}
        return Event(
            id=f"form:{form_id}:{row.get('conversionId')}:{row['submittedAt']}",
            subject=normalise_email(address),
            type=SUBMITTED,
            occurred_at=instant_at(row["submittedAt"]),
            fields=filled(fields),
        )

    def _call(self, params: Sequence[tuple[str, str | int]]) -> Call:
        path = self.account.paths.forms
        return Call(operation=_LIST, method="GET", path=path, params=params, buckets=REQUEST)


def _text(raw: Json) -> str | None:
    return str(raw) if isinstance(raw, (str, int, float)) else None
