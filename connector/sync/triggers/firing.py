"""When a trigger fires: entries into its condition, and the room that its limit leaves; pure.

Only a change from false to true fires. What a trigger saw when it first looked at a contact is the
baseline, and a contact for whom nothing is known never held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from connector.domain.ledger import TriggerState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from connector.scoring.model import Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Whose condition is not what it was; in the order of their numbers."""

    entered: Sequence[int]
    left: Sequence[int]


def look(
    looked_at: Collection[int], holding: Collection[int], before: Mapping[int, TriggerState]
) -> Look:
    """Compare the contacts `looked_at`, for whom the condition is `holding` or not, with before."""
    held = {contact for contact, state in before.items() if state.is_active}
    return Look(
        entered=sorted(set(holding) - held),
        left=sorted((held & set(looked_at)) - set(holding)),
    )


def fires(trigger: Trigger, before: TriggerState | None, at: datetime, *, is_first: bool) -> bool:
    """Return whether an entry at `at` fires; `is_first` when nobody looked at the contact before.

    Where the trigger has a limit, what fires queues for it.
    """
    if is_first and not trigger.backfill:
        return False
    last = before.fired_at if before else None
    # An entry at the very instant of the last firing is the one that fired.
    return last is None or (last < at and at - last >= (trigger.again_after or timedelta()))


def entry(
    trigger: Trigger, contact: int, before: TriggerState | None, at: datetime
) -> TriggerState:
    """Return the state of a contact that entered at `at` and has not fired since."""
    last = before.fired_at if before else None
    return TriggerState(
        contact=contact, trigger=trigger.name, is_active=True, since=at, fired_at=last
    )


def departure(before: TriggerState, at: datetime) -> TriggerState:
    """Return the state of a contact whose condition does not hold any more."""
    return replace(before, is_active=False, since=at)


def fired(state: TriggerState, at: datetime) -> TriggerState:
    """Return the state of a contact for whom the trigger fired at `at`."""
    return replace(state, fired_at=at)


def has_fired(state: TriggerState) -> bool:
    """Return whether the trigger fired since the condition holds."""
    return state.is_active and state.fired_at is not None and state.fired_at >= state.since


def room(trigger: Trigger, already: int) -> int | None:
    """Return for how many more it may fire in a span in which it fired `already`; None: any."""
    return None if trigger.limit is None else max(0, trigger.limit - already)


def united(states: Iterable[TriggerState], contact: int) -> TriggerState:
    """Return what is known of a trigger once the persons of `states` are one, called `contact`."""
    known = list(states)
    active = [state for state in known if state.is_active]
    firings = [state.fired_at for state in known if state.fired_at is not None]
    return TriggerState(
        contact=contact,
        trigger=known[0].trigger,
        is_active=bool(active),
        since=min(s.since for s in active) if active else max(s.since for s in known),
        fired_at=max(firings, default=None),
    )
