"""What triggers ask for: a transactional e-mail, or an event that an automation waits for."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from adapters.brevo.limits import GENERAL, SENDING, SENDING_EVENTS
from adapters.brevo.marks import OWN_EVENT
from adapters.brevo.wire import email_of
from adapters.brevo.writing.people import people_of
from adapters.http import Call
from adapters.together import ask_each
from connector.domain.changes import Outcome
from connector.domain.instants import iso
from connector.errors import ContactGone, PlatformError, RejectedByPlatform, UnsupportedByPlatform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.brevo.account import Account, Row
    from adapters.http import Answer, Json
    from connector.domain.changes import Action
    from connector.domain.values import Written

KINDS = frozenset({"email", "campaign"})
ACTION_BATCH = 20
"""One request reads so many contacts, to see who may be written to."""

_PERFORM = "perform actions"
_EVENT_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_MOST_EVENTS = 10_000
_BAD_REQUEST = 400
_DONE_BEFORE = frozenset({"duplicate_request", "Request already processed"})


@dataclass(frozen=True, slots=True, kw_only=True)
class BrevoActions:
    """Keeps the part `actions` of the contract."""

    account: Account

    async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        """Do each action once. Nobody is sent anything who is on the blocklist at this moment."""
        known = [each for each in actions if each.kind in KINDS]
        done = iter(await self._perform(known) if known else ())
        return [next(done) if each.kind in KINDS else self._unsupported(each) for each in actions]

    async def _perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
        people = await people_of(self.account, {each.to.remote_id for each in actions})
        sent = await self._sent_before([each for each in actions if each.kind == "campaign"])

        async def do(action: Action) -> Outcome:
            row = self._reachable(people.get(action.to.remote_id))
            if action.key in sent:
                return Outcome(is_unchanged=True)
            if action.kind == "email":
                return await self._send_email(action, row)
            return await self._send_event(action)

        answers = await ask_each(actions, do)
        return [
            Outcome(error=each) if isinstance(each, PlatformError) else each for each in answers
        ]

    def _reachable(self, row: Row | None) -> Row:
        """Return a contact that may be written to; raises RejectedByPlatform."""
        if row is None:
            text = f"{self.account.name}: {_PERFORM}: the contact is not there any more"
            raise ContactGone(text, platform=self.account.name, operation=_PERFORM)
        if row.get("emailBlacklisted") is not False:
            raise self._rejected("the contact has opted out")
        return row

    async def _send_email(self, action: Action, row: Row) -> Outcome:
        """Send a template; a key that was sent before is sent no second time by Brevo."""
        if email_of(row.get("email")) is None:
            raise self._rejected("the contact has no e-mail address")
        template = str(action.params.get("template", ""))
        if not template.isdecimal():
            raise self._rejected("the template of an e-mail is its number")
        params = {
            name: _plain(value) for name, value in action.params.items() if name != "template"
        }
        call = Call(
            operation="send an e-mail",
            method="POST",
            path="/smtp/email",
            body={
                "to": [{"email": row["email"]}],
                "templateId": int(template),
                "headers": {"idempotencyKey": action.key},
                **({"params": params} if params else {}),
            },
            buckets=(SENDING,),
            reads=frozenset({_BAD_REQUEST}),
        )
        answer = await self.account.session.send(call)
        if answer.status != _BAD_REQUEST:
            return Outcome()
        if _code(answer) in _DONE_BEFORE:
            return Outcome(is_unchanged=True)
        raise self._rejected(f"the e-mail was refused ({_code(answer)})")

    async def _send_event(self, action: Action) -> Outcome:
        name = _event_of(action)
        if not _EVENT_NAME.fullmatch(name):
            raise self._rejected("the name of an event has letters, digits, - and _")
        call = Call(
            operation="send an event",
            method="POST",
            path="/events",
            body={
                "event_name": name,
                "event_date": iso(action.at),
                "identifiers": {"contact_id": int(action.to.remote_id)},
                "event_properties": {OWN_EVENT: action.key, "trigger": action.trigger},
            },
            buckets=(SENDING_EVENTS,),
        )
        await self.account.session.send(call)
        return Outcome()

    async def _sent_before(self, actions: Sequence[Action]) -> frozenset[str]:
        """Return the keys among those of `actions` whose events are there already.

        Brevo gives events no ids, and takes one twice that is sent twice.
        """
        by_name: defaultdict[str, set[str]] = defaultdict(set)
        for each in actions:
            by_name[_event_of(each)].add(each.to.remote_id)
        found: set[str] = set()
        for name, remote_ids in by_name.items():
            for row in await self._events(name, sorted(remote_ids)):
                properties = row.get("event_properties")
                key = properties.get(OWN_EVENT) if isinstance(properties, dict) else None
                found |= {key} if isinstance(key, str) else set()
        return frozenset(found)

    async def _events(self, name: str, remote_ids: Sequence[str]) -> Sequence[Row]:
        operation = "read events"
        call = Call(
            operation=operation,
            method="GET",
            path="/events",
            params=[
                ("limit", _MOST_EVENTS),
                ("event_name", name),
                *(("contact_id", each) for each in remote_ids),
            ],
            buckets=(GENERAL,),
        )
        answer = await self.account.session.send(call)
        if isinstance(answer.body, dict) and not answer.body.get("events"):
            return ()
        return self.account.rows(operation, answer.body, "events")

    def _unsupported(self, action: Action) -> Outcome:
        text = f"{self.account.name}: there is no action `{action.kind}`"
        error = UnsupportedByPlatform(text, platform=self.account.name, operation=_PERFORM)
        return Outcome(error=error)

    def _rejected(self, reason: str) -> RejectedByPlatform:
        text = f"{self.account.name}: {_PERFORM}: {reason}"
        return RejectedByPlatform(text, platform=self.account.name, operation=_PERFORM)


def _event_of(action: Action) -> str:
    """Return the name of the event that stands for a campaign."""
    return str(action.params.get("id") or action.trigger)


def _code(answer: Answer) -> str:
    return str(answer.body.get("code")) if isinstance(answer.body, dict) else "without a reason"


def _plain(value: Written) -> Json:
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case datetime():
            return iso(value)
    return value
