"""What a condition may contain, in words: the reference page is printed from here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """An operator, function, literal or type: how it is written, what it means, one use of it."""

    name: str
    form: str
    meaning: str
    example: str
    """A condition over `EXAMPLE_COLUMNS`."""


OPERATORS: tuple[Entry, ...] = (
    Entry("=", "a = b", "equal; NULL when either is NULL", "country = 'FR'"),
    Entry("<>", "a <> b, a != b", "not equal; NULL when either is NULL", "country <> 'FR'"),
    Entry("<", "a < b", "less, or earlier; texts by their UTF-8 bytes", "age < 18"),
    Entry("<=", "a <= b", "less or equal", "age <= 18"),
    Entry(">", "a > b", "greater, or later", "last_visit > DATE '2026-01-15'"),
    Entry(">=", "a >= b", "greater or equal", "amount >= 99.5"),
    Entry("AND", "a AND b", "both are true", "age > 18 AND is_customer"),
    Entry("OR", "a OR b", "one is true, or both are", "age > 18 OR is_customer"),
    Entry("NOT", "NOT a", "a is false; NULL stays NULL", "NOT is_customer"),
    Entry("IN", "a [NOT] IN (b, c)", "equal to one of them", "country IN ('FR', 'BE')"),
    Entry("BETWEEN", "a [NOT] BETWEEN b AND c", "both ends count", "age BETWEEN 18 AND 30"),
    Entry(
        "LIKE",
        "a [NOT] LIKE 'x%' [ESCAPE '!']",
        "the whole text has this form: % is any characters, _ exactly one; case matters",
        "url LIKE '%/pricing%'",
    ),
    Entry("ILIKE", "a [NOT] ILIKE 'x%'", "LIKE without case", "job_title ILIKE '%ceo%'"),
    Entry("~", "a ~ 'regex'", "some part matches the regular expression", "url ~ '/p[0-9]+$'"),
    Entry("IS NULL", "a IS [NOT] NULL", "there is no value; never NULL itself", "age IS NULL"),
    Entry(
        "IS TRUE",
        "a IS [NOT] TRUE, a IS [NOT] FALSE",
        "a is true (false); as Polars has it, NULL where a is NULL, with NOT too",
        "is_customer IS NOT TRUE",
    ),
    Entry("+", "a + b", "sum of two IEEE doubles", "amount + 1 > 10"),
    Entry("-", "a - b, -a", "difference; sign turned", "amount - 1 > -10"),
    Entry("*", "a * b", "product", "amount * 2 > 10"),
    Entry(
        "/",
        "a / b",
        "true division: 7 / 2 is 3.5; by zero: infinite with the sign of a, or NaN",
        "age / 2 > 9.5",
    ),
    Entry("%", "a % b", "remainder with the sign of a: -7 % 3 is -1", "quantity % 2 = 0"),
    Entry(
        "CASE",
        "CASE [a] WHEN b THEN c ELSE d END",
        "the first branch that is true (that equals a), else d, else NULL",
        "CASE WHEN age < 18 THEN 0 ELSE amount END > 10",
    ),
)

FUNCTIONS: tuple[Entry, ...] = (
    Entry("COALESCE", "COALESCE(a, b)", "the first that is not NULL", "COALESCE(age, 0) > 18"),
    Entry("NULLIF", "NULLIF(a, b)", "NULL when they are equal, else a", "NULLIF(age, 0) < 18"),
    Entry("LEAST", "LEAST(a, b)", "the smallest; skips NULL and NaN", "LEAST(amount, 40) > 10"),
    Entry("GREATEST", "GREATEST(a, b)", "the largest; skips NULL and NaN", "GREATEST(age, 0) > 10"),
    Entry("ABS", "ABS(a)", "without its sign", "ABS(amount) > 10"),
    Entry(
        "ROUND",
        "ROUND(a), ROUND(a, digits)",
        "to 0 to 9 digits, halves to the even digit: ROUND(0.5) is 0, ROUND(1.5) is 2",
        "ROUND(amount, 2) = 9.99",
    ),
    Entry("FLOOR", "FLOOR(a)", "the whole number at or below", "FLOOR(amount) = 9"),
    Entry("CEIL", "CEIL(a)", "the whole number at or above", "CEIL(amount) = 10"),
    Entry("LENGTH", "LENGTH(a)", "how many characters, not bytes", "LENGTH(job_title) > 3"),
    Entry("LOWER", "LOWER(a)", "in small letters", "LOWER(country) = 'fr'"),
    Entry("UPPER", "UPPER(a)", "in capital letters", "UPPER(country) = 'FR'"),
    Entry("TRIM", "TRIM(a)", "without blanks at both ends", "TRIM(country) = 'FR'"),
    Entry(
        "STARTS_WITH", "STARTS_WITH(a, b)", "a begins with b", "STARTS_WITH(url, 'https://shop.')"
    ),
    Entry(
        "REGEXP_LIKE",
        "REGEXP_LIKE(a, 'regex')",
        "some part matches the regular expression (linear time: no look-around, no backreference)",
        "REGEXP_LIKE(url, '(?i)/pricing')",
    ),
    Entry(
        "CAST",
        "CAST(a AS type), TRY_CAST(a AS type)",
        "as another type; NULL where that cannot be",
        "CAST(form_id AS NUMBER) > 12",
    ),
    Entry(
        "IN_LIST",
        "in_list('platform', 'name')",
        "the platform reports the membership; in conditions of targets and triggers",
        "in_list('crm', 'Newsletter')",
    ),
)

LITERALS: tuple[Entry, ...] = (
    Entry("number", "12, 1.5, 1e3", "an IEEE double", "amount > 1.5e3"),
    Entry(
        "text", "'FR'", "in single quotes; one inside is doubled", "job_title = 'chef d''équipe'"
    ),
    Entry("boolean", "TRUE, FALSE", "true and false", "is_customer = TRUE"),
    Entry("NULL", "NULL", "no value", "COALESCE(NULL, age) > 18"),
    Entry("DATE", "DATE '2026-01-15'", "local midnight", "last_visit >= DATE '2026-01-15'"),
    Entry(
        "TIMESTAMP",
        "TIMESTAMP '2026-01-15 10:00:00'",
        "a local time, or with an offset; of a repeated hour the first is meant",
        "last_visit < TIMESTAMP '2026-01-15 10:00:00'",
    ),
)

TYPES: tuple[Entry, ...] = (
    Entry(
        "text",
        "TEXT, VARCHAR, STRING",
        "a number without fraction has no point: 12; true and false; instants as ISO 8601 in UTC",
        "CAST(age AS TEXT) = '12'",
    ),
    Entry(
        "number",
        "NUMBER, DOUBLE, FLOAT, REAL, NUMERIC",
        "decimal texts, blanks around them ignored; never NaN or infinite; true is 1, false 0",
        "CAST(form_id AS NUMBER) > 1.5",
    ),
    Entry(
        "integer",
        "INTEGER, INT, BIGINT",
        "the fraction of a number is cut off; a text has to be whole",
        "CAST(amount AS INTEGER) = 12",
    ),
    Entry(
        "boolean",
        "BOOLEAN, BOOL",
        "of a text: true 1 yes, false 0 no, in any case; of a number: not zero",
        "CAST(form_id AS BOOLEAN)",
    ),
    Entry(
        "timestamp",
        "TIMESTAMP, DATETIME",
        "ISO 8601 texts, local unless they have an offset",
        "CAST(form_id AS TIMESTAMP) < last_visit",
    ),
    Entry(
        "date",
        "DATE",
        "the local midnight that begins the day of a text or an instant",
        "CAST(last_visit AS DATE) = DATE '2026-01-15'",
    ),
)

NOTES: tuple[str, ...] = (
    "NULL of the whole condition is false. Inside, logic is three-valued: NOT NULL is NULL.",
    (
        "NaN, which only arithmetic such as 0 / 0 makes, counts as NULL in comparisons, IN, "
        "BETWEEN, NULLIF, LEAST and GREATEST; COALESCE and IS NULL take it for a value."
    ),
    "Names are read without regard to case; in double quotes exactly as they stand.",
    "Values of different types do not compare: '12' is a text, 12 a number.",
)

EXAMPLE_COLUMNS = {
    **dict.fromkeys(("country", "job_title", "url", "form_id"), "text"),
    **dict.fromkeys(("age", "amount", "quantity"), "number"),
    "is_customer": "boolean",
    "last_visit": "datetime",
}
"""Columns of the examples, and the value of their `Kind`."""
