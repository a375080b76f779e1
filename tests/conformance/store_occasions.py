"""Events of one occasion: it counts once for a person, whoever is merged and parts."""

from __future__ import annotations

from dataclasses import replace

from connector.domain.events import Event
from connector.domain.frames import CONTACT, EVENT_ID
from connector.ports.store import State, Transaction
from tests.conformance.store_world import HOUR, StoreWorld, T, an_event, people, subject_of


def _won(number: str, *, url: str = "u", occasion: str | None = "deal 1") -> Event:
    return replace(an_event(number, url=url), occasion=occasion)


async def _counted(state: State) -> list[tuple[int, str]]:
    """Return who has which events, however they are asked for."""
    async with state.read() as tx:
        frame = (await tx.events.frame(None, {})).collect()
        numbers = frame[CONTACT].unique().to_list()
        asked_for = (await tx.events.frame(numbers, {})).collect()
        assert await tx.events.count() == frame.height
        assert sum((await tx.events.types()).values()) == frame.height
    found = sorted(frame.select(CONTACT, EVENT_ID).rows())
    assert sorted(asked_for.select(CONTACT, EVENT_ID).rows()) == found
    return found


async def _two(tx: Transaction) -> tuple[list[int], list[int]]:
    """Return two persons, and the number of the subject of each."""
    persons = await people(tx, 2)
    return persons, [await subject_of(tx, each, ref=f"r{each}") for each in persons]


class OccasionPromises(StoreWorld):
    async def test_each_person_has_an_event_of_an_occasion(self, state: State) -> None:
        async with state.write() as tx:
            (ann, bob), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, _won("e")), (two, _won("e:2"))], T)

        assert await _counted(state) == [(ann, "e"), (bob, "e:2")]

    async def test_who_is_merged_has_one_event_of_an_occasion(self, state: State) -> None:
        async with state.write() as tx:
            (ann, _), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, _won("e")), (two, _won("e:2"))], T)
        async with state.write() as tx:
            await tx.contacts.link({two: ann})

        assert await _counted(state) == [(ann, "e")]

    async def test_who_parts_again_has_their_own(self, state: State) -> None:
        async with state.write() as tx:
            (ann, bob), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, _won("e")), (two, _won("e:2"))], T)
            await tx.contacts.link({two: ann})
        async with state.write() as tx:
            await tx.contacts.link({two: bob})

        assert await _counted(state) == [(ann, "e"), (bob, "e:2")]

    async def test_an_event_that_comes_to_another_contact_takes_the_place_of_theirs(
        self, state: State
    ) -> None:
        async with state.write() as tx:
            (_, bob), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, _won("z")), (two, _won("e:2"))], T)
        async with state.write() as tx:
            await tx.events.save("crm", [(two, _won("z"))], T + HOUR)

        assert await _counted(state) == [(bob, "z")]

    async def test_what_was_learned_last_counts(self, state: State) -> None:
        async with state.write() as tx:
            (ann, _), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, _won("e")), (two, _won("e:2"))], T)
            await tx.contacts.link({two: ann})
        async with state.write() as tx:
            await tx.events.save("crm", [(two, _won("e:2", url="corrected"))], T + HOUR)

        assert await _counted(state) == [(ann, "e:2")]

    async def test_what_has_another_occasion_or_none_counts_by_itself(self, state: State) -> None:
        events = [
            _won("e"),
            _won("f", occasion="deal 2"),
            *(_won(each, occasion=None) for each in "gh"),
        ]
        async with state.write() as tx:
            (ann, _), (one, two) = await _two(tx)
            await tx.events.save("crm", [(one, each) for each in events], T)
            await tx.contacts.link({two: ann})

        assert [name for _, name in await _counted(state)] == ["e", "f", "g", "h"]

    async def test_an_occasion_is_one_of_its_platform(self, state: State) -> None:
        async with state.write() as tx:
            (person,) = await people(tx)
            for platform in ("crm", "mail"):
                subject = await subject_of(tx, person, platform=platform)
                await tx.events.save(platform, [(subject, _won("e"))], T)

        assert await _counted(state) == [(person, "e"), (person, "e")]

    async def test_a_corrected_version_takes_no_place(self, state: State) -> None:
        async with state.write() as tx:
            (ann, _), (one, two) = await _two(tx)
            await tx.contacts.link({two: ann})
            await tx.events.save("crm", [(one, _won("e")), (one, _won("f"))], T)
            await tx.events.save("crm", [(one, _won("e", occasion="deal 2"))], T + HOUR)

        assert await _counted(state) == [(ann, "e"), (ann, "f")]

    async def test_events_of_nobody_known_are_all_counted(self, state: State) -> None:
        async with state.write() as tx:
            subjects = [await subject_of(tx, None, ref=ref) for ref in ("a", "b")]
            await tx.events.save("crm", [(each, _won(f"e{each}")) for each in subjects], T)
            count = await tx.events.count()

        assert count == 2
