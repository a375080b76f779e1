"""What a browser keeps of how somebody likes the pages: their language and theme."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from connector.web.dashboard.language import LANGUAGES, Language, chosen
from connector.web.dashboard.theme import Theme, theme_of
from connector.web.door import cookies, header

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import tzinfo

    from starlette.responses import Response
    from starlette.types import Scope

COOKIE = "heatsync_looks"
"""Holds the language, a dot and the theme, such as ``fr.dark``; either may be empty."""
_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The language and theme of one browser."""

    language: Language
    theme: Theme

    @classmethod
    def of(cls, scope: Scope, zone: tzinfo | None = None) -> Looks:
        """Return what a request asks for, in words of its cookie or of its browser."""
        code, _, theme = cookies(scope).get(COOKIE, "").partition(".")
        language = Language(code=chosen(code, header(scope, b"accept-language").decode("latin-1")))
        if zone is not None:
            language = replace(language, zone=zone)
        return cls(language=language, theme=theme_of(theme))

    @property
    def is_dark(self) -> bool | None:
        """Return whether the page is dark; None where the system of the reader decides."""
        return None if self.theme == "system" else self.theme == "dark"


def keep(response: Response, looks: Looks, given: Mapping[str, str], *, is_secure: bool) -> None:
    """Have a browser keep what somebody chose now; what they did not stays as it is."""
    code = given.get("language", "")
    code = code if code in LANGUAGES else looks.language.code
    theme = theme_of(given["theme"]) if "theme" in given else looks.theme
    response.set_cookie(
        COOKIE,
        f"{code}.{theme}",
        max_age=_A_YEAR,
        httponly=True,
        secure=is_secure,
        samesite="lax",
    )
