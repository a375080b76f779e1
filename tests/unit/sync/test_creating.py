"""Whoever is missing on a platform that shall have everybody is created there, and nobody else."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from adapters.memory.adapter import MemoryPlatform
from adapters.memory.faults import Fault
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact
from connector.errors import (
    AccessRefused,
    PlatformError,
    PlatformUnavailable,
    RightMissing,
    UnexpectedAnswer,
)
from connector.ports.platform import NewContact
from connector.sync.asking.patience import ATTEMPTS
from connector.sync.pushing import creating
from connector.sync.pushing.plan import plan
from tests.unit.sync.in_step import InStep, a_text, calls

CREATE = ", create: true"


def a_world(rest: str = "") -> InStep:
    return InStep(a_text(mail=CREATE, rest=rest))


async def test_whoever_is_missing_is_created_with_what_shall_be_there() -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")

    done = await world.cycle()

    (made,) = world.mail.people.values()
    assert (made.email, made.values) == ("a@x.org", {"JOB": "cook"})
    assert done.deliveries["mail"]["created"] == 1


async def test_after_that_nothing_is_written_and_nobody_scored() -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")
    await world.cycle()

    for _ in range(2):
        await world.cycle(scores=False, pushes=False)
        assert await world.stale() == set()
        assert calls(await world.cycle()) == 0


async def test_a_target_alone_is_reason_enough() -> None:
    world = InStep(
        a_text(job="prefer: crm", mail=CREATE, rest="targets: {mail: {on_drift: keep}}\n")
    )
    world.crm.create("a@x.org")

    await world.cycle()

    assert len(world.mail.people) == 1


@pytest.mark.parametrize("address", [None, "staff@x.org", "out@x.org"])
async def test_some_are_not_created(address: str | None) -> None:
    world = a_world("contacts: {exclude: \"email = 'staff@x.org'\"}\n")
    person = world.crm.create(address, job="cook")
    person.opted_out = address == "out@x.org"

    await world.cycle()

    assert world.mail.people == {}


async def test_nobody_is_created_where_it_was_not_asked_for() -> None:
    world = InStep()
    world.crm.create("a@x.org", job="cook")

    await world.cycle()

    assert world.mail.people == {}


async def test_who_was_deleted_there_stays_deleted_and_that_is_told_once() -> None:
    world = a_world()
    stays = world.mail.create("b@x.org")
    crm = world.crm.create("a@x.org", job="cook")
    await world.cycle()
    (made,) = set(world.mail.people) - {stays.id}
    world.mail.remove(world.mail.people[made])

    told = await world.cycle()
    world.edit(crm, job="boss")
    silent = await world.cycle()

    assert list(world.mail.people.values()) == [stays]
    assert [each.message for each in told.problems] == [
        "1 contact was deleted there, and is not created again"
    ]
    assert silent.problems == []


async def test_the_plan_names_newcomers_first() -> None:
    world = a_world()
    _, mail = world.pair(crm="cook")
    world.crm.create("b@x.org", job="boss")
    await world.cycle(pushes=False)

    planned = await plan(world.workspace, "mail")

    assert [(each.kind, each.email, each.after) for each in planned.changes] == [
        ("contact", "b@x.org", "b@x.org"),
        ("attribute", mail.email, "cook"),
        ("attribute", "b@x.org", "boss"),
    ]
    assert (planned.contacts, planned.calls) == (2, 2)


async def test_a_crowd_is_let_in_only_when_that_is_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    # A thousand and one contacts would take long to make.
    monkeypatch.setattr(creating, "GUARDED_FROM", 3)
    world = a_world()
    for number in range(4):
        world.crm.create(f"p{number}@x.org", job="cook")

    held = await world.cycle()
    planned = await plan(world.workspace, "mail")
    assert (world.mail.people, planned.changes) == ({}, [])
    assert [each.message for each in held.problems] == [
        "4 contacts would be created, and 0 are there; nobody was"
    ]
    assert planned.problems == held.problems

    await world.cycle(force=True)
    assert len(world.mail.people) == 4


async def test_few_newcomers_among_many_are_no_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creating, "GUARDED_FROM", 1)
    world = a_world()
    for number in range(6):
        address = f"p{number}@x.org"
        world.crm.create(address, job="cook")
        if number < 4:
            world.mail.create(address)

    await world.cycle()

    assert len(world.mail.people) == 6


async def test_somebody_whom_the_platform_knows_by_that_address_is_found() -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")
    await world.sync(pushes=False)
    known = world.mail.create("a@x.org")

    await world.sync(pulls=False)

    assert list(world.mail.people.values()) == [known]
    assert known.values["JOB"] == "cook"


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER, Fault.CUT_ANSWER, Fault.UNAVAILABLE])
async def test_an_answer_that_was_lost_makes_nobody_twice(fault: Fault) -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")
    await world.sync(pushes=False)
    world.play(world.mail, *[fault] * 5)
    await world.sync(pulls=False)
    world.mail.faults.clear()

    await world.cycle()

    assert [each.values for each in world.mail.people.values()] == [{"JOB": "cook"}]


async def test_who_is_created_by_hand_meanwhile_is_written_to() -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")
    await world.sync(pushes=False)
    by_hand = world.mail.create("a@x.org")

    await world.cycle()

    assert (len(world.mail.people), by_hand.values["JOB"]) == (1, "cook")


async def test_nobody_is_missing_before_everybody_was_read() -> None:
    world = InStep(a_text(mail=CREATE), attribute_batch=100)
    world.platforms["mail"] = MemoryPlatform(world.mail, page_size=1)
    world.mail.create("b@x.org")
    known = world.mail.create("a@x.org")
    world.crm.create("a@x.org", job="cook")
    world.crm.create("c@x.org", job="chef")
    world.play(world.mail, *[Fault.ACCESS_REFUSED])
    await world.sync(only="crm")
    await world.sync(scores=False, only="mail")
    assert len(world.mail.people) == 2

    await world.cycle()

    assert len(world.mail.people) == 3
    assert known.values["JOB"] == "cook"


async def test_two_who_turn_out_to_be_one_are_created_once() -> None:
    world = a_world()
    one = world.crm.create("a@x.org", job="cook")
    other = world.crm.create("b@x.org", job="cook")
    await world.sync(pushes=False)
    world.crm.merge(other, one)

    await world.cycle()

    assert [each.email for each in world.mail.people.values()] == ["a@x.org"]
    assert len(await world.outbound("mail")) == 1


async def test_a_push_alone_creates_too() -> None:
    world = a_world()
    world.crm.create("a@x.org", job="cook")
    await world.sync(pushes=False)

    await world.sync(pulls=False, scores=False)

    assert [each.values for each in world.mail.people.values()] == [{"JOB": "cook"}]


class Refusing:
    """Creates nobody, for one reason."""

    def __init__(self, error: PlatformError) -> None:
        self.error = error
        self.asked = 0
        self.most = 0

    async def create_contacts(self, wanted: Sequence[NewContact]) -> Sequence[Contact | Outcome]:
        self.asked += 1
        self.most = max(self.most, len(wanted))
        raise self.error


@pytest.mark.parametrize("kind", [RightMissing, PlatformUnavailable, UnexpectedAnswer])
async def test_whoever_is_there_is_written_to_where_nobody_can_be_created(
    kind: type[PlatformError],
) -> None:
    world = a_world()
    _, mail = world.pair(crm="cook")
    world.crm.create("new@x.org", job="clerk")
    refused = kind(platform="mail", operation="create contacts")
    world.platforms["mail"].contact_creator = Refusing(refused)

    done = await world.cycle()

    assert mail.values["JOB"] == "cook"
    assert done.errors == [refused]


async def test_a_platform_that_refuses_the_key_is_asked_nothing_more() -> None:
    world = a_world()
    _, mail = world.pair(crm="cook")
    world.crm.create("new@x.org", job="clerk")
    refused = AccessRefused(platform="mail", operation="create contacts")
    world.platforms["mail"].contact_creator = Refusing(refused)

    await world.cycle()

    assert mail.values["JOB"] is None


@pytest.mark.parametrize("change", ["opts out", "is deleted"])
async def test_whoever_is_wanted_no_more_when_their_turn_comes_is_not_created(change: str) -> None:
    world = a_world()
    waits = world.crm.create("a@x.org", job="cook")
    await world.cycle(pushes=False)
    if change == "opts out":
        waits.opted_out = True
        world.crm.touch(waits)
    else:
        world.crm.remove(waits)
    await world.cycle(scores=False, pushes=False)

    done = await world.cycle(pulls=False, scores=False)

    assert (world.mail.people, calls(done), done.problems) == ({}, 0, [])
    assert await world.outbound("mail") == []


async def test_after_a_refusal_nobody_else_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(creating, "AT_ONCE", 2)
    world = a_world()
    for number in range(7):
        world.crm.create(f"a{number}@x.org")
    refusing = Refusing(PlatformUnavailable(platform="mail", operation="create contacts"))
    world.platforms["mail"].contact_creator = refusing

    await world.cycle()

    assert refusing.most == 2
    assert refusing.asked == ATTEMPTS
