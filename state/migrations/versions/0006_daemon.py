"""What a daemon needs: lanes, who was forgotten, and calls that wait by platform."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("lane", WORDS, nullable=False),
        sa.Column("owner", WORDS, nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("fence", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("lane", name="pk_lanes"),
    )
    op.create_table(
        "forgotten",
        sa.Column("digest", WORDS, nullable=False),
        sa.Column("forgotten_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_forgotten"),
        sqlite_with_rowid=False,
    )
    op.drop_index("ix_inbound_open", table_name="inbound")
    op.create_index(
        "ix_inbound_open",
        "inbound",
        ["platform", "received_at"],
        sqlite_where=sa.text("processed_at IS NULL"),
        postgresql_where=sa.text("processed_at IS NULL"),
    )
