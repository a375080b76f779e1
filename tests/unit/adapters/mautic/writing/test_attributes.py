"""Fields go out in batches, by ids alone; an item is done only when it shows what it was told."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.values import Written
from connector.errors import (
    ContactGone,
    PlatformUnavailable,
    RateLimited,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from tests.unit.adapters.mautic.writing.canned import (
    BATCH,
    SECRET,
    Asked,
    Canned,
    change,
    echoed,
    refused,
    shown,
    written,
)
from tests.unit.adapters.mautic.writing.instance import Instance, copied, scores
from tests.unit.adapters.mautic.writing.instance import change as change_of


def errors_of(outcomes: list[Outcome]) -> list[type[Exception] | None]:
    return [type(each.error) if each.error else None for each in outcomes]


async def test_a_batch_is_one_request_by_ids_and_by_nothing_else_that_names_a_contact() -> None:
    canned = Canned([echoed])

    outcomes = await written(
        canned, change("11", score=Decimal("12.0"), tone="hot"), change("12", tone=None)
    )

    assert outcomes == [Outcome(), Outcome()]
    assert canned.asked == [
        Asked(
            "PATCH",
            BATCH,
            [
                {"id": 11, "score": 12, "tone": "hot"},
                {"id": 12, "tone": None, "overwriteWithBlank": True},
            ],
        )
    ]


async def test_failures_are_read_by_number_and_those_who_are_shown_by_id() -> None:
    body = {
        "contacts": {"3": shown(14, tone="a"), "0": shown(11, tone="a")},
        "statusCodes": [200, 404, 400, 200],
        "errors": {"1": refused(404), "2": refused(400, "tone: too long")},
    }
    canned = Canned([(200, body)])

    outcomes = await written(canned, *(change(each, tone="a") for each in ("11", "12", "13", "14")))

    assert errors_of(outcomes) == [None, ContactGone, RejectedByPlatform, None]
    assert "tone: too long" in str(outcomes[2].error)


async def test_a_refused_contact_that_is_shown_all_the_same_was_not_written() -> None:
    body = {"contacts": [shown(11, tone="a")], "statusCodes": [422], "errors": [refused(422)]}

    outcomes = await written(Canned([(200, body)]), change("11", tone="a"))

    assert errors_of(outcomes) == [RejectedByPlatform]


@pytest.mark.parametrize(
    "body",
    [
        {"contacts": [], "statusCodes": []},
        {"contacts": [shown(99, tone="a")], "statusCodes": [200]},
        {"contacts": [shown(11, tone="other")], "statusCodes": [200]},
        {"contacts": [{"id": 11}], "statusCodes": [200]},
        {"contacts": [{"id": "x"}, 7, None], "statusCodes": {"x": 200}},
        {"contacts": "none"},
        [],
        None,
    ],
    ids=["nobody", "another", "as before", "no fields", "oddities", "a text", "a list", "nothing"],
)
async def test_what_a_batch_does_not_show_is_told_alone(body: object) -> None:
    canned = Canned([(200, body), echoed])

    outcomes = await written(canned, change("11", tone="a"))

    assert outcomes == [Outcome()]
    assert canned.asked[1] == Asked("PATCH", "/api/contacts/11/edit", {"tone": "a"})


async def test_what_is_not_shown_alone_either_is_not_done() -> None:
    canned = Canned([(200, {"contacts": []}), (200, {"contact": shown(11, tone="other")})])

    assert errors_of(await written(canned, change("11", tone="a"))) == [UnexpectedAnswer]


async def test_a_batch_that_fails_is_told_one_by_one() -> None:
    canned = Canned([(500, {"errors": [refused(500)]}), echoed, echoed])

    outcomes = await written(canned, change("11", tone="a"), change("12", tone="b"))

    assert outcomes == [Outcome(), Outcome()]
    assert [each.path for each in canned.asked[1:]] == [
        "/api/contacts/11/edit",
        "/api/contacts/12/edit",
    ]


async def test_a_contact_for_whom_the_server_fails_costs_itself_alone() -> None:
    body = {"contacts": {"1": shown(12, tone="b")}, "errors": {"0": refused(500)}}
    canned = Canned([(200, body), (500, {"errors": [refused(500)]})])

    outcomes = await written(canned, change("11", tone="a"), change("12", tone="b"))

    assert errors_of(outcomes) == [PlatformUnavailable, None]


async def test_a_batch_that_is_not_answered_is_not_taken_apart() -> None:
    canned = Canned([httpx.ReadTimeout("late")])

    with pytest.raises(PlatformUnavailable):
        await written(canned, change("11", tone="a"), change("12", tone="b"))

    assert len(canned.asked) == 1


async def test_what_was_done_before_a_failure_is_told() -> None:
    canned = Canned([echoed, (429, {"errors": [refused(429)]})])
    changes = [change(str(number), tone="a") for number in range(1, 61)]

    outcomes = await written(canned, *changes)

    assert errors_of(outcomes) == [None] * 50 + [RateLimited] * 10


async def test_whom_nobody_knows_is_gone_alone_as_well() -> None:
    canned = Canned([(200, {"contacts": []}), (404, {"errors": [refused(404)]})])

    assert errors_of(await written(canned, change("11", tone="a"))) == [ContactGone]


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"nowhere": "x"}, "there is no field `nowhere`"),
        ({"badge": "x"}, "`badge` says who a contact is"),
        ({"hidden": "x"}, "`hidden` is not published"),
        ({"level": "warm"}, "`level` lacks an option"),
        ({"score": "many"}, "`score` is a number"),
        ({"site": "example.com"}, "Mautic puts http:// before"),
        ({"tone": "a <b>"}, "Mautic changes a text"),
        ({"tone": "R&amp;D"}, "Mautic changes a text"),
        ({"points:Heat": Decimal(7)}, "from 5.1 on"),
    ],
    ids=str,
)
async def test_what_the_instance_does_not_take_is_left_out_and_the_rest_written(
    values: dict[str, Any], why: str
) -> None:
    canned = Canned([echoed], version="5.0.4")
    (name,) = values

    outcome, other = await written(canned, change("11", **values), change("12", tone="b"))

    assert (outcome.error, other) == (None, Outcome())
    assert [*outcome.paused] == [name]
    assert why in str(outcome.paused[name])
    assert canned.asked == [Asked("PATCH", BATCH, [{"id": 12, "tone": "b"}])]


async def test_nothing_is_sent_where_nothing_can_be_written() -> None:
    canned = Canned()

    (outcome,) = await written(canned, change("11", nowhere="x"))

    assert (outcome.error, [*outcome.paused]) == (None, ["nowhere"])
    assert canned.asked == []


@pytest.mark.parametrize("name", ["email", "Email", "doNotContact", "owner", "stage", "tags", "id"])
async def test_who_somebody_is_and_what_they_consented_to_is_refused_unasked(name: str) -> None:
    canned = Canned([echoed])

    outcomes = await written(canned, change("11", **{name: "x"}), change("12", tone="a"))

    assert errors_of(outcomes) == [RejectedByPlatform, None]
    assert [each["id"] for each in canned.asked[0].body] == [12]


@pytest.mark.parametrize("remote_id", ["", "x", "1/edit", "-1", "1.5", "\u0661"])
async def test_an_id_that_mautic_never_gave_is_refused_unasked(remote_id: str) -> None:
    canned = Canned()

    assert errors_of(await written(canned, change(remote_id, tone="a"))) == [RejectedByPlatform]
    assert canned.asked == []


async def test_no_value_of_a_contact_and_no_secret_is_in_an_error() -> None:
    message = f'tone: "Zoe" of zoe@mail.example.com, +33612345678, is not {SECRET}'
    body = {"contacts": [], "statusCodes": [400], "errors": [refused(400, message)]}

    (outcome,) = await written(Canned([(200, body)]), change("11", tone="Zoe"))

    told = str(outcome.error)
    assert "tone" in told
    assert not any(each in told for each in ("Zoe", "zoe", "33612345678", SECRET))


async def test_instants_are_told_with_their_offset_and_shown_to_the_minute() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    at = datetime(2026, 1, 15, 23, 30, 25, tzinfo=UTC)

    outcome = await mautic.write(ann, seen_at=at, born=at)

    assert outcome == Outcome()
    assert mautic.shown(ann, "seen_at") == "2026-01-15 23:30:00"
    assert mautic.shown(ann, "born") == "2026-01-15"


async def test_every_kind_of_field_is_emptied() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    at = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
    values: dict[str, Written] = {
        "score": Decimal(7),
        "stage_name": "hot",
        "hot": True,
        "seen_at": at,
        "born": at,
        "level": "hot",
        "likes": "hot|cold",
    }
    await mautic.write(ann, **values)

    outcome = await mautic.write(ann, **dict.fromkeys(values))

    assert (outcome.error, dict(outcome.paused)) == (None, {})
    assert {name: mautic.shown(ann, name) for name in values} == dict.fromkeys(values)


async def test_several_choices_may_be_shown_in_another_order() -> None:
    defined = {"alias": "likes", "type": "multiselect", "properties": {"list": "tea|milk|rum"}}
    body = {"contacts": [shown(11, likes=["milk", "tea"])], "statusCodes": [200]}
    canned = Canned([(200, body)], told={"fields": [defined]})

    outcomes = await written(canned, change("11", likes="tea|milk"))

    assert outcomes == [Outcome(kept=frozenset({"likes"}))]


async def test_decimals_that_a_field_cuts_off_are_taken_as_it_shows_them() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)

    outcome = await mautic.write(ann, score=Decimal("41.6"), share=Decimal("41.62"))

    assert outcome == Outcome(kept=frozenset({"score"}))


async def test_a_copy_whose_decimals_would_be_cut_off_waits() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)

    (outcome,) = await mautic.parts.attribute_writer.write_attributes(
        [copied(ann, score=Decimal("41.6"), share=Decimal("41.60"))]
    )

    assert outcome.error is None
    assert [*outcome.paused] == ["score"]
    assert mautic.shown(ann, "share") == 41.6


async def test_more_than_an_instance_lets_in_goes_one_by_one_and_then_in_smaller_batches() -> None:
    mautic = Instance()
    mautic.account.batch_limit = 30
    people = mautic.people(100)

    outcomes = await mautic.parts.attribute_writer.write_attributes(scores(people))

    assert {each.error for each in outcomes} == {None}
    assert [each.values["score"] for each in people] == [each.id for each in people]
    assert len(mautic.asked("PATCH", "/batch/")) == 3


async def test_a_contact_who_comes_twice_is_told_twice_and_not_doubled() -> None:
    mautic = Instance()
    ann, bob = mautic.people(2)
    changes = [
        change_of(ann, score=Decimal(7)),
        change_of(bob, score=Decimal(8)),
        change_of(ann, stage_name="hot"),
    ]

    outcomes = await mautic.parts.attribute_writer.write_attributes(changes)

    assert outcomes == [Outcome()] * 3
    assert (mautic.shown(ann, "score"), mautic.shown(ann, "stage_name")) == (7, "hot")
    assert len(mautic.account.contacts.by_id) == 2


async def test_another_contact_of_the_same_address_is_never_merged() -> None:
    mautic = Instance(version="4.4.13")
    ann, bob = mautic.people(2)
    to = Addressee(remote_id=str(ann.id), email="p1@mail.example.com")

    await mautic.parts.attribute_writer.write_attributes(
        [AttributeChange(to=to, values={"score": Decimal(7)})]
    )

    assert set(mautic.account.contacts.by_id) == {ann.id, bob.id}
    assert ann.values["email"] == "p0@mail.example.com"


async def test_points_are_set_exactly_and_rounded_halves_away_from_zero() -> None:
    mautic = Instance()
    heat = mautic.account.add_entity("pointGroups", name="Heat")
    ann, bob = mautic.people(2)

    outcomes = await mautic.parts.attribute_writer.write_attributes(
        [
            change_of(ann, score=Decimal(7), **{"points:Heat": Decimal("41.5")}),
            change_of(bob, **{"points:Heat": Decimal(-3)}),
        ]
    )

    assert outcomes == [Outcome(kept=frozenset({"points:Heat"})), Outcome()]
    assert (ann.group_scores, bob.group_scores) == ({heat["id"]: 42}, {heat["id"]: -3})


async def test_present_values_are_read_of_those_that_exist() -> None:
    mautic = Instance()
    mautic.account.add_entity("pointGroups", name="Heat")
    ann, bob = mautic.people(2)
    await mautic.write(ann, score=Decimal(7), **{"points:Heat": Decimal(9)})

    present = await mautic.parts.attribute_writer.read_attributes(
        [str(ann.id), str(bob.id), "99", "x"], ["score", "level", "nowhere", "points:Heat"]
    )

    assert present == {
        str(ann.id): {"score": 7, "level": None, "points:Heat": 9},
        str(bob.id): {"score": None, "level": None, "points:Heat": None},
    }
