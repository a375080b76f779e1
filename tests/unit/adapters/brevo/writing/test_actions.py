"""What triggers ask for: once per key, and never of somebody on the blocklist."""

from __future__ import annotations

from decimal import Decimal

import pytest

from adapters.brevo.marks import OWN_EVENT
from adapters.brevo.simulator.people import Person
from adapters.simulation.faults import Fault
from connector.domain.changes import Action
from connector.domain.values import Written
from connector.errors import ContactGone, PlatformUnavailable, RejectedByPlatform
from tests.conformance.world import AT
from tests.unit.adapters.brevo.writing.mail import Mail, addressee


def email(person: Person, key: str = "hot:1", **params: Written) -> Action:
    return Action(
        key=key,
        trigger="hot",
        kind="email",
        to=addressee(person),
        at=AT,
        params={"template": Decimal(12), **params},
    )


def campaign(person: Person, key: str = "hot:1", name: Written = "lead_is_hot") -> Action:
    params = {"id": name}
    return Action(
        key=key, trigger="hot", kind="campaign", to=addressee(person), at=AT, params=params
    )


async def test_an_email_is_a_template_filled_with_what_is_known(mail: Mail) -> None:
    ann = mail.person()

    (outcome,) = await mail.actions.perform(
        [email(ann, article="/pricing", score=Decimal("12.5"), seen=AT, none=None)]
    )

    assert outcome.error is None
    (message,) = mail.account.mail.messages.values()
    assert (message.email, message.template_id) == (ann.email, 12)
    assert message.params == {
        "article": "/pricing",
        "score": 12.5,
        "seen": "2026-01-15T10:30:00Z",
        "none": None,
    }


async def test_an_email_with_the_same_key_is_sent_once(mail: Mail) -> None:
    ann = mail.person()
    mail.simulator.faults.play(Fault.LOST_ANSWER, on="POST /v3/smtp/email")

    with pytest.raises(PlatformUnavailable):
        await mail.actions.perform([email(ann)])
    (again,) = await mail.actions.perform([email(ann)])

    assert again.error is None
    assert len(mail.account.mail.messages) == 1


async def test_an_email_goes_to_the_address_of_this_moment(mail: Mail) -> None:
    ann = mail.person()
    action = email(ann)
    mail.account.readdress(ann, "new@mail.example.com")

    await mail.actions.perform([action])

    assert [each.email for each in mail.account.mail.messages.values()] == ["new@mail.example.com"]


async def test_an_event_says_whom_it_is_about_and_whose_it_is(mail: Mail) -> None:
    ann = mail.person()

    (outcome,) = await mail.actions.perform([campaign(ann)])

    assert outcome.error is None
    (event,) = mail.account.records.events
    assert (event.name, event.contact_id, event.at) == ("lead_is_hot", ann.id, AT)
    assert event.properties == {OWN_EVENT: "hot:1", "trigger": "hot"}


async def test_an_event_with_the_same_key_is_sent_once(mail: Mail) -> None:
    ann, bob = mail.people(2)
    mail.simulator.faults.play(Fault.LOST_ANSWER, on="POST /v3/events")

    with pytest.raises(PlatformUnavailable):
        await mail.actions.perform([campaign(ann)])
    again, other = await mail.actions.perform([campaign(ann), campaign(bob, "hot:2")])

    assert (again.error, again.is_unchanged) == (None, True)
    assert (other.error, other.is_unchanged) == (None, False)
    assert len(mail.account.records.events) == 2


@pytest.mark.parametrize("make", [email, campaign])
async def test_nobody_is_sent_anything_who_is_on_the_blocklist_now(
    mail: Mail, make: object
) -> None:
    ann, bob = mail.people(2)
    actions = [make(ann, "hot:1"), make(bob, "hot:2")]  # type: ignore[operator]
    mail.account.block(ann, email=True)

    refused, done = await mail.actions.perform(actions)

    assert isinstance(refused.error, RejectedByPlatform)
    assert "opted out" in str(refused.error)
    assert done.error is None
    assert len(mail.account.mail.messages) + len(mail.account.records.events) == 1


async def test_nothing_is_done_for_a_contact_that_is_gone(mail: Mail) -> None:
    ann = mail.person()
    action = campaign(ann)
    mail.account.remove(ann)

    (outcome,) = await mail.actions.perform([action])

    assert isinstance(outcome.error, ContactGone)
    assert mail.account.records.events == []


async def test_an_event_cannot_be_called_anything(mail: Mail) -> None:
    (outcome,) = await mail.actions.perform([campaign(mail.person(), name="très chaud")])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert "letters, digits" in str(outcome.error)


async def test_a_template_is_a_number(mail: Mail) -> None:
    odd = email(mail.person(), template="welcome")

    (outcome,) = await mail.actions.perform([odd])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert "the template of an e-mail is its number" in str(outcome.error)


async def test_a_template_that_there_is_not_costs_one_action(mail: Mail) -> None:
    ann, bob = mail.people(2)
    mail.account.mail.templates = {12}  # type: ignore[assignment]

    bad, good = await mail.actions.perform([email(ann, template=Decimal(99)), email(bob, "hot:2")])

    assert isinstance(bad.error, RejectedByPlatform)
    assert good.error is None


async def test_twenty_actions_take_one_look_at_their_contacts_and_one_at_their_events(
    mail: Mail,
) -> None:
    people = mail.people(20)

    await mail.actions.perform([campaign(each, f"hot:{each.id}") for each in people])

    assert (mail.asked("GET"), mail.asked("POST")) == (2, 20)
