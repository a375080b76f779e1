"""Which records are one person: those that share an address, or were merged by their platform."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

RecordKey: TypeAlias = tuple[str, str]
"""Platform and remote id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a record says about whose it is."""

    key: RecordKey
    emails: tuple[str, ...] = ()
    contact: int | None = None
    """The person it belonged to so far; None for a new record."""
    merged_into: RecordKey | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Household:
    """Records that are one person."""

    keys: tuple[RecordKey, ...]
    """In order; the first founds a person who is new."""
    contact: int | None
    """The known person they are; None when the person is new."""
    absorbed: tuple[int, ...] = ()
    """Other persons of whom nothing is left."""


def households(claims: Sequence[Claim]) -> Sequence[Household]:
    """Return the persons that `claims` make up, ordered by their first record.

    `claims` must hold every record of every person it mentions. A person keeps their number: of
    several persons joined the oldest (lowest) number stays; of one person split, the part with
    the first of the records that were theirs keeps it.
    """
    groups = sorted(tuple(sorted(claim.key for claim in group)) for group in _connected(claims))
    contact_of = {claim.key: claim.contact for claim in claims}
    numbers = _numbers(groups, contact_of)
    taken = set(numbers.values())
    return [
        Household(keys=keys, contact=numbers.get(keys), absorbed=_absorbed(keys, contact_of, taken))
        for keys in groups
    ]


def person_key(founder: RecordKey, ordinal: int = 0) -> str:
    """Return the id of the person founded by a record; `ordinal` tells apart later ones."""
    content = "\x00".join((*founder, str(ordinal) if ordinal else ""))
    digest = hashlib.blake2b(content.encode(), digest_size=10).digest()
    return f"p_{base64.b32encode(digest).decode().lower()}"


def _numbers(
    groups: Iterable[tuple[RecordKey, ...]], contact_of: Mapping[RecordKey, int | None]
) -> Mapping[tuple[RecordKey, ...], int]:
    """Return the number that each group keeps.

    Those go first whose records were known first: the id of a new record may come before theirs.
    """
    told = sorted(
        (known, keys)
        for keys in groups
        if (known := [key for key in keys if contact_of[key] is not None])
    )
    numbers: dict[tuple[RecordKey, ...], int] = {}
    for known, keys in told:
        free = {n for key in known if (n := contact_of[key]) is not None} - {*numbers.values()}
        if free:
            numbers[keys] = min(free)
    return numbers


def _absorbed(
    keys: Iterable[RecordKey], contact_of: Mapping[RecordKey, int | None], taken: set[int]
) -> tuple[int, ...]:
    known = {number for key in keys if (number := contact_of[key]) is not None}
    return tuple(sorted(known - taken))


def _are_strangers(claims: Sequence[Claim]) -> bool:
    """Return whether no two claims can be of one person: most first sightings are so."""
    addresses = [email for claim in claims for email in claim.emails]
    return len(set(addresses)) == len(addresses) and not any(
        claim.contact is not None or claim.merged_into for claim in claims
    )


def _connected(claims: Sequence[Claim]) -> Iterable[list[Claim]]:
    """Return the claims in groups of those that are linked, directly or through others."""
    if _are_strangers(claims):
        return [[claim] for claim in claims]
    parent: dict[Hashable, Hashable] = {}

    def root(node: Hashable) -> Hashable:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    present = {claim.key for claim in claims}
    for claim in claims:
        links: list[Hashable] = list(claim.emails)
        if claim.merged_into in present:
            links.append(claim.merged_into)
        for link in links:
            parent[root(link)] = root(claim.key)
    groups: dict[Hashable, list[Claim]] = defaultdict(list)
    for claim in claims:
        groups[root(claim.key)].append(claim)
    return groups.values()
