"""Indexes of scores in which those of one score stand in the order of their numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    is_valued = sa.text("value IS NOT NULL")
    for name, columns in (("ix_scores_top", ()), ("ix_scores_stage", ("stage",))):
        op.drop_index(name, "scores")
        op.create_index(
            name,
            "scores",
            ["name", *columns, "value", "contact"],
            sqlite_where=is_valued,
            postgresql_where=is_valued,
        )
