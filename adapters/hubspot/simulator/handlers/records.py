"""Objects one by one, and the list of all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required
from adapters.hubspot.simulator.refusals import invalid, not_found
from adapters.hubspot.simulator.rendering import history_of
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.messages import Reply, raw_json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.objects import Objects
    from adapters.hubspot.simulator.records import Record

MOST_LISTED = 100
MOST_WITH_HISTORY = 50


def list_records(call: Call) -> Reply:
    """Answer a page of all objects of a type, by ascending id."""
    objects = call.objects
    histories = call.words("propertiesWithHistory")
    most = MOST_WITH_HISTORY if histories else MOST_LISTED
    limit = call.whole("limit", 10, least=1, most=most)
    # What follows the dot is nothing: a page may have been empty, and the next begins there again.
    text = call.request.param("after").partition(".")[0] or "0"
    if not text.isdecimal():
        raise invalid(f"Invalid after: {text}")
    after = int(text)
    if call.trick is Trick.EMPTY_PAGE:
        return raw_json_reply(listing(b"", paging(call, f"{after}.1")), size=0)
    page = objects.records.page(after, limit + 1, archived=call.flag("archived"))
    rows = page[:limit]
    asked = objects.renderer.asked(call.words("properties"))
    if histories or call.words("associations"):
        results = b",".join(_with_more(call, objects, each, asked) for each in rows)
    else:
        render = objects.renderer.render
        results = b",".join([render(each, each.version, asked) for each in rows])
    following = paging(call, str(rows[-1].id)) if len(page) > limit else None
    if call.trick is Trick.SAME_PAGE:
        following = paging(call, str(after))
    return raw_json_reply(listing(results, following), size=len(rows))


def read_record(call: Call) -> Reply:
    """Answer one object."""
    objects = call.objects
    record = named_record(call, objects, archived=call.flag("archived"))
    asked = objects.renderer.asked(call.words("properties"))
    return raw_json_reply(_with_more(call, objects, record, asked))


def create_record(call: Call) -> Reply:
    """Make an object."""
    objects, body = call.objects, call.body()
    record = create(call, objects, body)
    return raw_json_reply(written(objects, record, body["properties"]), 201)


def update_record(call: Call) -> Reply:
    """Change an object."""
    objects, body = call.objects, call.body()
    record = named_record(call, objects)
    properties = properties_of(body)
    changes = objects.checked(properties, record)
    check_rules(call, objects, changes, record)
    objects.update(record, changes, call.account.source)
    return raw_json_reply(written(objects, record, properties))


def archive_record(call: Call) -> Reply:
    """Delete an object; nothing is said of one that is not there."""
    objects = call.objects
    record = objects.records.get(call.names["objectId"])
    if record is not None:
        archive(call, objects, record)
    return Reply(status=204)


def merge_records(call: Call) -> Reply:
    """Merge one contact into another."""
    objects, body = call.objects, call.body()
    required(body, "primaryObjectId", "objectIdToMerge")
    ids = str(body["primaryObjectId"]), str(body["objectIdToMerge"])
    for each in ids:
        if objects.records.get(each) is None:
            raise not_found(f"Object not found: {each}")
    if ids[0] == ids[1]:
        raise invalid("An object cannot be merged with itself")
    winner_id = call.account.merge(*ids, call.account.source)
    winner = objects.records.by_id[int(winner_id)]
    return raw_json_reply(written(objects, winner, ()))


def erase_contact(call: Call) -> Reply:
    """Delete a contact for good."""
    objects, body = call.objects, call.body()
    required(body, "objectId")
    value, unique = str(body["objectId"]), body.get("idProperty")
    records = objects.records
    record = records.find(str(unique), value) if unique else records.get(value)
    if record is not None:
        call.account.forget(objects.kind.name, record.id)
        objects.erase(record, call.account.source)
    return Reply(status=204)


def named_record(call: Call, objects: Objects, *, archived: bool = False) -> Record:
    """Return the object that the path names, by its id or by a unique property."""
    value, unique = call.names["objectId"], call.request.param("idProperty")
    if unique and unique not in objects.records.unique_names:
        raise invalid(f"{unique} is not a unique property")
    records = objects.records
    record = records.find(unique, value) if unique else records.get(value, archived=archived)
    if record is None:
        raise not_found()
    return record


def create(call: Call, objects: Objects, body: Mapping[str, Any]) -> Record:
    """Make the object that a body describes, with its associations."""
    changes = objects.checked(properties_of(body))
    check_rules(call, objects, changes, None)
    ties = [_tie(call, each) for each in body.get("associations") or ()]
    record = objects.create(changes, call.account.source)
    for kind, other_id, type_id in ties:
        one, other = (objects.kind.name, record.id), (kind, other_id)
        call.account.associate(one, other, type_id, call.account.source)
    return record


def archive(call: Call, objects: Objects, record: Record) -> None:
    """Delete an object that is there."""
    call.account.forget(objects.kind.name, record.id)
    objects.archive(record, call.account.source)


def check_rules(
    call: Call, objects: Objects, changes: Mapping[str, str | None], record: Record | None
) -> None:
    """Raise Refusal for what the account's own rules forbid; old versions do not ask them."""
    if call.version == "2026-09":
        objects.check_rules(changes, record)


def properties_of(body: Mapping[str, Any]) -> Mapping[str, object]:
    """Return the properties in a body, or raise Refusal."""
    properties = body.get("properties")
    if not isinstance(properties, dict):
        raise invalid("Some required fields were not set: [properties]")
    return properties


def written(objects: Objects, record: Record, names: Sequence[str] | Mapping[str, object]) -> bytes:
    """Return the JSON of an object after a write of these properties."""
    asked = objects.renderer.asked(names or objects.kind.shown)
    return objects.renderer.render(record, record.version, asked)


def listing(results: bytes, following: Mapping[str, object] | None, total: int = -1) -> bytes:
    """Return the JSON of a page, of a search when its total is known."""
    parts = [b'{"total":%d,' % total if total >= 0 else b"{", b'"results":[', results, b"]"]
    if following:
        parts.append(b',"paging":' + json.dumps(following).encode())
    return b"".join((*parts, b"}"))


def paging(call: Call, after: str) -> Mapping[str, object]:
    """Return where the next page is."""
    request = call.request
    params = [f"{name}={value}" for name, value in request.params if name != "after"]
    link = f"{call.base_url}{request.path}?{'&'.join([*params, f'after={after}'])}"
    return {"next": {"after": after, "link": link}}


def _with_more(call: Call, objects: Objects, record: Record, asked: tuple[str, ...]) -> bytes:
    content = objects.renderer.content(record, record.version, asked)
    if histories := call.words("propertiesWithHistory"):
        content["propertiesWithHistory"] = history_of(record, histories)
    if wanted := call.words("associations"):
        content["associations"] = _ties(call, objects, record, wanted)
    return json.dumps(content).encode()


def _ties(
    call: Call, objects: Objects, record: Record, wanted: Sequence[str]
) -> Mapping[str, object]:
    ties = {}
    for each in wanted:
        kind = call.objects_of(each).kind
        of = call.account.associations.of(objects.kind.name, record.id, kind.name)
        label = f"{objects.kind.singular}_to_{kind.singular}"
        if of:
            ties[kind.name] = {"results": [{"id": str(n), "type": label} for n in of]}
    return ties


def _tie(call: Call, given: Mapping[str, Any]) -> tuple[str, int, int]:
    """Return type and id of the other object, and the type of the tie."""
    to, types = given.get("to"), given.get("types")
    if not isinstance(to, dict) or not isinstance(types, list) or not types:
        raise invalid("An association needs `to` and `types`")
    type_id, other = int(types[0]["associationTypeId"]), str(to.get("id"))
    for kind_of in call.account.objects.values():
        if kind_of.kind.to_contact == type_id:
            if call.account.contacts.records.get(other) is None:
                raise invalid(f"No contact with ID {other} exists to be associated")
            return "contacts", int(other), type_id
    raise invalid(f"Invalid association type: {type_id}")
