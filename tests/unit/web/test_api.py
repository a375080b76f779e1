"""The API: who is known, why they stand where they stand, and events that happened elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from connector.domain.instants import iso
from connector.ports.control import Job
from connector.web.routes.events import MOST
from tests.unit.web.house import House

ADA, BOB = "ada@example.com", "bob@example.com"


@pytest.fixture
async def house() -> House:
    """Return an installation that knows Ada, whose heat is 15 of a mail and a job."""
    house = House()
    ada = house.world.crm.create(ADA, job="boss")
    house.world.crm.create(BOB)
    house.world.happens(house.world.crm, ada)
    await house.world.sync()
    return house


async def _get(house: House, path: str, **params: Any) -> httpx.Response:  # noqa: ANN401 - any parameter
    async with house.client() as client:
        return await client.get(f"/api/v1/{path}", params=params)


async def _post(house: House, *events: object) -> httpx.Response:
    async with house.client() as client:
        return await client.post("/api/v1/events", json=list(events))


def _event(
    contact: object = ADA, kind: object = "email.opened", **more: object
) -> dict[str, object]:
    return {"contact": contact, "type": kind, "occurred_at": "2026-01-01", **more}


async def _key(house: House, text: str) -> str:
    key: str = (await _get(house, "contacts", search=text)).json()["contacts"][0]["id"]
    return key


async def test_a_contact_is_found_by_address_id_and_record(house: House) -> None:
    by_address = (await _get(house, "contacts", search=" ADA@example.com")).json()
    (ada,) = by_address["contacts"]
    record = (await _get(house, f"contacts/{ADA}")).json()["platforms"]["crm"][0]

    assert ada["email"] == ADA
    assert (await _get(house, "contacts", search=ada["id"])).json() == by_address
    assert (await _get(house, "contacts", search=f"crm:{record}")).json() == by_address
    assert (await _get(house, "contacts", search="nobody@example.com")).json() == {"contacts": []}


async def test_a_contact_is_told_with_all_that_is_known(house: House) -> None:
    told = (await _get(house, f"contacts/{ADA}")).json()

    assert told["email"] == ADA
    assert told["attributes"] == {"email": ADA, "job": "boss"}
    assert told["scores"] == {"heat": {"value": 15.0, "rounded": 15.0, "stage": "warm"}}


async def test_an_explanation_is_that_of_the_command(house: House) -> None:
    now = (await _get(house, f"explain/{ADA}")).json()
    before = iso(house.world.clock.now() - timedelta(days=1))
    then = (await _get(house, f"explain/{ADA}", at=before)).json()

    assert (now["scores"], now["stages"]) == ({"heat": 15.0}, {"heat": "warm"})
    assert {each["rule"] for each in now["contributions"]} == {"opened", "boss"}
    assert then["scores"] == {"heat": 5.0}
    assert then["at"] == before


@pytest.mark.parametrize("at", ["soon", "2026-13-01", "NaN", "99999-01-01"])
async def test_an_instant_that_is_none_is_refused(house: House, at: str) -> None:
    answer = await _get(house, f"explain/{ADA}", at=at)

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "query.at"


async def test_the_hottest_come_first(house: House) -> None:
    told = (await _get(house, "top", limit=5)).json()
    warm = (await _get(house, "top", stage="warm")).json()

    assert told["score"] == "heat"
    assert [lead["email"] for lead in told["leads"]] == [ADA, BOB]
    assert [lead["email"] for lead in warm["leads"]] == [ADA]


async def test_the_status_is_that_of_the_command(house: House) -> None:
    told = (await _get(house, "status")).json()

    assert (told["contacts"], told["events"]) == (2, 1)


async def test_events_that_happened_elsewhere_count_at_the_next_scoring(house: House) -> None:
    answer = await _post(house, _event(BOB, title="Fair"), _event(BOB, "page.viewed"))

    assert answer.json() == {"received": 2, "stored": 2, "unknown": 0}
    assert house.jobs == [Job(task="score")]
    await house.world.sync()
    assert (await house.world.scores())[BOB] == (11.0, "warm")


async def test_a_contact_of_an_event_is_named_in_three_ways(house: House) -> None:
    record = (await _get(house, f"contacts/{BOB}")).json()["platforms"]["crm"][0]
    names = [BOB.upper(), await _key(house, BOB), f"crm:{record}"]

    answer = await _post(house, *(_event(name) for name in names))
    await house.world.sync()

    assert answer.json()["stored"] == 3
    assert (await house.world.scores())[BOB] == (30.0, "hot")


async def test_the_same_event_twice_counts_once(house: House) -> None:
    event, named = _event(BOB, title="Fair"), _event(BOB, id="e7")

    first = await _post(house, event, event, named)
    again = await _post(house, named, event)
    corrected = await _post(house, named | {"type": "page.viewed"})

    assert [each.json()["stored"] for each in (first, again, corrected)] == [2, 0, 1]


async def test_properties_stand_beside_the_rest_or_together(house: House) -> None:
    beside = _event(BOB, title="Fair", amount="12.5")
    together = _event(BOB, properties={"title": "Fair", "amount": 12.5})

    stored = await _post(house, beside, together)

    assert stored.json()["stored"] == 1


@pytest.mark.parametrize("text", ["carol@example.com", "crm:{}"])
async def test_events_of_somebody_unknown_wait_for_them(house: House, text: str) -> None:
    carol = house.world.crm.create("carol@example.com")
    answer = await _post(house, _event(text.format(carol.id)))
    before = (await house.world.scores()).keys()
    await house.world.sync()

    assert answer.json() == {"received": 1, "stored": 1, "unknown": 1}
    assert "carol@example.com" not in before
    assert (await house.world.scores())["carol@example.com"] == (10.0, "warm")


async def test_when_anything_is_wrong_nothing_is_stored_and_everything_is_told(
    house: House,
) -> None:
    answer = await _post(
        house,
        _event(),
        _event("ada@nowhere@twice"),
        {"type": "demo.held", "occurred_at": "2026-01-01"},
        _event(occurred_at="soon"),
        _event(amount="much"),
        _event(platform="crm"),
        _event("", ""),
    )

    told = answer.json()
    assert answer.status_code == 422
    assert told["error"] == "What was handed over has problems: nothing of it was taken."
    assert [each["path"] for each in told["problems"]] == [
        "[1].contact",
        "[2].contact",
        "[3].occurred_at",
        "[4].amount",
        "[5].platform",
        "[6].contact",
    ]
    assert "nowhere" not in answer.text
    assert (await _get(house, "status")).json()["events"] == 1
    assert house.jobs == []


@pytest.mark.parametrize("contact", ["nope:1", "crm:", "mailto:ada@example.com", ":"])
async def test_an_event_for_a_platform_that_is_not_there_is_refused(
    house: House, contact: str
) -> None:
    answer = await _post(house, _event(contact))

    assert answer.status_code == 422
    assert [each["path"] for each in answer.json()["problems"]] == ["[0].contact"]


async def test_all_that_is_wrong_with_an_event_is_told(house: House) -> None:
    answer = await _post(house, _event("@", occurred_at="soon"))

    paths = {each["path"] for each in answer.json()["problems"]}
    assert paths == {"[0].contact", "[0].occurred_at"}


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"{", b"{}", b"[]", b"[1]", b'["a"]', b"null", b"[null]", b"\xff", b"[[]]"),
        *(b"[" * 100_000, b"[" * 500_000 + b"]" * 500_000, b"[" + b"9" * 10_000 + b"]"),
        b'[{"contact": "a@b.example", "type": "x", "occurred_at": NaN}]',
        b'[{"contact": "\\ud800", "type": "x", "occurred_at": 0}]',
        b'[{"contact": "a@b.example", "type": "\\u0000", "occurred_at": 0}]',
        b'[{"contact": "a@b.example", "type": "x", "occurred_at": 1e400}]',
        b'[{"contact": "a@b.example", "type": "x", "occurred_at": 0, "\\ud800": 1}]',
    ],
    ids=lambda body: body[:20].decode("latin-1"),
)
async def test_what_is_no_list_of_events_is_refused(house: House, body: bytes) -> None:
    async with house.client() as client:
        answer = await client.post(
            "/api/v1/events", content=body, headers={"content-type": "application/json"}
        )

    assert answer.status_code in {400, 422}
    assert answer.json()["problems"] or answer.json()["error"]


async def test_more_events_than_one_call_may_bring_are_refused(house: House) -> None:
    answer = await _post(house, *[_event()] * (MOST + 1))

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["path"] == "body"
