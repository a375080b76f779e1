"""Lists and their members."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required, texts
from adapters.hubspot.simulator.handlers.records import paging
from adapters.hubspot.simulator.refusals import invalid, not_found
from adapters.hubspot.simulator.times import iso
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.lists import ContactList

MOST_MEMBERS = 250
MOST_SEARCHED = 500
MOST_MAPPED = 10_000


def create_list(call: Call) -> Reply:
    """Make a list."""
    body = call.body()
    required(body, "name", "objectTypeId", "processingType")
    names = (str(body[each]) for each in ("name", "processingType", "objectTypeId"))
    return json_reply({"list": call.account.lists.create(*names).as_json()})


def read_list(call: Call) -> Reply:
    """Answer one list."""
    return json_reply({"list": _list(call).as_json()})


def read_lists(call: Call) -> Reply:
    """Answer the lists with these ids, as far as they exist."""
    wanted = set(call.words("listIds"))
    rows = [each.as_json() for each in call.account.lists if each.id in wanted]
    return json_reply({"lists": rows}, size=len(rows))


def read_list_by_name(call: Call) -> Reply:
    """Answer the list of a name."""
    found = call.account.lists.named(call.names["listName"])
    if found is None or found.object_type_id != call.names["objectTypeId"]:
        raise not_found(f"List does not exist with name {call.names['listName']}.")
    return json_reply({"list": found.as_json()})


def search_lists(call: Call) -> Reply:
    """Answer a page of the lists whose names hold some words."""
    body = call.body()
    limit, offset = int(body.get("count") or 20), int(body.get("offset") or 0)
    if limit > MOST_SEARCHED:
        raise invalid(f"count must be at most {MOST_SEARCHED}")
    words, types = str(body.get("query") or "").lower(), body.get("processingTypes")
    ids = body.get("listIds")
    found = [
        each
        for each in call.account.lists
        if words in each.name.lower()
        and (not types or each.processing_type in types)
        and (not ids or each.id in map(str, ids))
    ]
    page = [_searched(each, body) for each in found[offset : offset + limit]]
    end = offset + len(page)
    content = {"lists": page, "offset": end, "hasMore": end < len(found), "total": len(found)}
    return json_reply(content, size=len(page))


def map_ids(call: Call) -> Reply:
    """Answer the ids that lists of the old interface have now."""
    if call.request.method == "GET":
        wanted = [call.request.param("legacyListId")]
    else:
        wanted = texts(call.json(), "legacyListIds")
    if len(wanted) > MOST_MAPPED:
        raise invalid(f"At most {MOST_MAPPED} ids")
    by_legacy = {each.legacy_id: each.id for each in call.account.lists}
    if call.request.method == "GET":
        if wanted[0] not in by_legacy:
            raise not_found(f"No list with legacy ID {wanted[0]}")
        return json_reply({"legacyListId": wanted[0], "listId": by_legacy[wanted[0]]})
    known = [
        {"legacyListId": each, "listId": by_legacy[each]} for each in wanted if each in by_legacy
    ]
    content = {
        "legacyListIdsToIdsMapping": known,
        "missingLegacyListIds": [each for each in wanted if each not in by_legacy],
    }
    return json_reply(content, size=len(wanted))


def rename_list(call: Call) -> Reply:
    """Give a list another name."""
    found, name = _list(call), call.request.param("listName")
    other = call.account.lists.named(name)
    if not name or (other is not None and other is not found):
        message = f"A list already exists with the name {name}"
        raise invalid(message, subCategory="ILS.DUPLICATE_LIST_NAMES")
    found.name, found.updated_ms = name, call.account.now_ms()
    return json_reply({"updatedList": found.as_json()})


def delete_list(call: Call) -> Reply:
    """Delete a list."""
    call.account.lists.delete(call.names["listId"])
    return Reply(status=204)


def restore_list(call: Call) -> Reply:
    """Take back a deletion."""
    call.account.lists.restore(call.names["listId"])
    return Reply(status=204)


def read_members(call: Call) -> Reply:
    """Answer a page of members by ascending id."""
    ids = _list(call).ids
    return _members(call, ids, bisect_right(ids, call.whole("after", 0)))


def read_members_by_time(call: Call) -> Reply:
    """Answer a page of members by the time they joined."""
    ids = list(_list(call).members)
    after = call.whole("after", 0)
    return _members(call, ids, ids.index(after) + 1 if after in _list(call).members else 0)


def add_members(call: Call) -> Reply:
    """Put records in a list."""
    ids = texts(call.json(), "recordIds")
    return _changed(call, ids, ())


def remove_members(call: Call) -> Reply:
    """Take records out of a list."""
    ids = texts(call.json(), "recordIds")
    return _changed(call, (), ids)


def change_members(call: Call) -> Reply:
    """Put records in a list and take others out."""
    body = call.body()
    add, remove = (texts(body.get(f"recordIdsTo{each}") or [], each) for each in ("Add", "Remove"))
    return _changed(call, add, remove)


def clear_members(call: Call) -> Reply:
    """Take everybody out of a list."""
    found = _list(call)
    call.account.lists.change(found.id, (), [str(each) for each in found.members])
    return Reply(status=204)


def lists_of_record(call: Call) -> Reply:
    """Answer the lists that a record is in."""
    number = int(call.names["recordId"])
    rows = [
        {
            "listId": each.id,
            "listVersion": each.version,
            "firstAddedTimestamp": iso(each.members[number]),
            "lastAddedTimestamp": iso(each.members[number]),
        }
        for each in call.account.lists
        if number in each.members
    ]
    return json_reply({"results": rows, "total": len(rows)}, size=len(rows))


def _list(call: Call) -> ContactList:
    return call.account.lists.get(call.names["listId"])


def _searched(found: ContactList, body: Mapping[str, Any]) -> Mapping[str, Any]:
    content = found.as_json()
    del content["size"]
    extras, wanted = found.extras(), body.get("additionalProperties") or ()
    content["additionalProperties"] = {name: extras[name] for name in wanted if name in extras}
    return content


def _changed(call: Call, add: Sequence[str], remove: Sequence[str]) -> Reply:
    content = call.account.lists.change(call.names["listId"], add, remove)
    return json_reply(content, size=len(add) + len(remove))


def _members(call: Call, ids: Sequence[int], start: int) -> Reply:
    limit = call.whole("limit", 100, least=1, most=MOST_MEMBERS)
    page, joined = ids[start : start + limit], _list(call).members
    rows = [{"recordId": str(each), "membershipTimestamp": iso(joined[each])} for each in page]
    content: dict[str, Any] = {"results": rows, "total": len(ids)}
    if start + limit < len(ids):
        content["paging"] = paging(call, str(page[-1]))
    return json_reply(content, size=len(rows))
