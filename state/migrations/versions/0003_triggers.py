"""How often triggers fired, and who waits for room in their limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "trigger_counts",
        sa.Column("trigger", WORDS, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("fired", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("trigger", "at", name="pk_trigger_counts"),
        sqlite_with_rowid=False,
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_firings_waiting",
        "firings",
        ["trigger", "at", "key"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
