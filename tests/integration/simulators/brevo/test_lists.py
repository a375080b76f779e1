"""What Brevo does with lists."""

from __future__ import annotations

from datetime import timedelta

import httpx

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
