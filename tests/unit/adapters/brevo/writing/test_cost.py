"""What a plan says that writing to Brevo takes is what it takes."""

from __future__ import annotations

import pytest

from adapters.brevo.simulator.attributes import Attribute
from adapters.brevo.writing.cost import BULK_FROM, calls_of
from adapters.brevo.writing.values import goes_alone
from connector.domain.values import Written
from connector.ports.platform import NewContact
from tests.unit.adapters.brevo.writing.mail import Mail, change, joining, scores


@pytest.mark.parametrize("count", [1, 20, 45])
async def test_values_one_by_one(mail: Mail, count: int) -> None:
    people = mail.people(count)
    await mail.fields.definitions()
    before = len(mail.simulator.trace)

    await mail.writer.write_attributes(scores(people))

    assert len(mail.simulator.trace) - before == calls_of("attribute", count)


@pytest.mark.parametrize("value", [True, None], ids=["a boolean", "what is cleared"])
async def test_values_that_no_import_takes(mail: Mail, value: Written) -> None:
    mail.account.define(Attribute(name="REGULAR", type="boolean"))
    people = mail.people(BULK_FROM)
    await mail.fields.definitions()
    before = len(mail.simulator.trace)

    changes = [change(each, REGULAR=value) for each in people]
    await mail.writer.write_attributes(changes)

    assert goes_alone(value)
    assert len(mail.simulator.trace) - before == calls_of("alone", BULK_FROM)


async def test_values_in_bulk(mail: Mail) -> None:
    people = mail.people(2_000)
    await mail.fields.definitions()
    await mail.lists.import_list()
    await mail.lists.id_of("any")
    before = len(mail.simulator.trace)

    await mail.writer.write_attributes(scores(people))

    asked = len(mail.simulator.trace) - before
    assert calls_of("attribute", 2_000) <= asked <= calls_of("attribute", 2_000) + 3


async def test_new_contacts(mail: Mail) -> None:
    wanted = [NewContact(email=f"person{number}@mail.example.com") for number in range(7)]

    await mail.creator.create_contacts(wanted)

    assert len(mail.simulator.trace) == calls_of("contact", 7)


async def test_members(mail: Mail) -> None:
    mail.account.lists.add("Hot")
    people = mail.people(150)
    await mail.list_writer.write_lists([joining(mail.person(), "Hot")])
    before = len(mail.simulator.trace)

    await mail.list_writer.write_lists([joining(each, "Hot") for each in people])

    assert len(mail.simulator.trace) - before == calls_of("list", 150)
