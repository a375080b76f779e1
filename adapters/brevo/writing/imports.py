"""Imports: sent in parts of a size that Brevo takes, and waited for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from adapters.brevo.limits import CONTACTS, GENERAL
from adapters.http import Call
from connector.errors import PlatformError, PlatformUnavailable, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account
    from adapters.brevo.lists import BrevoLists
    from adapters.brevo.writing.values import Sent
    from adapters.http import Json

MOST_BYTES = 8 * 10**6
"""Brevo refuses more than 10 MB, and advises 8."""
LOOKS = tuple(timedelta(seconds=each) for each in (20, 20, 40, 60, 120, 240, 480))
"""The waits before each look at a process: such looks count in the tightest limit, so they are
few. After the last one the contacts themselves have to tell."""
UNASKED = timedelta(seconds=60)
"""How long an import is waited for whose answer was lost."""

_OVER = frozenset({"completed", "failed", "cancelled"})
_SEND = "import contacts"
_LOOK = "look at an import"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One contact of an import."""

    email: str = field(repr=False)
    attributes: Mapping[str, Sent] = field(repr=False)

    def as_json(self) -> Json:
        """Return it as it is sent."""
        return {"email": self.email, "attributes": dict(self.attributes)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Imports into the technical list of an account."""

    account: Account
    lists: BrevoLists

    async def run(self, rows: Sequence[ImportRow]) -> datetime | None:
        """Import `rows`, and return when Brevo has done so or says no more of it.

        Returns when the first of them were taken, to the second, by Brevo's own clock; None where
        it did not say so. What was taken has to be read back. Raises PlatformError when it takes
        nothing at all.
        """
        taken: list[_Taken] = []
        for part in parts(rows):
            try:
                taken.append(await self._send_somewhere(part))
            except PlatformError:
                if not taken:
                    raise
                break
        await self._wait({each.process for each in taken if each.process is not None})
        return taken[0].at if taken else None

    async def _wait(self, processes: set[int]) -> None:
        """Wait until none of these is under way; without an id there is nothing to ask for."""
        if not processes:
            await self.account.clock.sleep(UNASKED)
        for wait in LOOKS if processes else ():
            await self.account.clock.sleep(wait)
            processes = {each for each in processes if not await self._is_over(each)}
            if not processes:
                return

    async def _send_somewhere(self, rows: Sequence[ImportRow]) -> _Taken:
        """Send one part to the technical list, made anew where somebody deleted it."""
        list_id = await self.lists.import_list()
        try:
            return await self._send(rows, list_id)
        except RejectedByPlatform:
            self.lists.forget()
            anew = await self.lists.import_list()
            if anew == list_id:
                raise
            return await self._send(rows, anew)

    async def _send(self, rows: Sequence[ImportRow], list_id: int) -> _Taken:
        """Send one part; nothing is known of it where no answer came."""
        call = Call(
            operation=_SEND,
            method="POST",
            path="/contacts/import",
            body={
                "jsonBody": [each.as_json() for each in rows],
                "listIds": [list_id],
                "updateExistingContacts": True,
                "emptyContactsAttributes": False,
                "disableNotification": True,
            },
            buckets=(CONTACTS,),
        )
        try:
            answer = await self.account.session.send(call)
        except PlatformError as error:
            if isinstance(error, PlatformUnavailable) and error.status is None:
                return _Taken()
            raise
        body = answer.body if isinstance(answer.body, dict) else {}
        found = body.get("processId")
        process = found if isinstance(found, int) else None
        return _Taken(process=process, at=_date(answer.headers.get("date", "")))

    async def _is_over(self, process: int) -> bool:
        call = Call(operation=_LOOK, method="GET", path=f"/processes/{process}", buckets=(GENERAL,))
        try:
            answer = await self.account.session.send(call)
        except PlatformError:
            return False
        body = answer.body if isinstance(answer.body, dict) else {}
        return body.get("status") in _OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What Brevo says of an import that it was sent."""

    process: int | None = None
    at: datetime | None = None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def parts(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    """Yield `rows` in parts that Brevo takes, each as large as may be."""
    part: list[ImportRow] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row.as_json())) + 2
        if part and size + length > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part
