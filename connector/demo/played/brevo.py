"""The newsletter, the shop and the site, as Brevo knows them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.records import CustomEvent, Order
from connector.demo.company import words
from connector.demo.company.deeds import Act
from connector.demo.played.base import WEBHOOK_SECRET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.brevo.simulator.mail import Message
    from adapters.brevo.simulator.people import Person
    from connector.demo.company.deeds import Deed
    from connector.demo.company.people import Someone
    from connector.demo.played.base import ReplayClock

_LATENCY = timedelta(milliseconds=15)
_OF_MAIL = {Act.BOUNCED: "hardBounces", Act.LEFT: "unsubscribed"}


class PlayedBrevo:
    """An account of Brevo."""

    name, adapter, title, base = "mail", "brevo", "Brevo", "/v3"
    carries = frozenset(Act) - {Act.MET}

    def __init__(self, clock: ReplayClock) -> None:
        """Make an account without contacts, of a plan with high limits."""
        self.simulator = BrevoSimulator(now=clock.now, plan="extended", latency=_LATENCY)
        self._account = self.simulator.account
        self._account.define(
            Attribute(name="JOB"),
            Attribute(name="COMPANY"),
            Attribute(name="HEAT_SCORE", type="float"),
            Attribute(name="HEAT_STAGE"),
        )
        self._people: dict[int, Person] = {}
        self._messages: dict[int, Message] = {}
        """The last one to each person."""
        self._newsletter = self._account.lists.add("Newsletter")
        self._orders = 0

    def secrets(self) -> Mapping[str, str]:
        """Return its key, and the token of its webhooks."""
        return {"api_key": self._account.key, "webhook_token": WEBHOOK_SECRET}

    def settle(self) -> None:
        """Do nothing: what happened is seen at once."""

    def call_at(self, url: str) -> None:
        """Tell of contacts and their mail."""
        self.simulator.call_at(url, WEBHOOK_SECRET)

    def take(self, deed: Deed, person: Someone) -> None:
        """Let something happen."""
        match deed.act:
            case Act.ARRIVED:
                self._arrive(person)
            case Act.MAILED:
                mail = self._account.mail
                address = person.address_on(self.adapter)
                self._messages[person.number] = mail.send(address, subject=deed.about)
            case Act.OPENED | Act.CLICKED | Act.BOUNCED | Act.LEFT:
                self._mail(deed, person)
            case Act.VISITED:
                properties = {"url": words.SITE + deed.about}
                self._tell("page_viewed", deed, person, properties)
            case Act.ASKED:
                self._tell("form_submitted", deed, person, {"form_name": deed.about})
            case Act.FILLED_CART:
                self._tell("cart_item_added", deed, person, {"product": deed.about})
            case Act.ORDERED:
                self._order(deed, person)

    def _arrive(self, person: Someone) -> None:
        values = {
            "FIRSTNAME": person.first,
            "LASTNAME": person.last,
            "COMPANY": person.firm,
            **({"JOB": person.job} if person.job else {}),
        }
        made = self._account.create(person.address_on(self.adapter), **values)
        self._people[person.number] = made
        self._account.lists.put_in(self._newsletter, [made])

    def _mail(self, deed: Deed, person: Someone) -> None:
        message = self._messages.get(person.number)
        if message is None:
            return
        mail = self._account.mail
        if deed.act is Act.OPENED:
            mail.happen("loadedByProxy" if deed.by_machine else "opened", message)
        elif deed.act is Act.CLICKED:
            # Brevo does not tell which clicks are a machine's: it leaves those out that it knows.
            if not deed.by_machine:
                mail.happen("clicks", message, link=f"{words.SITE}/products/lamps")
        else:
            mail.happen(_OF_MAIL[deed.act], message)
            self._account.block(self._people[person.number], email=True)

    def _tell(
        self, name: str, deed: Deed, person: Someone, properties: Mapping[str, object]
    ) -> None:
        number = self._people[person.number].id
        told = CustomEvent(contact_id=number, name=name, at=deed.at, properties=properties)
        self._account.records.events.append(told)

    def _order(self, deed: Deed, person: Someone) -> None:
        self._orders += 1
        number = f"LO-{self._orders:05}"
        self._account.records.orders[number] = Order(
            id=number,
            email=person.address_on(self.adapter),
            contact_id=self._people[person.number].id,
            amount=deed.amount,
            status="completed",
            created_at=deed.at,
            modified_at=deed.at,
        )
