"""What people do meanwhile, and the calls that platforms make about it.

Each person does what the end can tell unmistakably: an attribute is edited on one platform only,
and who was deleted or merged does nothing more.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Sequence
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
from tests.system.chaos.company import PUBLIC_URL, SHOP_SECRET, Company

JOBS = ("Chief of staff", "clerk", "cook", "chief cook")
PAUSE = 0.1
"""Seconds between two things that happen."""
REST = timedelta(seconds=3)
"""How long somebody is let be who came, before what changes who they are."""
_HOURS = timedelta(hours=1)
_IS_HEARD = 0.9
"""How many of the answers that the shop is given reach it."""


@dataclass(eq=False)
class Someone:
    """A person, and what they did."""

    email: str
    came_at: datetime
    edits_crm: bool
    """Whether HubSpot is where their job is edited; else Brevo."""
    was_first: bool = False
    """Whether they were there before the daemon began."""
    is_opted_out: bool = False
    is_deleted: bool = False
    is_met: bool = False
    """Whether both platforms showed the same job once, and the daemon had seen that."""
    job: str = ""
    done: Counter[str] = field(default_factory=Counter)
    """How often they did what triggers ask about."""
    absorbed: list[Someone] = field(default_factory=list)

    @property
    def parts(self) -> Sequence[Someone]:
        """Return the persons that this one was made of."""
        return (self, *(part for each in self.absorbed for part in each.parts))


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
    shop: Shop = field(init=False)
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
        transport = _Balanced(self.company.ports, self.chance)
        client = httpx.AsyncClient(transport=transport, timeout=5)
        self.shop = Shop(client, self.chance)
        self.deliverer = Deliverer(
            platforms=[self.company.crm, self.company.mail],
            now=self._now,
            client=client,
            is_shuffled=True,
            mishaps=Mishaps(seed=self.seed, every=6),
        )
        self._tasks = [asyncio.create_task(each()) for each in (self._happen, self._call)]

    async def end(self) -> None:
        """Let nothing more happen; late calls arrive now."""
        self._is_on, self._is_late = False, False
        await self._tasks[0]
        while self.shop.untold:  # noqa: ASYNC110 - whatever is told is told by the other task
            await asyncio.sleep(PAUSE)

    async def aclose(self) -> None:
        """Make no more calls."""
        for each in self._tasks:
            each.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.deliverer.client.aclose()

    @property
    def possible(self) -> Sequence[tuple[int, Callable[[], None]]]:
        return (
            *((4, self.somebody_comes), (6, self.a_job_changes)),
            *((5, self.a_mail_is_opened), (5, self.a_message_is_read), (4, self.a_page_is_seen)),
            *((5, self.a_shop_is_visited), (4, self.a_form_is_sent)),
            *((4, self.an_order_on_mail), (4, self.an_order_on_crm)),
            *((3, self.ours_is_overwritten), (1, self.somebody_is_deleted), (2, self.two_merge)),
        )

    def somebody_comes(self) -> None:
        self._come(self.chance.choice([{"crm"}, {"mail"}, {"crm", "mail"}]))

    def a_job_changes(self) -> None:
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
        person, kind = self._somebody(), self.chance.choice(["OPEN", "CLICK"])
        url = f"https://example.com/{next(self._numbers)}"
        self.crm.engagement.send_mail_event(kind, person.email, self._ms(), url=url)
        person.done["clicks"] += kind == "CLICK"

    def a_message_is_read(self) -> None:
        person = self._somebody()
        if person.is_opted_out:
            return
        message = self.mail.mail.send(person.email, subject="Hello")
        self.mail.mail.happen("opened", message)
        if self.chance.random() < 0.4:
            link = f"https://example.com/{next(self._numbers)}"
            self.mail.mail.happen("clicks", message, link=link)
            person.done["clicks"] += 1

    def a_page_is_seen(self) -> None:
        person = self._somebody()
        if found := self._found_on_mail(person):
            seen = CustomEvent(contact_id=found.id, name="page_viewed", at=_now())
            self.mail.records.events.append(seen)
            person.done["views"] += 1

    def a_form_is_sent(self) -> None:
        person = self._somebody()
        if record := self._found_on_crm(person):
            values = {"email": person.email}
            self.crm.engagement.submit_form("f1", self._ms(), values, "https://example.com/ask")
            self.crm.derive(str(record.id), recent_conversion_date=_now().isoformat())
            person.done["forms"] += 1

    def a_shop_is_visited(self) -> None:
        person = self._somebody()
        self.shop.tell(f"v{next(self._numbers)}", person.email)
        person.done["visits"] += 1

    def an_order_on_mail(self) -> None:
        person = self._somebody()
        if found := self._found_on_mail(person):
            number, now = str(next(self._numbers)), _now()
            self.mail.records.orders[number] = Order(
                id=number,
                email=person.email,
                contact_id=found.id,
                amount=self.chance.randrange(20, 300),
                status="completed",
                created_at=now,
                modified_at=now,
            )
            person.done["orders"] += 1

    def an_order_on_crm(self) -> None:
        person = self._somebody()
        if record := self._found_on_crm(person):
            self.crm.add(
                "orders",
                str(record.id),
                hs_order_name=f"A-{next(self._numbers)}",
                hs_total_price=str(self.chance.randrange(20, 300)),
                hs_currency_code="EUR",
                hs_external_created_date=_now().isoformat(),
            )
            person.done["orders"] += 1

    def ours_is_overwritten(self) -> None:
        person, wrong = self._somebody(), self.chance.randrange(500, 600)
        if (record := self._found_on_crm(person)) and self.chance.random() < 0.5:
            self.crm.set(str(record.id), heat_score=str(wrong))
        elif found := self._found_on_mail(person):
            self.mail.write(found, {"HEAT_SCORE": wrong})

    def somebody_is_deleted(self) -> None:
        person = self._settled()
        if person is None:
            return
        if self.chance.random() < 0.5:
            self.crm.archive(str(self._on_crm(person).id))
        else:
            self.mail.remove(self._on_mail(person))
        person.is_deleted = True

    def two_merge(self) -> None:
        one, other = self._settled(), self._settled()
        # Of two jobs the newer one wins, and each platform tells of the merge in its own time.
        if one and other and one is not other and one.job == other.job and one.edits_crm:
            if one.edits_crm != other.edits_crm:
                return
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

    def _somebody(self) -> Someone:
        return self.chance.choice([each for each in self.people if not each.is_deleted])

    def _settled(self) -> Someone | None:
        """Return somebody who is on both platforms, and was not made but now."""
        able = [
            each
            for each in self.people
            if not (each.is_deleted or each.is_opted_out or each.absorbed)
            and _now() - each.came_at > REST
            and self._found_on_crm(each)
            and self._found_on_mail(each)
        ]
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
        weights, things = zip(*self.possible, strict=True)
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


@dataclass
class Shop:
    """Tells of each visit until it is answered, and sometimes once more."""

    client: httpx.AsyncClient
    chance: random.Random
    untold: dict[str, dict[str, str]] = field(default_factory=dict)

    def tell(self, visit: str, email: str) -> None:
        """Have a visit told."""
        self.untold[visit] = {"id": visit, "email": email, "at": _now().isoformat()}

    async def call(self) -> None:
        """Tell what was not answered yet."""
        for visit, told in list(self.untold.items()):
            try:
                answer = await self.client.post(
                    f"{PUBLIC_URL}/webhooks/shop",
                    json=told,
                    headers={"authorization": f"Bearer {SHOP_SECRET}"},
                )
            except httpx.HTTPError:
                continue
            if answer.is_success and self.chance.random() < _IS_HEARD:
                del self.untold[visit]


class _Balanced(httpx.AsyncHTTPTransport):
    """Brings calls to any of the daemons, whether it listens or not."""

    def __init__(self, ports: Sequence[int], chance: random.Random) -> None:
        super().__init__()
        self._ports, self._chance = ports, chance

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = self._chance.choice(self._ports)
        # The address that was called stays in the header Host, as behind any proxy.
        request.url = request.url.copy_with(scheme="http", host="127.0.0.1", port=port)
        return await super().handle_async_request(request)


def _now() -> datetime:
    return SystemClock().now().astimezone(UTC)
