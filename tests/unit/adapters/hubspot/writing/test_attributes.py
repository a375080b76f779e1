"""Properties go out in batches; an item is done only when its row shows what it was told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.hubspot.definitions import Definitions
from adapters.hubspot.writing.amiss import Amiss
from adapters.hubspot.writing.attributes import HubspotAttributes
from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.values import Written
from connector.errors import (
    ContactGone,
    PlatformUnavailable,
    RejectedByPlatform,
    UnexpectedAnswer,
)
from tests.unit.adapters.hubspot.canned import TOKEN, VALIDATION, Asked, Canned, error, rows

AT = datetime(2026, 1, 15, 10, 30, 0, 123_456, tzinfo=UTC)


def change(remote_id: str, **values: Written) -> AttributeChange:
    return AttributeChange(to=Addressee(remote_id=remote_id), values=values)


def echoed(asked: Asked) -> tuple[int, dict[str, Any]]:
    """Answer as HubSpot does when all is well: each row as it was written, in another order."""
    written = [(each["id"], each["properties"]) for each in reversed(asked.body["inputs"])]
    return 200, rows(*written)


def properties(**kinds: str) -> tuple[int, dict[str, Any]]:
    return 200, {"results": [{"name": name, "type": kind} for name, kind in kinds.items()]}


def writer(canned: Canned) -> HubspotAttributes:
    account = canned.account()
    definitions = Definitions(account)
    return HubspotAttributes(account, definitions, Amiss(account, definitions))


def errors_of(outcomes: Any) -> list[type[Exception] | None]:  # noqa: ANN401 - a sequence of outcomes
    return [type(each.error) if each.error else None for each in outcomes]


async def test_a_batch_is_one_request_by_record_ids_with_a_trace_of_each() -> None:
    canned = Canned([echoed])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=Decimal("12.50"), hot=True), change("12", heat=None, stage="warm")]
    )

    assert outcomes == [Outcome(), Outcome()]
    assert canned.asked == [
        Asked(
            "POST",
            "/crm/objects/2026-03/contacts/batch/update",
            {
                "inputs": [
                    {
                        "id": "11",
                        "properties": {"heat": "12.50", "hot": "true"},
                        "objectWriteTraceId": "0",
                    },
                    {
                        "id": "12",
                        "properties": {"heat": "", "stage": "warm"},
                        "objectWriteTraceId": "1",
                    },
                ]
            },
        )
    ]


async def test_numbers_are_told_without_an_exponent() -> None:
    canned = Canned([echoed])

    await writer(canned).write_attributes(
        [change("11", big=Decimal("1E+6"), small=Decimal("1E-7"))]
    )

    told = canned.asked[0].body["inputs"][0]["properties"]
    assert told == {"big": "1000000", "small": "0.0000001"}


async def test_instants_are_milliseconds_and_days_their_midnight() -> None:
    shown = {"seen_at": "2026-01-15T10:30:00.123Z", "born": "2026-01-15"}
    canned = Canned([properties(seen_at="datetime", born="date"), (200, rows(("11", shown)))])

    outcomes = await writer(canned).write_attributes([change("11", seen_at=AT, born=AT)])

    told = canned.asked[1].body["inputs"][0]["properties"]
    assert told == {"seen_at": "1768473000123", "born": "1768435200000"}
    assert outcomes == [Outcome()]


async def test_types_are_asked_for_once() -> None:
    shown = (200, rows(("11", {"born": "2026-01-15"})))
    canned = Canned([properties(born="date"), shown, shown])
    attributes = writer(canned)

    await attributes.write_attributes([change("11", born=AT)])
    await attributes.write_attributes([change("11", born=AT)])

    assert [each.method for each in canned.asked] == ["GET", "POST", "POST"]


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        (Decimal("0.10"), "0.1"),
        (Decimal(7), "7.0"),
        ("hot", "hot "),
        (None, None),
        (None, ""),
        (False, "false"),
    ],
    ids=str,
)
async def test_a_value_shown_in_other_words_was_taken(told: Written, shown: str | None) -> None:
    canned = Canned([(200, rows(("11", {"heat": shown})))])

    assert await writer(canned).write_attributes([change("11", heat=told)]) == [Outcome()]


@pytest.mark.parametrize(
    "shown", [{"heat": "11"}, {"heat": None}, {}], ids=["another", "empty", "absent"]
)
async def test_a_row_that_shows_something_else_is_no_success(
    shown: Mapping[str, str | None],
) -> None:
    canned = Canned([(200, rows(("11", dict(shown))))])

    outcomes = await writer(canned).write_attributes([change("11", heat=Decimal(12))])

    assert errors_of(outcomes) == [UnexpectedAnswer]


@pytest.mark.parametrize(
    "body",
    [rows(), rows(errors=[], numErrors=0), {"status": "COMPLETE"}, {"results": 7}, [], None],
    ids=["no rows", "no errors", "no results", "odd results", "a list", "nothing"],
)
async def test_a_success_that_shows_no_row_did_nothing(body: object) -> None:
    canned = Canned([(200, body)])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=None), change("12", heat=None)]
    )

    assert errors_of(outcomes) == [UnexpectedAnswer, UnexpectedAnswer]


async def test_a_207_is_read_item_by_item() -> None:
    refused = error(VALIDATION, "bad", objectWriteTraceId=["1"])
    gone = error("OBJECT_NOT_FOUND", "gone", ids=["13"])
    body = rows(("11", {"heat": "1"}), errors=[gone, refused], numErrors=2)
    canned = Canned([(207, body)])

    outcomes = await writer(canned).write_attributes(
        [change(each, heat=Decimal(1)) for each in ("11", "12", "13", "14")]
    )

    assert errors_of(outcomes) == [None, RejectedByPlatform, ContactGone, UnexpectedAnswer]


async def test_an_error_without_a_place_is_that_of_the_one_who_is_left() -> None:
    body = rows(("11", {"heat": "1"}), errors=[error(VALIDATION)])
    canned = Canned([(207, body)])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=Decimal(1)), change("12", heat=Decimal(1))]
    )

    assert errors_of(outcomes) == [None, RejectedByPlatform]


async def test_an_error_without_a_place_among_several_refuses_the_batch() -> None:
    canned = Canned([(207, rows(errors=[error(VALIDATION)]))])

    with pytest.raises(RejectedByPlatform):
        await writer(canned).write_attributes([change("11", heat=None), change("12", heat=None)])


@pytest.mark.parametrize("words", [{"category": "LOCKED"}, {"category": "TIMEOUT"}, {}], ids=str)
async def test_an_item_that_fails_for_an_unknown_reason_or_none_may_pass(
    words: dict[str, Any],
) -> None:
    failed = {"message": "try again", "context": {"ids": ["12"]}, **words}
    canned = Canned([(207, rows(("11", {"heat": "1"}), errors=[failed]))])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=Decimal(1)), change("12", heat=Decimal(1))]
    )

    assert errors_of(outcomes) == [None, PlatformUnavailable]


@pytest.mark.parametrize(
    "words",
    [
        {"category": VALIDATION},
        {"errors": [{"code": "INVALID_EMAIL"}]},
        {"errors": [{"code": "CONDITIONALLY_REQUIRED_PROPERTY"}]},
        {"category": "UNHEARD_OF", "context": {"ids": ["12"], "propertyName": ["heat"]}},
    ],
    ids=str,
)
async def test_an_item_whose_values_are_at_fault_is_refused_for_good(
    words: dict[str, Any],
) -> None:
    failed = {"message": "no", "context": {"ids": ["12"]}, **words}
    canned = Canned([(207, rows(("11", {"heat": "1"}), errors=[failed]))])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=Decimal(1)), change("12", heat=Decimal(1))]
    )

    assert errors_of(outcomes) == [None, RejectedByPlatform]


async def test_an_error_that_may_pass_and_names_nobody_is_that_of_all_who_are_left() -> None:
    body = rows(("11", {"heat": "1"}), errors=[error("LOCKED")])
    canned = Canned([(207, body)])

    outcomes = await writer(canned).write_attributes(
        [change(each, heat=Decimal(1)) for each in ("11", "12", "13")]
    )

    assert errors_of(outcomes) == [None, PlatformUnavailable, PlatformUnavailable]


async def test_the_row_of_another_contact_is_not_taken_for_ours() -> None:
    canned = Canned([(200, rows(("99", {"heat": "1"})))])

    outcomes = await writer(canned).write_attributes([change("11", heat=Decimal(1))])

    assert errors_of(outcomes) == [UnexpectedAnswer]


@pytest.mark.parametrize("status", [400, 409])
async def test_a_batch_that_is_refused_as_a_whole_is_raised_to_be_halved(status: int) -> None:
    canned = Canned([(status, error(VALIDATION, "Invalid input"))])

    with pytest.raises(RejectedByPlatform, match="crm: write properties: VALIDATION_ERROR"):
        await writer(canned).write_attributes([change("11", heat=None), change("12", heat=None)])

    assert len(canned.asked) == 1


def about(code: str, name: str, status: int) -> tuple[int, dict[str, Any]]:
    """Return a refusal of the second contact's property, or of the batch for its sake."""
    problem = {"code": code, "context": {"propertyName": [name]}}
    refused = {**error(VALIDATION, objectWriteTraceId=["1"]), "errors": [problem]}
    return status, refused if status == 400 else rows(("11", {"heat": ""}), errors=[refused])


@pytest.mark.parametrize(
    ("code", "defined", "why"),
    [
        ("PROPERTY_DOESNT_EXIST", {"name": "other", "type": "string"}, "is no property `heat`"),
        ("READ_ONLY_VALUE", {"name": "heat", "calculated": True}, "lets nobody write"),
        ("READ_ONLY_VALUE", {"name": "heat", "type": "number"}, "lets nobody write"),
        ("INVALID_BOOLEAN", {"name": "heat", "type": "bool"}, "`heat` is a boolean"),
        (
            "INVALID_OPTION",
            {"name": "heat", "type": "enumeration", "options": [{"value": "2"}]},
            "`heat` lacks an option",
        ),
        ("INVALID_OPTION", {"name": "heat", "type": "enumeration"}, "`heat` lacks an option"),
    ],
)
@pytest.mark.parametrize("status", [207, 400])
async def test_a_property_that_the_account_has_otherwise_is_left_out_and_the_rest_written(
    code: str, defined: dict[str, Any], why: str, status: int
) -> None:
    canned = Canned([about(code, "heat", status), (200, {"results": [defined]}), echoed])

    outcomes = await writer(canned).write_attributes(
        [change("11", heat=Decimal(1), tone="x"), change("12", tone="y")]
    )

    assert [list(each.paused) for each in outcomes] == [["heat"], []]
    assert why in str(outcomes[0].paused["heat"])
    assert errors_of(outcomes) == [None, None]
    told = [each["properties"] for each in canned.asked[2].body["inputs"]]
    assert told == [{"tone": "x"}, {"tone": "y"}]


async def test_what_is_left_out_is_not_sent_again_until_it_is_there() -> None:
    lacking, there = properties(tone="string"), properties(tone="string", heat="number")
    refused = about("PROPERTY_DOESNT_EXIST", "heat", 400)
    canned = Canned([refused, lacking, lacking, there, echoed])
    attributes = writer(canned)

    outcomes = [
        outcome
        for _ in range(4)
        for outcome in await attributes.write_attributes([change("11", heat=Decimal(1))])
    ]

    assert [set(each.paused) for each in outcomes] == [{"heat"}, {"heat"}, {"heat"}, set()]
    assert [each.method for each in canned.asked] == ["POST", "GET", "GET", "GET", "POST"]


async def test_an_option_that_is_not_the_accounts_to_list_is_the_contacts_own_trouble() -> None:
    owners = {"name": "heat", "type": "enumeration", "externalOptions": True}
    canned = Canned([about("INVALID_OPTION", "heat", 400), (200, {"results": [owners]})])

    with pytest.raises(RejectedByPlatform, match="INVALID_OPTION: property heat"):
        await writer(canned).write_attributes([change("11", heat="7"), change("12", a="b")])


async def test_a_value_that_its_property_ought_to_take_is_the_contacts_own_trouble() -> None:
    defined = properties(heat="number")
    canned = Canned([about("INVALID_INTEGER", "heat", 400), defined])

    with pytest.raises(RejectedByPlatform, match="INVALID_INTEGER: property heat"):
        await writer(canned).write_attributes([change("11", heat=Decimal(1)), change("12", a="b")])


async def test_a_rule_of_the_account_is_told_plainly() -> None:
    problem = {"code": "CONDITIONALLY_REQUIRED_PROPERTY", "message": "phone is required"}
    body = {**error(VALIDATION, "The rules were not met"), "errors": [problem]}
    canned = Canned([(400, body)])

    with pytest.raises(RejectedByPlatform) as caught:
        await writer(canned).write_attributes([change("11", heat=None)])

    assert "The rules were not met: phone is required" in str(caught.value)


async def test_no_value_of_a_contact_is_in_an_error() -> None:
    told = (
        '[{"message":"Zoe was not one of the allowed options","error":"INVALID_OPTION","name":"x"}]'
    )
    message = f"Property values were not valid: {told}"
    problem = {"message": "Zoe was not one of the allowed options", "code": "INVALID_OPTION"}
    body = {**error(VALIDATION, message), "errors": [problem]}
    body2 = error(VALIDATION, 'Email address zoe@mail.example.com of "Zoe" is invalid')
    canned = Canned([(400, body), properties(x="string"), (400, body2)])

    for _ in range(2):
        with pytest.raises(RejectedByPlatform) as caught:
            await writer(canned).write_attributes([change("11", x="Zoe")])
        assert "zoe" not in str(caught.value).lower()


async def test_numbers_and_keys_that_an_error_repeats_are_cut_out() -> None:
    message = f"Contact exists already: +33612345678 Bearer {TOKEN}"
    canned = Canned([(400, error("CONFLICT", message))])

    with pytest.raises(RejectedByPlatform) as caught:
        await writer(canned).write_attributes([change("11", heat="1")])

    assert "33612345678" not in str(caught.value)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["email", "hs_additional_emails", "hs_email_optout", "hs_email_optout_123", "HS_Legal_Basis"],
)
async def test_who_somebody_is_and_what_they_consented_to_is_refused_unasked(name: str) -> None:
    canned = Canned([echoed])

    outcomes = await writer(canned).write_attributes(
        [change("11", **{name: "x"}), change("12", heat=None)]
    )

    assert errors_of(outcomes) == [RejectedByPlatform, None]
    assert [each["id"] for each in canned.asked[0].body["inputs"]] == ["12"]


async def test_present_values_are_read_of_those_that_exist() -> None:
    canned = Canned([(207, rows(("11", {"heat": "1"}), ("12", {"heat": ""}), errors=[{}]))])

    present = await writer(canned).read_attributes(["11", "12", "13", "nobody"], ["heat"])

    assert present == {"11": {"heat": "1"}, "12": {"heat": ""}}
    assert canned.asked[0].body["inputs"] == [{"id": "11"}, {"id": "12"}, {"id": "13"}]


async def test_a_failure_of_hubspot_inside_a_207_may_pass() -> None:
    canned = Canned([(207, rows(errors=[error("INTERNAL_ERROR", ids=["11"])]))])

    outcomes = await writer(canned).write_attributes([change("11", heat=None)])

    assert errors_of(outcomes) == [PlatformUnavailable]
