"""CAST, always as TRY_CAST: a value that cannot be of the other kind is NULL."""

from __future__ import annotations

import polars as pl

from connector.conditions.expression import Kind
from connector.conditions.nodes import Cast
from connector.domain.frames import INSTANT

# Up to here a double without fraction is written as the integer it is.
_PLAIN_INTEGERS = 1e15
_NUMBER = r"\A[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\z"
_INTEGER = r"\A[+-]?[0-9]+\z"
_TRUE = ["true", "1", "yes"]
_FALSE = ["false", "0", "no"]
_ISO = (
    r"\A(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"([Tt ](?<minute>[0-9]{2}:[0-9]{2})(:(?<second>[0-5][0-9])([.,](?<fraction>[0-9]+))?)?"
    r" ?(?<offset>[Zz]|[+-][0-9]{2}(:?[0-9]{2})?)?)?\z"
)
_WIDEST_GAP = pl.duration(hours=25)


def cast(value: pl.Expr, node: Cast) -> pl.Expr:
    """Return `value`, compiled from the operand of `node`, as the kind that `node` asks for."""
    match node.operand.kind, node.kind:
        case Kind.INSTANT, Kind.INSTANT:
            return _day(value, node.timezone) if node.is_date else value
        case Kind.TEXT, Kind.INSTANT:
            instant = _text_to_instant(value, node.timezone)
            return _day(instant, node.timezone) if node.is_date else instant
        case _, Kind.TEXT:
            return _to_text(value, node.operand.kind)
        case _, Kind.BOOLEAN:
            return _to_boolean(value, node.operand.kind)
        case _:
            return _to_number(value, node)


def _to_text(value: pl.Expr, kind: Kind) -> pl.Expr:
    match kind:
        case Kind.NUMBER:
            is_plain = (value.abs() < _PLAIN_INTEGERS) & (value == value.floor())
            digits = value.cast(pl.Int64, strict=False).cast(pl.String)
            written = pl.when(is_plain).then(digits).otherwise(value.cast(pl.String))
            return pl.when(value.is_finite()).then(written)
        case Kind.INSTANT:
            whole, exact = (value.dt.strftime(f"%Y-%m-%dT%H:%M:%S{end}Z") for end in ("", "%.6f"))
            return pl.when(value.dt.microsecond() == 0).then(whole).otherwise(exact)
        case _:
            return value.cast(pl.String)


def _to_boolean(value: pl.Expr, kind: Kind) -> pl.Expr:
    match kind:
        case Kind.NUMBER:
            return value.fill_nan(None) != 0
        case Kind.TEXT:
            word = value.str.strip_chars().str.to_lowercase()
            is_true, is_false = word.is_in(_TRUE), word.is_in(_FALSE)
            return pl.when(is_true | is_false).then(is_true)
        case _:
            return value


def _to_number(value: pl.Expr, node: Cast) -> pl.Expr:
    match node.operand.kind:
        case Kind.TEXT:
            form = _INTEGER if node.is_whole else _NUMBER
            text = value.str.strip_chars()
            number = text.cast(pl.Float64, strict=False)
            return pl.when(text.str.contains(form) & number.is_finite()).then(number)
        case Kind.NUMBER if node.is_whole:
            cut = pl.when(value < 0).then(value.ceil()).otherwise(value.floor())
            return pl.when(value.is_finite()).then(cut)
        case _:
            return value.cast(pl.Float64)


def _text_to_instant(value: pl.Expr, timezone: str) -> pl.Expr:
    """Return ISO 8601 texts as instants: with an offset as it says, else local."""
    parts = value.str.strip_chars().str.extract_groups(_ISO)
    part = parts.struct.field
    clock = part("minute").fill_null("00:00") + ":" + part("second").fill_null("00")
    fraction = part("fraction").fill_null("").str.slice(0, 6).str.pad_end(6, "0")
    written = part("date") + "T" + clock + "." + fraction
    local = written.str.to_datetime("%Y-%m-%dT%H:%M:%S.%6f", time_unit="us", strict=False)
    offset = part("offset").str.to_uppercase().str.replace("Z", "+00:00", literal=True)
    minutes = _minutes(offset)
    fixed = (local - pl.duration(minutes=minutes)).dt.replace_time_zone("UTC")
    return pl.when(offset.is_null()).then(_to_utc(local, timezone)).otherwise(fixed)


def _minutes(offset: pl.Expr) -> pl.Expr:
    """Return the minutes that ``+hh``, ``+hhmm`` or ``+hh:mm`` is ahead of UTC."""
    digits = offset.str.replace(":", "", literal=True).str.slice(1).str.pad_end(4, "0")
    hours, minutes = (digits.str.slice(start, 2).cast(pl.Int64, strict=False) for start in (0, 2))
    is_valid = (hours < 24) & (minutes < 60)  # noqa: PLR2004 - hours and minutes
    size = pl.when(is_valid).then(hours * 60 + minutes)
    return pl.when(offset.str.starts_with("-")).then(-size).otherwise(size)


def _day(instant: pl.Expr, timezone: str) -> pl.Expr:
    """Return the local midnight that begins the day of `instant`."""
    local = instant.dt.convert_time_zone(timezone).dt.replace_time_zone(None)
    return _to_utc(local.dt.truncate("1d"), timezone)


def _to_utc(local: pl.Expr, timezone: str) -> pl.Expr:
    """Return local times in UTC: the first of two, in a gap by the offset before it."""

    def placed(time: pl.Expr) -> pl.Expr:
        aware = time.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
        return aware.dt.convert_time_zone("UTC")

    in_gap = placed(local - _WIDEST_GAP) + _WIDEST_GAP
    return pl.coalesce(placed(local), in_gap).cast(INSTANT)
