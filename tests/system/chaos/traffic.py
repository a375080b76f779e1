"""What people do meanwhile, and the calls that platforms make about it.

Each person does what the end can tell unmistakably: an attribute is edited on one platform only,
and who was deleted or merged does nothing more. Who was forgotten goes on, on every platform.
"""

from __future__ import annotations

import asyncio
import random
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.records import CustomEvent, Order
from adapters.hubspot.simulator.records import Record
from adapters.simulation.calls import Deliverer, Mishaps
from connector.domain.instants import to_micros
from connector.runtime.clock import SystemClock
from tests.system.chaos.callers import Balanced, Office, Shop
from tests.system.chaos.company import Company
from tests.system.chaos.people import ASKED, BOUGHT, CLICKED, OPENED, VIEWED, VISITED, Someone

JOBS = ("Chief of staff", "clerk", "cook", "chief cook")
PAUSE = 0.1
"""Seconds between two things that happen."""
REST = timedelta(seconds=3)
"""How long somebody is let be who came, before what changes who they are."""
_CLICKS = 0.4
_HOURS = timedelta(hours=1)
MOST_FORGOTTEN = 4
"""How many are erased; each has all files looked through."""
BROUGHT = 2
"""How many do at once what fires a trigger, when that is waited for."""


@dataclass
class Traffic:
    """Things that happen one after the other, and calls to whichever daemon listens."""

    company: Company
    seed: int
    people: list[Someone] = field(default_factory=list)
    """Without those who were merged into others."""
    things: Counter[str] = field(default_factory=Counter)
    """What happened how often."""
    deliverer: Deliverer = field(init=False)
    answered: threading.Event = field(default_factory=threading.Event)
    """That the shop was answered."""
    shop: Shop = field(init=False)
    office: Office = field(init=False)
    _numbers: count[int] = field(default_factory=count)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _is_late: bool = True
    _is_on: bool = True

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.crm, self.mail = self.company.crm.account, self.company.mail.account

    def found(self, number: int) -> None:
        """Let so many people be there from the start; the last of them have opted out."""
        for each in range(number):
            person = self._come({"crm", "mail"})
            person.was_first = True
            if each >= number - 3:
                person.is_opted_out = True
                self.mail.block(self._on_mail(person), email=True)
                self.crm.derive(str(self._on_crm(person).id), hs_email_optout="true")
        self.crm.settle()

    async def begin(self) -> None:
        """Let things happen and calls be made from now on."""
        transport = Balanced(self.company.ports, self.chance)
        client = httpx.AsyncClient(transport=transport, timeout=5)
        self.shop = Shop(client, self.chance, self.answered)
        self.office = Office(client, self.chance)
        self.deliverer = Deliverer(
            platforms=[self.company.crm, self.company.mail],
            now=self._now,
            client=client,
            is_shuffled=True,
            mishaps=Mishaps(seed=self.seed, every=6),
        )
        self._tasks = [
            asyncio.create_task(each()) for each in (self._happen, self._call, self._ask)
        ]

    async def end(self) -> None:
        """Let nothing more happen; late calls arrive now."""
        self._is_on, self._is_late = False, False
        await self._tasks[0]
        await self._until(lambda: not self.shop.untold and not self.office.asking)
        for person in self.office.done:
            self._come_back(person)
        await self._until(lambda: not self.shop.untold)

    async def _until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what comes of calls that are made; raises what ended the making of them."""
        _, *calling = self._tasks
        while not is_so():
            for each in calling:
                if each.done():
                    each.result()
            await asyncio.sleep(PAUSE)

    async def aclose(self) -> None:
        """Make no more calls."""
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.deliverer.client.aclose()

    def bring(self, trigger: str) -> None:
        """Let some do what fires a trigger for the first time."""
        kind, act = {
            "thank": (BOUGHT, self.an_order_on_crm),
            "answer": (ASKED, self.a_form_is_sent),
            "alarm": (CLICKED, self.a_message_is_read),
            "greet": (VISITED, self.a_shop_is_visited),
            "ring": (OPENED, self.a_message_is_read),
            "call": (VIEWED, self.a_page_is_seen),
        }[trigger]
        able = [
            each
            for each in self.people
            if each.is_plain
            and each.was_first
            and not each.count(kind)
            and self._found_on_crm(each)
            and self._found_on_mail(each)
        ]
        for person in self.chance.sample(able, min(BROUGHT, len(able))):
            act(person)

    @property
    def possible(self) -> Mapping[Callable[[], None], int]:
        """Return what may happen, and how often beside the rest."""
        return {
            self.somebody_comes: 4,
            self.a_job_changes: 6,
            self.a_mail_is_opened: 5,
            self.a_message_is_read: 5,
            self.a_page_is_seen: 4,
            self.a_shop_is_visited: 5,
            self.a_form_is_sent: 4,
            self.an_order_on_mail: 4,
            self.an_order_on_crm: 4,
            self.ours_is_overwritten: 3,
            self.somebody_is_deleted: 1,
            self.two_merge: 2,
            self.somebody_is_forgotten: 1,
        }

    def somebody_comes(self) -> None:
        """Add a person to one platform, or to both."""
        self._come(self.chance.choice([{"crm"}, {"mail"}, {"crm", "mail"}]))

    def a_job_changes(self) -> None:
        """Edit a job where it is edited."""
        person = self._somebody()
        record, found = self._found_on_crm(person), self._found_on_mail(person)
        # Of a value that differs when two records first meet nobody can say whose is newer.
        if record and found and "heat_stage" in record.version.properties:
            jobs = {record.version.properties.get("jobtitle"), found.values.get("JOB")}
            person.is_met |= "HEAT_STAGE" in found.values and jobs == {person.job}
        if person.absorbed or not person.is_met:
            return
        person.job = self.chance.choice(JOBS)
        if person.edits_crm and record:
            self.crm.set(str(record.id), jobtitle=person.job)
        elif found:
            self.mail.write(found, {"JOB": person.job})

    def a_mail_is_opened(self) -> None:
        """Let a message that HubSpot sent be opened, or a link in it be clicked."""
        person, kind = self._somebody(), self.chance.choice(["OPEN", "CLICK"])
        url = f"https://example.com/{next(self._numbers)}"
        self.crm.engagement.send_mail_event(kind, person.email, self._ms(), url=url)
        person.act("crm", CLICKED if kind == "CLICK" else OPENED, _now())

    def a_message_is_read(self, person: Someone | None = None) -> None:
        """Let a message that Brevo sent be opened, and mostly a link in it be clicked."""
        person = person or self._somebody()
        if person.is_opted_out:
            return
        message = self.mail.mail.send(person.email, subject="Hello")
        self.mail.mail.happen("opened", message)
        person.act("mail", OPENED, _now())
        if self.chance.random() < _CLICKS:
            link = f"https://example.com/{next(self._numbers)}"
            self.mail.mail.happen("clicks", message, link=link)
            person.act("mail", CLICKED, _now())

    def a_page_is_seen(self, person: Someone | None = None) -> None:
        """Let Brevo's tracker see somebody."""
        person = person or self._somebody()
        if found := self._found_on_mail(person):
            seen = CustomEvent(contact_id=found.id, name="page_viewed", at=_now())
            self.mail.records.events.append(seen)
            person.act("mail", VIEWED, seen.at)

    def a_form_is_sent(self, person: Someone | None = None) -> None:
        """Let a form of HubSpot be sent."""
        person = person or self._somebody()
        if record := self._found_on_crm(person):
            values = {"email": person.email}
            self.crm.engagement.submit_form("f1", self._ms(), values, "https://example.com/ask")
            self.crm.derive(str(record.id), recent_conversion_date=_now().isoformat())
            person.act("crm", ASKED, _now())

    def a_shop_is_visited(self, person: Someone | None = None) -> None:
        """Let somebody visit the shop."""
        person = person or self._somebody()
        self.shop.tell(f"v{next(self._numbers)}", person.email, _now().isoformat())
        person.act("shop", VISITED, _now())

    def an_order_on_mail(self) -> None:
        """Let an order be placed that Brevo knows of."""
        person, amount = self._somebody(), self._amount()
        if found := self._found_on_mail(person):
            number, now = str(next(self._numbers)), _now()
            self.mail.records.orders[number] = Order(
                id=number,
                email=person.email,
                contact_id=found.id,
                amount=amount,
                status="completed",
                created_at=now,
                modified_at=now,
            )
            person.act("mail", BOUGHT, now, amount=amount)

    def an_order_on_crm(self, person: Someone | None = None) -> None:
        """Let an order be placed that HubSpot knows of."""
        person, amount = person or self._somebody(), self._amount()
        if record := self._found_on_crm(person):
            self.crm.add(
                "orders",
                str(record.id),
                hs_order_name=f"A-{next(self._numbers)}",
                hs_total_price=str(amount),
                hs_currency_code="EUR",
                hs_external_created_date=_now().isoformat(),
            )
            person.act("crm", BOUGHT, _now(), amount=amount)

    def ours_is_overwritten(self) -> None:
        """Let somebody write another score than ours."""
        person, wrong = self._somebody(), self.chance.randrange(500, 600)
        if (record := self._found_on_crm(person)) and self.chance.random() < 0.5:
            self.crm.set(str(record.id), heat_score=str(wrong))
        elif found := self._found_on_mail(person):
            self.mail.write(found, {"HEAT_SCORE": wrong})

    def somebody_is_deleted(self) -> None:
        """Delete somebody from one of the platforms."""
        person = self._settled()
        if person is None:
            return
        if self.chance.random() < 0.5:
            self.crm.archive(str(self._on_crm(person).id))
        else:
            self.mail.remove(self._on_mail(person))
        person.is_deleted = True

    def somebody_is_forgotten(self) -> None:
        """Have somebody erased in heatsync; on the platforms they live on."""
        many = len(self.office.asking) + len(self.office.done)
        person = self._settled() if many < MOST_FORGOTTEN else None
        if person is not None:
            person.is_forgotten = True
            self.office.asking.append(person)

    def two_merge(self) -> None:
        """Merge two persons on HubSpot."""
        one = self._settled()
        # Of two jobs the newer one wins, and each platform tells of the merge in its own time.
        other = self._settled(like=one) if one and one.edits_crm else None
        if one and other:
            self.crm.merge(str(self._on_crm(one).id), str(self._on_crm(other).id))
            one.absorbed.append(other)
            self.people.remove(other)

    def _come(self, on: set[str]) -> Someone:
        number, job = next(self._numbers), self.chance.choice(JOBS)
        edits_crm = "crm" in on and ("mail" not in on or self.chance.random() < 0.5)
        person = Someone(f"person{number}@mail.example.com", _now(), edits_crm, job=job)
        if "crm" in on:
            self.crm.add(email=person.email, jobtitle=job)
        if "mail" in on:
            self.mail.create(person.email, JOB=job)
        self.people.append(person)
        return person

    def _come_back(self, person: Someone) -> None:
        """Let all who tell of people tell of somebody once more."""
        job = next(each for each in JOBS if each != person.job)
        self.crm.set(str(self._on_crm(person).id), jobtitle=job)
        self.mail.write(self._on_mail(person), {"JOB": job})
        for act in (self.a_message_is_read, self.a_page_is_seen, self.a_form_is_sent):
            act(person)
        self.a_shop_is_visited(person)
        self.an_order_on_crm(person)

    def _amount(self) -> int:
        return 10 * self.chance.randrange(2, 30)

    def _somebody(self) -> Someone:
        return self.chance.choice([each for each in self.people if not each.is_deleted])

    def _settled(self, like: Someone | None = None) -> Someone | None:
        """Return somebody who is on both platforms, and was not made but now.

        With `like` it is another one, whose job is the same and edited at the same place.
        """
        able = [
            each
            for each in self.people
            if each.is_plain
            and _now() - each.came_at > REST
            and self._found_on_crm(each)
            and self._found_on_mail(each)
        ]
        if like is not None:
            able = [each for each in able if each is not like and _job(each) == _job(like)]
        return self.chance.choice(able) if able else None

    def _found_on_crm(self, person: Someone) -> Record | None:
        return self.crm.contacts.records.find("email", person.email)

    def _found_on_mail(self, person: Someone) -> Person | None:
        return self.mail.people.find("email_id", person.email)

    def _on_crm(self, person: Someone) -> Record:
        found = self._found_on_crm(person)
        assert found is not None
        return found

    def _on_mail(self, person: Someone) -> Person:
        found = self._found_on_mail(person)
        assert found is not None
        return found

    def _ms(self) -> int:
        return to_micros(_now()) // 1000

    def _now(self) -> datetime:
        """Return the time of whoever makes calls: once nothing happens, nothing is late."""
        return _now() if self._is_late else _now() + _HOURS

    async def _happen(self) -> None:
        things, weights = [*self.possible], [*self.possible.values()]
        while self._is_on:
            thing = self.chance.choices(things, weights)[0]
            thing()
            self.things[thing.__name__] += 1
            await asyncio.sleep(PAUSE)

    async def _call(self) -> None:
        while True:
            await self.deliverer.deliver_due()
            await self.shop.call()
            await asyncio.sleep(PAUSE)

    async def _ask(self) -> None:
        while True:
            await self.office.call()
            await asyncio.sleep(PAUSE)


def _now() -> datetime:
    return SystemClock().now().astimezone(UTC)


def _job(person: Someone) -> tuple[str, bool]:
    """Return somebody's job, and whether HubSpot is where it is edited."""
    return person.job, person.edits_crm
