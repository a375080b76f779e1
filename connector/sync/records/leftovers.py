"""Records that are not written to any more, since their person is written to under another.

Their lists and tags are ended, lest a platform act upon what is no longer kept true. As there is
one outbound row per person and platform, theirs stands under a person of its own who was merged
away from the start: nothing else is ever decided for that one.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from connector.domain.identity import person_key
from connector.domain.outbound import NO_STAGE, DeliveryState, Desired, Outbound
from connector.domain.records import Person
from connector.sync.records.revision import UNASSIGNED

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from connector.domain.changes import Addressee
    from connector.domain.values import Written
    from connector.ports.store import Transaction


async def leave(tx: Transaction, platform: str, rows: Sequence[Outbound], *, is_ours: bool) -> None:
    """End the memberships that `rows` confirm of records which are still there.

    Where what is written `is_ours` alone, their values are taken out as well.
    """
    records = await tx.contacts.records(platform, [row.remote_id for row in rows])
    left = [
        over
        for row in rows
        if (record := records.get(row.remote_id)) and record.removed_at is None
        if (over := ended(row, is_ours=is_ours)).desired != Desired()
    ]
    if not left:
        return
    keys = [person_key((f"{platform}:left", row.remote_id)) for row in left]
    heirs = [
        Person(contact=UNASSIGNED, key=key, merged_into=row.contact)
        for key, row in zip(keys, left, strict=True)
    ]
    numbers = await tx.contacts.create(heirs)
    await tx.outbox.save(
        [replace(row, contact=number) for number, row in zip(numbers, left, strict=True)]
    )
    known = await _known(tx, platform)
    places = {row.remote_id: number for number, row in zip(numbers, left, strict=True)}
    await tx.notes.put(_note(platform), json.dumps({**known, **places}))


async def let_go(tx: Transaction, platform: str, remote_ids: Collection[str]) -> None:
    """Drop what was to be ended of records that are gone: it ended with them."""
    known = await _known(tx, platform)
    gone = {remote_id: known[remote_id] for remote_id in remote_ids if remote_id in known}
    if gone:
        await tx.outbox.drop(platform, gone.values())
        left = {remote_id: number for remote_id, number in known.items() if remote_id not in gone}
        await tx.notes.put(_note(platform), json.dumps(left))


async def take_up(
    tx: Transaction,
    platform: str,
    addressees: Mapping[int, Addressee],
    present: Mapping[int, Outbound],
) -> Mapping[int, Outbound]:
    """Give back the rows of left records which are written to again; return them by person.

    The lists decided under the record in between, which is that of the row `present`, go along.
    """
    known = await _known(tx, platform)
    again = {
        known[to.remote_id]: contact for contact, to in addressees.items() if to.remote_id in known
    }
    if not again:
        return {}
    rows = await tx.outbox.rows(platform, again)
    taken = {
        again[number]: with_lists_of(
            replace(row, contact=again[number], revision=row.revision + 1),
            present.get(again[number]),
        )
        for number, row in rows.items()
    }
    await tx.outbox.drop(platform, again)
    await tx.outbox.save(list(taken.values()))
    places = {remote_id: number for remote_id, number in known.items() if number not in again}
    await tx.notes.put(_note(platform), json.dumps(places))
    return taken


def with_lists_of(row: Outbound, *others: Outbound | None) -> Outbound:
    """Return `row` with the lists that were decided for the same person in `others`.

    The next decision ends them, but for those in which people are kept.
    """
    more = {
        name: True
        for other in others
        if other is not None
        for name, is_in in other.desired.lists.items()
        if is_in and not row.desired.lists.get(name)
    }
    if not more:
        return row
    is_dead = row.state is DeliveryState.DEAD
    return replace(
        row,
        desired=replace(row.desired, lists={**row.desired.lists, **more}),
        state=DeliveryState.PENDING if is_dead else row.state,
    )


def _as_if_done(row: Outbound) -> Outbound:
    """Return a row with all taken for done that is perhaps, unseen, or is just being done."""
    is_in_hand = row.state is DeliveryState.IN_FLIGHT
    if not (row.may_be_done or is_in_hand):
        return row
    known, desired, tried = row.confirmed, row.desired, row.unseen_lists
    lists = {n: True for n, on in desired.lists.items() if on and (is_in_hand or n in tried)}
    confirmed = replace(
        known,
        attributes={**known.attributes, **desired.attributes},
        lists={**known.lists, **lists},
        tags={**known.tags, **{tag: True for tag, on in desired.tags.items() if on}},
        stage=desired.stage or known.stage,
    )
    return replace(row, confirmed=confirmed)


def ended(row: Outbound, *, is_ours: bool) -> Outbound:
    """Return a row that desires the end of all lists and tags that it is known to be in.

    Where what is written `is_ours` alone, the end of all values and of the stage too.
    """
    row = _as_if_done(row)
    values: dict[str, Written] = dict.fromkeys(row.confirmed.attributes) if is_ours else {}
    lists = {name: False for name, is_member in row.confirmed.lists.items() if is_member}
    tags = {tag: False for tag, is_set in row.confirmed.tags.items() if is_set}
    return replace(
        row,
        desired=Desired(
            attributes=values,
            lists=lists,
            tags=tags,
            stage=NO_STAGE if is_ours and row.confirmed.stage else None,
        ),
        state=DeliveryState.PENDING,
        revision=row.revision + 1,
        attempts=0,
        not_before=None,
        last_error=None,
        # What is under way to it arrives before: no push goes on beside that of everybody.
        is_urgent=False,
    )


async def _known(tx: Transaction, platform: str) -> dict[str, int]:
    """Return the number under which what is left of each record stands."""
    known: dict[str, int] = json.loads(await tx.notes.get(_note(platform)) or "{}")
    return known


def _note(platform: str) -> str:
    return f"left:{platform}"
