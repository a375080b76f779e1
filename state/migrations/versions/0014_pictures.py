"""Pictures of everybody. Whoever was decided is decided anew, since only that tells of rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from collections.abc import Mapping

revision = "0014"
down_revision = "0013"

WORDS = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES: Mapping[str, Mapping[str, sa.types.TypeEngine[Any]]] = {
    "score_counts": {"name": WORDS, "points": NUMBER},
    "stage_moves": {"at": sa.BigInteger(), "name": WORDS, "before": WORDS, "after": WORDS},
    "cohort_scores": {"name": WORDS, "cohort": WORDS, "month": WORDS},
    "rule_counts": {"model": WORDS, "rule": NUMBER},
}
SUMS = {"cohort_scores": "total", "rule_counts": "points"}


def upgrade() -> None:
    for name, keys in TABLES.items():
        numbers = ["persons", *filter(None, [SUMS.get(name)])]
        op.create_table(
            name,
            *(sa.Column(key, kind, nullable=False) for key, kind in keys.items()),
            *(sa.Column(number, NUMBER, nullable=False) for number in numbers),
            sa.PrimaryKeyConstraint(*keys, name=f"pk_{name}"),
            sqlite_with_rowid=False,
        )
    valued = sa.text("value IS NOT NULL")
    op.create_index(
        "ix_scores_stage",
        "scores",
        ["name", "stage", "value"],
        sqlite_where=valued,
        postgresql_where=valued,
    )
    op.add_column("standings", sa.Column("rules", WORDS, nullable=True))
    op.add_column("standings", sa.Column("cohort", WORDS, nullable=True))
    whole = "floor(rounded)"
    if op.get_bind().dialect.name == "sqlite":
        # Its functions of mathematics are not everywhere.
        whole = "CAST(rounded AS INTEGER) - (rounded < CAST(rounded AS INTEGER))"
    op.execute(
        "INSERT INTO score_counts (name, points, persons) "  # noqa: S608 - nothing from outside
        f"SELECT name, {whole} AS points, count(*) FROM scores WHERE rounded IS NOT NULL "
        "GROUP BY name, points"
    )
    op.execute("UPDATE counters SET value = value + 1 WHERE name = 'touches'")
    op.execute(
        "UPDATE standings SET stale = (SELECT value FROM counters WHERE name = 'touches') "
        "WHERE stale = 0 AND decided_at IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM counters WHERE name = 'touches')"
    )
