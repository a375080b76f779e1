"""How often triggers fired, who waits for room in their limits, and what is being done."""

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
    _index("ix_firings_waiting", ["trigger", "at", "key"], where="state = 'waiting'")
    _index("ix_firings_leased", ["destination", "lease_until"], where="lease_until IS NOT NULL")


def _index(name: str, columns: list[str], *, where: str) -> None:
    only = sa.text(where)
    op.create_index(name, "firings", columns, sqlite_where=only, postgresql_where=only)
