"""Calls that were processed are found by when that was, to be forgotten in time."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

IS_PROCESSED = sa.text("processed_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_inbound_processed",
        "inbound",
        ["processed_at"],
        sqlite_where=IS_PROCESSED,
        postgresql_where=IS_PROCESSED,
    )
