"""What is sent, as Standard Webhooks have it: a type, an instant, and what there is to tell; pure.

A message tells what changed: whatever it does not name is as it was. Its id is the same at every
attempt to tell the same, and another one as soon as something else is to be told.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

from connector.domain.changes import AttributeChange, ListChange, StageChange, TagChange
from connector.domain.instants import iso

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from connector.domain.changes import Action, Addressee
    from connector.domain.values import Written

    Change: TypeAlias = AttributeChange | ListChange | TagChange | StageChange
    Part: TypeAlias = dict[str, Any]

CONTACT_UPDATED, CONTACTS_UPDATED = "contact.updated", "contacts.updated"
TRIGGER_FIRED, TRIGGERS_FIRED = "trigger.fired", "triggers.fired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One call's worth."""

    id: str
    type: str
    content: Part | list[Part]
    """What is told of one, or of each of several beside its own id."""

    def body(self, at: datetime) -> str:
        """Return the body of the call as it is sent at an instant."""
        body = {"type": self.type, "timestamp": iso(at), "data": self.content}
        return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def update_of(platform: str, change: Change) -> Message:
    """Return what changed of one contact."""
    content = {"contact": _contact(change.to), **_changed(change)}
    text = json.dumps([platform, change.key, content], sort_keys=True)
    return Message(id=f"upd_{_digest(text)}", type=CONTACT_UPDATED, content=content)


def firing_of(action: Action) -> Message:
    """Return what a trigger wants done; its id stands for the key of the deed."""
    content = {
        "trigger": action.trigger,
        "action": action.kind,
        "at": iso(action.at),
        "contact": _contact(action.to),
        "params": _values(action.params),
    }
    # An id with a full stop in it could not be told from what is signed beside it.
    return Message(id=f"trg_{_digest(action.key)}", type=TRIGGER_FIRED, content=content)


def together(kind: str, messages: Sequence[Message]) -> Message:
    """Return one message that tells what several do, each with its id."""
    ids = [each.id for each in messages]
    contents = [
        {"id": each.id, **each.content} for each in messages if isinstance(each.content, dict)
    ]
    return Message(id=f"bat_{_digest(json.dumps(ids))}", type=kind, content=contents)


def _changed(change: Change) -> Part:
    match change:
        case AttributeChange():
            return {"attributes": _values(change.values)}
        case ListChange():
            return {"lists": {change.list_name: change.is_member}}
        case TagChange():
            return {"tags": {change.tag: change.is_set}}
        case StageChange():
            return {"stage": change.stage or None}
    raise TypeError(change)


def _contact(to: Addressee) -> Part:
    return {"id": to.remote_id, "email": to.email}


def _values(values: Mapping[str, Written]) -> Part:
    return {name: _value(each) for name, each in values.items()}


def _value(value: Written) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return iso(value) if isinstance(value, datetime) else value


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
