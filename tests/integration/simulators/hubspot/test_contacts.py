"""Contacts one by one: their values, their ends, and the traps of writing them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from adapters.hubspot.simulator import PLAIN, Quirks, Trick
from tests.integration.simulators.hubspot.conftest import CONTACTS, World


async def _patch(world: World, record_id: str, **properties: object) -> httpx.Response:
    return await world.http.patch(f"{CONTACTS}/{record_id}", json={"properties": properties})


async def test_a_walk_meets_every_contact_once_though_some_come_and_go(plain: World) -> None:
    plain.account.seed_contacts(350)
    kept = plain.account.ids()

    found: list[str] = []
    after = ""
    while True:
        page = (await plain.get(CONTACTS, limit=100, after=after)).json()
        found += [row["id"] for row in page["results"]]
        if len(found) == 100:
            plain.account.archive(kept.pop(0))
            plain.account.archive(kept.pop(200))
            kept.append(plain.account.add(email="new@example.com"))
        if "paging" not in page:
            break
        after = page["paging"]["next"]["after"]

    assert found == ["951", *kept]


async def test_a_page_of_the_walk_has_a_hundred_contacts_at_most(plain: World) -> None:
    answer = await plain.get(CONTACTS, limit=101)

    assert answer.status_code == 400


async def test_an_empty_page_of_the_walk_may_have_more_behind_it(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    plain.simulator.tricks.play(Trick.EMPTY_PAGE, on=f"GET {CONTACTS}")

    empty = (await plain.get(CONTACTS)).json()
    behind = (await plain.get(CONTACTS, after=empty["paging"]["next"]["after"])).json()

    assert empty["results"] == []
    assert [row["id"] for row in behind["results"]] == [ann]


async def test_a_page_of_the_walk_may_name_itself_as_the_next(plain: World) -> None:
    plain.account.seed_contacts(3)
    plain.simulator.tricks.play(Trick.SAME_PAGE)

    page = (await plain.get(CONTACTS, limit=1, after="951")).json()

    assert page["paging"]["next"]["after"] == "951"


async def test_only_what_is_asked_for_is_given_and_unknown_names_are_passed_over(
    plain: World,
) -> None:
    ann = plain.account.add(email="ann@example.com", city="Lyon")

    row = (await plain.get(f"{CONTACTS}/{ann}", properties="city,phone,nothing")).json()

    always = {"hs_object_id", "createdate", "lastmodifieddate"}
    assert set(row["properties"]) == {"city", "phone", *always}
    assert row["properties"]["phone"] is None


async def test_deleted_contacts_are_listed_apart_and_can_come_back(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    plain.account.archive(ann)

    listed = (await plain.get(CONTACTS)).json()["results"]
    deleted = (await plain.get(CONTACTS, archived="true")).json()["results"]
    plain.account.restore(ann)
    restored = (await plain.get(CONTACTS)).json()["results"]

    assert listed == []
    assert [(row["id"], row["archived"]) for row in deleted] == [(ann, True)]
    assert deleted[0]["archivedAt"] == "2026-11-02T09:00:00.000Z"
    assert [row["id"] for row in restored] == [ann]


async def test_an_erased_contact_is_nowhere(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")

    answer = await plain.post(
        f"{CONTACTS}/gdpr-delete", {"objectId": "ann@example.com", "idProperty": "email"}
    )

    assert answer.status_code == 204
    assert (await plain.get(f"{CONTACTS}/{ann}")).status_code == 404
    assert (await plain.get(CONTACTS, archived="true")).json()["results"] == []


async def test_a_merge_keeps_the_values_of_the_first_and_fills_them_up(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com", city="Lyon")
    old = plain.account.add(email="old@example.com", city="Nice", phone="1")
    hot = plain.account.add_list("Hot", members=[old])

    plain.account.merge(ann, old)

    values = plain.account.values(ann)
    assert (values["city"], values["phone"]) == ("Lyon", "1")
    assert values["hs_merged_object_ids"] == old
    assert values["hs_additional_emails"] == "old@example.com"
    assert list(hot.members) == [int(ann)]
    assert (await plain.get(f"{CONTACTS}/{old}")).status_code == 404


async def test_a_merge_may_give_an_id_that_neither_had(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(Quirks(merges_make_new_ids=True))
    ann, old = world.account.add(email="a@example.com"), world.account.add(email="o@example.com")

    winner = world.account.merge(ann, old)

    assert winner not in {ann, old}
    assert world.account.ids() == [winner]
    assert world.account.values(winner)["hs_merged_object_ids"] == f"{old};{ann}"


async def test_a_contact_takes_250_others_at_most(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    others = [plain.account.add(firstname=str(number)) for number in range(251)]
    for each in others[:250]:
        plain.account.merge(ann, each)

    body = {"primaryObjectId": ann, "objectIdToMerge": others[250]}
    answer = await plain.post(f"{CONTACTS}/merge", body)

    assert answer.status_code == 414


async def test_an_additional_address_is_unique_too(plain: World) -> None:
    ann = plain.account.add(email="ann@example.com")
    plain.account.merge(ann, plain.account.add(email="old@example.com"))

    answer = await plain.post(CONTACTS, {"properties": {"email": "old@example.com"}})

    assert answer.status_code == 409
    assert answer.json()["message"].endswith(f"Existing ID: {ann}")


@pytest.mark.parametrize("equal_values_modify", [True, False])
async def test_a_write_of_what_was_there_moves_the_modified_date_or_not(
    make_world: Callable[..., Awaitable[World]], *, equal_values_modify: bool
) -> None:
    world = await make_world(Quirks(equal_values_modify=equal_values_modify))
    ann = world.account.add(city="Lyon")
    before = (await world.get(f"{CONTACTS}/{ann}")).json()["updatedAt"]
    world.clock.advance(timedelta(minutes=1))

    await _patch(world, ann, city="Lyon")

    after = (await world.get(f"{CONTACTS}/{ann}")).json()["updatedAt"]
    assert (after > before) is equal_values_modify


async def test_our_own_write_moves_the_modified_date(plain: World) -> None:
    ann = plain.account.add(city="Lyon")
    plain.clock.advance(timedelta(minutes=1))

    answer = await _patch(plain, ann, city="Nice")

    assert answer.json()["properties"]["lastmodifieddate"] == "2026-11-02T09:01:00.000Z"


async def test_the_lifecycle_stage_goes_back_only_when_it_was_cleared(world: World) -> None:
    ann = world.account.add(lifecyclestage="customer")

    ignored = await _patch(world, ann, lifecyclestage="lead")
    await _patch(world, ann, lifecyclestage="")
    await _patch(world, ann, lifecyclestage="lead")

    assert ignored.status_code == 200
    assert ignored.json()["properties"]["lifecyclestage"] == "customer", "and nothing is said"
    assert world.account.values(ann)["lifecyclestage"] == "lead"


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("nothing", "1", "PROPERTY_DOESNT_EXIST"),
        ("lifecyclestage", "Lead", "INVALID_OPTION"),
        ("heat", "1,000", "INVALID_INTEGER"),
        ("heat", "1e5", "INVALID_INTEGER"),
        ("closing", "2026-11-02", None),
        ("closing", "1793577600000", None),
        ("closing", "1793577600001", "INVALID_DATE"),
        ("closing", "next week", "INVALID_LONG"),
        ("seen", "2026-11-02T09:00:00Z", None),
        ("seen", "yesterday", "INVALID_LONG"),
        ("hs_email_optout", "true", "READ_ONLY_VALUE"),
        ("lastmodifieddate", "1793577600000", "READ_ONLY_VALUE"),
        ("email", "nobody", "INVALID_EMAIL"),
    ],
)
async def test_a_value_must_suit_its_property(
    plain: World, name: str, value: str, code: str | None
) -> None:
    plain.account.define("closing", "date")
    plain.account.define("seen", "datetime")
    plain.account.define("heat", "number")
    ann = plain.account.add(firstname="Ann")

    answer = await _patch(plain, ann, **{name: value})

    if code is None:
        assert answer.status_code == 200
        return
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == code
    assert answer.json()["errors"][0]["context"] == {"propertyName": [name]}


async def test_values_are_kept_as_text_and_an_empty_one_clears(plain: World) -> None:
    plain.account.define("closing", "date")
    plain.account.define("heat", "number")
    ann = plain.account.add(city="Lyon")

    written = await _patch(plain, ann, city="", heat=42, closing="1793577600000")

    properties = written.json()["properties"]
    assert properties["city"] is None
    assert (properties["heat"], properties["closing"]) == ("42", "2026-11-02")


async def test_a_history_tells_who_wrote_what_newest_first(plain: World) -> None:
    ann = plain.account.add(city="Lyon")
    await _patch(plain, ann, city="Nice")

    row = (await plain.get(f"{CONTACTS}/{ann}", propertiesWithHistory="city")).json()

    history = row["propertiesWithHistory"]["city"]
    assert [(each["value"], each["sourceType"]) for each in history] == [
        ("Nice", "INTEGRATION"),
        ("Lyon", "CRM_UI"),
    ]
    assert history[0]["sourceId"] == str(plain.account.app_id)


async def test_who_wrote_is_not_always_told(world: World) -> None:
    ann = world.account.add(city="Lyon")
    for number in range(6):
        world.clock.advance(timedelta(milliseconds=1))
        await _patch(world, ann, city=str(number))

    row = (await world.get(f"{CONTACTS}/{ann}", propertiesWithHistory="city")).json()

    sources = {each["sourceType"] for each in row["propertiesWithHistory"]["city"]}
    assert sources == {"CRM_UI", "INTEGRATION", "API"}


async def test_errors_may_leave_out_all_that_is_optional(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(Quirks(errors_are_terse=True))

    answer = await world.get(f"{CONTACTS}/1")

    assert set(answer.json()) == {"status", "message"}


async def test_an_account_of_many_contacts_is_made_at_once(
    make_world: Callable[..., Awaitable[World]],
) -> None:
    world = await make_world(PLAIN)
    world.account.seed_contacts(1000, properties=lambda number: {"city": str(number % 7)})

    found = await world.search(("city", "EQ", "3"))

    assert len(world.account.ids()) == 1000
    assert found["total"] == len([n for n in range(1000) if n % 7 == 3])
