"""Sends one e-mail of Mautic's to one contact, once.

Mautic sends it whatever the contact said about being written to: so who may not be written to is
looked at right before. The mark of the deed goes along as a token, which no template names; Mautic
keeps the tokens of what it sent, and there it is found when the answer was lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx

from adapters.http import Call
from adapters.mautic.limits import API
from adapters.mautic.stats import ask_stats
from adapters.mautic.wire import email_of, is_opted_out
from adapters.mautic.writing.deeds import contact_of, mark_of
from adapters.mautic.writing.entry import values_of
from connector.domain.changes import Outcome
from connector.domain.instants import iso
from connector.errors import PlatformUnavailable, RejectedByPlatform

if TYPE_CHECKING:
    from adapters.mautic.account import Account
    from adapters.mautic.asking import Clause
    from connector.domain.changes import Action
    from connector.domain.values import Written
    from connector.errors import PlatformError

TEMPLATE = "template"
"""The param that holds the id of the e-mail; all others become tokens of it."""
MARK = "{heatsync}"
"""The token that carries the mark of a deed."""

_OPERATION = "send an e-mail"
_TABLE = "email_stats"
_NOT_FOUND = httpx.codes.NOT_FOUND


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends e-mails."""

    account: Account

    async def send(self, action: Action) -> Outcome:
        """Send what `action` asks for, unless it was sent; raises PlatformError."""
        template = str(action.params.get(TEMPLATE) or "")
        if not (template.isascii() and template.isdecimal()):
            raise self._error(RejectedByPlatform, "the template is no id of an e-mail")
        remote_id = action.to.remote_id
        contact = await contact_of(self.account, _OPERATION, remote_id)
        if is_opted_out(contact.get("doNotContact")):
            raise self._error(RejectedByPlatform, "the contact has opted out")
        if email_of(values_of(contact).get("email")) is None:
            raise self._error(RejectedByPlatform, "the contact has no e-mail address")
        mark = mark_of(action.key)
        if await self._is_sent(remote_id, mark):
            return Outcome(is_unchanged=True)
        tokens = {
            f"{{{name}}}": _shown(value)
            for name, value in action.params.items()
            if name != TEMPLATE
        }
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=f"/api/emails/{template}/contact/{remote_id}/send",
            body={"tokens": {**tokens, MARK: mark}},
            buckets=(API,),
            reads=frozenset({_NOT_FOUND}),
        )
        answer = await self.account.send(call)
        if answer.status == _NOT_FOUND:
            raise self._error(RejectedByPlatform, f"there is no e-mail {template}")
        if not isinstance(answer.body, dict) or answer.body.get("success") is not True:
            raise self._error(PlatformUnavailable, "Mautic could not send it")
        return Outcome()

    async def _is_sent(self, remote_id: str, mark: str) -> bool:
        """Return whether an e-mail with this mark was sent to a contact.

        Mautic does not show the tokens of what it sent, but finds it by them.
        """
        clauses: list[Clause] = [("lead_id", "eq", remote_id), ("tokens", "like", f"%{mark}%")]
        rows = await ask_stats(self.account, _TABLE, clauses, limit=1)
        return bool(rows.rows)

    def _error(self, kind: type[PlatformError], reason: str) -> PlatformError:
        name = self.account.name
        return kind(f"{name}: {_OPERATION}: {reason}", platform=name, operation=_OPERATION)


def _shown(value: Written) -> str:
    """Return a value as it should read in a mail."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value, "f")
        case datetime():
            return iso(value)
        case _:
            return value
