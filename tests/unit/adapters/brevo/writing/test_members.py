"""Members of lists: Brevo says who was moved, and reading says why the others were not."""

from __future__ import annotations

import pytest

from adapters.brevo.lists import BrevoLists
from adapters.brevo.simulator.people import Unleft
from adapters.brevo.writing.lists import BrevoListWriter
from adapters.simulation.faults import Fault
from connector.domain.changes import Addressee, ListChange
from connector.errors import ContactGone, NotSetUp, RejectedByPlatform, UnexpectedAnswer
from tests.unit.adapters.brevo.canned import Answer, Asked, Canned, contact_row
from tests.unit.adapters.brevo.writing.mail import Mail, joining


async def test_a_hundred_and_fifty_are_added_by_one_request(mail: Mail) -> None:
    hot = mail.account.lists.add("Hot")
    people = mail.people(150)

    outcomes = await mail.list_writer.write_lists([joining(each, "Hot") for each in people])

    assert {each.error for each in outcomes} == {None}
    assert set(hot.members) == {each.id for each in people}
    assert mail.asked("POST", "/contacts/lists") == 1


async def test_who_was_there_already_is_told_from_who_was_added(mail: Mail) -> None:
    hot = mail.account.lists.add("Hot")
    ann, bob = mail.people(2)
    mail.account.lists.put_in(hot, [ann])

    outcomes = await mail.list_writer.write_lists([joining(ann, "Hot"), joining(bob, "Hot")])

    assert [(each.error, each.is_unchanged) for each in outcomes] == [(None, True), (None, False)]


@pytest.mark.parametrize("is_member", [True, False])
async def test_that_nobody_could_be_moved_is_no_error_when_all_are_as_they_should_be(
    mail: Mail, is_member: bool
) -> None:
    hot = mail.account.lists.add("Hot")
    people = mail.people(2)
    mail.account.lists.put_in(hot, people if is_member else [])

    outcomes = await mail.list_writer.write_lists(
        [joining(each, "Hot", is_member=is_member) for each in people]
    )

    assert [(each.error, each.is_unchanged) for each in outcomes] == [(None, True)] * 2


async def test_who_is_not_there_any_more_is_told_from_the_others(mail: Mail) -> None:
    mail.account.lists.add("Hot")
    ann, bob = mail.people(2)
    mail.account.remove(ann)
    odd = ListChange(to=Addressee(remote_id="x"), list_name="Hot", is_member=True)

    outcomes = await mail.list_writer.write_lists([joining(ann, "Hot"), joining(bob, "Hot"), odd])

    assert [type(each.error) for each in outcomes] == [ContactGone, type(None), ContactGone]


async def test_that_nobody_of_them_exists_is_told_of_each(mail: Mail) -> None:
    mail.account.lists.add("Hot")
    people = mail.people(2)
    for each in people:
        mail.account.remove(each)

    outcomes = await mail.list_writer.write_lists([joining(each, "Hot") for each in people])

    assert [type(each.error) for each in outcomes] == [ContactGone] * 2


async def test_whoever_unsubscribed_from_a_list_is_not_added_to_it_again(mail: Mail) -> None:
    hot = mail.account.lists.add("Hot")
    mail.account.unsubscribes_by_list = True
    ann, bob = mail.people(2)
    mail.account.people.change(ann, lambda: ann.left_ids.add(hot.id), mail.clock.now())

    refused, added = await mail.list_writer.write_lists([joining(ann, "Hot"), joining(bob, "Hot")])

    assert isinstance(refused.error, RejectedByPlatform)
    assert "unsubscribed from this list" in str(refused.error)
    assert added.error is None
    assert set(hot.members) == {bob.id}


@pytest.mark.parametrize("unleft", Unleft)
async def test_whoever_unsubscribed_is_seen_behind_many_who_did_not_whatever_these_show(
    mail: Mail, unleft: Unleft
) -> None:
    hot = mail.account.lists.add("Hot")
    mail.account.unsubscribes_by_list = True
    mail.account.unleft = unleft
    people = mail.people(150)
    await mail.list_writer.write_lists([joining(each, "Hot") for each in people[:20]])
    people[140].left_ids.add(hot.id)

    outcomes = await mail.list_writer.write_lists([joining(each, "Hot") for each in people])

    refused = [place for place, each in enumerate(outcomes) if each.error is not None]
    assert refused == [140]
    assert people[140].id not in hot.members


async def test_where_it_is_not_said_who_unsubscribed_nobody_is_added() -> None:
    def answer(asked: Asked) -> Answer:
        if asked.path == "/contacts/lists":
            return 200, {"lists": [{"id": 4, "name": "Hot"}], "count": 1}
        return 200, contact_row(7) | {"listUnsubscribed": "4"}

    canned = Canned(answer)
    account = canned.account()
    ann = ListChange(to=Addressee(remote_id="7"), list_name="Hot", is_member=True)

    with pytest.raises(UnexpectedAnswer):
        await BrevoListWriter(account, BrevoLists(account)).write_lists([ann])

    assert {each.method for each in canned.asked} == {"GET"}


async def test_members_of_a_list_that_there_is_not_wait_until_it_is_made(mail: Mail) -> None:
    people = mail.people(3)

    outcomes = await mail.list_writer.write_lists([joining(each, "Hot") for each in people])

    assert [type(each.error) for each in outcomes] == [NotSetUp] * 3
    assert "there is no list `Hot`" in str(outcomes[0].error)
    assert mail.asked("POST") == 0


async def test_a_list_made_a_moment_ago_is_known(mail: Mail) -> None:
    ann = mail.person()
    await mail.lists.id_of("Hot")
    hot = mail.account.lists.add("Hot")

    await mail.list_writer.write_lists([joining(ann, "Hot")])

    assert set(hot.members) == {ann.id}


async def test_a_list_deleted_a_moment_ago_is_looked_for_anew(mail: Mail) -> None:
    ann = mail.person()
    gone = mail.account.lists.add("Hot")
    await mail.lists.id_of("Hot")
    mail.account.lists.remove(gone)
    anew = mail.account.lists.add("Hot")

    (waits,) = await mail.list_writer.write_lists([joining(ann, "Hot")])
    (done,) = await mail.list_writer.write_lists([joining(ann, "Hot")])

    assert (type(waits.error), done.error) == (NotSetUp, None)
    assert set(anew.members) == {ann.id}


async def test_an_answer_that_moved_nobody_is_no_success(mail: Mail) -> None:
    mail.account.lists.add("Hot")
    ann = mail.person()
    mail.simulator.faults.play(Fault.DID_NOTHING, on="POST")

    (outcome,) = await mail.list_writer.write_lists([joining(ann, "Hot")])

    assert isinstance(outcome.error, UnexpectedAnswer)


async def test_of_two_lists_with_one_name_the_older_one_is_meant(mail: Mail) -> None:
    older, newer = mail.account.lists.add("Hot"), mail.account.lists.add("Hot")
    ann = mail.person()

    await mail.list_writer.write_lists([joining(ann, "Hot")])

    assert (set(older.members), set(newer.members)) == ({ann.id}, set())
