"""The journal of a HubSpot made from the vendor's pages alone: files late, twice, unordered, gone.

Whatever our simulator and our adapter take for granted together would show here.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.cursors import written
from adapters.hubspot.adapter import HubspotPlatform
from connector.domain.contacts import Contact, Reading, Removal
from connector.domain.pages import Cursor, Page
from connector.domain.values import FieldType
from connector.errors import UnexpectedAnswer
from tests.fakes import FakeClock
from tests.integration.hubspot.bare import BareHubspot
from tests.integration.hubspot.conftest import AT, HOUR, MINUTE, drained

JOB = Reading(fields={"jobtitle": FieldType.TEXT})
PEOPLE = range(1, 41)


@pytest.fixture
def bare() -> BareHubspot:
    made = BareHubspot(clock=FakeClock(AT))
    made.put(*PEOPLE)
    made.clock.advance(HOUR)
    return made


@pytest.fixture
async def platform(bare: BareHubspot) -> AsyncIterator[HubspotPlatform]:
    connected = bare.connect(journal=True)
    yield connected
    await connected.aclose()


def told(number: int, action: str, kind: str = "OBJECT", **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return an event of the journal."""
    return {
        "type": kind,
        "portalId": 1,
        "occurredAt": "2026-11-02T09:00:00Z",
        "action": action,
        "objectTypeId": "0-1",
        "objectId": number,
        **more,
    }


async def contacts(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[str], Cursor]:
    found, cursor = await drained(platform.contacts.contacts(JOB, since))
    return [each.remote_id for each in found], cursor


async def removals(platform: HubspotPlatform, since: Cursor | None) -> tuple[list[Removal], Cursor]:
    return await drained(platform.removals.removals(since))


async def followed(bare: BareHubspot, platform: HubspotPlatform) -> Cursor:
    """Return a cursor of contacts behind all that there is and the first file of the journal."""
    bare.tell("0", told(1, "UPDATE"))
    _, cursor = await contacts(platform, None)
    _, cursor = await contacts(platform, cursor)
    bare.clock.advance(MINUTE)
    bare.asked.clear()
    return cursor


def gone_by(bare: BareHubspot) -> str:
    """Return a cursor of removals behind the first file of the journal, after a walk."""
    bare.files = [("0", [told(1, "UPDATE")])]
    now = round(bare.clock.now().timestamp() * 1000)
    return written({"before": now, "count": len(bare.contacts), "walked": now, "offset": "0"})


async def test_files_are_read_in_order_to_the_end_and_then_no_more(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    for number in range(1, 26):
        bare.tell(str(number), told(number, "UPDATE"))

    found, cursor = await contacts(platform, cursor)
    asked = [each for each in bare.asked if not each.startswith("file")]
    bare.asked.clear()
    later, _ = await contacts(platform, cursor)

    assert found == [str(number) for number in range(1, 26)]
    assert asked == [f"batch/{place}/next/10" for place in ("0", "10", "20", "25")]
    assert (later, bare.asked) == ([], ["batch/25/next/10"])


async def test_a_journal_that_begins_later_is_read_from_its_beginning(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    _, cursor = await contacts(platform, None)
    _, cursor = await contacts(platform, cursor)
    bare.tell("1", told(3, "UPDATE"))
    bare.tell("2", told(4, "UPDATE"))

    found, _ = await contacts(platform, cursor)

    assert {"3", "4"} <= set(found)
    assert bare.asked[-5:] == ["earliest", "file 1", "batch/1/next/10", "file 2", "batch/2/next/10"]


async def test_links_that_expire_before_their_turn_are_asked_for_again(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    for number in range(1, 13):
        bare.tell(str(number), told(number, "UPDATE"))
    bare.a_file_takes = 2 * MINUTE

    found, _ = await contacts(platform, cursor)

    assert found == [str(number) for number in range(1, 13)]
    assert [each for each in bare.asked if each.startswith("batch")][:3] == [
        f"batch/{place}/next/10" for place in ("0", "2", "4")
    ]


@pytest.mark.parametrize("why", ["dead", "lost"])
async def test_a_file_that_cannot_be_had_is_searched_for_instead_and_that_is_said(
    bare: BareHubspot, platform: HubspotPlatform, why: str
) -> None:
    cursor = await followed(bare, platform)
    bare.put(7, jobtitle="CEO")
    bare.tell("1", told(7, "UPDATE"))
    bare.links_are_dead, bare.lost = why == "dead", {"1"}
    bare.clock.advance(MINUTE)

    pages: list[Page[Contact]] = [page async for page in platform.contacts.contacts(JOB, cursor)]

    assert "7" in {each.remote_id for page in pages for each in page.items}
    assert [problem.message for page in pages for problem in page.problems] == [
        "a file of the journal cannot be had; what it may tell is searched for instead"
    ]


async def test_what_is_told_twice_is_read_and_no_harm(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    bare.tell("1", told(7, "UPDATE"), told(7, "UPDATE"), told(8, "CREATE"))
    bare.tell("2", told(7, "UPDATE"))

    found, _ = await contacts(platform, cursor)

    assert found == ["7", "8"]


@pytest.mark.parametrize("order", [1, -1])
async def test_who_is_deleted_is_gone_in_whatever_order_it_is_told(
    bare: BareHubspot, platform: HubspotPlatform, order: int
) -> None:
    cursor = gone_by(bare)
    del bare.contacts[7]
    bare.tell("1", *[told(7, "UPDATE"), told(7, "DELETE")][::order])

    gone, _ = await removals(platform, cursor)

    assert gone == [Removal(remote_id="7")]


@pytest.mark.parametrize("order", [1, -1])
async def test_who_is_restored_is_read_in_whatever_order_it_is_told(
    bare: BareHubspot, platform: HubspotPlatform, order: int
) -> None:
    of_contacts, of_removals = await followed(bare, platform), gone_by(bare)
    bare.tell("1", *[told(7, "DELETE"), told(7, "RESTORE")][::order])

    found, _ = await contacts(platform, of_contacts)
    gone, _ = await removals(platform, of_removals)

    assert (found, gone) == (["7"], [])


@pytest.mark.parametrize("order", [1, -1])
async def test_who_is_erased_is_erased_in_whatever_order_it_is_told(
    bare: BareHubspot, platform: HubspotPlatform, order: int
) -> None:
    cursor = gone_by(bare)
    del bare.contacts[7]
    erased = told(7, "DELETE", "GDPR_PRIVACY_DELETION")
    bare.tell("1", *[told(7, "DELETE"), erased][::order])

    gone, _ = await removals(platform, cursor)

    assert gone == [Removal(remote_id="7", erased=True)]


@pytest.mark.parametrize(
    ("more", "winner"),
    [
        ({"primaryObjectId": 7, "mergedObjectIds": [7, 8]}, 7),
        ({"primaryObjectId": 7, "mergedObjectIds": [8], "newObjectId": 50}, 50),
    ],
    ids=["the primary is left", "another id is new"],
)
async def test_a_merge_says_into_whom(
    bare: BareHubspot, platform: HubspotPlatform, more: dict[str, Any], winner: int
) -> None:
    cursor = gone_by(bare)
    del bare.contacts[7], bare.contacts[8]
    bare.put(winner, hs_merged_object_ids="7;8")
    bare.tell("1", told(7, "MERGE", **more))

    gone, _ = await removals(platform, cursor)

    losers = [str(each) for each in (7, 8) if each != winner]
    assert gone == [Removal(remote_id=each, merged_into=str(winner)) for each in losers]


async def test_a_merge_that_says_no_more_is_read_of_who_is_left(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    del bare.contacts[8]
    bare.put(7, hs_merged_object_ids="8")
    bare.tell("1", told(7, "MERGE"))

    found, _ = await drained(platform.contacts.contacts(JOB, cursor))

    assert [(each.remote_id, each.merged_ids) for each in found] == [("7", ("8",))]


async def test_what_is_not_of_contacts_is_passed_over(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    bare.tell(
        "1",
        told(7, "UPDATE", objectTypeId="0-3"),
        {"type": "LIST_MEMBERSHIP", "portalId": 1, "action": "ADDED", "listId": 3, "objectId": 8},
        {"type": "APP_LIFECYCLE_EVENT", "portalId": 1},
        {"type": "OF_NEXT_YEAR", "portalId": 1, "objectTypeId": "0-1", "objectId": 9},
    )

    found, _ = await contacts(platform, cursor)

    assert found == []


async def test_a_journal_that_goes_round_is_an_error_and_no_loop(
    bare: BareHubspot, platform: HubspotPlatform
) -> None:
    cursor = await followed(bare, platform)
    bare.tell("1", told(7, "UPDATE"))
    bare.tell("2", told(7, "UPDATE"))
    bare.files += bare.files[:1]

    with pytest.raises(UnexpectedAnswer, match="goes round in a circle"):
        await contacts(platform, cursor)
