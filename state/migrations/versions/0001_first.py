"""Everything heatsync keeps: contacts, events, scores, work, runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "counters",
    "cursors",
    "inbound",
    "memberships",
    "models",
    "notes",
    "persons",
    "record_changes",
    "record_emails",
    "runs",
    "firings",
    "outbound",
    "overrides",
    "records",
    "score_history",
    "scores",
    "standings",
    "subjects",
    "trigger_states",
    "events",
)


def upgrade() -> None:
    _create_counters()
    _create_cursors()
    _create_inbound()
    _create_memberships()
    _create_models()
    _create_notes()
    _create_persons()
    _create_record_changes()
    _create_record_emails()
    _create_runs()
    _create_firings()
    _create_outbound()
    _create_overrides()
    _create_records()
    _create_score_history()
    _create_scores()
    _create_standings()
    _create_subjects()
    _create_trigger_states()
    _create_events()


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)


def _work() -> list[sa.Column[Any]]:
    return [
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.BigInteger(), nullable=True),
        sa.Column("last_error", WORDS, nullable=True),
        sa.Column("lease_owner", WORDS, nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
    ]


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=f"fk_{table}_{column}")


def _index(
    name: str, table: str, columns: list[str], *, unique: bool = False, where: str | None = None
) -> None:
    condition = None if where is None else sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("value", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )


def _create_cursors() -> None:
    op.create_table(
        "cursors",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("stream", WORDS, nullable=False),
        sa.Column("cursor", WORDS, nullable=False),
        sa.Column("reading", WORDS, nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "stream", name="pk_cursors"),
    )


def _create_inbound() -> None:
    op.create_table(
        "inbound",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        sa.Column("is_dead", sa.Boolean(), nullable=False),
        sa.Column("processed_at", sa.BigInteger(), nullable=True),
        *_work(),
        sa.PrimaryKeyConstraint("platform", "id", name="pk_inbound"),
    )
    _index("ix_inbound_open", "inbound", ["received_at"], where="processed_at IS NULL")


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("list_name", WORDS, nullable=False),
        sa.Column("remote_id", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("platform", "list_name", "remote_id", name="pk_memberships"),
        sqlite_with_rowid=False,
    )


def _create_models() -> None:
    op.create_table(
        "models",
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("source", WORDS, nullable=False),
        sa.Column("first_used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_models"),
    )


def _create_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("key", WORDS, nullable=False),
        sa.Column("value", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_notes"),
    )


def _create_persons() -> None:
    op.create_table(
        "persons",
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("key", WORDS, nullable=False),
        sa.Column("email", WORDS, nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", NUMBER, nullable=True),
        _reference("persons", "merged_into", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", name="pk_persons"),
        sqlite_autoincrement=True,
    )
    _index("ix_persons_email", "persons", ["email"], unique=False)
    _index("ux_persons_key", "persons", ["key"], unique=True)


def _create_record_changes() -> None:
    op.create_table(
        "record_changes",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("remote_id", WORDS, nullable=False),
        sa.Column("what", WORDS, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_record_changes"),
        sqlite_autoincrement=True,
    )
    _index("ix_record_changes_record", "record_changes", ["platform", "remote_id"], unique=False)


def _create_record_emails() -> None:
    op.create_table(
        "record_emails",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("remote_id", WORDS, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", WORDS, nullable=False),
        sa.PrimaryKeyConstraint("platform", "remote_id", "position", name="pk_record_emails"),
        sqlite_with_rowid=False,
    )
    _index("ix_record_emails_email", "record_emails", ["email"], unique=False)


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("command", WORDS, nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column("error", WORDS, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )


def _create_firings() -> None:
    op.create_table(
        "firings",
        sa.Column("key", WORDS, nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("trigger", WORDS, nullable=False),
        sa.Column("kind", WORDS, nullable=False),
        sa.Column("destination", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        *_work(),
        _reference("firings", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("key", name="pk_firings"),
    )
    _index("ix_firings_contact", "firings", ["contact"], unique=False)
    _index("ix_firings_work", "firings", ["destination", "state", "not_before"], unique=False)


def _create_outbound() -> None:
    op.create_table(
        "outbound",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("contact", NUMBER, autoincrement=False, nullable=False),
        sa.Column("remote_id", WORDS, nullable=False),
        sa.Column("email", WORDS, nullable=True),
        sa.Column("desired", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.Text(), nullable=False),
        sa.Column("confirmed_lists", sa.Text(), nullable=True),
        sa.Column("adopted", sa.Text(), nullable=False),
        sa.Column("state", WORDS, nullable=False),
        sa.Column("revision", NUMBER, nullable=False),
        sa.Column("fence", NUMBER, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        *_work(),
        _reference("outbound", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("platform", "contact", name="pk_outbound"),
    )
    _index("ix_outbound_contact", "outbound", ["contact"], unique=False)
    _index(
        "ix_outbound_leased",
        "outbound",
        ["platform", "lease_until"],
        where="lease_until IS NOT NULL",
    )
    _index(
        "ix_outbound_lists",
        "outbound",
        ["platform", "confirmed_lists"],
        where="confirmed_lists IS NOT NULL",
    )
    _index("ix_outbound_work", "outbound", ["platform", "state", "not_before"], unique=False)


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("score", WORDS, nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("reason", WORDS, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("cleared_at", sa.BigInteger(), nullable=True),
        _reference("overrides", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_overrides"),
        sqlite_autoincrement=True,
    )
    _index("ix_overrides_contact", "overrides", ["contact"], unique=False)
    _index(
        "ux_overrides_current",
        "overrides",
        ["contact", "score"],
        unique=True,
        where="cleared_at IS NULL",
    )


def _create_records() -> None:
    op.create_table(
        "records",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("remote_id", WORDS, nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("stamps", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=True),
        sa.Column("modified_at", sa.BigInteger(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("merged_into", WORDS, nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        _reference("records", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("platform", "remote_id", name="pk_records"),
    )
    _index("ix_records_contact", "records", ["contact"], unique=False)


def _create_score_history() -> None:
    op.create_table(
        "score_history",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("contact", NUMBER, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("rounded", sa.Float(), nullable=True),
        sa.Column("stage", WORDS, nullable=True),
        sa.Column("model", WORDS, nullable=False),
        _reference("score_history", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_score_history"),
        sqlite_autoincrement=True,
    )
    _index("ix_score_history_contact", "score_history", ["contact", "at"], unique=False)


def _create_scores() -> None:
    op.create_table(
        "scores",
        sa.Column("contact", NUMBER, autoincrement=False, nullable=False),
        sa.Column("name", WORDS, nullable=False),
        sa.Column("value", sa.Float(), nullable=True),
        sa.Column("rounded", sa.Float(), nullable=True),
        sa.Column("stage", WORDS, nullable=True),
        _reference("scores", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", "name", name="pk_scores"),
        sqlite_with_rowid=False,
    )
    _index("ix_scores_top", "scores", ["name", "value"], unique=False)


def _create_standings() -> None:
    op.create_table(
        "standings",
        sa.Column("contact", NUMBER, autoincrement=False, nullable=False),
        sa.Column("stale", NUMBER, nullable=False),
        sa.Column("model", WORDS, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("next_change_at", sa.BigInteger(), nullable=True),
        sa.Column("dimensions", sa.Text(), nullable=True),
        _reference("standings", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", name="pk_standings"),
    )
    _index("ix_standings_model", "standings", ["model"], unique=False)
    _index(
        "ix_standings_next_change_at",
        "standings",
        ["next_change_at"],
        where="next_change_at IS NOT NULL",
    )
    _index("ix_standings_stale", "standings", ["stale"], where="stale > 0")


def _create_subjects() -> None:
    op.create_table(
        "subjects",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("ref", WORDS, nullable=False),
        sa.Column("email", WORDS, nullable=True),
        sa.Column("contact", NUMBER, nullable=True),
        _reference("subjects", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sqlite_autoincrement=True,
    )
    _index("ix_subjects_contact", "subjects", ["contact"], unique=False)
    _index("ix_subjects_email", "subjects", ["email"], unique=False)
    _index("ux_subjects_ref", "subjects", ["platform", "ref"], unique=True)


def _create_trigger_states() -> None:
    op.create_table(
        "trigger_states",
        sa.Column("contact", NUMBER, autoincrement=False, nullable=False),
        sa.Column("trigger", WORDS, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=True),
        _reference("trigger_states", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", "trigger", name="pk_trigger_states"),
        sqlite_with_rowid=False,
    )


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("subject", NUMBER, autoincrement=False, nullable=False),
        sa.Column("occurred_at", sa.BigInteger(), nullable=False),
        sa.Column("id", WORDS, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("type", WORDS, nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("raw", WORDS, nullable=True),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        _reference("events", "subject", "subjects.id"),
        sa.PrimaryKeyConstraint("subject", "occurred_at", "id", "recorded_at", name="pk_events"),
        sqlite_with_rowid=False,
    )
    _index(
        "ux_events_current",
        "events",
        ["platform", "id"],
        unique=True,
        where="superseded_at IS NULL",
    )
