"""Attributes that are copied: what wins, and what the records they are copied to show."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from connector.domain.values import as_written

if TYPE_CHECKING:
    from collections.abc import Mapping

    from connector.domain.changes import Addressee
    from connector.domain.outbound import Desired, Outbound
    from connector.domain.values import Stored, Written
    from connector.ports.store import Transaction
    from connector.scoring.model import Target, TargetCopy


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The copied fields of one contact on one platform."""

    wanted: Mapping[str, Written] = field(default_factory=dict)
    """The winning values; None where nothing won."""
    shown: Mapping[str, Written] = field(default_factory=dict)
    """What the record shows as last seen; None where it is empty."""


NO_COPIES = Copied()


async def copies_of(
    tx: Transaction, target: Target, addressees: Mapping[int, Addressee]
) -> Mapping[int, Copied]:
    """Return what is copied to the platform of `target`, per person."""
    if not target.copies:
        return {}
    persons = await tx.contacts.persons(addressees)
    ids = [to.remote_id for to in addressees.values() if to.remote_id]
    records = await tx.contacts.records(target.platform, ids)
    return {
        contact: Copied(
            wanted=_values(target.copies, persons[contact].attributes),
            shown=_values(target.copies, known.attributes)
            if (known := records.get(to.remote_id))
            else {},
        )
        for contact, to in addressees.items()
    }


def with_shown(row: Outbound, copied: Copied, *, is_ours: bool) -> Outbound:
    """Return `row` with what its record shows of the copied fields as what is confirmed.

    Where what is written `is_ours` alone, no record shows it, and what was written is known best.
    """
    if not copied.shown:
        return row
    known = row.confirmed.attributes
    attributes = {**copied.shown, **known} if is_ours else {**known, **copied.shown}
    return replace(row, confirmed=replace(row.confirmed, attributes=attributes))


def with_wanted(results: Desired, copied: Copied, row: Outbound | None) -> Desired:
    """Return `results` and what is copied; a field is cleared only where it may hold a value."""
    if not copied.wanted:
        return results
    known = {**copied.shown, **(row.confirmed.attributes if row else {})}
    asked = row.desired.attributes if row else {}
    wanted = {
        name: value
        for name, value in copied.wanted.items()
        if value is not None or known.get(name) is not None or name in asked
    }
    return replace(results, attributes={**results.attributes, **wanted})


def _values(
    copies: tuple[TargetCopy, ...], attributes: Mapping[str, Stored]
) -> Mapping[str, Written]:
    return {
        each.field: as_written(attributes[each.attribute], each.type)
        if each.attribute in attributes
        else None
        for each in copies
    }
