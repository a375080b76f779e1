"""Brevo behind the door: who may come in, and what answers where."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.brevo.simulator.attribute_calls import AttributeCalls
from adapters.brevo.simulator.campaign_calls import CampaignCalls
from adapters.brevo.simulator.contact_calls import ContactCalls
from adapters.brevo.simulator.feigned import feigned
from adapters.brevo.simulator.import_calls import ImportCalls
from adapters.brevo.simulator.limits import RESET, bucket_of, headers_of
from adapters.brevo.simulator.list_calls import ListCalls
from adapters.brevo.simulator.mail_calls import MailCalls
from adapters.brevo.simulator.office_calls import OfficeCalls
from adapters.brevo.simulator.record_calls import RecordCalls
from adapters.brevo.simulator.refusals import Refused
from adapters.brevo.simulator.webhook_calls import WebhookCalls
from adapters.simulation.messages import Reply, Request, json_reply
from adapters.simulation.routes import Routes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.simulation.windows import Standing

PREFIX = "/v3"
_TOO_MANY = 429
_FAILURES = {
    429: ("too_many_requests", "You have exceeded the limit of requests"),
    500: ("internal_error", "Internal server error"),
    503: ("internal_error", "Service unavailable"),
}


class BrevoVendor:
    """Answers the requests to one account."""

    def __init__(self, account: BrevoAccount, *, is_listing_quick: bool = True) -> None:
        self._account = account
        self._is_listing_quick = is_listing_quick
        calls = (
            AttributeCalls(account),
            ListCalls(account),
            ImportCalls(account),
            ContactCalls(account),
            CampaignCalls(account),
            MailCalls(account),
            RecordCalls(account),
            WebhookCalls(account),
            OfficeCalls(account),
        )
        self.routes = Routes([route for each in calls for route in each.routes()], PREFIX)

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a wrong key, or of a network that Brevo does not know."""
        if self._account.is_address_blocked:
            told = "We have detected you are using an unrecognised IP address"
        elif request.headers.get("api-key") != self._account.key:
            told = "Key not found"
        else:
            return None
        return json_reply({"code": "unauthorized", "message": told}, 401)

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the limit that a request counts in."""
        return (bucket_of(request, is_listing_quick=self._is_listing_quick),)

    def answer(self, request: Request) -> Reply:
        """Do what is asked."""
        self._account.settle()
        found = self.routes.find(request.method, request.path)
        try:
            if found is None:
                raise self._unknown(request)
            return found.route.handler(request, **found.names)
        except Refused as refusal:
            return refusal.reply()

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is."""
        found = self.routes.find(request.method, request.path)
        return feigned(self._account, found.route) if found else None

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how Brevo says that it cannot."""
        code, message = _FAILURES[status]
        reply = json_reply({"code": code, "message": message}, status)
        told = headers_of(standings) or ({RESET: "1"} if status == _TOO_MANY else {})
        return replace(reply, headers={**reply.headers, **told})

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return what an answer says of limits."""
        return headers_of(standings)

    def _unknown(self, request: Request) -> Refused:
        if self.routes.methods(request.path):
            return Refused("Method not allowed", code="method_not_allowed", status=405)
        return Refused("Resource not found", code="document_not_found", status=404)
