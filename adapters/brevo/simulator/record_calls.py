"""/events, /orders and text messages."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.memo import Memo
from adapters.brevo.simulator.people import KINDS
from adapters.brevo.simulator.reading import (
    days_of,
    instant_of,
    is_ascending,
    object_of,
    span_of,
    within,
)
from adapters.brevo.simulator.records import CustomEvent, Order
from adapters.brevo.simulator.refusals import Refused, missing
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person
    from adapters.simulation.messages import Request

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_HALF_A_YEAR = timedelta(days=182)


class RecordCalls:
    """What other systems report to Brevo."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account
        self._memo: Memo[CustomEvent] = Memo()

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/events", self.events)
        yield Route("POST", "/events", self.report)
        yield Route("POST", "/events/batch", self.report_all)
        yield Route("GET", "/orders", self.orders)
        yield Route("POST", "/orders/status", self.report_order)
        yield Route("GET", "/transactionalSMS/statistics/events", self.sms)

    def events(self, request: Request) -> Reply:
        """Return a page of custom events, newest first."""
        span = span_of(request, most=10_000, usual=100)
        asked = tuple(each for each in request.params if each[0] not in {"limit", "offset"})
        since, until = self._between(request)
        records = self._account.records
        question = (asked, len(records.events), since if asked else None)
        rows = self._memo.rows(
            len(records.events), question, lambda: self._found(request, since, until)
        )
        told = [self._told(each) for each in span.of(rows)]
        return json_reply({"events": told, "count": len(rows)}, size=len(told))

    def report(self, request: Request) -> Reply:
        """Take an event; who is not known by address becomes a contact."""
        self._account.records.events.append(self._event(object_of(request)))
        return Reply(status=204)

    def report_all(self, request: Request) -> Reply:
        """Take several events; it is an error only when none of them can be taken."""
        try:
            body = request.json
        except ValueError:
            raise Refused("Input must be a valid JSON object", code="bad_request") from None
        # The client of April 2026 sends the bare array.
        given = body if isinstance(body, list) else body.get("events") or []
        taken, errors = [], []
        for index, each in enumerate(given):
            try:
                taken.append(self._event(each))
            except Refused as refusal:
                errors.append({"eventIndex": [index], "message": str(refusal)})
        if errors and not taken:
            told = {"status": "failed", "total_events": len(given), "successful_events": 0}
            return json_reply({**told, "failed_events": len(errors), "errors": errors}, 400)
        self._account.records.events.extend(taken)
        told = {"message": "events are being processed", "count": len(taken)}
        return json_reply(told, 202, size=len(taken))

    def orders(self, request: Request) -> Reply:
        """Return a page of orders."""
        modified, created = (
            instant_of(request, f"{each}Since") for each in ("modified", "created")
        )
        found = [
            each
            for each in self._account.records.orders.values()
            if (modified is None or each.modified_at > modified)
            and (created is None or each.created_at > created)
        ]
        rows = found if is_ascending(request) else found[::-1]
        told = [self._told_order(each) for each in span_of(request, most=100).of(rows)]
        return json_reply({"orders": told, "count": len(rows)}, size=len(told))

    def report_order(self, request: Request) -> Reply:
        """Take an order, or what became of it."""
        body = object_of(request)
        for name in ("id", "status", "amount", "createdAt", "updatedAt", "products"):
            if name not in body:
                raise missing(name)
        person = self._person(body.get("identifiers") or {"email_id": body.get("email")})
        self._account.records.orders[body["id"]] = Order(
            id=body["id"],
            email=person.email or "",
            contact_id=person.id,
            amount=body["amount"],
            status=body["status"],
            created_at=_instant(body["createdAt"]),
            modified_at=_instant(body["updatedAt"]),
            products=tuple(body["products"]),
        )
        return Reply(status=204)

    def sms(self, request: Request) -> Reply:
        """Return a page of what happened to text messages."""
        zone = self._account.zone
        today = self._account.now().astimezone(zone).date()
        days = days_of(request, today, most=90, usual=30)
        rows = [each for each in self._account.records.sms if within(days, each.at, zone)]
        rows = rows if is_ascending(request) else rows[::-1]
        told = [
            {
                "phoneNumber": each.phone,
                "date": self._account.told_at(each.at),
                "messageId": each.message_id,
                "event": each.event,
            }
            | ({"reply": each.reply} if each.reply else {})
            for each in span_of(request, most=100).of(rows)
        ]
        return json_reply({"events": told}, size=len(told))

    def _between(self, request: Request) -> tuple[datetime, datetime]:
        since, until = (instant_of(request, name) for name in ("startDate", "endDate"))
        if (since is None) != (until is None):
            raise missing("startDate or endDate")
        now = self._account.now()
        return since or now - _HALF_A_YEAR, until or now

    def _found(self, request: Request, since: datetime, until: datetime) -> Iterable[CustomEvent]:
        ids = {int(each) for each in request.every("contact_id", "contact_id[]")}
        names = set(request.every("event_name", "event_name[]"))
        kinds = set(request.every("object_type", "object_type[]"))
        found = (
            each
            for each in self._account.records.events
            if since <= each.at <= until
            and (not ids or each.contact_id in ids)
            and (not names or each.name in names)
            and (not kinds or each.object_type in kinds)
        )
        return sorted(found, key=lambda each: each.at, reverse=True)

    def _event(self, body: Mapping[str, Any]) -> CustomEvent:
        name = body.get("event_name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise Refused("event_name is not valid")
        if not body.get("identifiers"):
            raise missing("identifiers")
        person = self._person(body["identifiers"])
        if body.get("contact_properties"):
            self._account.write(person, body["contact_properties"])
        at = body.get("event_date")
        return CustomEvent(
            contact_id=person.id,
            name=name,
            at=_instant(at) if at else self._account.now(),
            properties=body.get("event_properties") or {},
            contact_properties=body.get("contact_properties") or {},
            object_type=(body.get("object") or {}).get("type") or "",
        )

    def _person(self, identifiers: Mapping[str, Any]) -> Person:
        for kind, identifier in identifiers.items():
            if kind == "contact_id" or kind in KINDS:
                found = self._account.people.find(kind, str(identifier))
                if found is not None:
                    return found
        if not identifiers.get("email_id"):
            raise Refused("Contact does not exist")
        return self._account.create(identifiers["email_id"])

    def _told(self, event: CustomEvent) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "contact_id": event.contact_id,
            "event_date": self._account.told_at(event.at),
            "event_name": event.name,
            "event_properties": event.properties,
            "contact_properties": event.contact_properties,
        }
        return told | ({"object_type": event.object_type} if event.object_type else {})

    def _told_order(self, order: Order) -> Mapping[str, Any]:
        return {
            "id": order.id,
            "email": order.email,
            "contact_id": order.contact_id,
            "amount": order.amount,
            "status": order.status,
            "createdAt": self._account.told_at(order.created_at),
            "updatedAt": self._account.told_at(order.modified_at),
            "products": list(order.products),
        }


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused("dates should be date-times") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
