"""What triggers know of persons who turn out to be one: nothing is done twice, nothing is lost."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.ledger import FiringState
from connector.sync.triggers.deeds import stem_of
from connector.sync.triggers.firing import has_fired, united

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.ledger import Firing, TriggerState
    from connector.ports.store import Transaction

SAME_PERSON = "it fired for the same person under another record"


async def hand_over_triggers(tx: Transaction, absorbed: Mapping[int, int]) -> None:
    """Give what is known of the persons `absorbed` to those they became.

    What is still to be done is left to one of them: who fired rather than who waits, then the
    first. Nothing of it remains where the trigger has done its work for another already.
    """
    everybody = {*absorbed, *absorbed.values()}
    states: defaultdict[tuple[int, str], list[TriggerState]] = defaultdict(list)
    for state in await tx.triggers.states(everybody):
        states[absorbed.get(state.contact, state.contact), state.trigger].append(state)
    open_: defaultdict[tuple[int, str], list[Firing]] = defaultdict(list)
    for firing in await tx.triggers.unfinished(everybody):
        open_[absorbed.get(firing.contact, firing.contact), firing.trigger].append(firing)
    await tx.triggers.save_states(
        [united(known, heir) for (heir, _), known in states.items() if _is_news(known, heir)]
    )
    await tx.triggers.save(
        [
            firing
            for key, claims in open_.items()
            for firing in _settled(claims, key[0], states[key])
        ]
    )


def _is_news(known: Sequence[TriggerState], heir: int) -> bool:
    return any(state.contact != heir for state in known)


def _settled(
    claims: Sequence[Firing], heir: int, states: Sequence[TriggerState]
) -> Sequence[Firing]:
    """Return those of `claims` that become another: they move to the heir, or are dropped."""
    entries: defaultdict[tuple[int, str], list[Firing]] = defaultdict(list)
    for claim in claims:
        entries[claim.contact, stem_of(claim)].append(claim)
    open_for = {contact for contact, _ in entries}
    is_done = any(has_fired(state) and state.contact not in open_for for state in states)
    first = min(entries, key=lambda entry: (_waits(entries[entry]), entries[entry][0].at, entry))
    changed: list[Firing] = []
    for entry, firings in entries.items():
        stays = entry[0] == first[0] and not is_done
        for firing in firings:
            after = replace(firing, contact=heir)
            if not stays and firing.state is not FiringState.IN_FLIGHT:
                after = replace(after, state=FiringState.DROPPED, last_error=SAME_PERSON)
            if after != firing:
                changed.append(after)
    return changed


def _waits(firings: Sequence[Firing]) -> bool:
    return all(firing.state is FiringState.WAITING for firing in firings)
