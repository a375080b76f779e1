"""What Brevo does with an import."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.simulator.lists import ContactList
from adapters.simulation.faults import Fault
from tests.fakes import FakeClock

LATER = timedelta(minutes=5)


@pytest.fixture
def into(brevo: BrevoSimulator) -> ContactList:
    brevo.account.define(
        Attribute(name="SCORE", type="float"), Attribute(name="IS_HOT", type="boolean")
    )
    return brevo.account.lists.add("imported")


def _body(into: ContactList, **attributes: object) -> dict[str, object]:
    return {
        "jsonBody": [{"email": "ann@example.com", "attributes": attributes}],
        "listIds": [into.id],
    }


async def test_nothing_happens_before_its_time(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    ann = brevo.account.create("ann@example.com", SCORE=1)
    answer = await client.post("/contacts/import", json=_body(into, SCORE=2))

    early = (await client.get(f"/contacts/{ann.id}")).json()["attributes"]
    clock.advance(LATER)
    late = (await client.get(f"/contacts/{ann.id}")).json()["attributes"]

    assert (answer.status_code, early, late) == (202, {"SCORE": 1}, {"SCORE": 2})


async def test_who_is_unknown_is_created(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    await client.post("/contacts/import", json=_body(into, SCORE=2))
    clock.advance(LATER)

    found = await client.get("/contacts/ann%40example.com")

    assert found.json()["listIds"] == [into.id]


async def test_booleans_are_left_alone(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    ann = brevo.account.create("ann@example.com")
    await client.post("/contacts/import", json=_body(into, SCORE=2, IS_HOT=True))
    clock.advance(LATER)

    await client.get("/processes")

    assert ann.values == {"SCORE": 2}


@pytest.mark.parametrize(
    ("clears", "left"),
    [pytest.param(True, {}, id="yes"), pytest.param(False, {"SCORE": 1}, id="no")],
)
async def test_an_empty_value_clears_only_when_that_is_asked_for(
    client: httpx.AsyncClient,
    brevo: BrevoSimulator,
    clock: FakeClock,
    into: ContactList,
    *,
    clears: bool,
    left: dict[str, object],
) -> None:
    ann = brevo.account.create("ann@example.com", SCORE=1)
    body = _body(into, SCORE="") | {"emptyContactsAttributes": clears}
    await client.post("/contacts/import", json=body)
    clock.advance(LATER)

    await client.get("/processes")

    assert ann.values == left


async def test_known_contacts_may_be_passed_over(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    ann = brevo.account.create("ann@example.com", SCORE=1)
    await client.post(
        "/contacts/import", json=_body(into, SCORE=2) | {"updateExistingContacts": False}
    )
    clock.advance(LATER)

    await client.get("/processes")

    assert (ann.values, ann.list_ids) == ({"SCORE": 1}, set())


async def test_a_file_is_taken_in_by_the_names_in_its_first_line(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    ann = brevo.account.create("ann@example.com")
    text = "EMAIL;SCORE;UNHEARD\nann@example.com;2.5;x\nnobody;1;x\n"
    await client.post("/contacts/import", json={"fileBody": text, "listIds": [into.id]})
    clock.advance(LATER)

    await client.get("/processes")

    assert ann.values == {"SCORE": 2.5}
    assert len(brevo.account.people) == 1


async def test_a_body_of_more_than_ten_megabytes_is_refused(
    client: httpx.AsyncClient, into: ContactList
) -> None:
    text = "EMAIL\n" + "a" * 10_000_000

    answer = await client.post("/contacts/import", json={"fileBody": text, "listIds": [into.id]})

    assert answer.status_code == 400


async def test_an_import_needs_a_list(client: httpx.AsyncClient) -> None:
    answer = await client.post("/contacts/import", json={"jsonBody": [{"email": "a@example.com"}]})

    assert answer.json()["code"] == "missing_parameter"


async def test_an_import_that_does_nothing_completes_like_any_other(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock, into: ContactList
) -> None:
    brevo.faults.play(Fault.DID_NOTHING)
    answer = await client.post("/contacts/import", json=_body(into, SCORE=2))
    clock.advance(LATER)

    process = await client.get(f"/processes/{answer.json()['processId']}")

    assert process.json()["status"] == "completed"
    assert len(brevo.account.people) == 0
