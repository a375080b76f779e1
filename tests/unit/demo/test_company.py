"""The people of the demo and what they do: believable, and the same from a seed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from connector.demo.company.deeds import Act, Deed
from connector.demo.company.past import year_of
from connector.demo.company.people import Someone, found
from connector.demo.company.present import Present
from connector.demo.company.seasons import Year

YEAR = Year(datetime(2026, 11, 23, 5, tzinfo=UTC))
ALL = ("brevo", "hubspot", "mautic")


def a_company(number: int = 600, seed: int = 1) -> tuple[list[Someone], list[Deed]]:
    chance = Random(seed)
    people = found(chance, number, ALL, YEAR)
    return people, year_of(chance, people, YEAR)


def test_the_same_seed_makes_the_same_company() -> None:
    assert a_company(60) == a_company(60)
    assert a_company(60) != a_company(60, seed=2)


def test_everything_lies_in_the_past_and_in_order() -> None:
    _, deeds = a_company()

    instants = [each.at for each in deeds]
    assert instants == sorted(instants)
    assert instants[-1] < YEAR.now


def test_nobody_does_anything_before_they_arrive() -> None:
    _, deeds = a_company()

    here: set[int] = set()
    for deed in deeds:
        assert (deed.act is Act.ARRIVED) is (deed.person not in here)
        here.add(deed.person)


def test_whoever_left_or_cannot_be_reached_gets_no_more_mail() -> None:
    _, deeds = a_company()

    gone: set[int] = set()
    for deed in deeds:
        if deed.act is Act.MAILED:
            assert deed.person not in gone
        if deed.act in {Act.LEFT, Act.BOUNCED}:
            gone.add(deed.person)
    assert gone


def test_autumn_is_busier_than_august() -> None:
    chance = Random(1)

    months = Counter(YEAR.instant(chance).month for _ in range(4000))

    assert months[9] > 1.5 * months[8]


def test_some_are_known_by_another_address_to_a_second_platform() -> None:
    people, _ = a_company()

    several = [each for each in people if len(each.on) > 1]
    assert 0.3 < len(several) / len(people) < 0.6
    assert all(each.address_on(each.on[0]) == each.address for each in several)
    assert any("+" in each.address_on(each.on[1]) for each in several)
    assert any(each.spelling.lower() == each.address != each.spelling for each in several)


@pytest.mark.parametrize("act", [each for each in Act if each is not Act.ARRIVED])
def test_a_year_has_of_everything(act: Act) -> None:
    _, deeds = a_company()

    assert act in {each.act for each in deeds}


def test_the_same_few_go_on_from_now() -> None:
    people, _ = a_company()
    present = Present(Random(1), people)

    steps = [present.step(YEAR.now) for _ in range(60)]

    assert {each.at for each in steps} == {YEAR.now}
    assert len({each.person for each in steps}) < 30
    assert not any(people[each.person].is_dead for each in steps)
