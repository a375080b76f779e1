"""What keeps an instance from working: what is switched off there, rights, and what it lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.asking import total_of, where
from adapters.mautic.dialect import ACCESS_DENIED, API_DISABLED, complaint_of
from adapters.mautic.events.cross_check import counts_that_differ
from adapters.mautic.events.row_events import number_of
from adapters.mautic.limits import API
from adapters.mautic.registration import NAME
from adapters.mautic.stats import TableLacking, ask_stats
from connector.errors import (
    AccessRefused,
    PlatformError,
    Problem,
    RejectedByPlatform,
    RightMissing,
    UnexpectedAnswer,
    is_locked_out,
)
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.http import Answer
    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause
    from adapters.mautic.events.source import Source
    from adapters.mautic.registration import MauticRegistration

LEAST = (4, 4)
"""The oldest version that heatsync is tried with."""

_OPERATION = "check"
_ASIDE = frozenset({httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND})
_NOWHERE = frozenset({httpx.codes.NOT_FOUND, httpx.codes.METHOD_NOT_ALLOWED, httpx.codes.GONE})
_START_PAGE = "write the address of Mautic's own start page"
_OTHERS = "lead:leads:viewother"
_ONE: tuple[tuple[str, str | int], ...] = (("limit", 1), ("minimal", 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class MauticCheck:
    """Looks at one instance."""

    account: Account
    sources: Sequence[Source]
    """The events that are read."""
    registration: MauticRegistration
    is_basic: bool
    """Whether we come in with a name and a password."""
    parts: frozenset[Part] | None = None
    """What is used of the adapter; None: all of it."""

    async def run(self) -> Sequence[Problem]:
        """Return all problems; raises PlatformError when the instance cannot be asked at all."""
        try:
            answer = await self._ask("GET", "/api/contacts", *_ONE)
        except (AccessRefused, RejectedByPlatform, UnexpectedAnswer) as error:
            return [self._refused(error)]
        if shut := self._shut(answer):
            return [shut]
        found = [*self._of_version(await self.account.version()), *self._of_basic()]
        found += await self._of_role()
        for source in self.sources:
            found += await self._of_source(source)
        return [*found, *await self._of_webhooks()]

    def _refused(self, error: PlatformError) -> Problem:
        """Return the problem of credentials that nobody knows, or of a door that is shut.

        What answers may not be Mautic at all, but what stands before it, or something else.
        """
        if isinstance(error, RejectedByPlatform | RightMissing | UnexpectedAnswer):
            return self._elsewhere(error)
        if error.status == httpx.codes.FORBIDDEN:
            return self._disabled()
        if error.status in _NOWHERE:
            return self._absent()
        if self.is_basic:
            return self._problem(
                "Mautic refuses the name or the password", "set both anew in the environment"
            )
        return self._problem(
            "Mautic refuses the client",
            "make one for OAuth 2 under Settings, API Credentials, as an administrator (4.0 and "
            "later), and set its public key as CLIENT_ID and its secret key as CLIENT_SECRET",
        )

    def _shut(self, answer: Answer) -> Problem | None:
        """Return what shuts everybody out, if anything does."""
        if answer.status == httpx.codes.NOT_FOUND:
            return self._absent()
        if answer.status != httpx.codes.FORBIDDEN:
            return None
        match complaint_of(answer.body)[1]:
            case str() as kind if kind == API_DISABLED:
                return self._disabled()
            case str() as kind if kind == ACCESS_DENIED and self.is_basic:
                message = "Basic authentication is switched off in Mautic"
                hint = (
                    "use a client of OAuth 2 (CLIENT_ID and CLIENT_SECRET), or switch it on under "
                    "Configuration, API Settings"
                )
                return self._problem(message, hint)
        message = "the role of the user may not view contacts"
        return self._problem(message, "give the role View Others of Contacts in Mautic")

    def _disabled(self) -> Problem:
        message = "the API is switched off in Mautic"
        hint = "switch it on under Configuration, API Settings, API enabled, and clear the cache"
        return self._problem(message, hint)

    def _absent(self) -> Problem:
        message = "there is no API of Mautic at this address"
        return self._problem(message, _START_PAGE)

    def _elsewhere(self, error: PlatformError) -> Problem:
        """Return that an answer is not one of Mautic's API."""
        if error.status in _NOWHERE:
            return self._absent()
        if error.status == httpx.codes.FORBIDDEN:
            message = "something before Mautic keeps us out, with 403"
            hint = "let requests to /api and /oauth of Mautic pass, such as in the host's firewall"
            return self._problem(message, hint)
        message = f"what answers at this address is not the API of Mautic: {error}"
        hint = f"{_START_PAGE}; if it is that one, look into the log of Mautic's server"
        return self._problem(message, hint)

    def _of_version(self, version: tuple[int, int] | None) -> Iterator[Problem]:
        if version is None:
            message = "no answer says which version of Mautic this is"
            hint = "a proxy may drop the header Mautic-Version; the oldest ways are gone until then"
            yield self._problem(message, hint, is_advice=True)
        elif version < LEAST:
            major, minor = version
            message = f"this is Mautic {major}.{minor}, and heatsync is tried with 4.4 and later"
            yield self._problem(message, "update Mautic", is_advice=True)

    def _of_basic(self) -> Iterator[Problem]:
        if self.is_basic:
            message = "with a name and a password each request takes Mautic half a second longer"
            hint = "a client of OAuth 2 (CLIENT_ID and CLIENT_SECRET) does without"
            yield self._problem(message, hint, is_advice=True)

    async def _of_role(self) -> Sequence[Problem]:
        """Return that only the contacts of the user are seen: Mautic leaves out the rest."""
        try:
            sees_all = await self._may_view_others()
        except PlatformError as error:
            if is_locked_out(error):
                raise
            sees_all = None
        if sees_all is None:
            sees_all = await self._sees_as_many()
        if sees_all:
            return ()
        message = "the role of the user sees its own contacts alone: all others are left out"
        return [self._problem(message, "give the role View Others of Contacts in Mautic")]

    async def _may_view_others(self) -> bool | None:
        """Return whether the role may view all contacts; None where nobody says."""
        me = (await self._ask("GET", "/api/users/self")).body
        number = number_of(me.get("id")) if isinstance(me, dict) else None
        if number is None:
            return None
        path, body = f"/api/users/{number}/permissioncheck", {"permissions": [_OTHERS]}
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=path,
            body=body,
            buckets=(API,),
            reads=_ASIDE,
        )
        said = (await self.account.send(call)).body
        may = said.get(_OTHERS) if isinstance(said, dict) else None
        return bool(may) if isinstance(may, (bool, int)) else None

    async def _sees_as_many(self) -> bool:
        """Return whether a condition that all meet finds no more contacts than none does.

        With one Mautic forgets whose contacts a role may see.
        """
        everybody: Clause = ("id", "gt", 0)
        seen, there = [
            total_of((await self._ask("GET", "/api/contacts", *_ONE, *where(clauses))).body)
            for clauses in ((), (everybody,))
        ]
        return seen is None or there is None or seen >= there

    async def _of_source(self, source: Source) -> Sequence[Problem]:
        try:
            await ask_stats(self.account, source.name, limit=1, order=())
            counts = await counts_that_differ(self.account, source.name)
        except TableLacking as error:
            told = ", ".join(sorted(source.types))
            hint = "if the version should have it, give the role View Others of Contacts"
            message = f"the table {source.name} cannot be read, which tells of {told}: {error}"
            return [self._problem(message, hint, is_advice=True)]
        if counts is None:
            return ()
        rows, shown = counts
        message = (
            f"of the last day the table {source.name} has {rows:,} rows, and the activity of "
            f"contacts shows {shown:,}"
        )
        hint = "the role may see a part of one of them; heatsync goes by the table"
        return [self._problem(message, hint, is_advice=True)]

    async def _of_webhooks(self) -> Sequence[Problem]:
        """Return that Mautic ceased to call: it says so to nobody."""
        if self.parts is not None and Part.WEBHOOKS not in self.parts:
            return ()
        try:
            rows = await self.registration.rows()
        except (RightMissing, RejectedByPlatform):
            return ()
        return [
            self._problem(
                f"the webhook {row.get('id')} of heatsync is not published: Mautic calls no more",
                "run heatsync webhooks register again",
                is_advice=True,
            )
            for row in rows
            if row.get("name") == NAME and row.get("isPublished") is False
        ]

    async def _ask(
        self, method: str, path: str, *params: tuple[str, str | int | float | bool]
    ) -> Answer:
        call = Call(
            operation=_OPERATION,
            method=method,
            path=path,
            params=params,
            buckets=(API,),
            reads=_ASIDE,
        )
        return await self.account.send(call)

    def _problem(
        self, message: str, hint: str | None = None, *, is_advice: bool = False
    ) -> Problem:
        return Problem(path=self.account.name, message=message, hint=hint, is_advice=is_advice)
