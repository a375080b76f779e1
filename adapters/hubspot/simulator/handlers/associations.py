"""Which objects belong to which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.associations import HUBSPOT_DEFINED
from adapters.hubspot.simulator.handlers.replies import batch_reply
from adapters.hubspot.simulator.refusals import invalid, not_found
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.objects import Objects

MOST_READ = 1000
_MOST_OF_ONE = 500


def read_associations(call: Call) -> Reply:
    """Answer the objects of one type that belong to each of some others."""
    ours, theirs = _ends(call)
    results: list[Mapping[str, Any]] = []
    without: list[str] = []
    for each in call.inputs(MOST_READ):
        record_id = str(each.get("id"))
        rows = _rows(call, ours, theirs, record_id)
        if rows:
            results.append(_paged(record_id, rows, int(each.get("after") or 0)))
        else:
            without.append(record_id)
    return batch_reply(call, results, [_none_found(ours, each) for each in without])


def associate(call: Call) -> Reply:
    """Note pairs of objects that belong together."""
    ours, theirs = _ends(call)
    results = []
    for each in call.inputs(MOST_READ):
        pair = str(each["from"]["id"]), str(each["to"]["id"])
        type_id = int(each["types"][0]["associationTypeId"])
        _join(call, ours, theirs, pair, type_id)
        results.append(
            {
                "fromObjectTypeId": ours.kind.type_id,
                "fromObjectId": pair[0],
                "toObjectTypeId": theirs.kind.type_id,
                "toObjectId": pair[1],
                "labels": [],
            }
        )
    return batch_reply(call, results, [], 201)


def associate_plainly(call: Call) -> Reply:
    """Note one pair with the usual type of its tie."""
    ours, theirs = _ends(call)
    pair = call.names["objectId"], call.names["toObjectId"]
    type_id = ours.kind.to_contact or theirs.kind.to_contact or 1
    _join(call, ours, theirs, pair, type_id)
    spec = {"associationCategory": HUBSPOT_DEFINED, "associationTypeId": type_id}
    row = {"from": {"id": pair[0]}, "to": {"id": pair[1]}, "associationSpec": spec}
    return batch_reply(call, [row], [])


def read_associations_of(call: Call) -> Reply:
    """Answer a page of the objects of one type that belong to another."""
    ours, theirs = _ends(call)
    record_id = call.names["objectId"]
    if ours.records.get(record_id) is None:
        raise not_found()
    start = call.whole("after", 0)
    paged = _paged(record_id, _rows(call, ours, theirs, record_id), start)
    content = {"results": paged["to"]}
    if "paging" in paged:
        content["paging"] = paged["paging"]
    return json_reply(content, size=len(paged["to"]))


def _ends(call: Call) -> tuple[Objects, Objects]:
    return call.objects, call.objects_of(call.names["toObjectType"])


def _rows(
    call: Call, ours: Objects, theirs: Objects, record_id: str
) -> Sequence[Mapping[str, Any]]:
    if not record_id.isdecimal():
        raise invalid(f"Invalid id: {record_id}")
    ties = call.account.associations.of(ours.kind.name, int(record_id), theirs.kind.name)
    return [
        {
            "toObjectId": other_id,
            "associationTypes": [{"category": HUBSPOT_DEFINED, "typeId": type_id, "label": None}],
        }
        for other_id, type_id in sorted(ties.items())
    ]


def _paged(record_id: str, rows: Sequence[Mapping[str, Any]], start: int) -> dict[str, Any]:
    page: dict[str, Any] = {"from": {"id": record_id}, "to": rows[start : start + _MOST_OF_ONE]}
    if start + _MOST_OF_ONE < len(rows):
        page["paging"] = {"next": {"after": str(start + _MOST_OF_ONE)}}
    return page


def _join(call: Call, ours: Objects, theirs: Objects, pair: tuple[str, str], type_id: int) -> None:
    if ours.records.get(pair[0]) is None or theirs.records.get(pair[1]) is None:
        raise not_found("One of the objects to be associated does not exist")
    one, other = (ours.kind.name, int(pair[0])), (theirs.kind.name, int(pair[1]))
    call.account.associate(one, other, type_id, call.account.source)


def _none_found(ours: Objects, record_id: str) -> Mapping[str, Any]:
    return {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "subCategory": "crm.associations.NO_ASSOCIATIONS_FOUND",
        "message": f"No associations were found for {ours.kind.singular} {record_id}",
        "context": {"fromObjectId": [record_id]},
        "errors": [],
        "links": {},
    }
