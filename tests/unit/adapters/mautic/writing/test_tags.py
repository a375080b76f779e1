"""Tags are set and cleared, all of a contact by one request, and its other tags stay."""

from __future__ import annotations

import pytest

from adapters.mautic.simulator.contacts import Contact
from connector.domain.changes import Addressee, Outcome, TagChange
from connector.errors import ContactGone, RejectedByPlatform, UnexpectedAnswer
from tests.unit.adapters.mautic.writing.canned import Asked, Canned
from tests.unit.adapters.mautic.writing.instance import Instance, to


def tag(contact: Contact, name: str, *, is_set: bool = True) -> TagChange:
    return TagChange(to=to(contact), tag=name, is_set=is_set)


async def test_all_changes_of_all_contacts_are_one_request() -> None:
    mautic = Instance()
    ann, bob = mautic.people(2)
    writer = mautic.parts.tag_writer
    await writer.write_tags([tag(ann, "old"), tag(ann, "vip"), tag(bob, "vip")])

    outcomes = await writer.write_tags(
        [tag(ann, "hot"), tag(bob, "cold"), tag(ann, "vip", is_set=False)]
    )

    assert outcomes == [Outcome()] * 3
    assert (ann.tags, bob.tags) == ({"old", "hot"}, {"vip", "cold"})
    assert len(mautic.asked("PATCH")) == 2


@pytest.mark.parametrize("version", ["4.4.13", "5.1.0", "7.1.0"])
@pytest.mark.parametrize("name", ["vip", 'hot, "very"', "R&D", "it's", "Été"])
async def test_a_tag_is_known_again_however_mautic_writes_it(version: str, name: str) -> None:
    mautic = Instance(version=version)
    (ann,) = mautic.people(1)
    writer = mautic.parts.tag_writer

    come = await writer.write_tags([tag(ann, name)])
    there = len(ann.tags)
    go = await writer.write_tags([tag(ann, name, is_set=False)])

    assert [*come, *go] == [Outcome(), Outcome()]
    assert (there, ann.tags) == (1, set())


@pytest.mark.parametrize("name", ["-vip", " -vip", "", " ", "x" * 192, "&" + "x" * 187])
async def test_a_tag_that_would_mean_something_else_is_refused_unasked(name: str) -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)

    bad, good = await mautic.parts.tag_writer.write_tags([tag(ann, name), tag(ann, "vip")])

    assert isinstance(bad.error, RejectedByPlatform)
    assert (good, ann.tags) == (Outcome(), {"vip"})


async def test_a_tag_that_is_written_otherwise_is_another_one_and_stays() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    mautic.account.tag("VIP")
    ann.tags.add("VIP")
    writer = mautic.parts.tag_writer

    come = await writer.write_tags([tag(ann, "vip"), tag(ann, "x" * 191)])
    go = await writer.write_tags([tag(ann, "vip", is_set=False)])

    assert [*come, *go] == [Outcome()] * 3
    assert ann.tags == {"VIP", "x" * 191}


async def test_who_is_gone_or_has_no_id_costs_nobody_else_anything() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    changes = [
        TagChange(to=Addressee(remote_id="99"), tag="vip", is_set=True),
        TagChange(to=Addressee(remote_id="x"), tag="vip", is_set=True),
        tag(ann, "vip"),
    ]

    outcomes = await mautic.parts.tag_writer.write_tags(changes)

    kinds = [ContactGone, RejectedByPlatform, type(None)]
    assert [type(each.error) for each in outcomes] == kinds


@pytest.mark.parametrize("tags", [[], None, "vip", {}, [{"tag": "other"}]], ids=str)
async def test_a_tag_that_is_not_shown_is_not_set(tags: object) -> None:
    row = {"id": 11, "fields": {"all": {}}, "tags": tags}
    canned = Canned([(200, {"contacts": [row], "statusCodes": [200]}), (200, {"contact": row})])
    change = TagChange(to=Addressee(remote_id="11"), tag="vip", is_set=True)

    (outcome,) = await canned.parts().tag_writer.write_tags([change])

    assert isinstance(outcome.error, UnexpectedAnswer)
    assert canned.asked[0] == Asked(
        "PATCH", "/api/contacts/batch/edit", [{"id": 11, "tags": ["vip"]}]
    )
