"""Searches: what they may ask, and what they find in the index."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.conditions import Condition
from adapters.hubspot.simulator.refusals import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.objects import Objects

MOST_RESULTS = 10_000
"""Further in no search goes."""
MOST_IN_PAGE = 200
MOST_CHARACTERS = 3000
_MOST_GROUPS = 5
_MOST_IN_GROUP = 6
_MOST_FILTERS = 18
_USUAL_PAGE = 10
_SCRAMBLE = 2_654_435_761


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search."""

    groups: Sequence[Sequence[Condition]]
    """One of them must hold whole; none at all: everything."""
    words: str
    sorted_by: str | None
    is_descending: bool
    limit: int
    after: int
    properties: Sequence[str] = field(default=())


def read_query(body: Mapping[str, Any], size: int, objects: Objects) -> Query:
    """Return what a body of `size` characters asks; raises Refusal when it may not."""
    if size > MOST_CHARACTERS:
        raise invalid(f"The request body must be at most {MOST_CHARACTERS} characters")
    limit, after = _whole(body, "limit", _USUAL_PAGE), _whole(body, "after", 0)
    if not 0 <= limit <= MOST_IN_PAGE:
        raise invalid(f"Page size must be less than or equal to {MOST_IN_PAGE}")
    if after + limit > MOST_RESULTS:
        raise invalid(f"Paging beyond {MOST_RESULTS} results is not supported")
    sorts = body.get("sorts") or []
    if len(sorts) > 1:
        raise invalid("Only one sort is supported")
    name, is_descending = _sort(sorts[0], objects) if sorts else (None, False)
    return Query(
        groups=_groups(body.get("filterGroups") or [], objects),
        words=str(body.get("query") or ""),
        sorted_by=name,
        is_descending=is_descending,
        limit=limit,
        after=after,
        properties=[str(each) for each in body.get("properties") or ()],
    )


def found(query: Query, objects: Objects, at_ms: int, gone: int = 0) -> tuple[int, Sequence[int]]:
    """Return how many rows a search finds, and the ids on its page.

    The first `gone` rows are of records that are no longer there: they have a place and no id.
    """
    objects.index.settle(at_ms)
    ids = _ids(query, objects)
    if query.words:
        ids = [each for each in ids if _has_words(query.words, each, objects)]
    ids = _in_order(ids, query, objects)
    start, end = query.after - gone, query.after + query.limit - gone
    return len(ids) + gone, ids[max(start, 0) : max(end, 0)]


def _ids(query: Query, objects: Objects) -> Sequence[int]:
    """Return the ids of what holds, ascending."""
    if not query.groups:
        return objects.index.ids()
    groups = [_of_group(each, objects) for each in query.groups]
    if len(groups) == 1:
        return groups[0]
    return sorted(set[int]().union(*groups))


def _of_group(group: Sequence[Condition], objects: Objects) -> Sequence[int]:
    """Return the ids for which every condition holds; those on ids and times go by index."""
    kind, index = objects.kind, objects.index
    times = [each.span() for each in group if each.name == kind.modified]
    spans = [each.span() for each in group if each.name == "hs_object_id"]
    bounds = [each for each in times if each]
    ids = index.ids()
    if bounds:
        ids = index.within(max(each[0] for each in bounds), min(each[1] for each in bounds))
    if numbers := [each for each in spans if each]:
        start = bisect_left(ids, max(each[0] for each in numbers))
        end = bisect_right(ids, min(each[1] for each in numbers))
        ids = ids[start:end]
    others = [
        each
        for each in group
        if each.name not in {kind.modified, "hs_object_id"} or each.span() is None
    ]
    return [each for each in ids if _holds(others, each, objects)] if others else ids


def _holds(conditions: Sequence[Condition], record_id: int, objects: Objects) -> bool:
    return all(each.holds(value_of(record_id, each.name, objects)) for each in conditions)


def value_of(record_id: int, name: str, objects: Objects) -> str | None:
    """Return a property of a record as searches see it."""
    version = objects.index.entries[record_id]
    if name == "hs_object_id":
        return str(record_id)
    if name == objects.kind.modified:
        return str(version.modified_ms)
    if name == objects.kind.created:
        return str(objects.records.by_id[record_id].created_ms)
    return version.properties.get(name)


def _has_words(words: str, record_id: int, objects: Objects) -> bool:
    properties = objects.index.entries[record_id].properties
    text = " ".join(properties.get(name, "") for name in objects.kind.searched).lower()
    return all(word in text for word in words.lower().split())


def _in_order(ids: Sequence[int], query: Query, objects: Objects) -> Sequence[int]:
    if query.sorted_by == "hs_object_id":
        return ids[::-1] if query.is_descending else ids
    if query.sorted_by is None:
        # Nothing is promised of the order when none is asked for.
        return sorted(ids, key=_scrambled)
    name = query.sorted_by
    read = objects.records.definitions[name].comparable
    found = [(value_of(each, name, objects), each) for each in ids]
    known = sorted((read(value), each) for value, each in found if value is not None)
    unknown = [each for value, each in found if value is None]
    if query.is_descending:
        known.reverse()
    return [*(each for _, each in known), *unknown]


def _scrambled(record_id: int) -> int:
    return record_id * _SCRAMBLE % 2**32


def _groups(groups: Sequence[Mapping[str, Any]], objects: Objects) -> list[list[Condition]]:
    if len(groups) > _MOST_GROUPS:
        raise invalid(f"The maximum number of filter groups is {_MOST_GROUPS}")
    read = [
        [Condition.read(each, objects.records.definitions) for each in group.get("filters") or ()]
        for group in groups
    ]
    if any(len(each) > _MOST_IN_GROUP for each in read):
        raise invalid(f"The maximum number of filters in a group is {_MOST_IN_GROUP}")
    if sum(map(len, read)) > _MOST_FILTERS:
        raise invalid(f"The maximum number of filters is {_MOST_FILTERS}")
    return read


def _sort(sort: object, objects: Objects) -> tuple[str, bool]:
    """Return the property to sort by, and whether the greatest comes first."""
    if isinstance(sort, dict):
        name, direction = str(sort.get("propertyName")), str(sort.get("direction", "ASCENDING"))
    else:
        # In short: the name, with a minus before it when it is descending.
        name = str(sort).removeprefix("-")
        direction = "DESCENDING" if str(sort).startswith("-") else "ASCENDING"
    if name not in objects.records.definitions:
        raise invalid(f"Unknown sort property: {name}")
    return name, direction == "DESCENDING"


def _whole(body: Mapping[str, Any], name: str, default: int) -> int:
    text = str(body.get(name) or "")
    if text and not text.isdecimal():
        raise invalid(f"{name} must be a whole number")
    return int(text) if text else default
