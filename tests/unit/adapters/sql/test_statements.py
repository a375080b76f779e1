"""A query is one that reads, and is asked as it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import mysql, postgresql, sqlite

from adapters.sql.statements import Asked, checked_query, tables_of


@pytest.mark.parametrize(
    "query",
    [
        "SELECT id FROM customers",
        "select id from customers;",
        "WITH a AS (SELECT 1 AS id) SELECT id FROM a ; ;",
        "SELECT id -- one; by one\nFROM customers",
        "SELECT ';' AS id, 'DELETE FROM x' AS email FROM customers",
        "SELECT `id` FROM `customers`",
        "SELECT [id] FROM [customers]",
        "SELECT id, data->>'x' AS x FROM customers WHERE tags @> ARRAY['a'] AND a ~* '^b'",
        "SELECT id FROM t MATCH_RECOGNIZE (something our grammar does not know)",
    ],
)
def test_a_query_that_reads_is_taken_without_its_end(query: str) -> None:
    assert checked_query(f"  {query}\n") == query.rstrip("; ")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("", "begins with SELECT"),
        (" ; ", "begins with SELECT"),
        ("DELETE FROM customers", "begins with SELECT"),
        ("CALL purge()", "begins with SELECT"),
        ("(SELECT 1)", "begins with SELECT"),
        ("SELECT 1; DROP TABLE customers", "more than one"),
        ("SELECT 1) AS q; DROP TABLE customers; --", "more than one"),
        (r"SELECT E'\'' AS id) q; COMMIT; DROP TABLE customers; SELECT (1 --'", "more than one"),
        ("SELECT * INTO copy FROM customers", "changes something"),
        ("SELECT * FROM customers INTO OUTFILE 'x.txt'", "changes something"),
        ("WITH x AS (DELETE FROM customers RETURNING id) SELECT id FROM x", "changes something"),
    ],
)
def test_what_is_no_query_is_refused(query: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        checked_query(query)


def test_the_tables_of_a_query_are_known_by_their_names() -> None:
    query = 'SELECT c.id FROM shop.Customers c JOIN "heat_scores" h ON h.contact_id = c.id'

    assert tables_of(query) == {"customers", "heat_scores"}


_TEXTS = st.text(
    st.one_of(st.sampled_from(":\\%'\"()x1 \n"), st.characters(exclude_categories=["Cs"]))
)


@pytest.mark.parametrize("dialect", [sqlite, postgresql, mysql], ids=lambda each: each.__name__)
@given(text=_TEXTS)
def test_a_query_is_asked_letter_by_letter(dialect: type, text: str) -> None:
    made = dialect.dialect()  # type: ignore[attr-defined]  # each has one
    compiled = Asked(text, ["id"]).nothing().compile(dialect=made)

    sent = str(compiled)
    shown = sent.replace("%%", "%") if made.identifier_preparer._double_percents else sent

    assert f"(\n{text}\n)" in shown
    assert compiled.params == Asked("", ["id"]).nothing().compile(dialect=made).params


@given(name=st.text(min_size=1, max_size=20).filter(lambda name: "\0" not in name))
def test_names_of_columns_are_quoted(name: str) -> None:
    made = postgresql.dialect()  # type: ignore[no-untyped-call]
    sent = str(Asked("SELECT 1", [name]).behind([name], [1]).compile(dialect=made))

    quoted = made.identifier_preparer.quote(name)
    assert f"ORDER BY q.{quoted}" in sent


def test_a_comment_at_the_end_hides_nothing_behind_it() -> None:
    assert "-- all\n) AS q" in str(Asked("SELECT 1 AS id -- all", ["id"]).nothing())
