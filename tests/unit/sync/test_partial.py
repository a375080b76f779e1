"""A contact that a call tells in part leaves alone what it does not tell."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.contacts import Contact, Removal
from connector.domain.records import Record
from tests.builders import T, a_contact
from tests.unit.sync.intake import Intake

HOUR = timedelta(hours=1)
EMAILS = frozenset({"emails"})
OPTED_OUT = frozenset({"opted_out"})


def a_part(hours: int = 0, **fields: object) -> Contact:
    told = {"tells": frozenset(), "modified_at": T + hours * HOUR, **fields}
    return Contact(remote_id="1", **told)  # type: ignore[arg-type]  # the caller names fields


async def record_of(intake: Intake) -> Record:
    async with intake.state.read() as tx:
        return (await tx.contacts.records("crm", ["1"]))["1"]


async def test_what_is_not_told_stays() -> None:
    intake = Intake()
    whole = a_contact("1", "a@x.org", attributes={"job": "cook"}, opted_out=True)
    await intake.contacts("crm", whole)

    await intake.contacts("crm", a_part(1))

    record = await record_of(intake)
    assert (record.emails, record.opted_out) == (("a@x.org",), True)
    assert record.attributes == {"job": "cook", "email": "a@x.org"}


async def test_what_is_told_counts_and_none_clears() -> None:
    intake = Intake()
    await intake.contacts("crm", a_part(emails=("a@x.org",), attributes={"job": "cook"}))

    await intake.contacts("crm", a_part(1, attributes={"job": None}))
    await intake.contacts("crm", a_part(1, emails=("b@x.org",), tells=EMAILS))
    await intake.contacts("crm", a_part(1, opted_out=True, tells=OPTED_OUT))

    record = await record_of(intake)
    assert (record.emails, record.opted_out) == (("b@x.org",), True)
    assert record.attributes == {"email": "b@x.org"}


async def test_parts_of_one_contact_in_one_call_all_count() -> None:
    intake = Intake()

    await intake.contacts(
        "crm",
        a_part(attributes={"job": "cook"}),
        a_part(1, emails=("a@x.org",), tells=EMAILS),
    )

    assert (await record_of(intake)).attributes == {"job": "cook", "email": "a@x.org"}


@given(order=st.permutations(range(4)))
async def test_the_newest_counts_in_whatever_order_calls_come(order: list[int]) -> None:
    parts = [
        a_part(1, attributes={"job": "cook"}),
        a_part(2, attributes={"job": "boss"}),
        a_part(3, emails=("a@x.org",), tells=EMAILS),
        a_part(4, emails=("b@x.org",), tells=EMAILS),
    ]
    intake = Intake()

    for each in order:
        await intake.contacts("crm", parts[each])

    record = await record_of(intake)
    assert record.emails == ("b@x.org",)
    assert record.attributes == {"job": "boss", "email": "b@x.org"}


async def test_what_was_told_before_a_removal_does_not_undo_it() -> None:
    intake = Intake()
    await intake.contacts("crm", a_part(emails=("a@x.org",), tells=EMAILS))
    await intake.removals("crm", Removal(remote_id="1"))

    await intake.contacts("crm", a_part(-1, attributes={"job": "cook"}))

    assert (await record_of(intake)).removed_at is not None
