"""How an answer leads to the next one, and from when on rows are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from adapters.mapped.expressions import Expression
from adapters.rest.language.requests import Duration, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

PagerType = Literal["cursor", "next_url", "link_header", "keyset", "offset", "page"]

_NEEDS: Mapping[str, frozenset[str]] = {
    "cursor": frozenset({"param", "next"}),
    "next_url": frozenset({"next"}),
    "link_header": frozenset(),
    "keyset": frozenset({"param", "next"}),
    "offset": frozenset({"param"}),
    "page": frozenset({"param"}),
}
_TAKES: Mapping[str, frozenset[str]] = {
    "cursor": frozenset({"more", "inside"}),
    "next_url": frozenset({"more"}),
    "link_header": frozenset({"more"}),
    "keyset": frozenset({"more", "inside"}),
    "offset": frozenset({"more", "inside", "total", "first"}),
    "page": frozenset({"more", "inside", "first"}),
}
FORMATS = ("iso", "date", "seconds", "milliseconds")


def _is_format(text: str) -> str:
    if text not in FORMATS and "%" not in text:
        named = ", ".join(f"`{each}`" for each in FORMATS)
        msg = f"is no way to write an instant: {named}, or a pattern such as `%Y-%m-%d %H:%M:%S`"
        raise ValueError(msg)
    return text


Format = Annotated[str, AfterValidator(_is_format)]


class PagerConfig(Words):
    """How an answer leads to the next one."""

    type: PagerType = Field(
        description="`cursor`: an answer names the next page. `next_url`: it has its address. "
        "`link_header`: its header `Link` has. `keyset`: the last item says after what to go on. "
        "`offset`: items are counted. `page`: pages are."
    )
    param: str | None = Field(
        default=None, description="The parameter that names the page that is wanted."
    )
    inside: Literal["params", "body"] = Field(
        default="params", description="Where that parameter stands."
    )
    next: Expression | None = Field(
        default=None,
        description="What comes next: in the answer, with `keyset` in its last item. Where "
        "nothing is found, that was the last page.",
    )
    more: Expression | None = Field(
        default=None, description="Whether the answer says that there is more."
    )
    total: Expression | None = Field(
        default=None, description="Where the answer says how many items there are in all."
    )
    first: Annotated[int, Field(ge=0)] | None = Field(
        default=None, description="The first `page` or `offset`; default: 1 or 0."
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> PagerConfig:
        given = self.model_fields_set - {"type"}
        for name in sorted(_NEEDS[self.type] - given):
            msg = f"`{name}` is missing: a pager of type `{self.type}` needs it"
            raise ValueError(msg)
        for name in sorted(given - _NEEDS[self.type] - _TAKES[self.type]):
            msg = f"a pager of type `{self.type}` has no `{name}`"
            raise ValueError(msg)
        return self

    @property
    def may_skip(self) -> bool:
        """Return whether items may be passed over while others are deleted."""
        return self.type == "page"


class SinceConfig(Words):
    """From when on rows are asked for; requests take it in as `{{ since }}`."""

    format: Format = Field(
        default="iso",
        description="How it is written: `iso`, `date`, `seconds`, `milliseconds`, or a pattern as "
        "`%Y-%m-%d %H:%M:%S`.",
    )
    overlap: Duration | None = Field(
        default=None,
        description="How far back it reaches before the last reading; what becomes known later "
        "than that is never read. Default: `5m`, of events `1d`.",
    )
    history: Duration | None = Field(
        default=None,
        description="How far back the first reading reaches, as `90d`; default: what names "
        "`since` is left out of it.",
    )
