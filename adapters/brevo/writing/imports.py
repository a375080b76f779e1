"""Imports: sent in parts of a size that Brevo takes, and waited for."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.limits import CONTACTS
from adapters.brevo.writing.process import Process, State
from adapters.clocks import date_of
from adapters.http import Call
from connector.errors import (
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.account import Account
    from adapters.brevo.lists import BrevoLists
    from adapters.brevo.writing.process import IsShown
    from adapters.brevo.writing.values import Sent
    from adapters.http import Json

MOST_BYTES = 8 * 10**6
"""Brevo refuses more than 10 MB, and advises 8."""
LOOKS = tuple(timedelta(seconds=each) for each in (30, 60, 90, 120, 240, 480))
"""The waits before each look at a process: such looks count in the tightest limit, so they are
few. After the last one the contacts themselves have to tell."""
UNASKED = timedelta(seconds=60)
"""How long an import is waited for whose answer was lost."""
MOST_REFUSED = 12
"""So many parts that came to nothing are halved. Seven find the one row of a full import that Brevo
minds, as far as it is looked for; where more come to nothing, it is not a row that it minds."""
SMALLEST = 1_000
"""Fewer rows are not halved: they are written one by one."""

_SEND = "import contacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRow:
    """One contact of an import."""

    remote_id: str
    email: str = field(repr=False)
    attributes: Mapping[str, Sent] = field(repr=False)

    def as_json(self) -> Json:
        """Return it as it is sent."""
        return {"email": self.email, "attributes": dict(self.attributes)}

    @property
    def size(self) -> int:
        """Return how many bytes of a body it takes, the comma behind it included."""
        text = json.dumps(self.as_json(), ensure_ascii=False, separators=(",", ":"))
        return len(text.encode()) + 1


@dataclass(slots=True, kw_only=True)
class Imported:
    """What is known of imports once they were waited for."""

    since: datetime | None = None
    """When the first of them was taken, to the second, by Brevo's own clock; None where it did not
    say so, whenever the others were."""
    is_taken: bool = False
    """Whether any may have been taken."""
    troubles: dict[str, PlatformError] = field(default_factory=dict)
    """Why a contact may not have been reached, by its id: what may pass, or a refusal."""

    def note(self, taken: _Taken) -> None:
        """Take note of a part that was taken, as far as Brevo says so."""
        if not self.is_taken:
            self.is_taken, self.since = True, taken.at
        for row in taken.part:
            self.troubles.pop(row.remote_id, None)
        self.troubles |= _shared(taken.trouble, [taken.part])


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """Imports into the technical list of an account."""

    account: Account
    lists: BrevoLists

    async def run(self, rows: Sequence[ImportRow], is_shown: IsShown) -> Imported:
        """Import `rows`, and return when Brevo has done so or says no more of it.

        Where it tells nothing a few contacts do, which show it or not. A part that is refused or
        fails is halved, a few times. What was taken has to be read back.
        Raises PlatformError when nothing at all was taken, and that may pass or has to be mended.
        """
        found = Imported()
        left = list(parts(rows))
        refused = 0
        while left and refused < MOST_REFUSED:
            failed = await self._round(left, found, is_shown)
            refused += len(failed)
            left = [half for part in failed for half in _halves(part)]
        return found

    async def _round(
        self, asked: Sequence[Sequence[ImportRow]], found: Imported, is_shown: IsShown
    ) -> Sequence[Sequence[ImportRow]]:
        """Send these parts, and return those that came to nothing, though Brevo is there."""
        taken: list[_Taken] = []
        failed: list[Sequence[ImportRow]] = []
        for place, part in enumerate(asked):
            try:
                one = await self._send_somewhere(part)
            except RejectedByPlatform as error:
                found.troubles |= _shared(error, [part])
                failed.append(part)
                continue
            except PlatformError as error:
                if not found.is_taken:
                    raise
                found.troubles |= _shared(error, asked[place:])
                break
            found.note(one)
            taken.append(one)
        if taken:
            failed += await self._wait(taken, found, is_shown)
        return failed

    async def _wait(
        self, taken: Sequence[_Taken], found: Imported, is_shown: IsShown
    ) -> Sequence[Sequence[ImportRow]]:
        """Wait until none of these is under way; return the parts of those that failed.

        Without an id there is nothing to ask for.
        """
        under_way = [
            Process(account=self.account, number=each.process, part=each.part, is_shown=is_shown)
            for each in taken
            if each.process is not None
        ]
        failed: list[Sequence[ImportRow]] = []
        if not under_way:
            await self.account.clock.sleep(UNASKED)
        for wait in LOOKS if under_way else ():
            await self.account.clock.sleep(wait)
            states = [(each, await each.look()) for each in under_way]
            failed += [each.part for each, state in states if state is State.FAILED]
            for each, state in states:
                if state is State.UNKNOWN:
                    found.troubles |= _shared(each.trouble, [each.part])
            under_way = [each for each, state in states if state is State.UNDER_WAY]
            if not under_way:
                break
        return failed

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
        """Send one part; nothing is known of it where no answer came that can be read."""
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
        except PlatformUnavailable as error:
            if error.status is not None:
                raise
            return _Taken(part=rows, trouble=error)
        except UnexpectedAnswer:
            return _Taken(part=rows, trouble=self._unsaid())
        body = answer.body if isinstance(answer.body, dict) else {}
        process = body.get("processId")
        at = date_of(answer.headers.get("date", ""))
        if not isinstance(process, int) or isinstance(process, bool):
            return _Taken(part=rows, at=at, trouble=self._unsaid())
        return _Taken(part=rows, process=process, at=at)

    def _unsaid(self) -> PlatformUnavailable:
        text = f"{self.account.name}: {_SEND}: the answer does not say whether it was taken"
        return PlatformUnavailable(text, platform=self.account.name, operation=_SEND)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """What Brevo says of a part that it was sent."""

    part: Sequence[ImportRow]
    process: int | None = None
    at: datetime | None = None
    trouble: PlatformError | None = None
    """Why it is not known to have been taken."""


def _shared(
    error: PlatformError | None, parts: Iterable[Sequence[ImportRow]]
) -> dict[str, PlatformError]:
    """Return `error` for everybody in these parts."""
    return {row.remote_id: error for part in parts for row in part} if error else {}


def _halves(part: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    if len(part) > SMALLEST:
        half = len(part) // 2
        yield part[:half]
        yield part[half:]


def parts(rows: Sequence[ImportRow]) -> Iterator[Sequence[ImportRow]]:
    """Yield `rows` in parts that Brevo takes, each as large as may be."""
    part: list[ImportRow] = []
    size = 0
    for row in rows:
        length = row.size
        if part and size + length > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(row)
        size += length
    if part:
        yield part
