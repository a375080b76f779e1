"""What keeps an account from working: rights that the token lacks, and limits that are spent.

What keeps nothing from working is advice: sources of events that the account does not have, and
settings that are not those of the account.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call, Json
from adapters.hubspot.asking import unexpected
from adapters.hubspot.complaints import complaint_of
from adapters.hubspot.limits import DAILY, REQUEST, buckets_of
from connector.errors import AccessRefused, Problem
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.hubspot.account import Account
    from adapters.hubspot.config import HubspotConfig
    from adapters.hubspot.events.source import Source
    from adapters.hubspot.events.stream import EventReader

_OPERATION = "check"
_NO_LIST = "0"
"""No list has this id."""
_NOTHING: Json = {"inputs": []}
_UNDERSTOOD = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN, httpx.codes.NOT_FOUND})
_READ = "crm.objects.contacts.read"
_WRITE = "crm.objects.contacts.write"
_HINT = "give it to the app in HubSpot's settings; a token may have to be made anew then"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A request that changes nothing and is refused where a right is missing.

    One that would write is empty, or names what is not there: HubSpot looks at rights first.
    """

    purpose: str
    method: str
    path: str
    scope: str
    """The right that is asked for."""
    body: Json = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """Looks at one account."""

    account: Account
    config: HubspotConfig
    events: EventReader
    parts: frozenset[Part] | None = None
    """What is used of the adapter; None: all of it."""
    action_kinds: frozenset[str] | None = None
    """Which actions of triggers are asked for; None: any."""

    async def run(self) -> Sequence[Problem]:
        """Return all problems; raises PlatformError when the account cannot be asked at all."""
        try:
            details = await self._asked(self.account.paths.details)
        except AccessRefused:
            return [self._refused()]
        if not isinstance(details, dict):
            raise unexpected(self.account, _OPERATION, "answered what describes no account")
        found = [
            *self._of_timezone(details.get("timeZone")),
            *self._of_limits(await self._asked(self.account.paths.usage)),
        ]
        for probe in self._probes():
            found += await self._of_rights(probe)
        lacking = await self.events.lacking()
        return [*found, *(self._of_source(each) for each in lacking)]

    def _probes(self) -> Iterator[Probe]:
        """Yield what has to be allowed for what is used."""
        paths = self.account.paths
        yield Probe(purpose="read contacts", method="GET", path=paths.contacts, scope=_READ)
        if self._uses(Part.FIELDS, Part.ATTRIBUTE_WRITER):
            path, scope = f"{paths.properties}/contacts", "crm.schemas.contacts.read"
            yield Probe(purpose="read properties", method="GET", path=path, scope=scope)
        if self._uses(Part.MEMBERSHIPS, Part.LIST_WRITER):
            path, scope = f"{paths.lists}/search", "crm.lists.read"
            body: Json = {"count": 1, "offset": 0, "query": ""}
            yield Probe(purpose="read lists", method="POST", path=path, scope=scope, body=body)
        if self._uses(Part.ATTRIBUTE_WRITER, Part.CONTACT_CREATOR):
            yield _making("write contacts", f"{paths.contacts}/batch/update")
        if self._uses(Part.LIST_WRITER):
            path, scope = f"{paths.lists}/{_NO_LIST}/memberships/add", "crm.lists.write"
            yield Probe(purpose="write lists", method="PUT", path=path, scope=scope, body=[])
        for kind in ("note", "task"):
            if self._does(kind):
                yield _making(f"make {kind}s", f"{paths.records(f'{kind}s')}/batch/create")
        if self._does("email"):
            path, scope = paths.single_send, "transactional-email"
            purpose = "send e-mails of triggers"
            yield Probe(purpose=purpose, method="POST", path=path, scope=scope, body={})

    def _refused(self) -> Problem:
        variable = f"HEATSYNC_PLATFORMS__{self.account.name.upper()}__ACCESS_TOKEN"
        scopes = dict.fromkeys(each.scope for each in self._probes())
        hint = (
            f"make a service key in HubSpot (Settings, Integrations) with `{'`, `'.join(scopes)}`, "
            f"and set it as {variable}; so too where the old one has lapsed or was made anew"
        )
        return self._problem("HubSpot refuses the token", hint)

    def _uses(self, *parts: Part) -> bool:
        return self.parts is None or not self.parts.isdisjoint(parts)

    def _does(self, kind: str) -> bool:
        return self.action_kinds is None or kind in self.action_kinds

    async def _of_rights(self, probe: Probe) -> Sequence[Problem]:
        call = Call(
            operation=_OPERATION,
            method=probe.method,
            path=probe.path,
            buckets=REQUEST,
            body=probe.body,
            reads=_UNDERSTOOD,
        )
        answer = await self.account.session.send(call)
        if answer.status != httpx.codes.FORBIDDEN:
            return ()
        complaint = complaint_of(answer.body)
        if not complaint.scopes:
            message = f"HubSpot does not let the token {probe.purpose}: {complaint.words}"
            return [self._problem(message.rstrip(": "))]
        scopes = " or ".join(f"`{each}`" for each in complaint.scopes)
        message = f"the token lacks the scope {scopes}: without it heatsync cannot {probe.purpose}"
        return [self._problem(message, _HINT)]

    def _of_timezone(self, timezone: object) -> Iterator[Problem]:
        wanted = self.config.timezone
        if wanted is not None and isinstance(timezone, str) and timezone != wanted:
            message = f"`timezone` says {wanted}, and the account is in {timezone}"
            hint = "its daily limit begins anew at its own midnight"
            yield self._problem(message, hint, is_advice=True)

    def _of_limits(self, usage: Json) -> Iterator[Problem]:
        """Yield what the day's requests say; an account that does not tell them has no problem."""
        day = _first(usage)
        limit, used = day.get("usageLimit"), day.get("currentUsage")
        if not isinstance(limit, int) or not isinstance(used, int):
            return
        if used >= limit:
            message = f"all {limit:,} requests that the account has for today are used up"
            yield self._problem(message, f"they begin anew at {day.get('resetsAt', 'midnight')}")
        stated = {each.name: each.limit for each in buckets_of(self.config.tier)}[DAILY]
        if stated > limit:
            message = f"`tier: {self.config.tier}` means {stated:,} requests a day, and the account"
            hint = "write the tier that the account has"
            yield self._problem(f"{message} has {limit:,}", hint, is_advice=True)

    async def _asked(self, path: str) -> Json:
        """Return what an address answers; None where it is not for us to know."""
        call = Call(
            operation=_OPERATION, method="GET", path=path, buckets=REQUEST, reads=_UNDERSTOOD
        )
        answer = await self.account.session.send(call)
        return None if answer.status in _UNDERSTOOD else answer.body

    def _of_source(self, source: Source) -> Problem:
        message = f"the account, or its token, has no {source.title}: no events come from there"
        hint = "if the account should have it, give that right to the token; else nothing to do"
        return self._problem(message, hint, is_advice=True)

    def _problem(
        self, message: str, hint: str | None = None, *, is_advice: bool = False
    ) -> Problem:
        return Problem(path=self.account.name, message=message, hint=hint, is_advice=is_advice)


def _making(purpose: str, path: str) -> Probe:
    """Return a probe that would write records, were there any."""
    return Probe(purpose=purpose, method="POST", path=path, scope=_WRITE, body=_NOTHING)


def _first(usage: Json) -> Mapping[str, object]:
    """Return the one row of the usage; it comes alone, or in `results`."""
    rows = usage.get("results", [usage]) if isinstance(usage, dict) else []
    return next((each for each in rows if isinstance(each, dict)), {})
