"""Whether the settings of an entry are those that its texts take in; pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from adapters.rest.language.writing import WriteConfig
from adapters.rest.shapes import SHAPES, SINGLE, Object, UnknownName, check_names
from adapters.rest.templates import expressions_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from adapters.mapped.expressions import Json
    from adapters.rest.language.requests import RequestConfig

SETTINGS = "settings"


def texts_of(requests: Iterable[RequestConfig]) -> Iterator[Json]:
    """Yield whatever of requests may take values in."""
    for each in requests:
        yield from (each.path, each.params, each.headers, each.body)
        if isinstance(each, WriteConfig) and each.batch is not None:
            yield each.batch.item


def settings_amiss(
    texts: Iterable[Json], settings: Collection[str], shipped: Collection[str] = ()
) -> str | None:
    """Return what is wrong with the names of settings, in words; None where nothing is.

    Those that are `shipped` with a preset may be left without use by what is laid over it.
    """
    expressions = {each for text in texts for each in expressions_in(text)}
    unused = {*settings} - {*shipped}
    for expression in sorted(expressions):
        if error := _unknown(expression, settings):
            return f"`{{{{ {expression} }}}}` names {error}"
        unused = {name for name in unused if not _unknown(expression, {*settings} - {name})}
    if not unused or not all(_unknown(each, ()) for each in expressions if SETTINGS in each):
        return None
    name, known = min(unused), sorted({*settings} - unused)
    guess = get_close_matches(name, known, n=1)
    hint = f"did you mean `{guess[0]}`?" if guess else "no text names it"
    return f"`{SETTINGS}.{name}` is taken in by nothing: {hint}"


def _unknown(expression: str, settings: Collection[str]) -> str | None:
    """Return which setting an expression names that there is not, in words."""
    try:
        check_names(expression, {**SHAPES, SETTINGS: Object(dict.fromkeys(settings, SINGLE))})
    except UnknownName as error:
        return str(error)
    return None
