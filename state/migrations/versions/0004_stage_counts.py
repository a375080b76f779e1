"""How many persons stand in each stage, kept with the scores; those merged away have none.

Grades have no value: the index of values is rid of them.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "stage_counts",
        sa.Column("name", WORDS, nullable=False),
        sa.Column("stage", WORDS, nullable=False),
        sa.Column("persons", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("name", "stage", name="pk_stage_counts"),
        sqlite_with_rowid=False,
    )
    op.execute("DELETE FROM scores WHERE contact NOT IN (SELECT contact FROM standings)")
    op.execute(
        "INSERT INTO stage_counts (name, stage, persons) "
        "SELECT name, stage, count(*) FROM scores WHERE stage IS NOT NULL GROUP BY name, stage"
    )
    valued = sa.text("value IS NOT NULL")
    op.drop_index("ix_scores_top", table_name="scores")
    op.create_index(
        "ix_scores_top",
        "scores",
        ["name", "value"],
        sqlite_where=valued,
        postgresql_where=valued,
    )
