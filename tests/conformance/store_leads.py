"""Leads page by page are all who fit, once each, in order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from connector.domain.contacts import Membership
from connector.domain.leads import LeadQuery
from connector.domain.ledger import Lead
from connector.domain.records import Record
from connector.ports.store import State, Transaction
from state import leads as paging
from tests.conformance.store_world import StoreWorld, T, a_score, decide, people

LIST = ("crm", "News")


async def all_of(tx: Transaction, query: LeadQuery) -> list[Lead]:
    """Return everybody, page by page."""
    found: list[Lead] = []
    for _ in range(100):
        page = await tx.scores.leads(query)
        found += page.leads
        if page.following is None:
            return found
        query = replace(query, after=page.following)
    raise AssertionError("pages have no end")


async def crowd(tx: Transaction, size: int = 30) -> dict[int, tuple[float, str, bool, bool]]:
    """Return of persons their value, stage, whether they are there, and whether in the list."""
    dice = random.Random(7)
    numbers = await people(tx, size)
    facts = {
        number: (
            float(dice.randint(0, 9)),
            dice.choice(("cold", "hot")),
            dice.random() < 0.7,
            dice.random() < 0.5,
        )
        for number in numbers
    }
    await decide(tx, *(a_score(who, each[0], stage=each[1]) for who, each in facts.items()))
    await tx.contacts.save_records(
        [
            Record(
                platform="crm" if each[2] else "mail",
                remote_id=f"r{number}",
                contact=number,
                changed_at=T,
                recorded_at=T,
            )
            for number, each in facts.items()
        ]
    )
    members = [
        Membership(list_name=LIST[1], remote_id=f"r{number}")
        for number, each in facts.items()
        if each[3]
    ]
    await tx.contacts.save_memberships(LIST[0], members)
    return facts


class LeadPromises(StoreWorld):
    @pytest.mark.parametrize("is_ascending", [True, False])
    @pytest.mark.parametrize("stage", [None, "hot"])
    @pytest.mark.parametrize("platform", [None, "crm"])
    @pytest.mark.parametrize("in_list", [None, LIST])
    @pytest.mark.parametrize(("few", "stretch"), [(20_000, 50_000), (0, 4)])
    async def test_pages_are_all_who_fit_in_order(
        self,
        state: State,
        monkeypatch: pytest.MonkeyPatch,
        *,
        is_ascending: bool,
        stage: str | None,
        platform: str | None,
        in_list: tuple[str, str] | None,
        few: int,
        stretch: int,
    ) -> None:
        monkeypatch.setattr(paging, "FEW", few)
        monkeypatch.setattr(paging, "STRETCH", stretch)
        async with state.write() as tx:
            facts = await crowd(tx)
            query = LeadQuery(
                score="lead",
                stage=stage,
                platform=platform,
                in_list=in_list,
                is_ascending=is_ascending,
                limit=4,
            )
            found = await all_of(tx, query)

        fitting = [
            (value, number)
            for number, (value, rung, is_there, is_member) in facts.items()
            if stage in {None, rung}
            and (platform is None or is_there)
            and (in_list is None or (is_member and is_there))
        ]
        assert [(each.value, each.contact) for each in found] == sorted(
            fitting, reverse=not is_ascending
        )

    async def test_nobody_has_a_score_that_is_not_there(self, state: State) -> None:
        async with state.write() as tx:
            await crowd(tx, 3)
            page = await tx.scores.leads(LeadQuery(score="other"))

        assert (page.leads, page.following) == ([], None)
