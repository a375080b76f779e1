"""Contacts come into segments and go; who was in one before is known, and filters are let be."""

from __future__ import annotations

import pytest

from adapters.mautic.simulator import Quirks
from connector.domain.changes import Addressee, ListChange, Outcome
from connector.errors import ContactGone, NotSetUp, RejectedByPlatform, UnexpectedAnswer
from tests.unit.adapters.mautic.writing.canned import Canned
from tests.unit.adapters.mautic.writing.instance import Instance, moving

NOBODY = Addressee(remote_id="99")
CANNED_LIST = (200, {"total": 1, "lists": {"7": {"id": 7, "name": "Hot", "filters": []}}})
NO_MEMBERS = (200, {"total": "0", "stats": []})


async def test_many_are_added_by_one_request_and_taken_out_one_by_one() -> None:
    mautic = Instance()
    people = mautic.people(3)
    hot = mautic.account.segments.add("Hot")["id"]
    writer = mautic.parts.list_writer

    come = await writer.write_lists([moving(each, "Hot") for each in people])
    there = mautic.account.segments.members(hot)
    go = await writer.write_lists([moving(each, "Hot", is_member=False) for each in people[:2]])

    assert [*come, *go] == [Outcome()] * 5
    assert set(there) == {each.id for each in people}
    assert set(mautic.account.segments.members(hot)) == {people[2].id}
    assert len(mautic.asked("POST", "/contacts/add")) == 1
    assert len(mautic.asked("POST", "/remove")) == 2


async def test_whoever_is_where_they_belong_is_not_touched() -> None:
    mautic = Instance()
    ann, bob = mautic.people(2)
    mautic.account.segments.add("Hot", members=[ann])
    writer = mautic.parts.list_writer

    come = await writer.write_lists([moving(ann, "Hot"), moving(bob, "Hot")])
    go = await writer.write_lists([moving(ann, "Hot", is_member=False)])
    gone = await writer.write_lists([moving(ann, "Hot", is_member=False)])

    assert [each.is_unchanged for each in (*come, *go, *gone)] == [True, False, False, True]


async def test_who_was_taken_out_by_hand_comes_back_when_added() -> None:
    mautic = Instance(quirks=Quirks(removals_stick=True))
    (ann,) = mautic.people(1)
    hot = mautic.account.segments.add("Hot", members=[ann])["id"]
    writer = mautic.parts.list_writer

    await writer.write_lists([moving(ann, "Hot", is_member=False)])
    away = set(mautic.account.segments.members(hot))
    await writer.write_lists([moving(ann, "Hot")])

    assert (away, set(mautic.account.segments.members(hot))) == (set(), {ann.id})


async def test_who_is_gone_is_told_apart_from_the_others() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    mautic.account.segments.add("Hot")
    changes = [
        moving(ann, "Hot"),
        ListChange(to=NOBODY, list_name="Hot", is_member=True),
        ListChange(to=Addressee(remote_id="x"), list_name="Hot", is_member=True),
    ]

    outcomes = await mautic.parts.list_writer.write_lists(changes)

    assert [type(each.error) for each in outcomes] == [type(None), ContactGone, ContactGone]


async def test_whom_the_account_may_not_edit_is_refused() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    mautic.account.segments.add("Hot")
    rights = {"lead:leads:viewown", "lead:leads:viewother", "lead:lists:viewother"}
    mautic.account.keys.add_user("reader", "p", rights=rights)
    writer = mautic.connected("reader", "p").list_writer

    (outcome,) = await writer.write_lists([moving(ann, "Hot")])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert not isinstance(outcome.error, ContactGone)


async def test_a_segment_that_is_missing_or_has_a_filter_waits_for_a_person() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    mautic.account.segments.add("Rich", rule=lambda _: True)
    writer = mautic.parts.list_writer

    with pytest.raises(NotSetUp, match="has no segment `Hot`"):
        await writer.write_lists([moving(ann, "Hot")])
    with pytest.raises(NotSetUp, match="decides itself who is in the segment `Rich`"):
        await writer.write_lists([moving(ann, "Rich")])

    assert mautic.asked("POST") == []


async def test_a_segment_that_was_made_meanwhile_is_found() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    writer = mautic.parts.list_writer
    with pytest.raises(NotSetUp):
        await writer.write_lists([moving(ann, "Hot")])

    hot = mautic.account.segments.add("Hot")["id"]
    await writer.write_lists([moving(ann, "Hot")])

    assert set(mautic.account.segments.members(hot)) == {ann.id}


@pytest.mark.parametrize("is_member", [True, False])
async def test_a_segment_that_goes_while_it_is_written_waits_too(*, is_member: bool) -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    made = mautic.account.segments.add("Hot", members=[] if is_member else [ann])
    writer = mautic.parts.list_writer
    await mautic.parts.lists.find("Hot")
    del mautic.account.segments.by_id[made["id"]]

    found = None
    try:
        (outcome,) = await writer.write_lists([moving(ann, "Hot", is_member=is_member)])
        found = outcome.error
    except NotSetUp as error:
        found = error

    assert isinstance(found, NotSetUp)


@pytest.mark.parametrize(
    "told", [{"success": 1}, {"success": 1, "details": []}, {"success": 1, "details": {"11": {}}}]
)
async def test_who_is_not_said_to_be_added_was_not(told: object) -> None:
    seen = {"total": "1", "contacts": {"11": {"id": 11, "fields": {"all": {}}}}}
    canned = Canned([CANNED_LIST, NO_MEMBERS, (200, told), (200, seen)])
    change = ListChange(to=Addressee(remote_id="11"), list_name="Hot", is_member=True)

    (outcome,) = await canned.parts().list_writer.write_lists([change])

    assert outcome.error is not None


async def test_a_removal_that_nobody_confirms_is_no_success() -> None:
    inside = (200, {"total": "1", "stats": [{"lead_id": "11"}]})
    canned = Canned([CANNED_LIST, inside, (200, {})])
    change = ListChange(to=Addressee(remote_id="11"), list_name="Hot", is_member=False)

    with pytest.raises(UnexpectedAnswer):
        await canned.parts().list_writer.write_lists([change])
