"""Whatever happens to an account, and however its requests fail: nothing is lost in reading."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from random import Random

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.simulator.account import Account
from adapters.hubspot.simulator.quirks import Quirks
from adapters.simulation.faults import Fault
from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.pages import Cursor, Page
from connector.domain.values import FieldType
from connector.errors import PlatformError
from tests.integration.hubspot.conftest import ANN, AT, DAY, HOUR, Item, World, ms

JOB = Reading(fields={"jobtitle": FieldType.TEXT})
EVENTS = ("email.*", "form.submitted", "call.logged", "webinar.*", "page.viewed")
TRANSIENT = (
    *(Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.UNAVAILABLE, Fault.TIMED_OUT),
    *(Fault.UNREACHABLE, Fault.CUT_BODY, Fault.HTML_PAGE, Fault.LOST_ANSWER),
)


class Copy:
    """What is known of an account by reading it, cycle by cycle."""

    def __init__(self) -> None:
        self.jobs: dict[str, object] = {}
        self.contacts: Cursor | None = None
        self.removals: Cursor | None = None

    async def pull(self, platform: HubspotPlatform) -> None:
        """Take what is new, as the core does: contacts, then who is gone."""

        def keep(contact: Contact) -> None:
            self.jobs[contact.remote_id] = contact.attributes["jobtitle"]
            for old in contact.merged_ids:
                self.jobs.pop(old, None)

        def drop(removal: Removal) -> None:
            self.jobs.pop(removal.remote_id, None)

        contacts = platform.contacts
        self.contacts = await resumed(
            lambda since: contacts.contacts(JOB, since), self.contacts, keep
        )
        self.removals = await resumed(platform.removals.removals, self.removals, drop)


async def resumed(
    start: Callable[[Cursor | None], AsyncIterator[Page[Item]]],
    cursor: Cursor | None,
    take: Callable[[Item], object],
) -> Cursor | None:
    """Take a stream to its end, after each error from behind the last page."""
    for _ in range(1000):
        try:
            async for page in start(cursor):
                for item in page.items:
                    take(item)
                cursor = page.cursor
        except PlatformError:
            continue
        return cursor
    pytest.fail("it never ends")


def disturb(account: Account, random: Random, number: int) -> None:
    """Let something happen to a contact or two."""
    one, other = random.sample(account.ids(), 2)
    match random.randrange(8):
        case 0:
            account.archive(one)
        case 1:
            account.merge(one, other)
        case 2:
            for each in range(random.randrange(1, 30)):
                account.add(email=f"new{number}.{each}@example.com")
        case _:
            account.set(one, jobtitle=f"job {number}")


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("every", [0, 4], ids=["calm", "storm"])
async def test_what_is_read_over_time_is_what_there_is(
    make_world: Callable[..., World], seed: int, every: int
) -> None:
    world, random, copy = make_world(Quirks()), Random(seed), Copy()
    account = world.simulator.account
    account.seed_contacts(120)
    platform = world.connect()
    world.simulator.faults.storm(every, seed=seed, kinds=TRANSIENT)

    for number in range(25):
        for _ in range(random.randrange(4)):
            disturb(account, random, number)
        world.clock.advance(timedelta(seconds=random.randrange(1, 1200)))
        await copy.pull(platform)
    for _ in range(2):
        world.clock.advance(DAY + HOUR)
        await copy.pull(platform)

    assert copy.jobs == {each: account.values(each).get("jobtitle") for each in account.ids()}


@pytest.mark.parametrize("every", [4, 10])
async def test_events_of_a_storm_are_those_of_a_calm(world: World, every: int) -> None:
    fill(world.simulator.account)
    calm: set[str] = set()
    stormy: set[str] = set()

    await resumed(world.connect(*EVENTS).events.events, None, lambda each: calm.add(each.id))
    world.simulator.faults.storm(every, seed=every, kinds=TRANSIENT)
    await resumed(world.connect(*EVENTS).events.events, None, lambda each: stormy.add(each.id))

    assert stormy == calm
    assert len(calm) == 2 * 1200 + 120 + 250 + 150 + 5


@pytest.mark.parametrize("every", [6, 10])
async def test_members_of_a_storm_are_those_of_a_calm(world: World, every: int) -> None:
    account = world.simulator.account
    account.seed_contacts(3_000)
    account.add_list("Leads", members=account.ids())
    source, members = world.connect().memberships, set[str]()
    world.simulator.faults.storm(every, seed=every, kinds=TRANSIENT)

    await resumed(
        lambda since: source.memberships(frozenset({"Leads"}), since),
        None,
        lambda each: members.add(each.remote_id),
    )

    assert members == set(account.ids())


def fill(account: Account) -> None:
    """Let contacts do something of everything."""
    account.seed_contacts(5)
    did = account.engagement
    webinar = did.hold_webinar("Scoring", ms(AT))
    for number in range(1200):
        for kind in ("OPEN", "CLICK"):
            did.send_mail_event(kind, ANN, ms(AT - DAY) + number)
    for number in range(120):
        did.submit_form(f"f-{number % 3}", ms(AT - DAY) + number, {"email": ANN}, "")
    for number in range(250):
        account.add("calls", account.ids()[number % 5], hs_timestamp=AT.isoformat())
    for number in range(150):
        did.participate(webinar, account.ids()[number % 5], ANN, "ATTENDED", ms(AT) + number)
    for each in account.ids():
        did.occur("e_visited_page", "contact", each, ms(AT - HOUR), {})
        account.derive(each, hs_analytics_last_timestamp=AT.isoformat())
