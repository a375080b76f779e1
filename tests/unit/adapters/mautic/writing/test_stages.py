"""Contacts move between stages forward and back, and where they do not that is said."""

from __future__ import annotations

import pytest

from connector.domain.changes import Addressee, Outcome, StageChange
from connector.errors import ContactGone, NotSetUp, RejectedByPlatform
from tests.unit.adapters.mautic.writing.canned import Asked, Canned, Response, echoed
from tests.unit.adapters.mautic.writing.instance import Instance, to

STAGES = (200, {"total": 2, "stages": [{"id": 1, "name": "cold"}, {"id": 2, "name": "hot"}]})


def staged(stage: int | None) -> dict[str, object]:
    return {"id": 11, "fields": {"all": {}}, "stage": None if stage is None else {"id": stage}}


def stubborn(stage: int | None) -> Response:
    return 200, {"contacts": [staged(stage)], "statusCodes": [200]}


@pytest.mark.parametrize("version", ["3.3.5", "4.4.13", "5.1.0", "7.1.0"])
async def test_contacts_go_forward_and_back(version: str) -> None:
    mautic = Instance(version=version)
    people = mautic.people(3)
    cold, hot = mautic.account.add_stage("cold", 1), mautic.account.add_stage("hot", 10)
    writer = mautic.parts.stage_writer
    found = []

    for name in ("hot", "cold"):
        changes = [StageChange(to=to(each), stage=name) for each in people]
        outcomes = await writer.write_stages(changes)
        found.append((list(outcomes), {each.stage for each in people}))

    assert found == [([Outcome()] * 3, {hot}), ([Outcome()] * 3, {cold})]


async def test_stages_are_those_that_are_published_now() -> None:
    mautic = Instance()
    mautic.account.add_stage("cold", 1)
    hidden = mautic.account.add_stage("warm", 5)
    mautic.account.stages[hidden]["isPublished"] = False
    before = await mautic.parts.stage_writer.stages()
    mautic.account.add_stage("hot", 10)

    assert (before, await mautic.parts.stage_writer.stages()) == (["cold"], ["cold", "hot"])


async def test_forward_takes_one_request_for_all() -> None:
    mautic = Instance()
    mautic.account.add_stage("hot", 10)
    people = mautic.people(3)

    await mautic.parts.stage_writer.write_stages(
        [StageChange(to=to(each), stage="hot") for each in people]
    )

    assert [*mautic.asked("PATCH"), *mautic.asked("POST")] == ["/api/contacts/batch/edit"]


async def test_a_stage_that_is_missing_waits_and_one_who_is_gone_is_gone() -> None:
    mautic = Instance()
    mautic.account.add_stage("hot", 10)
    (ann,) = mautic.people(1)
    changes = [
        StageChange(to=to(ann), stage="tepid"),
        StageChange(to=Addressee(remote_id="99"), stage="hot"),
        StageChange(to=Addressee(remote_id="x"), stage="hot"),
        StageChange(to=to(ann), stage="hot"),
    ]

    outcomes = await mautic.parts.stage_writer.write_stages(changes)

    kinds = [NotSetUp, ContactGone, RejectedByPlatform, type(None)]
    assert [type(each.error) for each in outcomes] == kinds


async def test_who_cannot_be_moved_back_stays_and_a_field_is_named_instead() -> None:
    done = (200, {"success": 1})
    canned = Canned([STAGES, stubborn(2), done, done, (200, {"contact": staged(2)})])
    change = StageChange(to=Addressee(remote_id="11"), stage="cold")

    (outcome,) = await canned.parts().stage_writer.write_stages([change])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert "under `attributes`" in str(outcome.error)
    assert [each.path for each in canned.asked[2:]] == [
        "/api/stages/2/contact/11/remove",
        "/api/stages/1/contact/11/add",
        "/api/contacts/11",
    ]


async def test_who_was_taken_out_and_not_let_in_is_put_back() -> None:
    done = (200, {"success": 1})
    canned = Canned([STAGES, stubborn(2), done, done, (200, {"contact": staged(None)}), done])
    change = StageChange(to=Addressee(remote_id="11"), stage="cold")

    (outcome,) = await canned.parts().stage_writer.write_stages([change])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert canned.asked[-1] == Asked("POST", "/api/stages/2/contact/11/add", None)


async def test_who_is_refused_a_stage_is_moved_the_other_way() -> None:
    refusal = {"message": "stage: not valid", "code": 400, "type": None}
    body = {"contacts": [staged(2)], "statusCodes": [400], "errors": [refusal]}
    done = (200, {"success": 1})
    seen = [(200, {"contact": staged(each)}) for each in (2, 1)]
    canned = Canned([STAGES, (200, body), seen[0], done, done, seen[1]])
    change = StageChange(to=Addressee(remote_id="11"), stage="cold")

    outcomes = await canned.parts().stage_writer.write_stages([change])

    assert outcomes == [Outcome()]


async def test_an_answer_that_shows_no_stages_is_looked_at_again() -> None:
    canned = Canned([STAGES, echoed, (200, {"contact": staged(1)})])
    change = StageChange(to=Addressee(remote_id="11"), stage="cold")

    outcomes = await canned.parts().stage_writer.write_stages([change])

    assert outcomes == [Outcome()]
    assert [each.path for each in canned.asked[1:]] == [
        "/api/contacts/batch/edit",
        "/api/contacts/11/edit",
    ]
