"""/smtp: transactional mail, and the reports about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.memo import Memo
from adapters.brevo.simulator.reading import days_of, is_ascending, object_of, span_of, within
from adapters.brevo.simulator.refusals import Refused, missing, not_found
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.mail import MailRow, Message
    from adapters.simulation.messages import Request

_MOST_RECIPIENTS = 2000
_KEY = "idempotencykey"
_EVENTS = {"bounces": {"hardBounces", "softBounces"}}
"""Names that stand for several."""


class MailCalls:
    """Sending, and what became of it."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account
        self._memo: Memo[MailRow] = Memo()

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("POST", "/smtp/email", self.send)
        yield Route("GET", "/smtp/emails", self.messages)
        yield Route("GET", "/smtp/emails/{uuid}", self.message)
        yield Route("GET", "/smtp/statistics/events", self.events)
        yield Route("GET", "/smtp/blockedContacts", self.blocked)

    def send(self, request: Request) -> Reply:
        """Send a message; a key that was used before sends nothing again."""
        body = object_of(request)
        mail = self._account.mail
        recipients = body.get("to")
        if not recipients:
            raise missing("to")
        if len(recipients) > _MOST_RECIPIENTS:
            raise Refused(f"at most {_MOST_RECIPIENTS} recipients", code="out_of_range")
        template_id = body.get("templateId")
        if template_id is None and not body.get("sender"):
            raise missing("sender")
        if template_id is not None and mail.templates and template_id not in mail.templates:
            raise Refused("Template does not exist")
        key = _key_of(body.get("headers") or {})
        if key in mail.by_key:
            return json_reply({"messageId": mail.by_key[key]}, 201)
        sent = [self._sent(each["email"], body) for each in recipients]
        if key:
            mail.by_key[key] = sent[0].id
        return json_reply({"messageId": sent[0].id}, 201)

    def messages(self, request: Request) -> Reply:
        """Return a page of messages to an address, of a template, or the one with an id."""
        email, message_id = request.param("email"), request.param("messageId")
        template_id = request.param("templateId")
        if not (email or message_id or template_id):
            raise missing("email, templateId or messageId")
        days = self._days(request, most=31)
        found = [
            each
            for each in self._account.mail.messages.values()
            if within(days, each.sent_at, self._account.zone)
            and email.lower() in {"", each.email.lower()}
            and message_id in {"", each.id}
            and template_id in {"", str(each.template_id)}
        ]
        rows = found if is_ascending(request) else found[::-1]
        told = [self._told(each) for each in span_of(request, most=1000, usual=500).of(rows)]
        return json_reply({"count": len(rows), "transactionalEmails": told}, size=len(told))

    def message(self, request: Request, uuid: str) -> Reply:  # noqa: ARG002 - nothing is asked
        """Return one message."""
        mail = self._account.mail
        found = next((each for each in mail.messages.values() if each.uuid == uuid), None)
        if found is None:
            raise not_found("Email")
        told_at = self._account.told_at
        told: dict[str, Any] = {
            "email": found.email,
            "subject": found.subject,
            "date": told_at(found.sent_at),
            "events": [
                {"name": each.event, "time": told_at(each.at)}
                for each in mail.rows
                if each.message is found
            ],
        }
        return json_reply({**told, "body": "", "attachmentCount": 0})

    def events(self, request: Request) -> Reply:
        """Return a page of what happened to messages, by days of the account."""
        span = span_of(request, most=5000, usual=2500)
        asked = tuple(each for each in request.params if each[0] not in {"limit", "offset"})
        days = self._days(request, most=90)
        rows = self._memo.rows(
            len(self._account.mail.rows), (asked, days), lambda: self._found(request)
        )
        page = [self._told_event(each) for each in span.of(rows)]
        # Where there is nothing, not even the list is told.
        told: Mapping[str, Any] = {"events": page} if page else {}
        return json_reply(told, size=len(page))

    def blocked(self, request: Request) -> Reply:
        """Return a page of addresses that mail no longer goes to."""
        mail = self._account.mail
        rows = mail.blocked if is_ascending(request) else mail.blocked[::-1]
        told = [
            {
                "email": each.email,
                "senderEmail": mail.sender,
                "reason": {"code": each.code, "message": each.code},
                "blockedAt": self._account.told_at(each.at),
            }
            for each in span_of(request, most=100).of(rows)
        ]
        return json_reply({"contacts": told, "count": len(rows)}, size=len(told))

    def _sent(self, email: str, body: Mapping[str, Any]) -> Message:
        return self._account.mail.send(
            email,
            subject=str(body.get("subject") or ""),
            template_id=body.get("templateId"),
            tags=tuple(body.get("tags") or ()),
            params=body.get("params") or {},
        )

    def _days(self, request: Request, *, most: int) -> tuple[date, date]:
        today = self._account.now().astimezone(self._account.zone).date()
        return days_of(request, today, most=most, usual=30)

    def _found(self, request: Request) -> Iterable[MailRow]:
        days = self._days(request, most=90)
        event, email = request.param("event"), request.param("email").lower()
        template_id, message_id = request.param("templateId"), request.param("messageId")
        events = _EVENTS.get(event, {event})
        found = [
            each
            for each in self._account.mail.rows
            if within(days, each.at, self._account.zone)
            and (not event or each.event in events)
            and email in {"", each.message.email.lower()}
            and message_id in {"", each.message.id}
            and template_id in {"", str(each.message.template_id)}
        ]
        return found if is_ascending(request) else found[::-1]

    def _told(self, message: Message) -> dict[str, Any]:
        told: dict[str, Any] = {
            "email": message.email,
            "subject": message.subject,
            "messageId": message.id,
            "uuid": message.uuid,
            "date": self._account.told_at(message.sent_at),
            "from": self._account.mail.sender,
            "tags": list(message.tags),
        }
        template = {"templateId": message.template_id} if message.template_id else {}
        return told | template

    def _told_event(self, row: MailRow) -> Mapping[str, Any]:
        message = row.message
        optional = {
            "subject": message.subject,
            "tag": ",".join(message.tags),
            "templateId": message.template_id,
            "link": row.link,
            "ip": row.ip,
            "reason": row.reason,
        }
        return {
            "date": self._account.told_at(row.at),
            "email": message.email,
            "event": row.event,
            "messageId": message.id,
            "from": self._account.mail.sender,
        } | {name: value for name, value in optional.items() if value}


def _key_of(headers: Mapping[str, str]) -> str:
    """Return the key of idempotency, however its name is written."""
    found = (value for name, value in headers.items() if name.replace("-", "").lower() == _KEY)
    return next(found, "")
