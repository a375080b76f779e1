"""What several processes on one database share: turns of ticks, who is there, and their jobs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ticks",
        sa.Column("lane", WORDS, nullable=False),
        sa.Column("task", WORDS, nullable=False),
        sa.Column("subject", WORDS, nullable=False),
        sa.Column("every", NUMBER, nullable=False),
        sa.Column("jitter", NUMBER, nullable=False),
        sa.Column("turn_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("lane", "task", "subject", name="pk_ticks"),
    )
    op.create_table(
        "replicas",
        sa.Column("owner", WORDS, nullable=False),
        sa.Column("lanes", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("owner", name="pk_replicas"),
    )
    if op.get_bind().dialect.name == "postgresql":
        from state.plane.schema import bring_up  # noqa: PLC0415 - a SQLite file has no use for it

        bring_up(op.get_bind())
