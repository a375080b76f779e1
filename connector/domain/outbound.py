"""What should be true of a contact on a platform, what is known to be, and the work between."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from connector.domain.values import Written

Each = TypeVar("Each")
NO_STAGE = ""
"""The stage of somebody who is to be in none any more, where only what we write stands."""
_NONE: frozenset[str] = frozenset()


class DeliveryState(Enum):
    """Where an outbound row stands."""

    CLEAN = "clean"
    """Nothing to do: what is desired is confirmed, or differs too little."""
    PENDING = "pending"
    IN_FLIGHT = "in_flight"
    """Leased by a worker until `lease_until`."""
    DEAD = "dead"
    """Rejected for good; a new desire or a replay revives it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """State of one contact on one platform. What is absent here is not ours to say."""

    attributes: Mapping[str, Written] = field(default_factory=dict)
    """By the platform's field names."""
    lists: Mapping[str, bool] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)
    stage: str | None = None
    overruled: Mapping[str, Written] = field(default_factory=dict)
    """Of what is confirmed: values of ours that stand no more where they stood, and may not.

    By ``attribute <field>`` or ``list <name>``. Nothing is written there until ours is another.
    By ``wrote <field>`` what we wrote last to a guarded field, whatever stands there now. By
    ``awaited <field>`` a copy that was written and not read back yet: how the platform spells it
    is not known. By ``tried <list>`` a membership of which nobody saw whether it was written.
    """

    def with_values(
        self,
        values: Mapping[str, Written],
        kept: Collection[str],
        guarded: Collection[str] = (),
    ) -> Desired:
        """Return what is confirmed once `values` were written, in spite of which some were `kept`.

        The platform goes on showing its own values in those fields. What we wrote to others that
        are `guarded` is remembered.
        """
        present = {**self.attributes, **values}
        if not self.overruled and not kept and not guarded:
            return replace(self, attributes=present)
        overruled = dict(self.overruled)
        for name, value in values.items():
            overruled.pop(overruled_key("attribute", name), None)
            if name in kept:
                overruled[overruled_key("attribute", name)] = value
            elif name in guarded:
                overruled[overruled_key(WROTE, name)] = value
        return replace(self, attributes=present, overruled=overruled)

    def wrote(self, names: Collection[str]) -> Mapping[str, Written]:
        """Return what we wrote last to those of `names` that are guarded."""
        if not self.overruled:
            return {}
        keys = {name: overruled_key(WROTE, name) for name in names}
        return {name: self.overruled[key] for name, key in keys.items() if key in self.overruled}

    def moved_on(self, before: Desired, after: Desired) -> Desired:
        """Return this state with all that changed from `before` to `after`.

        What was let to stand in place of other values than those written since stands no more.
        """
        written = {
            overruled_key("attribute", name): value
            for name, value in after.attributes.items()
            if name not in before.attributes or before.attributes[name] != value
        }
        overruled = _moved_on(self.overruled, before.overruled, after.overruled)
        return Desired(
            attributes=_moved_on(self.attributes, before.attributes, after.attributes),
            lists=_moved_on(self.lists, before.lists, after.lists),
            tags=_moved_on(self.tags, before.tags, after.tags),
            stage=self.stage if before.stage == after.stage else after.stage,
            overruled={
                key: value
                for key, value in overruled.items()
                if key not in written or key in after.overruled or value == written[key]
            },
        )

    def with_tried(self, lists: Collection[str]) -> Desired:
        """Return what is confirmed when it is in doubt who put the contact in these `lists`."""
        kept = {k: v for k, v in self.overruled.items() if not k.startswith(f"{TRIED} ")}
        tried = {overruled_key(TRIED, name): True for name in sorted(lists)}
        return replace(self, overruled={**kept, **tried}) if self.overruled or tried else self

    @property
    def tried(self) -> frozenset[str]:
        """Lists of which it is in doubt who put the contact there."""
        # Nearly always so: that no row carries a set of its own for it spares the collector.
        if not self.overruled:
            return _NONE
        prefix = f"{TRIED} "
        keys = (each for each in self.overruled if each.startswith(prefix))
        return frozenset(each.removeprefix(prefix) for each in keys)

    def is_overruled(self, kind: str, name: str, value: Written) -> bool:
        """Return whether another value is let to stand in place of `value`."""
        if not self.overruled:
            return False
        key = overruled_key(kind, name)
        return key in self.overruled and self.overruled[key] == value


def _moved_on(
    present: Mapping[str, Each], before: Mapping[str, Each], after: Mapping[str, Each]
) -> Mapping[str, Each]:
    gone = before.keys() - after.keys()
    kept = {name: each for name, each in present.items() if name not in gone}
    new = {n: each for n, each in after.items() if n not in before or before[n] != each}
    return kept | new


WROTE = "wrote"
AWAITED = "awaited"
TRIED = "tried"


def overruled_key(kind: str, name: str) -> str:
    """Return under what `Desired.overruled` knows an ``attribute`` or a ``list``."""
    return f"{kind} {name}"


NOTHING = Desired()

NOT_YET = ""
"""The record of a contact who is to be created: nothing can be written to it yet."""

INTERRUPTED = "interrupted"
"""The error of a row whose worker died: whether the platform took something is not known."""

STILL_OPEN = "decided anew before the end of an attempt was seen"
"""The error of a row of which something is desired as it was when an attempt was seen by nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbound:
    """The one row per contact and platform."""

    contact: int
    platform: str
    remote_id: str
    """The record that is written to; NOT_YET when it is to be made."""
    email: str | None = None
    desired: Desired = NOTHING
    confirmed: Desired = NOTHING
    adopted: frozenset[str] = frozenset()
    """Lists in which the contact stood before we would have added them."""
    state: DeliveryState = DeliveryState.PENDING
    revision: int = 0
    """Counts the desires; a settlement of an older one leaves the row pending."""
    fence: int = 0
    """Counts the leases; a worker with an older one is ignored."""
    attempts: int = 0
    not_before: datetime | None = None
    last_error: str | None = None
    decided_at: datetime | None = None
    confirmed_at: datetime | None = None
    is_urgent: bool = False
    """Whether it is written before others: somebody did something, or few were decided."""

    @property
    def is_to_be_created(self) -> bool:
        """Whether its record is still to be made, and nothing refused that for good."""
        return self.remote_id == NOT_YET and self.state is not DeliveryState.DEAD

    @property
    def may_be_done(self) -> bool:
        """Whether an earlier attempt may have done what is left to do, seen by nobody."""
        is_open = self.state in {DeliveryState.PENDING, DeliveryState.IN_FLIGHT}
        is_unseen = self.last_error in {INTERRUPTED, STILL_OPEN} or bool(self.confirmed.tried)
        return is_open and (self.attempts > 0 or is_unseen)

    @property
    def unseen_lists(self) -> frozenset[str]:
        """Lists that an earlier attempt may have put them in or taken them out of, seen by nobody.

        One that was interrupted may have got to all that was left to do.
        """
        if self.last_error != INTERRUPTED:
            return self.confirmed.tried
        wanted, known = self.desired.lists, self.confirmed.lists
        left = {name for name, on in wanted.items() if on is not known.get(name, False)}
        return self.confirmed.tried | left


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a worker reports of a row it had leased."""

    row: Outbound
    """As leased: its contact, platform, revision and fence name it."""
    confirmed: Desired
    """All that is known to be true there now."""
    adopted: frozenset[str]
    state: DeliveryState
    """CLEAN, PENDING (try again from `not_before` on) or DEAD."""
    attempts: int = 0
    not_before: datetime | None = None
    error: str | None = None
    lacks: frozenset[str] = frozenset()
    """What the account lacks for some of it, in words: that waits, and did not fail."""

    @property
    def told(self) -> str | None:
        """Return why something of it is not done yet; None when nobody has to know."""
        return self.error or "; ".join(sorted(self.lacks)) or None

    @property
    def is_progress(self) -> bool:
        """Return whether it brought what is known to be there up to date."""
        return self.told is None or self.confirmed != self.row.confirmed
