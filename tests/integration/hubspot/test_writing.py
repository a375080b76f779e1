"""What is written to a simulated HubSpot arrives, once, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from adapters.hubspot.adapter import HubspotPlatform
from adapters.hubspot.config import HubspotConfig, Version
from adapters.hubspot.simulator.quirks import Quirks
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.faults import Fault
from connector.domain.changes import Action, Addressee, AttributeChange, ListChange, Outcome
from connector.domain.contacts import Contact
from connector.domain.values import FieldType, Written
from connector.errors import (
    ContactGone,
    NotSetUp,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from connector.ports.platform import NewContact, RemoteField
from tests.integration.hubspot.conftest import AT, World

STAGE = "lifecyclestage"
KEPT = frozenset({STAGE})


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Return an account with all that surprises its callers."""
    world = make_world(Quirks(), tier="pro")
    world.simulator.account.define("heat_score", "number")
    world.simulator.account.define("heat_stage")
    return world


@pytest.fixture
def platform(world: World) -> HubspotPlatform:
    return world.connect()


def change(remote_id: str, before: Written = None, **values: Written) -> AttributeChange:
    ours = {STAGE: before} if before else {}
    return AttributeChange(to=Addressee(remote_id=remote_id), values=values, before=ours)


def an_action(remote_id: str, kind: str, **params: Written) -> Action:
    to = Addressee(remote_id=remote_id)
    return Action(key="call:1", trigger="call_hot", kind=kind, to=to, at=AT, params=params)


async def written(platform: HubspotPlatform, *changes: AttributeChange) -> list[Outcome]:
    return list(await platform.attribute_writer.write_attributes(changes))


async def test_a_hundred_contacts_are_one_request(world: World, platform: HubspotPlatform) -> None:
    world.simulator.account.seed_contacts(100)
    ids = world.simulator.account.ids()

    outcomes = await written(
        platform, *(change(each, heat_score=Decimal(n)) for n, each in enumerate(ids))
    )

    assert outcomes == [Outcome()] * 100
    assert world.requests() == ["POST /crm/objects/2026-03/contacts/batch/update"]
    told = [world.simulator.account.values(each)["heat_score"] for each in ids]
    assert told == [str(number) for number in range(100)]


async def test_a_contact_that_is_gone_costs_only_itself(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    there, archived = account.add(), account.add()
    account.archive(archived)

    outcomes = await written(
        platform,
        *(change(each, heat_score=Decimal(1)) for each in (archived, there, "999999999")),
    )

    assert [type(each.error) for each in outcomes] == [ContactGone, type(None), ContactGone]


async def test_a_value_that_is_no_option_costs_only_itself(
    world: World, platform: HubspotPlatform
) -> None:
    ann, bob = world.simulator.account.add(), world.simulator.account.add()

    bad, good = await written(
        platform, change(ann, hs_lead_status="Zoe"), change(bob, hs_lead_status="OPEN")
    )

    (why,) = bad.paused.values()
    assert "the property `hs_lead_status` lacks an option" in str(why)
    assert "Zoe" not in str(why)
    assert good == Outcome()


async def test_a_property_that_is_not_there_is_told(
    world: World, platform: HubspotPlatform
) -> None:
    remote_id = world.simulator.account.add()

    (outcome,) = await written(platform, change(remote_id, no_such_property="x", jobtitle="y"))

    assert "there is no property" in str(outcome.paused["no_such_property"])
    assert world.simulator.account.values(remote_id)["jobtitle"] == "y"


async def test_a_rule_of_the_account_is_told(world: World, platform: HubspotPlatform) -> None:
    world.simulator.account.contacts.required.add("phone")
    remote_id = world.simulator.account.add(phone="1")
    world.simulator.account.set(remote_id, phone="")
    strict = world.connect(config=HubspotConfig(adapter="hubspot", version="2026-09"))

    (lenient,) = await written(platform, change(remote_id, heat_score=Decimal(1)))
    (refused,) = await written(strict, change(remote_id, heat_score=Decimal(2)))

    assert lenient == Outcome()
    assert "phone is required" in str(refused.error)


@pytest.mark.parametrize("trick", [Trick.BATCH_REFUSED, Trick.BATCH_CONFLICT])
async def test_a_batch_that_is_refused_as_a_whole_is_raised(
    world: World, platform: HubspotPlatform, trick: Trick
) -> None:
    remote_id = world.simulator.account.add()
    world.simulator.tricks.play(trick)

    with pytest.raises(RejectedByPlatform):
        await written(platform, change(remote_id, heat_score=Decimal(1)))


@pytest.mark.parametrize(
    ("trick", "seconds"), [(Trick.LOCKED, 2), (Trick.MIGRATING, 3600)], ids=["423", "477"]
)
async def test_what_passes_by_itself_is_waited_for(
    world: World, platform: HubspotPlatform, trick: Trick, seconds: int
) -> None:
    remote_id = world.simulator.account.add()
    world.simulator.tricks.play(trick)

    with pytest.raises(RateLimited) as caught:
        await written(platform, change(remote_id, heat_score=Decimal(1)))

    assert caught.value.retry_after is not None
    assert caught.value.retry_after.total_seconds() >= seconds


async def test_a_success_without_rows_did_nothing(world: World, platform: HubspotPlatform) -> None:
    remote_id = world.simulator.account.add()
    world.simulator.faults.play(Fault.DID_NOTHING)

    (outcome,) = await written(platform, change(remote_id, heat_score=Decimal(1)))

    assert isinstance(outcome.error, UnexpectedAnswer)
    present = await platform.attribute_writer.read_attributes([remote_id], ["heat_score"])
    assert present == {remote_id: {"heat_score": None}}


@pytest.mark.parametrize("trick", [Trick.ROWS_MIXED_UP, Trick.ROW_LEFT_OUT])
async def test_only_rows_that_show_what_was_written_are_done(
    world: World, platform: HubspotPlatform, trick: Trick
) -> None:
    ids = [world.simulator.account.add() for _ in range(4)]
    world.simulator.tricks.play(trick)

    outcomes = await written(platform, *(change(each, heat_score=Decimal(each)) for each in ids))

    unknown = [each for each in outcomes if isinstance(each.error, UnexpectedAnswer)]
    assert len(unknown) == (4 if trick is Trick.ROWS_MIXED_UP else 1)
    assert len(outcomes) == 4


async def test_days_and_instants_come_back_as_they_were_told(
    world: World, platform: HubspotPlatform
) -> None:
    world.simulator.account.define("born", "date")
    world.simulator.account.define("seen_at", "datetime")
    remote_id = world.simulator.account.add()
    at = datetime(1969, 7, 20, 20, 17, 40, 123_000, tzinfo=UTC)

    (outcome,) = await written(platform, change(remote_id, born=at, seen_at=at))

    assert outcome == Outcome()
    present = await platform.attribute_writer.read_attributes([remote_id], ["born", "seen_at"])
    assert present[remote_id] == {"born": "1969-07-20", "seen_at": "1969-07-20T20:17:40.123Z"}


@pytest.mark.parametrize(
    ("there", "before", "wanted", "then", "outcome"),
    [
        ("lead", None, "salesqualifiedlead", "salesqualifiedlead", Outcome()),
        ("salesqualifiedlead", "salesqualifiedlead", "lead", "lead", Outcome()),
        (
            "customer",
            "salesqualifiedlead",
            "lead",
            "customer",
            Outcome(is_unchanged=True, kept=KEPT),
        ),
        ("customer", None, None, "customer", Outcome(is_unchanged=True, kept=KEPT)),
        ("lead", "lead", None, None, Outcome()),
    ],
    ids=["forward", "back from ours", "back from another's", "clear another's", "clear ours"],
)
async def test_a_life_cycle_stage_is_moved_as_far_as_it_is_ours(  # noqa: PLR0917 - one example each
    world: World,
    platform: HubspotPlatform,
    there: str,
    before: str | None,
    wanted: str | None,
    then: str | None,
    outcome: Outcome,
) -> None:
    remote_id = world.simulator.account.add(lifecyclestage=there)

    assert await written(platform, change(remote_id, before, lifecyclestage=wanted)) == [outcome]

    assert world.simulator.account.values(remote_id).get(STAGE) == then


async def test_lists_that_fill_themselves_are_left_alone(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    remote_id = account.add()
    account.add_list("Auto", "DYNAMIC")
    account.add_list("Shot", "SNAPSHOT")
    to = Addressee(remote_id=remote_id)

    with pytest.raises(NotSetUp, match="HubSpot decides itself who is in the list"):
        await platform.list_writer.write_lists(
            [ListChange(to=to, list_name="Auto", is_member=True)]
        )
    (shot,) = await platform.list_writer.write_lists(
        [ListChange(to=to, list_name="Shot", is_member=True)]
    )

    assert shot == Outcome()
    writable = {each.name: each.is_writable for each in await platform.lists.lists()}
    assert writable == {"Auto": False, "Shot": True}


async def test_members_are_told_apart_whoever_they_are(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    new, old = account.add(), account.add()
    account.add_list("Hot", members=[old])
    changes = [
        ListChange(to=Addressee(remote_id=each), list_name="Hot", is_member=True)
        for each in (new, old, "999999999")
    ]

    added, there, gone = await platform.list_writer.write_lists(changes)

    assert (added, there) == (Outcome(), Outcome(is_unchanged=True))
    assert isinstance(gone.error, ContactGone)


async def test_members_that_were_not_added_are_no_success(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    new, old = account.add(), account.add()
    account.add_list("Hot", members=[old])
    world.simulator.faults.play(Fault.DID_NOTHING, on="PUT")
    changes = [
        ListChange(to=Addressee(remote_id=each), list_name="Hot", is_member=True)
        for each in (new, old)
    ]

    lost, there = await platform.list_writer.write_lists(changes)

    assert isinstance(lost.error, UnexpectedAnswer)
    assert there == Outcome(is_unchanged=True)


async def test_whoever_is_there_under_another_address_is_found(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    known = account.add(email="old@mail.example.com")
    other = account.add(email="second@mail.example.com")
    account.merge(known, other)
    wanted = [
        NewContact(email=each)
        for each in ("new@mail.example.com", "second@mail.example.com", "no address at all")
    ]

    made, found, refused = await platform.contact_creator.create_contacts(wanted)

    assert isinstance(made, Contact)
    assert isinstance(found, Contact)
    assert found.remote_id == known
    assert isinstance(refused, Outcome)
    assert isinstance(refused.error, RejectedByPlatform)
    assert account.values(made.remote_id)["email"] == "new@mail.example.com"


async def test_a_property_that_was_made_can_be_written(
    world: World, platform: HubspotPlatform
) -> None:
    remote_id = world.simulator.account.add()
    kinds: dict[FieldType, Written] = {
        FieldType.TEXT: "x",
        FieldType.NUMBER: Decimal("0.10"),
        FieldType.BOOLEAN: True,
        FieldType.DATETIME: AT,
    }
    for kind in kinds:
        await platform.fields.create_field(RemoteField(name=f"our_{kind.value}", type=kind))

    values = {f"our_{kind.value}": value for kind, value in kinds.items()}
    wanted = AttributeChange(to=Addressee(remote_id=remote_id), values=values)
    (outcome,) = await written(platform, wanted)

    assert outcome == Outcome()
    assert "heatsync" in world.simulator.account.contacts.groups


@pytest.mark.parametrize("kind", ["note", "task"])
async def test_a_deed_whose_answer_was_lost_is_done_once(
    world: World, platform: HubspotPlatform, kind: str
) -> None:
    account = world.simulator.account
    remote_id = account.add()
    action = an_action(remote_id, kind, text="Hot since Monday", title="Call")
    world.simulator.faults.play(Fault.LOST_ANSWER, on=f"POST /crm/objects/2026-03/{kind}s")

    with pytest.raises(PlatformUnavailable):
        await platform.actions.perform([action])
    (again,) = await platform.actions.perform([action])

    assert again == Outcome(is_unchanged=True)
    (made,) = account.ids(f"{kind}s")
    assert list(account.associations.of("contacts", int(remote_id), f"{kind}s")) == [int(made)]


async def test_an_e_mail_whose_answer_was_lost_is_sent_once(
    world: World, platform: HubspotPlatform
) -> None:
    account = world.simulator.account
    remote_id = account.add(email="ann@mail.example.com")
    action = an_action(remote_id, "email", template=Decimal(12), article="a")
    world.simulator.faults.play(Fault.LOST_ANSWER, on="POST /marketing")

    with pytest.raises(PlatformUnavailable):
        await platform.actions.perform([action])
    (again,) = await platform.actions.perform([action])

    assert again.is_unchanged
    assert list(account.engagement.sent_mail) == ["call:1"]


@pytest.mark.parametrize("version", ["2026-03", "2026-09", "v3"])
async def test_every_version_is_written_alike(world: World, version: Version) -> None:
    account = world.simulator.account
    remote_id = account.add(email="ann@mail.example.com")
    platform = world.connect(config=HubspotConfig(adapter="hubspot", version=version))
    joins = ListChange(to=Addressee(remote_id=remote_id), list_name="Hot", is_member=True)

    await platform.lists.create_list("Hot")
    await platform.fields.create_field(RemoteField(name="our_score", type=FieldType.NUMBER))
    outcomes = [
        *await written(platform, change(remote_id, our_score=Decimal(1))),
        *await platform.list_writer.write_lists([joins]),
        *await platform.actions.perform([an_action(remote_id, "note", text="Hot")]),
        *await platform.actions.perform([an_action(remote_id, "task", title="Call")]),
        *await platform.actions.perform([an_action(remote_id, "email", template=Decimal(12))]),
    ]

    assert outcomes == [Outcome()] * 5
    assert [each for each in await platform.check() if not each.is_advice] == []
    notes = [each for each in world.simulator.trace if "/associations/" in each.path]
    assert [each.status for each in notes] == [207, 207]


async def test_what_a_token_may_not_do_is_told_by_its_scope(
    world: World, platform: HubspotPlatform
) -> None:
    world.simulator.account.scopes = {"crm.objects.contacts.read", "crm.lists.read"}

    told = " ".join(each.message for each in await platform.check() if not each.is_advice)

    assert "lacks the scope `crm.schemas.contacts.read`" in told
    assert "lacks the scope `crm.objects.contacts.write`: without it heatsync cannot write" in told
    assert "lacks the scope `crm.lists.write`" in told
    assert "`crm.lists.read`" not in told
