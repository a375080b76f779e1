"""Calls of simulated platforms on their way: lost, late, doubled, in another order."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.hubspot.simulator import HubspotSimulator
from adapters.simulation.calls import Deliverer, Mishap, Mishaps
from adapters.simulation.server import Server
from tests.fakes import FakeClock

URL = "https://leads.example.com/webhooks/mail"
TOKEN = "t0ken"


@dataclass
class Receiver:
    """Takes calls as they come, and answers as it is told."""

    status: int = 200
    requests: list[httpx.Request] = field(default_factory=list)

    async def take(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if not self.status:
            raise httpx.ConnectError("nobody listens")
        return httpx.Response(self.status)

    @property
    def emails(self) -> list[str]:
        return [json.loads(each.content)["email"] for each in self.requests]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime(2026, 11, 22, 8, tzinfo=UTC))


@pytest.fixture
def brevo(clock: FakeClock) -> BrevoSimulator:
    simulator = BrevoSimulator(now=clock.now)
    simulator.call_at(URL, TOKEN)
    return simulator


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def deliverer(clock: FakeClock, brevo: BrevoSimulator, receiver: Receiver) -> Deliverer:
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver.take))
    return Deliverer(platforms=[brevo], now=clock.now, client=client)


def _change(brevo: BrevoSimulator, *emails: str) -> None:
    for email in emails:
        brevo.account.write(brevo.account.create(email), {"FIRSTNAME": "Ann"})


async def test_a_call_arrives_as_the_vendor_makes_it(
    brevo: BrevoSimulator, receiver: Receiver, deliverer: Deliverer
) -> None:
    _change(brevo, "ann@x.fr")

    made = await deliverer.deliver_due()

    (request,) = receiver.requests
    assert (made, str(request.url), request.method) == (1, URL, "POST")
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert (await deliverer.deliver_due(), deliverer.statuses) == (0, {200: 1})


@pytest.mark.parametrize("status", [429, 0])
async def test_what_is_not_taken_comes_again_by_the_vendors_rules(
    brevo: BrevoSimulator, receiver: Receiver, deliverer: Deliverer, clock: FakeClock, status: int
) -> None:
    _change(brevo, "ann@x.fr")
    receiver.status = status
    await deliverer.deliver_due()
    clock.advance(timedelta(minutes=10))
    receiver.status = 200

    await deliverer.deliver_due()

    assert receiver.emails == ["ann@x.fr", "ann@x.fr"]


@pytest.mark.parametrize(
    ("mishap", "arrived"),
    [
        (Mishap.LOST, [0, 0, 1]),
        (Mishap.UNANSWERED, [1, 1, 2]),
        (Mishap.DOUBLED, [2, 2, 2]),
        (Mishap.LATE, [0, 1, 1]),
    ],
)
async def test_mishaps_change_when_and_how_often_a_call_arrives(
    deliverer: Deliverer, brevo: BrevoSimulator, clock: FakeClock, mishap: Mishap, arrived: object
) -> None:
    _change(brevo, "ann@x.fr")
    deliverer.mishaps.play(mishap)

    counts = []
    for minutes in (0, 2, 10):
        clock.advance(timedelta(minutes=minutes))
        await deliverer.deliver_due()
        counts.append(deliverer.statuses[200])

    assert (counts, deliverer.waiting) == (arrived, 0)


async def test_calls_arrive_in_another_order_that_can_be_repeated(
    brevo: BrevoSimulator, receiver: Receiver, deliverer: Deliverer
) -> None:
    emails = [f"p{number}@x.fr" for number in range(20)]
    people = [brevo.account.create(email) for email in emails]
    orders = []
    for _ in range(2):
        receiver.requests.clear()
        for each in people:
            brevo.account.write(each, {"FIRSTNAME": "Ann"})
        deliverer.is_shuffled, deliverer.mishaps = True, Mishaps(seed=7)
        await deliverer.deliver_due()
        orders.append(receiver.emails)

    assert sorted(orders[0]) == sorted(emails)
    assert orders[0] == orders[1] != emails


async def test_hubspot_calls_again_what_was_refused(clock: FakeClock, receiver: Receiver) -> None:
    hubspot = HubspotSimulator(now=clock.now)
    hubspot.call_at(URL, properties=["jobtitle"])
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver.take))
    deliverer = Deliverer(platforms=[hubspot], now=clock.now, client=client)
    hubspot.account.add(email="ann@x.fr", jobtitle="cook")
    receiver.status = 503
    await deliverer.deliver_due()
    waiting = hubspot.account.webhooks.waiting()
    receiver.status = 200

    clock.advance(timedelta(days=1))
    await deliverer.deliver_due()

    kinds = {it["subscriptionType"] for it in json.loads(receiver.requests[-1].content)}
    assert (waiting >= 2, hubspot.account.webhooks.waiting()) == (True, 0)
    assert kinds == {"contact.creation", "contact.propertyChange"}


async def test_work_on_a_served_simulator_is_done_where_it_runs() -> None:
    simulator = BrevoSimulator(now=lambda: datetime(2026, 11, 22, 8, tzinfo=UTC))
    threads: list[object] = []

    async def note(current: Callable[[], object]) -> str:
        threads.append(current())
        return "done"

    with Server(simulator.app) as server:
        answer = await server.run(lambda: note(threading.current_thread))

    assert answer == "done"
    assert threads != [threading.current_thread()]
