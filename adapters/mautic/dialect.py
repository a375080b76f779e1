"""What Mautic's answers say beside what was asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters.http import Answer, Call, Quota, seconds_of
from connector.domain.instants import from_micros
from connector.errors import AccessRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.http import Json
    from connector.errors import PlatformError
    from connector.ports.clock import Clock

API_DISABLED = "api_disabled"
ACCESS_DENIED = "access_denied"
"""The type of an error of somebody who may not come in at all; a right that is lacking has none."""

_LIMIT = "x-ratelimit-limit"
_REMAINING = "x-ratelimit-remaining"
_RESET = "x-ratelimit-reset"
_HOUR = timedelta(hours=1)
_UNTOLD = timedelta(minutes=1)
_TOO_MANY = 429
_SENT_ON = range(300, 400)
_NOT_IN = frozenset({API_DISABLED, ACCESS_DENIED, "invalid_grant", "invalid_client"})
_AN_INSTANT = 10**9
"""From here on a number of seconds is an instant, and no span."""
_WHOLE = re.compile(r"[0-9]{1,18}", re.ASCII)
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|«[^»]*»")


@dataclass(frozen=True, slots=True)
class MauticDialect:
    """A limit is in headers once one is set, errors in `{errors: [{code, message, type}]}`."""

    clock: Clock

    def quotas(self, call: Call, answer: Answer) -> Iterator[Quota]:
        """Yield what is left of the hour."""
        remaining, limit = _whole(answer, _REMAINING), _whole(answer, _LIMIT)
        if remaining is not None:
            for name in call.buckets:
                yield Quota(
                    bucket=name,
                    limit=limit,
                    remaining=remaining,
                    resets_after=self._until_reset(answer),
                )

    def wait(self, answer: Answer) -> timedelta | None:
        """Return the time until the hour begins anew; Mautic sends no `Retry-After`.

        Of a limit that another one sets, such as a proxy, nothing may be said.
        """
        told = seconds_of(answer.headers.get("retry-after")) or self._until_reset(answer)
        return told or (_UNTOLD if answer.status == _TOO_MANY else None)

    def message(self, answer: Answer) -> str | None:
        """Return Mautic's words without what they quote, or where an answer sends us on to."""
        message, _ = complaint_of(answer.body)
        return without_quotes(message) if message else _elsewhere(answer)

    def error(self, answer: Answer) -> type[PlatformError] | None:
        """Return AccessRefused where nothing at all is answered to whoever asks like that."""
        return AccessRefused if complaint_of(answer.body)[1] in _NOT_IN else None

    def _until_reset(self, answer: Answer) -> timedelta | None:
        """Return the time to the instant at which the count begins anew, an hour at most."""
        seconds = _whole(answer, _RESET)
        if seconds is None:
            return None
        if seconds < _AN_INSTANT:
            return min(timedelta(seconds=seconds), _HOUR)
        try:
            left = from_micros(seconds * 10**6) - self.clock.now()
        except OverflowError:
            return None
        return min(max(left, timedelta(seconds=1)), _HOUR)


def complaint_of(body: Json) -> tuple[str | None, str | None]:
    """Return the first error of a body, in words and by its type; None for what it does not say.

    The place that gives tokens speaks another tongue, and old versions another still.
    """
    if not isinstance(body, dict):
        return None, None
    errors = body.get("errors")
    if isinstance(errors, dict):
        errors = list(errors.values())
    first = errors[0] if isinstance(errors, list) and errors else body.get("error")
    if isinstance(first, str):
        return _text(body.get("error_description")) or first, first
    if not isinstance(first, dict):
        return None, None
    return _text(first.get("message")), _text(first.get("type"))


def without_quotes(text: str) -> str:
    """Return Mautic's words without what they quote: that may be a contact's own value."""
    return _QUOTED.sub("…", text)


def _elsewhere(answer: Answer) -> str | None:
    """Return where an answer sends us on to, without what may be a secret of it."""
    location = answer.headers.get("location")
    if not location or answer.status not in _SENT_ON:
        return None
    try:
        place = urlsplit(location)
        host = f"{place.scheme}://{place.netloc.rpartition('@')[2]}" if place.netloc else ""
    except ValueError:
        return None
    return f"sends us on to {host}{place.path}"


def _text(raw: object) -> str | None:
    return raw if isinstance(raw, str) and raw else None


def _whole(answer: Answer, name: str) -> int | None:
    text = answer.headers.get(name, "")
    return int(text) if _WHOLE.fullmatch(text) else None
