"""The tables of the state. Instants are microseconds since the epoch, in UTC."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Index, MetaData, text
from sqlmodel import Field, SQLModel

from state.columns import Instant, Json, Number, Words


class Table(SQLModel):
    """What all tables share: constraints with names that migrations can rely on."""

    metadata: ClassVar[MetaData] = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Cursors(Table, table=True):
    """Where each stream of each platform resumes."""

    __tablename__ = "cursors"
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    stream: str = Field(primary_key=True, sa_type=Words, description="Name of the stream.")
    cursor: str = Field(sa_type=Words, description="Opaque text of the adapter: resume here.")
    reading: str = Field(sa_type=Words, description="Digest of what was asked for.")
    updated_at: datetime = Field(sa_type=Instant, description="When the cursor was saved.")


class Persons(Table, table=True):
    """One person across platforms."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ux_persons_key", "key", unique=True),
        Index("ix_persons_email", "email"),
        Index(
            "ix_persons_merged_into",
            "merged_into",
            sqlite_where=text("merged_into IS NOT NULL"),
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )
    contact: int = Field(primary_key=True, sa_type=Number, description="Our number.")
    key: str = Field(sa_type=Words, description="Our id as shown to people; it never changes.")
    email: str | None = Field(sa_type=Words, description="The address to show, normalised.")
    attributes: str = Field(sa_type=Json, description="Winning values by our names, JSON.")
    created_at: datetime | None = Field(sa_type=Instant, description="Earliest creation.")
    merged_into: int | None = Field(
        sa_type=Number, foreign_key="persons.contact", description="Who took this person over."
    )
    words: str | None = Field(
        sa_type=Words, description="Words to be found by: of the address, the name, the company."
    )


class Standings(Table, table=True):
    """Where a person stands with scoring: stale or not, and what was last decided when."""

    __tablename__ = "standings"
    __table_args__ = (
        Index(
            "ix_standings_stale",
            "stale",
            "model",
            sqlite_where=text("stale > 0"),
            postgresql_where=text("stale > 0"),
        ),
        Index("ix_standings_model", "model"),
        Index(
            "ix_standings_next_change_at",
            "next_change_at",
            sqlite_where=text("next_change_at IS NOT NULL"),
            postgresql_where=text("next_change_at IS NOT NULL"),
        ),
    )
    contact: int = Field(
        primary_key=True,
        sa_type=Number,
        foreign_key="persons.contact",
        description="Number of the person.",
        sa_column_kwargs={"autoincrement": False},
    )
    stale: int = Field(sa_type=Number, description="0, or the number of the last touch.")
    model: str = Field(sa_type=Words, description="Digest of the last model; empty before.")
    decided_at: datetime | None = Field(sa_type=Instant, description="Instant of the scores.")
    next_change_at: datetime | None = Field(
        sa_type=Instant, description="When time alone moves the scores next."
    )
    dimensions: str | None = Field(sa_type=Json, description="Dimensions as decided, JSON.")
    rules: str | None = Field(
        sa_type=Words,
        description="What rules give: places among the sorted names, and millionths of a point.",
    )
    cohort: str | None = Field(sa_type=Words, description="Month of arrival, as counted.")


class Records(Table, table=True):
    """One contact of one platform as last seen."""

    __tablename__ = "records"
    __table_args__ = (Index("ix_records_contact", "contact", "platform"),)
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    remote_id: str = Field(primary_key=True, sa_type=Words, description="The platform's id.")
    contact: int = Field(
        sa_type=Number, foreign_key="persons.contact", description="Number of the person."
    )
    attributes: str = Field(sa_type=Json, description="Typed values by our names, JSON.")
    stamps: str = Field(sa_type=Json, description="Changes other than changed_at, JSON.")
    changed_at: datetime = Field(sa_type=Instant, description="When values last changed.")
    created_at: datetime | None = Field(sa_type=Instant, description="When it was created there.")
    modified_at: datetime | None = Field(sa_type=Instant, description="The platform's own date.")
    recorded_at: datetime = Field(sa_type=Instant, description="When this reached us.")
    removed_at: datetime | None = Field(sa_type=Instant, description="When it was seen gone.")
    merged_into: str | None = Field(sa_type=Words, description="Record that took it over.")
    opted_out: bool = Field(description="Whether the person refuses mail there.")


class RecordEmails(Table, table=True):
    """The addresses of each record, the first one to show first."""

    __tablename__ = "record_emails"
    __table_args__ = (Index("ix_record_emails_email", "email"), {"sqlite_with_rowid": False})
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    remote_id: str = Field(primary_key=True, sa_type=Words, description="The platform's id.")
    position: int = Field(
        primary_key=True, description="0 is shown.", sa_column_kwargs={"autoincrement": False}
    )
    email: str = Field(sa_type=Words, description="Address, normalised.")


class RecordChanges(Table, table=True):
    """History of records, append-only: what was known when."""

    __tablename__ = "record_changes"
    __table_args__ = (
        Index("ix_record_changes_record", "platform", "remote_id"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(primary_key=True, sa_type=Number, description="Order of arrival.")
    platform: str = Field(sa_type=Words, description="Name of the platform.")
    remote_id: str = Field(sa_type=Words, description="The platform's id.")
    what: str = Field(sa_type=Words, description="attribute, contact, emails or removed.")
    name: str = Field(sa_type=Words, description="Name of the attribute.")
    before: str | None = Field(sa_type=Json, description="Value before, JSON.")
    after: str | None = Field(sa_type=Json, description="Value after, JSON.")
    recorded_at: datetime = Field(sa_type=Instant, description="When it reached us.")


class Memberships(Table, table=True):
    """Which records a platform reports in which of its lists."""

    __tablename__ = "memberships"
    __table_args__ = ({"sqlite_with_rowid": False},)
    platform: str = Field(primary_key=True, sa_type=Words, description="Name of the platform.")
    list_name: str = Field(primary_key=True, sa_type=Words, description="The list's name.")
    remote_id: str = Field(primary_key=True, sa_type=Words, description="The platform's id.")


class Subjects(Table, table=True):
    """Whom events name: a record id or an address, linked to a person or waiting for one."""

    __tablename__ = "subjects"
    __table_args__ = (
        Index("ux_subjects_ref", "platform", "ref", unique=True),
        Index("ix_subjects_email", "email"),
        Index("ix_subjects_contact", "contact"),
        {"sqlite_autoincrement": True},
    )
    id: int = Field(primary_key=True, sa_type=Number, description="Our number of the subject.")
    platform: str = Field(sa_type=Words, description="Name of the platform.")
    ref: str = Field(sa_type=Words, description="Record id or address, as the events say it.")
    email: str | None = Field(sa_type=Words, description="The ref normalised, if an address.")
    contact: int | None = Field(
        sa_type=Number, foreign_key="persons.contact", description="Person; NULL while unknown."
    )


class Events(Table, table=True):
    """What happened. One subject's events lie together; a corrected version is kept."""

    __tablename__ = "events"
    __table_args__ = (
        Index(
            "ux_events_current",
            "platform",
            "id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        Index(
            "ix_events_occasion",
            "occasion",
            "platform",
            "subject",
            sqlite_where=text("occasion IS NOT NULL AND superseded_at IS NULL"),
            postgresql_where=text("occasion IS NOT NULL AND superseded_at IS NULL"),
        ),
        {"sqlite_with_rowid": False},
    )
    subject: int = Field(
        primary_key=True,
        sa_type=Number,
        foreign_key="subjects.id",
        description="Whom it happened to.",
        sa_column_kwargs={"autoincrement": False},
    )
    occurred_at: datetime = Field(primary_key=True, sa_type=Instant, description="When.")
    id: str = Field(primary_key=True, sa_type=Words, description="Its id on its platform.")
    recorded_at: datetime = Field(
        primary_key=True, sa_type=Instant, description="When this version reached us."
    )
    platform: str = Field(sa_type=Words, description="Name of the platform.")
    type: str = Field(sa_type=Words, description="Canonical type, or custom.<name>.")
    fields: str = Field(sa_type=Json, description="Typed values by our names, JSON.")
    raw: str | None = Field(sa_type=Words, description="The platform's payload, if kept.")
    superseded_at: datetime | None = Field(
        sa_type=Instant, description="When a corrected version took its place."
    )
    occasion: str | None = Field(
        sa_type=Words, description="What it tells of, which counts once for a person."
    )


class EventChanges(Table, table=True):
    """Whose events are others than the columnar copy holds."""

    __tablename__ = "event_changes"
    contact: int = Field(
        primary_key=True,
        sa_type=Number,
        description="Number of the person.",
        sa_column_kwargs={"autoincrement": False},
    )
    number: int = Field(sa_type=Number, description="Number of the last change.")


class Scores(Table, table=True):
    """Scores, stages and grades as last decided."""

    __tablename__ = "scores"
    __table_args__ = (
        Index(
            "ix_scores_top",
            "name",
            "value",
            "contact",
            sqlite_where=text("value IS NOT NULL"),
            postgresql_where=text("value IS NOT NULL"),
        ),
        Index(
            "ix_scores_stage",
            "name",
            "stage",
            "value",
            "contact",
            sqlite_where=text("value IS NOT NULL"),
            postgresql_where=text("value IS NOT NULL"),
        ),
        Index(
            "ix_scores_moved",
            "name",
            "day",
            "moved",
            "contact",
            sqlite_where=text("moved IS NOT NULL"),
            postgresql_where=text("moved IS NOT NULL"),
        ),
        {"sqlite_with_rowid": False},
    )
    contact: int = Field(
        primary_key=True,
        sa_type=Number,
        foreign_key="persons.contact",
        description="Number of the person.",
        sa_column_kwargs={"autoincrement": False},
    )
    name: str = Field(primary_key=True, sa_type=Words, description="Name of score or grade.")
    value: float | None = Field(description="The exact score.")
    rounded: float | None = Field(description="The score as conditions see it.")
    stage: str | None = Field(sa_type=Words, description="Stage, or the label of a grade.")
    day: datetime | None = Field(
        sa_type=Instant, description="Local midnight before it last became another."
    )
    before: float | None = Field(description="Rounded as that day began; NULL: there was none.")
    moved: float | None = Field(description="By how much it rose since; NULL: by nothing.")


class ScoreHistory(Table, table=True):
    """Every change of a score, stage or grade, append-only."""

    __tablename__ = "score_history"
    __table_args__ = (
        Index("ix_score_history_contact", "contact", "at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(primary_key=True, sa_type=Number, description="Order of arrival.")
    contact: int = Field(
        sa_type=Number, foreign_key="persons.contact", description="Number of the person."
    )
    name: str = Field(sa_type=Words, description="Name of score or grade.")
    at: datetime = Field(sa_type=Instant, description="Instant of the decision.")
    value: float | None = Field(description="The exact score.")
    rounded: float | None = Field(description="The score as conditions see it.")
    stage: str | None = Field(sa_type=Words, description="Stage, or the label of a grade.")
    model: str = Field(sa_type=Words, description="Digest of the model that decided.")
