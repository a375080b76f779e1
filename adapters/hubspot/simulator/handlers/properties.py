"""Properties and their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.hubspot.simulator.call import required
from adapters.hubspot.simulator.definitions import FIELD_TYPES, Definition, Option
from adapters.hubspot.simulator.handlers.replies import batch_reply
from adapters.hubspot.simulator.refusals import Refusal, conflict, invalid, not_found
from adapters.simulation.messages import Reply, json_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.hubspot.simulator.call import Call
    from adapters.hubspot.simulator.objects import Objects


def list_properties(call: Call) -> Reply:
    """Answer all properties of a type, or all that were archived."""
    archived = call.flag("archived")
    found = call.objects.records.definitions.values()
    rows = [each.as_json() for each in found if each.is_archived is archived]
    return json_reply({"results": rows}, size=len(rows))


def read_property(call: Call) -> Reply:
    """Answer one property."""
    return json_reply(_definition(call).as_json())


def create_property(call: Call) -> Reply:
    """Make a property."""
    return json_reply(_create(call, call.objects, call.body()).as_json(), 201)


def update_property(call: Call) -> Reply:
    """Change label, options or the group of a property."""
    definition, body = _definition(call), call.body()
    if definition.is_hubspots and set(body) - {"options"}:
        raise invalid(f"{definition.name} is defined by HubSpot and cannot be changed")
    definition.label = str(body.get("label", definition.label))
    definition.description = str(body.get("description", definition.description))
    if "groupName" in body:
        definition.group = _known_group(call, str(body["groupName"]))
    if "options" in body:
        definition.options = _options(body)
    definition.updated_ms = call.account.now_ms()
    return json_reply(definition.as_json())


def archive_property(call: Call) -> Reply:
    """Take a property out of use."""
    definition = _definition(call)
    if definition.is_hubspots:
        raise invalid(f"{definition.name} is defined by HubSpot and cannot be archived")
    definition.is_archived = True
    call.objects.renderer.forget()
    return Reply(status=204)


def create_properties(call: Call) -> Reply:
    """Make properties; whatever cannot be made fails alone."""
    objects = call.objects
    results: list[Mapping[str, Any]] = []
    errors: list[Mapping[str, Any]] = []
    for each in call.inputs():
        try:
            results.append(_create(call, objects, each).as_json())
        except Refusal as refusal:
            row = refusal.row(())
            errors.append({**row, "context": {"name": [str(each.get("name"))]}})
    return batch_reply(call, results, errors, 201)


def read_properties(call: Call) -> Reply:
    """Answer the properties that exist of those asked for."""
    definitions = call.objects.records.definitions
    wanted = [definitions.get(str(each.get("name"))) for each in call.inputs()]
    rows = [each.as_json() for each in wanted if each is not None and not each.is_archived]
    return batch_reply(call, rows)


def list_groups(call: Call) -> Reply:
    """Answer all groups of properties of a type."""
    rows = [_group(name, label) for name, label in _groups(call).items()]
    return json_reply({"results": rows}, size=len(rows))


def read_group(call: Call) -> Reply:
    """Answer one group."""
    name = call.names["groupName"]
    if name not in _groups(call):
        raise not_found(f"Property group {name} does not exist")
    return json_reply(_group(name, _groups(call)[name]))


def create_group(call: Call) -> Reply:
    """Make a group."""
    body = call.body()
    required(body, "name", "label")
    name = str(body["name"])
    if name in _groups(call):
        raise conflict(f"A property group named {name} already exists")
    _groups(call)[name] = str(body["label"])
    return json_reply(_group(name, str(body["label"])), 201)


def _groups(call: Call) -> dict[str, str]:
    return call.objects.groups


def _group(name: str, label: str) -> Mapping[str, Any]:
    return {"name": name, "label": label, "displayOrder": -1, "archived": False}


def _known_group(call: Call, name: str) -> str:
    if name not in _groups(call):
        raise invalid(f"Property group {name} does not exist")
    return name


def _definition(call: Call) -> Definition:
    name = call.names["propertyName"]
    found = call.objects.records.definitions.get(name)
    if found is None or found.is_archived:
        raise not_found(f"Property {name} does not exist", subCategory="Properties.NOT_FOUND")
    return found


def _create(call: Call, objects: Objects, body: Mapping[str, Any]) -> Definition:
    required(body, "name", "label", "type", "fieldType", "groupName")
    name, value_type, field_type = (str(body[each]) for each in ("name", "type", "fieldType"))
    known = objects.records.definitions.get(name)
    if known is not None and not known.is_archived:
        raise conflict(f"A property named {name} already exists")
    if name != name.lower() or not name.replace("_", "").isalnum() or name[0].isdigit():
        raise invalid(f"Property name {name} is invalid")
    if field_type not in FIELD_TYPES.get(value_type, ()):
        raise invalid(f"Field type {field_type} does not suit type {value_type}")
    now_ms = call.account.now_ms()
    definition = Definition(
        name=name,
        label=str(body["label"]),
        type=value_type,
        field_type=field_type,
        group=_known_group(call, str(body["groupName"])),
        description=str(body.get("description") or ""),
        options=_options(body),
        is_unique=body.get("hasUniqueValue") is True,
        created_ms=now_ms,
        updated_ms=now_ms,
    )
    if value_type == "enumeration" and not definition.options:
        raise invalid(f"{name} needs options")
    objects.define(definition)
    return definition


def _options(body: Mapping[str, Any]) -> tuple[Option, ...]:
    given = body.get("options") or []
    if not all(isinstance(each, dict) and "label" in each and "value" in each for each in given):
        raise invalid("An option needs `label` and `value`")
    values = [str(each["value"]) for each in given]
    if len(set(values)) != len(values):
        raise invalid("Option values must be unique")
    return tuple(Option(label=str(each["label"]), value=str(each["value"])) for each in given)
