"""E-mails, notes and tasks are each made once, whatever is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.hubspot.writing.actions import HubspotActions
from adapters.hubspot.writing.activities import reference_of
from connector.domain.changes import Action, Addressee, Outcome
from connector.errors import (
    ContactGone,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
    UnsupportedByPlatform,
)
from tests.unit.adapters.hubspot.canned import AT, Canned, error, rows

TO = Addressee(remote_id="11", email="old@mail.example.com")
EMAIL = Action(
    key="call:1",
    trigger="call_hot",
    kind="email",
    to=TO,
    at=AT,
    params={"template": Decimal(12), "article": "a", "score": Decimal("4.50"), "none": None},
)
NOTE = replace(EMAIL, kind="note", params={"text": "Hot <since>\nMonday & co"})
TASK = replace(EMAIL, kind="task", params={"title": "Call Ann", "due_at": AT + timedelta(days=1)})

NOTHING = (207, {"results": [], "errors": [error("OBJECT_NOT_FOUND")]})
MADE = (201, {"id": "5", "properties": {"hs_object_id": "5"}})
GONE = (207, rows(errors=[error("OBJECT_NOT_FOUND", ids=["11"])]))


def contact(**values: str) -> tuple[int, dict[str, Any]]:
    return 200, rows(("11", {"email": "ann@mail.example.com", **values}))


def sent(result: str | None, status: str = "COMPLETE") -> tuple[int, dict[str, Any]]:
    told = {} if result is None else {"sendResult": result}
    return 200, {"status": status, "statusId": "s", **told}


async def done(canned: Canned, action: Action) -> Outcome:
    (outcome,) = await HubspotActions(canned.account()).perform([action])
    return outcome


async def test_an_e_mail_goes_to_the_present_address_under_its_key() -> None:
    canned = Canned([contact(), sent("SENT")])

    assert await done(canned, EMAIL) == Outcome()

    asked = canned.asked[1]
    assert asked.path == "/marketing/email-campaigns/2026-03/single-send"
    assert asked.body == {
        "emailId": 12,
        "message": {"to": "ann@mail.example.com", "sendId": "call:1"},
        "customProperties": {"article": "a", "score": "4.50", "none": ""},
    }


@pytest.mark.parametrize(
    ("result", "status", "expected"),
    [
        ("QUEUED", "PENDING", None),
        (None, "PROCESSING", None),
        ("THROTTLED", "COMPLETE", PlatformUnavailable),
        ("PREVIOUSLY_BOUNCED", "CANCELED", RejectedByPlatform),
        ("ADDRESS_OPTED_OUT", "COMPLETE", RejectedByPlatform),
        (None, "CANCELED", UnexpectedAnswer),
        (None, "COMPLETE", UnexpectedAnswer),
    ],
)
async def test_what_became_of_an_e_mail_is_told(
    result: str | None, status: str, expected: type[Exception] | None
) -> None:
    outcome = await done(Canned([contact(), sent(result, status)]), EMAIL)

    assert (type(outcome.error) if outcome.error else None) is expected


async def test_an_e_mail_that_was_sent_before_is_as_it_was() -> None:
    outcome = await done(Canned([contact(), sent("IDEMPOTENT_IGNORE")]), EMAIL)

    assert outcome == Outcome(is_unchanged=True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (contact(hs_email_optout="true"), "opted out"),
        ((200, rows(("11", {"email": None}))), "no e-mail address"),
    ],
)
async def test_nothing_is_sent_to_whoever_cannot_or_will_not_have_it(
    answer: tuple[int, dict[str, Any]], expected: str
) -> None:
    canned = Canned([answer])

    outcome = await done(canned, EMAIL)

    assert isinstance(outcome.error, RejectedByPlatform)
    assert expected in str(outcome.error)
    assert len(canned.asked) == 1


@pytest.mark.parametrize("action", [EMAIL, NOTE, TASK], ids=lambda each: each.kind)
async def test_a_contact_that_is_gone_is_told(action: Action) -> None:
    outcome = await done(Canned([GONE]), action)

    assert isinstance(outcome.error, ContactGone)


async def test_a_template_that_is_no_id_is_refused_unasked() -> None:
    canned = Canned()

    outcome = await done(canned, replace(EMAIL, params={"template": "welcome"}))

    assert isinstance(outcome.error, RejectedByPlatform)
    assert canned.asked == []


async def test_a_note_is_made_at_the_contact_and_its_text_is_no_html() -> None:
    canned = Canned([contact(), NOTHING, MADE])

    assert await done(canned, NOTE) == Outcome()

    asked = canned.asked[2]
    reference = reference_of("call:1")
    assert asked.path == "/crm/objects/2026-03/notes"
    assert asked.body["properties"] == {
        "hs_timestamp": "1768473000000",
        "hs_note_body": f"<p>Hot &lt;since&gt;<br>Monday &amp; co</p><p>call_hot ({reference})</p>",
    }
    (tie,) = asked.body["associations"]
    assert (tie["to"], tie["types"][0]["associationTypeId"]) == ({"id": "11"}, 202)


async def test_a_task_is_due_and_belongs_to_the_owner_of_the_contact() -> None:
    canned = Canned([contact(hubspot_owner_id="8"), NOTHING, MADE])

    assert await done(canned, TASK) == Outcome()

    told = canned.asked[2].body["properties"]
    assert told["hs_task_subject"] == "Call Ann"
    assert told["hs_timestamp"] == "1768559400000"
    assert told["hubspot_owner_id"] == "8"
    assert told["hs_task_status"] == "NOT_STARTED"


@pytest.mark.parametrize("action", [NOTE, TASK], ids=lambda each: each.kind)
async def test_what_was_made_before_and_not_seen_is_found(action: Action) -> None:
    plural, body = f"{action.kind}s", f"hs_{action.kind}_body"
    first = {"to": [{"toObjectId": 5}], "paging": {"next": {"after": "6"}}}
    second = {"to": [{"toObjectId": 6}]}
    canned = Canned(
        [
            contact(),
            (200, {"results": [first]}),
            (200, rows(("5", {body: "of somebody"}))),
            (200, {"results": [second]}),
            (200, rows(("6", {body: f"<p>x ({reference_of('call:1')})</p>"}))),
        ]
    )

    assert await done(canned, action) == Outcome(is_unchanged=True)

    assert canned.asked[1].path == f"/crm/associations/2026-03/contacts/{plural}/batch/read"
    assert canned.asked[3].body == {"inputs": [{"id": "11", "after": "6"}]}


@pytest.mark.parametrize(
    "answer",
    [{}, {"id": "5"}, {"id": "5", "properties": {"hs_note_body": "as it was sent"}}],
    ids=["nothing", "an id", "what was sent"],
)
async def test_an_answer_that_shows_no_note_made_none(answer: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer):
        await done(Canned([contact(), NOTHING, (201, answer), GONE]), NOTE)


async def test_a_note_that_the_answer_does_not_show_is_looked_for() -> None:
    canned = Canned([contact(), NOTHING, (201, {"id": "5"}), (200, rows(("5", {})))])

    assert await done(canned, NOTE) == Outcome()


def test_two_keys_have_two_references() -> None:
    assert reference_of("call:1") != reference_of("call:2")


async def test_whoever_has_a_record_was_pushed() -> None:
    canned = Canned()

    assert await done(canned, replace(EMAIL, kind="push")) == Outcome(is_unchanged=True)
    assert canned.asked == []


async def test_another_kind_is_refused_unasked() -> None:
    outcome = await done(Canned(), replace(EMAIL, kind="telegram"))

    assert isinstance(outcome.error, UnsupportedByPlatform)
