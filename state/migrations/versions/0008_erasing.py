"""What erasing and upkeep look for: who became somebody else, and actions that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

BECAME_ANOTHER = sa.text("merged_into IS NOT NULL")
IS_OVER = sa.text("state IN ('done', 'dropped')")


def upgrade() -> None:
    op.create_index(
        "ix_persons_merged_into",
        "persons",
        ["merged_into"],
        sqlite_where=BECAME_ANOTHER,
        postgresql_where=BECAME_ANOTHER,
    )
    op.create_index(
        "ix_firings_over", "firings", ["at"], sqlite_where=IS_OVER, postgresql_where=IS_OVER
    )
