"""A field that Mautic refuses keeps no other of its contact from being written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connector.errors import RejectedByPlatform
from tests.unit.adapters.mautic.writing.canned import (
    BATCH,
    Asked,
    Canned,
    change,
    echoed,
    refused,
    shown,
    written,
)
from tests.unit.adapters.mautic.writing.instance import Instance

LONG = "x" * 65
TOO_LONG = "This value is too long. It should have 64 characters or less."


def limited(asked: Asked) -> tuple[int, Any]:
    """Answer as Mautic does that takes 64 letters, and refuses all of a contact for a 65th."""
    is_batch = isinstance(asked.body, list)
    rows = asked.body if is_batch else [asked.body]
    bad = {number for number, each in enumerate(rows) if each.get("tone") == LONG}
    told = {**refused(400, f"tone: {TOO_LONG}"), "details": {"tone": [TOO_LONG]}}
    if not is_batch:
        return (400, {"errors": [told]}) if bad else echoed(asked)
    found = [
        shown(each["id"], **({} if number in bad else each)) for number, each in enumerate(rows)
    ]
    codes = [400 if number in bad else 200 for number in range(len(rows))]
    errors = {str(number): told for number in bad}
    return 200, {"contacts": found, "statusCodes": codes, "errors": errors}


async def test_a_field_that_is_refused_keeps_no_other_from_being_written() -> None:
    canned = Canned([limited, limited])

    outcomes = await written(
        canned, change("11", tone=LONG, score=Decimal(7)), change("12", tone="b")
    )

    assert [each.error for each in outcomes] == [None, None]
    assert [[*each.paused] for each in outcomes] == [["tone"], []]
    assert "should have 64 characters or less" in str(outcomes[0].paused["tone"])
    assert canned.asked[1] == Asked("PATCH", BATCH, [{"id": 11, "score": 7}])


async def test_a_field_that_is_refused_of_one_who_is_told_alone_costs_itself_alone_too() -> None:
    canned = Canned([(500, None), limited, limited, limited])

    outcomes = await written(
        canned, change("11", tone=LONG, score=Decimal(7)), change("12", tone="b")
    )

    assert [each.error for each in outcomes] == [None, None]
    assert [[*each.paused] for each in outcomes] == [["tone"], []]


async def test_where_nothing_else_is_to_be_written_the_contact_is_refused() -> None:
    canned = Canned([limited])

    (outcome,) = await written(canned, change("11", tone=LONG))

    assert isinstance(outcome.error, RejectedByPlatform)
    assert len(canned.asked) == 1


async def test_a_refusal_for_a_field_that_nobody_writes_is_the_contacts_own_trouble() -> None:
    told = {**refused(400), "details": {"company": ["This field is required."]}}
    canned = Canned([(200, {"contacts": [shown(11)], "statusCodes": [400], "errors": [told]})])

    (outcome,) = await written(canned, change("11", tone="a", score=Decimal(7)))

    assert isinstance(outcome.error, RejectedByPlatform)
    assert len(canned.asked) == 1


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("email", "another contact has the same address"),
        ("stage", "a stage that is not published"),
        ("owner", "give the contact another owner"),
    ],
)
@pytest.mark.parametrize("is_alone", [False, True])
async def test_what_keeps_a_contact_from_any_edit_is_said(
    name: str, hint: str, *, is_alone: bool
) -> None:
    told = {**refused(422, "not unique"), "details": {name: ["not unique"]}}
    batch = {"contacts": [shown(11)], "statusCodes": [422], "errors": [told]}
    answers: list[Any] = [(500, None), (422, {"errors": [told]}), echoed]

    outcomes = await written(
        Canned(answers if is_alone else [(200, batch)]),
        *(change(each, tone="a") for each in (["11", "12"] if is_alone else ["11"])),
    )

    assert isinstance(outcomes[0].error, RejectedByPlatform)
    assert hint in str(outcomes[0].error)


async def test_a_score_arrives_beside_a_text_that_is_too_long() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)

    outcome = await mautic.write(ann, score=Decimal(7), stage_name=LONG)

    assert [*outcome.paused] == ["stage_name"]
    assert (mautic.shown(ann, "score"), mautic.shown(ann, "stage_name")) == (7, None)


@pytest.mark.parametrize(
    ("version", "kind", "letters", "is_written"),
    [
        ("4.4.13", "url", 191, True),
        ("4.4.13", "url", 192, False),
        ("5.1.0", "url", 192, True),
        ("5.1.0", "url", 256, False),
        ("5.1.0", "tel", 192, False),
        ("5.1.0", "textarea", 2_000, True),
    ],
)
async def test_a_text_that_no_column_takes_is_left_out_and_breaks_no_request(
    version: str, kind: str, letters: int, *, is_written: bool
) -> None:
    mautic = Instance(version=version)
    # An administrator of a version that counts may give a field more letters.
    mautic.account.add_field(
        "favourite", kind, letters=255 if kind == "url" and version == "5.1.0" else None
    )
    (ann,) = mautic.people(1)
    text = "https://example.com/".ljust(letters, "x")

    outcome = await mautic.write(ann, score=Decimal(7), favourite=text)

    assert outcome.error is None
    assert ("favourite" in outcome.paused) is not is_written
    assert mautic.shown(ann, "score") == 7
    assert mautic.shown(ann, "favourite") == (text if is_written else None)
    assert len(mautic.asked("PATCH")) == 1


async def test_who_is_in_a_stage_that_was_put_away_is_told_with_what_to_do() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    ann.stage = mautic.account.add_stage("Warm", 5)
    mautic.account.stages[ann.stage]["isPublished"] = False

    outcome = await mautic.write(ann, score=Decimal(7))

    assert "a stage that is not published" in str(outcome.error)


async def test_who_belongs_to_a_user_who_is_switched_off_is_told_with_what_to_do() -> None:
    mautic = Instance()
    ann, bob = mautic.people(2)
    gone = mautic.account.keys.add_user("gone", "s3cret-gone", last_name="Gone", is_published=False)
    there = mautic.account.keys.add_user("there", "s3cret-there", last_name="There")
    ann.owner, bob.owner = gone.id, there.id

    outcomes = [await mautic.write(each, score=Decimal(7)) for each in (ann, bob)]

    assert "give the contact another owner" in str(outcomes[0].error)
    assert outcomes[1].error is None
