"""What a tool knows of contacts because it was told: each message counts once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = Any


@dataclass(slots=True, kw_only=True)
class Known:
    """A contact as the messages told it."""

    email: str | None = None
    attributes: dict[str, Json] = field(default_factory=dict)
    lists: set[str] = field(default_factory=set)
    tags: set[str] = field(default_factory=set)
    stage: str | None = None

    def learn(self, told: dict[str, Json]) -> None:
        """Take what a message tells; what it does not name is as it was."""
        self.email = told["contact"]["email"]
        self.attributes |= told.get("attributes", {})
        for name, is_in in told.get("lists", {}).items():
            (self.lists.add if is_in else self.lists.discard)(name)
        for tag, is_set in told.get("tags", {}).items():
            (self.tags.add if is_set else self.tags.discard)(tag)
        self.stage = told.get("stage", self.stage)


@dataclass(slots=True)
class Records:
    """Everything that was told."""

    contacts: dict[str, Known] = field(default_factory=dict)
    """By our id."""
    fired: dict[str, dict[str, Json]] = field(default_factory=dict)
    """What triggers wanted done, by key, once each."""
    seen: set[str] = field(default_factory=set)
    """Ids of messages, and of what several in one tell."""
    repeats: int = 0
    """How often something came again."""

    def take(self, message_id: str, body: dict[str, Json]) -> None:
        """Take a message in; what came before changes nothing."""
        content = body["data"]
        parts = content if isinstance(content, list) else [{"id": message_id, **content}]
        for part in parts:
            if part["id"] in self.seen:
                self.repeats += 1
                continue
            self.seen.add(part["id"])
            if body["type"].endswith(".updated"):
                self.contacts.setdefault(part["contact"]["id"], Known()).learn(part)
            else:
                self.fired[part["id"]] = part
