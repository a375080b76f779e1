"""What Brevo does with lists."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from adapters.brevo.simulator import BrevoSimulator
from tests.fakes import FakeClock


async def test_some_who_cannot_be_added_are_told_apart(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")

    answer = await client.post(f"/contacts/lists/{hot.id}/contacts/add", json={"ids": [ann.id, 99]})

    assert answer.status_code == 201
    assert answer.json()["contacts"] == {"success": [ann.id], "failure": [99], "total": 1}


async def test_when_nobody_can_be_removed_it_is_an_error(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")

    answer = await client.post(f"/contacts/lists/{hot.id}/contacts/remove", json={"ids": [ann.id]})

    assert answer.status_code == 400
    assert "does not exist" in answer.json()["message"]


async def test_two_of_the_three_totals_of_a_list_are_always_nought(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    hot = brevo.account.lists.add("Hot")
    brevo.account.lists.put_in(hot, [brevo.account.create("ann@example.com")])

    (listed,) = (await client.get("/contacts/lists")).json()["lists"]

    assert (listed["totalSubscribers"], listed["uniqueSubscribers"]) == (0, 1)


@pytest.mark.parametrize(
    ("by_list", "told"), [pytest.param(True, [], id="yes"), pytest.param(False, None, id="no")]
)
async def test_the_lists_that_a_contact_left_are_told_where_one_can_leave_them_one_by_one(
    client: httpx.AsyncClient, brevo: BrevoSimulator, *, by_list: bool, told: list[int] | None
) -> None:
    brevo.account.unsubscribes_by_list = by_list
    ann = brevo.account.create("ann@example.com")

    found = await client.get(f"/contacts/{ann.id}")

    assert found.json().get("listUnsubscribed") == told


async def test_putting_a_contact_in_a_list_that_it_left_subscribes_it_again(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    brevo.account.unsubscribes_by_list = True
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")
    news = brevo.account.campaigns.add("News")
    brevo.account.campaigns.happen("unsubscribed", ann, news, list_ids=[hot.id])
    before = (await client.get(f"/contacts/{ann.id}")).json()

    await client.post(f"/contacts/lists/{hot.id}/contacts/add", json={"ids": [ann.id]})
    after = (await client.get(f"/contacts/{ann.id}")).json()

    assert (before["listUnsubscribed"], before["emailBlacklisted"]) == ([hot.id], False)
    assert after["listUnsubscribed"] == []


async def test_two_lists_may_have_one_name(client: httpx.AsyncClient) -> None:
    made = [
        (await client.post("/contacts/lists", json={"name": "Hot", "folderId": 1})).json()["id"]
        for _ in range(2)
    ]

    assert made[0] != made[1]


async def test_emptying_a_list_takes_its_time(
    client: httpx.AsyncClient, brevo: BrevoSimulator, clock: FakeClock
) -> None:
    hot = brevo.account.lists.add("Hot")
    brevo.account.lists.put_in(hot, [brevo.account.create("ann@example.com")])

    answer = await client.post(f"/contacts/lists/{hot.id}/contacts/remove", json={"all": True})
    before = len(hot.members)
    clock.advance(timedelta(minutes=1))
    await client.get(f"/processes/{answer.json()['contacts']['processId']}")

    assert (before, len(hot.members)) == (1, 0)


async def test_a_deleted_contact_is_in_no_list(
    client: httpx.AsyncClient, brevo: BrevoSimulator
) -> None:
    ann, hot = brevo.account.create("ann@example.com"), brevo.account.lists.add("Hot")
    brevo.account.lists.put_in(hot, [ann])

    await client.delete(f"/contacts/{ann.id}")
    left = await client.get(f"/contacts/lists/{hot.id}/contacts")

    assert left.json() == {"contacts": [], "count": 0}
