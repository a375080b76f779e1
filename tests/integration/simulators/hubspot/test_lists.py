"""Lists: who can be put in, and what is said of those who cannot."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.simulators.hubspot.conftest import World

LISTS = "/crm/lists/2026-03"


async def test_whoever_is_in_already_or_unknown_is_passed_over(plain: World) -> None:
    ann, ben = (plain.account.add(firstname=each) for each in ("Ann", "Ben"))
    hot = plain.account.add_list("Hot", members=[ann])

    answer = await plain.http.put(f"{LISTS}/{hot.id}/memberships/add", json=[ann, ben, "7"])

    assert answer.json() == {
        "recordsIdsAdded": [ben],
        "recordIdsRemoved": [],
        "recordIdsMissing": ["7"],
    }


async def test_one_call_adds_some_and_takes_others_out(plain: World) -> None:
    ann, ben = (plain.account.add(firstname=each) for each in ("Ann", "Ben"))
    hot = plain.account.add_list("Hot", members=[ann])

    await plain.http.put(
        f"{LISTS}/{hot.id}/memberships/add-and-remove",
        json={"recordIdsToAdd": [ben], "recordIdsToRemove": [ann]},
    )

    assert list(hot.members) == [int(ben)]


@pytest.mark.parametrize(("processing_type", "status"), [("SNAPSHOT", 200), ("DYNAMIC", 400)])
async def test_a_list_that_fills_itself_is_not_changed_by_hand(
    plain: World, processing_type: str, status: int
) -> None:
    ann = plain.account.add(firstname="Ann")
    hot = plain.account.add_list("Hot", processing_type)

    answer = await plain.http.put(f"{LISTS}/{hot.id}/memberships/add", json=[ann])

    assert answer.status_code == status


async def test_no_two_lists_have_one_name(plain: World) -> None:
    plain.account.add_list("Hot")
    body = {"name": "hot", "objectTypeId": "0-1", "processingType": "MANUAL"}

    answer = await plain.post(LISTS, body)

    assert answer.status_code == 400
    assert answer.json()["subCategory"] == "ILS.DUPLICATE_LIST_NAMES"


async def test_members_are_read_page_by_page_in_either_order(plain: World) -> None:
    ids = [plain.account.add(firstname=str(n)) for n in range(5)]
    hot = plain.account.add_list("Hot")
    for each in reversed(ids):
        plain.account.lists.join(hot, int(each))
        plain.clock.advance(timedelta(seconds=1))

    found: dict[str, list[str]] = {}
    for order in ("", "/join-order"):
        after, rows = "", []
        while True:
            path = f"{LISTS}/{hot.id}/memberships{order}"
            page = (await plain.get(path, limit=2, after=after)).json()
            rows += [each["recordId"] for each in page["results"]]
            if "paging" not in page:
                break
            after = page["paging"]["next"]["after"]
        found[order] = rows

    assert found == {"": ids, "/join-order": ids[::-1]}


async def test_a_page_of_members_has_250_at_most(plain: World) -> None:
    hot = plain.account.add_list("Hot")

    answer = await plain.get(f"{LISTS}/{hot.id}/memberships", limit=251)

    assert answer.status_code == 400


async def test_a_search_for_lists_tells_their_size_and_when_they_moved(plain: World) -> None:
    ann = plain.account.add(firstname="Ann")
    plain.account.add_list("Hot leads", members=[ann])
    wanted = ["hs_list_size", "hs_last_record_added_at", "hs_last_record_removed_at"]

    body = {"query": "hot", "additionalProperties": wanted}
    found = (await plain.post(f"{LISTS}/search", body)).json()

    assert (found["total"], found["hasMore"]) == (1, False)
    assert found["lists"][0]["additionalProperties"] == {
        "hs_list_size": "1",
        "hs_last_record_added_at": str(plain.account.now_ms()),
        "hs_last_record_removed_at": None,
    }


async def test_whoever_is_deleted_leaves_all_lists(plain: World) -> None:
    ann = plain.account.add(firstname="Ann")
    hot = plain.account.add_list("Hot", members=[ann])

    plain.account.archive(ann)

    assert list(hot.members) == []


async def test_a_list_deleted_long_ago_does_not_come_back(plain: World) -> None:
    hot = plain.account.add_list("Hot")
    await plain.http.delete(f"{LISTS}/{hot.id}")

    plain.clock.advance(timedelta(days=90, seconds=1))

    assert (await plain.http.put(f"{LISTS}/{hot.id}/restore")).status_code == 404


async def test_a_deleted_list_can_come_back(plain: World) -> None:
    hot = plain.account.add_list("Hot")

    await plain.http.delete(f"{LISTS}/{hot.id}")
    gone = await plain.get(f"{LISTS}/{hot.id}")
    await plain.http.put(f"{LISTS}/{hot.id}/restore")

    assert gone.status_code == 404
    assert (await plain.get(f"{LISTS}/{hot.id}")).json()["list"]["name"] == "Hot"
