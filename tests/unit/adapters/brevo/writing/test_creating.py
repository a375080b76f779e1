"""Contacts are made of an address and nothing else; one that exists is left as it is."""

from __future__ import annotations

from adapters.brevo.writing.creating import BrevoContactCreator
from adapters.simulation.faults import Fault
from connector.domain.changes import Outcome
from connector.domain.contacts import Contact
from connector.errors import RejectedByPlatform
from connector.ports.platform import NewContact
from tests.unit.adapters.brevo.canned import Answer, Asked, Canned
from tests.unit.adapters.brevo.writing.mail import Mail

ANN = NewContact(email="ann@mail.example.com", attributes={"SCORE": 7})


async def test_a_contact_is_made_of_its_address_alone(mail: Mail) -> None:
    (made,) = await mail.creator.create_contacts([ANN])

    assert isinstance(made, Contact)
    person = mail.account.people.by_id[int(made.remote_id)]
    assert (person.email, person.values, person.list_ids) == (ANN.email, {}, set())


async def test_a_contact_that_exists_is_found_whatever_the_case_of_its_address(
    mail: Mail,
) -> None:
    there = mail.account.create("Ann@Mail.Example.com", SCORE=3)
    mail.account.block(there, email=True)

    (found,) = await mail.creator.create_contacts([ANN])

    assert isinstance(found, Contact)
    assert (found.remote_id, found.opted_out) == (str(there.id), True)
    assert (there.values, there.is_email_blocked) == ({"SCORE": 3}, True)


async def test_a_failure_in_between_costs_one_contact(mail: Mail) -> None:
    mail.simulator.faults.play(Fault.SERVER_ERROR, on="POST")

    answers = await mail.creator.create_contacts([ANN, NewContact(email="bob@mail.example.com")])

    assert [type(each) for each in answers].count(Contact) == 1
    assert len(mail.account.people) == 1


async def test_a_refusal_does_not_repeat_the_address() -> None:
    def answer(asked: Asked) -> Answer:
        status = 400 if asked.method == "POST" else 404
        return status, {"code": "invalid_parameter", "message": f"{ANN.email} is not valid"}

    creator = BrevoContactCreator(account=Canned(answer).account())

    (refused,) = await creator.create_contacts([ANN])

    assert isinstance(refused, Outcome)
    assert isinstance(refused.error, RejectedByPlatform)
    assert "ann" not in str(refused.error)
