"""Campaigns, and what they did to each contact."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.brevo.simulator.payloads import MARKETING, campaign_clocks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.brevo.simulator.account import BrevoAccount
    from adapters.brevo.simulator.people import Person

_PLAIN = {
    "messagesSent": "sent",
    "delivered": "delivered",
    "hardBounces": "hardBounce",
    "softBounces": "softBounce",
    "complaints": "spam",
}
"""Parts of the statistics that are a row per campaign, by the event they tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A mailing."""

    id: int
    name: str
    sent_at: datetime
    list_ids: Sequence[int] = ()
    """The lists it went to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """Something that a campaign did to a contact."""

    at: datetime
    event: str
    """As webhooks subscribe to it; `sent`, of which none tells, is there as well."""
    campaign: Campaign
    url: str = ""
    ip: str = "203.0.113.9"


class Campaigns:
    """All campaigns of an account."""

    def __init__(self, account: BrevoAccount) -> None:
        self.by_id: dict[int, Campaign] = {}
        self._rows: dict[int, list[CampaignRow]] = defaultdict(list)
        self._counts: dict[int, Counter[str]] = defaultdict(Counter)
        self._reached: dict[tuple[int, str], set[int]] = defaultdict(set)
        self._account = account

    def add(
        self, name: str, *, sent_at: datetime | None = None, list_ids: Sequence[int] = ()
    ) -> Campaign:
        """Make a campaign."""
        account = self._account
        made = Campaign(
            id=account.next_id(),
            name=name,
            sent_at=sent_at or account.now(),
            list_ids=tuple(list_ids),
        )
        self.by_id[made.id] = made
        return made

    def happen(
        self,
        event: str,
        person: Person,
        campaign: Campaign,
        *,
        at: datetime | None = None,
        url: str = "",
        list_ids: Sequence[int] = (),
    ) -> CampaignRow:
        """Let a campaign do something to a contact, and tell the webhooks.

        `list_ids` are those that an `unsubscribed` is about; unless the account has contacts leave
        lists one by one, it blocks the contact.
        """
        row = CampaignRow(at=at or self._account.now(), event=event, campaign=campaign, url=url)
        self._rows[person.id].append(row)
        self._counts[campaign.id][event] += 1
        self._reached[campaign.id, event].add(person.id)
        if event == "unsubscribed":
            by_list = self._account.unsubscribes_by_list
            person.left_ids.update(list_ids if by_list else ())
            self._account.block(person, email=None if by_list else True)
        if event in MARKETING:
            payload = self._payload(row, person, list_ids)
            self._account.outbox.tell("marketing", event, payload)
        return row

    def totals(self, campaign: Campaign) -> Mapping[str, float]:
        """Return how a campaign fared on the whole."""
        counts = self._counts[campaign.id]
        openers = len(self._reached[campaign.id, "opened"])
        return {
            "sent": counts["sent"],
            "delivered": counts["delivered"],
            "hardBounces": counts["hardBounce"],
            "softBounces": counts["softBounce"],
            "complaints": counts["spam"],
            "unsubscriptions": counts["unsubscribed"],
            "viewed": counts["opened"],
            "trackableViews": counts["opened"],
            "uniqueViews": openers,
            "clickers": counts["click"],
            "uniqueClicks": len(self._reached[campaign.id, "click"]),
            "appleMppOpens": 0,
            "opensRate": round(100 * openers / max(1, counts["delivered"]), 2),
        }

    def statistics(self, person: Person, since: datetime, until: datetime) -> Mapping[str, Any]:
        """Return what happened to a contact in a span; parts of which there is nothing are absent.

        Of several openings of a campaign, or clicks on a link, it is told how many there were, and
        when the last one was.
        """
        rows = [each for each in self._rows[person.id] if since <= each.at <= until]
        told: dict[str, Any] = {
            part: [self._row(each) for each in rows if each.event == event]
            for part, event in _PLAIN.items()
        }
        told["opened"] = [
            {**self._row(each[-1]), "count": len(each), "ip": each[-1].ip}
            for each in _grouped((r for r in rows if r.event == "opened"), lambda r: r.campaign.id)
        ]
        clicks = [each for each in rows if each.event == "click"]
        told["clicked"] = [
            {"campaignId": each[0].campaign.id, "links": self._links(each)}
            for each in _grouped(clicks, lambda r: r.campaign.id)
        ]
        left = [{**self._row(r), "ip": r.ip} for r in rows if r.event == "unsubscribed"]
        if left:
            told["unsubscriptions"] = {"userUnsubscription": left, "adminUnsubscription": []}
        return {part: found for part, found in told.items() if found}

    def _links(self, clicks: Sequence[CampaignRow]) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "count": len(each),
                "eventTime": self._account.told_at(each[-1].at),
                "ip": each[-1].ip,
                "url": each[-1].url,
            }
            for each in _grouped(clicks, lambda row: row.url)
        ]

    def _row(self, row: CampaignRow) -> dict[str, Any]:
        return {"campaignId": row.campaign.id, "eventTime": self._account.told_at(row.at)}

    def _payload(
        self, row: CampaignRow, person: Person, list_ids: Sequence[int]
    ) -> Mapping[str, Any]:
        told: dict[str, Any] = {
            "event": MARKETING[row.event],
            "email": person.email,
            "camp_id": row.campaign.id,
            "campaign name": row.campaign.name,
            "tag": "",
            **campaign_clocks(row.at, row.campaign.sent_at, self._account.zone),
        }
        if row.event == "click":
            told["URL"] = row.url
        if row.event == "unsubscribed":
            told["list_id"] = list(list_ids)
        if row.event.endswith("Bounce"):
            told["reason"] = "mailbox unavailable"
        return told


def _grouped(
    rows: Iterable[CampaignRow], key: Callable[[CampaignRow], object]
) -> Sequence[Sequence[CampaignRow]]:
    groups: dict[object, list[CampaignRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda each: each.at):
        groups[key(row)].append(row)
    return list(groups.values())
