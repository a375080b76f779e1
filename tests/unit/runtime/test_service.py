"""What the daemon does with each job, and what it has done next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from adapters.memory.faults import Fault
from connector.errors import StaleWrite
from connector.ports.control import Job
from connector.runtime.service import GATHERING, HANDED_BACK
from connector.sync.deciding.in_force import take_up
from connector.sync.looking.runs import problems_of, times_of
from connector.sync.tasks import PAST, SCORE_JOB, inbound_job, push_job, share_job, urgent_job
from connector.sync.troubles import troubles
from connector.sync.workspace import Workspace
from tests.builders import T
from tests.unit.runtime.service_world import PULLS, Daemon
from tests.unit.sync.receiving.calls import Calls, opened, removed
from tests.unit.sync.world import World


@pytest.fixture
def world() -> World:
    world = World()
    world.crm.create("a@x.org", job="boss")
    return world


async def test_a_pull_has_scoring_and_the_repair_of_what_drifted_done_next(world: World) -> None:
    daemon = Daemon(world)

    assert set(await daemon.do(PULLS[0])) == {SCORE_JOB, push_job("crm")}


async def test_nobody_is_scored_before_every_stream_was_read_once(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS[:-1], SCORE_JOB)
    assert await world.scores() == {}

    await daemon.do(PULLS[-1], SCORE_JOB)

    assert await world.scores() == {"a@x.org": (5.0, "cold")}


async def test_the_months_before_the_first_decision_are_told_once_everybody_was_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connector.sync.upkeep.cohorts.MONTHS", 1)
    world.crm.create("old@x.org").created_at = T - timedelta(days=60)
    daemon = Daemon(world)

    async def months() -> set[str]:
        async with world.state.read() as tx:
            return {each.month for each in await tx.pictures.cohorts("heat")}

    await daemon.do(*PULLS[:-1], SCORE_JOB, Job(task=PAST))
    assert await months() == set()

    await daemon.do(PULLS[-1], SCORE_JOB, Job(task=PAST))
    assert len(await months()) == 2


async def test_a_first_pull_that_fails_keeps_nobody_waiting(world: World) -> None:
    daemon = Daemon(world)
    world.play(world.mail, *[Fault.ACCESS_REFUSED] * 10)

    await daemon.do(*PULLS, SCORE_JOB)

    assert await world.scores() == {"a@x.org": (5.0, "cold")}


async def test_scoring_has_those_served_who_are_to_show_something_else(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS)

    assert await daemon.do(SCORE_JOB) == [urgent_job("crm")]
    await daemon.do(push_job("crm"))
    assert next(iter(world.crm.people.values())).values["heat_score"] == 5


async def test_a_push_without_anything_due_asks_nothing(world: World) -> None:
    daemon = Daemon(world)
    before = world.crm.requests

    assert await daemon.do(push_job("crm")) == []
    assert world.crm.requests == before


async def test_calls_that_come_close_behind_others_are_gathered_and_the_first_are_not(
    world: World,
) -> None:
    daemon = Daemon(world)

    await daemon.do(inbound_job("crm"), inbound_job("mail"))
    assert world.clock.waits == []
    await daemon.do(inbound_job("crm"))
    assert world.clock.waits == [GATHERING]
    world.clock.advance(GATHERING)
    await daemon.do(inbound_job("crm"))
    world.clock.advance(-timedelta(hours=1))
    await daemon.do(inbound_job("crm"))

    assert world.clock.waits == [GATHERING]


async def test_calls_are_counted_with_when_they_came_and_who_is_told_of_them(
    world: World,
) -> None:
    daemon, calls = Daemon(world), Calls(world)
    await daemon.do(*PULLS, SCORE_JOB)
    (person,) = world.crm.people
    came = world.clock.now()
    await calls.make(opened("1", person, came), at=came)
    world.clock.advance(timedelta(seconds=3))

    await daemon.do(inbound_job("crm"))

    ((platform, received, lanes),) = daemon.tally.received
    assert (platform, received) == ("crm", [came])
    assert "crm" in lanes


async def test_a_job_of_a_platform_that_is_no_more_does_nothing(world: World) -> None:
    daemon = Daemon(world)
    before = world.crm.requests

    assert await daemon.do(Job(task="pull", subject="contacts", lane="gone")) == []
    assert (world.crm.requests, daemon.tally.summaries) == (before, [])


async def test_an_error_we_know_ends_its_job_and_is_told_in_a_line(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(world)

    async def fails(_: Workspace) -> None:
        raise StaleWrite

    monkeypatch.setattr(daemon.service, "upkeep", fails)

    with capture_logs() as logs:
        await daemon.do(Job(task="upkeep"), Job(task="watch"))

    assert [outcome for _, outcome in daemon.tally.ended] == ["failed", "done"]
    assert [(each["log_level"], each["error"]) for each in logs] == [("warning", "StaleWrite")]


async def test_an_error_nobody_foresaw_ends_its_job_alone_and_is_told_with_its_trace(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    daemon = Daemon(world)

    async def breaks(_: Workspace) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(daemon.service, "upkeep", breaks)

    with capture_logs() as logs:
        await daemon.do(Job(task="upkeep"), Job(task="watch"))

    assert [outcome for _, outcome in daemon.tally.ended] == ["failed", "done"]
    assert [each["event"] for each in logs if each.get("exc_info")] == ["job failed"]


async def test_a_run_that_did_something_is_remembered_and_an_idle_one_is_not(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, *PULLS)

    async with world.state.read() as tx:
        assert [run.command for run in await tx.runs.last()] == ["pull contacts crm"]


async def test_a_problem_that_stays_is_told_once(world: World) -> None:
    daemon = Daemon(world)
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 20)

    with capture_logs() as logs:
        await daemon.do(PULLS[0], PULLS[0], PULLS[0])

    assert len([each for each in logs if each["event"] == "problem"]) == 1


async def _runs(world: World) -> list[tuple[str, int, int]]:
    """Return the latest runs, newest first: what, how many problems, how often in a row."""
    async with world.state.read() as tx:
        runs = await tx.runs.last()
    return [(run.command, len(problems_of(run)), times_of(run)) for run in runs]


async def test_failures_in_a_row_are_one_run_and_are_followed_by_one_that_ended_well(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 30)
    await daemon.do(push_job("crm"), push_job("crm"))
    assert (await _runs(world))[0] == ("push crm", 1, 2)
    world.crm.faults.clear()

    with capture_logs() as logs:
        await daemon.do(push_job("crm"))

    assert (await _runs(world))[:2] == [("push crm", 0, 1), ("push crm", 1, 2)]
    assert "trouble is over" in [each["event"] for each in logs]


async def test_another_process_counts_failures_on_and_tells_their_end(world: World) -> None:
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 30)
    await Daemon(world).do(PULLS[0])
    await Daemon(world).do(PULLS[0])
    assert await _runs(world) == [("pull contacts crm", 1, 2)]
    world.crm.faults.clear()

    await Daemon(world).do(PULLS[0])

    assert (await _runs(world))[0] == ("pull contacts crm", 0, 1)


async def test_a_push_that_asks_nothing_while_something_waits_does_not_end_trouble(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 30)
    await daemon.do(push_job("crm"))
    world.crm.faults.clear()
    async with world.state.write() as tx:
        later = world.clock.now() + timedelta(hours=1)
        rows = await tx.outbox.list(platform="crm")
        await tx.outbox.save([replace(row, not_before=later) for row in rows])

    await daemon.do(push_job("crm"))

    async with world.state.read() as tx:
        assert len(await troubles(tx, ["crm"])) == 1


async def test_a_turn_that_asks_nothing_while_a_call_waits_does_not_end_trouble(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    await Calls(world).make(removed("m1", erased=True))
    world.play(world.crm, Fault.ACCESS_REFUSED)

    with capture_logs() as logs:
        await daemon.do(inbound_job("crm"), inbound_job("crm"))

    async with world.state.read() as tx:
        assert len(await troubles(tx, ["crm"])) == 1
    assert "trouble is over" not in [each["event"] for each in logs]


async def test_trouble_of_calls_is_over_with_the_one_that_waited(world: World) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    await Calls(world).make(removed("m1", erased=True))
    world.play(world.crm, Fault.ACCESS_REFUSED)
    await daemon.do(inbound_job("crm"))
    world.clock.advance(timedelta(minutes=5))

    with capture_logs() as logs:
        await daemon.do(inbound_job("crm"))

    async with world.state.read() as tx:
        assert await troubles(tx, ["crm"]) == []
    assert "trouble is over" in [each["event"] for each in logs]


@pytest.mark.parametrize("mended", [push_job("crm"), push_job("crm", force=True)], ids=str)
async def test_trouble_of_a_push_is_over_with_any_push_that_meets_none(
    world: World, mended: Job
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB, push_job("crm"))
    (person,) = world.crm.people.values()
    world.happens(world.crm, person)
    world.clock.advance(timedelta(seconds=1))
    await daemon.do(PULLS[1], SCORE_JOB)
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 10)
    await daemon.do(urgent_job("crm"))
    async with world.state.read() as tx:
        assert [each.part for each in await troubles(tx, ["crm"])] == ["push"]
    world.crm.faults.clear()

    await daemon.do(mended)

    async with world.state.read() as tx:
        assert await troubles(tx, ["crm"]) == []


async def test_a_push_of_a_few_does_not_end_the_trouble_of_one_of_everybody(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    world.play(world.crm, *[Fault.ACCESS_REFUSED] * 10)
    await daemon.do(push_job("crm"))
    world.crm.faults.clear()

    await daemon.do(urgent_job("crm"))

    async with world.state.read() as tx:
        assert len(await troubles(tx, ["crm"])) == 1


async def test_a_platform_that_is_new_is_read_before_whoever_is_new_is_scored(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    before = daemon.workspace
    daemon.reload()
    world.state._committed.notes.pop("first pull:mail events")
    gate = daemon.service._gate

    # Who began before the edit asks in between, and must not answer for who began after it.
    asked = [before, daemon.workspace, before]
    found = [await gate.unread(each) for each in asked]
    assert found == [frozenset(), frozenset({"mail"}), frozenset({"mail"})]


async def test_while_a_platform_is_first_read_those_scored_before_go_on_to_be(
    world: World,
) -> None:
    daemon = Daemon(world)
    await daemon.do(*PULLS, SCORE_JOB)
    (known,) = world.crm.people.values()
    there = world.crm.create("there@x.org", job="boss")
    await daemon.do(*PULLS, SCORE_JOB)
    daemon.reload()
    world.state._committed.notes.pop("first pull:mail events")
    world.mail.create("there@x.org")
    new = world.crm.create("new@x.org", job="boss")
    for person in (known, there, new):
        world.happens(world.crm, person)
    world.clock.advance(timedelta(seconds=1))

    await daemon.do(*PULLS[:3], SCORE_JOB)
    # Whoever is found there may be somebody else once its past is read.
    assert await world.scores() == {"a@x.org": (15.0, "warm"), "there@x.org": (5.0, "cold")}
    await daemon.do(PULLS[-1], SCORE_JOB)

    assert set((await world.scores()).values()) == {(15.0, "warm")}


async def _superseded(world: World) -> Daemon:
    """Return a daemon whose rules another process has superseded since."""
    daemon = Daemon(world)
    await daemon.do(*PULLS)
    other = replace(daemon.workspace, process="another")
    model = replace(other.configuration.model, digest="another")
    other = replace(other, configuration=replace(other.configuration, model=model))
    await take_up(daemon.workspace)
    await take_up(other)
    return daemon


async def test_nobody_is_scored_by_rules_that_another_process_has_superseded(world: World) -> None:
    daemon = await _superseded(world)

    with capture_logs() as logs:
        await daemon.do(SCORE_JOB, SCORE_JOB)
    assert await world.scores() == {}
    assert [each["by"] for each in logs if "by" in each] == ["another"]


@pytest.mark.parametrize("job", [SCORE_JOB, share_job(1, 4)], ids=str)
async def test_a_process_whose_rules_are_superseded_hands_scoring_back(
    world: World, job: Job
) -> None:
    daemon = await _superseded(world)

    assert await daemon.do(job) == [job]
    assert world.clock.waits == [HANDED_BACK]


async def test_what_calls_bring_there_is_left_to_the_other_to_score(world: World) -> None:
    daemon, calls = await _superseded(world), Calls(world)
    (person,) = world.crm.people
    await calls.make(opened("1", person, world.clock.now()))

    assert await daemon.do(inbound_job("crm")) == [SCORE_JOB]
    assert await world.scores() == {}
