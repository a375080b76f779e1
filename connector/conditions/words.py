"""The allowlist: every word, sign, function and type that a condition may contain."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlglot import TokenType

from connector.conditions.expression import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

KEYWORDS = frozenset(
    {
        *("AND", "OR", "NOT", "IN", "BETWEEN", "LIKE", "ILIKE", "ESCAPE", "IS", "NULL"),
        *("TRUE", "FALSE", "CASE", "WHEN", "THEN", "ELSE", "END", "AS"),
    }
)
"""Words of the grammar itself."""

SIGNS = frozenset({"=", "<>", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "~"}) | {
    *("(", ")", ","),
}
"""Everything a condition may contain that is neither a word nor a literal."""

FUNCTIONS = frozenset(
    {
        *("COALESCE", "NULLIF", "LEAST", "GREATEST", "ABS", "ROUND", "FLOOR", "CEIL", "LENGTH"),
        *("LOWER", "UPPER", "TRIM", "STARTS_WITH", "REGEXP_LIKE", "CAST", "TRY_CAST"),
    }
)
"""Functions that every condition may call."""

IN_LIST = "IN_LIST"
"""The function that conditions of targets and triggers may call beside these."""

INSTANT_LITERALS = frozenset({"DATE", "TIMESTAMP"})
"""Words that, before a text, make an instant of it."""


class CastTarget(Enum):
    """What CAST can make of a value."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    DATE = "date"

    @property
    def kind(self) -> Kind:
        """The kind of the outcome."""
        return _CAST_KINDS[self]


_CAST_KINDS = {
    CastTarget.TEXT: Kind.TEXT,
    CastTarget.NUMBER: Kind.NUMBER,
    CastTarget.INTEGER: Kind.NUMBER,
    CastTarget.BOOLEAN: Kind.BOOLEAN,
    CastTarget.TIMESTAMP: Kind.INSTANT,
    CastTarget.DATE: Kind.INSTANT,
}

TYPES: Mapping[str, CastTarget] = MappingProxyType(
    {
        **dict.fromkeys(("TEXT", "VARCHAR", "STRING"), CastTarget.TEXT),
        **dict.fromkeys(("NUMBER", "DOUBLE", "FLOAT", "REAL", "NUMERIC"), CastTarget.NUMBER),
        **dict.fromkeys(("INTEGER", "INT", "BIGINT"), CastTarget.INTEGER),
        **dict.fromkeys(("BOOLEAN", "BOOL"), CastTarget.BOOLEAN),
        **dict.fromkeys(("TIMESTAMP", "DATETIME"), CastTarget.TIMESTAMP),
        "DATE": CastTarget.DATE,
    }
)
"""Names of types after CAST(... AS, and what they mean here."""

TYPE_TOKENS: Mapping[CastTarget, TokenType] = MappingProxyType(
    {
        CastTarget.TEXT: TokenType.TEXT,
        CastTarget.NUMBER: TokenType.DOUBLE,
        CastTarget.INTEGER: TokenType.INT,
        CastTarget.BOOLEAN: TokenType.BOOLEAN,
        CastTarget.TIMESTAMP: TokenType.TIMESTAMP,
        CastTarget.DATE: TokenType.DATE,
    }
)
"""The sqlglot token that stands for each type, whatever dialect's word was written."""


@dataclass(frozen=True, slots=True)
class _Refusal:
    words: str
    reason: str


_ROW_ALONE = "a condition sees one row alone"
_REFUSALS = (
    _Refusal("SELECT FROM WHERE WITH EXISTS UNION VALUES HAVING", "subqueries are not allowed"),
    _Refusal("ANY ALL SOME", "subqueries are not allowed; write IN (...)"),
    _Refusal(
        "SUM COUNT AVG MIN MAX MEDIAN MEAN FIRST LAST MODE STDDEV VARIANCE ARRAY_AGG STRING_AGG",
        f"aggregates are not allowed, {_ROW_ALONE}; declare a trait",
    ),
    _Refusal(
        "OVER PARTITION ROW_NUMBER RANK DENSE_RANK LAG LEAD NTILE FILTER",
        f"windows are not allowed, {_ROW_ALONE}",
    ),
    _Refusal(
        "NOW CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIME LOCALTIMESTAMP TODAY SYSDATE "
        "GETDATE AGE",
        "clocks are not allowed; a trait such as days_since tells how long ago something was",
    ),
    _Refusal("RANDOM RAND UUID GEN_RANDOM_UUID NEWID", "chance is not allowed"),
    _Refusal("EXTRACT DATE_PART DATE_TRUNC YEAR MONTH DAY HOUR INTERVAL", "parts of instants are "
             "not allowed; compare with DATE '2026-01-15' or TIMESTAMP '2026-01-15 10:00:00'"),
    _Refusal("IF IIF DECODE", "write CASE WHEN ... THEN ... ELSE ... END"),
    _Refusal("IFNULL NVL ISNULL", "write COALESCE(..., ...) or ... IS NULL"),
    _Refusal("SIMILAR GLOB RLIKE REGEXP MATCH", "write LIKE, ILIKE, REGEXP_LIKE(...) or ~"),
    _Refusal("CONCAT SUBSTR SUBSTRING REPLACE LEFT RIGHT SPLIT_PART", "texts are compared here, "
             "never put together; see LIKE, STARTS_WITH and REGEXP_LIKE"),
    _Refusal("CONTAINS POSITION STRPOS INSTR ENDS_WITH", "write LIKE '%...%'"),
    _Refusal("DISTINCT", "write <> or IS NULL"),
)  # fmt: skip

REFUSED: Mapping[str, str] = MappingProxyType(
    {word: refusal.reason for refusal in _REFUSALS for word in refusal.words.split()}
)
"""Words of SQL that people may well try, and what to do instead."""

_OTHER_KEYWORDS = (
    "ALL ANALYSE ANALYZE ANY ARRAY ASC ASYMMETRIC BOTH CHECK COLLATE COLUMN CONSTRAINT CREATE "
    "CROSS CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER DEFAULT DELETE DESC DISTINCT "
    "DO DROP EXCEPT EXISTS FETCH FOR FOREIGN FROM FULL GRANT GROUP HAVING INNER INSERT INTERSECT "
    "INTERVAL INTO ISNULL JOIN LATERAL LEADING LIMIT NATURAL NOTNULL OFFSET ON ONLY ORDER OUTER "
    "OVER PRIMARY REFERENCES RETURNING SELECT SIMILAR SOME SYMMETRIC TABLE TO TRAILING UNION "
    "UNIQUE UPDATE USING VALUES WHERE WINDOW WITH"
)

RESERVED: frozenset[str] = frozenset(word.lower() for word in (*KEYWORDS, *_OTHER_KEYWORDS.split()))
"""Keywords of SQL, in lower case: no attribute, trait, dimension or score may be called so."""

REFUSED_ALONE: frozenset[str] = frozenset(REFUSED) & (
    {word.upper() for word in RESERVED} | {"LOCALTIME", "LOCALTIMESTAMP", "SYSDATE"}
)
"""Words of `REFUSED` that mean something without parentheses too; the others may be names."""
