"""Everything heatsync keeps: contacts, events, scores, work, runs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
INSTANT = sa.BigInteger()
JSON = sa.Text()
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_small()
    _create_inbound()
    _create_memberships()
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


def _required(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names]


def _optional(kind: TypeEngine[Any], *names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=True) for name in names]


def _given(name: str, kind: TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, autoincrement=False, nullable=False)


def _work() -> list[sa.Column[Any]]:
    return [
        *_required(sa.Integer(), "attempts"),
        *_optional(INSTANT, "not_before"),
        *_optional(WORDS, "last_error", "lease_owner"),
        *_optional(INSTANT, "lease_until"),
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


def _create_small() -> None:
    op.create_table(
        "counters",
        *_required(WORDS, "name"),
        *_required(NUMBER, "value"),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.create_table(
        "cursors",
        *_required(WORDS, "platform", "stream", "cursor", "reading"),
        *_required(INSTANT, "updated_at"),
        sa.PrimaryKeyConstraint("platform", "stream", name="pk_cursors"),
    )
    op.create_table(
        "notes",
        *_required(WORDS, "key", "value"),
        sa.PrimaryKeyConstraint("key", name="pk_notes"),
    )
    op.create_table(
        "models",
        *_required(WORDS, "digest", "source"),
        *_required(INSTANT, "first_used_at"),
        sa.PrimaryKeyConstraint("digest", name="pk_models"),
    )


def _create_inbound() -> None:
    op.create_table(
        "inbound",
        *_required(WORDS, "platform", "id"),
        *_required(sa.LargeBinary(), "body"),
        *_required(JSON, "headers"),
        *_required(INSTANT, "received_at"),
        *_required(NUMBER, "fence"),
        *_required(sa.Boolean(), "is_dead"),
        *_optional(INSTANT, "processed_at"),
        *_work(),
        sa.PrimaryKeyConstraint("platform", "id", name="pk_inbound"),
    )
    _index("ix_inbound_open", "inbound", ["received_at"], where="processed_at IS NULL")


def _create_memberships() -> None:
    op.create_table(
        "memberships",
        *_required(WORDS, "platform", "list_name", "remote_id"),
        sa.PrimaryKeyConstraint("platform", "list_name", "remote_id", name="pk_memberships"),
        sqlite_with_rowid=False,
    )


def _create_persons() -> None:
    op.create_table(
        "persons",
        *_required(NUMBER, "contact"),
        *_required(WORDS, "key"),
        *_optional(WORDS, "email"),
        *_required(JSON, "attributes"),
        *_optional(INSTANT, "created_at"),
        *_optional(NUMBER, "merged_into"),
        _reference("persons", "merged_into", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", name="pk_persons"),
        sqlite_autoincrement=True,
    )
    _index("ix_persons_email", "persons", ["email"])
    _index("ux_persons_key", "persons", ["key"], unique=True)


def _create_record_changes() -> None:
    op.create_table(
        "record_changes",
        *_required(NUMBER, "id"),
        *_required(WORDS, "platform", "remote_id", "what", "name"),
        *_optional(JSON, "before", "after"),
        *_required(INSTANT, "recorded_at"),
        sa.PrimaryKeyConstraint("id", name="pk_record_changes"),
        sqlite_autoincrement=True,
    )
    _index("ix_record_changes_record", "record_changes", ["platform", "remote_id"])


def _create_record_emails() -> None:
    op.create_table(
        "record_emails",
        *_required(WORDS, "platform", "remote_id"),
        _given("position", sa.Integer()),
        *_required(WORDS, "email"),
        sa.PrimaryKeyConstraint("platform", "remote_id", "position", name="pk_record_emails"),
        sqlite_with_rowid=False,
    )
    _index("ix_record_emails_email", "record_emails", ["email"])


def _create_runs() -> None:
    op.create_table(
        "runs",
        *_required(NUMBER, "id"),
        *_required(WORDS, "command"),
        *_required(INSTANT, "started_at"),
        *_optional(INSTANT, "finished_at"),
        *_required(INSTANT, "at"),
        *_optional(JSON, "summary"),
        *_optional(WORDS, "error"),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sqlite_autoincrement=True,
    )


def _create_firings() -> None:
    op.create_table(
        "firings",
        *_required(WORDS, "key"),
        *_required(NUMBER, "contact"),
        *_required(WORDS, "trigger", "kind", "destination"),
        *_required(INSTANT, "at"),
        *_required(JSON, "params"),
        *_required(WORDS, "state"),
        *_required(NUMBER, "fence"),
        *_work(),
        _reference("firings", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("key", name="pk_firings"),
    )
    _index("ix_firings_contact", "firings", ["contact"])
    _index("ix_firings_work", "firings", ["destination", "state", "not_before"])


def _create_outbound() -> None:
    op.create_table(
        "outbound",
        *_required(WORDS, "platform"),
        _given("contact", NUMBER),
        *_required(WORDS, "remote_id"),
        *_optional(WORDS, "email"),
        *_required(JSON, "desired", "confirmed"),
        *_optional(JSON, "confirmed_lists"),
        *_required(JSON, "adopted"),
        *_required(WORDS, "state"),
        *_required(NUMBER, "revision", "fence"),
        *_optional(INSTANT, "decided_at", "confirmed_at"),
        *_work(),
        _reference("outbound", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("platform", "contact", name="pk_outbound"),
    )
    _index("ix_outbound_contact", "outbound", ["contact"])
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
    _index("ix_outbound_work", "outbound", ["platform", "state", "not_before"])


def _create_overrides() -> None:
    op.create_table(
        "overrides",
        *_required(NUMBER, "id", "contact"),
        *_required(WORDS, "score"),
        *_required(sa.Float(), "value"),
        *_required(WORDS, "reason"),
        *_required(INSTANT, "made_at"),
        *_optional(INSTANT, "cleared_at"),
        _reference("overrides", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_overrides"),
        sqlite_autoincrement=True,
    )
    _index("ix_overrides_contact", "overrides", ["contact"])
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
        *_required(WORDS, "platform", "remote_id"),
        *_required(NUMBER, "contact"),
        *_required(JSON, "attributes", "stamps"),
        *_required(INSTANT, "changed_at"),
        *_optional(INSTANT, "created_at", "modified_at"),
        *_required(INSTANT, "recorded_at"),
        *_optional(INSTANT, "removed_at"),
        *_optional(WORDS, "merged_into"),
        *_required(sa.Boolean(), "opted_out"),
        _reference("records", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("platform", "remote_id", name="pk_records"),
    )
    _index("ix_records_contact", "records", ["contact", "platform"])


def _create_score_history() -> None:
    op.create_table(
        "score_history",
        *_required(NUMBER, "id", "contact"),
        *_required(WORDS, "name"),
        *_required(INSTANT, "at"),
        *_optional(sa.Float(), "value", "rounded"),
        *_optional(WORDS, "stage"),
        *_required(WORDS, "model"),
        _reference("score_history", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_score_history"),
        sqlite_autoincrement=True,
    )
    _index("ix_score_history_contact", "score_history", ["contact", "at"])


def _create_scores() -> None:
    op.create_table(
        "scores",
        _given("contact", NUMBER),
        *_required(WORDS, "name"),
        *_optional(sa.Float(), "value", "rounded"),
        *_optional(WORDS, "stage"),
        _reference("scores", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", "name", name="pk_scores"),
        sqlite_with_rowid=False,
    )
    _index("ix_scores_top", "scores", ["name", "value"])


def _create_standings() -> None:
    op.create_table(
        "standings",
        _given("contact", NUMBER),
        *_required(NUMBER, "stale"),
        *_required(WORDS, "model"),
        *_optional(INSTANT, "decided_at", "next_change_at"),
        *_optional(JSON, "dimensions"),
        _reference("standings", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", name="pk_standings"),
    )
    _index("ix_standings_model", "standings", ["model"])
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
        *_required(NUMBER, "id"),
        *_required(WORDS, "platform", "ref"),
        *_optional(WORDS, "email"),
        *_optional(NUMBER, "contact"),
        _reference("subjects", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("id", name="pk_subjects"),
        sqlite_autoincrement=True,
    )
    _index("ix_subjects_contact", "subjects", ["contact"])
    _index("ix_subjects_email", "subjects", ["email"])
    _index("ux_subjects_ref", "subjects", ["platform", "ref"], unique=True)


def _create_trigger_states() -> None:
    op.create_table(
        "trigger_states",
        _given("contact", NUMBER),
        *_required(WORDS, "trigger"),
        *_required(sa.Boolean(), "is_active"),
        *_required(INSTANT, "since"),
        *_optional(INSTANT, "fired_at"),
        _reference("trigger_states", "contact", "persons.contact"),
        sa.PrimaryKeyConstraint("contact", "trigger", name="pk_trigger_states"),
        sqlite_with_rowid=False,
    )


def _create_events() -> None:
    op.create_table(
        "events",
        _given("subject", NUMBER),
        *_required(INSTANT, "occurred_at"),
        *_required(WORDS, "id"),
        *_required(INSTANT, "recorded_at"),
        *_required(WORDS, "platform", "type"),
        *_required(JSON, "fields"),
        *_optional(WORDS, "raw"),
        *_optional(INSTANT, "superseded_at"),
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
