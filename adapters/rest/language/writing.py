"""What an entry says about writing: what is sent, and what the answer shows of it."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field, JsonValue, field_validator, model_validator

from adapters.mapped.expressions import Expression
from adapters.mapped.mappings import ContactMapping
from adapters.rest.language.paging import Format
from adapters.rest.language.requests import EVERYWHERE, GONE, RequestConfig, Statuses, Words
from adapters.rest.language.streams import StreamConfig
from adapters.rest.templates import check_template, names_in

MOST_IN_ONE = 10_000
ITEMS = "items"
PUSH = "push"
"""The deed that makes a contact where there is none."""
_ONE = frozenset({"contact"})
_VALUES = _ONE | {"values", "fields"}

ActionKind: TypeAlias = Literal["email", "campaign", "push", "task", "note"]


class BatchConfig(Words):
    """How several contacts share a request, which takes them in as `{{ items }}`."""

    size: Annotated[int, Field(ge=2, le=MOST_IN_ONE)] = Field(
        description="How many one request may hold."
    )
    item: JsonValue = Field(description="What stands for one of them.")


class ResultsConfig(Words):
    """What the answer to a batch says of each of its items."""

    items: Expression = Field(description="Where in the answer the results are.")
    id: Expression | None = Field(
        default=None,
        description="The contact's id in a result; default: they stand in the order of the items.",
    )
    ok: Expression | None = Field(
        default=None, description="Whether the item was taken; default: it is, where it is there."
    )
    error: Expression | None = Field(default=None, description="Why it was not.")
    gone: Expression | None = Field(
        default=None, description="Whether that is because there is no such contact."
    )
    echo: Expression | None = Field(
        default=None,
        description="The object, or the list of `{name, value}`, that shows the values as they are "
        "now.",
    )


class WriteConfig(RequestConfig):
    """A request that writes something of one contact, or of several."""

    names: ClassVar[frozenset[str]] = _ONE | {ITEMS}
    of_one: ClassVar[frozenset[str]] = _ONE
    """What belongs to a single contact: with a batch it is known in `item` alone."""

    batch: BatchConfig | None = Field(
        default=None, description="Several at once; default: a request for each."
    )
    ok: Expression | None = Field(
        default=None, description="Whether the answer says that it was done; default: its status."
    )
    error: Expression | None = Field(default=None, description="Why it was not, in the answer.")
    done: Statuses = Field(
        default=(),
        description="Statuses that say that it is so already, such as 409 of a member who is one.",
    )
    status_only: bool = Field(
        default=False,
        description="Whether the body of the answer is no JSON, and its status says it all.",
    )
    gone: Statuses = Field(
        default=GONE, description="Statuses that say that there is no such contact."
    )
    results: ResultsConfig | None = Field(
        default=None, description="What the answer says of each item of a batch."
    )

    @model_validator(mode="after")
    def _is_for_one_or_several(self) -> WriteConfig:
        if self.batch is None:
            if ITEMS in self.takes_in or self.results is not None:
                msg = "`{{ items }}` and `results` belong to a `batch`"
                raise ValueError(msg)
            return self
        alone = sorted(self.takes_in & self.of_one)
        if alone or ITEMS not in self.takes_in:
            wrong = f"; `{alone[0]}` is known in `batch.item`" if alone else ""
            msg = f"with a `batch` the request takes in `{{{{ items }}}}`{wrong}"
            raise ValueError(msg)
        check_template(self.batch.item, (self.names - {ITEMS}) | EVERYWHERE)
        return self

    @property
    def size(self) -> int:
        """Return how many contacts one request takes."""
        return self.batch.size if self.batch else 1


class AttributeWriteConfig(WriteConfig):
    """How values of fields are written."""

    names: ClassVar[frozenset[str]] = _VALUES | {ITEMS}
    of_one: ClassVar[frozenset[str]] = _VALUES

    echo: Expression | None = Field(
        default=None,
        description="The object, or the list of `{name, value}`, that shows in the answer the "
        "values as they are now; default: they are read back with `lookup`.",
    )
    dates: Format = Field(
        default="iso",
        description="How instants are written: `iso`, `date`, `seconds`, `milliseconds`, or a "
        "pattern.",
    )
    as_text: bool = Field(
        default=False, description="Whether numbers and booleans are written as texts."
    )
    empty: Literal[""] | None = Field(
        default=None, description='What clears a field: `null`, or `""`.'
    )

    @model_validator(mode="after")
    def _shows_in_one_place(self) -> AttributeWriteConfig:
        if self.batch is not None and self.echo is not None:
            msg = "of a batch `results.echo` shows the values"
            raise ValueError(msg)
        return self

    @property
    def is_shown(self) -> bool:
        """Return whether answers show what was written."""
        return self.echo is not None or bool(self.results and self.results.echo)


class ListWriteConfig(WriteConfig):
    """How contacts come into a list, or out of it."""

    names: ClassVar[frozenset[str]] = _ONE | {"list", ITEMS}


class TagWriteConfig(WriteConfig):
    """How a tag is set or cleared."""

    names: ClassVar[frozenset[str]] = _ONE | {"tag"}

    @field_validator("batch")
    @classmethod
    def _is_alone(cls, batch: BatchConfig | None) -> BatchConfig | None:
        if batch is not None:
            msg = "tags are written one by one"
            raise ValueError(msg)
        return batch


class ListCreateConfig(RequestConfig):
    """How a list is made."""

    names: ClassVar[frozenset[str]] = frozenset({"list"})


class ListWritesConfig(Words):
    """How lists are written."""

    add: ListWriteConfig = Field(description="How contacts come into a list.")
    remove: ListWriteConfig = Field(description="How they come out of it.")
    create: ListCreateConfig | None = Field(
        default=None, description="How a list is made; default: by people."
    )


class TagWritesConfig(Words):
    """How tags are written."""

    add: TagWriteConfig = Field(description="How a tag is set.")
    remove: TagWriteConfig = Field(description="How it is cleared.")


class FindConfig(StreamConfig):
    """How a contact is found by its address."""

    names: ClassVar[frozenset[str]] = _ONE

    record: ContactMapping | None = Field(
        default=None, description="How an item tells a contact; default: as in `contacts`."
    )


class CreateConfig(RequestConfig):
    """How a contact is created."""

    names: ClassVar[frozenset[str]] = _VALUES

    item: Expression = Field(
        default="@", description="Where in the answer the contact is; default: the answer itself."
    )
    record: ContactMapping | None = Field(
        default=None, description="How it tells the contact; default: as in `contacts`."
    )
    find: FindConfig | None = Field(
        default=None,
        description="How somebody who is there already is found; default: creating them again "
        "gives the one who is there.",
    )


class ActionConfig(RequestConfig):
    """How something is done once for a contact."""

    names: ClassVar[frozenset[str]] = _ONE | {"action"}

    ok: Expression | None = Field(
        default=None, description="Whether the answer says that it was done; default: its status."
    )
    error: Expression | None = Field(default=None, description="Why it was not, in the answer.")
    done: Statuses = Field(default=(), description="Statuses that say that it was done before.")
    gone: Statuses = Field(
        default=GONE, description="Statuses that say that there is no such contact."
    )
    status_only: bool = Field(
        default=False,
        description="Whether the body of the answer is no JSON, and its status says it all.",
    )
    knows_key: bool = Field(
        default=True,
        description="Whether the API tells a repeated request by `action.key`. Where it does not, "
        "what was asked for is done twice when an answer is lost, and `check` says so.",
    )

    @model_validator(mode="after")
    def _says_its_key(self) -> ActionConfig:
        if not self.knows_key:
            return self
        texts = [self.path, self.params, self.headers, self.body]
        if "action" not in names_in(texts) or "action.key" not in str(texts):
            msg = (
                "it takes in `{{ action.key }}` where the API tells a repeated request by it; "
                "where it tells none, write `knows_key: false`"
            )
            raise ValueError(msg)
        return self


class WritesConfig(Words):
    """What can be written, and how."""

    attributes: AttributeWriteConfig | None = Field(
        default=None, description="How values of fields are written."
    )
    lists: ListWritesConfig | None = Field(
        default=None, description="How contacts are put into lists and taken out."
    )
    tags: TagWritesConfig | None = Field(default=None, description="How tags are set and cleared.")
    create: CreateConfig | None = Field(default=None, description="How contacts are created.")
    actions: dict[ActionKind, ActionConfig] = Field(
        default_factory=dict, description="What triggers may have done, by kind."
    )

    @property
    def deeds(self) -> frozenset[str]:
        """Return the kinds of deeds that triggers may ask for: who can be created can be pushed."""
        return frozenset({*self.actions, *((PUSH,) if self.create else ())})
