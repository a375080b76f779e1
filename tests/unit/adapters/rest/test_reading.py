"""What is read comes as the entry says, from when on it says, and nothing is made up."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from connector.domain.contacts import Contact, Membership, Reading
from connector.domain.instants import to_micros
from connector.domain.pages import Page
from connector.errors import PlatformError, UnexpectedAnswer
from connector.ports.platform import Platform
from tests.builders import T
from tests.fakes import FakeClock
from tests.unit.adapters.rest.entries import (
    READING,
    Service,
    a_platform,
    items_of,
    pages_of,
)

WHOLE = """
contacts:
  path: /contacts
  items: data
  record:
    id: id
    email: email
    created_at: created
    modified_at: changed
    opted_out: refuses
    attributes: {plan: tariff.name}
    fields: more
"""
CHANGED = """
contacts:
  path: /contacts
  params: {from: "{{ since }}", now: "{{ now }}"}
  since: {since}
  items: data
  record: {id: id}
"""
EVENTS = """
events:
  path: /events
  params: {{from: "{{{{ since }}}}"}}
  since: {since}
  items: data
  record:
    - {{when: kind == 'open', type: "'email.opened'", contact: who, occurred_at: at, id: id}}
    - {{when: kind != 'open', type: kind, contact: who, occurred_at: at, fields: {{url: u}}}}
"""
LISTS = """
contacts: {path: /contacts, items: data, record: {id: id}}
lists: {path: /lists, record: {id: id, name: name}}
members: {path: "/lists/{{ list.id }}/members", contact: id}
"""


async def contacts_of(
    item: object, entry: str = WHOLE, reading: Reading = READING
) -> tuple[list[Contact], list[str]]:
    source = a_platform(entry, Service([{"data": [item]}])).contacts
    assert source is not None
    (page,) = await pages_of(source.contacts(reading, None))
    return list(page.items), [each.message for each in page.problems]


async def read_all(platform: Platform, cursor: str | None) -> str:
    """Read contacts, or else events, and return the last cursor."""
    if platform.contacts is not None:
        return (await pages_of(platform.contacts.contacts(Reading(), cursor)))[-1].cursor
    assert platform.events is not None
    return (await pages_of(platform.events.events(cursor)))[-1].cursor


async def test_a_contact_is_told_whole() -> None:
    item = {
        "id": 17,
        "email": " Ann@X.example.com ",
        "created": 1768471200,
        "changed": "2026-01-15T11:00:00+01:00",
        "refuses": True,
        "tariff": {"name": "pro"},
        "more": {"heat": "12.5", "plan": "not this", "other": 1},
    }

    (contact,), problems = await contacts_of(item)

    assert contact.remote_id == "17"
    assert contact.emails == ("ann@x.example.com",)
    assert (contact.created_at, contact.modified_at) == (T, T)
    assert contact.attributes == {"plan": "pro", "heat": 12.5}
    assert (contact.opted_out, contact.tells, problems) == (True, None, [])


async def test_a_field_that_is_null_or_not_there_is_empty() -> None:
    (contact,), problems = await contacts_of({"id": 17, "more": {"heat": None}})

    assert contact.attributes == {"plan": None, "heat": None}
    assert (contact.modified_at, contact.tells, problems) == (None, None, [])


async def test_a_value_that_does_not_fit_is_left_out_and_told() -> None:
    (contact,), problems = await contacts_of({"id": 17, "more": {"heat": "warm"}})

    assert contact.attributes == {"plan": None}
    assert problems == ["of contact 17 `heat` is not a number"]


async def test_nobody_wants_mail_because_a_word_was_not_understood() -> None:
    (contact,), problems = await contacts_of({"id": 17, "refuses": "unsubscribed"})

    assert contact.tells == frozenset({"emails"})
    assert problems == ["of contact 17 `opted_out` is not true or false"]


async def test_an_address_is_in_no_problem() -> None:
    entry = "contacts: {path: /c, items: data, record: {email: email, attributes: {heat: heat}}}"

    _, problems = await contacts_of({"email": "ann@x.example.com", "heat": "?"}, entry)

    assert problems == ["of item 1 `heat` is not a number"]


async def test_a_mapping_that_finds_nobody_is_an_error() -> None:
    with pytest.raises(UnexpectedAnswer, match="no item is a contact: of item 1 it has not an id"):
        await contacts_of({"contact_id": 17})


async def test_a_walk_believes_no_row_without_an_id() -> None:
    walk = a_platform(WHOLE, Service([{"data": [{"id": 1}, {"email": "a@b.example"}]}])).ids
    assert walk is not None

    with pytest.raises(UnexpectedAnswer, match="without an id"):
        await items_of(walk.ids())


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("{}", "2026-01-15T09:55:00Z"),
        ("{overlap: 1h}", "2026-01-15T09:00:00Z"),
        ("{format: date}", "2026-01-15"),
        ("{format: seconds}", str(to_micros(T) // 1_000_000 - 300)),
        ("{format: milliseconds}", str(to_micros(T) // 1_000 - 300_000)),
        ("{format: '%d/%m/%Y %H:%M'}", "15/01/2026 09:55"),
    ],
)
async def test_the_second_reading_asks_for_what_is_new(since: str, told: str) -> None:
    service, clock = Service([{"data": []}]), FakeClock(T)
    platform = a_platform(CHANGED.replace("{since}", since), service, clock)

    cursor = await read_all(platform, None)
    clock.advance(timedelta(hours=2))
    await read_all(platform, cursor)

    first, second = (request.url.params for request in service.asked)
    assert "from" not in first
    assert second["from"] == told
    assert second["now"] == "2026-01-15T12:00:00Z"


async def test_a_walk_that_goes_on_asks_from_where_it_began() -> None:
    entry = CHANGED.replace("{since}", "{}") + "  pager: {type: page, param: page}\n"
    service, clock = Service([{"data": [{"id": 1}]}, {"data": []}]), FakeClock(T)
    platform = a_platform(entry, service, clock)
    assert platform.contacts is not None
    pages = platform.contacts.contacts(Reading(), None)
    first = await anext(pages)
    clock.advance(timedelta(hours=5))

    cursor = await read_all(platform, first.cursor)
    await read_all(platform, cursor)

    assert service.asked[-1].url.params["from"] == "2026-01-15T09:55:00Z"


async def test_a_reading_of_the_future_is_read_anew() -> None:
    service, clock = Service([{"data": []}]), FakeClock(T + timedelta(days=900))
    platform = a_platform(CHANGED.replace("{since}", "{}"), service, clock)
    cursor = await read_all(platform, None)

    source = a_platform(CHANGED.replace("{since}", "{}"), service).contacts
    assert source is not None
    page = await anext(source.contacts(Reading(), cursor))

    assert "from" not in service.asked[-1].url.params
    assert page.problems[0].message.startswith("it was last read by a clock that was ahead")


async def test_events_are_told_each_by_its_mapping() -> None:
    rows = [
        {"kind": "open", "who": 17, "at": "2026-01-15", "id": "e1"},
        {"kind": "moon", "who": "Ann@X.example.com", "at": 1768471200, "u": "https://x.example"},
        {"kind": "moon", "who": 18, "at": "yesterday"},
    ]
    source = a_platform(EVENTS.format(since="{}"), Service([{"data": rows}])).events
    assert source is not None

    (page,) = await pages_of(source.events(None))

    opened, moon = page.items
    assert (opened.id, opened.subject, opened.type) == ("e1", "17", "email.opened")
    assert (moon.subject, moon.type) == ("ann@x.example.com", "custom.moon")
    assert moon.fields == {"url": "https://x.example"}
    assert [each.message[:40] for each in page.problems] == [
        "of item 3 `occurred_at` is not an instan"
    ]


async def test_two_events_of_an_item_with_one_id_are_told() -> None:
    entry = """
events:
  path: /deals
  items: data
  record:
    - {type: "'deal.created'", contact: who, occurred_at: made, id: id}
    - {type: "'deal.won'", contact: who, occurred_at: won, id: id}
"""
    deal = {"id": 7, "who": "1", "made": "2026-01-01", "won": "2026-01-02"}
    source = a_platform(entry, Service([{"data": [deal]}])).events
    assert source is not None

    (page,) = await pages_of(source.events(None))

    assert ["one `id`, of which one is kept" in each.message for each in page.problems] == [True]


async def test_the_first_reading_of_events_goes_back_as_far_as_it_is_told() -> None:
    service = Service([{"data": []}])
    platform = a_platform(EVENTS.format(since="{history: 30d}"), service)

    cursor = await read_all(platform, None)
    await read_all(platform, cursor)

    first, second = (request.url.params["from"] for request in service.asked)
    assert (first, second) == ("2025-12-16T10:00:00Z", "2026-01-14T10:00:00Z")


async def test_each_stream_of_events_goes_on_from_its_own_place() -> None:
    entry = """
events:
  - {path: /a, items: data, record: {type: t, contact: c, occurred_at: at},
     pager: {type: cursor, param: p, next: next}}
  - {path: /b, params: {from: "{{ since }}"}, since: {}, items: data,
     record: {type: t, contact: c, occurred_at: at}}
"""
    service = Service([{"data": []}, {"data": []}, {"data": [], "next": "x"}, httpx.Response(503)])
    platform = a_platform(entry, service)
    cursor = await read_all(platform, None)
    assert platform.events is not None

    page = await anext(platform.events.events(cursor))

    sources = json.loads(page.cursor)["sources"]
    assert sources["0/a"]["at"] == "x"
    assert sources["1/b"]["since"] == to_micros(T)


async def test_a_list_is_told_whole_with_who_came_and_who_left() -> None:
    answers = [
        [{"id": "l1", "name": "VIP"}, {"id": "l2", "name": "Other"}],
        [{"id": 1}, {"id": 2}],
        [{"id": "l1", "name": "VIP"}],
        [{"id": 2}, {"id": 3}],
        [],
    ]
    service = Service(answers)
    source = a_platform(LISTS, service).memberships
    assert source is not None
    wanted = frozenset({"VIP"})

    first = await pages_of(source.memberships(wanted, None))
    then = await pages_of(source.memberships(wanted, first[-1].cursor))
    gone = await pages_of(source.memberships(wanted, then[-1].cursor))

    assert _told(first) == [("1", True), ("2", True)]
    assert _told(then) == [("1", False), ("3", True)]
    assert _told(gone) == [("2", False), ("3", False)]
    assert [page.whole for page in (first[-1], then[-1], gone[-1])] == [{"VIP": T}] * 3
    assert service.targets[1] == "/v1/lists/l1/members"


async def test_nobody_is_looked_up_who_is_not_there() -> None:
    entry = "contacts: {path: /c, items: data, record: {id: id}}\n"
    entry += "lookup: {path: '/contacts/{{ contact.id }}', items: data}"
    service = Service([{"data": {"id": "a/b"}}, httpx.Response(404)])
    lookup = a_platform(entry, service).lookup
    assert lookup is not None

    assert [each.remote_id for each in await lookup.fetch(["a/b"], Reading())] == ["a/b"]
    assert list(await lookup.fetch(["gone"], Reading())) == []
    assert service.targets == ["/v1/contacts/a%2Fb", "/v1/contacts/gone"]


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"no": "id"}}])
async def test_an_answer_that_is_nobody_is_no_proof_that_somebody_is_gone(body: object) -> None:
    entry = "contacts: {path: /c, items: data, record: {id: id}}\n"
    entry += "lookup: {path: '/contacts/{{ contact.id }}', items: data}"
    lookup = a_platform(entry, Service([body])).lookup
    assert lookup is not None

    with pytest.raises(PlatformError):
        await lookup.fetch(["17"], Reading())


def _told(pages: list[Page[Membership]]) -> list[tuple[str, bool]]:
    return [(each.remote_id, each.is_member) for page in pages for each in page.items]


async def test_a_page_of_all_is_no_answer_to_who_is_there() -> None:
    entry = "contacts: {path: /c, record: {id: id}}\n"
    entry += "lookup: {path: /c, params: {ids: \"{{ join(',', ids) }}\"}, batch: 2}"
    lookup = a_platform(entry, Service([[{"id": each} for each in range(3)]])).lookup
    assert lookup is not None

    with pytest.raises(UnexpectedAnswer, match="more contacts than were asked for"):
        await lookup.fetch(["77", "78"], Reading())


@pytest.mark.parametrize(
    ("items", "is_right"),
    [
        ([{"id": 77}], True),
        ([{"id": 9, "email": "ada@example.com"}], True),
        ([{"id": 9}], False),
        ([{"id": "077"}], False),
        ([{"id": 77}, {"id": 9}], False),
    ],
)
async def test_whoever_was_not_asked_for_makes_nobody_gone(
    items: list[dict[str, object]], *, is_right: bool
) -> None:
    entry = "contacts: {path: /c, record: {id: id, email: email, fields: f}}\n"
    entry += "lookup: {path: /c, params: {ids: \"{{ join(',', ids) }}\"}, batch: 2}\n"
    entry += "writes: {attributes: {path: '/c/{{ contact.id }}', body: '{{ values }}'}}"
    platform = a_platform(entry, Service([items]))
    lookup, writer = platform.lookup, platform.attribute_writer
    assert lookup is not None
    assert writer is not None

    asked = ["77", "ada@example.com"]
    if is_right:
        assert len(await lookup.fetch(asked, Reading())) == 1
    else:
        with pytest.raises(UnexpectedAnswer, match="another contact than was asked for"):
            await lookup.fetch(asked, Reading())
        with pytest.raises(UnexpectedAnswer, match="another contact than was asked for"):
            await writer.read_attributes(asked, ["plan"])
