"""What the configuration says about a database: what is asked of it, and where we write."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from adapters.sql.location import checked_url
from adapters.sql.statements import checked_query, tables_of
from connector.domain.durations import parse_duration
from connector.ports.adapter import PlatformConfig
from connector.ports.platform import Part

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from connector.ports.platform import Capabilities

WRITERS = frozenset({Part.ATTRIBUTE_WRITER, Part.ERASER})
_NAME = re.compile(r"[a-z][a-z0-9_]{0,49}", re.ASCII)
_OF_CONTACTS = frozenset({Part.CONTACTS, Part.LOOKUP, Part.IDS})


def _is_duration(text: str) -> str:
    parse_duration(text)
    return text


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        msg = "is no time zone (write one such as Europe/Paris)"
        raise ValueError(msg) from error
    return name


Column = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]+$")]
Query = Annotated[str, Field(max_length=100_000), AfterValidator(checked_query)]
Duration = Annotated[str, AfterValidator(_is_duration)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NamedQuery(_Part):
    """A query with its columns, and how what is new is told from what was read before."""

    query: Query = Field(
        description="One SELECT (or WITH ... SELECT) that names its columns; it is read as a table."
    )
    id: Column = Field(default="id", description="The column that tells a row from all others.")
    cursor: Column | None = Field(
        default=None,
        description="The column that grows with every change: a time, or a number of rows that "
        "are only ever added. Without it everything is read each time.",
    )
    overlap: Duration | Annotated[int, Field(ge=0, le=10**12)] | None = Field(
        default=None,
        description="How far behind the last value of `cursor` reading begins again, for rows "
        "that were committed late: a time such as `5m` (the default), of a number so many "
        "(1,000 by default).",
    )

    @model_validator(mode="after")
    def _has_what_overlaps(self) -> NamedQuery:
        if self.overlap is not None and self.cursor is None:
            msg = "`overlap` goes with `cursor`"
            raise ValueError(msg)
        return self


class ContactsQuery(NamedQuery):
    """The query of contacts."""

    modified_at: Column | None = Field(
        default=None,
        description="When the contact changed last; by default the column `modified_at` or "
        "`updated_at`, where there is one.",
    )
    created_at: Column | None = Field(
        default=None,
        description="When the contact came; by default the column `created_at`, where there is "
        "one.",
    )
    opted_out: Column | None = Field(
        default=None,
        description="Whether the contact wants no mail; by default the column `opted_out`, where "
        "there is one.",
    )


class EventsQuery(NamedQuery):
    """A query of events."""

    type: Column = Field(default="type", description="The column of the type.")
    contact: Column = Field(
        default="contact", description="The column of the contact: an id or an e-mail address."
    )
    occurred_at: Column = Field(default="occurred_at", description="The column of the time.")


class WrittenTable(_Part):
    """The table that scores are written to."""

    table: Column = Field(
        description="A table for heatsync alone; it is made, and gets its columns, when it is "
        "first written."
    )
    schema_name: Column | None = Field(
        default=None, alias="schema", description="The schema of the table, where it needs one."
    )
    key: Column = Field(
        default="contact_id", description="Its column of the contact's id, which is its key."
    )
    email: Column | None = Field(
        default=None, description="Its column of the e-mail address; default: none."
    )
    updated_at: Column = Field(
        default="updated_at", description="Its column of when the row was last written."
    )

    @property
    def own_columns(self) -> Sequence[str]:
        """Return the columns beside the attributes."""
        return [each for each in (self.key, self.email, self.updated_at) if each]

    @field_validator("table")
    @classmethod
    def _is_one_name(cls, table: str) -> str:
        schema, dot, name = table.rpartition(".")
        if dot and schema and name:
            msg = f"is one name: write `schema: {schema}` beside `table: {name}`"
            raise ValueError(msg)
        return table

    @model_validator(mode="after")
    def _has_columns_apart(self) -> WrittenTable:
        names = [each.lower() for each in self.own_columns]
        if len(set(names)) < len(names):
            msg = "`key`, `email` and `updated_at` are different columns"
            raise ValueError(msg)
        return self


def _are_named(queries: dict[str, EventsQuery]) -> dict[str, EventsQuery]:
    for name in queries:
        if not _NAME.fullmatch(name):
            msg = "names of queries are lower-case letters, digits and underscores"
            raise ValueError(msg)
    return queries


class SqlConfig(PlatformConfig):
    """An entry `{adapter: sql}` under `platforms`."""

    secrets: ClassVar[tuple[str, ...]] = ("password", "database_url")

    url: Annotated[str, AfterValidator(checked_url)] | None = Field(
        default=None,
        description="Where the database is, as SQLAlchemy has it: "
        "`postgresql://reader@host/shop`, without the password; a relative SQLite file starts at "
        "the folder of this file. A URL that is a secret itself comes from "
        "HEATSYNC_PLATFORMS__<NAME>__DATABASE_URL.",
    )
    timezone: Annotated[str, AfterValidator(_is_zone)] = Field(
        default="UTC",
        description="The time zone of times without one, such as `Europe/Paris`.",
    )
    timeout: Duration = Field(
        default="5m", description="How long one statement may take, where the database ends it."
    )
    contacts: ContactsQuery | None = Field(
        default=None, description="The query of contacts; default: none are read."
    )
    events: Annotated[dict[str, EventsQuery], AfterValidator(_are_named)] = Field(
        default_factory=dict,
        description="Queries of events by a name of yours, which is part of the ids of their "
        "events.",
    )
    writes: WrittenTable | None = Field(
        default=None,
        description="The table that scores are written to; without `contacts` everybody has a "
        "row there, under our id.",
    )

    @model_validator(mode="after")
    def _is_whole(self) -> SqlConfig:
        if self.contacts is None and not self.events and self.writes is None:
            msg = "say what is read, by `contacts` or `events`, or what it `writes`"
            raise ValueError(msg)
        written = self.writes.table.lower() if self.writes else None
        if any(written in tables_of(each.query) for each in self.queries()):
            msg = "a query reads the table that scores are written to: it has to be another one"
            raise ValueError(msg)
        return self

    def queries(self) -> Iterator[NamedQuery]:
        """Yield every query."""
        if self.contacts is not None:
            yield self.contacts
        yield from self.events.values()

    def able(self, capabilities: Capabilities) -> Capabilities:
        """Return what the entry can do: it may only read, or only write."""
        parts = capabilities.parts
        if self.contacts is None:
            parts -= _OF_CONTACTS
        if not self.events:
            parts -= {Part.EVENTS}
        if self.contacts is None and self.writes is None:
            parts -= {Part.FIELDS}
        is_whole = self.contacts is None or self.contacts.cursor is None
        able = replace(
            capabilities,
            parts=parts,
            # What is read whole is walked as soon as anything changed.
            walk_every=timedelta() if is_whole else capabilities.walk_every,
            is_sink=self.contacts is None,
        )
        if self.writes is not None:
            fixed = frozenset(each.lower() for each in self.writes.own_columns)
            return replace(able, is_fixed=lambda name: name.lower() in fixed)
        return replace(
            able,
            parts=parts - WRITERS,
            writable_types=frozenset(),
            is_ours=False,
            is_sink=False,
        )

    def missing_secrets(self, given: Collection[str]) -> Sequence[str]:
        """Return the address where the entry has none; a database may need no password."""
        return [] if self.url or "database_url" in given else ["database_url"]
