"""/emailCampaigns: what was sent, and how it fared on the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.reading import instant_of, is_ascending, span_of
from adapters.brevo.simulator.refusals import missing
from adapters.simulation.messages import Reply, json_reply
from adapters.simulation.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.campaigns import Campaign
    from adapters.simulation.messages import Request


class CampaignCalls:
    """Mailings. Whom each one reached is asked of the contacts."""

    def __init__(self, account: BrevoAccount) -> None:
        self._account = account

    def routes(self) -> Iterator[Route]:
        """Yield what is answered here."""
        yield Route("GET", "/emailCampaigns", self.all)

    def all(self, request: Request) -> Reply:
        """Return a page of campaigns, all of which are sent."""
        since, until = (instant_of(request, name) for name in ("startDate", "endDate"))
        if (since is None) != (until is None):
            raise missing("startDate or endDate")
        found = [
            each
            for each in self._account.campaigns.by_id.values()
            if request.param("status") in {"", "sent"}
            and (since is None or each.sent_at >= since)
            and (until is None or each.sent_at <= until)
        ]
        rows = found if is_ascending(request) else found[::-1]
        told = [self._told(each) for each in span_of(request, most=100).of(rows)]
        return json_reply({"campaigns": told, "count": len(rows)}, size=len(told))

    def _told(self, campaign: Campaign) -> Mapping[str, Any]:
        sent_at = self._account.told_at(campaign.sent_at)
        return {
            "id": campaign.id,
            "name": campaign.name,
            "subject": campaign.name,
            "type": "classic",
            "status": "sent",
            "testSent": False,
            "header": "",
            "footer": "",
            "htmlContent": "",
            "sender": {"email": self._account.mail.sender, "id": 1, "name": "Example"},
            "replyTo": self._account.mail.sender,
            "createdAt": sent_at,
            "modifiedAt": sent_at,
            "sentDate": sent_at,
            "recipients": {"lists": list(campaign.list_ids), "exclusionLists": []},
            "statistics": {
                "globalStats": self._account.campaigns.totals(campaign),
                "campaignStats": [],
                "linksStats": {},
                "mirrorClick": 0,
                "remaining": 0,
                "statsByBrowser": {},
                "statsByDevice": {},
                "statsByDomain": {},
            },
        }
