"""Every request is counted and noted, and goes wrong in the way that was ordered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime

import httpx
import pytest

from adapters.simulation.faults import Fault
from adapters.simulation.front import Front
from adapters.simulation.server import Server
from tests.fakes import FakeClock
from tests.unit.adapters.simulation.counting import Counter

KEY = {"key": "k"}
SECOND = timedelta(seconds=1)


@pytest.fixture
async def client(front: Front) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=front)
    async with httpx.AsyncClient(transport=transport, base_url="http://x", headers=KEY) as client:
        yield client


async def test_an_answer_tells_what_is_left_of_the_limits(client: httpx.AsyncClient) -> None:
    answer = await client.get("/a")

    assert (answer.status_code, answer.headers["all-left"]) == (200, "2")


@pytest.mark.parametrize("is_dated", [True, False])
async def test_an_answer_is_dated_by_the_clock_of_the_platform_or_not_at_all(
    client: httpx.AsyncClient, front: Front, clock: FakeClock, *, is_dated: bool
) -> None:
    front.is_dated = is_dated

    answer = await client.get("/a")

    assert answer.headers.get("date") == (
        format_datetime(clock.now(), usegmt=True) if is_dated else None
    )


async def test_a_request_over_the_limit_is_turned_down_and_does_nothing(
    client: httpx.AsyncClient, counter: Counter, clock: FakeClock
) -> None:
    statuses = [(await client.post("/a")).status_code for _ in range(4)]
    clock.advance(SECOND)
    statuses.append((await client.post("/a")).status_code)

    assert statuses == [200, 200, 200, 429, 200]
    assert counter.done == 4


async def test_a_caller_without_the_key_counts_in_no_limit(
    client: httpx.AsyncClient, front: Front
) -> None:
    answer = await client.get("/a", headers={"key": "wrong"})

    assert answer.status_code == 401
    assert "all-left" not in answer.headers
    assert front.trace.exchanges[0].buckets == ()


@pytest.mark.parametrize(
    ("fault", "status", "done"),
    [
        pytest.param(Fault.RATE_LIMITED, 429, 0, id="rate-limited"),
        pytest.param(Fault.SERVER_ERROR, 500, 0, id="server-error"),
        pytest.param(Fault.UNAVAILABLE, 503, 0, id="unavailable"),
        pytest.param(Fault.HTML_PAGE, 200, 0, id="html"),
        pytest.param(Fault.CUT_BODY, 200, 1, id="cut-body"),
        pytest.param(Fault.DID_NOTHING, 200, 0, id="did-nothing"),
    ],
)
async def test_a_fault_answers_so_and_does_so_much(
    client: httpx.AsyncClient,
    front: Front,
    counter: Counter,
    *,
    fault: Fault,
    status: int,
    done: int,
) -> None:
    front.faults.play(fault)

    answer = await client.post("/a")

    assert (answer.status_code, counter.done) == (status, done)
    assert [each.fault for each in front.trace] == [fault]


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        pytest.param(Fault.TIMED_OUT, httpx.ReadTimeout, 0, id="timed-out"),
        pytest.param(Fault.UNREACHABLE, httpx.ConnectError, 0, id="unreachable"),
        pytest.param(Fault.LOST_ANSWER, httpx.ReadTimeout, 1, id="lost-answer"),
    ],
)
async def test_a_fault_without_an_answer_raises_what_a_client_would(
    client: httpx.AsyncClient,
    front: Front,
    counter: Counter,
    *,
    fault: Fault,
    error: type[httpx.TransportError],
    done: int,
) -> None:
    front.faults.play(fault)

    with pytest.raises(error):
        await client.post("/a")

    assert counter.done == done
    assert [each.status for each in front.trace] == [None]


async def test_a_fault_waits_for_the_request_it_is_ordered_for(
    client: httpx.AsyncClient, front: Front
) -> None:
    front.faults.play(Fault.SERVER_ERROR, on="POST /b")

    statuses = [(await client.post(path)).status_code for path in ("/a", "/b", "/b")]

    assert statuses == [200, 500, 200]


async def test_a_read_is_never_answered_without_being_done(
    client: httpx.AsyncClient, front: Front
) -> None:
    front.faults.play(Fault.DID_NOTHING)

    answer = await client.get("/a")

    assert answer.json() == {"done": 0}


async def test_a_storm_strikes_every_nth_request_and_the_same_way_each_time(
    front: Front, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    seen = []
    for _ in range(2):
        front.trace.clear()
        front.faults.storm(3, seed=7, kinds=(Fault.SERVER_ERROR, Fault.UNAVAILABLE))
        for _ in range(12):
            clock.advance(SECOND)
            await client.get("/a")
        seen.append([each.fault for each in front.trace])

    assert [fault is not None for fault in seen[0]] == [False, False, True] * 4
    assert seen[0] == seen[1]


async def test_the_trace_tells_the_most_requests_in_any_span(
    front: Front, client: httpx.AsyncClient, clock: FakeClock
) -> None:
    for pause in (0, 600, 300, 300):
        clock.advance(timedelta(milliseconds=pause))
        await client.get("/a")

    assert front.trace.most_within("all", SECOND) == 3


@pytest.mark.parametrize("fault", [Fault.TIMED_OUT, Fault.UNREACHABLE, Fault.LOST_ANSWER])
def test_over_a_socket_the_connection_breaks_and_the_next_one_is_served(
    front: Front, counter: Counter, fault: Fault
) -> None:
    front.faults.play(fault)

    with Server(front) as server, httpx.Client(base_url=server.url, headers=KEY) as client:
        with pytest.raises(httpx.TransportError):
            client.post("/a")
        answer = client.post("/a")

    assert answer.json() == {"done": counter.done}
    assert counter.done == 1 + (fault is Fault.LOST_ANSWER)
