"""Pictures of everybody, and words to find persons by.

Whoever was decided is decided anew, since only that tells of rules.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from connector.domain.search_words import search_words

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
PART = 5_000
"""Persons whose words are written at a time."""
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
    op.add_column("persons", sa.Column("words", WORDS, nullable=True))
    _write_words(op.get_bind())
    _index_words()


def _write_words(connection: sa.Connection) -> None:
    """Say by what persons are found who are there already."""
    persons = sa.table(
        "persons",
        *(sa.column(name) for name in ("contact", "email", "attributes", "merged_into", "words")),
    )
    query = sa.select(persons.c.contact, persons.c.email, persons.c.attributes)
    query = query.where(persons.c.merged_into.is_(None)).order_by(persons.c.contact).limit(PART)
    this = persons.c.contact == sa.bindparam("of")
    write = sa.update(persons).where(this).values(words=sa.bindparam("found"))
    last = 0
    while rows := connection.execute(query.where(persons.c.contact > last)).all():
        last = rows[-1].contact
        words = [
            {"of": row.contact, "found": search_words(row.email, json.loads(row.attributes))}
            for row in rows
        ]
        connection.execute(write, words)


def _index_words() -> None:
    if op.get_bind().dialect.name == "sqlite":
        # The words are ours already: letters and digits in lower case, with blanks between them.
        op.execute(
            "CREATE VIRTUAL TABLE person_words USING fts5(words, content='persons', "
            "content_rowid='contact', tokenize='ascii', detail='none', columnsize=0, "
            "prefix='1 2 3')"
        )
        op.execute("INSERT INTO person_words (person_words) VALUES ('rebuild')")
    else:
        op.execute(
            "CREATE INDEX ix_persons_words ON persons "
            "USING gin (array_to_tsvector(string_to_array(words, ' ')))"
        )
