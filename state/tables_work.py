"""The tables of work to be done and of what was done: outbound, triggers, inbound, budgets."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, LargeBinary, text
from sqlmodel import Field

from state.columns import Instant, Json, Number, Words
from state.tables import Table


class Overrides(Table, table=True):
    """Decisions of people in place of a score, append-only; an ended one has cleared_at."""

    __tablename__ = "overrides"
    __table_args__ = (
        Index(
            "ux_overrides_current",
            "contact",
            "score",
            unique=True,
            sqlite_where=text("cleared_at IS NULL"),
            postgresql_where=text("cleared_at IS NULL"),
        ),
        Index("ix_overrides_contact", "contact"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(primary_key=True, sa_type=Number, description="Order of arrival.")
    contact: int = Field(
        sa_type=Number, foreign_key="persons.contact", description="Number of the person."
    )
    score: str = Field(sa_type=Words, description="Name of the score.")
    value: float = Field(description="What the score shall be.")
    reason: str = Field(sa_type=Words, description="Why, in the person's words.")
    made_at: datetime = Field(sa_type=Instant, description="Since when.")
    cleared_at: datetime | None = Field(sa_type=Instant, description="Until when.")


class Models(Table, table=True):
    """Scoring models by digest, so that a stored score can name what made it."""

    __tablename__ = "models"
    digest: str = Field(primary_key=True, sa_type=Words, description="Digest of the model.")
    source: str = Field(sa_type=Words, description="What decisions depend on, as canonical JSON.")
    first_used_at: datetime = Field(sa_type=Instant, description="When it first decided.")


class OutboundRows(Table, table=True):
    """Per contact and platform: what is desired, what is confirmed, who works on it."""

    __tablename__ = "outbound"
    __table_args__ = (
        Index("ix_outbound_work", "platform", "state", "not_before"),
        Index(
            "ix_outbound_leased",
            "platform",
            "lease_until",
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
        Index(
            "ix_outbound_lists",
            "platform",
            "confirmed_lists",
            sqlite_where=text("confirmed_lists IS NOT NULL"),
            postgresql_where=text("confirmed_lists IS NOT NULL"),
        ),
        Index("ix_outbound_contact", "contact"),
        Index(
            "ix_outbound_unfinished",
            "state",
            "platform",
            "contact",
            sqlite_where=text("state <> 'clean'"),
            postgresql_where=text("state <> 'clean'"),
        ),
        Index(
            "ix_outbound_urgent",
            "platform",
            "contact",
            sqlite_where=text("is_urgent = 1"),
            postgresql_where=text("is_urgent"),
        ),
    )
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    contact: int = Field(
        primary_key=True,
        sa_type=Number,
        foreign_key="persons.contact",
        description="Number of the person.",
        sa_column_kwargs={"autoincrement": False},
    )
    remote_id: str = Field(sa_type=Words, description="The record that is written to.")
    email: str | None = Field(sa_type=Words, description="The address it is known by there.")
    desired: str = Field(sa_type=Json, description="What should be true there, JSON.")
    confirmed: str = Field(sa_type=Json, description="What is known to be true there, JSON.")
    confirmed_lists: str | None = Field(
        sa_type=Json, description="Lists confirmed to hold the contact, JSON; NULL: none."
    )
    adopted: str = Field(sa_type=Json, description="Lists the contact was in before us, JSON.")
    state: str = Field(sa_type=Words, description="clean, pending, in_flight or dead.")
    revision: int = Field(sa_type=Number, description="Counts the desires.")
    fence: int = Field(sa_type=Number, description="Counts the leases.")
    attempts: int = Field(description="How often it was tried.")
    not_before: datetime | None = Field(sa_type=Instant, description="Try again from then on.")
    last_error: str | None = Field(sa_type=Words, description="Why the last attempt failed.")
    decided_at: datetime | None = Field(sa_type=Instant, description="When it was desired.")
    confirmed_at: datetime | None = Field(sa_type=Instant, description="When it was confirmed.")
    is_urgent: bool = Field(description="Whether it is written before others.")
    lease_owner: str | None = Field(sa_type=Words, description="Who works on it.")
    lease_until: datetime | None = Field(sa_type=Instant, description="Until when.")


class TriggerStates(Table, table=True):
    """Whether each trigger's condition held for each person when last looked at."""

    __tablename__ = "trigger_states"
    __table_args__ = ({"sqlite_with_rowid": False},)
    contact: int = Field(
        primary_key=True,
        sa_type=Number,
        foreign_key="persons.contact",
        description="Number of the person.",
        sa_column_kwargs={"autoincrement": False},
    )
    trigger: str = Field(primary_key=True, sa_type=Words, description="Name of the trigger.")
    is_active: bool = Field(description="Whether its condition held.")
    since: datetime = Field(sa_type=Instant, description="Since when.")
    fired_at: datetime | None = Field(sa_type=Instant, description="When it last fired.")


class Firings(Table, table=True):
    """Things to be done once because a trigger fired."""

    __tablename__ = "firings"
    __table_args__ = (
        Index("ix_firings_work", "destination", "state", "not_before"),
        Index("ix_firings_contact", "contact"),
        Index(
            "ix_firings_leased",
            "destination",
            "lease_until",
            sqlite_where=text("lease_until IS NOT NULL"),
            postgresql_where=text("lease_until IS NOT NULL"),
        ),
        Index(
            "ix_firings_over",
            "at",
            sqlite_where=text("state IN ('done', 'dropped')"),
            postgresql_where=text("state IN ('done', 'dropped')"),
        ),
        Index(
            "ix_firings_waiting",
            "trigger",
            "at",
            "key",
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )
    key: str = Field(primary_key=True, sa_type=Words, description="Idempotency key.")
    contact: int = Field(
        sa_type=Number, foreign_key="persons.contact", description="Number of the person."
    )
    trigger: str = Field(sa_type=Words, description="Name of the trigger.")
    kind: str = Field(sa_type=Words, description="email, campaign, push, notify or webhook.")
    destination: str = Field(sa_type=Words, description="Platform or address it goes to.")
    at: datetime = Field(sa_type=Instant, description="When it fired; while waiting, entered.")
    params: str = Field(sa_type=Json, description="What it takes along, JSON.")
    state: str = Field(
        sa_type=Words, description="waiting, pending, in_flight, done, dropped or dead."
    )
    fence: int = Field(sa_type=Number, description="Counts the leases.")
    attempts: int = Field(description="How often it was tried.")
    not_before: datetime | None = Field(sa_type=Instant, description="Try again from then on.")
    last_error: str | None = Field(sa_type=Words, description="Why the last attempt failed.")
    lease_owner: str | None = Field(sa_type=Words, description="Who works on it.")
    lease_until: datetime | None = Field(sa_type=Instant, description="Until when.")


class TriggerCounts(Table, table=True):
    """For how many persons each trigger fired at each instant."""

    __tablename__ = "trigger_counts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    trigger: str = Field(primary_key=True, sa_type=Words, description="Name of the trigger.")
    at: datetime = Field(primary_key=True, sa_type=Instant, description="When it fired.")
    fired: int = Field(sa_type=Number, description="For how many persons.")


class InboundCalls(Table, table=True):
    """Webhook calls, stored before they were answered."""

    __tablename__ = "inbound"
    __table_args__ = (
        Index(
            "ix_inbound_open",
            "platform",
            "received_at",
            sqlite_where=text("processed_at IS NULL"),
            postgresql_where=text("processed_at IS NULL"),
        ),
        Index(
            "ix_inbound_processed",
            "processed_at",
            sqlite_where=text("processed_at IS NOT NULL"),
            postgresql_where=text("processed_at IS NOT NULL"),
        ),
    )
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    id: str = Field(primary_key=True, sa_type=Words, description="Stored once under this key.")
    body: bytes = Field(sa_type=LargeBinary, description="As received; empty once processed.")
    headers: str = Field(sa_type=Json, description="Headers, JSON; empty once processed.")
    received_at: datetime = Field(sa_type=Instant, description="When it reached us.")
    fence: int = Field(sa_type=Number, description="Counts the leases.")
    attempts: int = Field(description="How often processing failed.")
    not_before: datetime | None = Field(sa_type=Instant, description="Try again from then on.")
    last_error: str | None = Field(sa_type=Words, description="Why processing failed.")
    is_dead: bool = Field(description="Whether it will not be tried again by itself.")
    processed_at: datetime | None = Field(sa_type=Instant, description="When it was done.")
    lease_owner: str | None = Field(sa_type=Words, description="Who works on it.")
    lease_until: datetime | None = Field(sa_type=Instant, description="Until when.")


class CallCounts(Table, table=True):
    """How many webhook calls came, minute by minute; kept for seven days."""

    __tablename__ = "call_counts"
    __table_args__ = (Index("ix_call_counts_minute", "minute"), {"sqlite_with_rowid": False})
    platform: str = Field(primary_key=True, sa_type=Words, description="Platform; empty: none.")
    outcome: str = Field(primary_key=True, sa_type=Words, description="What became of them.")
    minute: datetime = Field(primary_key=True, sa_type=Instant, description="When it began.")
    calls: int = Field(sa_type=Number, description="How many.")


class Tellings(Table, table=True):
    """What calls said last of whom, as keyed hashes alone: by it repeats are known."""

    __tablename__ = "tellings"
    __table_args__ = (
        Index("ix_tellings_received", "received_at"),
        {"sqlite_with_rowid": False},
    )
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    about: str = Field(primary_key=True, sa_type=Words, description="Keyed hash of whom.")
    content: str = Field(sa_type=Words, description="Keyed hash of what the call said.")
    received_at: datetime = Field(sa_type=Instant, description="When it reached us.")


class Moves(Table, table=True):
    """When calls said last whether a contact is in a list: a call that comes late is known."""

    __tablename__ = "moves"
    __table_args__ = (
        Index("ix_moves_told", "told_at"),
        {"sqlite_with_rowid": False},
    )
    about: str = Field(
        primary_key=True, sa_type=Words, description="Keyed hash of the platform's id."
    )
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    list_name: str = Field(
        primary_key=True, sa_type=Words, description="The list's name; empty: its contacts."
    )
    told_at: datetime = Field(sa_type=Instant, description="When that call reached us.")


class Runs(Table, table=True):
    """What each cycle did."""

    __tablename__ = "runs"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(primary_key=True, sa_type=Number, description="Number of the run.")
    command: str = Field(sa_type=Words, description="What was run.")
    started_at: datetime = Field(sa_type=Instant, description="When it began.")
    finished_at: datetime | None = Field(sa_type=Instant, description="When it ended.")
    at: datetime = Field(sa_type=Instant, description="Instant of scoring.")
    summary: str | None = Field(sa_type=Json, description="Shape of `sync --json`.")
    error: str | None = Field(sa_type=Words, description="Why it failed.")


class Budgets(Table, table=True):
    """How far each limit on requests is used, per platform and bucket."""

    __tablename__ = "budgets"
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    bucket: str = Field(primary_key=True, sa_type=Words, description="Name of the limit.")
    told_limit: int | None = Field(
        sa_type=Number, description="The limit as the platform told it, where it told another."
    )
    taken: str = Field(
        sa_type=Json,
        description="Requests that may have been made: until when they count, in microseconds "
        "since the epoch, how many, and of limits of seconds by which process, JSON.",
    )
    resets_at: datetime | None = Field(
        sa_type=Instant, description="A midnight of the account, for limits by the day."
    )
    closed_until: datetime | None = Field(
        sa_type=Instant, description="A process that starts sends nothing before."
    )
    closed_at: datetime | None = Field(
        sa_type=Instant,
        description="When that was noted. It is void while the clock shows less: it was set back.",
    )


class Lanes(Table, table=True):
    """Which process talks to each platform, where several share the work."""

    __tablename__ = "lanes"
    lane: str = Field(primary_key=True, sa_type=Words, description="Name of the lane.")
    owner: str | None = Field(sa_type=Words, description="Who has it, or had it last.")
    until: datetime | None = Field(sa_type=Instant, description="Until when, unless prolonged.")
    fence: int = Field(sa_type=Number, description="Grows with every owner.")


class Ticks(Table, table=True):
    """What is done again and again, where several processes share the work."""

    __tablename__ = "ticks"
    lane: str = Field(primary_key=True, sa_type=Words, description="Name of the lane, or empty.")
    task: str = Field(primary_key=True, sa_type=Words, description="What is done.")
    subject: str = Field(primary_key=True, sa_type=Words, description="Of what, or empty.")
    every: int = Field(sa_type=Number, description="Its interval, in microseconds.")
    jitter: int = Field(sa_type=Number, description="By up to how much a turn is moved, the same.")
    turn_at: datetime = Field(sa_type=Instant, description="Its next turn, whole intervals apart.")
    due_at: datetime = Field(sa_type=Instant, description="The same turn, moved by chance.")


class Replicas(Table, table=True):
    """Which processes share the work."""

    __tablename__ = "replicas"
    owner: str = Field(primary_key=True, sa_type=Words, description="Name of the process.")
    lanes: str = Field(sa_type=Json, description="The lanes that it can have, JSON.")
    since: datetime = Field(sa_type=Instant, description="Since when it is there.")
    until: datetime = Field(sa_type=Instant, description="It is gone then, unless prolonged.")


class Forgotten(Table, table=True):
    """Who was erased on request, as keyed hashes: never to be taken in again."""

    __tablename__ = "forgotten"
    __table_args__ = ({"sqlite_with_rowid": False},)
    digest: str = Field(
        primary_key=True, sa_type=Words, description="Keyed hash of an address or a record."
    )
    forgotten_at: datetime = Field(sa_type=Instant, description="When.")


class Notes(Table, table=True):
    """Small facts by key."""

    __tablename__ = "notes"
    key: str = Field(primary_key=True, sa_type=Words, description="Name of the fact.")
    value: str = Field(sa_type=Words, description="The fact.")


class Counters(Table, table=True):
    """Numbers that only grow."""

    __tablename__ = "counters"
    name: str = Field(primary_key=True, sa_type=Words, description="What is counted.")
    value: int = Field(sa_type=Number, description="The last number given.")
