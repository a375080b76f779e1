"""Objects by the hundred: what is done, what is not, and how either is told."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from adapters.hubspot.simulator.call import texts
from adapters.hubspot.simulator.handlers.records import (
    MOST_WITH_HISTORY,
    archive,
    check_rules,
    create,
    properties_of,
    written,
)
from adapters.hubspot.simulator.refusals import Refusal, conflict, invalid
from adapters.hubspot.simulator.rendering import history_of
from adapters.hubspot.simulator.times import iso
from adapters.hubspot.simulator.tricks import Trick
from adapters.simulation.messages import Reply, raw_json_reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.objects import Objects
    from adapters.hubspot.simulator.records import Record

    Act: TypeAlias = Callable[[], Record]
    """Does what was checked before."""

_PARTLY = 207


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of a batch."""

    call: Call
    results: list[bytes] = field(default_factory=list)
    errors: list[Mapping[str, Any]] = field(default_factory=list)

    def reply(self, status: int = 200) -> Reply:
        """Return the answer; a 207 as soon as one input failed."""
        rows = self.results
        if self.call.account.quirks.batches_are_unordered:
            rows = rows[1::2] + rows[::2]
        if self.call.trick is Trick.ROWS_MIXED_UP:
            rows = _mixed_up(rows)
        if self.call.trick is Trick.ROW_LEFT_OUT:
            rows = rows[1:]
        now = iso(self.call.account.now_ms()).encode()
        parts = [
            b'{"status":"COMPLETE","results":[',
            b",".join(rows),
            b'],"startedAt":"%b","completedAt":"%b"' % (now, now),
        ]
        if self.errors:
            parts.append(b',"numErrors":%d,"errors":' % len(self.errors))
            parts.append(json.dumps(self.errors).encode())
        body = b"".join((*parts, b"}"))
        return raw_json_reply(body, _PARTLY if self.errors else status, size=len(rows))


def _mixed_up(rows: Sequence[bytes]) -> list[bytes]:
    """Return rows each of which shows the properties of the one behind it."""
    told = [json.loads(each) for each in rows]
    others = [each["properties"] for each in (*told[1:], *told[:1])]
    return [
        json.dumps({**each, "properties": other}).encode()
        for each, other in zip(told, others, strict=True)
    ]


def read_batch(call: Call) -> Reply:
    """Answer the objects that exist of those asked for."""
    objects, body = call.objects, call.body()
    histories = texts(body.get("propertiesWithHistory") or [], "propertiesWithHistory")
    inputs = call.inputs(MOST_WITH_HISTORY if histories else 100)
    unique = str(body.get("idProperty") or "")
    asked = objects.renderer.asked(texts(body.get("properties") or [], "properties"))
    outcome, missing = Outcome(call=call), []
    for each in inputs:
        record = _record(objects, str(each.get("id")), unique, archived=call.flag("archived"))
        if record is None:
            missing.append(each)
        elif histories:
            content = objects.renderer.content(record, record.version, asked)
            content["propertiesWithHistory"] = history_of(record, histories)
            outcome.results.append(json.dumps(content).encode())
        else:
            outcome.results.append(objects.renderer.render(record, record.version, asked))
    _tell_missing(outcome, objects, missing)
    return outcome.reply()


def update_batch(call: Call) -> Reply:
    """Change objects; a bad value fails alone only where every input has a trace id."""
    objects, inputs = call.objects, call.inputs()
    _refuse_repeated([str(each.get("id")) for each in inputs])
    outcome, missing, work = Outcome(call=call), [], []

    def update(given: Mapping[str, Any], record: Record) -> Act:
        changes = objects.checked(properties_of(given), record)
        check_rules(call, objects, changes, record)

        def act() -> Record:
            objects.update(record, changes, call.account.source)
            return record

        return act

    for each in inputs:
        record = _record(objects, str(each.get("id")), str(each.get("idProperty") or ""))
        if record is None:
            missing.append(each)
        else:
            work.append((each, partial(update, each, record)))
    together = call.account.quirks.updates_fail_together or not _has_traces(inputs)
    _do(outcome, objects, work, together=together)
    _tell_missing(outcome, objects, missing)
    return outcome.reply()


def create_batch(call: Call) -> Reply:
    """Make objects; who exists already fails alone only where every input has a trace id."""
    objects, inputs = call.objects, call.inputs()
    addresses = [str(each.get("properties", {}).get("email", "")).lower() for each in inputs]
    repeated = _repeated([each for each in addresses if each])
    if repeated and not _has_traces(inputs):
        raise conflict(f"Duplicate values in the batch: {len(repeated)}")

    def make(given: Mapping[str, Any]) -> Act:
        changes = objects.checked(properties_of(given))
        check_rules(call, objects, changes, None)
        return lambda: create(call, objects, given)

    outcome = Outcome(call=call)
    work = [(each, partial(make, each)) for each in inputs]
    _do(outcome, objects, work, together=not _has_traces(inputs))
    return outcome.reply(201)


def upsert_batch(call: Call) -> Reply:
    """Change the objects that have a unique value, and make those that do not exist."""
    objects, inputs = call.objects, call.inputs()
    _refuse_repeated([str(each.get("id")).lower() for each in inputs])
    outcome = Outcome(call=call)
    is_new: dict[int, bool] = {}

    def upsert(given: Mapping[str, Any], record: Record | None) -> Act:
        properties = {**properties_of(given)}
        if record is None and given.get("idProperty"):
            properties.setdefault(str(given["idProperty"]), given["id"])
        changes = objects.checked(properties, record)
        check_rules(call, objects, changes, record)

        def act() -> Record:
            done = record or objects.create(changes, call.account.source)
            is_new[done.id] = record is None
            if record is not None:
                objects.update(record, changes, call.account.source)
            return done

        return act

    work = []
    for each in inputs:
        unique = str(each.get("idProperty") or "")
        if unique == "email" and call.account.quirks.refuses_upsert_by_email:
            raise invalid("Cannot upsert by a non-unique 0-1 property: email")
        work.append((each, partial(upsert, each, _record(objects, str(each.get("id")), unique))))
    _do(outcome, objects, work, together=not _has_traces(inputs))
    outcome.results = [_marked(each, is_new) for each in outcome.results]
    return outcome.reply()


def archive_batch(call: Call) -> Reply:
    """Delete objects; nothing is said of those that are not there."""
    objects = call.objects
    for each in call.inputs():
        record = objects.records.get(str(each.get("id")))
        if record is not None:
            archive(call, objects, record)
    return Reply(status=204)


def _do(
    outcome: Outcome,
    objects: Objects,
    work: Sequence[tuple[Mapping[str, Any], Callable[[], Act]]],
    *,
    together: bool,
) -> None:
    """Check and do the work for each input: all of it or none, or whatever can be done."""
    if together:
        acts = [(given, check()) for given, check in work]
        outcome.results += [_row(objects, act(), given) for given, act in acts]
        return
    for given, check in work:
        try:
            done = check()()
        except Refusal as refusal:
            outcome.errors.append(refusal.row([str(given["objectWriteTraceId"])]))
        else:
            outcome.results.append(_row(objects, done, given))


def _row(objects: Objects, record: Record, given: Mapping[str, Any]) -> bytes:
    row = written(objects, record, given["properties"])
    trace = given.get("objectWriteTraceId")
    if trace is None:
        return row
    return b'%b,"objectWriteTraceId":%b}' % (row[:-1], json.dumps(str(trace)).encode())


def _marked(row: bytes, is_new: Mapping[int, bool]) -> bytes:
    number = int(json.loads(row)["id"])
    return b'%b,"new":%b}' % (row[:-1], b"true" if is_new[number] else b"false")


def _record(objects: Objects, value: str, unique: str, *, archived: bool = False) -> Record | None:
    """Return an object by its id, or by a unique property."""
    if not unique or unique == "hs_object_id":
        return objects.records.get(value, archived=archived)
    if unique not in objects.records.unique_names:
        raise invalid(f"{unique} is not a unique property of {objects.kind.name}")
    return objects.records.find(unique, value)


def _has_traces(inputs: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether each input can be told from the others in an answer."""
    traces = [each.get("objectWriteTraceId") for each in inputs]
    return None not in traces and len(set(traces)) == len(traces)


def _repeated(values: Sequence[str]) -> set[str]:
    return {each for each, times in Counter(values).items() if times > 1}


def _refuse_repeated(ids: Sequence[str]) -> None:
    if repeated := _repeated(ids):
        message = f"Duplicate IDs found in batch input: {sorted(repeated)}"
        raise invalid(message)


def _tell_missing(outcome: Outcome, objects: Objects, missing: Sequence[Mapping[str, Any]]) -> None:
    """Add one error for all that do not exist."""
    if not missing:
        return
    title = objects.kind.singular.upper()
    refusal = Refusal(
        404,
        "OBJECT_NOT_FOUND",
        f"Could not get some {title} objects, they may be deleted or not exist.",
        context={"ids": [str(each.get("id")) for each in missing]},
    )
    traces = [str(each["objectWriteTraceId"]) for each in missing if "objectWriteTraceId" in each]
    outcome.errors.append(refusal.row(traces))
