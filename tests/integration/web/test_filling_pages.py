"""Pages of leads that the database hands over short are filled, forth and back."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from connector.domain.contacts import Membership
from connector.domain.records import Record
from connector.sync.looking.lead_list import LeadLines, Wanted, filling
from connector.sync.workspace import Workspace
from state import leads as paging
from state.opening import open_state
from tests.conformance.store_world import T, a_score, decide, people
from tests.unit.sync.world import World

NEWS = Wanted(in_list="crm:News")


@pytest.fixture
async def workspace(sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Workspace]:
    """Return 30 leads of whom every tenth is in a list; so few are gone through at a time."""
    monkeypatch.setattr(paging, "FEW", 0)
    monkeypatch.setattr(paging, "STRETCH", 4)
    world = World()
    state = await open_state(sqlite_url)
    async with state.write() as tx:
        numbers = await people(tx, 30)
        await decide(tx, *(a_score(each, float(each), name="heat") for each in numbers))
        records = [
            Record(platform="crm", remote_id=str(each), contact=each, changed_at=T, recorded_at=T)
            for each in numbers
        ]
        await tx.contacts.save_records(records)
        joined = [Membership(list_name="News", remote_id=str(each)) for each in numbers[4::10]]
        await tx.contacts.save_memberships("crm", joined)
    world.state = state  # type: ignore[assignment]  # a world of the same people, in a file
    yield world.workspace
    await state.aclose()


async def _all(pages: AsyncIterator[LeadLines]) -> list[LeadLines]:
    return [each async for each in pages]


def _heats(page: LeadLines) -> list[float]:
    return [each.scores["heat"]["value"] for each in page.lines]


async def test_a_page_is_told_at_once_and_again_until_it_is_full(workspace: Workspace) -> None:
    pages = await _all(filling(workspace, NEWS, limit=2))

    assert _heats(pages[0]) == []
    assert pages[0].further is not None
    assert (_heats(pages[-1]), pages[-1].before) == ([25, 15], None)


async def test_one_goes_on_from_a_filled_page_and_back_to_it(workspace: Workspace) -> None:
    first = (await _all(filling(workspace, NEWS, limit=2)))[-1]
    last = (await _all(filling(workspace, NEWS, limit=2, cursor=first.cursor)))[-1]
    back = (await _all(filling(workspace, NEWS, limit=2, cursor=last.before)))[-1]

    assert (_heats(last), last.cursor) == ([5], None)
    assert (_heats(back), back.is_back) == ([25, 15], True)
    assert (await _all(filling(workspace, NEWS, cursor=back.cursor)))[-1].lines == last.lines


async def test_who_is_nowhere_is_looked_for_to_the_end(workspace: Workspace) -> None:
    pages = await _all(filling(workspace, Wanted(in_list="crm:Nowhere")))

    assert [page.lines for page in pages if page.lines] == []
    assert pages[-1].further is None
