"""Indexes of what is still to be delivered, and of who is stale by which model."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    is_unfinished, is_stale = sa.text("state <> 'clean'"), sa.text("stale > 0")
    op.create_index(
        "ix_outbound_unfinished",
        "outbound",
        ["state", "platform", "contact"],
        sqlite_where=is_unfinished,
        postgresql_where=is_unfinished,
    )
    op.drop_index("ix_standings_stale", "standings")
    op.create_index(
        "ix_standings_stale",
        "standings",
        ["stale", "model"],
        sqlite_where=is_stale,
        postgresql_where=is_stale,
    )
