"""What the dashboard says, in the language of whoever looks: texts, plurals, numbers, times."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from babel import Locale, negotiate_locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta, tzinfo

NOTHING = "\N{EN DASH}"
"""What stands where there is nothing to tell."""
CATALOGUES = Path(__file__).parent / "locale"
"""A folder of gettext files for each language but English, whose texts stand in the code.

A text stands in one of the files: in ``base.po``, or in that of the part that alone says it.
"""
LANGUAGES: Mapping[str, str] = {"en": "English", "fr": "Français"}
"""Those that can be chosen, by their own names."""
_INSTANT = re.compile(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d)(?::\d\d)? UTC\b", re.ASCII)
"""As the daemon writes instants for people."""
_Texts: TypeAlias = "Mapping[str, str | tuple[str, ...]]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language, at one place on earth."""

    code: str
    zone: tzinfo = UTC
    _locale: Locale = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_locale", Locale.parse("en_GB" if self.code == "en" else "fr_FR"))

    def text(self, english: str, **values: object) -> str:
        """Return a text with `values` in its places."""
        told = _catalogue(self.code).get(english, english)
        return (told if isinstance(told, str) else told[0]).format(**values)

    def plural(self, one: str, many: str, number: int, **values: object) -> str:
        """Return the form of a text that stands by a number, which it may name as ``{number}``."""
        told = _catalogue(self.code).get(one)
        if isinstance(told, tuple):
            form = told[min(int(number > 1), len(told) - 1)]
        else:
            form = one if number == 1 else many
        return form.format(number=self.number(number), **values)

    def number(self, value: float, digits: int | None = None) -> str:
        """Return a number as it is written, with a fixed or the needed number of digits."""
        pattern = None if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        told = str(format_decimal(value, format=pattern, locale=self._locale))
        return told.replace("-", "\N{MINUS SIGN}")

    def signed(self, value: float) -> str:
        """Return a difference with its sign, a dash for none."""
        if not value:
            return NOTHING
        return ("+" if value > 0 else "\N{MINUS SIGN}") + self.number(abs(value))

    def share(self, value: float) -> str:
        """Return a share, 1 for all, as per cent."""
        return str(format_percent(value, locale=self._locale))

    def moment(self, at: datetime, now: datetime) -> str:
        """Return an instant in as few words as tell it from others: of today its time alone."""
        there, here = at.astimezone(self.zone), now.astimezone(self.zone)
        if there.date() == here.date():
            pattern = "HH:mm"
        else:
            pattern = "d MMM, HH:mm" if there.year == here.year else "d MMM y"
        return str(format_datetime(there, pattern, locale=self._locale))

    def time(self, at: datetime) -> str:
        """Return an instant with its day, where the zone is."""
        return str(format_datetime(at.astimezone(self.zone), "d MMM y, HH:mm", locale=self._locale))

    def with_times(self, message: str) -> str:
        """Return what the daemon says, which is in English, with its instants as `time` tells them.

        They stand as ``2026-03-12 14:05 UTC``, with seconds or without.
        """
        return _INSTANT.sub(self._as_time, message)

    def _as_time(self, found: re.Match[str]) -> str:
        try:
            return self.time(datetime.fromisoformat(found[1]).replace(tzinfo=UTC))
        except ValueError:
            return found[0]

    def month(self, month: str) -> str:
        """Return a month, such as ``2026-03``, in short."""
        day = date.fromisoformat(f"{month}-01")
        return str(format_date(day, "MMM yyyy", locale=self._locale))

    def day(self, at: datetime) -> str:
        """Return the day of an instant with that of the week, where the zone is."""
        return str(format_datetime(at.astimezone(self.zone), "EEEE d MMMM y", locale=self._locale))

    def clock(self, at: datetime) -> str:
        """Return the time of day of an instant, where the zone is."""
        return str(format_datetime(at.astimezone(self.zone), "HH:mm", locale=self._locale))

    def points(self, value: float, digits: int = 2) -> str:
        """Return points with their sign and at most so many digits; of nothing, a plain 0."""
        rounded = round(value, digits)
        if not rounded:
            return "0"
        return ("+" if rounded > 0 else "\N{MINUS SIGN}") + self.number(abs(rounded))

    def span(self, span: timedelta) -> str:
        """Return how long something takes or is ago, in its largest unit."""
        return str(format_timedelta(span, locale=self._locale, threshold=1.5))


def chosen(cookie: str | None, accepted: str) -> str:
    """Return the code of the language: that of the cookie, else what the browser prefers."""
    if cookie in LANGUAGES:
        return str(cookie)
    wished = [part.partition(";")[0].strip() for part in accepted.split(",")[:10]]
    found = negotiate_locale([each.partition("-")[0].lower() for each in wished], list(LANGUAGES))
    return found or "en"


def marked(english: str) -> str:
    """Return a text that is translated elsewhere, where it is shown."""
    return english


def plurally(one: str, many: str) -> tuple[str, str]:
    """Return both forms of a text that is translated elsewhere, by a number."""
    return one, many


@cache
def _catalogue(code: str) -> _Texts:
    texts: dict[str, str | tuple[str, ...]] = {}
    for path in sorted((CATALOGUES / code).glob("*.po")):
        with path.open("rb") as file:
            messages = read_po(file, locale=code, abort_invalid=True)
        for each in messages:
            if each.id and each.string:
                told = each.string
                texts[_key(each.id)] = told if isinstance(told, str) else tuple(told)
    return texts


def _key(told: str | tuple[str, ...] | list[str]) -> str:
    return told if isinstance(told, str) else told[0]
