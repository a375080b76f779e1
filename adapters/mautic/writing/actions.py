"""Does what triggers ask for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.stats import ask_stats
from adapters.mautic.writing.answers import error_of
from adapters.mautic.writing.deeds import contact_of
from adapters.mautic.writing.editor import is_id
from adapters.mautic.writing.mail import Mail
from adapters.mautic.writing.notes import Notes
from connector.domain.changes import Outcome
from connector.errors import PlatformError, RejectedByPlatform, UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause
    from connector.domain.changes import Action

ACTION_KINDS = frozenset({"email", "campaign", "note", "push"})

_ENTER = "enter a campaign"
_MEMBERS = "campaign_leads"
_NOT_FOUND = httpx.codes.NOT_FOUND


@dataclass(frozen=True, slots=True)
class MauticActions:
    """Keeps the part `actions` of the contract."""

    account: Account

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do actions, each with requests of its own; other kinds are refused unasked."""
        found: list[Outcome] = []
        for each in actions:
            try:
                found.append(await self._one(each))
            except PlatformError as error:
                # Those before were seen to be done, or not to be.
                found.append(Outcome(error=error))
        return found

    async def _one(self, action: Action) -> Outcome:
        match action.kind:
            case "email":
                return await Mail(self.account).send(action)
            case "note":
                return await Notes(self.account).leave(action)
            case "campaign":
                return await self._enter(action)
            case "push":
                # The creator makes who is absent; whoever has a record is there.
                return Outcome(is_unchanged=True)
            case kind:
                text = f"there is no action `{kind}`"
                name = self.account.name
                raise UnsupportedByPlatform(text, platform=name, operation="perform")

    async def _enter(self, action: Action) -> Outcome:
        """Put a contact into a campaign; one that is in it already stays where it is there.

        Mautic would begin a campaign anew for whoever is in it, where the campaign allows that. It
        sends nothing of one to whoever does not want to be written to.
        """
        campaign = str(action.params.get("id") or "")
        if not (campaign.isascii() and campaign.isdecimal()):
            raise self._rejected("a campaign is named by its number")
        remote_id = action.to.remote_id
        if await self._is_inside(campaign, remote_id):
            return Outcome(is_unchanged=True)
        call = Call(
            operation=_ENTER,
            method="POST",
            path=f"/api/campaigns/{campaign}/contact/{remote_id}/add",
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            await contact_of(self.account, _ENTER, remote_id)
            raise self._rejected(f"there is no campaign {campaign}")
        if not isinstance(answer.body, dict) or not answer.body.get("success"):
            raise self.account.unexpected(_ENTER, "does not say that it was done")
        return Outcome()

    async def _is_inside(self, campaign: str, remote_id: str) -> bool:
        if not is_id(remote_id):
            raise error_of(self.account, _ENTER, _NOT_FOUND, {})
        clauses: list[Clause] = [
            ("campaign_id", "eq", campaign),
            ("lead_id", "eq", remote_id),
            ("manually_removed", "eq", 0),
        ]
        order = (("lead_id", "ASC"),)
        rows = await ask_stats(self.account, _MEMBERS, clauses, limit=1, order=order)
        return bool(rows.rows)

    def _rejected(self, reason: str) -> RejectedByPlatform:
        text = f"{self.account.name}: {_ENTER}: {reason}"
        return RejectedByPlatform(text, platform=self.account.name, operation=_ENTER)
