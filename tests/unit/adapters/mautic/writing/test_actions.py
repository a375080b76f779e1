"""What triggers ask for is done once, and never to somebody who does not want it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.simulation.faults import Fault
from connector.domain.changes import Action, Addressee, Outcome
from connector.errors import (
    ContactGone,
    PlatformError,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
    UnsupportedByPlatform,
)
from tests.conformance.world import AT
from tests.unit.adapters.mautic.writing.canned import Canned
from tests.unit.adapters.mautic.writing.instance import Instance, deed

NOBODY = Addressee(remote_id="99")


async def done(mautic: Instance, action: Action) -> Outcome:
    (outcome,) = await mautic.parts.actions.perform([action])
    return outcome


def mails(mautic: Instance) -> int:
    return len(mautic.account.tables.rows["email_stats"])


def notes(mautic: Instance) -> list[str]:
    return [str(each["text"]) for each in mautic.account.entities["notes"].values()]


def params_of(mautic: Instance, kind: str) -> Mapping[str, Any]:
    """Return what an action of a kind needs, made there."""
    if kind == "email":
        return {"template": Decimal(mautic.account.add_entity("emails", name="Welcome")["id"])}
    if kind == "campaign":
        made = mautic.account.add_entity("campaigns", name="Win back", allowRestart=True)
        return {"id": str(made["id"])}
    return {"text": "Call her"}


async def test_an_email_is_sent_once_per_key_with_what_fills_it() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    at = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
    params = {
        **params_of(mautic, "email"),
        "name": "Zoe",
        "heat": Decimal("41.50"),
        "hot": True,
        "at": at,
        "none": None,
    }

    outcomes = [await done(mautic, deed(ann, "email", key, params)) for key in ("1", "1", "2")]

    assert outcomes == [Outcome(), Outcome(is_unchanged=True), Outcome()]
    assert mails(mautic) == 2


async def test_an_email_whose_answer_was_lost_is_not_sent_again() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    action = deed(ann, "email", params=params_of(mautic, "email"))
    mautic.simulator.faults.play(Fault.LOST_ANSWER, on="POST /api/emails")

    first, second = await done(mautic, action), await done(mautic, action)

    assert isinstance(first.error, PlatformUnavailable)
    assert second == Outcome(is_unchanged=True)
    assert mails(mautic) == 1


@pytest.mark.parametrize("reason", [1, 2, 3])
async def test_who_opted_out_a_moment_ago_is_sent_nothing(reason: int) -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    action = deed(ann, "email", params=params_of(mautic, "email"))
    mautic.account.block(ann, "email", reason)

    outcome = await done(mautic, action)

    assert isinstance(outcome.error, RejectedByPlatform)
    assert mails(mautic) == 0


async def test_who_has_no_address_is_sent_nothing() -> None:
    mautic = Instance()
    ann = mautic.account.add_contact(firstname="Ann")
    action = deed(ann, "email", params=params_of(mautic, "email"))

    assert isinstance((await done(mautic, action)).error, RejectedByPlatform)
    assert mails(mautic) == 0


@pytest.mark.parametrize("template", [None, "", "welcome", "1/contact", "9"])
async def test_an_email_that_is_none_is_refused(template: str | None) -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    params = {} if template is None else {"template": template}

    assert isinstance(
        (await done(mautic, deed(ann, "email", params=params))).error, RejectedByPlatform
    )


async def test_an_email_that_mautic_cannot_send_may_be_sent_later() -> None:
    contact = (200, {"contact": {"id": 11, "fields": {"all": {"email": "a@x.org"}}}})
    none = (200, {"total": "0", "stats": []})
    canned = Canned([contact, none, (200, {"success": False, "failed": "no"})])
    to = Addressee(remote_id="11")
    action = Action(key="k", trigger="t", kind="email", to=to, at=AT, params={"template": "3"})

    (outcome,) = await canned.parts().actions.perform([action])

    assert type(outcome.error) is PlatformUnavailable


async def test_a_note_is_left_once_per_key_and_shows_text_as_text() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    params = {"text": "Call <her>\nnow & here"}

    outcomes = [await done(mautic, deed(ann, "note", key, params)) for key in ("1", "1", "2")]

    assert outcomes == [Outcome(), Outcome(is_unchanged=True), Outcome()]
    assert len(notes(mautic)) == 2
    assert "<her>" not in notes(mautic)[0]


async def test_a_note_whose_answer_was_lost_is_not_left_again() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    mautic.simulator.faults.play(Fault.LOST_ANSWER, on="POST /api/notes")

    first = await done(mautic, deed(ann, "note"))
    second = await done(mautic, deed(ann, "note"))

    assert isinstance(first.error, PlatformUnavailable)
    assert second == Outcome(is_unchanged=True)
    assert len(notes(mautic)) == 1


async def test_a_note_that_is_not_shown_was_not_left() -> None:
    canned = Canned([(200, {"total": 0, "notes": []}), (201, {"note": {"text": "another"}})])
    to = Addressee(remote_id="11")

    (outcome,) = await canned.parts().actions.perform(
        [Action(key="k", trigger="t", kind="note", to=to, at=AT)]
    )

    assert isinstance(outcome.error, UnexpectedAnswer)


async def test_a_campaign_is_entered_once_and_never_begun_anew() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    params = params_of(mautic, "campaign")

    outcomes = [await done(mautic, deed(ann, "campaign", key, params)) for key in ("1", "1", "2")]

    assert outcomes == [Outcome(), Outcome(is_unchanged=True), Outcome(is_unchanged=True)]
    assert len(mautic.asked("POST", "/campaigns/")) == 1
    assert [row["rotation"] for row in mautic.account.tables.rows["campaign_leads"]] == [1]


async def test_a_campaign_whose_answer_was_lost_is_not_entered_again() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    action = deed(ann, "campaign", params=params_of(mautic, "campaign"))
    mautic.simulator.faults.play(Fault.LOST_ANSWER, on="POST /api/campaigns")

    first, second = await done(mautic, action), await done(mautic, action)

    assert isinstance(first.error, PlatformUnavailable)
    assert second == Outcome(is_unchanged=True)
    assert [row["rotation"] for row in mautic.account.tables.rows["campaign_leads"]] == [1]


@pytest.mark.parametrize("campaign", [None, "", "spring", "9"])
async def test_a_campaign_that_is_none_is_refused(campaign: str | None) -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    params = {} if campaign is None else {"id": campaign}

    outcome = await done(mautic, deed(ann, "campaign", params=params))

    assert type(outcome.error) is RejectedByPlatform


@pytest.mark.parametrize("kind", ["email", "note", "campaign"])
@pytest.mark.parametrize("remote_id", ["99", "x", "1/points"])
async def test_who_is_gone_is_said_to_be_gone(kind: str, remote_id: str) -> None:
    mautic = Instance()
    params = params_of(mautic, kind)
    to = Addressee(remote_id=remote_id)
    action = Action(key="k", trigger="t", kind=kind, to=to, at=AT, params=params)

    assert isinstance((await done(mautic, action)).error, ContactGone)


async def test_whoever_has_a_record_is_there_and_other_kinds_are_refused_unasked() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)

    outcomes = [await done(mautic, deed(ann, kind)) for kind in ("push", "task", "telegram")]

    kinds = [type(None), UnsupportedByPlatform, UnsupportedByPlatform]
    assert [type(each.error) for each in outcomes] == kinds
    assert len(mautic.simulator.trace) == 0


async def test_one_that_fails_leaves_the_others_what_they_came_to() -> None:
    mautic = Instance()
    (ann,) = mautic.people(1)
    gone = Action(key="k", trigger="t", kind="note", to=NOBODY, at=AT)

    outcomes = await mautic.parts.actions.perform([deed(ann, "note"), gone])

    assert outcomes[0] == Outcome()
    assert isinstance(outcomes[1].error, PlatformError)
