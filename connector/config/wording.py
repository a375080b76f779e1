"""What pydantic found, in words for the person who wrote the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from connector.config.hints import closest, did_you_mean, one_of, shown
from connector.config.shapes import keys_of, model_at, written_path
from connector.mapping import rules
from connector.mapping.decay import DecayEntry
from connector.mapping.rules import KINDS, rule_kinds
from connector.mapping.triggers import DEEDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

    from connector.config.places import Path

_EXPECTED: Mapping[str, str] = {
    "string_type": "a text is expected here",
    "float_type": "a number is expected here",
    "int_type": "a whole number is expected here",
    "int_from_float": "a whole number is expected here",
    "bool_type": "`true` or `false` is expected here",
    "dict_type": "a mapping is expected here",
    "model_type": "a mapping is expected here",
    "model_attributes_type": "a mapping is expected here",
    "tuple_type": "a list is expected here",
    "list_type": "a list is expected here",
    "finite_number": "a finite number is expected here",
    "string_too_short": "this is empty",
    "shape": "this is neither of the forms it may have",
}

_LONGEST_PATTERN = 80

_DURATION_FORM = "a whole number and a unit: 90s, 15m, 12h, 30d, 8w"
_DURATIONS = frozenset(
    {
        *("half_life", "linear", "expires", "every", "within", "after", "inactive", "repeat"),
        *("again_after", "contacts", "events"),
    }
)

_SHARE_FORM = "a share is written as `70%`"
_SHARES = frozenset({"budget", "max_removals"})

_QUOTED = {"float_type", "int_type", "bool_type"}
_LISTS = {"tuple_type", "list_type"}

_MODELS_OF_KINDS: Mapping[str, type[BaseModel]] = {
    "event": rules.EventRuleEntry,
    "sequence": rules.SequenceRuleEntry,
    "count": rules.CountRuleEntry,
    "inactive": rules.InactiveRuleEntry,
    "when": rules.WhenRuleEntry,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem in our words."""

    path: Path
    message: str
    hint: str | None = None
    meant: str | None = None
    """The key that was probably meant by an unknown one."""


def finding(error: ErrorDetails, root: type[BaseModel]) -> Finding:
    """Return what `error`, found while reading a `root`, means to a person.

    What was written is repeated only where it is a key or one of a few known words.
    """
    path = written_path(error["loc"])
    if error["type"] == "extra_forbidden":
        return _unknown_key(error, path, root)
    return _WORDING.get(error["type"], _plain)(error, path)


def findings(errors: Sequence[ErrorDetails], root: type[BaseModel]) -> list[Finding]:
    """Return what `errors` mean; a key that is missing since it was mistyped is one mistake."""
    found = [finding(error, root) for error in errors]
    meant = {(*each.path[:-1], each.meant) for each in found if each.meant is not None}
    return [
        each
        for each, error in zip(found, errors, strict=True)
        if not (error["type"] == "missing" and each.path in meant)
        and not (error["type"] == "too_short" and _is_around_another(each, found))
    ]


def _is_around_another(outer: Finding, found: Sequence[Finding]) -> bool:
    """Return whether something inside is wrong: wrong entries of a list are not counted."""
    return any(
        each.path[: len(outer.path)] == outer.path and len(each.path) > len(outer.path)
        for each in found
    )


def _plain(error: ErrorDetails, path: Path) -> Finding:
    kind = error["type"]
    if kind == "string_type" and path and path[-1] in _DURATIONS:
        return Finding(path=path, message="a duration is expected here", hint=_DURATION_FORM)
    if kind == "string_type" and path and path[-1] in _SHARES:
        return Finding(path=path, message="a share is expected here", hint=_SHARE_FORM)
    if kind in ("too_short", "too_long"):
        ends = error.get("ctx", {})
        few, many = ends.get("min_length"), ends.get("max_length")
        message = f"at least {few} entries are needed" if few else f"at most {many} entries fit"
        return Finding(path=path, message=message)
    if kind not in _EXPECTED:
        message = error["msg"].replace("Input should", "this should", 1)
        return Finding(path=path, message=message)
    return Finding(path=path, message=_EXPECTED[kind], hint=_form(kind, error["input"]))


def _form(kind: str, given: object) -> str | None:
    """Return how to write what was written in another form."""
    if kind in _QUOTED and isinstance(given, str):
        return "remove the quotes"
    if kind in _LISTS and isinstance(given, str):
        return "put it in brackets"
    if kind == "string_type" and not isinstance(given, (dict, list)):
        return "put it in quotes"
    return None


def _pattern(error: ErrorDetails, path: Path) -> Finding:
    pattern = error.get("ctx", {}).get("pattern", "")
    hint = f"it has to match {pattern}" if len(str(pattern)) <= _LONGEST_PATTERN else None
    if "smhdw" in str(pattern):
        hint = _DURATION_FORM
    elif "%" in str(pattern):
        hint = _SHARE_FORM
    return Finding(path=path, message="this does not have the form it should", hint=hint)


def _unknown_word(error: ErrorDetails, path: Path) -> Finding:
    words = str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(", ")
    known = [word.strip("'\"") for word in words]
    word = error["input"]
    if not isinstance(word, str):
        return Finding(path=path, message="this is none of the known words", hint=one_of(known))
    hint = did_you_mean(word, known) or one_of(known)
    return Finding(path=path, message=f"{shown(word)} is not known here", hint=hint)


def _unknown_key(error: ErrorDetails, path: Path, root: type[BaseModel]) -> Finding:
    key = str(path[-1])
    model = model_at(root, error["loc"][:-1])
    known = keys_of(model) if model else ()
    kind = next((name for name, each in _MODELS_OF_KINDS.items() if each is model), None)
    meant = closest(key, known)
    if kind is None:
        hint = did_you_mean(key, known) or (one_of(known) if known else None)
        return Finding(path=path, message=f"unknown key {shown(key)}", hint=hint, meant=meant)
    article = "an" if kind in ("event", "inactive") else "a"
    message = f"{shown(key)} is no key of {article} `{kind}` rule"
    others = [name for name, each in _MODELS_OF_KINDS.items() if key in keys_of(each)]
    if others:
        hint = f"only of {' and '.join(f'`{name}`' for name in others)} rules"
        return Finding(path=path, message=message, hint=hint)
    hint = did_you_mean(key, known)
    decay = closest(key, DecayEntry.model_fields)
    if hint is None and decay is not None:
        hint = f"write it under `decay`, as `decay: {{{decay}: ...}}`"
    return Finding(path=path, message=message, hint=hint or one_of(known), meant=meant)


def _missing(_: ErrorDetails, path: Path) -> Finding:
    if isinstance(path[-1], int):
        return Finding(path=path[:-1], message="this list is too short")
    return Finding(path=path, message=f"`{path[-1]}` is missing")


def _value(error: ErrorDetails, path: Path) -> Finding:
    return Finding(path=path, message=error["msg"].removeprefix("Value error, "))


def _rule_kind(error: ErrorDetails, path: Path) -> Finding:
    rule = error["input"]
    if not isinstance(rule, dict):
        return Finding(path=path, message=_EXPECTED["dict_type"])
    kinds = rule_kinds(rule)
    if kinds:
        named = " and ".join(f"`{kind}`" for kind in kinds)
        return Finding(
            path=path, message=f"a rule is of one kind, this one has {named}", hint="keep one"
        )
    hint = next((hint for key in rule if (hint := did_you_mean(key, KINDS))), one_of(KINDS))
    return Finding(path=path, message="a rule needs a key that says its kind", hint=hint)


def _deed_kind(error: ErrorDetails, path: Path) -> Finding:
    deed = error["input"]
    if not isinstance(deed, dict):
        return Finding(
            path=path, message=_EXPECTED["dict_type"], hint="for example `notify: SALES`"
        )
    known = [kind for kind in DEEDS if kind in deed]
    if known:
        named = " and ".join(f"`{kind}`" for kind in known)
        message = f"each entry of `do` does one thing, this one has {named}"
        return Finding(path=path, message=message, hint="begin each with a `-` of its own")
    hint = next((hint for key in deed if (hint := did_you_mean(key, DEEDS))), one_of(DEEDS))
    return Finding(path=path, message="this is nothing a trigger can do", hint=hint)


_WORDING: Mapping[str, Callable[[ErrorDetails, Path], Finding]] = {
    "missing": _missing,
    "literal_error": _unknown_word,
    "rule_kind": _rule_kind,
    "deed_kind": _deed_kind,
    "value_error": _value,
    "string_pattern_mismatch": _pattern,
}
