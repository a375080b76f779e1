"""Whoever is decided among few is written before those who are decided with everybody."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column(
        "outbound", sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index(
        "ix_outbound_urgent",
        "outbound",
        ["platform", "contact"],
        sqlite_where=sa.text("is_urgent = 1"),
        postgresql_where=sa.text("is_urgent"),
    )
