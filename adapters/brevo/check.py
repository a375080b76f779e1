"""What keeps an account from working: the key, the limits, and events that it does not have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.brevo.dialect import stated_limit
from adapters.brevo.events.sms import LACKING
from adapters.brevo.limits import GENERAL, STATISTICS, buckets_of
from adapters.http import Call
from connector.errors import AccessRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.brevo.account import Account
    from adapters.brevo.config import PlanName
    from adapters.brevo.events.source import Source
    from adapters.http import Answer

ONLY_TOLD = frozenset({"list.subscribed"})
"""Types of event that no request brings, unless somebody sends them as custom events."""

_OPERATION = "check"
_MAIL = "/smtp/statistics/events"
_PATHS: Mapping[str, str] = {
    "transactional mail": _MAIL,
    "custom events": "/events",
    "orders": "/orders",
    "SMS": "/transactionalSMS/statistics/events",
    "campaigns": "/emailCampaigns",
}
"""Where the events are that not every account has, by the name of their source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoCheck:
    """Looks at one account."""

    account: Account
    plan: PlanName
    sources: Sequence[Source]
    """The events that are read."""
    wanted: frozenset[str] | None
    """The types of event that anything looks at; None: whatever there may be."""
    has_token: bool
    """Whether the calls of webhooks can be believed."""

    async def run(self) -> Sequence[Problem]:
        """Return all problems; raises PlatformError when the account cannot be asked at all."""
        try:
            answer = await self._ask("/account")
        except AccessRefused:
            return [self._refused()]
        found = [*self._of_plan(answer), *self._of_webhooks()]
        for source in self.sources:
            if path := _PATHS.get(source.name):
                found += await self._of_source(source, path)
        return found

    def _refused(self) -> Problem:
        message = "Brevo refuses the key, or does not know the address of this machine"
        hint = (
            "make a key under SMTP & API in Brevo; if it is right, look under Security, "
            "Authorised IPs, whether unknown addresses are blocked"
        )
        return Problem(path=self.account.name, message=message, hint=hint)

    def _of_plan(self, answer: Answer) -> Iterator[Problem]:
        """Yield that the account may ask less often than the plan that the configuration names."""
        ours = {each.name: each.limit for each in buckets_of(self.plan)}[GENERAL]
        theirs = stated_limit(answer)
        if theirs is not None and theirs < ours:
            message = f"`plan: {self.plan}` means {ours} requests an hour, and the account has "
            yield Problem(
                path=f"platforms.{self.account.name}.plan",
                message=f"{message}{theirs}",
                hint="write the plan whose limits the account has",
            )

    def _of_webhooks(self) -> Iterator[Problem]:
        """Yield which events are told by webhooks alone, while none can be believed."""
        alone = sorted(ONLY_TOLD & (self.wanted or frozenset()))
        if alone and not self.has_token:
            variable = f"HEATSYNC_PLATFORMS__{self.account.name.upper()}__WEBHOOK_TOKEN"
            yield Problem(
                path=self.account.name,
                message=f"Brevo tells {', '.join(alone)} by webhooks only",
                hint=f"set {variable}, then run heatsync webhooks register",
                is_advice=True,
            )

    async def _of_source(self, source: Source, path: str) -> Sequence[Problem]:
        answer = await self._ask(path, ("limit", 1))
        if answer.status not in LACKING:
            return ()
        told = ", ".join(sorted(source.types)) or "events of your own"
        message = f"the account has no {source.name}: heatsync reads none of {told} there"
        return [
            Problem(
                path=self.account.name,
                message=message,
                hint="switch it on in Brevo if the plan has it, or take out what looks at these",
                is_advice=self.wanted is None,
            )
        ]

    async def _ask(self, path: str, *params: tuple[str, int]) -> Answer:
        call = Call(
            operation=_OPERATION,
            method="GET",
            path=path,
            params=params,
            buckets=(STATISTICS if path == _MAIL else GENERAL,),
            reads=LACKING if params else frozenset(),
        )
        return await self.account.session.send(call)
