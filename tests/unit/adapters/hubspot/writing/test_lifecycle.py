"""The life cycle stage goes forward; back only where it was ours."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.hubspot.definitions import Definitions
from adapters.hubspot.writing.amiss import Amiss
from adapters.hubspot.writing.attributes import HubspotAttributes
from adapters.hubspot.writing.lifecycle import STAGE, Move, move
from connector.domain.changes import Addressee, AttributeChange, Outcome
from connector.domain.values import Written
from connector.errors import ContactGone, RejectedByPlatform
from tests.unit.adapters.hubspot.canned import VALIDATION, Asked, Canned, error, rows

ORDER = ("lead", "marketingqualifiedlead", "salesqualifiedlead", "customer")
LEAD, MARKETING, SALES, CUSTOMER = ORDER
KEPT = frozenset({STAGE})


def change(
    wanted: Written, *ours: Written, remote_id: str = "11", **more: Written
) -> AttributeChange:
    """Return a change to a stage; `ours` is what we wrote before, where we did."""
    return AttributeChange(
        to=Addressee(remote_id=remote_id),
        values={STAGE: wanted, **more},
        before=dict.fromkeys([STAGE], *ours) if ours else {},
    )


def definition() -> tuple[int, dict[str, Any]]:
    """Return the property, whose options come in an order of their own."""
    options = [{"value": each, "displayOrder": place} for place, each in enumerate(ORDER)]
    row = {"name": STAGE, "type": "enumeration", "options": options[::-1]}
    return 200, {"results": [row]}


def present(**stages: str) -> tuple[int, dict[str, Any]]:
    return 200, rows(*((name[1:], {STAGE: stage}) for name, stage in stages.items()))


def echoed(asked: Asked) -> tuple[int, dict[str, Any]]:
    return 200, rows(*((each["id"], each["properties"]) for each in asked.body["inputs"]))


async def written(canned: Canned, *changes: AttributeChange) -> list[Outcome]:
    account = canned.account()
    definitions = Definitions(account)
    writer = HubspotAttributes(account, definitions, Amiss(account, definitions))
    return list(await writer.write_attributes(changes))


def told(canned: Canned) -> list[list[dict[str, str]]]:
    """Return what each update said."""
    return [
        [each["properties"] for each in asked.body["inputs"]]
        for asked in canned.asked
        if asked.path.endswith("/batch/update")
    ]


@pytest.mark.parametrize(
    ("there", "asked", "expected"),
    [
        ("", change(MARKETING), Move.WRITE),
        (LEAD, change(MARKETING), Move.WRITE),
        (MARKETING, change(MARKETING), Move.NOTHING),
        (CUSTOMER, change(MARKETING), Move.KEEP),
        (CUSTOMER, change(MARKETING, SALES), Move.KEEP),
        (SALES, change(MARKETING, SALES), Move.EMPTY_FIRST),
        (SALES, change(MARKETING), Move.KEEP),
        (SALES, change(None, SALES), Move.WRITE),
        (CUSTOMER, change(None, SALES), Move.KEEP),
        (CUSTOMER, change(None), Move.KEEP),
        ("", change(None, SALES), Move.NOTHING),
        ("", change(MARKETING, None), Move.WRITE),
        ("partner", change(MARKETING), Move.WRITE),
        (CUSTOMER, change("no_such_stage"), Move.WRITE),
    ],
)
def test_a_stage_moves_as_far_as_it_is_ours_to_move(
    there: str, asked: AttributeChange, expected: Move
) -> None:
    assert move(there, asked, ORDER) is expected


async def test_forward_is_one_write() -> None:
    canned = Canned([definition(), present(_11=LEAD), echoed])

    assert await written(canned, change(SALES)) == [Outcome()]

    assert told(canned) == [[{STAGE: SALES}]]


async def test_back_from_our_own_stage_empties_it_first() -> None:
    canned = Canned([definition(), present(_11=SALES), echoed, echoed])

    assert await written(canned, change(MARKETING, SALES)) == [Outcome()]

    assert told(canned) == [[{STAGE: ""}], [{STAGE: MARKETING}]]


async def test_a_customer_stays_one_and_all_else_is_written() -> None:
    canned = Canned([definition(), present(_11=CUSTOMER), echoed])

    assert await written(canned, change(MARKETING, SALES, heat="12")) == [Outcome(kept=KEPT)]

    assert told(canned) == [[{"heat": "12"}]]


async def test_where_nothing_is_left_to_write_nothing_is_asked() -> None:
    canned = Canned([definition(), present(_11=CUSTOMER, _12=MARKETING)])

    outcomes = await written(canned, change(MARKETING), change(MARKETING, remote_id="12"))

    assert outcomes == [Outcome(is_unchanged=True, kept=KEPT), Outcome(is_unchanged=True)]
    assert told(canned) == []


async def test_a_contact_that_is_gone_is_found_to_be() -> None:
    gone = (207, rows(errors=[error("OBJECT_NOT_FOUND", ids=["11"])]))
    canned = Canned([definition(), present(), gone])

    (outcome,) = await written(canned, change(SALES))

    assert isinstance(outcome.error, ContactGone)


async def test_a_stage_that_could_not_be_emptied_is_not_written() -> None:
    refused = (207, rows(errors=[error(VALIDATION, objectWriteTraceId=["0"])]))
    canned = Canned([definition(), present(_11=SALES, _12=LEAD), refused, echoed])

    bad, good = await written(canned, change(MARKETING, SALES), change(SALES, remote_id="12"))

    assert isinstance(bad.error, RejectedByPlatform)
    assert good == Outcome()
    assert told(canned) == [[{STAGE: ""}], [{STAGE: SALES}]]


async def test_a_stage_that_was_added_since_is_found() -> None:
    status, body = definition()
    _, more = definition()
    more["results"][0]["options"].append({"value": "fan", "displayOrder": 9})
    canned = Canned([(status, body), (status, more), present(_11=CUSTOMER), echoed])

    assert await written(canned, change("fan")) == [Outcome()]

    assert [each.method for each in canned.asked] == ["GET", "GET", "POST", "POST"]
