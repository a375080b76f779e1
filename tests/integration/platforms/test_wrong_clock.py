"""A clock is wrong for a while: whatever happens on the platforms is seen all the same, once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest

from adapters.brevo.simulator.people import Person
from adapters.brevo.simulator.records import CustomEvent, Order
from connector.domain.instants import to_micros
from connector.sync.turns import EVERYTHING, pull_turn
from tests.integration.platforms.company import HOUR, NAMES, Company, a_company

MAPPINGS = """
version: 1
platforms:
  crm: {adapter: hubspot, tier: pro}
  mail: {adapter: brevo}
attributes:
  email: {type: email, crm: email, mail: EMAIL}
  job: {type: text, crm: jobtitle, mail: JOB}
model:
  rules:
    mailed: {event: email.*, points: 1}
    asked: {event: form.submitted, points: 1}
    viewed: {event: page.viewed, points: 1}
    bought: {event: order.placed, points: 1}
    joined: {event: webinar.registered, points: 1}
  scores: {lead: {}}
triggers:
  greet:
    when: "in_list('crm', 'VIPs') AND in_list('mail', 'News')"
    do: [{note: {platform: crm, text: Knows us well}}]
"""
MINUTE = HOUR / 60
DAY = 24 * HOUR
AHEAD = [30 * MINUTE, 3 * HOUR, 2 * DAY, -3 * HOUR]
AHEAD_IDS = ["half an hour ahead", "three hours ahead", "two days ahead", "three hours behind"]
KINDS = 10
"""Of events, on both platforms: something of each happens between two pulls."""


class OddDates(httpx.AsyncBaseTransport):
    """The way to a platform on which some of the next answers get another date."""

    def __init__(self, way: httpx.AsyncBaseTransport) -> None:
        self._way = way
        self.date = ""
        self.left = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._way.handle_async_request(request)
        if self.left:
            self.left -= 1
            response.headers["date"] = self.date
        return response


class Town:
    """Eight people, known to both platforms, to whom the same things happen whoever looks on."""

    def __init__(self, company: Company) -> None:
        self.company, self.crm, self.mail = company, company.crm.account, company.mail.account
        self.crm.tier = "enterprise"
        self.emails = [f"person{each}@mail.example.com" for each in range(8)]
        self.ids = [self.crm.add(email=each, jobtitle="cook") for each in self.emails]
        self.people: list[Person] = [self.mail.create(each, JOB="cook") for each in self.emails]
        self.vips = self.crm.add_list("VIPs", members=self.ids[:2])
        (self.news,) = self.mail.lists.by_id.values()
        self.mail.lists.put_in(self.news, self.people[:2])
        self.webinar = self.crm.engagement.hold_webinar("Ovens", self._ms())
        self.times = 0

    def live(self) -> None:
        """Let one thing of each kind happen to somebody, and somebody leave."""
        self.times += 1
        self._on_crm(self.times, self.emails[self.times])
        self._on_mail(self.times, self.people[self.times])
        # Searches lag; by now they have seen it.
        self.company.clock.advance(10 * MINUTE)
        self.crm.settle()

    def _on_crm(self, number: int, email: str) -> None:
        contact, at, deeds = self.ids[number], self._ms(), self.crm.engagement
        self.crm.set(contact, jobtitle=f"chef {number}")
        self.crm.archive(self.ids[-number])
        self.crm.lists.leave(self.vips, int(self.ids[number - 1]))
        self.crm.lists.join(self.vips, int(self.ids[number + 1]))
        deeds.send_mail_event("OPEN", email, at)
        deeds.submit_form("f1", at, {"email": email}, "https://example.com/ask")
        self.crm.derive(
            contact, recent_conversion_date=str(at), hs_analytics_last_timestamp=str(at)
        )
        deeds.occur("e_visited_page", "contact", contact, at, {"hs_url": "https://example.com"})
        self.crm.add("orders", contact, hs_total_price="20")
        deeds.participate(self.webinar, contact, email, "REGISTERED", at)

    def _on_mail(self, number: int, person: Person) -> None:
        at, records = self.company.clock.at, self.mail.records
        self.mail.write(person, {"JOB": f"baker {number}"})
        self.mail.lists.take_out(self.news, [self.people[number - 1]])
        self.mail.lists.put_in(self.news, [self.people[number + 1]])
        self.mail.mail.happen("opened", self.mail.mail.send(str(person.email)))
        records.events.append(CustomEvent(contact_id=person.id, name="page_viewed", at=at))
        records.orders[str(number)] = Order(
            id=str(number),
            email=str(person.email),
            contact_id=person.id,
            amount=20,
            status="completed",
            created_at=at,
            modified_at=at,
        )

    def _ms(self) -> int:
        return to_micros(self.company.clock.at) // 1000

    async def pull(self) -> Sequence[str]:
        """Pull everything; return what there was to say of it."""
        said = []
        for name in NAMES:
            for stream in EVERYTHING:
                summary = (await pull_turn(self.company.workspace, name, stream)).summary
                said += [str(each) for each in (*summary.problems, *summary.errors)]
        return said

    async def known(self) -> Mapping[str, Any]:
        """Return what has been read."""
        async with self.company.state.read() as tx:
            records = await tx.contacts.records_of(await tx.contacts.all_numbers())
            return {
                "events": dict(await tx.events.types()),
                "VIPs": set(await tx.contacts.members("crm", "VIPs", self.ids)),
                "News": set(
                    await tx.contacts.members("mail", "News", [str(p.id) for p in self.people])
                ),
                "records": {
                    (each.platform, each.remote_id): (
                        dict(each.attributes),
                        each.removed_at is None,
                    )
                    for each in records
                },
            }


@asynccontextmanager
async def a_town() -> AsyncIterator[Town]:
    async with a_company(MAPPINGS) as company:
        town = Town(company)
        company.clock.advance(2 * HOUR)
        await town.pull()
        yield town


async def lived(
    ahead: timedelta, *, is_new_each_time: bool = False, is_dated: bool = True
) -> tuple[Sequence[Mapping[str, Any]], Sequence[str]]:
    """Return what is known after each pull that follows one by a wrong clock, and what was said."""
    async with a_town() as town:
        for each in town.company.simulators.values():
            each.app.is_dated = is_dated
        found, said = list[Mapping[str, Any]](), list[str]()
        for wrong in (ahead, timedelta(), timedelta()):
            if is_new_each_time:
                await town.company.restart()
            town.company.clock.advance(10 * MINUTE)
            town.company.ours.ahead = wrong
            said += await town.pull()
            found.append(await town.known())
            town.company.ours.ahead = timedelta()
            town.company.clock.advance(10 * MINUTE)
            town.live()
        return found, said


@pytest.mark.parametrize("is_new_each_time", [False, True], ids=["one process", "a process each"])
@pytest.mark.parametrize("ahead", AHEAD, ids=AHEAD_IDS)
async def test_a_clock_that_was_wrong_for_a_pull_hides_nothing(
    ahead: timedelta, *, is_new_each_time: bool
) -> None:
    right, _ = await lived(timedelta(), is_new_each_time=is_new_each_time)

    found, said = await lived(ahead, is_new_each_time=is_new_each_time)

    assert (len(right[1]["events"]), found) == (KINDS, right)
    assert said == []


@pytest.mark.parametrize("ahead", [3 * HOUR, 2 * DAY], ids=AHEAD_IDS[1:3])
async def test_where_answers_have_no_date_what_was_read_in_the_future_is_read_again(
    ahead: timedelta,
) -> None:
    right, _ = await lived(timedelta())

    found, said = await lived(ahead, is_dated=False)

    assert found == right
    assert {each.partition(": ")[0] for each in said} >= {
        *("crm.contacts", "crm.events", "crm.memberships"),
        *("mail.contacts", "mail.events", "mail.memberships"),
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("date", ["Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 01 Jan 2038 00:00:00 GMT"])
@pytest.mark.parametrize("times", [1, 2])
async def test_after_answers_with_a_wrong_date_nobody_is_read_again(
    name: str, date: str, times: int
) -> None:
    async with a_town() as town:
        company = town.company
        odd = OddDates(company.ways[name])
        company.ways[name] = odd  # type: ignore[assignment]  # it leads to the same one
        await company.restart()
        for _ in range(2):
            company.clock.advance(HOUR)
            await town.pull()

        odd.date, odd.left = date, times
        said, read = list[str](), 0
        for _ in range(3):
            company.clock.advance(HOUR)
            for stream in EVERYTHING:
                summary = (await pull_turn(company.workspace, name, stream)).summary
                said += [str(each) for each in (*summary.problems, *summary.errors)]
                read += summary.pulled[name]["contacts"]

        assert (odd.left, said, read) == (0, [], 0)
