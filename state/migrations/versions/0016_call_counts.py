"""How many webhook calls came, minute by minute."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "call_counts",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("outcome", WORDS, nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("calls", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("platform", "outcome", "minute", name="pk_call_counts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_call_counts_minute", "call_counts", ["minute"])
