"""What calls said last: a repeat is told from what is said anew, and a late call is known."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "tellings",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("about", WORDS, nullable=False),
        sa.Column("content", WORDS, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "about", name="pk_tellings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_tellings_received", "tellings", ["received_at"])
    op.create_table(
        "moves",
        sa.Column("about", WORDS, nullable=False),
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("list_name", WORDS, nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("about", "platform", "list_name", name="pk_moves"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_moves_told", "moves", ["told_at"])
