"""Searches for objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.hubspot.simulator.handlers.records import listing
from adapters.hubspot.simulator.search import found, read_query
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.messages import raw_json_reply

if TYPE_CHECKING:
    from adapters.hubspot.simulator.call import Call
    from adapters.simulation.messages import Reply


def search_records(call: Call) -> Reply:
    """Answer a page of what a search finds, as the index has it."""
    objects = call.objects
    size = len(call.request.body.decode("utf-8", "replace"))
    query = read_query(call.body(), size, objects)
    account = call.account
    if query.after == 0:
        account.phantoms = query.limit if call.trick is Trick.EMPTY_PAGE else 0
    gone = account.phantoms
    total, ids = found(query, objects, account.now_ms(), gone)
    asked = objects.renderer.asked(query.properties)
    by_id, entries, render = objects.records.by_id, objects.index.entries, objects.renderer.render
    results = b",".join([render(by_id[each], entries[each], asked) for each in ids])
    end = max(query.after, gone) + len(ids)
    # Where the next page would lie beyond what a search gives, it is told of all the same.
    following = {"next": {"after": str(end)}} if end < total and query.limit else None
    if call.trick is Trick.SAME_PAGE:
        following = {"next": {"after": str(query.after)}}
    return raw_json_reply(listing(results, following, total), size=len(ids))
