"""What is left to do between the desired and the confirmed state of a contact; pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from connector.domain.outbound import AWAITED, NO_STAGE, TRIED, WROTE, DeliveryState, overruled_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.outbound import Desired, Outbound
    from connector.domain.values import Written
    from connector.scoring.model import Target

_OTHER = object()
"""What equals no value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What must be written so that a platform shows what is desired."""

    attributes: Mapping[str, Written] = field(default_factory=dict)
    lists: Mapping[str, bool] = field(default_factory=dict)
    tags: Mapping[str, bool] = field(default_factory=dict)
    stage: str | None = None

    def __bool__(self) -> bool:
        """Return whether anything must be written."""
        return bool(self.attributes or self.lists or self.tags or self.stage is not None)


class Standing(Protocol):
    """What is wanted of somebody, and what is known to be so."""

    @property
    def desired(self) -> Desired:
        """Return what is wanted."""
        ...

    @property
    def confirmed(self) -> Desired:
        """Return what is known."""
        ...

    @property
    def adopted(self) -> frozenset[str]:
        """Return the lists that the contact was in before us."""
        ...


def difference(row: Standing, target: Target) -> Difference:
    """Return what `row` still needs.

    A number that moved by less than the target's `change_of` is not worth a write. A list that
    the contact was in before us is left only when the list is our own.
    """
    desired, confirmed = row.desired, row.confirmed
    known = confirmed.attributes
    copied = {each.field for each in target.copies}
    return Difference(
        attributes={
            name: value
            for name, value in desired.attributes.items()
            if (
                _is_worth_writing(value, known[name], None if name in copied else target.change_of)
                if name in known
                else value is not None
            )
            and not confirmed.is_overruled("attribute", name, value)
        },
        lists={
            name: wanted
            for name, wanted in desired.lists.items()
            if wanted is not confirmed.lists.get(name, False)
            and (wanted or name not in row.adopted or _is_own(name, target))
            and not confirmed.is_overruled("list", name, wanted)
        },
        tags={
            tag: wanted
            for tag, wanted in desired.tags.items()
            if wanted is not confirmed.tags.get(tag, False)
        },
        stage=_stage(desired, confirmed),
    )


def _stage(desired: Desired, confirmed: Desired) -> str | None:
    """Return the stage to be written, None where there is none; what never was need not end."""
    known = NO_STAGE if confirmed.stage is None else confirmed.stage
    return None if desired.stage == known else desired.stage


def is_work(row: Outbound, target: Target) -> bool:
    """Return whether anything is to be done about `row`: its record made, or written to."""
    return not row.remote_id or bool(difference(row, target))


def still_overruled(confirmed: Desired, desired: Desired) -> Desired:
    """Return what is `confirmed` once this is `desired`: new values of ours are overruled no more.

    So is one that is desired again later.
    """
    if not confirmed.overruled:
        return confirmed
    present: dict[str, Written] = {
        **{overruled_key("attribute", name): each for name, each in desired.attributes.items()},
        **{overruled_key("list", name): each for name, each in desired.lists.items()},
    }
    kept = {
        key: each
        for key, each in confirmed.overruled.items()
        if present.get(key) == each or key.startswith((f"{WROTE} ", f"{AWAITED} ", f"{TRIED} "))
    }
    return replace(confirmed, overruled=kept)


def doubted(before: Outbound, desired: Desired, target: Target, shown: Desired) -> Desired:
    """Return what is confirmed of `before` once another state is `desired`.

    `shown` is what is confirmed by now, with what the record itself shows. A write whose outcome
    nobody saw may have been done: what it was to change, and is desired otherwise now, has to be
    written whatever was confirmed before it. Of lists it is known which were written at all, but
    of a write that goes on; one that is not in the configuration now may be so again.
    """
    confirmed, tried = _awaiting(before, desired, target, shown), before.unseen_lists
    if not _is_open(before) and not tried:
        return confirmed
    left = difference(before, target)
    if before.state is DeliveryState.IN_FLIGHT:
        tried |= left.lists.keys()
    attributes = dict(confirmed.attributes)
    for name, value in left.attributes.items():
        present = desired.attributes.get(name, value)
        if present is None:
            attributes[name] = value
        elif present != value:
            attributes.pop(name, None)
    lists = {name: not desired.lists.get(name, False) for name in tried}
    tags = {tag: on for tag, on in left.tags.items() if desired.tags.get(tag, on) is not on}
    is_other = left.stage is not None and desired.stage not in {None, left.stage}
    known = replace(
        confirmed,
        attributes=attributes,
        lists={**confirmed.lists, **lists},
        tags={**confirmed.tags, **tags},
        stage=left.stage if is_other else confirmed.stage,
    )
    return known.with_tried(tried)


def _awaiting(before: Outbound, desired: Desired, target: Target, shown: Desired) -> Desired:
    """Return what is confirmed, copies marked that are perhaps written and `desired` no more.

    They may come back from the platform later, as if somebody had put them there.
    """
    if not _is_open(before):
        return shown
    left = difference(before, target).attributes
    marks = {
        overruled_key(AWAITED, each.field): value
        for each in target.copies
        if (value := left.get(each.field)) is not None
        and desired.attributes.get(each.field) != value
    }
    return replace(shown, overruled={**shown.overruled, **marks}) if marks else shown


def stays_doubted(before: Outbound, desired: Desired, target: Target) -> bool:
    """Return whether what may have been done of `before` unseen is `desired` as it was."""
    if not _is_open(before):
        return False
    left = difference(before, target)
    is_staged = left.stage is not None and left.stage == desired.stage
    return is_staged or any(
        present.get(name, _OTHER) == value
        for wanted, present in (
            (left.attributes, desired.attributes),
            (left.lists, desired.lists),
            (left.tags, desired.tags),
        )
        for name, value in wanted.items()
    )


def _is_open(before: Outbound) -> bool:
    """Return whether what is left to do is perhaps done, or is being done: its end may be a crash.

    What is seen of an attempt that goes on is taken note of all the same.
    """
    return before.may_be_done or before.state is DeliveryState.IN_FLIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What guards hold back on a platform."""

    lists: frozenset[str] = frozenset()
    """Lists that nobody is taken out of."""
    clearings: frozenset[str] = frozenset()
    """Fields that are copied to and cleared for nobody."""


def without(held: Held, left: Difference) -> Difference:
    """Return `left` but for what is `held` back."""
    if held.lists.isdisjoint(left.lists) and held.clearings.isdisjoint(left.attributes):
        return left
    lists = {name: on for name, on in left.lists.items() if on or name not in held.lists}
    attributes = {
        name: value
        for name, value in left.attributes.items()
        if value is not None or name not in held.clearings
    }
    return replace(left, attributes=attributes, lists=lists)


def cleared_copies(left: Difference, target: Target) -> frozenset[str]:
    """Return the fields that are copied to, and would be cleared."""
    return frozenset(
        each.field
        for each in target.copies
        if each.field in left.attributes and left.attributes[each.field] is None
    )


def _is_own(name: str, target: Target) -> bool:
    return any(each.own for each in target.lists if each.name == name)


def _is_worth_writing(value: Written, known: Written, change_of: float | None) -> bool:
    if isinstance(value, Decimal) and isinstance(known, Decimal):
        if value == known:
            return value.as_tuple().exponent != known.as_tuple().exponent
        return change_of is None or abs(value - known) >= Decimal(str(change_of))
    return (type(value), value) != (type(known), known)
