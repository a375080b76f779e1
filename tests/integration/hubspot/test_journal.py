"""The webhooks journal of a simulated HubSpot as a source of what changed."""

from __future__ import annotations

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.config import HubspotConfig
from adapters.hubspot.simulator.tricks import Trick
from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.pages import Cursor, Page
from connector.domain.values import FieldType
from tests.integration.hubspot.conftest import DAY, HOUR, MINUTE, World, drained

JOB = Reading(fields={"jobtitle": FieldType.TEXT})
SEARCH = "POST /crm/objects/2026-03/contacts/search"


@pytest.fixture
def platform(world: World) -> HubspotPlatform:
    account = world.simulator.account
    account.seed_contacts(5)
    for kind in ("OBJECT", "GDPR_PRIVACY_DELETION"):
        account.journal.subscribe({"subscriptionType": kind, "objectTypeId": "0-1"})
    return connected(world)


def connected(world: World) -> HubspotPlatform:
    config = HubspotConfig(adapter="hubspot", journal=True)
    keys = world.simulator.account.keys
    secrets = {"client_id": keys.client_id, "client_secret": keys.client_secret}
    return world.connect(config=config, **secrets)


async def contacts(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Contact], Cursor]:
    return await drained(platform.contacts.contacts(JOB, since))


async def removals(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Removal], Cursor]:
    return await drained(platform.removals.removals(since))


async def followed(world: World, platform: HubspotPlatform) -> tuple[Cursor, Cursor]:
    """Return cursors behind everything there was, and the journal behind its first entry."""
    account = world.simulator.account
    _, of_contacts = await contacts(platform, None)
    account.set(account.ids()[0], jobtitle="first")
    world.clock.advance(MINUTE)
    _, of_contacts = await contacts(platform, of_contacts)
    _, of_removals = await removals(platform, None)
    world.clock.advance(MINUTE)
    world.requests()
    return of_contacts, of_removals


async def test_what_the_journal_tells_is_read_by_id(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    cursor, _ = await followed(world, platform)
    changed = account.ids()[3]
    account.set(changed, jobtitle="CEO")
    world.clock.advance(MINUTE)

    found, _ = await contacts(platform, cursor)

    assert [(each.remote_id, each.attributes) for each in found] == [(changed, {"jobtitle": "CEO"})]
    assert SEARCH not in world.requests()


async def test_once_it_is_caught_up_a_cycle_asks_the_journal_once(
    world: World, platform: HubspotPlatform
) -> None:
    cursor, of_removals = await followed(world, platform)

    found, _ = await contacts(platform, cursor)
    gone, _ = await removals(platform, of_removals)

    assert (found, gone) == ([], [])
    assert [each.split("/")[1] for each in world.requests()] == ["webhooks-journal"] * 2


async def test_what_the_journal_might_lack_is_searched_for_every_hour(
    world: World, platform: HubspotPlatform
) -> None:
    cursor, _ = await followed(world, platform)
    world.clock.advance(DAY)

    await contacts(platform, cursor)

    assert world.requests().count(SEARCH) == 1


async def test_who_is_gone_is_told_at_once_and_who_was_erased_as_such(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    _, cursor = await followed(world, platform)
    deleted, erased, winner, loser, _ = account.ids()
    account.archive(deleted)
    account.erase(erased)
    account.merge(winner, loser)
    world.clock.advance(MINUTE)

    gone, _ = await removals(platform, cursor)

    assert {each.remote_id: each for each in gone} == {
        deleted: Removal(remote_id=deleted),
        erased: Removal(remote_id=erased, erased=True),
        loser: Removal(remote_id=loser, merged_into=winner),
    }
    assert SEARCH not in world.requests()


async def test_whoever_was_restored_since_is_not_gone(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    _, cursor = await followed(world, platform)
    deleted = account.ids()[0]
    account.archive(deleted)
    world.clock.advance(MINUTE)
    account.restore(deleted)
    world.clock.advance(MINUTE)

    gone, _ = await removals(platform, cursor)

    assert gone == []


async def test_after_more_than_three_days_all_is_searched_and_that_is_said(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    cursor, of_removals = await followed(world, platform)
    changed, deleted = account.ids()[3:]
    account.set(changed, jobtitle="CEO")
    account.archive(deleted)
    world.clock.advance(4 * DAY)
    account.set(account.ids()[0], jobtitle="later")
    world.clock.advance(MINUTE)

    pages: list[Page[Contact]] = [page async for page in platform.contacts.contacts(JOB, cursor)]
    gone = [page async for page in platform.removals.removals(of_removals)]

    assert changed in {each.remote_id for page in pages for each in page.items}
    assert deleted in {each.remote_id for page in gone for each in page.items}
    for told in (pages[0].problems, gone[0].problems):
        assert [each.message for each in told] == [
            "the journal does not keep any more what came next; it is searched for instead"
        ]


async def test_after_a_gap_removals_go_on_by_the_journal(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    _, cursor = await followed(world, platform)
    world.clock.advance(4 * DAY)
    account.set(account.ids()[0], jobtitle="later")
    world.clock.advance(MINUTE)
    _, cursor = await removals(platform, cursor)
    between, then, *_ = account.ids()
    account.archive(between)
    world.clock.advance(HOUR)
    before, cursor = await removals(platform, cursor)
    account.archive(then)
    world.clock.advance(MINUTE)
    world.requests()

    pages = [page async for page in platform.removals.removals(cursor)]

    assert before == [Removal(remote_id=between)]
    assert [each for page in pages for each in page.items] == [Removal(remote_id=then)]
    assert [each for page in pages for each in page.problems] == []
    assert SEARCH not in world.requests()


async def test_a_journal_that_refuses_the_app_costs_only_the_journal(
    world: World, platform: HubspotPlatform
) -> None:
    cursor, _ = await followed(world, platform)
    changed = world.simulator.account.ids()[3]
    world.simulator.account.set(changed, jobtitle="CEO")
    world.clock.advance(MINUTE)
    world.simulator.tricks.play(Trick.NO_SCOPE, on="GET /webhooks-journal")

    pages = [page async for page in platform.contacts.contacts(JOB, cursor)]

    assert changed in {each.remote_id for page in pages for each in page.items}
    assert "read the journal" in pages[0].problems[0].message


@pytest.mark.parametrize(
    "refusal", [Trick.BATCH_REFUSED, Trick.TOKEN_EXPIRED, Trick.NO_SCOPE], ids=["400", "401", "403"]
)
async def test_an_app_that_is_given_no_token_costs_only_the_journal(
    world: World, platform: HubspotPlatform, refusal: Trick
) -> None:
    cursor, _ = await followed(world, platform)
    changed = world.simulator.account.ids()[3]
    world.simulator.account.set(changed, jobtitle="CEO")
    world.clock.advance(MINUTE)
    world.simulator.tricks.play(*[refusal] * 2, on="POST /oauth")
    anew = connected(world)

    pages = [page async for page in anew.contacts.contacts(JOB, cursor)]
    advice = [each.message for each in await anew.check() if "token" in each.message]

    assert changed in {each.remote_id for page in pages for each in page.items}
    assert [each.message for each in pages[0].problems] == advice


async def test_a_token_whose_time_is_over_is_renewed(
    world: World, platform: HubspotPlatform
) -> None:
    cursor, _ = await followed(world, platform)
    world.simulator.tricks.play(Trick.TOKEN_EXPIRED, on="GET /webhooks-journal")

    pages = [page async for page in platform.contacts.contacts(JOB, cursor)]

    assert [problem for page in pages for problem in page.problems] == []
    assert "POST /oauth/2026-03/token" in world.requests()


async def test_no_key_goes_to_where_the_files_are(world: World, platform: HubspotPlatform) -> None:
    account = world.simulator.account
    cursor, _ = await followed(world, platform)
    account.set(account.ids()[3], jobtitle="CEO")
    world.clock.advance(MINUTE)
    seen: list[str | None] = []
    app = world.simulator.app

    async def spy(scope: object, receive: object, send: object) -> None:
        assert isinstance(scope, dict)
        if scope["raw_path"].startswith(b"/journal-files"):
            seen.append(dict(scope["headers"]).get(b"authorization"))
        await app(scope, receive, send)  # type: ignore[arg-type]  # as it was called

    world.simulator.app = spy  # type: ignore[assignment]  # an application all the same
    await contacts(connected(world), cursor)

    assert seen == [None]


async def test_an_app_that_is_not_subscribed_is_told_by_check(world: World) -> None:
    subscribe = world.simulator.account.journal.subscribe
    before = await connected(world).check()
    subscribe({"subscriptionType": "OBJECT", "objectTypeId": "0-1"})
    subscribe({"subscriptionType": "GDPR_PRIVACY_DELETION"})

    after = await connected(world).check()

    assert [each.message for each in before if "journal" in each.message] == [
        "the app is not subscribed to GDPR_PRIVACY_DELETION of contacts in the journal",
        "the app is not subscribed to OBJECT of contacts in the journal",
    ]
    assert not [each for each in after if "journal" in each.message]
