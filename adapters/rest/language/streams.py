"""What an entry says about reading: where rows are, and what of them is what."""

from __future__ import annotations

from typing import Annotated, ClassVar, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from adapters.mapped.expressions import Expression
from adapters.mapped.mappings import ContactMapping, Events, OneOrMore, RemovalMapping, listed
from adapters.rest.language.paging import PagerConfig, SinceConfig
from adapters.rest.language.requests import GONE, OfForm, RequestConfig, Statuses, Words
from adapters.rest.templates import SINCE

MOST_IDS = 1_000

RelatedName: TypeAlias = Annotated[
    str, OfForm(r"[A-Za-z_][A-Za-z0-9_]{0,49}", "is no name: letters, digits and `_`")
]


class RelatedConfig(Words):
    """Objects beside the items, which items name by their id, as `included` of JSON:API."""

    items: Expression = Field(description="Where in an answer they are.")
    id: Expression = Field(default="id", description="The id of one of them.")
    by: Expression = Field(description="Where an item has that id.")
    many: bool = Field(
        default=False, description="Whether an item gets a list of all that have the id."
    )


Related: TypeAlias = Annotated[
    dict[RelatedName, RelatedConfig],
    Field(
        description="Objects beside the items; an item gets the one that it names under this key."
    ),
]


class StreamConfig(RequestConfig):
    """Rows of one kind, page by page."""

    items: Expression = Field(
        default="@", description="Where in an answer the items are; default: the answer itself."
    )
    pager: PagerConfig | None = Field(
        default=None, description="How an answer leads to the next one; default: there is one."
    )
    related: Related = Field(default_factory=dict)


class SinceStreamConfig(StreamConfig):
    """Rows that may be asked for from an instant on."""

    names: ClassVar[frozenset[str]] = frozenset({SINCE})

    since: SinceConfig | None = Field(
        default=None,
        description="That only what is new is asked for; default: everything, each time.",
    )

    @model_validator(mode="after")
    def _asks_for_what_is_new(self) -> SinceStreamConfig:
        if (self.since is not None) != (SINCE in self.takes_in):
            msg = (
                "nothing takes in `{{ since }}`: name it where the API wants to be told"
                if self.since
                else "`since` is missing: say how the instant is written, or only `since: {}`"
            )
            raise ValueError(msg)
        return self


class ContactStreamConfig(SinceStreamConfig):
    """Contacts."""

    record: ContactMapping = Field(description="How an item tells a contact, whole.")

    @model_validator(mode="after")
    def _is_read_from_the_beginning(self) -> ContactStreamConfig:
        if self.since is not None and self.since.history is not None:
            msg = "`history` is for events: all contacts are read at first"
            raise ValueError(msg)
        return self


class EventStreamConfig(SinceStreamConfig):
    """Events of one or several kinds."""

    record: Events = Field(min_length=1, description="How an item tells an event, or several.")

    @model_validator(mode="after")
    def _tells_when(self) -> EventStreamConfig:
        if any(each.occurred_at is None for each in self.record):
            msg = "`record.occurred_at` is missing: an event that is read has its own time"
            raise ValueError(msg)
        return self


class RestRemoval(RemovalMapping):
    """How an item tells that a contact is gone, or was taken over by another."""

    merged_into: Expression | None = Field(
        default=None, description="The id of the contact that took it over."
    )


class RemovalStreamConfig(SinceStreamConfig):
    """Contacts that are gone."""

    record: RestRemoval = Field(description="How an item tells it.")


class ListRecord(Words):
    """How an item tells a list."""

    id: Expression = Field(description="Its id.")
    name: Expression = Field(description="Its name, by which the configuration knows it.")


class ListStreamConfig(StreamConfig):
    """The lists there are."""

    record: ListRecord = Field(description="How an item tells a list.")


class MemberStreamConfig(StreamConfig):
    """Who is in a list."""

    names: ClassVar[frozenset[str]] = frozenset({"list"})

    contact: Expression = Field(description="The contact's id, in an item.")


class LookupConfig(RequestConfig):
    """Contacts by their id, one or several at a time."""

    names: ClassVar[frozenset[str]] = frozenset({"contact", "ids"})

    items: Expression = Field(
        default="@", description="Where in the answer the contact is, or the contacts are."
    )
    batch: Annotated[int, Field(ge=1, le=MOST_IDS)] = Field(
        default=1,
        description="How many one request asks for, as `{{ ids }}`; 1: `{{ contact.id }}`.",
    )
    related: Related = Field(default_factory=dict)
    gone: Statuses = Field(
        default=GONE, description="Statuses that say that there is no such contact."
    )
    record: ContactMapping | None = Field(
        default=None, description="How an item tells a contact; default: as in `contacts`."
    )

    @model_validator(mode="after")
    def _names_whom_it_asks_for(self) -> LookupConfig:
        name = "contact" if self.batch == 1 else "ids"
        other = "ids" if self.batch == 1 else "contact"
        if name not in self.takes_in or other in self.takes_in:
            wanted = "`{{ contact.id }}`" if self.batch == 1 else "`{{ ids }}`"
            msg = f"with `batch: {self.batch}` it takes in {wanted}"
            raise ValueError(msg)
        return self


EventStreams: TypeAlias = Annotated[
    tuple[EventStreamConfig, ...], BeforeValidator(listed), OneOrMore()
]
