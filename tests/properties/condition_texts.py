"""Random well-typed conditions, as text, and rows for them to look at."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import cache
from typing import TypeAlias

from hypothesis import strategies as st

from connector.conditions.expression import Kind

COLUMNS = {
    "n": Kind.NUMBER,
    "m": Kind.NUMBER,
    "t": Kind.TEXT,
    "u": Kind.TEXT,
    "p": Kind.BOOLEAN,
    "q": Kind.BOOLEAN,
    "d": Kind.INSTANT,
}

Texts: TypeAlias = st.SearchStrategy[str]

_ODD_NUMBERS = (0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.005, 2.675, 3.0, 1e15, 1e300, -1e308, 5e-324)
_TEXTS = st.one_of(
    st.sampled_from(["", "a", "ab", "Ab", "é", "É", "a%b", "a\nb", " 12 ", "1e3", "-.5", "nan"]),
    st.sampled_from(["true", "No", "a_b", "x'y", "1e400", "12", "abab"]),
    st.text("abAé%_ \n1.", max_size=5),
)
_INSTANTS = st.sampled_from(
    [
        datetime(2026, 1, 15, 9, tzinfo=UTC),
        datetime(2026, 1, 14, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 1, 30, 0, 1, tzinfo=UTC),
    ]
)
_NUMBERS = st.one_of(
    st.sampled_from([*_ODD_NUMBERS, math.nan, math.inf, -math.inf]),
    st.integers(-100, 100).map(float),
    st.floats(-1e6, 1e6),
)
_VALUES = {
    Kind.NUMBER: _NUMBERS,
    Kind.TEXT: _TEXTS,
    Kind.BOOLEAN: st.booleans(),
    Kind.INSTANT: _INSTANTS,
}

ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.one_of(st.none(), _VALUES[kind]) for name, kind in COLUMNS.items()}
    ),
    min_size=1,
    max_size=5,
)


@cache
def expressions(kind: Kind, depth: int = 3) -> Texts:
    """Return texts of expressions of `kind`, at most `depth` operators deep."""
    leaf = _leaf(kind)
    if not depth:
        return leaf
    below = {each: expressions(each, depth - 1) for each in Kind}
    own = below[kind]
    return st.one_of(
        leaf,
        _OPERATIONS[kind](below),
        _join("COALESCE({}, {})", own, own),
        _join("NULLIF({}, {})", own, own),
        _join("CASE WHEN {} THEN {} ELSE {} END", below[Kind.BOOLEAN], own, own),
        _join("CASE {} WHEN {} THEN {} END", below[Kind.TEXT], below[Kind.TEXT], own),
    )


def _join(form: str, *parts: Texts) -> Texts:
    return st.tuples(*parts).map(lambda texts: f"({form.format(*texts)})")


def _leaf(kind: Kind) -> Texts:
    columns = st.sampled_from([name for name, each in COLUMNS.items() if each is kind])
    match kind:
        case Kind.NUMBER:
            known = st.sampled_from(["0", "1", "3", "0.1", "7.25", "1e3", "(-2)", "1e308"])
        case Kind.TEXT:
            known = _TEXTS.map(lambda text: "'" + text.replace("'", "''") + "'")
        case Kind.BOOLEAN:
            known = st.sampled_from(["TRUE", "FALSE"])
        case Kind.INSTANT:
            known = st.sampled_from(["DATE '2026-01-15'", "TIMESTAMP '2026-01-15 10:00:00'"])
    return st.one_of(columns, columns, known)


def _numbers(below: dict[Kind, Texts]) -> Texts:
    number = below[Kind.NUMBER]
    return st.one_of(
        *(_join(f"{{}} {sign} {{}}", number, number) for sign in "+-*/%/%"),
        *(_join(f"{{}} {sign} {{}}", number, _leaf(Kind.NUMBER)) for sign in "/%"),
        _join("- {}", number),
        *(_join(f"{name}({{}})", number) for name in ("ABS", "FLOOR", "CEIL", "ROUND")),
        _join("ROUND({}, {})", number, st.integers(0, 9).map(str)),
        *(_join(f"{name}({{}}, {{}})", number, number) for name in ("LEAST", "GREATEST")),
        _join("LENGTH({})", below[Kind.TEXT]),
        *(_join(f"CAST({{}} AS {to})", below[Kind.TEXT]) for to in ("NUMBER", "INTEGER")),
        _join("CAST({} AS INTEGER)", number),
        _join("CAST({} AS NUMBER)", below[Kind.BOOLEAN]),
    )


def _texts(below: dict[Kind, Texts]) -> Texts:
    return st.one_of(
        *(_join(f"{name}({{}})", below[Kind.TEXT]) for name in ("LOWER", "UPPER", "TRIM")),
        *(_join("CAST({} AS TEXT)", below[kind]) for kind in Kind),
    )


def _booleans(below: dict[Kind, Texts]) -> Texts:
    condition, text, number = below[Kind.BOOLEAN], below[Kind.TEXT], below[Kind.NUMBER]
    pattern = st.text("abAé%_1", max_size=4).map(lambda each: f"'{each}'")
    ordered = (Kind.NUMBER, Kind.TEXT, Kind.INSTANT)
    return st.one_of(
        *(_join(f"{{}} {word} {{}}", condition, condition) for word in ("AND", "OR", "=", "<>")),
        _join("NOT {}", condition),
        *(
            _join(f"{{}} {sign} {{}}", below[kind], below[kind])
            for sign in ("=", "<>", "<", "<=", ">", ">=")
            for kind in ordered
        ),
        _join("{} BETWEEN {} AND {}", number, number, number),
        *(_join("{} IN ({}, {}, NULL)", below[kind], below[kind], _leaf(kind)) for kind in Kind),
        *(_join("{} NOT IN ({}, {})", below[kind], _leaf(kind), _leaf(kind)) for kind in Kind),
        *(_join("{} IS NULL", below[kind]) for kind in Kind),
        *(_join(f"{{}} IS {word}", condition) for word in ("TRUE", "NOT TRUE", "NOT FALSE")),
        *(_join(f"{{}} {word} {{}}", text, pattern) for word in ("LIKE", "NOT LIKE", "ILIKE")),
        _join("{} LIKE {} ESCAPE 'b'", text, st.sampled_from(["'ab%'", "'%b_b_'", "'bb'"])),
        _join("{} ~ {}", text, st.sampled_from(["'^a'", "'b+'", "'[0-9]'", "'a|é'"])),
        _join("STARTS_WITH({}, {})", text, text),
        _join("CAST({} AS BOOLEAN)", text),
        _join("CAST({} AS BOOLEAN)", number),
    )


def _instants(below: dict[Kind, Texts]) -> Texts:
    instant = below[Kind.INSTANT]
    return st.one_of(
        *(_join(f"{name}({{}}, {{}})", instant, instant) for name in ("LEAST", "GREATEST")),
        _join("CAST({} AS TIMESTAMP)", instant),
    )


_OPERATIONS = {
    Kind.NUMBER: _numbers,
    Kind.TEXT: _texts,
    Kind.BOOLEAN: _booleans,
    Kind.INSTANT: _instants,
}
