"""Laws of identity: who is one person does not depend on the order in which that is told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from connector.domain.identity import Claim, Household, RecordKey, households

KEYS: list[RecordKey] = list(product(("crm", "mail"), ("1", "2", "3", "4")))
EMAILS = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=2, unique=True).map(tuple)


@st.composite
def claims(draw: st.DrawFn) -> list[Claim]:
    keys = draw(st.lists(st.sampled_from(KEYS), unique=True, min_size=1))
    return [
        Claim(
            key=key,
            emails=draw(EMAILS),
            contact=draw(st.none() | st.integers(1, 4)),
            merged_into=draw(st.none() | st.sampled_from(KEYS)),
        )
        for key in keys
    ]


def parts(found: Sequence[Household]) -> set[frozenset[RecordKey]]:
    return {frozenset(each.keys) for each in found}


@given(claims().flatmap(lambda each: st.tuples(st.just(each), st.permutations(each))))
def test_the_order_of_claims_changes_nothing(pair: tuple[list[Claim], list[Claim]]) -> None:
    told, otherwise = pair

    assert households(told) == households(otherwise)


@given(claims())
def test_every_record_is_of_exactly_one_person(told: list[Claim]) -> None:
    keys = [key for each in households(told) for key in each.keys]

    assert sorted(keys) == sorted(claim.key for claim in told)


@given(claims())
def test_no_number_is_given_twice_and_none_is_lost(told: list[Claim]) -> None:
    found = households(told)
    kept = [each.contact for each in found if each.contact is not None]
    absorbed = {number for each in found for number in each.absorbed}

    assert len(kept) == len(set(kept))
    assert {claim.contact for claim in told} - {None} == set(kept) | absorbed
    assert not set(kept) & absorbed


@given(claims())
def test_the_oldest_number_of_those_still_free_stays(told: list[Claim]) -> None:
    number_of = {claim.key: claim.contact for claim in told}
    taken: set[int] = set()

    def known(each: Household) -> list[RecordKey]:
        return [key for key in each.keys if number_of[key] is not None]

    for each in sorted(households(told), key=known):
        free = {n for key in each.keys if (n := number_of[key]) is not None} - taken
        assert each.contact == min(free, default=None)
        taken |= {each.contact} if each.contact is not None else set()


@given(claims())
def test_records_that_share_an_address_are_one_person(told: list[Claim]) -> None:
    home = {key: index for index, each in enumerate(households(told)) for key in each.keys}

    for one, other in product(told, told):
        if set(one.emails) & set(other.emails) or one.merged_into == other.key:
            assert home[one.key] == home[other.key]


@given(claims())
def test_persons_who_share_nothing_stay_apart(told: list[Claim]) -> None:
    alone = [
        claim
        for claim in told
        if not claim.emails
        and claim.merged_into is None
        and all(each.merged_into != claim.key for each in told)
    ]
    found = parts(households(told))

    assert all(frozenset({claim.key}) in found for claim in alone)


@given(claims())
def test_settled_persons_stay_as_they_are(told: list[Claim]) -> None:
    settled = {
        key: number for number, each in enumerate(households(told), start=1) for key in each.keys
    }
    again = [
        Claim(
            key=claim.key,
            emails=claim.emails,
            contact=settled[claim.key],
            merged_into=claim.merged_into,
        )
        for claim in told
    ]

    assert [(each.contact, each.absorbed) for each in households(again)] == [
        (number, ()) for number in range(1, len(set(settled.values())) + 1)
    ]
