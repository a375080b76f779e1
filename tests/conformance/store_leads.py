"""Leads page by page are all who fit, once each, in order."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from connector.domain.contacts import Membership
from connector.domain.leads import LeadQuery
from connector.domain.ledger import Lead
from connector.domain.records import Person, Record
from connector.domain.search_words import words_in
from connector.ports.store import State, Transaction
from state import leads as paging
from tests.conformance.store_world import AWKWARD, StoreWorld, T, a_score, decide, people

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


async def named_people(tx: Transaction) -> list[int]:
    """Return the numbers of three persons with names and a score each."""
    numbers = await tx.contacts.create(
        [
            Person(
                contact=0,
                key="ann",
                email="a@acme.example",
                attributes={"first_name": "Élodie", "last_name": "Dupont", "job": "CEO"},
            ),
            Person(contact=0, key="bob", email="bob.dupont+news@acme-corp.example"),
            Person(contact=0, key="cy", attributes={"company": "東京 Œuvre", "name": 7}),
        ]
    )
    await decide(tx, *(a_score(number, float(number)) for number in numbers))
    return list(numbers)


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

    @pytest.mark.parametrize("few", [20_000, 0])
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("dup", ["ann", "bob"]),
            ("ÉLODIE", ["ann"]),
            ("elo dupont", ["ann"]),
            ("bob.dupont+news@acme-corp.example", ["bob"]),
            ("acme", ["ann", "bob"]),
            ("corp dupont bob", ["bob"]),
            ("東", ["cy"]),
            ("upont", []),
            ("dupont nobody", []),
            ("or and not", []),
            ("ceo", []),
        ],
    )
    async def test_words_find_who_has_all_of_them(
        self,
        state: State,
        monkeypatch: pytest.MonkeyPatch,
        *,
        few: int,
        text: str,
        expected: list[str],
    ) -> None:
        monkeypatch.setattr(paging, "FEW", few)
        async with state.write() as tx:
            await named_people(tx)
        async with state.read() as tx:
            found = await all_of(tx, LeadQuery(score="lead", words=words_in(text), limit=1))

        assert sorted(each.key for each in found) == expected

    async def test_words_follow_what_becomes_of_persons(self, state: State) -> None:
        async with state.write() as tx:
            ann, bob, cy = await named_people(tx)
            known = await tx.contacts.persons([ann, bob, cy])
            renamed = replace(known[ann], attributes={"last_name": "Martin"})
            await tx.contacts.save_persons(
                [renamed, known[bob], replace(known[cy], merged_into=ann)]
            )
            await tx.forgotten.erase(await tx.forgotten.traces([bob]), T)
        async with state.read() as tx:
            found = {
                text: [each.key for each in await all_of(tx, LeadQuery(score="lead", words=[text]))]
                for text in ("dupont", "martin", "bob", "elodie")
            }

        assert found == {"dupont": [], "martin": ["ann"], "bob": [], "elodie": []}

    @pytest.mark.parametrize("text", AWKWARD)
    async def test_whatever_stands_in_a_name_is_found(self, state: State, text: str) -> None:
        async with state.write() as tx:
            person = Person(contact=0, key="odd", attributes={"name": text})
            (number,) = await tx.contacts.create([person])
            await decide(tx, a_score(number, 1.0))
            query = LeadQuery(score="lead", words=words_in(text))
            assert [each.key for each in (await tx.scores.leads(query)).leads] == ["odd"]
