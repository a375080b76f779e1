"""How far the limits on requests are used, so that no restart forgets it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "budgets",
        sa.Column("platform", WORDS, nullable=False),
        sa.Column("bucket", WORDS, nullable=False),
        sa.Column("told_limit", NUMBER, nullable=True),
        sa.Column("taken", sa.Text(), nullable=False),
        sa.Column("resets_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("platform", "bucket", name="pk_budgets"),
    )
