"""Values written contact by contact: done is only what the contact shows afterwards."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.brevo.simulator.attributes import Attribute
from adapters.simulation.faults import Fault
from connector.domain.changes import Addressee, AttributeChange
from connector.domain.values import Written
from connector.errors import (
    AccessRefused,
    ContactGone,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from tests.conformance.world import AT
from tests.unit.adapters.brevo.writing.mail import Mail, change, errors, scores


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("SCORE", Decimal(42), 42),
        ("SCORE", Decimal("0.10"), 0.1),
        ("SCORE", Decimal("-0.000001"), -0.000001),
        ("STAGE", "très chaud", "très chaud"),
        ("STAGE", Decimal("1E+2"), "100"),
        ("STAGE", True, "true"),
        ("STAGE", AT, "2026-01-15T10:30:00Z"),
        ("VIP", False, False),
        ("LIKES", "tea;milk", ["tea", "milk"]),
    ],
)
async def test_a_value_arrives_as_the_attribute_wants_it(
    mail: Mail, name: str, value: Written, kept: object
) -> None:
    ann = mail.person()

    (outcome,) = await mail.writer.write_attributes([change(ann, **{name: value})])

    assert (outcome.error, outcome.kept) == (None, frozenset())
    assert ann.values[name] == kept


@pytest.mark.parametrize(
    ("name", "value", "shown"), [("SEEN", AT, "2026-01-15"), ("LEVEL", "hot", "2")]
)
async def test_what_brevo_shows_otherwise_by_a_rule_of_its_own_is_done_and_no_drift(
    mail: Mail, name: str, value: Written, shown: str
) -> None:
    ann = mail.person()

    (outcome,) = await mail.writer.write_attributes([change(ann, **{name: value})])

    assert (outcome.error, outcome.kept) == (None, frozenset({name}))
    assert ann.values[name] == shown


@pytest.mark.parametrize("name", ["SCORE", "STAGE", "SEEN", "VIP", "LEVEL", "LIKES"])
async def test_nothing_clears_an_attribute_of_any_type(mail: Mail, name: str) -> None:
    ann = mail.person(**{name: "1"})

    (outcome,) = await mail.writer.write_attributes([change(ann, **{name: None})])

    assert outcome.error is None
    assert name not in ann.values


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SEEN", Decimal(7), "the attribute SEEN is a date, which takes no number"),
        ("SCORE", "seven", "the attribute SCORE is a float, which takes no text"),
        ("VIP", "true", "the attribute VIP is a boolean, which takes no text"),
        ("LEVEL", "lukewarm", "the attribute LEVEL has no such option"),
        ("LIKES", "tea;gin", "the attribute LIKES has no such option"),
        ("ORDERS", Decimal(3), "the attribute ORDERS is not to be written"),
        ("SMS", "33612345678", "the attribute SMS is not to be written"),
        ("DOUBLE_OPT-IN", "Yes", "the attribute DOUBLE_OPT-IN is not to be written"),
    ],
)
async def test_what_an_attribute_does_not_take_as_it_is_waits_and_the_rest_is_written(
    mail: Mail, name: str, value: Written, told: str
) -> None:
    ann = mail.person()

    alone, beside = [
        (await mail.writer.write_attributes([change(ann, **values)]))[0]
        for values in ({name: value}, {name: value, "STAGE": "hot"})
    ]

    assert (alone.error, beside.error) == (None, None)
    assert [list(each.paused) for each in (alone, beside)] == [[name]] * 2
    assert told in str(alone.paused[name])
    assert (ann.values["STAGE"], mail.asked("PUT")) == ("hot", 1)


async def test_a_text_that_is_too_long_is_refused_unasked(mail: Mail) -> None:
    (outcome,) = await mail.writer.write_attributes([change(mail.person(), STAGE="x" * 10_001)])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert "the attribute STAGE takes at most 10,000 characters" in str(outcome.error)
    assert mail.asked("PUT") == 0


async def test_an_attribute_that_there_is_not_waits_until_it_is_made(mail: Mail) -> None:
    ann, bob = mail.people(2)
    changes = [change(ann, NOPE=Decimal(1), SCORE=Decimal(5)), change(bob, NOPE=Decimal(2))]

    outcomes = await mail.writer.write_attributes(changes)
    before = ann.values.get("SCORE")
    mail.account.define(Attribute(name="NOPE", type="float"))
    again = await mail.writer.write_attributes(changes)

    assert [(each.error, list(each.paused)) for each in outcomes] == [(None, ["NOPE"])] * 2
    assert outcomes[0].paused["NOPE"] is outcomes[1].paused["NOPE"]
    assert "there is no attribute NOPE" in str(outcomes[0].paused["NOPE"])
    assert before == 5
    assert [(each.error, each.paused) for each in again] == [(None, {})] * 2
    assert (ann.values["NOPE"], bob.values["NOPE"]) == (1, 2)


async def test_what_is_left_out_is_told_beside_what_became_of_the_rest(mail: Mail) -> None:
    ann = mail.person()
    mail.account.remove(ann)

    (outcome,) = await mail.writer.write_attributes([change(ann, NOPE=Decimal(1), STAGE="hot")])

    assert isinstance(outcome.error, ContactGone)
    assert list(outcome.paused) == ["NOPE"]


async def test_a_refused_change_keeps_no_other_from_being_written(mail: Mail) -> None:
    ann, bob = mail.people(2)

    bad, good = await mail.writer.write_attributes(
        [change(ann, STAGE="x" * 10_001), change(bob, SCORE=Decimal(7))]
    )

    assert isinstance(bad.error, RejectedByPlatform)
    assert good.error is None
    assert bob.values["SCORE"] == 7


async def test_all_that_is_written_is_read_back_twenty_at_a_time(mail: Mail) -> None:
    outcomes = await mail.writer.write_attributes(scores(mail.people(45)))

    assert {each.error for each in outcomes} == {None}
    assert (mail.asked("PUT"), mail.asked("GET", "/contacts/attributes")) == (45, 1)
    assert mail.asked("GET") == 1 + 3


async def test_a_value_that_was_taken_and_is_not_shown_is_not_done(mail: Mail) -> None:
    ann = mail.person()
    mail.simulator.faults.play(Fault.DID_NOTHING, on="PUT")

    (outcome,) = await mail.writer.write_attributes([change(ann, SCORE=Decimal(7))])

    assert isinstance(outcome.error, UnexpectedAnswer)
    assert "SCORE" in str(outcome.error)


async def test_an_attribute_that_was_made_anew_with_another_type_is_noticed(mail: Mail) -> None:
    ann = mail.person()
    await mail.writer.write_attributes([change(ann, SCORE=Decimal(7))])
    mail.account.define(Attribute(name="SCORE", type="date"))

    dropped, refused = [
        (await mail.writer.write_attributes([change(ann, SCORE=Decimal(8))]))[0] for _ in range(2)
    ]

    assert isinstance(dropped.error, UnexpectedAnswer)
    assert refused.error is None
    assert "SCORE is a date, which takes no number" in str(refused.paused["SCORE"])


async def test_an_attribute_made_a_moment_ago_is_known(mail: Mail) -> None:
    ann = mail.person()
    await mail.writer.write_attributes([change(ann, SCORE=Decimal(7))])
    mail.account.define(Attribute(name="NEW", type="float"))

    (outcome,) = await mail.writer.write_attributes([change(ann, NEW=Decimal(8))])

    assert outcome.error is None


async def test_a_contact_that_was_deleted_is_gone(mail: Mail) -> None:
    ann, bob = mail.people(2)
    mail.account.remove(ann)

    gone, done = await mail.writer.write_attributes(scores([ann, bob]))

    assert isinstance(gone.error, ContactGone)
    assert done.error is None


async def test_an_id_that_is_none_of_brevos_is_refused_unasked(mail: Mail) -> None:
    odd = AttributeChange(to=Addressee(remote_id="../account"), values={"SCORE": Decimal(1)})

    (outcome,) = await mail.writer.write_attributes([odd])

    assert isinstance(outcome.error, RejectedByPlatform)
    assert mail.asked("PUT") == 0


async def test_a_contact_that_is_still_being_processed_waits_alone(mail: Mail) -> None:
    ann, bob = mail.people(2)
    mail.account.busy_until[ann.id] = AT + timedelta(minutes=1)

    early, done = await mail.writer.write_attributes(scores([ann, bob]))

    assert isinstance(early.error, PlatformUnavailable)
    assert early.error.status == 425
    assert done.error is None


async def test_one_failure_in_between_costs_one_item(mail: Mail) -> None:
    people = mail.people(30)
    mail.simulator.faults.play(Fault.SERVER_ERROR, on="PUT")

    outcomes = await mail.writer.write_attributes(scores(people))

    assert sum(1 for each in outcomes if each.error) == 1
    assert sum(1 for each in people if "SCORE" in each.values) == 29


async def test_a_platform_that_fails_again_and_again_is_left_alone(mail: Mail) -> None:
    people = mail.people(40)
    await mail.fields.definitions()
    mail.simulator.faults.storm(1, seed=1, kinds=[Fault.UNAVAILABLE])

    with pytest.raises(PlatformUnavailable):
        await mail.writer.write_attributes(scores(people))

    assert mail.asked("PUT") <= 12


async def test_a_key_that_is_refused_ends_it_at_once(mail: Mail) -> None:
    people = mail.people(40)
    await mail.fields.definitions()
    mail.account.is_address_blocked = True

    with pytest.raises(AccessRefused):
        await mail.writer.write_attributes(scores(people))

    assert mail.asked("PUT") <= 8


async def test_what_cannot_be_read_back_is_read_again_and_not_written_again(mail: Mail) -> None:
    changes = scores(mail.people(40))
    await mail.fields.definitions()
    mail.simulator.faults.play(Fault.UNAVAILABLE, on="GET")

    outcomes = await mail.writer.write_attributes(changes)
    left = [each for each, known in zip(changes, outcomes, strict=True) if known.error]
    again = await mail.writer.write_attributes(left)

    assert (len(left), errors(again)) == (20, [None] * 20)
    assert mail.asked("PUT") == 40


async def test_where_nothing_at_all_can_be_read_back_nothing_is_written_again(mail: Mail) -> None:
    changes = scores(mail.people(10))
    await mail.fields.definitions()
    mail.simulator.faults.play(Fault.UNAVAILABLE, Fault.UNAVAILABLE, on="GET")

    for _ in range(2):
        with pytest.raises(PlatformUnavailable):
            await mail.writer.write_attributes(changes)
    outcomes = await mail.writer.write_attributes(changes)

    assert errors(outcomes) == [None] * 10
    assert mail.asked("PUT") == 10


async def test_what_does_not_show_once_it_can_be_read_is_written_again(mail: Mail) -> None:
    ann, bob = mail.people(2)
    await mail.fields.definitions()
    mail.simulator.faults.play(Fault.UNAVAILABLE, on="GET")
    with pytest.raises(PlatformUnavailable):
        await mail.writer.write_attributes(scores([ann, bob]))
    ann.values["SCORE"] = 0

    outcomes = await mail.writer.write_attributes([*scores([ann]), change(bob, SCORE=Decimal(77))])

    assert errors(outcomes) == [None, None]
    assert (ann.values["SCORE"], bob.values["SCORE"]) == (ann.id, 77)
    assert mail.asked("PUT") == 4


async def test_present_values_are_read_by_id(mail: Mail) -> None:
    ann = mail.person(SCORE=7)

    present = await mail.writer.read_attributes([str(ann.id), "999", "x"], ["SCORE", "STAGE"])

    assert present == {str(ann.id): {"SCORE": 7, "STAGE": None}}
