"""What must not be told: secrets of the settings, people's addresses, headers, bodies, queries."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus, unquote, urlsplit

from pydantic import SecretStr

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import BaseModel

HIDDEN = "[hidden]"
ADDRESS = "[address]"
LONGEST = 20_000
"""Characters of one text; what is longer is no log but a body."""

_HAVE_LINES = frozenset({"exception", "stack"})
_SHORTEST = 4
"""A secret of fewer characters would hide half of what is said, and is none."""
_SHORTEST_PART = 8
_DEEPEST = 6

_KEPT_APART = re.compile(
    r"(?:proxy.?)?authorization|(?:x.?)?api.?key|(?:set.?)?cookie|.*signature.*|.*password.*|.*secret"
    r"|(?:.*[_-])?token|e?.?mail|phone|headers?|bod(?:y|ies)|payload|content|raw|params",
    re.IGNORECASE,
)
"""Fields of an event that are hidden whatever they hold."""

_HEADER = re.compile(
    r"(?P<name>\b(?:(?:proxy-)?authorization|(?:x-)?api[-_ ]?key|(?:set-)?cookie"
    r"|[\w-]*signature[\w-]*|[\w-]*password|[\w-]*secret|(?:[\w-]*[-_])?token)[\"']?\s*[:=]\s*)"
    r"(?P<value>b?\"[^\"\n]*\"|b?'[^'\n]*'|(?:(?:bearer|basic|digest)\s+)?[^\s,;)}\]]+)",
    re.IGNORECASE,
)
_PROOF = re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE)
_URL = re.compile(
    r"\b([a-z][a-z0-9+.-]{0,30}://)(?:[^\s/\"'<>]*@)?([^\s?#\"'<>]*)[^\s\"'<>]*", re.IGNORECASE
)
_QUERY = re.compile(r"(?<![\w?])(/[\w./%@:~-]*)\?[^\s\"'<>]+")
_LOCAL = r"\w.!#$%&*+^`{|}~\-"
_AT = "\ue000"
"""Stands for ``%40`` while addresses are looked for: a private character, which no text has."""
_MAIL = re.compile(
    # Possessive, and begun only where a word begins: a long text costs no more than its length.
    rf"(?<![{_LOCAL}])(?<![{_LOCAL}]')(?:\"[^\"\n]{{1,64}}\"|[{_LOCAL}]++(?:'[{_LOCAL}]++)*)"
    rf"[@{_AT}](?:\[[0-9a-f:.]+\]|[\w-]+(?:\.[\w-]+)*)",
    re.IGNORECASE,
)
_REST_OF_MAIL = re.compile(rf"(?<=\S)[@{_AT}](?:[\w-]+\.)+[\w-]+", re.IGNORECASE)
"""What is left of an address whose first part is none that anybody has, such as ``=@x.org``."""
_PHONE = re.compile(r"(?<![\w+])\+\d(?:[\s().-]{0,2}\d){6,}")
_UNPRINTABLE = re.compile(
    r"[^\S \n]|[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_INPUT = re.compile(r"(\binput_value=).*?(?=, input_type=|\]|$)", re.MULTILINE)
_ROW = re.compile(r"(\bDETAIL:|\[parameters:).*")


class Redaction:
    """Makes of what would be told what may be told."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        """Take the texts that never appear, however they are written."""
        forms = {form for secret in secrets for form in _forms(secret)}
        # The longest first: of one that is a part of another nothing is left over.
        ordered = sorted(forms, key=lambda form: (-len(form), form))
        self._secrets = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    @classmethod
    def of(cls, *settings: BaseModel) -> Redaction:
        """Return what hides every secret of `settings`."""
        return cls(secret for each in settings for secret in _told_by(each))

    def event(self, fields: Mapping[str, object]) -> dict[str, object]:
        """Return the fields of an event, as plain values that may be told."""
        told = {
            self.text(name): HIDDEN if _KEPT_APART.fullmatch(name) else self._plain(value)
            for name, value in fields.items()
        }
        # Only a traceback has lines; in anything else an end of line would forge the next event.
        return {
            name: value.replace("\n", "\\n")
            if isinstance(value, str) and name not in _HAVE_LINES
            else value
            for name, value in told.items()
        }

    def text(self, text: str) -> str:
        """Return `text` without what must not be told."""
        is_cut = len(text) > LONGEST
        # Cut twice, so that of a secret at the end nothing is left that is not known for one.
        text = _UNPRINTABLE.sub(_spelled, text[: 2 * LONGEST])
        if self._secrets is not None:
            text = self._secrets.sub(HIDDEN, text)
        text = _INPUT.sub(rf"\1{HIDDEN}", _ROW.sub(rf"\1 {HIDDEN}", text))
        text = _PROOF.sub(rf"\1 {HIDDEN}", _HEADER.sub(rf"\g<name>{HIDDEN}", text))
        if "://" in text:
            text = _URL.sub(r"\1\2", text)
        if "?" in text:
            text = _QUERY.sub(r"\1", text)
        if "@" in text or "%40" in text:
            text = _MAIL.sub(ADDRESS, text.replace("%40", _AT))
            text = _REST_OF_MAIL.sub(ADDRESS, text).replace(_AT, "%40")
        if "+" in text:
            text = _PHONE.sub(HIDDEN, text)
        return f"{text[:LONGEST]}..." if is_cut else text

    def _plain(self, value: object, depth: int = 0) -> object:
        if value is None or isinstance(value, (bool, int, float)):
            return value
        if isinstance(value, (bytes, bytearray, memoryview, SecretStr)) or depth > _DEEPEST:
            return HIDDEN
        if isinstance(value, dict):
            named = {str(name): each for name, each in value.items()}
            return {
                self.text(name): HIDDEN
                if _KEPT_APART.fullmatch(name)
                else self._plain(each, depth + 1)
                for name, each in named.items()
            }
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._plain(each, depth + 1) for each in value]
        return self.text(str(value))


def _spelled(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def _told_by(settings: BaseModel) -> Iterator[str]:
    """Yield every secret, and the parts of addresses that are secrets of their own."""
    for name in type(settings).model_fields:
        for secret in _secrets_in(getattr(settings, name)):
            parts = list(_parts(secret))
            # Where the state is, is no secret; the password in it is.
            if "://" not in secret or name != "database_url":
                yield secret
            yield from parts


def _secrets_in(value: object) -> Iterator[str]:
    if isinstance(value, SecretStr):
        yield value.get_secret_value()
    elif isinstance(value, dict):
        for each in value.values():
            yield from _secrets_in(each)


def _parts(secret: str) -> Iterator[str]:
    for address in secret.split():
        if "://" not in address:
            continue
        yield from _passwords(address)
        if "postgresql" in address or "sqlite" in address:
            continue
        yield address
        # A notification service has its tokens in the path, and its first one for a host.
        _, _, rest = address.partition("://")
        pieces = re.split(r"[/?&=@:#]", rest)
        yield from (each for each in pieces if len(each) >= _SHORTEST_PART and "." not in each)


def _passwords(address: str) -> Iterator[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return
    if password:
        yield password
        yield unquote(password)


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it may be written: plain, in an address, in JSON, in a `repr`."""
    if len(secret) < _SHORTEST:
        return
    yield secret
    yield secret.removeprefix("whsec_")
    yield quote(secret, safe="")
    yield quote(secret)
    yield quote_plus(secret)
    yield repr(secret)[1:-1]
    yield json.dumps(secret)[1:-1]
