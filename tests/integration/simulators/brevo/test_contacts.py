"""What Brevo does with contacts, and does not say."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from adapters.brevo.simulator.attributes import Attribute
from tests.fakes import FakeClock

LABELS = {"1": "Cold", "2": "Hot"}


@pytest.fixture(autouse=True)
def attributes(brevo: BrevoSimulator) -> None:
    brevo.account.define(
        Attribute(name="SCORE", type="float"),
        Attribute(name="IS_HOT", type="boolean"),
        Attribute(name="SEEN", type="date"),
        Attribute(name="GRADE", category="category", labels=LABELS),
        Attribute(name="TOPICS", type="multiple-choice", options=["tea", "coffee"]),
    )


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        pytest.param({"SCORE": 12.5}, {"SCORE": 12.5}, id="number"),
        pytest.param({"SCORE": 12.0}, {"SCORE": 12}, id="whole-number"),
        pytest.param({"SCORE": "12.5"}, {}, id="number-as-text"),
        pytest.param({"FIRSTNAME": 7}, {}, id="text-as-number"),
        pytest.param({"IS_HOT": True}, {"IS_HOT": True}, id="boolean"),
        pytest.param({"IS_HOT": "true"}, {}, id="boolean-as-text"),
        pytest.param({"SEEN": "2026-11-22"}, {"SEEN": "2026-11-22"}, id="date"),
        pytest.param({"SEEN": "2026-11-22T10:00:00Z"}, {"SEEN": "2026-11-22"}, id="instant"),
        pytest.param({"SEEN": "22/11/2026"}, {}, id="no-date"),
        pytest.param({"GRADE": 2}, {"GRADE": "2"}, id="category-by-value"),
        pytest.param({"GRADE": "Hot"}, {"GRADE": "2"}, id="category-by-label"),
        pytest.param({"GRADE": "Warm"}, {}, id="unknown-category"),
        pytest.param({"TOPICS": ["tea", "milk"]}, {"TOPICS": ["tea"]}, id="unknown-choice"),
        pytest.param({"UNHEARD": 1}, {}, id="unknown-attribute"),
        pytest.param({"firstname": "Ann"}, {}, id="small-letters"),
    ],
)
async def test_a_write_answers_204_whatever_is_kept_of_it(
    client: httpx.AsyncClient,
    brevo: BrevoSimulator,
    *,
    given: dict[str, object],
    kept: dict[str, object],
) -> None:
    ann = brevo.account.create("ann@example.com")

    answer = await client.put(f"/contacts/{ann.id}", json={"attributes": given})
    found = (await client.get(f"/contacts/{ann.id}")).json()

    assert answer.status_code == 204
    assert found["attributes"] == kept


async def test_a_telephone_number_is_kept_as_its_digits(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")

    right = await client.put(f"/contacts/{ann.id}", json={"attributes": {"SMS": "+33612345678"}})
    wrong = await client.put(f"/contacts/{ann.id}", json={"attributes": {"SMS": "06 12"}})

    found = await client.get("/contacts/0033612345678?identifierType=phone_id")
    again = await client.post("/contacts", json={"attributes": {"SMS": "+33612345678"}})

    assert (right.status_code, wrong.status_code) == (204, 400)
    assert (found.json()["id"], again.json()["code"]) == (ann.id, "duplicate_parameter")
    assert ann.values == {"SMS": "33612345678"}


async def test_an_empty_text_clears_a_value_of_any_type(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com", SCORE=7, FIRSTNAME="Ann")

    await client.put(f"/contacts/{ann.id}", json={"attributes": {"SCORE": ""}})

    assert ann.values == {"FIRSTNAME": "Ann"}


async def test_a_list_moves_when_a_contact_was_modified(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")
    clock.advance(timedelta(hours=1))

    await client.post(f"/contacts/lists/{hot.id}/contacts/add", json={"ids": [ann.id]})
    changed = await client.get("/contacts", params={"modifiedSince": "2026-11-22T08:30:00.000Z"})

    assert [each["id"] for each in changed.json()["contacts"]] == [ann.id]


async def test_offsets_shift_when_somebody_is_deleted_between_two_pages(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    people = [brevo.account.create(f"p{each}@example.com") for each in range(4)]

    first = await client.get("/contacts?limit=2&sort=asc&offset=0")
    brevo.account.remove(people[0])
    second = await client.get("/contacts?limit=2&sort=asc&offset=2")

    seen = [row["id"] for answer in (first, second) for row in answer.json()["contacts"]]
    assert seen == [people[0].id, people[1].id, people[3].id]
    assert (first.json()["count"], second.json()["count"]) == (4, 3)


async def test_an_address_finds_its_contact_whatever_its_letters(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("Ann@Example.com")

    found = await client.get("/contacts/ann%40example.com")

    assert (found.json()["id"], found.json()["email"]) == (ann.id, "Ann@Example.com")


@pytest.mark.parametrize(
    ("kind", "identifier"),
    [
        pytest.param("phone_id", "33612345678", id="phone"),
        pytest.param("ext_id", "crm/7", id="own-id"),
        pytest.param("contact_id", "2", id="id"),
    ],
)
async def test_a_contact_is_found_by_each_kind_of_identifier(
    client: httpx.AsyncClient, brevo: BrevoSimulator, kind: str, identifier: str
) -> None:
    ann = brevo.account.create("ann@example.com", SMS="33612345678", EXT_ID="crm/7")

    path = f"/contacts/{identifier.replace('/', '%2F')}"
    found = await client.get(path, params={"identifierType": kind})

    assert found.json()["id"] == ann.id == 2


async def test_who_has_a_telephone_number_only_gets_an_address_of_brevos_own(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create(SMS="33612345678")

    found = (await client.get(f"/contacts/{ann.id}")).json()

    assert found["email"] == "33612345678@mailin-sms.com"


async def test_a_contact_that_is_being_processed_is_too_early_for_a_write(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann = brevo.account.create("ann@example.com")
    brevo.account.busy_until[ann.id] = clock.now() + timedelta(seconds=1)

    statuses = []
    for _ in range(2):
        answer = await client.put(f"/contacts/{ann.id}", json={"attributes": {"SCORE": 1}})
        statuses.append(answer.status_code)
        clock.advance(timedelta(seconds=1))

    assert statuses == [425, 204]


async def test_an_identifier_of_somebody_else_is_refused_and_named(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")
    brevo.account.create("bob@example.com", EXT_ID="7")

    answer = await client.put(f"/contacts/{ann.id}", json={"attributes": {"EXT_ID": "7"}})

    assert answer.status_code == 400
    assert answer.json()["metadata"] == {"duplicate_identifiers": ["EXT_ID"]}


async def test_a_forced_merge_leaves_whoever_was_changed_last(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    ann = brevo.account.create("ann@example.com", FIRSTNAME="Ann")
    clock.advance(timedelta(hours=1))
    other = brevo.account.create("other@example.com", EXT_ID="7")

    answer = await client.put(
        f"/contacts/{ann.id}",
        json={"attributes": {"EXT_ID": "7"}, "forceMerge": True, "getId": True},
    )

    assert answer.json() == {"id": other.id}
    assert list(brevo.account.people.by_id) == [other.id]
    assert other.values == {"EXT_ID": "7", "FIRSTNAME": "Ann"}


async def test_the_own_address_among_the_attributes_is_refused(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")

    answer = await client.put(
        f"/contacts/{ann.id}", json={"attributes": {"EMAIL": "ann@example.com", "SCORE": 1}}
    )

    assert (answer.status_code, ann.values) == (400, {})


async def test_a_new_address_subscribes_who_was_blocked(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")
    brevo.account.block(ann, email=True)

    await client.put(f"/contacts/{ann.id}", json={"attributes": {"EMAIL": "new@example.com"}})

    assert (ann.email, ann.is_email_blocked) == ("new@example.com", False)


async def test_a_flag_that_is_sent_by_habit_subscribes_who_was_blocked(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann = brevo.account.create("ann@example.com")
    brevo.account.block(ann, email=True)

    await client.put(f"/contacts/{ann.id}", json={"emailBlacklisted": False})

    assert not ann.is_email_blocked


@pytest.mark.parametrize(
    ("category", "kind", "status"),
    [
        pytest.param("normal", "float", 201, id="number"),
        pytest.param("normal", "id", 400, id="id-of-a-contact"),
        pytest.param("transactional", "id", 201, id="id-of-an-order"),
        pytest.param("transactional", "multiple-choice", 400, id="choices-of-an-order"),
    ],
)
async def test_some_types_belong_to_one_category(
    client: httpx.AsyncClient, category: str, kind: str, status: int
) -> None:
    answer = await client.post(f"/contacts/attributes/{category}/heat", json={"type": kind})

    assert answer.status_code == status


async def test_writing_many_at_once_has_ended(client: httpx.AsyncClient) -> None:
    answer = await client.post("/contacts/batch", json={"contacts": []})

    assert answer.status_code == 410
