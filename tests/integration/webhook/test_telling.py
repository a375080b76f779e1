"""Any tool can be kept in step: whoever is somewhere is told, once, and no more than changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.simulation.faults import Fault
from adapters.simulation.messages import Reply
from connector.domain.ledger import FiringState
from connector.domain.outbound import DeliveryState
from connector.ports.courier import RETRIES
from connector.sync.looking.explaining import explain
from tests.integration.webhook.company import Company

MINUTE = timedelta(minutes=1)


@pytest.fixture
def company() -> Company:
    return Company()


async def test_everybody_who_is_somewhere_is_told_under_our_own_id(company: Company) -> None:
    ann, _ = company.person("ann", "boss"), company.person("ben")
    company.opens(ann, 2)

    summary = await company.sync()

    known = company.told()["ann@x.org"]
    assert (known.attributes, known.lists, known.tags, known.stage) == (
        {"heat": 25, "position": "boss"},
        {"Hot"},
        {"boss"},
        "hot",
    )
    assert company.told()["ben@x.org"].attributes == {"heat": 0}
    assert summary.deliveries["tool"]["delivered"] == 2
    assert all(each.startswith("p") for each in company.tool.records.contacts)


async def test_nothing_is_pulled_from_a_tool_that_is_only_told(company: Company) -> None:
    summary = await company.sync()

    assert summary.unpulled == {"tool"}


async def test_the_lists_of_a_tool_are_explained(company: Company) -> None:
    ann = company.person("ann", "boss")
    company.opens(ann, 2)
    await company.sync()

    told = await explain(company.workspace, "ann@x.org", company.clock.now())

    assert told.lists == {"tool": ["Hot"]}
    assert list(told.platforms) == ["crm"]


async def test_what_is_as_it_was_is_not_told_again(company: Company) -> None:
    company.person("ann", "boss")
    await company.sync()
    calls = len(company.tool.trace)

    await company.sync()

    assert len(company.tool.trace) == calls


async def test_excluded_people_are_not_told_of(company: Company) -> None:
    company.person("me", "staff")

    await company.sync()

    assert company.told() == {}


async def test_a_value_that_comes_back_is_told_again(company: Company) -> None:
    ann = company.person("ann")
    for job in ("boss", "cook", "boss"):
        company.become(ann, job)
        await company.sync()

    assert company.told()["ann@x.org"].attributes == {"heat": 5, "position": "boss"}
    assert company.told()["ann@x.org"].tags == {"boss"}


async def test_whoever_is_nowhere_any_more_is_taken_out(company: Company) -> None:
    ann = company.person("ann", "boss")
    company.opens(ann, 2)
    await company.sync()
    company.crm.remove(ann)

    await company.sync()
    await company.sync()

    known = company.told()["ann@x.org"]
    assert (known.attributes, known.lists, known.tags, known.stage) == (
        {"heat": None, "position": None},
        set(),
        set(),
        None,
    )


async def test_whoever_is_taken_out_is_told_so_once_and_of_again_when_back(
    company: Company,
) -> None:
    ann = company.person("ann", "boss")
    await company.sync()
    company.crm.remove(ann)
    await company.sync()
    calls, (row,) = len(company.tool.trace), await company.rows()

    company.opens(ann)
    await company.sync()
    assert (len(company.tool.trace), await company.rows()) == (calls, [row])

    company.person("ann", "boss")
    await company.sync()
    known = company.told()["ann@x.org"]
    assert (known.attributes, known.tags) == ({"heat": 15, "position": "boss"}, {"boss"})


async def test_whoever_comes_back_is_told_to_be_in_the_stage_of_before(company: Company) -> None:
    ann = company.person("ann", "boss")
    company.opens(ann, 2)
    await company.sync()
    company.crm.remove(ann)
    await company.sync()

    company.opens(company.person("ann", "boss"), 2)
    await company.sync()

    assert company.told()["ann@x.org"].stage == "hot"


async def test_of_two_who_are_one_only_one_is_told_of(company: Company) -> None:
    ann, other = company.person("ann", "boss"), company.person("other", "boss")
    await company.sync()
    company.crm.merge(other, ann)

    await company.sync()

    tags = {email: known.tags for email, known in company.told().items()}
    assert tags == {"ann@x.org": {"boss"}, "other@x.org": set()}


async def test_what_was_told_and_not_answered_counts_once(company: Company) -> None:
    company.person("ann", "boss")
    company.tool.faults.play(Fault.LOST_ANSWER)

    await company.sync()
    await company.sync()

    assert company.tool.records.repeats == 1
    assert company.told()["ann@x.org"].attributes == {"heat": 5, "position": "boss"}
    assert {row.state for row in await company.rows()} == {DeliveryState.CLEAN}


async def test_a_receiver_that_fails_is_tried_for_more_than_a_day_and_then_given_up(
    company: Company,
) -> None:
    company.person("ann")
    company.tool.answer(*[500] * (len(RETRIES) + 1))
    await company.sync()
    calls = [len(company.tool.trace)]

    for wait in RETRIES:
        await company.sync(after=wait * 0.9)
        assert len(company.tool.trace) == calls[-1]
        await company.sync(after=wait * 0.2)
        calls.append(len(company.tool.trace))

    assert calls == list(range(1, len(RETRIES) + 2))
    (row,) = await company.rows()
    assert (row.state, row.attempts) == (DeliveryState.DEAD, len(RETRIES) + 1)
    assert row.last_error is not None
    assert row.last_error.endswith("answered 500; given up after 8 attempts")


async def test_a_receiver_that_asks_for_time_gets_it_for_everybody(company: Company) -> None:
    for number in range(30):
        company.person(f"p{number}")
    company.person("ann")
    company.tool.answer(Reply(status=503, headers={"retry-after": "3600"}))
    await company.sync()

    calls = len(company.tool.trace)
    assert calls <= 8
    await company.sync(after=30 * MINUTE)
    assert len(company.tool.trace) == calls

    await company.sync(after=31 * MINUTE)
    assert company.told()["ann@x.org"].attributes == {"heat": 0}


async def test_an_address_that_is_gone_ends_it_at_once_and_is_told(company: Company) -> None:
    for name in ("ann", "ben", "cid"):
        company.person(name)
    company.tool.answer(*[410] * 9)

    summary = await company.sync()

    assert {row.state for row in await company.rows()} == {DeliveryState.DEAD}
    assert any("answered 410" in each.message for each in summary.problems)
    assert summary.exit_code == 69
    calls = len(company.tool.trace)
    await company.sync()
    assert len(company.tool.trace) == calls


async def test_what_a_trigger_wants_done_is_told_once_under_its_key(company: Company) -> None:
    ann = company.person("ann")
    await company.sync()
    company.opens(ann, 2)
    company.hook.faults.play(Fault.LOST_ANSWER)

    await company.sync()
    for _ in range(3):
        await company.sync()

    hook, mail = (each.records for each in (company.hook, company.tool))
    (fired,) = hook.fired.values()
    assert (fired["trigger"], fired["action"], hook.repeats) == ("call_hot", "webhook", 1)
    assert fired["contact"]["email"] == "ann@x.org"
    assert fired["params"]["heat"] == 20
    assert [each["params"] for each in mail.fired.values()] == [{"template": 7}]
    assert {each.state for each in await company.firings()} == {FiringState.DONE}


async def test_a_hook_that_is_gone_leaves_dead_letters_with_their_cause(company: Company) -> None:
    ann = company.person("ann")
    await company.sync()
    company.opens(ann, 2)
    company.hook.answer(410)

    await company.sync()

    dead = [each for each in await company.firings() if each.state is FiringState.DEAD]
    assert [each.destination for each in dead] == ["webhook SALES_HOOK"]
    assert dead[0].last_error is not None
    assert "answered 410" in dead[0].last_error
