"""The webhooks journal: what changed, in files to be fetched in order; kept for three days.

It belongs to an app, which proves itself with its id and secret instead of the account's token. A
file lies at an address of its own, which is told no secret.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import quote

from adapters.addresses import account_url
from adapters.http import Call, HttpSession, Json, Plain
from adapters.hubspot.asking import unexpected
from adapters.hubspot.limits import JOURNAL as BUCKET
from adapters.hubspot.paths import JOURNAL, JOURNAL_SUBSCRIPTIONS
from connector.domain.contacts import Removal
from connector.errors import AccessRefused, PlatformError, Problem, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from datetime import datetime

    import httpx
    from pydantic import SecretStr

    from adapters.cursors import Place
    from adapters.http import Answer
    from adapters.hubspot.account import Account
    from connector.ports.adapter import PlatformContext

    Entry: TypeAlias = "Mapping[str, Json]"

OFFSET = "offset"
"""In the place of a cursor: where the journal was read to."""
_AT_ONCE = 10
"""Files asked for at a time; the most is not known for sure."""
_NO_CONTENT = 204
_UNKNOWN = frozenset({400, 404, 410})
_NO_FILE = frozenset({400, 401, 403, 404, 410})
"""What a link answers whose time is over, or whose file is gone."""
_UNAUTHORISED = 401
_MARGIN = timedelta(minutes=1)
"""A token is renewed so long before its end."""
_CONTACT_TYPE = "0-1"
_NEEDED = frozenset({"OBJECT", "GDPR_PRIVACY_DELETION"})
"""What the app has to subscribe to."""
_READ = "read the journal"
_GAP = "the journal does not keep any more what came next; it is searched for instead"
_LOST = "a file of the journal cannot be had; what it may tell is searched for instead"


class JournalUnusable(Exception):
    """The journal does not bring what comes next: the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What some files say of contacts, and where the next file begins."""

    changed: Sequence[str]
    """Ids of contacts to be read again."""
    removals: Sequence[Removal]
    offset: str


@dataclass(slots=True, kw_only=True)
class Journal:
    """The journal of one app."""

    account: Account
    files: HttpSession
    """The way to the files: it carries no secret."""
    client_id: SecretStr
    client_secret: SecretStr
    _token: str | None = field(default=None, repr=False)
    _ends_at: datetime | None = None

    async def behind(self, place: Place) -> AsyncIterator[tuple[Entries, Place]]:
        """Yield what came behind a place, each part with the place behind it.

        Nothing for a new place, which gets the offset of the newest file. Raises as `after` does.
        """
        if OFFSET not in place:
            nothing = Entries(changed=(), removals=(), offset="")
            yield nothing, {**place, OFFSET: await self.latest()}
            return
        async for entries in self.after(place[OFFSET]):
            yield entries, {**place, OFFSET: entries.offset}

    async def latest(self) -> str | None:
        """Return the offset of the newest file; None where there is none yet."""
        link = (await self._asked(f"{JOURNAL}/latest")).body
        return _text(link, "currentOffset") if link is not None else None

    async def after(self, offset: str | None) -> AsyncIterator[Entries]:
        """Yield what came behind `offset`, from the beginning when it is None.

        Raises JournalUnusable when something between is not kept any more, or the app refused.
        """
        # One for ten files: no more than a journal of three days can have.
        passed = {offset}
        while (entries := await self._next(offset)) is not None:
            if entries.offset in passed:
                raise unexpected(self.account, _READ, "goes round in a circle")
            passed.add(entries.offset)
            yield entries
            offset = entries.offset

    async def check(self) -> Sequence[Problem]:
        """Return what keeps the journal from telling of contacts."""
        place = self.account.name
        try:
            body = (await self._asked(JOURNAL_SUBSCRIPTIONS)).body
        except JournalUnusable as error:
            hint = "searches are used instead; give the app the scopes of the journal"
            return [Problem(message=str(error), path=place, hint=hint, is_advice=True)]
        rows = body.get("results") if isinstance(body, dict) else None
        told = {
            row.get("subscriptionType")
            for row in (rows if isinstance(rows, list) else ())
            if isinstance(row, dict) and row.get("objectTypeId", _CONTACT_TYPE) == _CONTACT_TYPE
        }
        hint = f"subscribe it once: POST {JOURNAL_SUBSCRIPTIONS}"
        return [
            Problem(
                message=f"the app is not subscribed to {kind} of contacts in the journal",
                path=place,
                hint=hint,
                is_advice=True,
            )
            for kind in sorted(_NEEDED - told)
        ]

    async def aclose(self) -> None:
        """Let go of the connections."""
        await self.files.aclose()

    async def _next(self, offset: str | None) -> Entries | None:
        """Return what the next files say, one file at least; None where there are none yet."""
        # A link lives for minutes, and waiting for a limit may outlast it: then it is asked again.
        for _ in range(2):
            links = await self._links(offset)
            if links is None:
                return None
            entries = await self._read(links)
            if entries is not None:
                return entries
        raise JournalUnusable(_LOST)

    async def _links(self, offset: str | None) -> Sequence[Json] | None:
        """Return the links to the files behind `offset`, or to the first one of all."""
        place = "earliest" if offset is None else f"batch/{quote(offset, safe='')}/next/{_AT_ONCE}"
        answer = await self._asked(f"{JOURNAL}/{place}")
        if answer.status == _NO_CONTENT:
            return None
        if answer.status in _UNKNOWN:
            raise JournalUnusable(_GAP)
        if offset is None:
            return [answer.body]
        links = answer.body.get("results") if isinstance(answer.body, dict) else None
        if not isinstance(links, list) or not links:
            raise unexpected(self.account, _READ, "answered no files")
        return links

    async def _read(self, links: Sequence[Json]) -> Entries | None:
        """Return what files say, up to the first one that cannot be had; None if that is all."""
        told, offset = _Told(), ""
        for link in links:
            here = _text(link, "currentOffset")
            if here is None:
                raise unexpected(self.account, _READ, "answered a file without its offset")
            entries = await self._file(_text(link, "url") or "")
            if entries is None:
                break
            for entry in entries:
                told.take(entry)
            offset = here
        return told.entries(offset) if offset else None

    async def _file(self, url: str) -> Iterator[Entry] | None:
        """Return what a file says; None where its link leads to nothing."""
        try:
            account_url(url.partition("?")[0])
        except ValueError:
            raise unexpected(self.account, _READ, "answered a file at a strange address") from None
        call = Call(operation="read a file of the journal", method="GET", path=url)
        try:
            body = (await self.files.send(call)).body
        except PlatformError as error:
            # Where files lie, a refusal is no JSON.
            if error.status in _NO_FILE:
                return None
            raise
        entries = body.get("journalEvents") if isinstance(body, dict) else None
        if not isinstance(entries, list):
            raise unexpected(self.account, _READ, "answered a file without entries")
        return (each for each in entries if isinstance(each, dict))

    async def _asked(self, path: str) -> Answer:
        """Return what the journal answers; raises JournalUnusable when it refuses the app."""
        try:
            try:
                return await self._ask(path)
            except AccessRefused as error:
                if error.status != _UNAUTHORISED or self._token is None:
                    raise
                # A token may end before its time.
                self._token = None
                return await self._ask(path)
        except AccessRefused as error:
            raise JournalUnusable(str(error)) from error

    async def _ask(self, path: str) -> Answer:
        call = Call(
            operation=_READ,
            method="GET",
            path=path,
            buckets=(BUCKET,),
            headers={"authorization": f"Bearer {await self._current_token()}"},
            reads=_UNKNOWN,
        )
        return await self.files.send(call)

    async def _current_token(self) -> str:
        now = self.account.clock.now()
        if self._token is None or self._ends_at is None or now >= self._ends_at:
            call = Call(
                operation="get a token for the journal",
                method="POST",
                path=self.account.paths.token,
                form={
                    "grant_type": "client_credentials",
                    "client_id": self.client_id.get_secret_value(),
                    "client_secret": self.client_secret.get_secret_value(),
                },
            )
            try:
                body = (await self.files.send(call)).body
            except RejectedByPlatform as error:
                # OAuth says so of a wrong secret.
                raise JournalUnusable(str(error)) from error
            token, seconds = _text(body, "access_token"), _number(body, "expires_in")
            if token is None:
                raise unexpected(self.account, call.operation, "answered no token")
            self._token, self._ends_at = token, now + timedelta(seconds=seconds) - _MARGIN
        return self._token


def journal_of(
    context: PlatformContext,
    account: Account,
    base_url: str,
    transport: httpx.AsyncBaseTransport | None,
) -> Journal:
    """Return the journal of the app whose id and secret the configuration gives."""
    given = {name: each.get_secret_value() for name, each in context.secrets.items()}
    files = HttpSession(
        platform=context.name,
        base_url=base_url,
        budget=context.budget,
        headers={},
        dialect=Plain(),
        secrets=tuple(given.values()),
        clock=account.clock,
        transport=transport,
    )
    return Journal(
        account=account,
        files=files,
        client_id=context.secrets["client_id"],
        client_secret=context.secrets["client_secret"],
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """Who was told of, in whatever order: what became of each is asked afterwards."""

    changed: dict[str, None] = field(default_factory=dict)
    removals: dict[str, Removal] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        """Note what an entry says."""
        if entry.get("objectTypeId", _CONTACT_TYPE) != _CONTACT_TYPE:
            return
        remote_id = str(entry.get("objectId"))
        match entry.get("type"), entry.get("action"):
            case "GDPR_PRIVACY_DELETION", _:
                self.removals[remote_id] = Removal(remote_id=remote_id, erased=True)
            case "OBJECT", "DELETE":
                self.removals.setdefault(remote_id, Removal(remote_id=remote_id))
            case "OBJECT", "MERGE":
                # Who is left says itself which ids it had before.
                winner, losers = _merged(entry)
                self.changed[winner] = None
                for each in losers:
                    self.removals[each] = Removal(remote_id=each, merged_into=winner)
            case "OBJECT", _:
                self.changed[remote_id] = None

    def entries(self, offset: str) -> Entries:
        """Return it all, up to `offset`."""
        return Entries(
            changed=tuple(self.changed), removals=tuple(self.removals.values()), offset=offset
        )


def _merged(entry: Entry) -> tuple[str, Sequence[str]]:
    """Return who is left of a merge, and who is not."""
    primary = str(entry.get("primaryObjectId") or entry.get("objectId"))
    winner = str(entry.get("newObjectId") or primary)
    olds = entry.get("mergedObjectIds")
    losers = (primary, *map(str, olds if isinstance(olds, list) else ()))
    return winner, [each for each in losers if each != winner]


def _text(body: Json, name: str) -> str | None:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, str) and found else None


def _number(body: Json, name: str) -> int:
    found = body.get(name) if isinstance(body, dict) else None
    return found if isinstance(found, int) else 0
