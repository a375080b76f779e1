"""Contacts of a simulated Brevo: a set that moves, within the limits, in few requests."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from connector.domain.contacts import Membership, Reading
from connector.domain.values import FieldType
from tests.integration.brevo.conftest import World, drained, drained_in_spite_of_all

HOUR = timedelta(hours=1)


async def test_whoever_stays_is_read_while_others_are_deleted(world: World) -> None:
    account = world.simulator.account
    people = [account.create(f"person{number}@mail.example.com") for number in range(2500)]
    staying = {str(each.id) for each in people[1::2]}
    leaving, seen = people[0::2], set()

    async for page in world.connect(is_checked=False).contacts.contacts(Reading(), None):
        seen |= {each.remote_id for each in page.items}
        for person in [leaving.pop(0) for _ in range(200) if leaving]:
            account.remove(person)

    assert staying <= seen


async def test_a_storm_of_faults_keeps_nobody_from_being_read(world: World) -> None:
    account = world.simulator.account
    people = [account.create(f"person{number}@mail.example.com") for number in range(500)]
    platform = world.connect(is_checked=False, page_rows=5)
    world.simulator.faults.storm(3, seed=7)

    read = partial(platform.contacts.contacts, Reading())
    contacts = await drained_in_spite_of_all(read, world.clock)

    assert [each.remote_id for each in contacts] == [str(each.id) for each in people]
    assert {each.status for each in world.simulator.trace} > {200}


async def test_a_whole_walk_notices_who_is_gone(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.create("ann@mail.example.com"), account.create("bob@mail.example.com")
    account.remove(ann)

    ids = [each async for page in world.connect().ids.ids() for each in page.items]

    assert ids == [str(bob.id)]


async def test_the_loser_of_a_merge_is_gone_and_the_winner_is_read_again(world: World) -> None:
    account = world.simulator.account
    ann, bob = account.create("ann@mail.example.com"), account.create("bob@mail.example.com")
    platform = world.connect()
    _, cursor = await drained(platform.contacts.contacts(Reading(), None))
    world.clock.advance(HOUR)
    account.touch(bob)
    account.merge(ann, bob)

    contacts, _ = await drained(platform.contacts.contacts(Reading(), cursor))

    assert [each.remote_id for each in contacts] == [str(bob.id)]
    assert [each async for page in platform.ids.ids() for each in page.items] == [str(bob.id)]


async def test_a_touch_of_a_list_brings_the_same_content_again(world: World) -> None:
    account = world.simulator.account
    ann = account.create("ann@mail.example.com", LASTNAME="Ng")
    platform, reading = world.connect(), Reading(fields={"LASTNAME": FieldType.TEXT})
    (before,), cursor = await drained(platform.contacts.contacts(reading, None))
    world.clock.advance(HOUR)
    account.touch(ann)

    (after,), _ = await drained(platform.contacts.contacts(reading, cursor))

    assert after.attributes == before.attributes
    assert after.modified_at != before.modified_at


async def test_where_nothing_changed_one_request_says_so(world: World) -> None:
    world.simulator.account.create("ann@mail.example.com")
    platform = world.connect()
    world.clock.advance(HOUR)
    _, cursor = await drained(platform.contacts.contacts(Reading(), None))
    world.clock.advance(HOUR)
    world.requests()

    contacts, _ = await drained(platform.contacts.contacts(Reading(), cursor))

    assert contacts == []
    assert world.requests() == ["GET /v3/contacts"]


async def test_comings_and_goings_cost_one_request_more(world: World) -> None:
    account = world.simulator.account
    news = account.lists.add("News")
    ann, bob = account.create("ann@mail.example.com"), account.create("bob@mail.example.com")
    account.lists.put_in(news, [ann])
    platform, names = world.connect(), frozenset({"News"})
    first, cursor = await drained(platform.memberships.memberships(names, None))
    world.clock.advance(HOUR)
    account.lists.take_out(news, [ann])
    account.lists.put_in(news, [bob])
    world.requests()

    then, _ = await drained(platform.memberships.memberships(names, cursor))

    def membership(person: int, *, is_member: bool = True) -> Membership:
        return Membership(list_name="News", remote_id=str(person), is_member=is_member)

    assert first == [membership(ann.id)]
    assert then == [membership(ann.id, is_member=False), membership(bob.id)]
    assert world.requests() == ["GET /v3/contacts"]


async def test_comings_and_goings_cost_nothing_where_contacts_were_just_read(
    world: World,
) -> None:
    account, names = world.simulator.account, frozenset({"News"})
    news, ann = account.lists.add("News"), account.create("ann@mail.example.com")
    platform, reading = world.connect(), Reading(lists=names)
    _, contacts = await drained(platform.contacts.contacts(reading, None))
    _, members = await drained(platform.memberships.memberships(names, None))
    world.clock.advance(HOUR)
    account.lists.put_in(news, [ann])
    world.requests()

    _, contacts = await drained(platform.contacts.contacts(reading, contacts))
    then, members = await drained(platform.memberships.memberships(names, members))
    world.clock.advance(HOUR)
    account.lists.take_out(news, [ann])
    later, _ = await drained(platform.memberships.memberships(names, members))

    assert [each.is_member for each in (*then, *later)] == [True, False]
    assert world.requests() == ["GET /v3/contacts", "GET /v3/contacts"]


async def test_a_list_that_was_missing_is_read_within_an_hour_of_its_making(world: World) -> None:
    account, names = world.simulator.account, frozenset({"News"})
    ann = account.create("ann@mail.example.com")
    platform = world.connect()
    _, members = await drained(platform.memberships.memberships(names, None))
    account.lists.put_in(account.lists.add("News"), [ann])

    world.clock.advance(HOUR)
    found, _ = await drained(platform.memberships.memberships(names, members))

    expected = Membership(list_name="News", remote_id=str(ann.id))
    assert set(found) == {expected}


async def test_who_came_into_a_list_is_not_asked_for_again_however_many_they_are(
    world: World,
) -> None:
    account, names = world.simulator.account, frozenset({"News"})
    news, people = account.lists.add("News"), [account.create(f"p{n}@x.example") for n in range(35)]
    platform, reading = world.connect(page_rows=10), Reading(lists=names)
    _, contacts = await drained(platform.contacts.contacts(reading, None))
    _, members = await drained(platform.memberships.memberships(names, None))
    world.clock.advance(HOUR)
    account.lists.put_in(news, people)
    world.requests()

    await drained(platform.contacts.contacts(reading, contacts))
    asked = world.requests()
    pages = [each async for each in platform.memberships.memberships(names, members)]

    assert {each.remote_id for page in pages for each in page.items} == {
        str(each.id) for each in people
    }
    assert [len(page.items) for page in pages] == [10, 10, 10, 5]
    assert (len(asked), world.requests()) == (4, [])


async def test_what_a_crash_kept_from_being_stored_is_asked_for_again(world: World) -> None:
    account, names = world.simulator.account, frozenset({"News"})
    news, people = account.lists.add("News"), [account.create(f"p{n}@x.example") for n in range(35)]
    platform, reading = world.connect(page_rows=10), Reading(lists=names)
    _, contacts = await drained(platform.contacts.contacts(reading, None))
    _, members = await drained(platform.memberships.memberships(names, None))
    world.clock.advance(HOUR)
    account.lists.put_in(news, people)
    await drained(platform.contacts.contacts(reading, contacts))
    first = await anext(aiter(platform.memberships.memberships(names, members)))

    rest, _ = await drained(world.connect().memberships.memberships(names, first.cursor))

    assert {each.remote_id for each in rest} == {str(each.id) for each in people}


async def test_a_list_that_does_not_exist_is_told(world: World) -> None:
    source = world.connect().memberships

    pages = [each async for each in source.memberships(frozenset({"Nwes"}), None)]

    assert [str(each) for page in pages for each in page.problems] == [
        "Nwes: mail has no list Nwes"
    ]


async def test_a_list_made_anew_under_its_name_is_read_anew(world: World) -> None:
    account = world.simulator.account
    platform, names = world.connect(), frozenset({"News"})
    account.lists.remove(account.lists.add("News"))
    _, cursor = await drained(platform.memberships.memberships(names, None))
    ann = account.create("ann@mail.example.com")
    account.lists.put_in(account.lists.add("News"), [ann])
    world.clock.advance(24 * HOUR)

    members, _ = await drained(platform.memberships.memberships(names, cursor))

    assert Membership(list_name="News", remote_id=str(ann.id)) in members


async def test_many_pages_take_no_longer_than_the_limits_ask_and_pass_none(world: World) -> None:
    for number in range(20_000):
        world.simulator.account.create(f"person{number}@mail.example.com")
    platform, began = await world.paced(), world.clock.now()

    count = 0
    async for page in platform.contacts.contacts(Reading(), None):
        count += len(page.items)

    trace = world.simulator.trace
    assert count == 20_000
    assert len(trace) == 21
    assert trace.most_within("contacts", timedelta(seconds=1)) <= 10
    assert {each.status for each in trace} == {200}
    assert world.clock.now() - began <= timedelta(seconds=2.5)
