"""Who is to be created on a platform that knows nothing of them yet."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from connector.domain.changes import Addressee
from connector.domain.frames import CONTACT, IS_EXCLUDED
from connector.domain.outbound import NOT_YET
from connector.sync.records.opting_out import opted_out

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from connector.domain.outbound import Outbound
    from connector.domain.records import Record
    from connector.ports.store import Transaction
    from connector.scoring.model import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """Persons without a record on a platform that creates them."""

    addressees: Mapping[int, Addressee]
    """Those who are to be created."""
    deleted: int
    """How many had a record until now, and are not created again."""


async def newcomers(
    tx: Transaction,
    target: Target,
    results: pl.DataFrame,
    present: Collection[int],
    rows: Mapping[int, Outbound],
) -> Newcomers:
    """Return those of `results` (of the engine) whom the platform of `target` shall get.

    They have an address, are not excluded, and have opted out nowhere. Who was there once stays
    deleted: somebody wanted it so.
    """
    taking_part = results.filter(~pl.col(IS_EXCLUDED))[CONTACT].to_list()
    absent = [contact for contact in taking_part if contact not in present]
    if not absent:
        return Newcomers(addressees={}, deleted=0)
    records: defaultdict[int, list[Record]] = defaultdict(list)
    for record in await tx.contacts.records_of(absent):
        records[record.contact].append(record)
    persons = await tx.contacts.persons(absent)
    were_there = {
        contact
        for contact, known in records.items()
        if any(each.platform == target.platform for each in known)
    }
    lives = {
        contact
        for contact, known in records.items()
        if any(each.removed_at is None for each in known)
    }
    refused = were_there | opted_out(each for known in records.values() for each in known)
    wanted = {
        contact: Addressee(remote_id=NOT_YET, email=persons[contact].email)
        for contact in absent
        if contact in lives and contact not in refused and persons[contact].email
    }
    # Their rows go with this decision, so that they are told once.
    deleted = {each for each in were_there & lives if each in rows and rows[each].remote_id}
    return Newcomers(addressees=wanted, deleted=len(deleted))


async def unwanted(tx: Transaction, platform: str, contacts: Collection[int]) -> frozenset[int]:
    """Return those of `contacts` whom the platform shall not get after all, as things are now.

    They were to be created when that was decided; since then they opted out, were deleted there,
    or are gone everywhere. Whoever has a record there by now is none of them.
    """
    records = await tx.contacts.records_of(contacts)
    lives = {each.contact for each in records if each.removed_at is None}
    there = [each for each in records if each.platform == platform]
    is_there = {each.contact for each in there if each.removed_at is None}
    was_there = {each.contact for each in there}
    gone = set(contacts) - lives
    return frozenset((opted_out(records) | was_there | gone) & set(contacts) - is_there)
