"""What the configuration says about the calls of a tool: where in them our things are."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, model_validator

from adapters.mapped.expressions import Expression
from adapters.mapped.mappings import ONE_OR_MORE, Contacts, Events, Lists, Removals


class ReceivesConfig(BaseModel):
    """What the calls of a tool tell us."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    items: Expression = Field(
        default="@",
        description="Where in a call the items are, a list or a single one; default: the call "
        "itself. All other expressions look at one item.",
    )
    key: Expression | None = Field(
        default=None,
        description="What tells an item from all others, so that a repeated one counts once; "
        "default: its content, where it has an id or a time, else what was said within ten "
        "minutes.",
    )
    contacts: Contacts = Field(default=(), description=f"Contacts. {ONE_OR_MORE}")
    events: Events = Field(default=(), description=f"Events. {ONE_OR_MORE}")
    lists: Lists = Field(default=(), description=f"Who is in which list. {ONE_OR_MORE}")
    removals: Removals = Field(default=(), description=f"Contacts that are gone. {ONE_OR_MORE}")

    @model_validator(mode="after")
    def _tells_something(self) -> ReceivesConfig:
        if not (self.contacts or self.events or self.lists or self.removals):
            msg = (
                "it names no `contacts`, `events`, `lists` or `removals`: calls would tell nothing"
            )
            raise ValueError(msg)
        return self
