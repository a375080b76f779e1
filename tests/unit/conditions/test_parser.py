from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from connector.conditions.expression import ConditionError, Kind
from connector.conditions.nodes import Arithmetic, Column, Literal, Negative, Operator
from connector.conditions.parser import parse
from connector.domain.events import EVENT_COLUMNS
from tests.unit.conditions.bench import read, refused


def test_an_expression_tells_what_it_reads() -> None:
    expression = read("amount > 3 AND in_list('crm', 'Leads')", lists=True)

    assert expression.names == {"amount"}
    assert expression.lists == {("crm", "Leads")}
    assert expression.kind is Kind.BOOLEAN


@pytest.mark.parametrize("name", sorted(EVENT_COLUMNS))
def test_every_event_column_can_be_named(name: str) -> None:
    columns = {name: Kind.TEXT}

    expression = parse(f"{name} = 'x'", columns, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"))

    assert expression.names == {name}


@pytest.mark.parametrize("text", ["Amount > 1", "AMOUNT > 1", '"amount" > 1'])
def test_names_are_read_without_regard_to_case(text: str) -> None:
    assert read(text).names == {"amount"}


@pytest.mark.parametrize("text", ["date > 1", "interval > 1", "length > 1", "LENGTH(kind) > 1"])
def test_a_column_may_be_called_like_a_word_of_sql(text: str) -> None:
    assert len(read(text).names) == 1


def test_products_bind_before_sums_and_from_the_left() -> None:
    amount, quantity = (Column(kind=Kind.NUMBER, name=name) for name in ("amount", "quantity"))
    rest = Arithmetic(operator=Operator.REMAINDER, left=quantity, right=_number(2))
    product = Arithmetic(operator=Operator.MULTIPLY, left=rest, right=_number(3))
    whole = Arithmetic(
        operator=Operator.SUBTRACT,
        left=Arithmetic(operator=Operator.SUBTRACT, left=Negative(operand=amount), right=product),
        right=_number(1),
    )

    assert read("-amount - quantity % 2 * 3 - 1", Kind.NUMBER).node == whole


def _number(value: float) -> Literal:
    return Literal(kind=Kind.NUMBER, value=value)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("DATE '2026-01-15'", datetime(2026, 1, 14, 23, tzinfo=UTC)),
        ("TIMESTAMP '2026-07-15 10:00:00'", datetime(2026, 7, 15, 8, tzinfo=UTC)),
        ("TIMESTAMP '2026-07-15T10:00:00.5Z'", datetime(2026, 7, 15, 10, 0, 0, 500_000, UTC)),
        ("TIMESTAMP '2026-03-29 02:30:00'", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        ("TIMESTAMP '2026-10-25 02:30:00'", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
    ],
    ids=["date", "summer", "offset", "gap", "repeated hour"],
)
def test_instants_are_resolved_on_the_local_clock(text: str, instant: datetime) -> None:
    assert read(text, Kind.INSTANT).node == Literal(kind=Kind.INSTANT, value=instant)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1",
        "amount > (SELECT 1)",
        "EXISTS (SELECT 1)",
        "SUM(amount) > 1",
        "COUNT(*) > 1",
        "ROW_NUMBER() OVER () = 1",
        "ROUND(amount) OVER () = 1",
        "NOW() > seen",
        "CURRENT_TIMESTAMP > seen",
        "RANDOM() > 0.5",
        "amount = ?",
        "amount = :x",
        "amount = $1",
        "amount = @x",
        "amount > 1; amount > 2",
        "amount > 1;",
        "amount > 1 -- no",
        "amount /* no */ > 1",
        "amount--1 > 1",
        "title || 'x' = 'y'",
        "EXTRACT(YEAR FROM seen) = 2026",
        "seen - seen > 1",
        "seen + INTERVAL '1 day' > seen",
        "amount::text = '1'",
        "amount = ANY(1)",
        "amount IS DISTINCT FROM 1",
        "amount IS quantity",
        "title SIMILAR TO 'x'",
        "title !~ 'x'",
        "title ~* 'x'",
        "title LIKE url",
        "title LIKE ANY ('x')",
        "title LIKE 'x!' ESCAPE '!'",
        "title LIKE 'x' ESCAPE 'ab'",
        "amount BETWEEN SYMMETRIC 2 AND 1",
        "amount IN ()",
        "amount IN quantity",
        "(amount, quantity) = (1, 2)",
        "amount == 1",
        "+amount > 1",
        "amount quantity",
        "kind.title = 'x'",
        "amount[1] = 1",
        "'a' 'b' = 'ab'",
        "E'a' = title",
        "0x1F = amount",
        "1_000 = amount",
        "1e400 > amount",
        "$$x$$ = title",
        "TRIM(BOTH 'x' FROM title) = 'y'",
        "REGEXP_LIKE(title, 'x', 'i')",
        "ROUND(amount, 10) = 1",
        "ROUND(amount, -1) = 1",
        "ROUND(amount, quantity) = 1",
        "FLOOR(amount, 1) = 1",
        "LOWER(DISTINCT title) = 'x'",
        "COALESCE(*) = 1",
        "CAST(title AS UUID) = 'x'",
        "CAST(title AS VARCHAR(3)) = 'x'",
        "CAST(amount AS TIMESTAMP) = seen",
        "DATE '2026-02-30' < seen",
        "DATE '15.01.2026' < seen",
        "TIMESTAMP 'now' < seen",
        "in_list('crm', 'Leads')",
        "title COLLATE nocase = 'x'",
        "seen AT TIME ZONE 'UTC' > seen",
        "IF(is_machine, 1, 2) = 1",
        "NVL(amount, 0) = 1",
        "LEN(title) = 1",
        "*",
        "",
        "   ",
        "(",
        "amount >",
        "title = 'x",
        "\0",
        "amount > 1\0",
    ],
)
def test_what_is_not_on_the_allowlist_is_refused(text: str) -> None:
    assert refused(text).message


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("amount = 'x'", "amount is a number, 'x' is a text"),
        ("title > 3", "title is a text, 3 is a number"),
        ("seen > '2026-01-15'", "seen is a date and time, '2026-01-15' is a text"),
        ("NOT amount", "NOT takes true or false, but amount is a number"),
        ("is_machine AND amount", "AND takes true or false, but amount is a number"),
        ("title + 1 > 2", "+ takes a number, but title is a text"),
        ("FLOOR() > 1", "FLOOR takes a number"),
        ("CEIL() > 1", "CEIL takes a number"),
        ("amount LIKE 'x'", "LIKE takes a text, but amount is a number"),
        ("CASE WHEN is_machine THEN 1 ELSE 'x' END = 1", "1 is a number, 'x' is a text"),
        ("amount IN (1, 'x')", "amount is a number, 'x' is a text"),
        ("is_machine > TRUE", "> does not compare what is true or false"),
        ("amount + 1", "true or false is needed here, but amount + 1 is a number"),
        ("LEAST(title, 'x') = 'x'", "LEAST takes numbers, or dates and times"),
        ("title ~ '('", "the regular expression is refused: unclosed group"),
        (r"title ~ '(a)\1'", "backreferences are not supported"),
    ],
)
def test_a_wrong_kind_is_told_in_a_sentence(text: str, told: str) -> None:
    assert told in refused(text).message


@pytest.mark.parametrize(
    ("text", "position", "hint"),
    [
        ("is_machine AND amont > 2", 15, "did you mean amount?"),
        ("  LENGHT(title) > 2", 2, "did you mean LENGTH?"),
        ('title = "x"', 8, "texts stand between single quotes: 'x'"),
        ("title = 'x' AND amount = '12'", 25, "a number has no quotes"),
        ("title = 12", 8, "write '12' in quotes"),
        ("CAST(title AS nmber) > 2", 14, "did you mean NUMBER?"),
    ],
)
def test_an_error_says_where_and_what_to_write(text: str, position: int, hint: str) -> None:
    error = refused(text)

    assert (error.position, error.hint) == (position, hint)


@pytest.mark.parametrize("word", ["lead", "lag", "first", "last", "rank", "day", "left", "age"])
def test_a_word_that_only_calls_a_function_may_be_a_name(word: str) -> None:
    expression = parse(
        f"{word} > 1", {word: Kind.NUMBER}, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC")
    )

    assert expression.names == {word}
    assert refused(f"{word} > 1").message == f"unknown name {word}"
    assert refused(f"{word}(amount) > 1").message.startswith(f"{word.upper()}: ")


@pytest.mark.parametrize("word", ["call", "lock", "rename", "reset", "show"])
def test_a_word_that_begins_a_statement_may_be_a_name(word: str) -> None:
    names = {word: Kind.NUMBER}
    expression = parse(f"{word} > 1", names, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"))

    assert expression.names == {word}


def test_a_misspelt_name_is_guessed_whatever_function_is_called_so() -> None:
    with pytest.raises(ConditionError) as caught:
        parse("lead > 1", {"leads": Kind.NUMBER}, expect=Kind.BOOLEAN, timezone=ZoneInfo("UTC"))

    assert caught.value.hint == "did you mean leads?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title RLIKE 'x'", "RLIKE: write LIKE"),
        ("CURRENT_DATE > seen", "CURRENT_DATE: clocks are not allowed"),
        ("LOCALTIMESTAMP > seen", "LOCALTIMESTAMP: clocks are not allowed"),
    ],
)
def test_a_refused_word_that_needs_no_parentheses_is_told_what_it_is(text: str, told: str) -> None:
    assert refused(text).message.startswith(told)


def test_a_stumble_of_the_grammar_is_placed_on_its_line() -> None:
    text = "amount > 1\n AND (amount > 2"

    assert refused(text).position == text.index("2")


@pytest.mark.parametrize(
    "text",
    ["NULL = title", "amount IN (NULL, 1)", "COALESCE(NULL, is_machine)", "NULL IS NULL", "NULL"],
)
def test_an_untyped_null_takes_the_kind_of_its_place(text: str) -> None:
    assert read(text).kind is Kind.BOOLEAN


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("LEAST(amount, 40) > 1", "COALESCE(amount, 0)"),
        ("LEAST(amount / 10, 40) > 1", "COALESCE(amount, 0)"),
        ("GREATEST(1, -FLOOR(2 + amount)) > 1", "where amount is NULL"),
        ("ROUND(amount) > 1", "halves to the even digit"),
        ("is_machine IS NOT TRUE", "IS NOT TRUE is NULL"),
        ("title LIKE 'x'", "no % or _"),
        ("title = NULL", "write IS NULL"),
        ("title <> NULL", "write IS NOT NULL"),
        ("amount NOT IN (1, NULL)", "NOT IN never true"),
        ("LOWER(title) = 'FR'", "LOWER(...) is never 'FR'; write 'fr'"),
        ("UPPER(title) <> 'fr'", "write 'FR'"),
        ("LOWER(title) IN ('fr', 'Be')", "write 'be'"),
        ("LOWER(title) LIKE '%CEO%'", "write '%ceo%'"),
    ],
)
def test_a_surprising_corner_is_warned_of(text: str, told: str) -> None:
    (warning,) = read(text).warnings

    assert told in warning


@pytest.mark.parametrize(
    "text",
    [
        "LEAST(COALESCE(amount, 0), 40) > 1",
        "LEAST(COALESCE(amount, 0) / 10, 40) > 1",
        "LEAST(COALESCE(amount / 10, 0), 40) > 1",
        "title LIKE '%x'",
        "title ILIKE 'Fr'",
        "LOWER(title) = 'fr'",
        "LOWER(title) ILIKE 'FR%'",
        "NOT is_machine",
        "title IS NULL",
    ],
)
def test_what_surprises_nobody_is_not_warned_of(text: str) -> None:
    assert read(text).warnings == ()


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "is_machine" + ")" * 3000,
        "NOT " * 2000 + "is_machine",
        "- " * 4000 + "1 > 0",
        "is_machine" + " IS NULL" * 500,
        "amount" + " + amount" * 1000 + " > 1",
        "amount" + " = amount" * 500,
        "COALESCE(" * 500 + "1" + ")" * 500,
        "CASE WHEN is_machine THEN " * 300 + "1" + " END" * 300,
        "ROUND(" * 20 + "amount" + ")" * 20 + " > 1",
        "CASE " * 15 + "amount" + " WHEN amount THEN amount END" * 15 + " > 1",
        "amount IN (" + "1, " * 1000 + "1)",
        "title LIKE '" + "_" * 2000 + "'",
        r"title ~ '\w{900}'",
        "title ~ 'a{2000}{2000}'",
        "title = '" + "x" * 10_000 + "'",
    ],
    ids=lambda text: text[:12],
)
@pytest.mark.timeout(60)
def test_a_hostile_text_is_refused_at_once(text: str) -> None:
    assert refused(text).message


def test_a_long_chain_of_conditions_is_no_deep_one() -> None:
    assert read(" OR ".join(["is_machine"] * 700)).names == {"is_machine"}


def test_an_error_is_a_condition_error_and_a_value_error() -> None:
    with pytest.raises(ValueError, match="unknown name nope"):
        read("nope")
    assert issubclass(ConditionError, ValueError)


def test_a_cast_in_a_zone_that_polars_does_not_know_is_refused() -> None:
    with pytest.raises(ConditionError, match="time zone Factory is unknown"):
        read("CAST(title AS DATE) < seen", timezone="Factory")
