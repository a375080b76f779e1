"""Sends one e-mail to one contact, which takes HubSpot's add-on for transactional mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.http import Call
from adapters.hubspot.asking import batch_read, unexpected
from adapters.hubspot.limits import REQUEST
from adapters.hubspot.wire import ContactWire
from connector.domain.changes import Outcome
from connector.domain.contacts import Reading
from connector.domain.instants import iso
from connector.errors import ContactGone, PlatformUnavailable, RejectedByPlatform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.http import Json
    from adapters.hubspot.account import Account
    from connector.domain.changes import Action
    from connector.domain.contacts import Contact
    from connector.domain.values import Written
    from connector.errors import PlatformError

TEMPLATE = "template"
"""The param that holds the id of the e-mail; all others are filled into it."""

_OPERATION = "send an e-mail"
_SENT = frozenset({"SENT", "QUEUED"})
_REPEATED = "IDEMPOTENT_IGNORE"
_LATER = "THROTTLED"
_UNDER_WAY = frozenset({"PENDING", "PROCESSING"})
_WIRE = ContactWire(Reading())


@dataclass(frozen=True, slots=True)
class Mail:
    """Sends e-mails; HubSpot sends one of each key."""

    account: Account

    async def send(self, action: Action) -> Outcome:
        """Send what `action` asks for, to the address that the contact has now."""
        template = str(action.params.get(TEMPLATE) or "")
        if not template.isdecimal():
            return self._refused(RejectedByPlatform, "the template is no id of an e-mail")
        contact = await self._contact(action.to.remote_id)
        if contact is None:
            return self._refused(ContactGone, "the contact is gone")
        if contact.opted_out:
            return self._refused(RejectedByPlatform, "the contact has opted out")
        if not contact.emails:
            return self._refused(RejectedByPlatform, "the contact has no e-mail address")
        call = Call(
            operation=_OPERATION,
            method="POST",
            path=self.account.paths.single_send,
            buckets=REQUEST,
            body={
                "emailId": int(template),
                "message": {"to": contact.emails[0], "sendId": action.key},
                # Never `contactProperties`: those would be written to the contact.
                "customProperties": _filled(action.params),
            },
        )
        return self._outcome((await self.account.session.send(call)).body)

    async def _contact(self, remote_id: str) -> Contact | None:
        """Return the contact as it is now: it may have opted out since it was pulled."""
        rows = await batch_read(self.account, [remote_id], _WIRE.properties, kind="contacts")
        try:
            return next(iter(_WIRE.contacts(rows)[0]), None)
        except (AttributeError, KeyError, TypeError, ValueError):
            raise unexpected(self.account, _OPERATION, "answered what is no contact") from None

    def _outcome(self, body: Json) -> Outcome:
        told = body if isinstance(body, dict) else {}
        result, status = told.get("sendResult"), told.get("status")
        if result == _REPEATED:
            return Outcome(is_unchanged=True)
        if result in _SENT or (result is None and status in _UNDER_WAY):
            return Outcome()
        if result == _LATER:
            return self._refused(PlatformUnavailable, "HubSpot sends no more at the moment")
        if isinstance(result, str) and result.isascii():
            return self._refused(RejectedByPlatform, f"HubSpot did not send it: {result[:60]}")
        return Outcome(error=unexpected(self.account, _OPERATION, "does not say what became of it"))

    def _refused(self, kind: type[PlatformError], reason: str) -> Outcome:
        name = self.account.name
        text = f"{name}: {_OPERATION}: {reason}"
        return Outcome(error=kind(text, platform=name, operation=_OPERATION))


def _filled(params: Mapping[str, Written]) -> Mapping[str, str | bool]:
    """Return what is filled into the template, as it should read there."""
    return {name: _shown(value) for name, value in params.items() if name != TEMPLATE}


def _shown(value: Written) -> str | bool:
    match value:
        case None:
            return ""
        case Decimal():
            return format(value, "f")
        case datetime():
            return iso(value)
        case _:
            return value
