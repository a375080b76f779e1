"""A check asks each stream for one page, and says what does not fit."""

from __future__ import annotations

import json
from collections.abc import Sequence

import httpx
import pytest

from connector.errors import AccessRefused, PlatformUnavailable, Problem
from tests.unit.adapters.rest.entries import READING, Answer, Service, a_platform

ENTRY = """
contacts:
  path: /contacts
  items: data
  pager: {type: page, param: page}
  record: {id: id, attributes: {heat: heat}}
events: {path: /events, items: data, record: {type: t, contact: c, occurred_at: at}}
"""


async def problems_of(answer: Answer) -> Sequence[Problem]:
    return await a_platform(ENTRY, answer, reading=READING).check()


async def test_one_page_of_each_stream_is_asked_for() -> None:
    service = Service([{"data": [{"id": 1, "heat": 3}]}, {"data": []}])

    await problems_of(service)

    assert service.targets == ["/v1/contacts?page=1", "/v1/events"]


async def test_a_field_that_is_read_and_told_nowhere_is_worth_a_look() -> None:
    (problem,) = await problems_of(Service([{"data": []}]))

    assert problem.is_advice
    assert "the field `plan`, which no record tells" in problem.message


async def test_what_does_not_fit_is_told_with_its_place() -> None:
    answers = [{"data": [{"id": 1, "heat": "warm"}]}, {"rows": []}]

    values, events, _ = await problems_of(Service(answers))

    assert (values.path, values.message) == (
        "platforms.acme.contacts",
        "of contact 1 `heat` is not a number",
    )
    assert events.path == "platforms.acme.events"
    assert "no list where `data` should be" in events.message


@pytest.mark.parametrize("status", [403, 404])
async def test_a_stream_that_is_refused_costs_itself_alone(status: int) -> None:
    refused, _ = await problems_of(Service([httpx.Response(status), {"data": []}]))

    assert refused.path == "platforms.acme.contacts"
    assert str(status) in refused.message


async def test_an_account_that_cannot_be_asked_is_told_as_such() -> None:
    with pytest.raises(AccessRefused):
        await problems_of(Service([httpx.Response(401)]))
    with pytest.raises(PlatformUnavailable):
        await problems_of(Service([httpx.Response(500)]))


async def test_an_answer_that_sends_us_on_is_told_with_where_to() -> None:
    location = "https://ada:pw@www.acme.example/v2/contacts?token=abc"
    moved = httpx.Response(301, headers={"location": location})

    problem, *_ = await problems_of(Service([moved, {"data": []}]))

    assert "answered 301: sends us on to https://www.acme.example/v2/contacts;" in problem.message
    assert "ada" not in problem.message
    assert "abc" not in problem.message


@pytest.mark.parametrize("knows_key", [True, False])
async def test_what_may_be_done_twice_is_worth_a_look(*, knows_key: bool) -> None:
    key = f"knows_key: {str(knows_key).lower()}"
    note = f"note: {{path: /n, body: {{key: '{{{{ action.key }}}}'}}, {key}}}"
    platform = a_platform(f"writes: {{actions: {{{note}}}}}", Service([{}]))

    problems = [each for each in await platform.check() if "`note`" in each.message]

    assert [each.is_advice for each in problems] == ([] if knows_key else [True])
    assert all("at least once" in each.message for each in problems)


@pytest.mark.parametrize(
    ("ids", "count"),
    [(("id", "id"), 1), (("id", "join('-', ['won', id])"), 0), ((None, None), 0)],
)
async def test_streams_that_number_their_events_alike_are_worth_a_look(
    ids: tuple[str | None, str | None], count: int
) -> None:
    record = "type: t, contact: c, occurred_at: at"
    streams = [
        f"{{path: /{place}, record: {{{record}{f', id: {json.dumps(each)}' if each else ''}}}}}"
        for place, each in enumerate(ids)
    ]
    platform = a_platform(f"events: [{', '.join(streams)}]", Service([[]]))

    problems = await platform.check()

    assert ["only one is kept" in each.message for each in problems] == [True] * count
