"""Forms, meetings and those who sell, as HubSpot knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator import TOKEN, HubspotSimulator, Quirks
from adapters.hubspot.simulator.index import Lag
from connector.demo.company import words
from connector.demo.company.deeds import Act
from connector.domain.instants import iso, to_micros

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from connector.demo.company.deeds import Deed
    from connector.demo.company.people import Someone
    from connector.demo.played.base import ReplayClock

_LATENCY = timedelta(milliseconds=15)
_LAG = Lag(least=timedelta(seconds=0.2), most=timedelta(seconds=4))
"""Of searches: as HubSpot mostly is, and not as it is at its worst."""
_AN_HOUR = timedelta(hours=1)
_OF_MAIL = {
    Act.MAILED: "SENT",
    Act.OPENED: "OPEN",
    Act.CLICKED: "CLICK",
    Act.BOUNCED: "BOUNCE",
    Act.LEFT: "STATUSCHANGE",
}
_WATCHED = ("email", "firstname", "lastname", "company", "jobtitle")


class PlayedHubspot:
    """An account of HubSpot."""

    name, adapter, title, base = "crm", "hubspot", "HubSpot", ""
    carries = frozenset(Act) - {Act.VISITED}

    def __init__(self, clock: ReplayClock) -> None:
        """Make an account without contacts, of the tier Pro."""
        quirks = Quirks(search_lag=_LAG)
        self.simulator = HubspotSimulator(
            now=clock.now, tier="pro", quirks=quirks, latency=_LATENCY
        )
        self._account = self.simulator.account
        self._account.define("heat_score", "number")
        self._account.define("heat_stage")
        self._clock = clock
        self._ids: dict[int, str] = {}
        self._messages: dict[int, Mapping[str, Any]] = {}
        self._forms = {name: f"form-{n}" for n, name in enumerate(words.FORMS, 1)}
        self._campaigns: dict[str, int] = {}
        self._account.engagement.form_names |= {id_: name for name, id_ in self._forms.items()}

    def secrets(self) -> Mapping[str, str]:
        """Return its token, and the secret of the app whose webhooks call."""
        secret = self._account.keys.client_secret
        return {"access_token": TOKEN, "client_secret": secret}

    def settle(self) -> None:
        """Let searches see everything."""
        self._account.settle()

    def call_at(self, url: str) -> None:
        """Tell of contacts, and of their names and jobs."""
        self.simulator.call_at(url, properties=_WATCHED)

    def take(self, deed: Deed, person: Someone) -> None:
        """Let something happen."""
        match deed.act:
            case Act.ARRIVED:
                self._arrive(person)
            case Act.ASKED:
                self._ask(deed, person)
            case Act.FILLED_CART:
                self._sell("carts", deed, person, hs_cart_name=deed.about)
            case Act.ORDERED:
                amount = f"{deed.amount:.2f}"
                self._sell("orders", deed, person, hs_order_name=deed.about, hs_total_price=amount)
            case Act.MET:
                self._meet(deed, person)
            case _:
                self._mail(deed, person)

    def _arrive(self, person: Someone) -> None:
        values = {
            "email": person.address_on(self.adapter),
            "firstname": person.first,
            "lastname": person.last,
            "company": person.firm,
        }
        values |= {"jobtitle": person.job} if person.job else {}
        made = self._account.add(**values)
        self._ids[person.number] = made
        if len(person.on) > 1 and person.spelling.lower() != person.address:
            # Somebody who sells found both addresses, and put them together.
            other = {person.address, person.spelling} - {values["email"]}
            self._account.derive(made, hs_additional_emails=";".join(other))

    def _mail(self, deed: Deed, person: Someone) -> None:
        campaign = self._campaigns.setdefault(deed.about, 100 + len(self._campaigns))
        sent = self._messages.get(person.number)
        more: dict[str, object] = {
            "emailCampaignName": deed.about,
            "subject": deed.about,
            "filteredEvent": deed.by_machine,
        }
        if deed.act is not Act.MAILED and sent is not None:
            more["sentBy"] = {"id": sent["id"], "created": sent["created"]}
        if deed.act is Act.CLICKED:
            more["url"] = f"{words.SITE}/products/lamps"
        if deed.act is Act.LEFT:
            more["portalSubscriptionStatus"] = "UNSUBSCRIBED"
            self._account.derive(self._ids[person.number], hs_email_optout="true")
        row = self._account.engagement.send_mail_event(
            _OF_MAIL[deed.act],
            person.address_on(self.adapter),
            _ms(deed.at),
            campaign=campaign,
            **more,
        )
        if deed.act is Act.MAILED:
            self._messages[person.number] = row

    def _ask(self, deed: Deed, person: Someone) -> None:
        values = {"email": person.address_on(self.adapter)}
        page = f"{words.SITE}/contact"
        self._account.engagement.submit_form(self._forms[deed.about], _ms(deed.at), values, page)
        self._account.derive(self._ids[person.number], recent_conversion_date=iso(deed.at))

    def _sell(self, kind: str, deed: Deed, person: Someone, **properties: str) -> None:
        self._account.add(
            kind,
            self._ids[person.number],
            hs_currency_code="EUR",
            hs_external_created_date=iso(deed.at),
            **properties,
        )

    def _meet(self, deed: Deed, person: Someone) -> None:
        self._account.add(
            "meetings",
            self._ids[person.number],
            hs_meeting_title=deed.about,
            hs_meeting_outcome="COMPLETED",
            hs_meeting_start_time=iso(deed.at - _AN_HOUR),
            hs_meeting_end_time=iso(deed.at),
            hs_timestamp=iso(deed.at),
        )


def _ms(at: datetime) -> int:
    return to_micros(at) // 1000
