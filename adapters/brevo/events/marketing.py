"""Campaigns, asked for contact by contact: what there is where no webhook told it.

Brevo keeps what a campaign did to each contact under the contact, folded to one row of each kind,
and nowhere says who has something new. So the campaigns are asked first, in one request: only where
their counters moved is anybody asked, and only who is in a list that such a campaign went to. Those
are asked in rounds, the newest contacts first, as many at each pull as leave the account room for
other things; the next pull goes on where this one stopped, so that everybody's turn comes.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.contacts import created
from adapters.brevo.events.mail import MARKETING, TYPES, mail_event, meaning_of
from adapters.brevo.events.sms import LACKING
from adapters.brevo.events.source import Batch
from adapters.brevo.limits import CONTACTS, GENERAL
from adapters.brevo.spans import micros_of, stamp
from adapters.brevo.walking import Footing, Listing, walk
from adapters.brevo.wire import email_of, remote_id_of
from adapters.http import Call
from adapters.together import ask_each
from connector.domain.instants import parse_instant, to_micros
from connector.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence

    from adapters.brevo.account import Account, Row
    from adapters.cursors import Place
    from connector.domain.events import Event

MOST_ASKED = 1200
"""Contacts asked at one pull: two minutes of what most accounts may ask of contacts."""
PAST = timedelta(days=90)
"""How far back Brevo tells what campaigns did to a contact."""
EVERY = timedelta(minutes=30)
"""How seldom the campaigns are asked whether anything moved."""
PAGE_CAMPAIGNS = 100
_AT_ONCE = 100
"""Contacts that are asked, and stored, together."""

_PLAIN = ("messagesSent", "delivered", "opened", "hardBounces", "softBounces", "complaints")
"""What is told in rows of a campaign and an instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """What is looked at of a campaign."""

    remote_id: str
    name: str | None
    lists: frozenset[str] | None
    """Whom it went to; None where that cannot be told by lists."""
    counters: str
    """Moves when anything happens to one of its messages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketing:
    """The events of campaigns.

    A place has the `counters` of all campaigns at the beginning of the last round, and when they
    were `asked`; while a round is under way, `next` are those of its own beginning, `names` what
    the campaigns are called, `lists` who is asked (nothing: everybody), `at` how far it is, and
    `done` who answered behind that place: they are not asked again because another request failed.
    """

    account: Account
    most_asked: int = MOST_ASKED
    page_rows: int = _AT_ONCE
    name = "campaigns"
    types = TYPES

    async def read(self, place: Place) -> AsyncIterator[Batch]:
        """Yield what happened to those who are asked at this pull."""
        now = to_micros(self.account.clock.now())
        if "next" not in place:
            if now - place.get("asked", 0) < micros_of(EVERY):
                return
            place = {**_round(place, await self._campaigns()), "asked": now}
        if "next" not in place:
            yield Batch(events=(), place=place)
            return
        asked, done, names = 0, set(place.pop("done", ())), place["names"]
        listing = self._recipients(place["lists"])
        async for stretch in walk(self.account, listing, Footing.of(place.get("at"))):
            people = [each for each in stretch.rows if _is_asked(each, done)]
            asked += len(people)
            told = await ask_each(people, self._statistics)
            failed = next((each for each in told if isinstance(each, PlatformError)), None)
            answers = [
                (row, each)
                for row, each in zip(people, told, strict=True)
                if not isinstance(each, PlatformError)
            ]
            if failed is not None:
                done |= {remote_id_of(row) for row, _ in answers}
                place = {**place, "done": sorted(done)}
            elif stretch.is_last:
                place = {"counters": place["next"], "asked": place["asked"]}
            else:
                place = {**place, "at": stretch.footing.plain()}
            # What brings nobody further would pass for an answer, and be asked for again and again.
            if failed is None or answers:
                yield Batch(events=self._happened(answers, names), place=place)
            if failed is not None:
                raise failed
            if asked >= self.most_asked:
                return

    async def _campaigns(self) -> Mapping[str, Campaign]:
        """Return the campaigns that contacts may be asked about, by id."""
        now = self.account.clock.now()
        listing = Listing(
            operation="read campaigns",
            path="/emailCampaigns",
            bucket=GENERAL,
            field="campaigns",
            limit=PAGE_CAMPAIGNS,
            key=lambda row: str(row["id"]),
            order=lambda row: -int(row["id"]),
            params=(
                ("status", "sent"),
                ("statistics", "globalStats"),
                ("excludeHtmlContent", "true"),
                ("sort", "desc"),
                ("startDate", stamp(now - PAST)),
                ("endDate", stamp(now)),
            ),
            may_lack=LACKING,
            is_bare_when_empty=True,
        )
        found: dict[str, Campaign] = {}
        async for stretch in walk(self.account, listing, Footing()):
            found |= {str(row["id"]): _campaign(row) for row in stretch.rows}
        return found

    def _recipients(self, lists: Sequence[str]) -> Listing:
        return Listing(
            operation="read recipients of campaigns",
            path="/contacts",
            bucket=CONTACTS,
            field="contacts",
            limit=self.page_rows,
            key=remote_id_of,
            order=lambda row: -created(row),
            params=(("sort", "desc"), *(("listIds", each) for each in lists)),
        )

    def _happened(
        self, answers: Sequence[tuple[Row, Row]], names: Mapping[str, str | None]
    ) -> tuple[Event, ...]:
        """Return what campaigns did to contacts, each with its statistics."""
        with self.account.reading("read campaigns of a contact", "an event"):
            return tuple(
                event
                for row, each in answers
                for event in _events(each, email_of(row["email"]) or "", names)
            )

    async def _statistics(self, contact: Row) -> Row:
        operation = "read campaigns of a contact"
        call = Call(
            operation=operation,
            method="GET",
            # Without dates it tells of the last 90 days, the most there is; an end that is tomorrow
            # in the account's time zone would be refused.
            path=f"/contacts/{remote_id_of(contact)}/campaignStats",
            buckets=(CONTACTS,),
            # Deleted since it was listed.
            reads=frozenset({404}),
        )
        answer = await self.account.session.send(call)
        if answer.status not in range(200, 300) or answer.body is None:
            return {}
        if not isinstance(answer.body, dict):
            raise self.account.unexpected(operation, "answered no statistics")
        return answer.body


def _is_asked(contact: Row, done: Collection[str]) -> bool:
    return bool(email_of(contact.get("email"))) and remote_id_of(contact) not in done


def _campaign(row: Row) -> Campaign:
    recipients, statistics = row.get("recipients") or {}, row.get("statistics") or {}
    lists = frozenset(str(each) for each in recipients.get("lists") or ())
    counters = json.dumps(statistics.get("globalStats"), sort_keys=True)
    return Campaign(
        remote_id=str(row["id"]),
        name=row.get("name"),
        lists=None if recipients.get("segments") or not lists else lists,
        counters=hashlib.blake2b(counters.encode(), digest_size=6).hexdigest(),
    )


def _round(place: Place, campaigns: Mapping[str, Campaign]) -> Place:
    """Return the beginning of a round, or where everything stands when nothing moved."""
    counters = {each.remote_id: each.counters for each in campaigns.values()}
    before = place.get("counters", {})
    moved = [each for each in campaigns.values() if before.get(each.remote_id) != each.counters]
    if not moved:
        return {"counters": counters}
    known = [each.lists for each in moved if each.lists is not None]
    lists = sorted(frozenset[str]().union(*known)) if len(known) == len(moved) else []
    names = {each.remote_id: each.name for each in campaigns.values()}
    return {"counters": before, "next": counters, "names": names, "lists": lists}


def _events(told: Row, email: str, names: Mapping[str, str | None]) -> Iterator[Event]:
    """Yield what a contact's statistics tell."""
    for kind, row in _rows(told):
        what, campaign = meaning_of(kind), str(row["campaignId"])
        if what is None:
            continue
        yield mail_event(
            what,
            email=email,
            occurred_at=parse_instant(row["eventTime"]),
            message_kind=MARKETING,
            about=campaign,
            link=row.get("url"),
            fields={"campaign_name": names.get(campaign)},
        )


def _rows(told: Row) -> Iterator[tuple[str, Row]]:
    for kind in _PLAIN:
        yield from ((kind, row) for row in told.get(kind) or ())
    for campaign in told.get("clicked") or ():
        for link in campaign.get("links") or ():
            yield "clicked", {**link, "campaignId": campaign["campaignId"]}
    # What an administrator did to a contact is nothing that the contact did.
    gone = (told.get("unsubscriptions") or {}).get("userUnsubscription")
    yield from (("unsubscriptions", row) for row in gone or () if row.get("campaignId"))
