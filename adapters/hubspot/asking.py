"""Requests that several parts make: searches, lists and batches of records, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from adapters.http import Call, Json
from adapters.hubspot.limits import REQUEST, SEARCH_REQUEST
from connector.errors import UnexpectedAnswer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping, Sequence

    from adapters.hubspot.account import Account

Row: TypeAlias = "Mapping[str, Json]"

LIST_PAGE = 100
SEARCH_PAGE = 200
BATCH = 100
ID = "hs_object_id"
_LONGEST_SEARCHED = 1900
"""Characters that names of properties may take in a search: HubSpot reads 3,000 of it in all."""
_LONGEST_LISTED = 6000
"""Characters that they may take in an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the list of all records."""

    rows: Sequence[Row]
    after: str | None
    """Where the next page begins; None at the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of a search by id."""

    rows: Sequence[Row]
    last_id: int
    """The highest id so far: everything up to it was found."""
    is_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one instant to another, both part of it, in milliseconds since the epoch."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Records of one type that were changed within any of some spans, ordered by id.

    HubSpot finds no more than 10,000 rows of one query, and a bulk edit stamps more of them with
    one instant. So every page is a query of its own, for ids higher than the last one seen.
    """

    kind: str
    """The object type, as ``contacts``."""
    modified: str
    """The property that says when a record was changed."""
    properties: Sequence[str]
    spans: Sequence[Span] = ()
    others: Sequence[Mapping[str, str]] = ()
    """Further filters that every row passes."""

    @property
    def is_wide(self) -> bool:
        """Return whether there are too many properties to be asked for in a search."""
        return len(",".join(self.properties)) + 2 * len(self.properties) > _LONGEST_SEARCHED


async def list_page(
    account: Account,
    properties: Sequence[str],
    after: str | None,
    *,
    kind: str = "contacts",
    archived: bool = False,
) -> Listed:
    """Return a page of all records, or of all that were deleted."""
    wide = ",".join(properties)
    is_wide = len(wide) > _LONGEST_LISTED
    params: list[tuple[str, str | int | float | bool]] = [
        ("limit", LIST_PAGE),
        ("properties", ID if is_wide else wide),
    ]
    if after is not None:
        params.append(("after", after))
    if archived:
        params.append(("archived", "true"))
    operation = f"list {'deleted ' if archived else ''}{kind}"
    call = Call(
        operation=operation,
        method="GET",
        path=account.paths.records(kind),
        params=params,
        buckets=REQUEST,
    )
    body = (await account.session.send(call)).body
    rows, following = rows_of(account, operation, body), next_of(body)
    if following is not None and not _is_ahead(following, after):
        raise unexpected(account, operation, "goes round in a circle")
    if is_wide:
        rows = await batch_read(account, [str(row["id"]) for row in rows], properties, kind=kind)
    return Listed(rows=rows, after=following)


async def search(account: Account, wanted: Search, last_id: int) -> AsyncIterator[Found]:
    """Yield the pages of a search that begins behind `last_id`."""
    after: str | None = None
    while True:
        body = await _ask(account, wanted, last_id, after)
        operation = f"search {wanted.kind}"
        rows, following = rows_of(account, operation, body), next_of(body)
        ids = [_number(account, operation, row) for row in rows]
        if ids != sorted(set(ids)) or (ids and ids[0] <= last_id):
            raise unexpected(account, operation, "answered rows that are not in the order of ids")
        if not ids and following is not None and not _is_ahead(following, after):
            raise unexpected(account, operation, "goes round in a circle")
        last_id = ids[-1] if ids else last_id
        # A page may be empty although there are more; behind rows a query of its own is next.
        after = None if ids else following
        is_last = following is None and not (ids and _says_more(body))
        filled = await _filled(account, wanted, rows)
        yield Found(rows=filled, last_id=last_id, is_last=is_last)
        if is_last:
            return


async def batch_read(
    account: Account, remote_ids: Iterable[str], properties: Sequence[str], *, kind: str
) -> list[Row]:
    """Return those of the records that exist."""
    wanted = [each for each in dict.fromkeys(remote_ids) if each.isdecimal()]
    rows: list[Row] = []
    operation = f"read {kind} by id"
    for start in range(0, len(wanted), BATCH):
        call = Call(
            operation=operation,
            method="POST",
            path=f"{account.paths.records(kind)}/batch/read",
            body={
                "properties": list(properties),
                "inputs": [{"id": each} for each in wanted[start : start + BATCH]],
            },
            buckets=REQUEST,
            # When none of them exists.
            reads=frozenset({404}),
        )
        answer = await account.session.send(call)
        if answer.status in range(200, 300):
            rows += rows_of(account, operation, answer.body)
    return rows


def rows_of(account: Account, operation: str, body: object) -> Sequence[Row]:
    """Return the rows of an answer; raises UnexpectedAnswer when it has none."""
    rows = body.get("results") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise unexpected(account, operation, "answered no rows")
    return rows


def next_of(body: object) -> str | None:
    """Return where the page behind that of an answer begins."""
    paging = body.get("paging") if isinstance(body, dict) else None
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return str(after) if after else None


def _says_more(body: object) -> bool:
    """Return whether an answer has fewer rows than were found, whatever it names as next."""
    total = body.get("total") if isinstance(body, dict) else None
    rows = body.get("results") if isinstance(body, dict) else None
    return isinstance(total, int) and isinstance(rows, list) and total > len(rows)


def unexpected(account: Account, operation: str, what: str) -> UnexpectedAnswer:
    """Return the error of an answer that cannot be used."""
    text = f"{account.name}: {operation}: {what}"
    return UnexpectedAnswer(text, platform=account.name, operation=operation)


async def ask_search(
    account: Account,
    kind: str,
    operation: str,
    *,
    filters: Sequence[Mapping[str, str]] = (),
    groups: Sequence[Sequence[Mapping[str, str]]] = (),
    sorts: Sequence[Mapping[str, str]] = (),
    properties: Sequence[str] = (),
    limit: int = SEARCH_PAGE,
    after: str | None = None,
) -> Json:
    """Return the answer to one search; rows pass all `filters`, or all of any group."""
    either = [*groups, *([filters] if filters else ())]
    body: dict[str, Json] = {
        "filterGroups": [{"filters": list(each)} for each in either],
        "sorts": list(sorts),
        "properties": list(properties),
        "limit": limit,
    }
    if after is not None:
        body["after"] = after
    call = Call(
        operation=operation,
        method="POST",
        path=f"{account.paths.records(kind)}/search",
        body=body,
        buckets=SEARCH_REQUEST,
    )
    return (await account.session.send(call)).body


async def _ask(account: Account, wanted: Search, last_id: int, after: str | None) -> Json:
    return await ask_search(
        account,
        wanted.kind,
        f"search {wanted.kind}",
        groups=[_filters(wanted, each, last_id) for each in wanted.spans],
        sorts=[{"propertyName": ID, "direction": "ASCENDING"}],
        properties=[ID] if wanted.is_wide else wanted.properties,
        after=after,
    )


def _filters(wanted: Search, span: Span, last_id: int) -> list[Mapping[str, str]]:
    return [
        {"propertyName": wanted.modified, "operator": "GTE", "value": str(span.start)},
        {"propertyName": wanted.modified, "operator": "LTE", "value": str(span.end)},
        {"propertyName": ID, "operator": "GT", "value": str(last_id)},
        *wanted.others,
    ]


async def _filled(account: Account, wanted: Search, rows: Sequence[Row]) -> Sequence[Row]:
    if not rows or not wanted.is_wide:
        return rows
    ids = [str(row["id"]) for row in rows]
    return await batch_read(account, ids, wanted.properties, kind=wanted.kind)


def _number(account: Account, operation: str, row: Row) -> int:
    """Return an id as a number: as texts 9 comes behind 10."""
    try:
        return int(row["id"])
    except (KeyError, TypeError, ValueError):
        raise unexpected(account, operation, "answered a row without an id") from None


def _is_ahead(following: str, after: str | None) -> bool:
    """Return whether a place lies behind another; of places that are no numbers nobody knows."""
    if after is None or not (following.isdecimal() and after.isdecimal()):
        return following != after
    return int(following) > int(after)
