"""The site and its automations, as Mautic knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from adapters.mautic.simulator import CLIENT_ID, CLIENT_SECRET, MauticSimulator
from adapters.mautic.simulator.engagement import BROWSER
from connector.demo.company import words
from connector.demo.company.deeds import Act
from connector.demo.played.base import WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.mautic.simulator.contacts import Contact
    from adapters.mautic.simulator.tables import Row
    from connector.demo.company.deeds import Deed
    from connector.demo.company.people import Someone
    from connector.demo.played.base import ReplayClock

_LATENCY = timedelta(milliseconds=15)
_SCANNER = "Mozilla/5.0 (compatible; LinkScanner/2.1; security scanner)"


class PlayedMautic:
    """An instance of Mautic."""

    name, adapter, title, base = "auto", "mautic", "Mautic", ""
    carries = frozenset(Act) - {Act.FILLED_CART, Act.ORDERED, Act.MET}

    def __init__(self, clock: ReplayClock) -> None:
        """Make an instance without contacts."""
        self.simulator = MauticSimulator(now=clock.now, latency=_LATENCY)
        self._account = self.simulator.account
        self._account.add_field("heat_score", "number")
        self._account.add_field("heat_stage", "text")
        self._contacts: dict[int, Contact] = {}
        self._stats: dict[int, Row] = {}
        """The last mail to each person."""
        add = self._account.add_entity
        self._forms = {name: add("forms", name=name)["id"] for name in words.FORMS}
        self._emails = {
            each: add("emails", name=each, subject=each)["id"] for each in words.SUBJECTS
        }

    def secrets(self) -> Mapping[str, str]:
        """Return the keys of its client, and the secret of its webhook."""
        client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
        return {**client, "webhook_secret": WEBHOOK_SECRET}

    def settle(self) -> None:
        """Do nothing: what happened is seen at once."""

    def call_at(self, url: str) -> None:
        """Tell of all that can be told."""
        self.simulator.call_at(url, WEBHOOK_SECRET)

    def take(self, deed: Deed, person: Someone) -> None:
        """Let something happen."""
        engagement = self._account.engagement
        if deed.act is Act.ARRIVED:
            self._arrive(person)
            return
        contact = self._contacts[person.number]
        match deed.act:
            case Act.MAILED:
                self._stats[person.number] = engagement.send(contact, self._emails[deed.about])
            case Act.VISITED:
                engagement.visit(contact, words.SITE + deed.about, title=deed.about)
            case Act.ASKED:
                engagement.submit(contact, self._forms[deed.about])
            case _:
                self._mail(deed, person)

    def _arrive(self, person: Someone) -> None:
        values: dict[str, Any] = {
            "firstname": person.first,
            "lastname": person.last,
            "company": person.firm,
        }
        values |= {"position": person.job} if person.job else {}
        address = person.address_on(self.adapter)
        self._contacts[person.number] = self._account.add_contact(address, **values)

    def _mail(self, deed: Deed, person: Someone) -> None:
        stat = self._stats.get(person.number)
        if stat is None:
            return
        engagement = self._account.engagement
        agent = _SCANNER if deed.by_machine else BROWSER
        match deed.act:
            case Act.OPENED:
                engagement.open(stat, user_agent=agent)
            case Act.CLICKED:
                engagement.click(stat, f"{words.SITE}/products/lamps", user_agent=agent)
            case Act.BOUNCED:
                engagement.bounce(stat)
            case Act.LEFT:
                engagement.unsubscribe(stat)
