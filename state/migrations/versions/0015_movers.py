"""How far each score moved within a day: told from the next decision on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.add_column("scores", sa.Column("day", sa.BigInteger(), nullable=True))
    op.add_column("scores", sa.Column("before", sa.Float(), nullable=True))
    op.add_column("scores", sa.Column("moved", sa.Float(), nullable=True))
    moved = sa.text("moved IS NOT NULL")
    op.create_index(
        "ix_scores_moved",
        "scores",
        ["name", "day", "moved", "contact"],
        sqlite_where=moved,
        postgresql_where=moved,
    )
