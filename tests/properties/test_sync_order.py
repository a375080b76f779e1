"""Any order and any batching of the same pages gives the same persons, links and scores."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

from hypothesis import given, settings
from hypothesis import strategies as st

from connector.domain.contacts import Contact, Removal
from connector.domain.events import Event
from connector.domain.frames import CONTACT, EVENT_ID
from tests.builders import T, a_contact, an_event
from tests.unit.sync.intake import Intake

Item: TypeAlias = "tuple[str, Contact | Event | Removal]"
People: TypeAlias = "set[tuple[frozenset[tuple[str, str]], frozenset[str], str]]"

PLATFORMS = ("crm", "mail")
ADDRESSES = ["a@x.org", "b@x.org", "c@x.org"]
emails = st.lists(st.sampled_from(ADDRESSES), max_size=2, unique=True)


@st.composite
def histories(draw: st.DrawFn) -> list[Item]:
    """Return what two platforms have to tell, each thing once."""
    items: list[Item] = []
    for platform in PLATFORMS:
        ids = draw(st.lists(st.sampled_from(["1", "2", "3", "4"]), unique=True))
        gone = set(draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
        for number in ids:
            if number not in gone:
                job = draw(st.sampled_from(["boss", "cook"]))
                items.append(
                    (
                        platform,
                        a_contact(
                            number,
                            *draw(emails),
                            attributes={"job" if platform == "crm" else "JOB": job},
                            created_at=T,
                            modified_at=T,
                        ),
                    )
                )
        live = sorted(set(ids) - gone)
        items += [
            (platform, Removal(remote_id=each, merged_into=draw(st.sampled_from(live))))
            for each in sorted(gone)
            if live
        ]
        subjects = st.sampled_from(["1", "2", "3", "4", *ADDRESSES])
        items += [
            (platform, an_event(f"e{number}", draw(subjects)))
            for number in range(draw(st.integers(0, 4)))
        ]
    return items


@st.composite
def tellings(draw: st.DrawFn) -> tuple[list[Item], list[list[Item]]]:
    """Return a history, and the same in another order and in batches of any size."""
    told = draw(histories())
    shuffled = draw(st.permutations(told))
    cuts = sorted(draw(st.sets(st.integers(0, len(told)), max_size=4)) | {0, len(told)})
    return told, [list(shuffled[a:b]) for a, b in pairwise(cuts)]


@settings(max_examples=150, deadline=None)
@given(tellings())
def test_order_and_batches_change_nothing(pair: tuple[list[Item], list[list[Item]]]) -> None:
    told, batches = pair
    with_removals_known = _without_strangers(told, batches)

    assert asyncio.run(_people([told])) == asyncio.run(_people(with_removals_known))


@settings(max_examples=60, deadline=None)
@given(tellings())
def test_telling_it_all_again_is_no_work(pair: tuple[list[Item], list[list[Item]]]) -> None:
    told, batches = pair

    assert asyncio.run(_stale_after_telling_again(told, batches)) == set()


def _without_strangers(told: list[Item], batches: list[list[Item]]) -> list[list[Item]]:
    """Return `batches` with a last one that tells of merges again.

    Of a merge among records nobody has heard of nothing is kept: platforms tell it once more, in
    the list of ids that the winner took over, or when the stream is read again.
    """
    return [*batches, [each for each in told if isinstance(each[1], Removal)]]


async def _people(batches: Sequence[Sequence[Item]]) -> People:
    intake = Intake()
    for batch in batches:
        await _tell(intake, batch)
    async with intake.state.read() as tx:
        numbers = await tx.contacts.all_numbers()
        records = await tx.contacts.records_of(numbers)
        frame = (await tx.events.frame(None, {})).select(CONTACT, "platform", EVENT_ID).collect()
        persons = await tx.contacts.persons(numbers)
    return {
        (
            frozenset((r.platform, r.remote_id) for r in records if r.contact == number),
            frozenset(f"{each[1]}:{each[2]}" for each in frame.rows() if each[0] == number),
            str((persons[number].email, sorted(persons[number].attributes.items()))),
        )
        for number in numbers
    }


async def _stale_after_telling_again(told: list[Item], batches: list[list[Item]]) -> set[int]:
    intake = Intake()
    await _tell(intake, told)
    await intake.settle()
    for batch in batches:
        await _tell(intake, [each for each in batch if not isinstance(each[1], Removal)])
    return await intake.stale()


async def _tell(intake: Intake, batch: Sequence[Item]) -> None:
    for platform in PLATFORMS:
        here = [item for name, item in batch if name == platform]
        await intake.contacts(platform, *(each for each in here if isinstance(each, Contact)))
        await intake.removals(platform, *(each for each in here if isinstance(each, Removal)))
        await intake.events(platform, *(each for each in here if isinstance(each, Event)))
