"""What events tell of: it counts once for contacts that are one person."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.add_column("events", sa.Column("occasion", WORDS, nullable=True))
    condition = sa.text("occasion IS NOT NULL AND superseded_at IS NULL")
    op.create_index(
        "ix_events_occasion",
        "events",
        ["occasion", "platform", "subject"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
