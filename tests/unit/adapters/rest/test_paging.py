"""Walks come to their end whatever leads from page to page, and pass nobody over."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.rest.paging import MOST_IDLE
from connector.domain.contacts import Reading
from connector.errors import PlatformUnavailable, UnexpectedAnswer
from tests.unit.adapters.rest.entries import KEY, Answer, Service, a_platform, items_of, pages_of

RECORD = "record: {id: id}"
NEXT_URL = "{type: next_url, next: next}"


def entry_of(pager: str, params: str = "{}", auth: str = "{type: bearer}") -> str:
    return f"""
auth: {auth}
contacts:
  path: /contacts
  params: {params}
  items: data
  pager: {pager}
  {RECORD}
"""


def rows(*ids: int) -> list[dict[str, int]]:
    return [{"id": each} for each in ids]


async def ids_of(entry: str, answer: Answer) -> list[str]:
    walk = a_platform(entry, answer).ids
    assert walk is not None
    return await items_of(walk.ids())


async def read_ids(entry: str, answer: Answer) -> list[str]:
    source = a_platform(entry, answer).contacts
    assert source is not None
    return [each.remote_id for each in await items_of(source.contacts(Reading(), None))]


async def test_a_cursor_of_the_answer_is_followed_to_its_end() -> None:
    service = Service([{"data": rows(1, 2), "next": "x/y"}, {"data": rows(3), "next": None}])

    found = await ids_of(entry_of("{type: cursor, param: after, next: next}"), service)

    assert found == ["1", "2", "3"]
    assert service.targets == ["/v1/contacts", "/v1/contacts?after=x%2Fy"]


async def test_a_cursor_may_stand_in_the_body() -> None:
    service = Service([{"data": rows(1), "next": 7}, {"data": []}])
    pager = "{type: cursor, param: after, next: next, inside: body}"

    await ids_of(f"{entry_of(pager)}  method: POST\n  body: {{size: 1}}\n", service)

    assert service.bodies == [{"size": 1}, {"size": 1, "after": 7}]


@pytest.mark.parametrize(
    "address",
    [
        "https://api.acme.example/v1/contacts?page=2&q=a%26b",
        "/v1/contacts?page=2&q=a%26b",
        "?page=2&q=a%26b",
        "https://api.acme.example:443/v1/contacts?page=2&q=a%26b",
    ],
)
async def test_an_address_of_the_answer_is_followed(address: str) -> None:
    service = Service([{"data": rows(1), "next": address}, {"data": rows(2)}])

    assert await ids_of(entry_of("{type: next_url, next: next}"), service) == ["1", "2"]
    assert service.targets[1] == "/v1/contacts?page=2&q=a%26b"


@pytest.mark.parametrize("mark", ["\ud800", "a\0b", "x" * 8_001, 10**40])
@pytest.mark.parametrize("pager", ["{type: cursor, param: after, next: next}", NEXT_URL])
async def test_what_no_request_can_hold_leads_nowhere(pager: str, mark: str | int) -> None:
    body = json.dumps({"data": rows(1), "next": mark})
    service = Service([httpx.Response(200, content=body.encode())])

    with pytest.raises(UnexpectedAnswer, match="names no next page"):
        await ids_of(entry_of(pager), service)


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/v1/contacts",
        "http://api.acme.example/v1/contacts",
        "https://api.acme.example:8443/v1/contacts",
        "//evil.example/v1",
        "https://api.acme.example@evil.example/",
        "https://[",
    ],
)
async def test_no_answer_leads_elsewhere(address: str) -> None:
    service = Service([{"data": rows(1), "next": address}])

    with pytest.raises(UnexpectedAnswer, match="lies elsewhere"):
        await ids_of(entry_of("{type: next_url, next: next}"), service)

    assert len(service.asked) == 1


async def test_a_header_leads_on() -> None:
    link = '</v1/contacts?page=2>; rel="next", </v1/contacts?page=9>; rel="last"'
    first = httpx.Response(200, json={"data": rows(1)}, headers={"link": link})
    service = Service([first, {"data": rows(2)}])

    assert await ids_of(entry_of("{type: link_header}"), service) == ["1", "2"]
    assert service.targets[1] == "/v1/contacts?page=2"


async def test_a_key_that_an_answer_repeats_is_kept_in_no_cursor() -> None:
    address = f"/v1/contacts?page=2&token={KEY}"
    service = Service([{"data": rows(1), "next": address}, {"data": rows(2)}])
    entry = entry_of("{type: next_url, next: next}", auth="{type: param, name: token}")
    source = a_platform(entry, service).contacts
    assert source is not None

    pages = await pages_of(source.contacts(Reading(), None))

    assert not any(KEY in page.cursor for page in pages)
    assert service.targets == [f"/v1/contacts?token={KEY}", address]


async def test_what_stands_last_in_a_page_may_be_its_key() -> None:
    service = Service([{"data": rows(1, 5)}, {"data": rows(9)}, {"data": []}])

    found = await ids_of(entry_of("{type: keyset, param: id_greater, next: id}"), service)

    assert found == ["1", "5", "9"]
    assert service.targets[1:] == ["/v1/contacts?id_greater=5", "/v1/contacts?id_greater=9"]


async def test_pages_are_counted_up_to_an_empty_one() -> None:
    service = Service([{"data": rows(1, 2)}, {"data": rows(3)}, {"data": []}])

    found = await read_ids(entry_of("{type: page, param: page, first: 0}"), service)

    assert found == ["1", "2", "3"]
    assert service.targets == [f"/v1/contacts?page={page}" for page in (0, 1, 2)]


async def test_an_answer_may_say_that_there_is_no_more() -> None:
    service = Service([{"data": rows(1), "more": True}, {"data": rows(2), "more": False}])

    assert await read_ids(entry_of("{type: page, param: page, more: more}"), service) == ["1", "2"]


class Counted:
    """An API that counts its rows, while some go and others come to stand among them."""

    def __init__(
        self, count: int, size: int, gone: Sequence[int] = (), places: Sequence[int] = ()
    ) -> None:
        self.rows = list(range(count))
        self.size = size
        self.gone, self.places = list(gone), list(places)
        self.requests = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        offset = int(request.url.params.get("offset", 0))
        page = self.rows[offset : offset + self.size]
        total = len(self.rows)
        if self.gone and (gone := self.gone.pop()) in self.rows:
            self.rows.remove(gone)
        if self.places:
            self.rows.insert(self.places.pop(), 1_000 + self.requests)
        return httpx.Response(200, json={"data": rows(*page), "total": total})


@given(
    count=st.integers(0, 90),
    size=st.integers(2, 30),
    gone=st.lists(st.integers(0, 89), max_size=12),
    places=st.lists(st.integers(0, 89), max_size=12),
    has_total=st.booleans(),
)
@settings(max_examples=100)
async def test_nobody_is_passed_over_while_others_come_and_go(
    count: int, size: int, gone: list[int], places: list[int], *, has_total: bool
) -> None:
    api = Counted(count, size, gone, places)
    total = ", total: total" if has_total else ""

    found = await ids_of(entry_of(f"{{type: offset, param: offset{total}}}"), api)

    stayed = {each for each in api.rows if each < count}
    assert set(map(int, found)) >= stayed


@pytest.mark.parametrize("size", [1, 2, 7, 100])
async def test_rows_are_counted_to_their_end_whatever_a_page_holds(size: int) -> None:
    api = Counted(20, size)

    found = await ids_of(entry_of("{type: offset, param: offset}"), api)

    assert sorted(map(int, found)) == api.rows


async def test_a_total_saves_the_question_whether_there_is_more() -> None:
    api = Counted(20, 10)

    await ids_of(entry_of("{type: offset, param: offset, total: total}"), api)

    assert api.requests == 3


@pytest.mark.parametrize(
    "pager",
    [
        "{type: offset, param: offset}",
        "{type: page, param: page}",
        "{type: cursor, param: after, next: next}",
        "{type: keyset, param: after, next: id}",
    ],
)
async def test_an_api_that_gives_the_same_page_again_is_found_out(pager: str) -> None:
    service = Service([{"data": rows(1, 2), "next": "x"}])

    name = re.search(r"param: (\w+)", pager)
    assert name is not None
    said = f"round in circles: a page came twice; does the API know the parameter `{name[1]}`"
    with pytest.raises(UnexpectedAnswer, match=said):
        await read_ids(entry_of(pager), service)

    assert len(service.asked) <= 4


@pytest.mark.parametrize(
    "pager",
    [
        "{type: offset, param: offset}",
        "{type: page, param: page}",
        "{type: cursor, param: after, next: next}",
        "{type: next_url, next: address}",
        "{type: link_header}",
    ],
)
@pytest.mark.parametrize("page_rows", [2, 60])
@pytest.mark.parametrize("pages", [1, 3])
async def test_rows_that_come_again_are_known_by_their_ids(
    pager: str, page_rows: int, pages: int
) -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        """Answer the same pages in turn, with something new in each row, and lead on for ever."""
        nonlocal asked
        first = asked % pages * page_rows
        asked += 1
        data = [{"id": first + place, "read": asked} for place in range(page_rows)]
        address = f"/v1/contacts?n={asked}"
        body = {"data": data, "next": f"x{asked}", "address": address}
        return httpx.Response(200, json=body, headers={"link": f'<{address}>; rel="next"'})

    with pytest.raises(UnexpectedAnswer, match=r"round in circles|comes to no end"):
        await read_ids(entry_of(pager), answer)

    assert asked <= 4 * pages + 20


async def test_one_page_that_moved_back_ends_no_walk() -> None:
    answers = [{"data": rows(each)} for each in (1, 2, 1, 3)]

    found = await read_ids(entry_of("{type: page, param: page}"), Service([*answers, {"data": []}]))

    assert found == ["1", "2", "1", "3"]


async def test_an_api_that_leads_on_for_ever_without_a_row_is_left() -> None:
    asked = 0

    def answer(_: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        return httpx.Response(200, json={"data": [], "next": f"x{asked}"})

    with pytest.raises(UnexpectedAnswer, match="comes to no end"):
        await read_ids(entry_of("{type: cursor, param: after, next: next}"), answer)

    assert asked == MOST_IDLE + 1


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": {"1": {}}}, {"data": "none"}, []])
async def test_an_answer_without_a_list_is_no_empty_account(body: Any) -> None:  # noqa: ANN401
    with pytest.raises(UnexpectedAnswer, match="no list where `data` should be"):
        await read_ids(entry_of("{type: page, param: page}"), Service([body]))


@pytest.mark.parametrize("mark", [True, {"a": 1}, [1]])
async def test_a_mark_that_is_none_is_told(mark: object) -> None:
    service = Service([{"data": rows(1), "next": mark}])

    with pytest.raises(UnexpectedAnswer, match="names no next page"):
        await read_ids(entry_of("{type: cursor, param: after, next: next}"), service)


async def test_a_walk_that_broke_off_goes_on_behind_the_last_good_page() -> None:
    broken = httpx.Response(503)
    first, last = {"data": rows(1), "next": "x"}, {"data": rows(2)}
    service = Service([first, broken, last])
    platform = a_platform(entry_of("{type: cursor, param: after, next: next}"), service)
    source = platform.contacts
    assert source is not None
    pages = source.contacts(Reading(), None)
    good = await anext(pages)
    with pytest.raises(PlatformUnavailable):
        await anext(pages)

    rest = await items_of(source.contacts(Reading(), good.cursor))

    assert [each.remote_id for each in rest] == ["2"]
    assert json.loads(good.cursor)["at"] == "x"


@pytest.mark.parametrize("at", [".evil.example/v1", 7, ["x"], None])
@pytest.mark.parametrize(
    "pager",
    [
        "{type: next_url, next: next}",
        "{type: page, param: page}",
        "{type: offset, param: offset}",
        "{type: cursor, param: after, next: next}",
    ],
)
async def test_a_place_of_another_pager_leads_nowhere_else(pager: str, at: object) -> None:
    service = Service([{"data": []}])
    source = a_platform(entry_of(pager), service).contacts
    assert source is not None
    cursor = json.dumps({"v": 1, "began": 0, "at": at})

    await items_of(source.contacts(Reading(), cursor))

    (asked,) = service.asked
    assert (asked.url.host, asked.url.path) == ("api.acme.example", "/v1/contacts")
