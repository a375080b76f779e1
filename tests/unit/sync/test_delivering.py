"""What triggers want done on a platform is done once, and not for those who opted out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from adapters.memory.faults import Fault
from adapters.memory.reading import MemoryReader
from adapters.memory.writing import MemoryWriter
from connector.domain.changes import Action, Addressee, Outcome
from connector.domain.contacts import Contact, Reading
from connector.domain.ledger import FiringState
from connector.errors import AccessRefused, NothingSent, PlatformUnavailable
from connector.sync.triggers.delivering import Delivered
from tests.unit.sync.acting import Actor, delivered, doing, fired, states
from tests.unit.sync.alarms import HOUR, Alarms, a_trigger
from tests.unit.sync.pushing import FAULTS
from tests.unit.sync.world import MODEL, PLATFORMS

DONE, DEAD, DROPPED = FiringState.DONE, FiringState.DEAD, FiringState.DROPPED
PENDING = FiringState.PENDING

PUSH = "{push: {platform: mail}}"
MAIL = "{email: {platform: mail, template: 7}}"
CAMPAIGN = "{campaign: {platform: crm, id: 4}}"
TASK = "{task: {platform: mail, title: Call}}"


async def test_what_is_pending_is_done_with_all_that_it_takes_along() -> None:
    world, (person,) = await fired()

    done = await delivered(world)

    assert (done.done, done.calls, done.problems, done.errors) == (1, 1, [], [])
    (action,) = world.crm.done.values()
    assert (action.trigger, action.kind, action.to.remote_id) == ("call", "email", person.id)
    assert (action.to.email, action.params) == ("p0@x.org", {"template": Decimal(12)})
    assert await states(world) == [DONE]


async def test_what_is_done_is_not_done_again() -> None:
    world, _ = await fired()
    await delivered(world)

    assert (await delivered(world)).calls == 0
    assert (await world.sync()).deliveries == {}


async def test_a_cycle_decides_and_delivers() -> None:
    world = Alarms(a_trigger("backfill: true"))
    world.newcomers("ann", job="boss")

    summary = await world.sync()

    assert summary.triggers == {"call": 1}
    assert summary.deliveries["crm"]["calls"] == 1
    assert len(world.crm.done) == 1


async def test_what_a_dead_process_had_begun_is_done_under_the_same_key() -> None:
    world, (person,) = await fired()
    async with world.state.write() as tx:
        now = world.clock.now()
        (leased,) = await tx.triggers.lease("crm", owner="x", now=now, until=now, limit=9)
    to = Addressee(remote_id=person.id)
    begun = Action(key=leased.key, trigger="call", kind="email", to=to, at=leased.at)
    await MemoryWriter(world.crm).perform([begun])

    await world.sync()

    assert await states(world) == [DONE]
    assert world.crm.done == {leased.key: begun}


@pytest.mark.parametrize("triggers", [a_trigger(), doing(CAMPAIGN)], ids=["email", "campaign"])
async def test_nothing_reaches_whoever_opted_out(triggers: str) -> None:
    world, (person,) = await fired(triggers)
    person.opted_out = True
    world.crm.touch(person)

    await world.sync()

    (firing,) = await world.firings()
    assert (firing.state, firing.last_error) == (DROPPED, "the contact has opted out")
    assert world.crm.done == {}


async def test_opting_out_on_one_platform_counts_for_all() -> None:
    world, _ = await fired()
    world.mail.create("p0@x.org").opted_out = True

    await world.sync()

    assert await states(world) == [DROPPED]


async def test_a_record_that_is_gone_opts_nobody_out_where_another_is_left() -> None:
    world, _ = await fired()
    old = world.mail.create("p0@x.org")
    old.opted_out = True
    await world.sync(pushes=False)
    world.mail.create("p0@x.org")
    world.mail.remove(old)

    await world.sync()

    assert await states(world) == [DONE]


async def test_the_refusal_of_a_record_that_is_gone_stands_where_none_is_left() -> None:
    world, _ = await fired()
    old = world.mail.create("p0@x.org")
    old.opted_out = True
    await world.sync(pushes=False)
    world.mail.remove(old)

    await world.sync()

    assert await states(world) == [DROPPED]


async def test_a_push_is_no_message_to_the_person() -> None:
    world, (person,) = await fired(doing(PUSH))
    person.opted_out = True
    world.crm.touch(person)

    await world.sync()

    assert [each.email for each in world.mail.people.values()] == ["p0@x.org"]
    assert await states(world) == [DONE]


async def test_a_push_creates_whoever_is_absent_and_what_follows_reaches_them() -> None:
    world, _ = await fired(doing(MAIL, PUSH))

    done = await delivered(world, "mail")

    assert (done.done, done.calls) == (2, 2)
    (person,) = world.mail.people.values()
    (action,) = world.mail.done.values()
    assert (person.email, action.to.remote_id) == ("p0@x.org", person.id)
    assert (await delivered(world, "mail")).calls == 0


async def test_a_push_leaves_alone_whoever_is_there() -> None:
    world, _ = await fired(doing(PUSH))
    world.mail.create("p0@x.org")
    await world.sync(pushes=False)

    done = await delivered(world, "mail")

    assert (done.done, done.calls) == (1, 0)


async def test_nobody_is_created_without_an_address() -> None:
    world, (person,) = await fired(doing(PUSH))
    person.email = None
    world.crm.touch(person)
    await world.sync(pushes=False)

    done = await delivered(world, "mail")

    assert (done.dead, world.mail.people) == (1, {})
    assert "has no e-mail address" in str(done.problems[0])


async def test_whoever_has_no_record_there_gets_no_mail_from_there_which_is_no_trouble() -> None:
    world, _ = await fired(doing(MAIL))

    done = await delivered(world, "mail")

    assert (done.dropped, done.dead, done.calls) == (1, 0, 0)
    assert done.problems == []


async def test_a_task_about_somebody_without_a_record_there_is_told_as_dead() -> None:
    world, _ = await fired(doing(TASK))

    done = await delivered(world, "mail")

    assert (done.dead, done.calls) == (1, 0)
    assert str(done.problems[0]) == (
        "triggers.call: 1 action on mail: the contact has no record there"
    )


async def test_whoever_is_still_to_be_created_there_gets_their_mail_after_that() -> None:
    world, _ = await fired(doing(MAIL))
    text = PLATFORMS.replace("mail: {adapter: memory}", "mail: {adapter: memory, create: true}")
    world.configure(f"{text}{MODEL}targets: {{mail: {{on_drift: keep}}}}\n{doing(MAIL)}")
    world.clock.advance(HOUR)
    await world.sync(pulls=False, pushes=False)

    waited = await delivered(world, "mail")
    held = await states(world)
    await world.sync()

    assert (waited.dead, waited.problems, held) == (0, [], [PENDING])
    assert await states(world) == [DONE]
    assert [each.to.email for each in world.mail.done.values()] == ["p0@x.org"]


async def test_a_push_where_nobody_can_be_created_is_an_action_under_our_id() -> None:
    world, _ = await fired(doing(PUSH))
    world.platforms["mail"].contact_creator = None
    seen: list[Action] = []

    class Noting(MemoryWriter):
        async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
            seen.extend(actions)
            return [Outcome()] * len(actions)

    world.platforms["mail"].actions = Noting(world.mail)

    await delivered(world, "mail")

    (action,) = seen
    assert (action.kind, action.to.email) == ("push", "p0@x.org")
    assert action.to.remote_id.startswith("p_")


async def test_a_platform_that_is_down_is_asked_again_by_a_later_run() -> None:
    world, _ = await fired(people=2)
    world.play(world.crm, *FAULTS)

    done = await delivered(world)

    assert (done.done, done.failed) == (0, 2)
    assert isinstance(done.errors[0], PlatformUnavailable)
    assert [each.attempts for each in await world.firings()] == [1, 1]
    assert (await delivered(world)).done == 2


async def test_waiting_for_a_limit_is_no_attempt() -> None:
    world, _ = await fired()
    world.play(world.crm, *[Fault.RATE_LIMITED] * 3)

    assert (await delivered(world)).done == 1
    assert [each.attempts for each in await world.firings()] == [0]


async def test_where_nothing_may_be_sent_is_no_call_and_no_attempt() -> None:
    world, _ = await fired(people=2)
    error = NothingSent("crm: its address is not a public one", platform="crm", operation="act")

    class Unreachable(Actor):
        async def perform(self, actions: Sequence[Action]) -> Sequence[Outcome]:
            raise error

    Unreachable(world)

    done = await delivered(world)

    assert (done.calls, done.failed, done.errors) == (0, 0, [error])
    for firing in await world.firings():
        waits = (firing.state, firing.attempts, firing.not_before, firing.last_error)
        assert waits == (PENDING, 0, None, str(error))


async def test_a_platform_that_refuses_the_key_ends_its_turn() -> None:
    world, _ = await fired()
    world.play(world.crm, Fault.ACCESS_REFUSED)

    done = await delivered(world)

    assert isinstance(done.errors[0], AccessRefused)
    assert await states(world) == [PENDING]


async def test_an_action_whose_outcome_is_unknown_is_done_again_under_its_key() -> None:
    world, _ = await fired()
    world.play(world.crm, Fault.DID_NOTHING)

    first = await delivered(world)

    assert (first.failed, await states(world)) == (1, [PENDING])
    assert (await delivered(world)).done == 1
    assert len(world.crm.done) == 1


async def test_a_record_that_is_gone_meanwhile_is_rejected() -> None:
    world, (person,) = await fired()
    del world.crm.people[person.id]

    done = await delivered(world)

    assert (done.dead, await states(world)) == (1, [DEAD])


class Follows(MemoryReader):
    """Answers for a record that was merged away with the one it was merged into."""

    async def fetch(self, remote_ids: Sequence[str], reading: Reading) -> Sequence[Contact]:
        people = self.account.people.values()
        heirs = {each.id for each in people if {*each.merged_ids} & {*remote_ids}}
        return await super().fetch(sorted({*remote_ids, *heirs}), reading)


async def test_what_was_to_be_done_about_a_record_that_was_merged_is_done_about_the_other() -> None:
    world, (person, heir) = await fired(people=2)
    world.platforms["crm"].lookup = Follows(account=world.crm, page_size=100)
    (first, _) = await world.firings()
    async with world.state.write() as tx:
        await tx.triggers.save([replace(first, state=DROPPED)])
    world.crm.merge(heir, person)

    done = await delivered(world)

    (action,) = world.crm.done.values()
    assert (action.to.remote_id, done.done, done.dead) == (person.id, 1, 0)


async def test_what_was_done_about_the_other_already_is_not_done_again() -> None:
    world, (person, heir) = await fired(people=2)
    world.platforms["crm"].lookup = Follows(account=world.crm, page_size=100)
    world.crm.merge(heir, person)

    done = await delivered(world)

    (action,) = world.crm.done.values()
    assert (action.to.remote_id, done.done, done.dead) == (person.id, 1, 0)
    assert {*await states(world)} == {DONE, DROPPED}


async def test_while_nobody_can_be_asked_who_is_missing_nothing_is_given_up() -> None:
    world, (person,) = await fired()
    del world.crm.people[person.id]

    class Down(MemoryReader):
        async def fetch(self, *_: object) -> Sequence[Contact]:
            raise PlatformUnavailable("is down", platform="crm", operation="fetch")

    world.platforms["crm"].lookup = Down(account=world.crm, page_size=100)
    done = await delivered(world)

    assert (done.dead, await states(world)) == (0, [PENDING])


async def test_a_platform_without_actions_leaves_them_pending() -> None:
    world, _ = await fired()
    world.platforms["crm"].actions = None

    assert await delivered(world) == Delivered()
    assert await states(world) == [PENDING]


async def test_a_kind_that_the_adapter_does_not_declare_stays_pending() -> None:
    world, _ = await fired()
    able = replace(world.configuration.platforms[0].adapter.capabilities, action_kinds=frozenset())
    adapter = replace(world.configuration.platforms[0].adapter, capabilities=able)
    entry = replace(world.configuration.platforms[0], adapter=adapter)
    world.configuration = replace(
        world.configuration, platforms=(entry, *world.configuration.platforms[1:])
    )

    done = await delivered(world)

    assert (done.failed, done.calls, await states(world)) == (0, 0, [PENDING])


async def test_what_a_trigger_wanted_that_is_gone_is_not_done() -> None:
    world, _ = await fired()
    world.edit("")

    done = await delivered(world)

    assert (done.dropped, world.crm.done) == (1, {})


async def test_what_no_courier_is_there_for_stays_pending() -> None:
    world, _ = await fired(doing("{notify: SALES}", "{webhook: HOOK}"))

    await world.sync()

    assert await states(world) == [PENDING, PENDING]


async def test_only_the_platform_asked_for_is_asked_to_act() -> None:
    world, _ = await fired()

    await world.sync(only="mail")
    assert world.crm.done == {}

    await world.sync(only="crm")
    assert len(world.crm.done) == 1


async def test_a_platform_whose_push_failed_is_not_asked_to_act() -> None:
    targets = "targets: {crm: {attributes: {heat_score: heat}}}\n"
    world, _ = await fired(targets + a_trigger())
    world.platforms["crm"].attribute_writer = None

    await world.sync()

    assert world.crm.done == {}
